/* SPDX-License-Identifier: ISC */
/*
 * What the hypervisor tells a Virtual I/O Server: which server adapters it has.  The VIOS
 * makes devices of them when it starts and by cfgdev; a device whose adapter is gone is gone,
 * too (DLPAR refuses to take an adapter away while its device is there).
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

static void
tell_wwpns(const struct cec *c, const struct part *vios, const struct vadapter *a, struct vio_adapter *to)
{
	const struct part *clt = part_by_id(c, a->remote_id);
	const struct vadapter *other = clt == NULL ? NULL : adapter_at(&clt->curr, a->remote_slot);

	if (other == NULL || !adapter_matches(a, other, vios, clt))
		return;
	str_set(to->wwpn1, sizeof(to->wwpn1), other->wwpn1);
	str_set(to->wwpn2, sizeof(to->wwpn2), other->wwpn2);
}

static void
tell_adapter(const struct cec *c, const struct part *vios, const struct vadapter *a)
{
	const struct part *clt = part_by_id(c, a->remote_id);
	struct vio_adapter *to = list_new(&vios->vios->adapters, sizeof(*to));

	str_set(to->kind, sizeof(to->kind), a->kind == VA_SCSI ? "scsi" : a->kind == VA_FC ? "fc" : "eth");
	to->slot = a->slot;
	to->client = a->kind == VA_ETH || a->remote_id == ANY_ID ? 0 : a->remote_id;
	to->client_slot = a->remote_slot == ANY_SLOT ? 0 : a->remote_slot;
	if (clt != NULL)
		str_set(to->client_name, sizeof(to->client_name), clt->name);
	str_set(to->mac, sizeof(to->mac), a->mac);
	to->ieee = a->ieee;
	to->pvid = a->pvid;
	to->trunk = a->trunk;
	str_set(to->vlans, sizeof(to->vlans), a->vlans);
	if (a->kind == VA_FC)
		tell_wwpns(c, vios, a, to);
}

/* Clients as lsmap -npiv shows them: their state follows the hypervisor's. */
static void
tell_clients(const struct cec *c, struct world *w)
{
	LIST_EACH(struct lpar, l, &w->lpars) {
		const struct part *p = l->id == w->sys.vios_id ? NULL : part_by_id(c, l->id);

		if (p == NULL)
			continue;
		str_set(l->name, sizeof(l->name), p->name);
		l->state = p->state;
		str_set(l->image, sizeof(l->image), p->image);
		str_set(l->os_version, sizeof(l->os_version), p->os_version);
	}
}

/* A device knows the names of its client's adapter, which may come after it. */
static void
tell_names(struct world *w)
{
	LIST_EACH(struct lpar, l, &w->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs)
			LIST_EACH(struct vio_adapter, a, &w->adapters)
				if (a->kind[0] == 'f' && a->slot == f->remote_slot) {
					str_set(f->wwpn1, sizeof(f->wwpn1), a->wwpn1);
					str_set(f->wwpn2, sizeof(f->wwpn2), a->wwpn2);
				}
}

void
vios_tell(struct hmc *h, struct cec *c, struct part *vios)
{
	struct world *w = vios->vios;
	struct lpar *l;

	if (w == NULL)
		return;
	list_free(&w->adapters);
	w->adapters = (struct list){ 0 };
	LIST_EACH(struct vadapter, a, &vios->curr.adapters)
		if (a->kind == VA_ETH || (a->kind != VA_SERIAL && a->server))
			tell_adapter(c, vios, a);
	l = lpar_vios(w);
	str_set(l->name, sizeof(l->name), vios->name);
	l->state = vios->state;
	l->max_virtual_slots = vios->curr.max_slots;
	l->curr.mem = vios->curr.mem;
	l->curr.procs = vios->curr.procs;
	tell_clients(c, w);
	tell_names(w);
	hmc_changed(h);
}

void
vios_tell_all(struct hmc *h, struct cec *c)
{
	LIST_EACH(struct part, p, &c->parts)
		vios_tell(h, c, p);
}

const char *
vios_device(const struct part *vios, const struct vadapter *a)
{
	const struct world *w = vios->vios;

	if (w == NULL)
		return NULL;
	if (a->kind == VA_SCSI)
		LIST_EACH(struct vhost, v, &w->vhosts)
			if (v->slot == a->slot)
				return v->name;
	if (a->kind == VA_ETH)
		LIST_EACH(struct netdev, d, &w->netdevs)
			if (strcmp(d->kind, "vea") == 0 && d->slot == a->slot)
				return d->name;
	if (a->kind == VA_FC)
		LIST_EACH(struct lpar, l, &w->lpars)
			LIST_EACH(struct vfc, f, &l->vfcs)
				if (f->remote_slot == a->slot)
					return f->host;
	return NULL;
}
