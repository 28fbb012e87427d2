/* SPDX-License-Identifier: ISC */
/* The storage side of a migration.  See migr.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"
#include "migr.h"
#include "tests/simulator/storage.h"

struct path {
	int client_slot, vios_id, vios_slot;
};

static struct vhost *
vhost_of_adapter(const struct cec *c, const struct vadapter *a, struct part **vios)
{
	*vios = part_by_id(c, a->remote_id);
	if (*vios == NULL || (*vios)->vios == NULL)
		return NULL;
	LIST_EACH(struct vhost, h, &(*vios)->vios->vhosts)
		if (h->slot == a->remote_slot)
			return h;
	return NULL;
}

/* The disk as another VIOS sees it: the same identity, in no volume group there. */
static struct pv *
same_disk(const struct world *to, const struct pv *disk)
{
	LIST_EACH(struct pv, p, &to->pvs)
		if (disk != NULL && strcmp(p->unique_id, disk->unique_id) == 0 && p->vg[0] == '\0')
			return p;
	return NULL;
}

static bool
sees_all(const struct part *there, const struct part *vios, const struct vhost *h)
{
	LIST_EACH(struct vtd, v, &h->vtds)
		if (strcmp(v->kind, "optical") != 0 && (strcmp(v->kind, "disk") != 0 ||
		    same_disk(there->vios, pv_find(vios->vios, v->backing)) == NULL))
			return false;
	return true;
}

static bool
slot_planned(const struct list *paths, int vios, int slot)
{
	LIST_EACH(struct path, p, paths)
		if (p->vios_id == vios && p->vios_slot == slot)
			return true;
	return false;
}

static int
free_slot(const struct part *vios, const struct list *paths)
{
	for (int s = 10; s < vios->curr.max_slots; s++) {
		bool used = adapter_at(&vios->curr, s) != NULL || slot_planned(paths, vios->id, s);

		LIST_EACH(struct profile, f, &vios->profiles)
			used = used || adapter_at(&f->c, s) != NULL;
		if (!used)
			return s;
	}
	return -1;
}

/* slot/vios_name/vios_id,...: is this VIOS the one that was asked for?  Without a word on the slot: yes. */
static bool
is_wanted(const struct pairs *ps, const char *attribute, int slot, const struct part *vios)
{
	const char *value = pairs_get(ps, attribute);
	struct list items = { 0 };
	bool ok = true;

	if (value == NULL)
		return true;
	value_split(value, &items);
	for (size_t i = 0; i < items.n; i++) {
		char buf[200], *f[5];
		int n;

		if (fields_split(items.item[i], buf, sizeof(buf), f, 5, &n) && n >= 2 && atoi(f[0]) == slot)
			ok = strcmp(f[1], vios->name) == 0 || (n >= 3 && atoi(f[2]) == vios->id);
	}
	list_free(&items);
	return ok;
}

static int
paths_on(const struct list *paths, int vios)
{
	int n = 0;

	LIST_EACH(struct path, p, paths)
		n += p->vios_id == vios;
	return n;
}

/* Paths spread over the servers: the one with the fewest so far. */
static struct part *
choose(const struct cec *t, const struct vadapter *a, const struct part *vios, const struct vhost *h,
    const struct pairs *ps, const struct list *paths)
{
	const char *attribute = a->kind == VA_FC ? "virtual_fc_mappings" : "virtual_scsi_mappings";
	struct part *best = NULL;

	LIST_EACH(struct part, v, &t->parts) {
		if (v->vios == NULL || !part_rmc(v) || !is_wanted(ps, attribute, a->slot, v) || free_slot(v, paths) == -1)
			continue;
		if (a->kind == VA_FC ? !t->npiv || v->vios->sys.nports == 0 : !sees_all(v, vios, h))
			continue;
		if (best == NULL || paths_on(paths, v->id) < paths_on(paths, best->id))
			best = v;
	}
	return best;
}

int
migr_plan(struct sim_cmd *cmd, struct cec *c, struct cec *t, struct part *p, const struct pairs *ps, struct list *paths)
{
	LIST_EACH(struct vadapter, a, &p->curr.adapters) {
		struct part *vios, *there;
		struct vhost *h;
		struct path *to;

		if (a->server || (a->kind != VA_SCSI && a->kind != VA_FC))
			continue;
		h = vhost_of_adapter(c, a, &vios);
		if (a->kind == VA_SCSI && h == NULL)
			continue; /* nothing behind it */
		there = choose(t, a, vios, h, ps, paths);
		if (there == NULL)
			/* The code's title is known, the text (unconfirmed). */
			return hmc_fail(cmd, "HSCLA24E", "The managed system %s has no Virtual I/O Server that can provide the storage "
			    "of the virtual adapter in slot %d of partition %s.", t->name, a->slot, p->name);
		to = list_new(paths, sizeof(*to));
		to->client_slot = a->slot;
		to->vios_id = there->id;
		to->vios_slot = free_slot(there, paths);
	}
	return 0;
}

static void
connect_scsi(struct cec *c, const struct vadapter *old, struct part *there, int slot)
{
	struct part *vios;
	struct vhost *from = vhost_of_adapter(c, old, &vios), *to = NULL;

	LIST_EACH(struct vhost, h, &there->vios->vhosts)
		if (h->slot == slot)
			to = h;
	if (from == NULL || to == NULL)
		return;
	LIST_EACH(struct vtd, v, &from->vtds) {
		const struct pv *disk = strcmp(v->kind, "disk") == 0 ? same_disk(there->vios, pv_find(vios->vios, v->backing)) : NULL;
		struct vtd *n;

		if (disk == NULL)
			continue; /* an optical device stays behind */
		n = vtd_add(there->vios, to, "disk", NULL);
		n->lun = v->lun;
		str_set(n->backing, sizeof(n->backing), disk->name);
	}
}

static void
connect_fc(struct part *there, int slot)
{
	LIST_EACH(struct lpar, l, &there->vios->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs)
			if (f->remote_slot == slot)
				str_set(f->port, sizeof(f->port), "fcs0");
}

static void
point_to(struct config *cf, const struct path *path)
{
	struct vadapter *a = adapter_at(cf, path->client_slot);

	if (a != NULL && !a->server && a->kind != VA_ETH) {
		a->remote_id = path->vios_id;
		a->remote_slot = path->vios_slot;
	}
}

static void
add_server(struct config *cf, const struct part *q, const struct path *path, enum adapter_kind kind)
{
	struct vadapter *a = adapter_add(cf, kind, path->vios_slot);

	a->server = 1;
	a->remote_id = q->id;
	a->remote_slot = path->client_slot;
}

static void
drop_servers(struct config *cf, const struct part *p)
{
	for (size_t i = cf->adapters.n; i > 0; i--) {
		struct vadapter *a = cf->adapters.item[i - 1];

		if (a->server && a->kind != VA_SERIAL && a->remote_id == p->id)
			list_remove(&cf->adapters, a);
	}
}

static void
disconnect(struct cec *c, const struct part *p)
{
	LIST_EACH(struct part, v, &c->parts) {
		if (v->vios == NULL)
			continue;
		for (size_t i = v->vios->vhosts.n; i > 0; i--) {
			struct vhost *h = v->vios->vhosts.item[i - 1];

			if (h->client != p->id)
				continue;
			list_free(&h->vtds);
			list_remove(&v->vios->vhosts, h);
		}
		LIST_EACH(struct lpar, l, &v->vios->lpars)
			if (l->id == p->id)
				list_free(&l->vfcs);
		drop_servers(&v->curr, p);
		LIST_EACH(struct profile, f, &v->profiles)
			drop_servers(&f->c, p);
	}
}

void
migr_connect(struct hmc *h, struct cec *c, struct cec *t, struct part *p, struct part *q, const struct list *paths)
{
	LIST_EACH(struct path, path, paths) {
		const struct vadapter *old = adapter_at(&p->curr, path->client_slot);
		struct part *there = part_by_id(t, path->vios_id);

		if (old == NULL || there == NULL)
			continue;
		add_server(&there->curr, q, path, (enum adapter_kind)old->kind);
		LIST_EACH(struct profile, f, &there->profiles)
			if (strcmp(f->name, there->curr_profile) == 0)
				add_server(&f->c, q, path, (enum adapter_kind)old->kind);
		point_to(&q->curr, path);
		LIST_EACH(struct profile, f, &q->profiles)
			point_to(&f->c, path);
		vios_tell(h, t, there);
		adapters_configure(there->vios);
		if (old->kind == VA_SCSI)
			connect_scsi(c, old, there, path->vios_slot);
		else
			connect_fc(there, path->vios_slot);
	}
	disconnect(c, p);
}
