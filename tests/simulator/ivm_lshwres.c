/* SPDX-License-Identifier: ISC */
/*
 * lshwres: memory, processors, virtual adapters and slots, physical slots.  Each pair of
 * resource and level is a row of the table at the end: attributes, filters, and a function
 * that collects the rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ivm.h"

/* A virtual slot, or the adapter in it. */
struct adapter {
	struct lpar *l;
	int slot;
	const char *config; /* scsi, serial, eth, fibre, reserved */
	const struct veth *e;
	const struct vhost *h;
	const struct vfc *f;
	const char *type; /* client or server */
	int remote_id, remote_slot;
};

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

/* ---- adapters ---- */

static void
ad_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct adapter *)row)->l->name);
}

static void
ad_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct adapter *)row)->l->id);
}

static void
ad_slot(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct adapter *)row)->slot);
}

static void
ad_config(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct adapter *)row)->config);
}

static void
ad_ieee(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct adapter *)row)->e->ieee);
}

static void
ad_pvid(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct adapter *)row)->e->pvid);
}

static void
ad_vlans(const struct world *w, const void *row, struct text *out)
{
	const struct veth *e = ((const struct adapter *)row)->e;

	(void)w;
	text_add(out, e->vlans[0] == '\0' ? "none" : e->vlans);
}

static void
ad_trunk(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct adapter *)row)->e->trunk > 0 ? "1" : "0");
}

static void
ad_priority(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct adapter *)row)->e->trunk);
}

static void
ad_required(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;

	(void)w;
	text_printf(out, "%d", a->e != NULL ? a->e->required : 0);
}

static void
ad_mac(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;
	char mac[16];

	(void)w;
	veth_mac(a->l, a->slot, mac);
	text_add(out, mac);
}

static void
ad_type(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct adapter *)row)->type);
}

static void
ad_remote_id(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;

	(void)w;
	if (a->remote_id == 0)
		text_add(out, "any");
	else
		text_printf(out, "%d", a->remote_id);
}

static void
ad_remote_name(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = lpar_by_id(w, ((const struct adapter *)row)->remote_id);

	text_add(out, l == NULL ? "" : l->name);
}

static void
ad_remote_slot(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;

	(void)w;
	if (a->remote_id == 0)
		text_add(out, "any");
	else
		text_printf(out, "%d", a->remote_slot);
}

static void
ad_backing(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;

	(void)w;
	if (a->h != NULL && strcmp(a->type, "server") == 0)
		LIST_EACH(struct vtd, v, &a->h->vtds)
			if (v->backing[0] != '\0')
				text_printf(out, "%s%s", out->n > 0 ? "," : "", v->backing);
	if (out->n == 0)
		text_add(out, "none");
}

static void
ad_wwpns(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;

	(void)w;
	if (a->f != NULL)
		text_printf(out, "%s,%s", a->f->wwpn1, a->f->wwpn2);
}

static void
ad_drc(const struct world *w, const void *row, struct text *out)
{
	const struct adapter *a = row;

	slot_location(w, a->l->id, a->slot, out);
}

static const struct attr eth_attrs[] = {
	AT_FN("lpar_name", ad_name), AT_FN("lpar_id", ad_id), AT_FN("slot_num", ad_slot),
	AT_CONST("state", "1"), AT_FN("ieee_virtual_eth", ad_ieee), AT_FN("port_vlan_id", ad_pvid),
	AT_FN("addl_vlan_ids", ad_vlans), AT_FN("is_trunk", ad_trunk),
	AT_FN("trunk_priority", ad_priority), AT_FN("is_required", ad_required),
	AT_FN("mac_addr", ad_mac),
};

static const struct attr scsi_attrs[] = {
	AT_FN("lpar_name", ad_name), AT_FN("lpar_id", ad_id), AT_FN("slot_num", ad_slot),
	AT_CONST("state", "1"), AT_FN("adapter_type", ad_type), AT_FN("remote_lpar_id", ad_remote_id),
	AT_FN("remote_lpar_name", ad_remote_name), AT_FN("remote_slot_num", ad_remote_slot),
	AT_FN("is_required", ad_required), AT_FN("backing_devices", ad_backing),
};

static const struct attr serial_attrs[] = {
	AT_FN("lpar_name", ad_name), AT_FN("lpar_id", ad_id), AT_FN("slot_num", ad_slot),
	AT_CONST("state", "1"), AT_FN("adapter_type", ad_type), AT_CONST("supports_hmc", "1"),
	AT_FN("remote_lpar_id", ad_remote_id), AT_FN("remote_lpar_name", ad_remote_name),
	AT_FN("remote_slot_num", ad_remote_slot), AT_FN("is_required", ad_required),
};

static const struct attr fc_attrs[] = {
	AT_FN("lpar_name", ad_name), AT_FN("lpar_id", ad_id), AT_FN("slot_num", ad_slot),
	AT_CONST("state", "1"), AT_FN("adapter_type", ad_type), AT_FN("remote_lpar_id", ad_remote_id),
	AT_FN("remote_lpar_name", ad_remote_name), AT_FN("remote_slot_num", ad_remote_slot),
	AT_FN("is_required", ad_required), AT_FN("wwpns", ad_wwpns),
};

static const struct attr slot_attrs[] = {
	AT_FN("slot_num", ad_slot), AT_FN("lpar_name", ad_name), AT_FN("lpar_id", ad_id),
	AT_FN("config", ad_config), AT_CONST("state", "1"), AT_FN("drc_name", ad_drc),
};

/* ---- rows ---- */

static struct adapter *
row_add(struct list *rows, struct lpar *l, int slot, const char *config)
{
	struct adapter *a = list_new(rows, sizeof(*a));
	size_t i = rows->n - 1;

	a->l = l;
	a->slot = slot;
	a->config = config;
	a->type = "client";
	for (; i > 0; i--) { /* by slot within a partition */
		struct adapter *before = rows->item[i - 1];

		if (before->l != l || before->slot <= slot)
			break;
		rows->item[i] = before;
	}
	rows->item[i] = a;
	return a;
}

static void
rows_serial_of(struct world *w, struct lpar *l, struct list *rows)
{
	for (int s = 0; s < 2; s++)
		row_add(rows, l, s, "serial")->type = "server";
	if (l->id != VIOS_ID)
		return;
	LIST_EACH(struct vhost, h, &w->vhosts)
		row_add(rows, l, h->slot + 1, "serial")->remote_id = h->client;
}

static void
rows_scsi_of(struct world *w, struct lpar *l, struct list *rows)
{
	LIST_EACH(struct vhost, h, &w->vhosts) {
		struct adapter *a = NULL;

		if (l->id == VIOS_ID) {
			a = row_add(rows, l, h->slot, "scsi");
			a->type = "server";
			a->remote_id = h->client;
			a->remote_slot = CLIENT_SCSI_SLOT;
		} else if (h->client == l->id) {
			a = row_add(rows, l, CLIENT_SCSI_SLOT, "scsi");
			a->remote_id = VIOS_ID;
			a->remote_slot = h->slot;
		}
		if (a != NULL)
			a->h = h;
	}
}

static void
rows_eth_of(struct world *w, struct lpar *l, struct list *rows)
{
	(void)w;
	LIST_EACH(struct veth, e, &l->veths)
		row_add(rows, l, e->slot, "eth")->e = e;
}

static void
rows_fc_of(struct world *w, struct lpar *l, struct list *rows)
{
	LIST_EACH(struct lpar, owner, &w->lpars)
		LIST_EACH(struct vfc, f, &owner->vfcs) {
			struct adapter *a;

			if (l != owner && l->id != VIOS_ID)
				continue;
			a = row_add(rows, l, l == owner ? f->slot : f->remote_slot, "fibre");
			a->type = l == owner ? "client" : "server";
			a->remote_id = l == owner ? VIOS_ID : owner->id;
			a->remote_slot = l == owner ? f->remote_slot : f->slot;
			a->f = f;
		}
}

static void
rows_slot_of(struct world *w, struct lpar *l, struct list *rows)
{
	rows_serial_of(w, l, rows);
	if (l->id == VIOS_ID)
		(void)row_add(rows, l, 2, "reserved");
	else
		(void)row_add(rows, l, 3, "reserved");
	rows_scsi_of(w, l, rows);
	rows_eth_of(w, l, rows);
	rows_fc_of(w, l, rows);
}

static const struct filter_def adapter_filters[] = {
	{ "lpar_ids", ad_id }, { "lpar_names", ad_name }, { "slots", ad_slot },
};

static void
filter_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct lpar *)row)->id);
}

static void
filter_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct lpar *)row)->name);
}

static const struct filter_def lpar_filters[] = {
	{ "lpar_ids", filter_id }, { "lpar_names", filter_name },
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
	void (*rows)(struct world *, struct lpar *, struct list *); /* NULL: the partitions */
	bool system;
} resources[] = {
	{ "mem", "", "sys", LISTING(mem_sys_attrs, lpar_filters, struct system), NULL, true },
	{ "proc", "", "sys", LISTING(proc_sys_attrs, lpar_filters, struct system), NULL, true },
	{ "mem", "", "lpar", LISTING(mem_lpar_attrs, lpar_filters, struct lpar), NULL, false },
	{ "proc", "", "lpar", LISTING(proc_lpar_attrs, lpar_filters, struct lpar), NULL, false },
	{ "virtualio", "eth", "lpar", LISTING(eth_attrs, adapter_filters, struct adapter), rows_eth_of,
	    false },
	{ "virtualio", "scsi", "lpar", LISTING(scsi_attrs, adapter_filters, struct adapter),
	    rows_scsi_of, false },
	{ "virtualio", "scsi", "", LISTING(scsi_attrs, adapter_filters, struct adapter), rows_scsi_of,
	    false },
	{ "virtualio", "serial", "lpar", LISTING(serial_attrs, adapter_filters, struct adapter),
	    rows_serial_of, false },
	{ "virtualio", "fc", "lpar", LISTING(fc_attrs, adapter_filters, struct adapter), rows_fc_of,
	    false },
	{ "virtualio", "slot", "slot", LISTING(slot_attrs, adapter_filters, struct adapter),
	    rows_slot_of, false },
	{ "virtualio", "slot", "lpar", LISTING(slots_lpar_attrs, lpar_filters, struct lpar), NULL,
	    false },
};

static int
list_adapters(struct sim_cmd *cmd, const struct opts *o, const struct resource *r)
{
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct lpar, l, &cmd->world->lpars)
		r->rows(cmd->world, l, &rows);
	rv = attr_list(cmd, o, &r->ls, &rows);
	list_free(&rows);
	return rv;
}

static int
list_resource(struct sim_cmd *cmd, const struct opts *o, const struct resource *r)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };

	if (r->system)
		return attr_list(cmd, o, &r->ls, &one);
	if (r->rows == NULL)
		return attr_list(cmd, o, &r->ls, &cmd->world->lpars);
	return list_adapters(cmd, o, r);
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
	return ivm_usage(cmd, "The combination of -r, --rsubtype and --level is not valid.");
}
