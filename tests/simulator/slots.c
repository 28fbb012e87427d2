/* SPDX-License-Identifier: ISC */
/*
 * Virtual slots.  A client has 0 and 1 serial, 2 its virtual SCSI adapter, 3 reserved; the
 * rest is for ethernet and fibre channel.  The VIOS has 0 and 1 serial, 2 reserved, 3 to 6
 * the trunk ethernets, 7 to 10 reserved, and from 11 on the partners of the clients: the
 * SCSI server adapter, then the client of the partition's console.
 */
#include <stdio.h>
#include <string.h>

#include "network.h"

struct vhost *
vhost_of(const struct world *w, int lpar_id)
{
	LIST_EACH(struct vhost, h, &w->vhosts)
		if (h->client == lpar_id)
			return h;
	return NULL;
}

struct vhost *
vhost_by_name(const struct world *w, const char *name)
{
	LIST_EACH(struct vhost, h, &w->vhosts)
		if (strcmp(h->name, name) == 0)
			return h;
	return NULL;
}

struct veth *
veth_by_slot(const struct lpar *l, int slot)
{
	LIST_EACH(struct veth, e, &l->veths)
		if (e->slot == slot)
			return e;
	return NULL;
}

bool
lpar_slot_taken(const struct lpar *l, int slot)
{
	if (l->id != VIOS_ID && slot <= 3)
		return true;
	if (veth_by_slot(l, slot) != NULL)
		return true;
	LIST_EACH(struct vfc, f, &l->vfcs)
		if (f->slot == slot)
			return true;
	return false;
}

bool
vios_slot_taken(const struct world *w, int slot)
{
	if (slot < 3 || lpar_slot_taken(lpar_vios(w), slot))
		return true;
	LIST_EACH(struct vhost, h, &w->vhosts)
		if (slot == h->slot || slot == h->slot + 1)
			return true;
	LIST_EACH(struct lpar, l, &w->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs)
			if (f->remote_slot == slot)
				return true;
	return false;
}

int
vios_free_slot(const struct world *w, int from, int run)
{
	int found = 0;

	for (int s = from; s < lpar_vios(w)->max_virtual_slots; s++) {
		found = vios_slot_taken(w, s) ? 0 : found + 1;
		if (found == run)
			return s - run + 1;
	}
	return -1;
}

struct vhost *
vhost_add(struct world *w, int client)
{
	struct vhost *h;
	char name[NAME_SIZE];
	int slot = vios_free_slot(w, FIRST_SERVER_SLOT, 2), n = 0;

	if (slot == -1)
		return NULL;
	do
		snprintf(name, sizeof(name), "vhost%d", n++);
	while (vhost_by_name(w, name) != NULL);
	h = list_new(&w->vhosts, sizeof(*h));
	str_set(h->name, sizeof(h->name), name);
	h->slot = slot;
	h->client = client;
	return h;
}

void
veth_format(const struct veth *e, struct text *out)
{
	text_printf(out, "%d/%d/%d/%s/%d/%d", e->slot, e->ieee, e->pvid, e->vlans, e->trunk,
	    e->required);
}

void
veth_mac(const struct lpar *l, int slot, char out[16])
{
	snprintf(out, 16, "%.10s%02X", l->mac_base, (unsigned)slot & 0xff);
}

static bool
vfc_host_used(const struct world *w, const char *name)
{
	LIST_EACH(struct lpar, l, &w->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs)
			if (strcmp(f->host, name) == 0)
				return true;
	return false;
}

static struct vhost *
vhost_at(const struct world *w, int slot)
{
	LIST_EACH(struct vhost, h, &w->vhosts)
		if (h->slot == slot)
			return h;
	return NULL;
}

static void
configure_scsi(struct world *w, const struct vio_adapter *a)
{
	struct vhost *h = vhost_at(w, a->slot);
	char name[NAME_SIZE];
	int n = 0;

	if (h == NULL) {
		do
			snprintf(name, sizeof(name), "vhost%d", n++);
		while (vhost_by_name(w, name) != NULL);
		h = list_new(&w->vhosts, sizeof(*h));
		str_set(h->name, sizeof(h->name), name);
		h->slot = a->slot;
	}
	h->client = a->client;
}

/* The client of a fibre channel adapter is a partition of the world as far as its adapters go. */
static void
configure_fc(struct world *w, const struct vio_adapter *a)
{
	struct lpar *l = lpar_by_id(w, a->client);
	struct vfc *f = NULL;
	char name[NAME_SIZE];
	int n = 0;

	if (l == NULL)
		l = lpar_add(w, a->client);
	str_set(l->name, sizeof(l->name), a->client_name);
	LIST_EACH(struct vfc, each, &l->vfcs)
		if (each->remote_slot == a->slot)
			f = each;
	if (f == NULL) {
		do
			snprintf(name, sizeof(name), "vfchost%d", n++);
		while (vfc_host_used(w, name));
		f = list_new(&l->vfcs, sizeof(*f));
		str_set(f->host, sizeof(f->host), name);
		f->remote_slot = a->slot;
	}
	f->slot = a->client_slot;
	str_set(f->wwpn1, sizeof(f->wwpn1), a->wwpn1);
	str_set(f->wwpn2, sizeof(f->wwpn2), a->wwpn2);
}

static void
configure_eth(struct world *w, const struct vio_adapter *a)
{
	struct lpar *vios = lpar_vios(w);
	struct veth *e = veth_by_slot(vios, a->slot);

	if (netdev_of_slot(w, a->slot) == NULL)
		(void)netdev_add_vea(w, a->slot);
	if (e == NULL)
		e = list_new(&vios->veths, sizeof(*e));
	e->slot = a->slot;
	e->ieee = a->ieee;
	e->pvid = a->pvid;
	e->trunk = a->trunk;
	str_set(e->vlans, sizeof(e->vlans), a->vlans);
}

void
adapters_configure(struct world *w)
{
	LIST_EACH(struct vio_adapter, a, &w->adapters)
		switch (a->kind[0]) {
		case 's':
			configure_scsi(w, a);
			break;
		case 'f':
			configure_fc(w, a);
			break;
		default:
			configure_eth(w, a);
			break;
		}
	world_changed(w);
}

void
slot_location(const struct world *w, int lpar, int slot, struct text *out)
{
	const char *dash = strchr(w->sys.type_model, '-');
	int n = dash == NULL ? (int)strlen(w->sys.type_model) : (int)(dash - w->sys.type_model);

	text_printf(out, "U%.*s.%s.%s-V%d-C%d", n, w->sys.type_model, dash == NULL ? "" : dash + 1,
	    w->sys.serial, lpar, slot);
}
