/* SPDX-License-Identifier: ISC */
/* lshwres: which resource; processors and memory.  Virtual adapters are in hmc_lsvirtual.c. */
#include <stdio.h>
#include <string.h>

#include "lshwres.h"
#include "verbs.h"

static const char usage[] =
    "lshwres -r io --rsubtype unit | bus | slot | slotchildren -m <managed system>\n"
    "       lshwres -r virtualio --rsubtype eth | fc | scsi | serial | slot | vnetwork | vnic | vswitch [--level lpar | slot | "
    "sys] -m <managed system>\n"
    "       lshwres -r mem | proc --level lpar | pool | sys -m <managed system>\n"
    "       lshwres -r sriov --rsubtype adapter | physport | logport [--level eth | ethc | roce] -m <managed system>\n"
    "       lshwres -r mempool | procpool | rspool -m <managed system>\n"
    "[-R] [--filter \"<filter data>\"] [-F [\"<attribute names>\"] [--header]]";

/* ---- memory ---- */

static int
configurable(const struct cec *c)
{
	return c->mem;
}

GET_INT(ms_mem, configurable(r->c))
GET_INT(ms_avail, cec_avail_mem(r->c))
GET_INT(ms_firmware, r->c->fw_mem)
GET_INT(ms_region, r->c->lmb)
GET_INT(ms_pend_region, r->c->pend_lmb > 0 ? r->c->pend_lmb : r->c->lmb)
GET_INT(ms_pools, r->c->ams)
GET_STR(ms_hpt, r->c->proc_power >= 8 ? "1:128" : "1:64")

static const struct hmc_attr mem_sys[] = {
	{ "configurable_sys_mem", ms_mem, NULL, false }, { "curr_avail_sys_mem", ms_avail, NULL, false },
	{ "pend_avail_sys_mem", ms_avail, NULL, false }, { "installed_sys_mem", ms_mem, NULL, false },
	{ "deconfig_sys_mem", NULL, "0", false }, { "sys_firmware_mem", ms_firmware, NULL, false },
	{ "mem_region_size", ms_region, NULL, false }, { "pend_mem_region_size", ms_pend_region, NULL, false },
	{ "configurable_num_sys_huge_pages", NULL, "0", false },
	{ "curr_avail_num_sys_huge_pages", NULL, "0", false }, { "pend_avail_num_sys_huge_pages", NULL, "0", false },
	{ "max_num_sys_huge_pages", NULL, "1", false }, { "requested_num_sys_huge_pages", NULL, "0", false },
	{ "huge_page_size", NULL, "16384", false }, { "max_mem_pools", ms_pools, NULL, false },
	{ "default_hpt_ratios", ms_hpt, NULL, false },
	{ "possible_hpt_ratios", NULL, "1:32,1:64,1:128,1:256,1:512", false },
};

/* What a partition has; nothing when it has no current configuration. */
static int
have(const struct row *r, int value)
{
	return r->p->has_config ? value : 0;
}

static int
runs(const struct row *r, int value)
{
	return part_active(r->p) ? value : 0;
}

static bool
huge(const void *row, struct text *t)
{
	text_add(t, "0");
	return !part_is_vios(((const struct row *)row)->p);
}

static bool
expansion(const void *row, struct text *t)
{
	const struct row *r = row;

	hmc_add_units(t, r->cf->mem_expansion);
	return r->c->ame;
}

GET_INT(ml_min, have(r, r->cf->min_mem))
GET_INT(ml_mem, have(r, r->cf->mem))
GET_INT(ml_max, have(r, r->cf->max_mem))
GET_INT(ml_run_min, runs(r, r->cf->min_mem))
GET_INT(ml_run, runs(r, r->cf->mem))
GET_STR(ml_mode, r->cf->mem_mode)
GET_STR(ml_hpt, r->cf->hpt_ratio)
GET_STR(ml_ppt, r->cf->ppt_ratio)

static const struct hmc_attr mem_lpar[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "curr_min_mem", ml_min, NULL, false }, { "curr_mem", ml_mem, NULL, false },
	{ "curr_max_mem", ml_max, NULL, false }, { "curr_mem_expansion", expansion, NULL, false },
	{ "pend_min_mem", ml_min, NULL, false }, { "pend_mem", ml_mem, NULL, false },
	{ "pend_max_mem", ml_max, NULL, false }, { "pend_mem_expansion", expansion, NULL, false },
	{ "run_min_mem", ml_run_min, NULL, false }, { "run_mem", ml_run, NULL, false },
	{ "curr_min_num_huge_pages", huge, NULL, false }, { "curr_num_huge_pages", huge, NULL, false },
	{ "curr_max_num_huge_pages", huge, NULL, false }, { "pend_min_num_huge_pages", huge, NULL, false },
	{ "pend_num_huge_pages", huge, NULL, false }, { "pend_max_num_huge_pages", huge, NULL, false },
	{ "run_num_huge_pages", huge, NULL, false }, { "mem_mode", ml_mode, NULL, false },
	{ "curr_hpt_ratio", ml_hpt, NULL, false }, { "curr_ppt_ratio", ml_ppt, NULL, false },
};

static int
list_level(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const struct hmc_listing *ls, bool by_part)
{
	struct list rows = { 0 };
	int rv;

	if (!by_part)
		(void)row_add(&rows, cmd->hmc, c, NULL);
	else
		LIST_EACH(struct part, p, &c->parts)
			if (!opt_has(o, "-R")) /* nothing is ever pending: what chhwres does is done */
				(void)row_add(&rows, cmd->hmc, c, p);
	rv = hmc_list(cmd, o, cmd->hmc->version, ls, c, &rows);
	list_free(&rows);
	return rv;
}

#define SYS_LISTING(kind, a) { kind, a, sizeof(a) / sizeof((a)[0]), NULL, 0 }

int
list_memory(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing sys = SYS_LISTING("mem.sys", mem_sys);
	static const struct hmc_listing lpar = HMC_LISTING("mem.lpar", mem_lpar, lpar_filters);

	if (hmc_one_of(cmd, o, "--level", "lpar sys") != 0)
		return 1;
	return opt_str(o, "--level")[0] == 's' ? list_level(cmd, o, c, &sys, false) : list_level(cmd, o, c, &lpar, true);
}

/* ---- processors ---- */

static int
virtual_procs(const struct cec *c)
{
	int n = 0;

	LIST_EACH(struct part, p, &c->parts)
		if (part_active(p) && strcmp(p->curr.proc_mode, "shared") == 0)
			n += p->curr.procs;
	return n;
}

static int
pool_units(const struct cec *c)
{
	int units = c->units;

	LIST_EACH(struct part, p, &c->parts)
		if (part_active(p) && strcmp(p->curr.proc_mode, "ded") == 0)
			units -= p->curr.procs * 100;
	return units;
}

GET_UNITS(ps_units, r->c->units)
GET_UNITS(ps_avail, cec_avail_units(r->c))
GET_UNITS(ps_min, r->c->min_vp_units)
GET_INT(ps_max_procs, r->c->units / 100)
GET_INT(ps_max_vps, r->c->proc_power >= 8 ? 256 : 64)
GET_INT(ps_vps, virtual_procs(r->c))
GET_UNITS(ps_pool, pool_units(r->c))

static const struct hmc_attr proc_sys[] = {
	{ "configurable_sys_proc_units", ps_units, NULL, false }, { "curr_avail_sys_proc_units", ps_avail, NULL, false },
	{ "pend_avail_sys_proc_units", ps_avail, NULL, false }, { "installed_sys_proc_units", ps_units, NULL, false },
	{ "deconfig_sys_proc_units", NULL, "0", false }, { "min_proc_units_per_virtual_proc", ps_min, NULL, false },
	{ "max_virtual_procs_per_lpar", ps_max_vps, NULL, false }, { "max_procs_per_lpar", ps_max_procs, NULL, false },
	{ "max_curr_virtual_procs_per_aixlinux_lpar", ps_max_vps, NULL, false },
	{ "max_curr_virtual_procs_per_vios_lpar", ps_max_vps, NULL, false },
	{ "max_curr_virtual_procs_per_os400_lpar", ps_max_vps, NULL, false },
	{ "max_curr_procs_per_aixlinux_lpar", ps_max_procs, NULL, false },
	{ "max_curr_procs_per_vios_lpar", ps_max_procs, NULL, false },
	{ "max_curr_procs_per_os400_lpar", ps_max_procs, NULL, false }, { "max_shared_proc_pools", NULL, "64", false },
	{ "curr_sys_virtual_procs", ps_vps, NULL, false },
};

static const struct hmc_attr proc_pool[] = {
	{ "configurable_pool_proc_units", ps_pool, NULL, false }, { "curr_avail_pool_proc_units", ps_avail, NULL, false },
	{ "pend_avail_pool_proc_units", ps_avail, NULL, false },
};

static bool
shared(const struct row *r)
{
	return strcmp(r->cf->proc_mode, "ded") != 0;
}

/* Only of a shared partition. */
#define GET_SHARED(fn, body) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		if (!shared(r)) \
			return false; \
		body; \
		return true; \
	}

static const char *
pool_name(const struct row *r)
{
	const struct procpool *p = pool_by_id(r->c, r->cf->pool_id);

	return p == NULL ? "" : p->name;
}

static int
weight(const struct row *r)
{
	return strcmp(r->cf->sharing_mode, "cap") == 0 ? 0 : r->cf->uncap_weight;
}

GET_SHARED(pl_pool_id, text_printf(t, "%d", r->cf->pool_id))
GET_SHARED(pl_pool_name, text_add(t, pool_name(r)))
GET_STR(pl_mode, r->cf->proc_mode[0] == '\0' ? "shared" : r->cf->proc_mode)
GET_SHARED(pl_min_units, hmc_add_units(t, have(r, r->cf->min_units)))
GET_SHARED(pl_units, hmc_add_units(t, have(r, r->cf->units)))
GET_SHARED(pl_max_units, hmc_add_units(t, have(r, r->cf->max_units)))
GET_INT(pl_min_procs, have(r, r->cf->min_procs))
GET_INT(pl_procs, have(r, r->cf->procs))
GET_INT(pl_max_procs, have(r, r->cf->max_procs))
GET_STR(pl_sharing, r->cf->sharing_mode)
GET_SHARED(pl_weight, text_printf(t, "%d", have(r, weight(r))))
GET_SHARED(pl_run_units, hmc_add_units(t, runs(r, r->cf->units)))
GET_INT(pl_run_procs, runs(r, r->cf->procs))
GET_SHARED(pl_run_weight, text_printf(t, "%d", runs(r, weight(r))))

#define PROC_OF(w) \
	{ w "_shared_proc_pool_id", pl_pool_id, NULL, false }, { w "_shared_proc_pool_name", pl_pool_name, NULL, false }, \
	{ w "_proc_mode", pl_mode, NULL, false }, { w "_min_proc_units", pl_min_units, NULL, false }, \
	{ w "_proc_units", pl_units, NULL, false }, { w "_max_proc_units", pl_max_units, NULL, false }, \
	{ w "_min_procs", pl_min_procs, NULL, false }, { w "_procs", pl_procs, NULL, false }, \
	{ w "_max_procs", pl_max_procs, NULL, false }, { w "_sharing_mode", pl_sharing, NULL, false }, \
	{ w "_uncap_weight", pl_weight, NULL, false }

static const struct hmc_attr proc_lpar[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	PROC_OF("curr"), PROC_OF("pend"), { "run_proc_units", pl_run_units, NULL, false },
	{ "run_procs", pl_run_procs, NULL, false }, { "run_uncap_weight", pl_run_weight, NULL, false },
};

int
list_processors(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing sys = SYS_LISTING("proc.sys", proc_sys);
	static const struct hmc_listing pool = SYS_LISTING("proc.pool", proc_pool);
	static const struct hmc_listing lpar = HMC_LISTING("proc.lpar", proc_lpar, lpar_filters);

	if (hmc_one_of(cmd, o, "--level", "lpar pool sys") != 0)
		return 1;
	switch (opt_str(o, "--level")[0]) {
	case 's':
		return list_level(cmd, o, c, &sys, false);
	case 'p':
		return list_level(cmd, o, c, &pool, false);
	default:
		return list_level(cmd, o, c, &lpar, true);
	}
}

/* ---- which resource ---- */

static int
list_virtual(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct {
		const char *name;
		enum adapter_kind kind;
	} kinds[] = { { "eth", VA_ETH }, { "fc", VA_FC }, { "scsi", VA_SCSI }, { "serial", VA_SERIAL } };
	const char *sub = opt_str(o, "--rsubtype");

	if (hmc_one_of(cmd, o, "--rsubtype", "eth fc hsl virtualopti scsi serial slot vnetwork vnic vnicbkdev vswitch vasi") != 0)
		return 1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(sub, kinds[i].name) == 0)
			return list_adapters(cmd, o, c, kinds[i].kind);
	if (strncmp(sub, "vnic", 4) == 0)
		return list_vnics(cmd, o, c, sub[4] != '\0');
	if (strcmp(sub, "slot") == 0)
		return list_virtual_slots(cmd, o, c);
	if (strcmp(sub, "vswitch") == 0)
		return list_vswitches(cmd, o, c);
	if (strcmp(sub, "vnetwork") == 0)
		return list_vnetworks(cmd, o, c);
	return hmc_no_results(cmd);
}

static int
list_physical(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	const char *sub = opt_str(o, "--rsubtype");

	if (hmc_one_of(cmd, o, "--rsubtype", "unit bus slot iopool taggedio slotchildren") != 0)
		return 1;
	if (strcmp(sub, "slot") == 0)
		return list_ioslots(cmd, o, c);
	if (strcmp(sub, "slotchildren") == 0)
		return list_io_children(cmd, o, c);
	if (strcmp(sub, "unit") == 0 || strcmp(sub, "bus") == 0)
		return list_io_units(cmd, o, c, sub[0] == 'b');
	return hmc_no_results(cmd);
}

int
hmc_lshwres(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "--rsubtype", OPT_ONE }, { "--level", OPT_ONE }, { "-m", OPT_ONE }, HMC_LISTING_OPTS,
		{ "-R", OPT_FLAG }, { "--maxmem", OPT_ONE }, { "--hptratio", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	const char *type;
	int rv = hmc_options(cmd, &o, def, "-r -m", usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "io virtualio mem mempool rspool proc procpool sriov hca hea pmem accel") != 0)
		return 1;
	c = hmc_operating(cmd, &o);
	if (c == NULL)
		return 1;
	type = opt_str(&o, "-r");
	if (strcmp(type, "mem") == 0)
		return list_memory(cmd, &o, c);
	if (strcmp(type, "proc") == 0)
		return list_processors(cmd, &o, c);
	if (strcmp(type, "procpool") == 0)
		return list_procpools(cmd, &o, c);
	if (strcmp(type, "mempool") == 0)
		return list_mempool(cmd, &o, c);
	if (strcmp(type, "virtualio") == 0)
		return list_virtual(cmd, &o, c);
	if (strcmp(type, "hea") == 0)
		return hmc_fail(cmd, "HSCL8022", "This command is only supported for POWER6 servers.");
	if (strcmp(type, "sriov") == 0)
		return list_sriov(cmd, &o, c);
	return strcmp(type, "io") == 0 ? list_physical(cmd, &o, c) : hmc_no_results(cmd);
}
