/* SPDX-License-Identifier: ISC */
/* Partitions: finding, adding, removing them, and what memory and processors are free. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static const char *const state_names[] = {
	[LS_OFF] = "Not Activated",
	[LS_STARTING] = "Starting",
	[LS_RUNNING] = "Running",
	[LS_FIRMWARE] = "Open Firmware",
	[LS_STOPPING] = "Shutting Down",
	[LS_ERROR] = "Error",
	[LS_MIGRATING] = "Migrating - Running",
	[LS_MIGRATING_OFF] = "Migrating - Not Activated",
};

const char *
lpar_state_name(enum lpar_state s)
{
	return state_names[s];
}

bool
lpar_active(const struct lpar *l)
{
	return l->state != LS_OFF;
}

struct lpar *
lpar_by_id(const struct world *w, int id)
{
	LIST_EACH(struct lpar, l, &w->lpars)
		if (l->id == id)
			return l;
	return NULL;
}

struct lpar *
lpar_by_name(const struct world *w, const char *name)
{
	LIST_EACH(struct lpar, l, &w->lpars)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

struct lpar *
lpar_vios(const struct world *w)
{
	return lpar_by_id(w, w->sys.vios_id);
}

struct lpar *
lpar_add(struct world *w, int id)
{
	struct lpar *l = list_new(&w->lpars, sizeof(*l));
	size_t i = w->lpars.n - 1;

	l->id = id;
	for (; i > 0 && ((struct lpar *)w->lpars.item[i - 1])->id > id; i--)
		w->lpars.item[i] = w->lpars.item[i - 1];
	w->lpars.item[i] = l;
	world_changed(w);
	return l;
}

void
lpar_delete(struct world *w, struct lpar *l)
{
	struct vhost *h = vhost_of(w, l->id);

	if (h != NULL) {
		list_free(&h->vtds);
		list_remove(&w->vhosts, h);
	}
	list_free(&l->veths);
	list_free(&l->vfcs);
	list_remove(&w->lpars, l);
	world_changed(w);
}

static bool
mac_base_used(const struct world *w, const char *base)
{
	LIST_EACH(struct lpar, l, &w->lpars)
		if (l->mac_base != base && strcmp(l->mac_base, base) == 0)
			return true;
	return false;
}

/* Five bytes: the system's prefix (two and a half), then a running number. */
void
lpar_new_mac_base(struct world *w, char out[16])
{
	char base[16];

	do { /* not straight into out: that may be the field of a partition in the list */
		w->count.mac++;
		snprintf(base, sizeof(base), "%.5s%05llX", w->sys.mac_prefix,
		    (unsigned long long)(w->count.mac * 0x10) & 0xfffff);
	} while (mac_base_used(w, base));
	str_set(out, sizeof(base), base);
}

int
lpar_units_of(const struct alloc *a)
{
	return strcmp(a->proc_mode, "ded") == 0 ? a->procs * 100 : a->units;
}

int
lpar_avail_mem(const struct world *w)
{
	int free_mem = w->sys.mem - w->sys.fw_mem;

	LIST_EACH(struct lpar, l, &w->lpars)
		if (lpar_active(l))
			free_mem -= l->curr.mem;
	return free_mem;
}

int
lpar_avail_units(const struct world *w)
{
	int units = w->sys.units;

	LIST_EACH(struct lpar, l, &w->lpars)
		if (lpar_active(l))
			units -= lpar_units_of(&l->curr);
	return units;
}
