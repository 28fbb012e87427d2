/* SPDX-License-Identifier: ISC */
/* lshwres -r virtualio: the virtual adapters and the slots that they are in. */
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

static const struct kind {
	const char *subtype, *level; /* "" when the option is not given */
	struct listing ls;
	void (*rows)(struct world *, struct lpar *, struct list *);
} kinds[] = {
	{ "eth", "lpar", LISTING(eth_attrs, adapter_filters, struct adapter), rows_eth_of },
	{ "scsi", "lpar", LISTING(scsi_attrs, adapter_filters, struct adapter), rows_scsi_of },
	{ "scsi", "", LISTING(scsi_attrs, adapter_filters, struct adapter), rows_scsi_of },
	{ "serial", "lpar", LISTING(serial_attrs, adapter_filters, struct adapter), rows_serial_of },
	{ "fc", "lpar", LISTING(fc_attrs, adapter_filters, struct adapter), rows_fc_of },
	{ "slot", "slot", LISTING(slot_attrs, adapter_filters, struct adapter), rows_slot_of },
};

int
ivm_list_adapters(struct sim_cmd *cmd, const struct opts *o, const char *subtype, const char *level)
{
	struct list rows = { 0 };
	int rv = -1;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].subtype, subtype) != 0 || strcmp(kinds[i].level, level) != 0)
			continue;
		LIST_EACH(struct lpar, l, &cmd->world->lpars)
			kinds[i].rows(cmd->world, l, &rows);
		rv = attr_list(cmd, o, &kinds[i].ls, &rows);
		list_free(&rows);
		break;
	}
	return rv;
}
