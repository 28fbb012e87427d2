/* SPDX-License-Identifier: ISC */
/*
 * vNICs: virtual adapters backed by logical ports of SR-IOV adapters.  They come by DLPAR into
 * the current configuration; activating with a profile throws them away.  vnic_adapters of a
 * profile is text that nothing comes of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chhwres.h"
#include "lshwres.h"

/* ---- listing ---- */

static const struct vnic *
vnic_of(const struct row *r)
{
	return r->x;
}

static const struct backing *
backing_of(const struct row *r)
{
	return vnic_of(r)->backings.item[r->n];
}

static void
add_backing(struct text *t, const struct cec *c, const struct backing *b)
{
	const struct part *v = part_by_id(c, b->vios_id);

	text_printf(t, "sriov/%s/%d/%d/%d/%x/", v == NULL ? "" : v->name, b->vios_id, b->adapter, b->port, (unsigned)b->logical);
	hmc_add_units(t, b->capacity);
	text_addc(t, '/');
	hmc_add_units(t, b->capacity);
	text_printf(t, "/%d/", b->priority);
	hmc_add_units(t, b->max_capacity);
	text_addc(t, '/');
	hmc_add_units(t, b->max_capacity);
}

GET_INT(vn_slot, vnic_of(r)->slot)
GET_INT(vn_failover, vnic_of(r)->auto_failover)
GET_INT(vn_pvid, vnic_of(r)->pvid)
GET_STR(vn_mac, vnic_of(r)->mac)

static bool
vn_backings(const void *row, struct text *t)
{
	const struct row *r = row;

	for (size_t i = 0; i < vnic_of(r)->backings.n; i++) {
		text_add(t, i > 0 ? "," : "");
		add_backing(t, r->c, vnic_of(r)->backings.item[i]);
	}
	return true;
}

static bool
vn_states(const void *row, struct text *t)
{
	const struct row *r = row;

	for (size_t i = 0; i < vnic_of(r)->backings.n; i++) {
		const struct backing *b = vnic_of(r)->backings.item[i];

		text_printf(t, "%ssriov/%x/%d/Operational", i > 0 ? "," : "", (unsigned)b->logical, i == 0);
	}
	return true;
}

static const struct hmc_attr vnic_attrs[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "slot_num", vn_slot, NULL, false }, { "desired_mode", NULL, "ded", false }, { "curr_mode", NULL, "ded", false },
	{ "auto_priority_failover", vn_failover, NULL, false }, { "port_vlan_id", vn_pvid, NULL, false },
	{ "pvid_priority", NULL, "0", false }, { "allowed_vlan_ids", NULL, "all", false }, { "mac_addr", vn_mac, NULL, false },
	{ "allowed_os_mac_addrs", NULL, "all", false }, { "backing_devices", vn_backings, NULL, false },
	{ "backing_device_states", vn_states, NULL, false },
};

GET_INT(bk_adapter, backing_of(r)->adapter)
GET_INT(bk_port, backing_of(r)->port)
GET(bk_logical, text_printf(t, "%x", (unsigned)backing_of(r)->logical))
GET_UNITS(bk_capacity, backing_of(r)->capacity)
GET_UNITS(bk_max, backing_of(r)->max_capacity)
GET_INT(bk_priority, backing_of(r)->priority)
GET_INT(bk_active, r->n == 0)

static const struct hmc_attr backing_attrs[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false }, { "type", NULL, "sriov", false },
	{ "slot_num", vn_slot, NULL, false }, { "adapter_id", bk_adapter, NULL, false },
	{ "physical_port_id", bk_port, NULL, false }, { "logical_port_id", bk_logical, NULL, false },
	{ "capacity", bk_capacity, NULL, false }, { "desired_capacity", bk_capacity, NULL, false },
	{ "max_capacity", bk_max, NULL, false }, { "desired_max_capacity", bk_max, NULL, false },
	{ "failover_priority", bk_priority, NULL, false }, { "is_active", bk_active, NULL, false },
	{ "status", NULL, "Operational", false },
};

static void
filter_slot(const void *row, struct text *t)
{
	(void)vn_slot(row, t);
}

static const struct hmc_filter filters[] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id }, { "slots", filter_slot, NULL, NULL },
};

int
list_vnics(struct sim_cmd *cmd, const struct opts *o, struct cec *c, bool backings)
{
	static const struct hmc_listing of_vnics = HMC_LISTING("vnic", vnic_attrs, filters);
	static const struct hmc_listing of_backings = HMC_LISTING("vnicbkdev", backing_attrs, filters);
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct vnic, v, &p->vnics)
			for (size_t i = 0; i < (backings ? v->backings.n : 1); i++) {
				struct row *r = row_add(&rows, cmd->hmc, c, p);

				r->x = v;
				r->n = (int)i;
			}
	rv = hmc_list(cmd, o, cmd->hmc->version, backings ? &of_backings : &of_vnics, c, &rows);
	list_free(&rows);
	return rv;
}

bool
logical_port_used(const struct cec *c, int logical)
{
	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct vnic, v, &p->vnics)
			LIST_EACH(struct backing, b, &v->backings)
				if (b->logical == logical)
					return true;
	return false;
}

/* ---- changing ---- */

static struct vnic *
vnic_at(const struct part *p, int slot)
{
	LIST_EACH(struct vnic, v, &p->vnics)
		if (v->slot == slot)
			return v;
	return NULL;
}

void
vnics_free(struct part *p)
{
	LIST_EACH(struct vnic, v, &p->vnics)
		list_free(&v->backings);
	list_free(&p->vnics);
}

static int
free_logical(const struct cec *c, int adapter)
{
	for (int n = 1; n <= SRIOV_LOGICAL; n++)
		if (!logical_port_used(c, SRIOV_LOGICAL_ID(adapter, n)))
			return SRIOV_LOGICAL_ID(adapter, n);
	return -1;
}

static bool
is_shared_adapter(const struct cec *c, int adapter)
{
	LIST_EACH(struct pslot, s, &c->slots)
		if (c->sriov && adapter > 0 && s->sriov_id == adapter)
			return true;
	return false;
}

/* What a port has given away, in hundredths of a percent. */
static int
port_taken(const struct cec *c, int adapter, int port)
{
	int sum = 0;

	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct vnic, v, &p->vnics)
			LIST_EACH(struct backing, b, &v->backings)
				if (b->adapter == adapter && b->port == port)
					sum += b->capacity;
	return sum;
}

/* Fields of sriov/vios-name/vios-id/adapter/port[/capacity[/failover_priority[/max_capacity]]]. */
static bool
backing_parse(const struct cec *c, char *element, struct backing *b)
{
	char *field[8] = { NULL }, *rest = element;
	size_t n = 0;
	const struct part *v;

	while (n < 8 && rest != NULL)
		field[n++] = strsep(&rest, "/");
	if (rest != NULL || n < 5 || strcmp(field[0], "sriov") != 0)
		return false;
	v = field[1][0] != '\0' ? part_by_name(c, field[1]) : part_by_id(c, atoi(field[2]));
	if (v == NULL || !part_is_vios(v) || (field[2][0] != '\0' && atoi(field[2]) != v->id))
		return false;
	*b = (struct backing){ .vios_id = v->id, .capacity = 200, .priority = 50, .max_capacity = 10000 };
	return parse_int(field[3], 1, 64, &b->adapter) && parse_int(field[4], 0, SRIOV_PORTS - 1, &b->port) &&
	    (field[5] == NULL || field[5][0] == '\0' || hmc_units_parse(field[5], &b->capacity)) &&
	    (field[6] == NULL || field[6][0] == '\0' || parse_int(field[6], 1, 100, &b->priority)) &&
	    (field[7] == NULL || field[7][0] == '\0' || hmc_units_parse(field[7], &b->max_capacity));
}

static int
backing_add(struct sim_cmd *cmd, const struct cec *c, struct vnic *v, char *element)
{
	struct backing b;

	if (!backing_parse(c, element, &b) || !is_shared_adapter(c, b.adapter))
		return hmc_bad_value(cmd, "backing_devices");
	/* Codes are right, the wording (unconfirmed). */
	if (b.capacity < 100 || b.capacity > 10000)
		return hmc_fail(cmd, "HSCL127D:", "HSCL1295 The capacity is out of range.");
	if (port_taken(c, b.adapter, b.port) + b.capacity > 10000)
		return hmc_fail(cmd, "HSCL127D:", "HSCL1293 The capacity of the physical port would be exceeded.");
	b.logical = free_logical(c, b.adapter);
	if (b.logical == -1)
		return hmc_bad_value(cmd, "backing_devices");
	*(struct backing *)list_new(&v->backings, sizeof(b)) = b;
	return 0;
}

static int
set_backings(struct sim_cmd *cmd, const struct cec *c, struct vnic *v, const struct pair *p)
{
	struct list items = { 0 };
	int rv = 0;

	value_split(p->value, &items);
	if (p->op == '=')
		list_free(&v->backings);
	for (size_t i = 0; i < items.n && rv == 0; i++)
		rv = p->op == '-' ? hmc_bad_value(cmd, p->name) : backing_add(cmd, c, v, items.item[i]);
	list_free(&items);
	return rv;
}

static int
set_attributes(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct vnic *v)
{
	static const char *const names[] = { "port_vlan_id", "auto_priority_failover", "mac_addr", "allowed_vlan_ids",
		"allowed_os_mac_addrs", "pvid_priority", "*backing_devices", NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv = opt_has(o, "-a") ? hmc_record(cmd, opt_str(o, "-a"), ps) : hmc_missing(cmd, "-a");

	if (rv == 0)
		rv = hmc_record_check(cmd, ps, names);
	for (int i = 0; i < ps->n && rv == 0; i++) {
		const struct pair *p = &ps->p[i];
		bool ok = true;

		if (strcmp(p->name, "backing_devices") == 0)
			rv = set_backings(cmd, c, v, p);
		else if (strcmp(p->name, "port_vlan_id") == 0)
			ok = parse_int(p->value, 0, 4094, &v->pvid);
		else if (strcmp(p->name, "auto_priority_failover") == 0)
			ok = parse_int(p->value, 0, 1, &v->auto_failover);
		else if (strcmp(p->name, "mac_addr") == 0)
			ok = strlen(p->value) == 12 && str_set(v->mac, sizeof(v->mac), p->value);
		if (!ok)
			rv = hmc_bad_value(cmd, p->name);
	}
	pairs_free(ps);
	free(ps);
	return rv;
}

static int
add(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct part *p)
{
	int slot = 2, rv;
	struct vnic *v;

	while (slot < p->curr.max_slots && (adapter_at(&p->curr, slot) != NULL || vnic_at(p, slot) != NULL))
		slot++;
	if (opt_has(o, "-s") && !parse_int(opt_str(o, "-s"), 2, 65535, &slot))
		return hmc_missing(cmd, "-s");
	if (slot >= p->curr.max_slots || adapter_at(&p->curr, slot) != NULL || vnic_at(p, slot) != NULL)
		/* Text (unconfirmed). */
		return hmc_fail(cmd, "HSCL294C", "Dynamic add of virtual I/O resources failed:\nThe virtual slot %d cannot be used.",
		    slot);
	v = list_new(&p->vnics, sizeof(*v));
	v->slot = slot;
	v->auto_failover = 1;
	snprintf(v->mac, sizeof(v->mac), "eaad%02x%04x%02x", (unsigned)p->id & 0xff,
	    (unsigned)strtoul(c->serial + (strlen(c->serial) > 4 ? strlen(c->serial) - 4 : 0), NULL, 16) & 0xffff,
	    (unsigned)slot & 0xff);
	rv = set_attributes(cmd, o, c, v);
	if (rv == 0 && v->backings.n == 0)
		rv = hmc_missing(cmd, "backing_devices");
	if (rv != 0) {
		list_free(&v->backings);
		list_remove(&p->vnics, v);
	}
	return rv;
}

int
change_vnic(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	struct vnic *v;
	int slot;

	if (opt_str(o, "-o")[0] == 'a')
		return add(cmd, o, c, p);
	if (!parse_int(opt_str(o, "-s"), 0, 65535, &slot) || (v = vnic_at(p, slot)) == NULL)
		return hmc_missing(cmd, "-s");
	switch (opt_str(o, "-o")[0]) {
	case 's':
		return set_attributes(cmd, o, c, v);
	case 'r':
		list_free(&v->backings);
		list_remove(&p->vnics, v);
		return 0;
	default:
		return hmc_missing(cmd, "-o");
	}
}
