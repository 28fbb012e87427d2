/* SPDX-License-Identifier: ISC */
/* What a system's firmware is and can: licensed internal code, capacity on demand, placement scores, dumps. */
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

/* ---- lslic: names are confirmed by clients, values and the order are not ---- */

static const char *
release(const struct cec *c)
{
	return c->proc_power >= 11 ? "01FW1110" : c->proc_power == 10 ? "01FW1030" : c->proc_power == 9 ? "01VL950" :
	    c->proc_power == 8 ? "01SV860" : "01AL770";
}

GET_STR(lic_release, release(r->c))
GET(lic_name, text_printf(t, "FW%s.50", release(r->c) + 4))
GET(lic_mtms, text_printf(t, "%s*%s", r->c->type_model, r->c->serial))

static const struct hmc_attr lic_attrs[] = {
	{ "lic_type", NULL, "Managed System", false }, { "management_status", NULL, "Enabled", false },
	{ "disabled_reason", NULL, "", false }, { "activated_level", NULL, "145", false },
	{ "activated_spname", lic_name, NULL, false }, { "installed_level", NULL, "145", false },
	{ "installed_spname", lic_name, NULL, false }, { "accepted_level", NULL, "131", false },
	{ "ecnumber", lic_release, NULL, false }, { "mtms", lic_mtms, NULL, false },
	{ "deferred_level", NULL, "None", false }, { "platform_ipl_level", NULL, "145", false },
	{ "curr_level_primary", NULL, "145", false }, { "curr_ecnumber_primary", lic_release, NULL, false },
	{ "curr_power_on_side_primary", NULL, "temp", false }, { "pend_power_on_side_primary", NULL, "temp", false },
	{ "service_pack", lic_name, NULL, false }, { "level", NULL, "145", false },
};

int
hmc_lslic(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-m", OPT_ONE }, { "-t", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END } };
	static const struct hmc_listing ls = { "lic", lic_attrs, sizeof(lic_attrs) / sizeof(lic_attrs[0]), NULL, 0 };
	struct list rows = { 0 };
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-m", "lslic -m <managed system> [-t sys | power] [-F [\"<attribute names>\"] "
	    "[--header]]");

	if (rv != -1)
		return rv;
	if (opt_has(&o, "-t") && hmc_one_of(cmd, &o, "-t", "sys power syspower") != 0)
		return 1;
	c = hmc_system(cmd, &o);
	if (c == NULL)
		return 1;
	(void)row_add(&rows, cmd->hmc, c, NULL);
	rv = hmc_list(cmd, &o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

/* ---- lsmemopt ---- */

GET(opt_score, text_add(t, part_active(r->p) ? "100" : "none"))

/* Only calcscore predicts. */
static bool
opt_predicted(const void *row, struct text *t)
{
	const struct row *r = row;

	text_add(t, r->p == NULL || part_active(r->p) ? "100" : "none");
	return r->n;
}

static const struct hmc_attr opt_lpar_attrs[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "curr_lpar_score", opt_score, NULL, false }, { "predicted_lpar_score", opt_predicted, NULL, false },
};

/* requested and protected are of a calculation, too. */
static bool
opt_nobody(const void *row, struct text *t)
{
	text_add(t, "none");
	return ((const struct row *)row)->n;
}

static const struct hmc_attr opt_sys_attrs[] = {
	{ "curr_sys_score", NULL, "100", false }, { "predicted_sys_score", opt_predicted, NULL, false },
	{ "requested_lpar_ids", opt_nobody, NULL, false }, { "protected_lpar_ids", opt_nobody, NULL, false },
};

static int
list_scores(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing of_lpar = HMC_LISTING("memopt.lpar", opt_lpar_attrs, lpar_filters);
	static const struct hmc_listing of_sys = { "memopt.sys", opt_sys_attrs, 4, NULL, 0 };
	bool lpars = strcmp(opt_str(o, "-r"), "lpar") == 0;
	int calc = strcmp(opt_str(o, "-o"), "calcscore") == 0, rv;
	struct list rows = { 0 };

	if (!lpars)
		row_add(&rows, cmd->hmc, c, NULL)->n = calc;
	else
		LIST_EACH(struct part, p, &c->parts)
			row_add(&rows, cmd->hmc, c, p)->n = calc;
	rv = hmc_list(cmd, o, cmd->hmc->version, lpars ? &of_lpar : &of_sys, c, &rows);
	list_free(&rows);
	return rv;
}

int
hmc_lsmemopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-m", OPT_ONE }, { "-r", OPT_ONE }, { "-o", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE },
		{ "-x", OPT_ONE }, { "--xid", OPT_ONE }, { "--gid", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-m -r -o", "lsmemopt -m <managed system> -r lpar | sys | resgroup -o currscore | "
	    "calcscore [-p <partition names> | --id <partition IDs>] [--filter \"<filter data>\"] [-F [\"<attribute names>\"] "
	    "[--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar sys resgroup") != 0 || hmc_one_of(cmd, &o, "-o", "currscore calcscore") != 0)
		return 1;
	c = hmc_operating(cmd, &o);
	if (c == NULL)
		return 1;
	if (opt_str(&o, "-r")[0] == 'r')
		return hmc_fail(cmd, "HSCLCA00", "The managed system does not support multiple resource groups.");
	if (!c->dpo)
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCLA012", "The managed system does not support the Dynamic Platform Optimizer.");
	return list_scores(cmd, &o, c);
}

/* ---- lists that are empty here: no capacity on demand, no dumps, no backups, no partner console ---- */

int
hmc_lscod(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-m", OPT_ONE }, { "-t", OPT_ONE }, { "-r", OPT_ONE }, { "-c", OPT_ONE }, { "-k", OPT_ONE }, HMC_LISTING_OPTS,
		{ NULL, OPT_END },
	};
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "-m -t", "lscod -m <managed system> -t cap | bill | code | hist | key -r proc | mem "
	    "-c <type> [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-t", "cap bill code hist key") != 0 || hmc_system(cmd, &o) == NULL)
		return 1;
	return hmc_no_results(cmd);
}

int
hmc_lsdump(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-m", OPT_ONE }, { "-h", OPT_FLAG }, HMC_LISTING_OPTS, { NULL, OPT_END },
	};
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "", "lsdump -h | -m <managed system> [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	if (opt_has(&o, "-m") ? hmc_system(cmd, &o) == NULL : !opt_has(&o, "-h"))
		return opt_has(&o, "-m") ? 1 : hmc_missing(cmd, "-m");
	return hmc_no_results(cmd);
}

int
hmc_lsviosbk(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-t", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END } };
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "", "lsviosbk [-t viosioconfig | vios | ssp] [--filter \"<filter data>\"] "
	    "[-F [\"<attribute names>\"] [--header]]");

	return rv != -1 ? rv : hmc_no_results(cmd);
}

/* What it prints of a system with one console (unconfirmed). */
int
hmc_lscomgmt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-m", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END } };
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "-m", "lscomgmt -m <managed system> [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	return hmc_system(cmd, &o) == NULL ? 1 : hmc_no_results(cmd);
}
