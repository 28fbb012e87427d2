/* SPDX-License-Identifier: ISC */
/*
 * lshwres: memory, processors, physical slots; virtual adapters are in ivm_adapter.c.  Each pair
 * of resource and level is a row of the table at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ivm.h"

/* ---- values shared by several tables ---- */

static void
free_mem(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d", lpar_avail_mem(w));
}

static void
free_units(const struct world *w, const void *row, struct text *out)
{
	int u = lpar_avail_units(w);

	(void)row;
	text_printf(out, "%d.%02d", u / 100, u % 100);
}

static void
pend_free_mem(const struct world *w, const void *row, struct text *out)
{
	int mb = w->sys.mem - w->sys.fw_mem;

	(void)row;
	LIST_EACH(struct lpar, l, &w->lpars)
		mb -= l->pend.mem;
	text_printf(out, "%d", mb < 0 ? 0 : mb);
}

static const struct attr mem_sys_attrs[] = {
	AT_INT(system, "configurable_sys_mem", mem), AT_FN("curr_avail_sys_mem", free_mem),
	AT_FN("pend_avail_sys_mem", pend_free_mem), AT_INT(system, "installed_sys_mem", mem),
	AT_CONST("deconfig_sys_mem", "0"), AT_INT(system, "sys_firmware_mem", fw_mem),
	AT_INT(system, "mem_region_size", lmb), AT_INT(system, "pend_mem_region_size", lmb),
	AT_CONST("possible_mem_region_size", "16,32,64,128,256"),
};

static const struct attr proc_sys_attrs[] = {
	AT_UNITS(system, "configurable_sys_proc_units", units),
	AT_FN("curr_avail_sys_proc_units", free_units),
	AT_FN("pend_avail_sys_proc_units", free_units),
	AT_UNITS(system, "installed_sys_proc_units", units),
	AT_CONST("deconfig_sys_proc_units", "0.00"), AT_CONST("min_proc_units_per_virtual_proc", "0.10"),
	AT_CONST("max_virtual_procs_per_lpar", "64"), AT_CONST("max_procs_per_lpar", "64"),
	AT_CONST("max_curr_virtual_procs_per_aixlinux_lpar", "64"),
	AT_CONST("max_curr_virtual_procs_per_vios_lpar", "64"),
	AT_CONST("max_curr_procs_per_aixlinux_lpar", "64"),
	AT_CONST("max_curr_procs_per_vios_lpar", "64"), AT_CONST("max_shared_proc_pools", "1"),
};

static void
run_mem(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_printf(out, "%d", lpar_active(l) ? l->curr.mem : 0);
}

static const struct attr mem_lpar_attrs[] = {
	AT_STR(lpar, "lpar_name", name), AT_INT(lpar, "lpar_id", id), AT_CONST("mem_mode", "ded"),
	AT_INT(lpar, "curr_min_mem", curr.min_mem), AT_INT(lpar, "curr_mem", curr.mem),
	AT_INT(lpar, "curr_max_mem", curr.max_mem), AT_INT(lpar, "pend_min_mem", pend.min_mem),
	AT_INT(lpar, "pend_mem", pend.mem), AT_INT(lpar, "pend_max_mem", pend.max_mem),
	AT_CONST("run_min_mem", "0"), AT_FN("run_mem", run_mem),
};

static void
pool_of(const char *mode, struct text *out)
{
	text_add(out, strcmp(mode, "shared") == 0 ? "0" : "null");
}

static void
curr_pool(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	pool_of(((const struct lpar *)row)->curr.proc_mode, out);
}

static void
pend_pool(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	pool_of(((const struct lpar *)row)->pend.proc_mode, out);
}

static void
run_units(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;
	int u = lpar_active(l) ? l->curr.units : 0;

	(void)w;
	if (u == NULL_INT)
		text_add(out, "null");
	else
		text_printf(out, "%d.%02d", u / 100, u % 100);
}

static void
run_procs(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_printf(out, "%d", lpar_active(l) ? l->curr.procs : 0);
}

static void
run_weight(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_printf(out, "%d", lpar_active(l) ? l->curr.uncap_weight : 0);
}

/* NOLINTBEGIN(bugprone-macro-parentheses): p becomes the name of a member */
#define PROC_HALF(p) \
	AT_STR(lpar, #p "_proc_mode", p.proc_mode), AT_UNITS(lpar, #p "_min_proc_units", p.min_units), \
	AT_UNITS(lpar, #p "_proc_units", p.units), AT_UNITS(lpar, #p "_max_proc_units", p.max_units), \
	AT_INT(lpar, #p "_min_procs", p.min_procs), AT_INT(lpar, #p "_procs", p.procs), \
	AT_INT(lpar, #p "_max_procs", p.max_procs), AT_STR(lpar, #p "_sharing_mode", p.sharing_mode), \
	AT_INT(lpar, #p "_uncap_weight", p.uncap_weight)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct attr proc_lpar_attrs[] = {
	AT_STR(lpar, "lpar_name", name), AT_INT(lpar, "lpar_id", id),
	AT_FN("curr_shared_proc_pool_id", curr_pool), PROC_HALF(curr),
	AT_FN("pend_shared_proc_pool_id", pend_pool), PROC_HALF(pend),
	AT_FN("run_proc_units", run_units), AT_FN("run_procs", run_procs),
	AT_FN("run_uncap_weight", run_weight),
};

static const struct attr slots_lpar_attrs[] = {
	AT_STR(lpar, "lpar_name", name), AT_INT(lpar, "lpar_id", id),
	AT_INT(lpar, "curr_max_virtual_slots", max_virtual_slots),
	AT_INT(lpar, "pend_max_virtual_slots", max_virtual_slots),
};

/* Physical slots: all belong to the VIOS. */
struct io_slot {
	const char *drc, *description;
	int lpar;
};

static void
io_drc(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct io_slot *)row)->drc);
}

static void
io_description(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct io_slot *)row)->description);
}

static void
io_lpar_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct io_slot *)row)->lpar);
}

static void
io_lpar_name(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_add(out, lpar_vios(w)->name);
}

static const struct attr io_attrs[] = {
	AT_CONST("unit_phys_loc", "U78AB.001.WZSJH1H"), AT_CONST("bus_id", "512"),
	AT_FN("phys_loc", io_drc), AT_FN("drc_name", io_drc), AT_FN("lpar_name", io_lpar_name),
	AT_FN("lpar_id", io_lpar_id), AT_FN("description", io_description),
};
static const struct filter_def io_filters[] = {
	{ "lpar_ids", io_lpar_id }, { "lpar_names", io_lpar_name },
};

static int
list_io(struct sim_cmd *cmd, const struct opts *o)
{
	static struct io_slot slots[] = {
		{ "U78AB.001.WZSJH1H-P1-C1", "Empty slot", 1 },
		{ "U78AB.001.WZSJH1H-P1-C3", "Fibre Channel Serial Bus", 1 },
		{ "U78AB.001.WZSJH1H-P1-C7", "Ethernet controller", 1 },
		{ "U78AB.001.WZSJH1H-P1-T9", "RAID Controller", 1 },
	};
	static const struct listing ls = LISTING(io_attrs, io_filters, struct io_slot);
	void *item[] = { &slots[0], &slots[1], &slots[2], &slots[3] };
	const struct list rows = { item, 4, 4 };

	return attr_list(cmd, o, &ls, &rows);
}

/* ---- the resources ---- */

static const struct resource {
	const char *res, *subtype, *level; /* "" when the option is not given */
	struct listing ls;
	bool system;
} resources[] = {
	{ "mem", "", "sys", LISTING_PLAIN(mem_sys_attrs, struct system), true },
	{ "proc", "", "sys", LISTING_PLAIN(proc_sys_attrs, struct system), true },
	{ "mem", "", "lpar", LISTING(mem_lpar_attrs, ivm_lpar_filters, struct lpar), false },
	{ "proc", "", "lpar", LISTING(proc_lpar_attrs, ivm_lpar_filters, struct lpar), false },
	{ "virtualio", "slot", "lpar", LISTING(slots_lpar_attrs, ivm_lpar_filters, struct lpar), false },
};

static int
list_resource(struct sim_cmd *cmd, const struct opts *o, const struct resource *r)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };

	return attr_list(cmd, o, &r->ls, r->system ? &one : &cmd->world->lpars);
}

int
ivm_lshwres(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "--rsubtype", OPT_ONE }, { "--level", OPT_ONE }, { "--filter", OPT_ONE },
		{ "-F", OPT_MAYBE }, { "--header", OPT_FLAG }, { "-m", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	const char *res, *sub, *level;
	int rv;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	res = opt_str(&o, "-r");
	sub = opt_has(&o, "--rsubtype") ? opt_str(&o, "--rsubtype") : "";
	level = opt_has(&o, "--level") ? opt_str(&o, "--level") : "";
	if (res == NULL)
		return ivm_usage(cmd, "The -r option is required.");
	if (strcmp(res, "io") == 0 && strcmp(sub, "slot") == 0)
		return list_io(cmd, &o);
	if (strcmp(res, "hea") == 0 || strcmp(res, "hca") == 0) {
		sim_out_puts(cmd->err, "[VIOSI01040010-0003] No results were found.\n");
		return 0;
	}
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++)
		if (strcmp(resources[i].res, res) == 0 && strcmp(resources[i].subtype, sub) == 0 &&
		    strcmp(resources[i].level, level) == 0)
			return list_resource(cmd, &o, &resources[i]);
	rv = strcmp(res, "virtualio") == 0 ? ivm_list_adapters(cmd, &o, sub, level) : -1;
	return rv != -1 ? rv : ivm_usage(cmd, "The combination of -r, --rsubtype and --level is not valid.");
}
