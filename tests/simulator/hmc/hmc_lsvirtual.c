/* SPDX-License-Identifier: ISC */
/* lshwres -r virtualio: adapters of the current configurations, slots, virtual switches and networks. */
#include <stdio.h>
#include <string.h>

#include "lshwres.h"

static int
state_of(const struct row *r)
{
	return part_active(r->p) && !r->a->disabled;
}

static bool
trunk_priority(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->a->trunk > 0)
		text_printf(t, "%d", r->a->trunk);
	else
		text_add(t, "unavailable");
	return r->a->trunk > 0 || r->h->version >= 11;
}

/* Attributes that a system without virtual switches has not. */
#define GET_SWITCH(fn, e) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		text_add(t, e); \
		return r->c->vswitches_capable; \
	}

GET_INT(a_slot, r->a->slot)
GET_INT(a_state, state_of(r))
GET_INT(a_required, r->a->required)
GET_INT(a_is_trunk, r->a->trunk > 0)
GET_INT(a_ieee, r->a->ieee)
GET_INT(a_pvid, r->a->pvid)
GET_STR(a_vlans, r->a->vlans)
GET_STR(a_mac, r->a->mac)
GET_SWITCH(a_vswitch, r->a->vswitch)
GET_SWITCH(a_allowed, r->a->allowed_macs)
GET_SWITCH(a_qos, r->a->qos)
GET_STR(a_type, r->a->server ? "server" : "client")
GET_INT(a_supports, r->a->supports_hmc)
GET_STR(a_connected, state_of(r) ? r->p->vt_session != 0 ? "connected" : "not connected" : "unavailable")

static bool
remote_id(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->a->remote_id == ANY_ID)
		text_add(t, "any");
	else
		text_printf(t, "%d", r->a->remote_id);
	return true;
}

static bool
remote_name(const void *row, struct text *t)
{
	const struct row *r = row;
	const struct part *p = part_by_id(r->c, r->a->remote_id);

	text_add(t, p == NULL ? "" : p->name);
	return true;
}

static bool
remote_slot(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->a->remote_slot == ANY_SLOT)
		text_add(t, "any");
	else
		text_printf(t, "%d", r->a->remote_slot);
	return true;
}

static bool
wwpns(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "%s,%s", r->a->wwpn1, r->a->wwpn2);
	return !r->a->server;
}

#define OWNER { "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false }
#define SLOT  { "slot_num", a_slot, NULL, false }, { "state", a_state, NULL, false }, { "is_required", a_required, NULL, false }
#define REMOTE \
	{ "adapter_type", a_type, NULL, false }, { "remote_lpar_id", remote_id, NULL, false }, \
	{ "remote_lpar_name", remote_name, NULL, false }, { "remote_slot_num", remote_slot, NULL, false }

static const struct hmc_attr eth_attrs[] = {
	OWNER, SLOT, { "is_trunk", a_is_trunk, NULL, false }, { "trunk_priority", trunk_priority, NULL, false },
	{ "ieee_virtual_eth", a_ieee, NULL, false }, { "port_vlan_id", a_pvid, NULL, false },
	{ "vswitch", a_vswitch, NULL, false }, { "addl_vlan_ids", a_vlans, NULL, true }, { "mac_addr", a_mac, NULL, false },
	{ "allowed_os_mac_addrs", a_allowed, NULL, false }, { "qos_priority", a_qos, NULL, false },
};
static const struct hmc_attr scsi_attrs[] = { OWNER, SLOT, REMOTE };
static const struct hmc_attr fc_attrs[] = { OWNER, SLOT, REMOTE, { "wwpns", wwpns, NULL, true } };
static const struct hmc_attr serial_attrs[] = {
	OWNER, SLOT, { "connect_status", a_connected, NULL, false }, REMOTE, { "supports_hmc", a_supports, NULL, false },
};

static void
filter_slot(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "%d", r->a != NULL ? r->a->slot : r->n);
}

static void
filter_vlan(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->a != NULL)
		text_printf(t, "%d%s%s", r->a->pvid, r->a->vlans[0] == '\0' ? "" : ",", r->a->vlans);
}

static void
filter_vswitch(const void *row, struct text *t)
{
	const struct row *r = row;

	text_add(t, r->a != NULL ? r->a->vswitch : r->x != NULL ? ((const struct vswitch *)r->x)->name : "");
}

static const struct hmc_filter filters[] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id },
	{ "slots", filter_slot, NULL, NULL }, { "vlans", filter_vlan, NULL, NULL },
	{ "vswitches", filter_vswitch, NULL, NULL },
};

int
list_adapters(struct sim_cmd *cmd, const struct opts *o, struct cec *c, enum adapter_kind kind)
{
	static const struct hmc_listing lists[] = {
		[VA_SERIAL] = HMC_LISTING("serial.lpar", serial_attrs, filters),
		[VA_SCSI] = HMC_LISTING("scsi.lpar", scsi_attrs, filters),
		[VA_ETH] = HMC_LISTING("eth.lpar", eth_attrs, filters),
		[VA_FC] = HMC_LISTING("fc.lpar", fc_attrs, filters),
	};
	struct list rows = { 0 };
	int rv;

	if (kind == VA_ETH && hmc_one_of(cmd, o, "--level", "lpar sys") != 0)
		return 1;
	if (kind == VA_FC && !c->npiv)
		return hmc_fail(cmd, "HSCLA4C0", "The managed system does not support virtual Fibre Channel.");
	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct vadapter, a, &p->curr.adapters)
			if (a->kind == (int)kind && !opt_has(o, "-R"))
				row_add(&rows, cmd->hmc, c, p)->a = a;
	rv = hmc_list(cmd, o, cmd->hmc->version, &lists[kind], c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- slots ---- */

static int
next_slot(const struct config *cf)
{
	for (int s = 2; s < cf->max_slots; s++)
		if (adapter_at(cf, s) == NULL)
			return s;
	return -1;
}

static bool
slot_next(const void *row, struct text *t)
{
	const struct row *r = row;
	int s = next_slot(r->cf);

	if (s == -1)
		text_add(t, "none");
	else
		text_printf(t, "%d", s);
	return true;
}

static bool
slot_drc(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "U%.4s.%.3s.%s-V%d-C%d", r->c->type_model, strlen(r->c->type_model) > 5 ? r->c->type_model + 5 : "",
	    r->c->serial, r->p->id, r->a->slot);
	return true;
}

GET_INT(slot_max, r->cf->max_slots)
GET_STR(slot_config, r->a->kind == VA_ETH ? "eth" : r->a->kind == VA_FC ? "fc" : r->a->kind == VA_SCSI ? "scsi" : "serial")

static const struct hmc_attr slot_lpar_attrs[] = {
	OWNER, { "curr_max_virtual_slots", slot_max, NULL, false }, { "pend_max_virtual_slots", slot_max, NULL, false },
	{ "next_avail_virtual_slot", slot_next, NULL, false },
};
static const struct hmc_attr slot_attrs[] = {
	OWNER, SLOT, { "config", slot_config, NULL, false }, { "drc_name", slot_drc, NULL, false },
};

int
list_virtual_slots(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing by_lpar = HMC_LISTING("slot.lpar", slot_lpar_attrs, filters);
	static const struct hmc_listing by_slot = HMC_LISTING("slot.slot", slot_attrs, filters);
	struct list rows = { 0 };
	bool slots;
	int rv;

	if (hmc_one_of(cmd, o, "--level", "lpar slot") != 0)
		return 1;
	slots = opt_str(o, "--level")[0] == 's';
	LIST_EACH(struct part, p, &c->parts) {
		if (!slots)
			(void)row_add(&rows, cmd->hmc, c, p);
		LIST_EACH(struct vadapter, a, &p->curr.adapters)
			if (slots)
				row_add(&rows, cmd->hmc, c, p)->a = a;
	}
	rv = hmc_list(cmd, o, cmd->hmc->version, slots ? &by_slot : &by_lpar, c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- virtual switches and networks ---- */

static const struct vswitch *
the_switch(const struct row *r)
{
	return r->x;
}

GET_STR(vs_name, the_switch(r)->name)
GET_STR(vs_mode, the_switch(r)->mode)

/* The networks of a switch are the VLANs that adapters on it carry. */
static bool
carries(const struct cec *c, const char *vswitch, int vlan, bool *tagged)
{
	char word[8];

	snprintf(word, sizeof(word), "%d", vlan);
	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct vadapter, a, &p->curr.adapters) {
			if (a->kind != VA_ETH || strcmp(a->vswitch, vswitch) != 0)
				continue;
			for (const char *s = a->vlans; *s != '\0'; s += strcspn(s, ",") + (s[strcspn(s, ",")] == ','))
				if (strcspn(s, ",") == strlen(word) && strncmp(s, word, strlen(word)) == 0)
					return *tagged = true;
			if (a->pvid == vlan) {
				*tagged = false;
				return true;
			}
		}
	return false;
}

static bool
vs_list(const struct row *r, struct text *t, bool names)
{
	const char *vswitch = the_switch(r)->name;
	bool tagged;
	int n = 0;

	for (int vlan = 1; vlan < 4095; vlan++)
		if (carries(r->c, vswitch, vlan, &tagged))
			text_printf(t, names ? "%sVLAN%d-%s" : "%s%d", n++ > 0 ? "," : "", vlan, vswitch);
	if (n == 0)
		text_add(t, "none");
	return true;
}

static bool
vs_networks(const void *row, struct text *t)
{
	return vs_list(row, t, true);
}

static const struct hmc_attr vswitch_attrs[] = {
	{ "vswitch", vs_name, NULL, false }, { "switch_mode", vs_mode, NULL, false },
	{ "allowed_vlan_ids", NULL, "all", false }, { "vnetworks", vs_networks, NULL, false },
};

int
list_vswitches(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing ls = HMC_LISTING("vswitch", vswitch_attrs, filters);
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct vswitch, v, &c->vswitches)
		row_add(&rows, cmd->hmc, c, NULL)->x = v;
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}

GET(vn_name, text_printf(t, "VLAN%d-%s", r->n, the_switch(r)->name))
GET_INT(vn_vlan, r->n)

static bool
vn_tagged(const void *row, struct text *t)
{
	const struct row *r = row;
	bool tagged = false;

	(void)carries(r->c, the_switch(r)->name, r->n, &tagged);
	text_printf(t, "%d", tagged);
	return true;
}

static const struct hmc_attr vnetwork_attrs[] = {
	{ "vnetwork", vn_name, NULL, false }, { "is_tagged", vn_tagged, NULL, false }, { "vswitch", vs_name, NULL, false },
	{ "vlan_id", vn_vlan, NULL, false },
};

int
list_vnetworks(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing ls = HMC_LISTING("vnetwork", vnetwork_attrs, filters);
	struct list rows = { 0 };
	bool tagged;
	int rv;

	LIST_EACH(struct vswitch, v, &c->vswitches)
		for (int vlan = 1; vlan < 4095; vlan++)
			if (carries(c, v->name, vlan, &tagged)) {
				struct row *r = row_add(&rows, cmd->hmc, c, NULL);

				r->x = v;
				r->n = vlan;
			}
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}
