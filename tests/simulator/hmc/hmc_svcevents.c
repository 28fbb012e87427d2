/* SPDX-License-Identifier: ISC */
/*
 * Serviceable events: what users did (console), and problems (hardware).  Nothing ever breaks
 * here by itself: a problem is what somebody reports with mksvcevent, until chsvcevent closes it.
 */
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

#define PROBLEMS_MAX 200

/* ---- what users did ---- */

GET(ev_time, text_time(t, ((const struct hmc_event *)r->x)->at_ms))
GET_STR(ev_user, ((const struct hmc_event *)r->x)->user)
GET_INT(ev_pid, ((const struct hmc_event *)r->x)->pid)
GET_STR(ev_text, ((const struct hmc_event *)r->x)->text)

static const struct hmc_attr event_attrs[] = {
	{ "time", ev_time, NULL, false }, { "userid", ev_user, NULL, false }, { "pid", ev_pid, NULL, false },
	{ "name", NULL, "CLI", false }, { "category", NULL, "hmc", false }, { "severity", NULL, "info", false },
	{ "text", ev_text, NULL, false },
};

/* ---- problems ---- */

static const struct hmc_problem *
problem_of(const struct row *r)
{
	return r->x;
}

GET_INT(pb_num, problem_of(r)->num)
GET_STR(pb_status, problem_of(r)->closed ? "Closed" : "Open")
GET(pb_time, text_time(t, problem_of(r)->at_ms))
GET_STR(pb_name, problem_of(r)->name)
GET_STR(pb_mtms, problem_of(r)->mtms)
GET_STR(pb_text, problem_of(r)->text)
GET_STR(pb_hmc, r->h->name)
GET(pb_hmc_mtms, text_printf(t, "%s/%s", r->h->type_model, r->h->serial))

/* The codes of a problem that a person reported (unconfirmed). */
static const struct hmc_attr problem_attrs[] = {
	{ "problem_num", pb_num, NULL, false }, { "pmh_num", NULL, "", false }, { "refcode", NULL, "B3030001", false },
	{ "status", pb_status, NULL, false }, { "first_time", pb_time, NULL, false }, { "last_time", pb_time, NULL, false },
	{ "sys_name", pb_name, NULL, false }, { "sys_mtms", pb_mtms, NULL, false }, { "enclosure_mtms", pb_mtms, NULL, false },
	{ "firmware_fix", NULL, "", false }, { "text", pb_text, NULL, false }, { "created_time", pb_time, NULL, false },
	{ "reporting_name", pb_name, NULL, false }, { "reporting_mtms", pb_mtms, NULL, false },
	{ "failing_mtms", pb_mtms, NULL, false }, { "analyzing_hmc", pb_hmc, NULL, false },
	{ "event_time", pb_time, NULL, false },
	{ "files", NULL, "iqyymrge.log/Consolidated system platform log,actzuict.dat/Tasks performed", false },
	{ "approval_state", NULL, "approved", false }, { "callhome_intended", NULL, "false", false },
	{ "duplicate_count", NULL, "0", false }, { "event_severity", NULL, "0", false },
	{ "analyzing_mtms", pb_hmc_mtms, NULL, false }, { "ref_code_extn", NULL, "00000000", false },
	{ "sys_refcode", NULL, "B3030001", false },
	{ "fru_details", NULL, "fru_part_num=FSPSP33:fru_serial_num=:fru_location_code=:fru_replaced_date=0:fru_class="
	    "CLASS_ISOLATE_PROCEDURE:fru_replacement_group=M:fru_ccin=:fru_logic_ctrl_mtms=", false },
};

/* status=open: what is listed as Open. */
static void
filter_status(const void *row, struct text *t)
{
	text_add(t, problem_of(row)->closed ? "closed" : "open");
}

static void
filter_num(const void *row, struct text *t)
{
	(void)pb_num(row, t);
}

static void
filter_code(const void *row, struct text *t)
{
	(void)row;
	text_add(t, "B3030001");
}

static const struct hmc_filter problem_filters[] = {
	{ "status", filter_status, NULL, NULL }, { "problem_nums", filter_num, NULL, NULL },
	{ "refcodes", filter_code, NULL, NULL },
};

/* tttt-mmm/sssssss, as the events have it. */
static void
event_mtms(char *to, size_t size, const char *type_model, const char *serial)
{
	snprintf(to, size, "%s/%s", type_model, serial);
}

/* -d days, -i minutes: since when; false after the message. */
static bool
read_since(struct sim_cmd *cmd, const struct opts *o, int64_t *since)
{
	int n;

	*since = 0;
	if (opt_has(o, "-d")) {
		if (!parse_int(opt_str(o, "-d"), 0, 36500, &n))
			return hmc_missing(cmd, "-d"), false;
		*since = hmc_now(cmd->hmc) - (int64_t)n * 86400000;
	}
	if (opt_has(o, "-i")) {
		if (!parse_int(opt_str(o, "-i"), 0, 10000000, &n))
			return hmc_missing(cmd, "-i"), false;
		*since = hmc_now(cmd->hmc) - (int64_t)n * 60000;
	}
	return true;
}

static int
list_problems(struct sim_cmd *cmd, const struct opts *o, const struct cec *of, int64_t since)
{
	static const struct hmc_listing ls = HMC_LISTING("svcevents.hardware", problem_attrs, problem_filters);
	struct list rows = { 0 };
	char mtms[sizeof(((struct hmc_problem *)NULL)->mtms)] = "";
	int rv;

	if (of != NULL)
		event_mtms(mtms, sizeof(mtms), of->type_model, of->serial);
	for (size_t i = cmd->hmc->problems.n; i > 0; i--) {
		struct hmc_problem *p = cmd->hmc->problems.item[i - 1];

		if (p->at_ms >= since && (of == NULL || strcmp(p->mtms, mtms) == 0))
			row_add(&rows, cmd->hmc, NULL, NULL)->x = p;
	}
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

static int
list_events(struct sim_cmd *cmd, const struct opts *o, int64_t since)
{
	static const struct hmc_listing ls = { "svcevents.console", event_attrs, sizeof(event_attrs) / sizeof(event_attrs[0]),
		NULL, 0 };
	struct list rows = { 0 };
	int rv;

	for (size_t i = cmd->hmc->events.n; i > 0; i--) {
		struct hmc_event *e = cmd->hmc->events.item[i - 1];

		if (e->at_ms >= since)
			row_add(&rows, cmd->hmc, NULL, NULL)->x = e;
	}
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

int
hmc_lssvcevents(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-t", OPT_ONE }, { "-d", OPT_ONE }, { "-i", OPT_ONE }, { "-m", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c = NULL;
	int64_t since;
	int rv = hmc_options(cmd, &o, def, "-t", "lssvcevents -t hardware | console | fru | comment | service_object "
	    "[-d <days> | -i <minutes>] [-m <managed system>] [--filter \"<filter data>\"] [-F [\"<attribute names>\"] "
	    "[--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-t", "hardware console fru comment service_object") != 0)
		return 1;
	if (opt_has(&o, "-m") && (c = hmc_system(cmd, &o)) == NULL)
		return 1;
	if (!read_since(cmd, &o, &since))
		return 1;
	switch (opt_str(&o, "-t")[0]) {
	case 'h':
		return list_problems(cmd, &o, c, since);
	case 'c':
		if (strcmp(opt_str(&o, "-t"), "console") == 0)
			return list_events(cmd, &o, since);
		/* FALLTHROUGH */
	default:
		return hmc_no_results(cmd);
	}
}

/* Whose it is: tttt-mmm*sssssss of a system, else of this console. */
static void
set_reporter(const struct hmc *h, const char *mtms, struct hmc_problem *p)
{
	const struct cec *c = cec_find(h, mtms);

	event_mtms(p->mtms, sizeof(p->mtms), c == NULL ? h->type_model : c->type_model, c == NULL ? h->serial : c->serial);
	(void)str_set(p->name, sizeof(p->name), c == NULL ? h->name : c->name);
}

int
hmc_mksvcevent(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-d", OPT_ONE }, { "--reporting_mtms", OPT_ONE }, { NULL, OPT_END } };
	struct hmc *h = cmd->hmc;
	struct hmc_problem *p;
	struct opts o;
	int num = 0, rv = hmc_options(cmd, &o, def, "-d --reporting_mtms", "mksvcevent -d <description> --reporting_mtms <MTMS>");

	if (rv != -1)
		return rv;
	LIST_EACH(struct hmc_problem, old, &h->problems)
		num = old->num;
	p = list_new(&h->problems, sizeof(*p));
	p->num = num + 1;
	p->at_ms = hmc_now(h);
	(void)str_set(p->text, sizeof(p->text), opt_str(&o, "-d"));
	set_reporter(h, opt_str(&o, "--reporting_mtms"), p);
	if (h->problems.n > PROBLEMS_MAX)
		list_remove(&h->problems, h->problems.item[0]);
	return 0;
}

int
hmc_chsvcevent(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-o", OPT_ONE }, { "-p", OPT_ONE }, { "-h", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	int num, rv = hmc_options(cmd, &o, def, "-o -p -h", "chsvcevent -o close -p <problem number> -h <analyzing HMC>");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-o", "close") != 0)
		return 1;
	if (!parse_int(opt_str(&o, "-p"), 1, 1000000000, &num))
		return hmc_missing(cmd, "-p");
	LIST_EACH(struct hmc_problem, p, &cmd->hmc->problems)
		if (p->num == num && strcmp(opt_str(&o, "-h"), cmd->hmc->name) == 0) {
			p->closed = 1;
			return 0;
		}
	return hmc_missing(cmd, strcmp(opt_str(&o, "-h"), cmd->hmc->name) == 0 ? "-p" : "-h");
}
