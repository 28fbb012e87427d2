/* SPDX-License-Identifier: ISC */
/* The VIOS' ethernet devices and changed device attributes.  See network.h. */
#include <stdio.h>
#include <string.h>

#include "network.h"

struct netdev *
netdev_find(const struct world *w, const char *name)
{
	LIST_EACH(struct netdev, d, &w->netdevs)
		if (strcmp(d->name, name) == 0)
			return d;
	return NULL;
}

struct netdev *
netdev_of_slot(const struct world *w, int slot)
{
	LIST_EACH(struct netdev, d, &w->netdevs)
		if (strcmp(d->kind, "vea") == 0 && d->slot == slot)
			return d;
	return NULL;
}

struct netdev *
netdev_by_location(const struct world *w, const char *physloc)
{
	LIST_EACH(struct netdev, d, &w->netdevs)
		if (strcmp(d->physloc, physloc) == 0)
			return d;
	return NULL;
}

struct netdev *
netdev_add(struct world *w, const char *kind)
{
	struct netdev *d;
	char name[NAME_SIZE];
	int n = 0;

	do
		snprintf(name, sizeof(name), "ent%d", n++);
	while (netdev_find(w, name) != NULL);
	d = list_new(&w->netdevs, sizeof(*d));
	str_set(d->name, sizeof(d->name), name);
	str_set(d->kind, sizeof(d->kind), kind);
	world_changed(w);
	return d;
}

struct netdev *
netdev_add_vea(struct world *w, int slot)
{
	struct netdev *d = netdev_add(w, "vea");
	struct text loc = { 0 };

	d->slot = slot;
	slot_location(w, w->sys.vios_id, slot, &loc);
	text_add(&loc, "-T1");
	str_set(d->physloc, sizeof(d->physloc), text_str(&loc));
	text_free(&loc);
	return d;
}

bool
word_listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list != '\0') {
		size_t k = strcspn(list, ",");

		if (k == n && strncmp(list, word, n) == 0)
			return true;
		list += k + (list[k] == ',');
	}
	return false;
}

struct netdev *
netdev_user(const struct world *w, const char *name)
{
	LIST_EACH(struct netdev, d, &w->netdevs)
		if (word_listed(d->target, name) || word_listed(d->virt, name))
			return d;
	return NULL;
}

void
network_init(struct world *w)
{
	struct lpar *vios = lpar_vios(w);

	for (int i = 1; i <= 4; i++) {
		struct veth *e = list_new(&vios->veths, sizeof(*e));

		e->slot = i + 2;
		e->ieee = 1;
		e->pvid = i;
		e->trunk = 1;
		(void)netdev_add_vea(w, e->slot);
	}
	w->sys.initialised = 1;
	world_changed(w);
}

struct netif *
netif_find(const struct world *w, const char *name)
{
	LIST_EACH(struct netif, i, &w->netifs)
		if (strcmp(i->name, name) == 0)
			return i;
	return NULL;
}

static struct devattr *
devattr_find(const struct world *w, const char *dev, const char *attr)
{
	LIST_EACH(struct devattr, a, &w->attrs)
		if (strcmp(a->dev, dev) == 0 && strcmp(a->attr, attr) == 0)
			return a;
	return NULL;
}

const char *
devattr_get(const struct world *w, const char *dev, const char *attr)
{
	const struct devattr *a = devattr_find(w, dev, attr);

	return a == NULL ? NULL : a->value;
}

void
devattr_set(struct world *w, const char *dev, const char *attr, const char *value)
{
	struct devattr *a = devattr_find(w, dev, attr);

	if (value == NULL) {
		if (a != NULL)
			list_remove(&w->attrs, a);
		return;
	}
	if (a == NULL) {
		a = list_new(&w->attrs, sizeof(*a));
		str_set(a->dev, sizeof(a->dev), dev);
		str_set(a->attr, sizeof(a->attr), attr);
	}
	str_set(a->value, sizeof(a->value), value);
	world_changed(w);
}

void
devattr_drop(struct world *w, const char *dev)
{
	for (size_t i = w->attrs.n; i > 0; i--) {
		struct devattr *a = w->attrs.item[i - 1];

		if (strcmp(a->dev, dev) == 0)
			list_remove(&w->attrs, a);
	}
}
