/* SPDX-License-Identifier: ISC */
/* The VIOS' disks and what is made of them.  See storage.h. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "network.h"
#include "storage.h"

struct pv *
pv_find(const struct world *w, const char *name)
{
	LIST_EACH(struct pv, p, &w->pvs)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

struct vg *
vg_find(const struct world *w, const char *name)
{
	LIST_EACH(struct vg, g, &w->vgs)
		if (strcmp(g->name, name) == 0)
			return g;
	return NULL;
}

struct lv *
lv_find(const struct world *w, const char *name)
{
	LIST_EACH(struct lv, v, &w->lvs)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

struct fpool *
fpool_find(const struct world *w, const char *name)
{
	LIST_EACH(struct fpool, p, &w->fpools)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

struct fbd *
fbd_find(const struct world *w, const char *pool, const char *name)
{
	LIST_EACH(struct fbd, b, &w->fbds)
		if (strcmp(b->name, name) == 0 && strcmp(b->pool, pool) == 0)
			return b;
	return NULL;
}

int
pv_pps(const struct world *w, const struct pv *p)
{
	const struct vg *g = vg_find(w, p->vg);

	return g == NULL ? 0 : p->size_mb / g->pp_mb;
}

int
pv_used_pps(const struct world *w, const struct pv *p)
{
	int used = 0;

	LIST_EACH(struct lv, v, &w->lvs)
		LIST_EACH(struct extent, e, &v->extents)
			if (strcmp(e->pv, p->name) == 0)
				used += e->pps;
	return used;
}

int
vg_pps(const struct world *w, const struct vg *g)
{
	int pps = 0;

	LIST_EACH(struct pv, p, &w->pvs)
		if (strcmp(p->vg, g->name) == 0)
			pps += p->size_mb / g->pp_mb;
	return pps;
}

int
vg_npvs(const struct world *w, const struct vg *g)
{
	int n = 0;

	LIST_EACH(struct pv, p, &w->pvs)
		n += strcmp(p->vg, g->name) == 0;
	return n;
}

int
lv_pps(const struct lv *v)
{
	int pps = 0;

	LIST_EACH(struct extent, e, &v->extents)
		pps += e->pps;
	return pps;
}

int
vg_used_pps(const struct world *w, const struct vg *g)
{
	int pps = 0;

	LIST_EACH(struct lv, v, &w->lvs)
		if (strcmp(v->vg, g->name) == 0)
			pps += lv_pps(v);
	return pps;
}

int
lv_size_mb(const struct world *w, const struct lv *v)
{
	return lv_pps(v) * vg_find(w, v->vg)->pp_mb;
}

bool
lv_is_open(const struct world *w, const struct lv *v)
{
	return v->mount[0] != '\0' || vtd_of(w, v->name, NULL, NULL) != NULL;
}

static void
device_paths(const struct world *w, const char *name, char block[8192], char raw[8192])
{
	snprintf(block, 8192, "%s/dev/%s", w->fs, name);
	snprintf(raw, 8192, "%s/dev/r%s", w->fs, name);
}

int
file_make(const char *path, int64_t mb)
{
	int fd, rv;

	if (world_mkdirs(path) == -1)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd == -1)
		return -1;
	rv = ftruncate(fd, mb * 1024 * 1024);
	if (close(fd) == -1)
		rv = -1;
	return rv;
}

int
device_make(const struct world *w, const char *name, int64_t mb)
{
	char block[8192], raw[8192];

	device_paths(w, name, block, raw);
	if (file_make(block, mb) == -1)
		return -1;
	return link(block, raw) == -1 && errno != EEXIST ? -1 : 0;
}

void
device_remove(const struct world *w, const char *name)
{
	char block[8192], raw[8192];

	device_paths(w, name, block, raw);
	(void)unlink(block);
	(void)unlink(raw);
}

int
device_rename(const struct world *w, const char *old, const char *new)
{
	char block[8192], raw[8192], nblock[8192], nraw[8192];

	device_paths(w, old, block, raw);
	device_paths(w, new, nblock, nraw);
	return rename(block, nblock) == 0 && rename(raw, nraw) == 0 ? 0 : -1;
}

static bool
pv_wanted(const struct pv *p, const struct vg *g, const char *const *pvs, int npvs)
{
	if (strcmp(p->vg, g->name) != 0)
		return false;
	for (int i = 0; i < npvs; i++)
		if (strcmp(pvs[i], p->name) == 0)
			return true;
	return npvs == 0;
}

static void
extent_add(struct lv *v, const char *pv, int pps)
{
	LIST_EACH(struct extent, e, &v->extents)
		if (strcmp(e->pv, pv) == 0) {
			e->pps += pps;
			return;
		}
	struct extent *new = list_new(&v->extents, sizeof(*new));

	str_set(new->pv, sizeof(new->pv), pv);
	new->pps = pps;
}

/* As few disks as possible: one that holds it all, else from the emptiest on. */
static int
allocate(struct world *w, struct lv *v, const struct vg *g, int pps, const char *const *pvs, int npvs)
{
	int spare = 0;

	LIST_EACH(struct pv, p, &w->pvs)
		if (pv_wanted(p, g, pvs, npvs))
			spare += pv_pps(w, p) - pv_used_pps(w, p);
	if (spare < pps)
		return -1;
	LIST_EACH(struct pv, p, &w->pvs)
		if (pv_wanted(p, g, pvs, npvs) && pv_pps(w, p) - pv_used_pps(w, p) >= pps) {
			extent_add(v, p->name, pps);
			return 0;
		}
	while (pps > 0) {
		struct pv *best = NULL;
		int most = 0;

		LIST_EACH(struct pv, p, &w->pvs) {
			int n = pv_pps(w, p) - pv_used_pps(w, p);

			if (pv_wanted(p, g, pvs, npvs) && n > most) {
				best = p;
				most = n;
			}
		}
		if (best == NULL)
			return -1;
		extent_add(v, best->name, most < pps ? most : pps);
		pps -= most;
	}
	return 0;
}

void
lv_free_name(const struct world *w, const char *prefix, char out[NAME_SIZE])
{
	int n = 0;

	do
		snprintf(out, NAME_SIZE, "%s%02d", prefix, n++);
	while (lv_find(w, out) != NULL);
}

/* The lowest minor number that no volume of the group has. */
static void
new_lvid(const struct world *w, const struct vg *g, char *out, size_t size)
{
	bool used = true;

	for (int n = 1; used; n++) {
		snprintf(out, size, "%.32s.%d", g->vgid, n);
		used = false;
		LIST_EACH(struct lv, v, &w->lvs)
			used = used || (v->lvid != out && strcmp(v->lvid, out) == 0);
	}
}

struct lv *
lv_create(struct world *w, struct vg *g, const char *name, const char *type, int pps,
    const char *const *pvs, int npvs)
{
	struct lv *v = list_new(&w->lvs, sizeof(*v));

	str_set(v->name, sizeof(v->name), name);
	str_set(v->vg, sizeof(v->vg), g->name);
	str_set(v->type, sizeof(v->type), type);
	if (allocate(w, v, g, pps, pvs, npvs) == -1 ||
	    device_make(w, name, (int64_t)pps * g->pp_mb) == -1) {
		list_free(&v->extents);
		list_remove(&w->lvs, v);
		return NULL;
	}
	new_lvid(w, g, v->lvid, sizeof(v->lvid));
	world_changed(w);
	return v;
}

int
lv_grow(struct world *w, struct lv *v, int pps, const char *const *pvs, int npvs)
{
	struct vg *g = vg_find(w, v->vg);

	if (allocate(w, v, g, pps, pvs, npvs) == -1)
		return -1;
	world_changed(w);
	return device_make(w, v->name, lv_size_mb(w, v));
}

void
lv_destroy(struct world *w, struct lv *v)
{
	device_remove(w, v->name);
	list_free(&v->extents);
	list_remove(&w->lvs, v);
	world_changed(w);
}

struct vg *
vg_create(struct world *w, const char *name, int pp_mb)
{
	struct vg *g = list_new(&w->vgs, sizeof(*g));
	unsigned h = 2166136261u;

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	str_set(g->name, sizeof(g->name), name);
	snprintf(g->vgid, sizeof(g->vgid), "00f60e5800004c0000000134%08x", h);
	g->pp_mb = pp_mb;
	g->active = 1;
	world_changed(w);
	return g;
}

/* AIX: at most 1016 partitions per disk, a power of two. */
int
vg_default_pp(int largest_pv_mb)
{
	int pp = 4;

	while (pp < 1024 && largest_pv_mb / pp > 1016)
		pp *= 2;
	return pp;
}

bool
device_name_used(const struct world *w, const char *name)
{
	if (pv_find(w, name) != NULL || lv_find(w, name) != NULL || vg_find(w, name) != NULL ||
	    fpool_find(w, name) != NULL || vhost_by_name(w, name) != NULL ||
	    vtd_find(w, name, NULL) != NULL)
		return true;
	return netdev_find(w, name) != NULL;
}

struct vtd *
vtd_of(const struct world *w, const char *backing, const char *pool, struct vhost **host)
{
	LIST_EACH(struct vhost, h, &w->vhosts)
		LIST_EACH(struct vtd, v, &h->vtds) {
			bool is_file = strcmp(v->kind, "file") == 0;

			if (strcmp(v->backing, backing) != 0 || is_file != (pool != NULL) ||
			    (pool != NULL && strcmp(v->pool, pool) != 0))
				continue;
			if (host != NULL)
				*host = h;
			return v;
		}
	return NULL;
}

struct vtd *
vtd_find(const struct world *w, const char *name, struct vhost **host)
{
	LIST_EACH(struct vhost, h, &w->vhosts)
		LIST_EACH(struct vtd, v, &h->vtds)
			if (strcmp(v->name, name) == 0) {
				if (host != NULL)
					*host = h;
				return v;
			}
	return NULL;
}

struct vtd *
vtd_add(struct world *w, struct vhost *h, const char *kind, const char *name)
{
	const char *base = strcmp(kind, "optical") == 0 ? "vtopt" :
	    strcmp(kind, "tape") == 0 ? "vttape" : "vtscsi";
	char auto_name[NAME_SIZE];
	struct vtd *v;
	int n = 0, lun = 0;
	bool used = true;

	if (name == NULL) {
		do
			snprintf(auto_name, sizeof(auto_name), "%s%d", base, n++);
		while (device_name_used(w, auto_name));
		name = auto_name;
	}
	while (used) {
		lun++;
		used = false;
		LIST_EACH(struct vtd, other, &h->vtds)
			used = used || other->lun == lun;
	}
	v = list_new(&h->vtds, sizeof(*v));
	str_set(v->name, sizeof(v->name), name);
	str_set(v->kind, sizeof(v->kind), kind);
	v->lun = lun;
	world_changed(w);
	return v;
}

/* What the file system itself needs of its volume. */
int
fs_size_mb(const struct world *w, const struct lv *v)
{
	int mb = lv_size_mb(w, v);

	return mb - (mb * 9 + 1023) / 1024;
}

int
fpool_used_mb(const struct world *w, const char *pool)
{
	int mb = 0;

	LIST_EACH(struct fbd, b, &w->fbds)
		if (strcmp(b->pool, pool) == 0)
			mb += b->size_mb;
	return mb;
}

void
fbd_path(const struct world *w, const struct fbd *b, char *out, size_t size)
{
	char path[512];

	snprintf(path, sizeof(path), POOL_MOUNT "/%s/%s", b->pool, b->name);
	world_path(w, path, out, size);
}

int64_t
size_parse(const char *s, int pp_mb)
{
	int64_t n = 0;

	if (s == NULL || !isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++) {
		n = n * 10 + (*s - '0');
		if (n > 1000000000000)
			return -1;
	}
	if (*s == '\0')
		return pp_mb > 0 ? n * pp_mb : -1;
	if (s[1] != '\0')
		return -1;
	switch (*s) {
	case 'M':
	case 'm':
		return n;
	case 'G':
	case 'g':
		return n * 1024;
	case 'B':
	case 'b':
		return (n + 2047) / 2048;
	default:
		return -1;
	}
}

int
pps_for(int64_t mb, int pp_mb)
{
	int64_t n = (mb + pp_mb - 1) / pp_mb;

	return n > 1000000000 ? 1000000000 : (int)n;
}
