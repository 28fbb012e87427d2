/* SPDX-License-Identifier: ISC */
/* lshwres: shared processor pools, the memory pool, physical slots. */
#include <stdio.h>
#include <string.h>

#include "lshwres.h"

/* ---- processor pools ---- */

static const struct procpool *
pool_of(const struct row *r)
{
	return r->x;
}

/* The default pool has no limits: null. */
static bool
units_or_null(const struct row *r, struct text *t, int units)
{
	if (pool_of(r)->id == 0)
		text_add(t, "null");
	else
		hmc_add_units(t, units);
	return true;
}

static bool
pool_max(const void *row, struct text *t)
{
	const struct row *r = row;

	return units_or_null(r, t, pool_of(r)->max_units);
}

static bool
pool_reserved(const void *row, struct text *t)
{
	const struct row *r = row;

	return units_or_null(r, t, pool_of(r)->reserved_units);
}

static bool
pool_lpars(const struct row *r, struct text *t, bool names)
{
	int n = 0;

	LIST_EACH(struct part, p, &r->c->parts) {
		if (!p->has_config || strcmp(p->curr.proc_mode, "shared") != 0 || p->curr.pool_id != pool_of(r)->id)
			continue;
		text_add(t, n++ > 0 ? "," : "");
		if (names)
			text_add(t, p->name);
		else
			text_printf(t, "%d", p->id);
	}
	if (n == 0)
		text_add(t, "none");
	return true;
}

static bool
pool_ids(const void *row, struct text *t)
{
	return pool_lpars(row, t, false);
}

static bool
pool_names(const void *row, struct text *t)
{
	return pool_lpars(row, t, true);
}

GET_STR(pool_name, pool_of(r)->name)
GET_INT(pool_id, pool_of(r)->id)

static const struct hmc_attr pool_attrs[] = {
	{ "name", pool_name, NULL, false }, { "shared_proc_pool_id", pool_id, NULL, false },
	{ "max_pool_proc_units", pool_max, NULL, false }, { "curr_reserved_pool_proc_units", pool_reserved, NULL, false },
	{ "pend_reserved_pool_proc_units", pool_reserved, NULL, false }, { "lpar_ids", pool_ids, NULL, false },
	{ "lpar_names", pool_names, NULL, false },
};

static void
filter_pool_name(const void *row, struct text *t)
{
	(void)pool_name(row, t);
}

static void
filter_pool_id(const void *row, struct text *t)
{
	(void)pool_id(row, t);
}

static void
filter_names(const void *row, struct text *t)
{
	(void)pool_names(row, t);
}

static void
filter_ids(const void *row, struct text *t)
{
	(void)pool_ids(row, t);
}

static const struct hmc_filter pool_filters[] = {
	{ "pool_names", filter_pool_name, NULL, NULL }, { "shared_proc_pool_ids", filter_pool_id, NULL, NULL },
	{ "lpar_names", filter_names, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_ids, exists_lpar_id, hmc_no_partition_id },
};

int
list_procpools(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing ls = HMC_LISTING("procpool", pool_attrs, pool_filters);
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct procpool, p, &c->pools)
		row_add(&rows, cmd->hmc, c, NULL)->x = p;
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- the memory pool ---- */

static int
pool_used(const struct cec *c)
{
	int mem = 0;

	LIST_EACH(struct part, p, &c->parts)
		if (part_active(p) && strcmp(p->curr.mem_mode, "shared") == 0)
			mem += p->curr.mem;
	return mem;
}

static bool
paging_name(const void *row, struct text *t)
{
	const struct row *r = row;
	const struct part *p = part_by_id(r->c, r->c->mempool.paging_vios1);

	text_add(t, p == NULL ? "" : p->name);
	return true;
}

GET_INT(mp_mem, r->c->mempool.mem)
GET_INT(mp_max, r->c->mempool.max_mem)
GET_INT(mp_avail, r->c->mempool.mem - pool_used(r->c) > 0 ? r->c->mempool.mem - pool_used(r->c) : 0)
GET_INT(mp_vios, r->c->mempool.paging_vios1)

static const struct hmc_attr mempool_attrs[] = {
	{ "curr_pool_mem", mp_mem, NULL, false }, { "curr_avail_pool_mem", mp_avail, NULL, false },
	{ "curr_max_pool_mem", mp_max, NULL, false }, { "pend_pool_mem", mp_mem, NULL, false },
	{ "pend_avail_pool_mem", mp_avail, NULL, false }, { "pend_max_pool_mem", mp_max, NULL, false },
	{ "sys_firmware_pool_mem", NULL, "0", false }, { "paging_storage_vios_names", paging_name, NULL, false },
	{ "paging_storage_vios_ids", mp_vios, NULL, false }, { "pool_mem", mp_mem, NULL, false },
};

int
list_mempool(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing ls = { "mempool", mempool_attrs, sizeof(mempool_attrs) / sizeof(mempool_attrs[0]),
		NULL, 0 };
	struct list rows = { 0 };
	int rv;

	if (!c->ams)
		return hmc_fail(cmd, "HSCLA4A0", "The operation failed because the managed system does not support Active Memory "
		    "Sharing or partition suspend and resume operations.");
	if (c->mempool.mem > 0)
		(void)row_add(&rows, cmd->hmc, c, NULL);
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- physical slots ---- */

static const struct pslot *
slot_of(const struct row *r)
{
	return r->x;
}

GET_STR(io_unit, slot_of(r)->unit)
GET_STR(io_bus, slot_of(r)->bus)
GET_STR(io_loc, slot_of(r)->phys_loc)
GET_STR(io_drc, slot_of(r)->drc)
GET_STR(io_text, slot_of(r)->description)
GET_STR(io_features, slot_of(r)->features)
GET_STR(io_vendor, slot_of(r)->vendor)
GET_STR(io_device, slot_of(r)->device)
GET_STR(io_class, slot_of(r)->pci_class)
GET(io_name, text_printf(t, "%s-%s", slot_of(r)->unit, slot_of(r)->phys_loc))

static const struct hmc_attr io_attrs[] = {
	{ "unit_phys_loc", io_unit, NULL, false }, { "bus_id", io_bus, NULL, false }, { "phys_loc", io_loc, NULL, false },
	{ "drc_index", io_drc, NULL, false }, { "lpar_name", row_lpar_name, NULL, false },
	{ "lpar_id", row_lpar_id, NULL, false }, { "slot_io_pool_id", NULL, "none", false },
	{ "description", io_text, NULL, false }, { "feature_codes", io_features, NULL, false },
	{ "pci_vendor_id", io_vendor, NULL, false }, { "pci_device_id", io_device, NULL, false },
	{ "pci_subs_vendor_id", io_vendor, NULL, false }, { "pci_subs_device_id", io_device, NULL, false },
	{ "pci_class", io_class, NULL, false }, { "pci_revision_id", NULL, "0", false },
	{ "bus_grouping", NULL, "0", false }, { "iop", NULL, "0", false }, { "parent_slot_drc_index", NULL, "none", false },
	{ "drc_name", io_name, NULL, false }, { "interposer_present", NULL, "0", false },
	{ "interposer_pcie", NULL, "0", false }, { "lpar_assignment_capable", NULL, "1", false },
	{ "dynamic_lpar_assignment_capable", NULL, "1", false },
};

static void
filter_drc(const void *row, struct text *t)
{
	(void)io_drc(row, t);
}

static void
filter_bus(const void *row, struct text *t)
{
	(void)io_bus(row, t);
}

static void
filter_unit(const void *row, struct text *t)
{
	(void)io_unit(row, t);
}

static const struct hmc_filter io_filters[] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id },
	{ "slots", filter_drc, NULL, NULL }, { "buses", filter_bus, NULL, NULL }, { "units", filter_unit, NULL, NULL },
};

int
list_ioslots(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing ls = HMC_LISTING("io.slot", io_attrs, io_filters);
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct pslot, s, &c->slots)
		row_add(&rows, cmd->hmc, c, part_by_id(c, s->lpar_id))->x = s;
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}
