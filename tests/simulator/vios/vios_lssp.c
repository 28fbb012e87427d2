/* SPDX-License-Identifier: ISC */
/* lssp: storage pools, what they are made of, and their backing devices. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/storage.h"
#include "vios.h"

struct pool_row {
	const struct vg *g;
	const struct fpool *f;
};

struct bd_row {
	const char *name;
	int size_mb;
	const struct vtd *v;
	const struct vhost *h;
};

static const struct lv *
lv_of(const struct world *w, const struct pool_row *r)
{
	return lv_find(w, r->f->name);
}

static int
size_of(const struct world *w, const struct pool_row *r)
{
	return r->g != NULL ? vg_pps(w, r->g) * r->g->pp_mb : fs_size_mb(w, lv_of(w, r));
}

static int
free_of(const struct world *w, const struct pool_row *r)
{
	if (r->g != NULL)
		return (vg_pps(w, r->g) - vg_used_pps(w, r->g)) * r->g->pp_mb;
	return fs_size_mb(w, lv_of(w, r)) - fpool_used_mb(w, r->f->name);
}

static void
s_pool(const struct world *w, const void *row, struct text *out)
{
	const struct pool_row *r = row;

	(void)w;
	text_add(out, r->g != NULL ? r->g->name : r->f->name);
}

static void
s_size(const struct world *w, const void *row, struct text *out)
{
	text_printf(out, "%d", size_of(w, row));
}

static void
s_free(const struct world *w, const void *row, struct text *out)
{
	text_printf(out, "%d", free_of(w, row));
}

/* The smallest piece: a partition, or what a file can be. */
static void
s_alloc(const struct world *w, const void *row, struct text *out)
{
	const struct pool_row *r = row;

	(void)w;
	text_printf(out, "%d", r->g != NULL ? r->g->pp_mb : 64);
}

static void
s_bds(const struct world *w, const void *row, struct text *out)
{
	const struct pool_row *r = row;
	int n = 0;

	if (r->g != NULL) {
		LIST_EACH(struct lv, v, &w->lvs)
			n += strcmp(v->vg, r->g->name) == 0 && v->mount[0] == '\0' && strcmp(v->type, "jfs") == 0;
	} else {
		LIST_EACH(struct fbd, b, &w->fbds)
			n += strcmp(b->pool, r->f->name) == 0;
	}
	text_printf(out, "%d", n);
}

static void
s_type(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct pool_row *)row)->g != NULL ? "LVPOOL" : "FBPOOL");
}

static const struct column pool_columns[] = {
	{ "pool", "Pool", 18, false, s_pool, NULL },
	{ "size", "Size(mb)", 11, false, s_size, NULL },
	{ "free", "Free(mb)", 10, false, s_free, NULL },
	{ "alloc", "Alloc Size(mb)", 18, false, s_alloc, NULL },
	{ "bds", "BDs", 4, false, s_bds, NULL },
	{ "type", "Type", 0, false, s_type, NULL },
};

static void
b_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct bd_row *)row)->name);
}

static void
b_size(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct bd_row *)row)->size_mb);
}

static void
b_vtd(const struct world *w, const void *row, struct text *out)
{
	const struct bd_row *r = row;

	(void)w;
	text_add(out, r->v == NULL ? "None" : r->v->name);
}

static void
b_svsa(const struct world *w, const void *row, struct text *out)
{
	const struct bd_row *r = row;

	(void)w;
	text_add(out, r->h == NULL ? "None" : r->h->name);
}

static const struct column bd_columns[] = {
	{ "bdname", "Name", 17, false, b_name, NULL },
	{ "size", "Size(mb)", 12, false, b_size, NULL },
	{ "vtd", "VTD", 16, false, b_vtd, NULL },
	{ "svsa", "SVSA", 0, false, b_svsa, NULL },
};

static void
bd_row_add(const struct world *w, struct list *rows, const char *name, const char *pool, int size_mb)
{
	struct bd_row *r = list_new(rows, sizeof(*r));
	struct vhost *h = NULL;

	r->name = name;
	r->size_mb = size_mb;
	r->v = vtd_of(w, name, pool, &h);
	r->h = h;
}

static int
list_bds(struct sim_cmd *cmd, const struct opts *o, const struct pool_row *p)
{
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct fbd, b, &cmd->world->fbds)
		if (p->f != NULL && strcmp(b->pool, p->f->name) == 0)
			bd_row_add(cmd->world, &rows, b->name, b->pool, b->size_mb);
	LIST_EACH(struct lv, v, &cmd->world->lvs)
		if (p->g != NULL && strcmp(v->vg, p->g->name) == 0 && strcmp(v->type, "jfs") == 0)
			bd_row_add(cmd->world, &rows, v->name, NULL, lv_size_mb(cmd->world, v));
	rv = table_print(cmd, o, bd_columns, NCOLS(bd_columns), &rows);
	list_free(&rows);
	return rv;
}

static void
d_pvname(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct pv *)row)->name);
}

static void
d_pvid(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct pv *)row)->pvid);
}

static void
d_size(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct pv *)row)->size_mb);
}

static const struct column pv_columns[] = {
	{ "pvname", "PVname", 16, false, d_pvname, NULL },
	{ "pvid", "PVID", 36, false, d_pvid, NULL },
	{ "size", "Size(mb)", 0, false, d_size, NULL },
};

static void
f_parent(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct fpool *)row)->parent);
}

static const struct column parent_columns[] = { { "name", "Name", 0, false, f_parent, NULL } };

static int
list_detail(struct sim_cmd *cmd, const struct opts *o, const struct pool_row *p)
{
	struct list rows = { 0 };
	void *one = (void *)(uintptr_t)p->f;
	const struct list single = { &one, 1, 1 };
	int rv;

	if (p->f != NULL)
		return table_print(cmd, o, parent_columns, NCOLS(parent_columns), &single);
	LIST_EACH(struct pv, v, &cmd->world->pvs)
		if (strcmp(v->vg, p->g->name) == 0)
			list_append(&rows, v);
	rv = table_print(cmd, o, pv_columns, NCOLS(pv_columns), &rows);
	free(rows.item);
	return rv;
}

static bool
type_wanted(const struct opts *o, const char *type)
{
	const struct opt *t = opt_find(o, "-type");

	for (int i = 0; t != NULL && i < t->n; i++)
		if (strcasecmp(t->v[i], type) == 0)
			return true;
	return t == NULL;
}

static int
list_pools(struct sim_cmd *cmd, const struct opts *o)
{
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct vg, g, &cmd->world->vgs)
		if (type_wanted(o, "lvpool"))
			((struct pool_row *)list_new(&rows, sizeof(struct pool_row)))->g = g;
	LIST_EACH(struct fpool, f, &cmd->world->fpools)
		if (type_wanted(o, "fbpool"))
			((struct pool_row *)list_new(&rows, sizeof(struct pool_row)))->f = f;
	rv = table_print(cmd, o, pool_columns, NCOLS(pool_columns), &rows);
	list_free(&rows);
	return rv;
}

int
vios_lssp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-type", OPT_MANY }, { "-detail", OPT_FLAG }, { "-bd", OPT_FLAG }, { "-sp", OPT_ONE },
		{ "-default", OPT_FLAG }, { "-clustername", OPT_ONE }, VIOS_LISTING, { NULL, OPT_END },
	};
	struct opts o;
	struct pool_row p;
	const char *name;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-clustername"))
		return vios_fail_plain(cmd, 2, "Cluster \"%.60s\" does not exist.", opt_str(&o, "-clustername"));
	if (opt_has(&o, "-default")) {
		sim_out_printf(cmd->out, "%s\n", cmd->world->sys.default_pool);
		return 0;
	}
	if (!opt_has(&o, "-detail") && !opt_has(&o, "-bd"))
		return list_pools(cmd, &o);
	name = opt_has(&o, "-sp") ? opt_str(&o, "-sp") : cmd->world->sys.default_pool;
	p.f = fpool_find(cmd->world, name);
	p.g = vg_find(cmd->world, name);
	if (p.f == NULL && p.g == NULL)
		return vios_fail_plain(cmd, 2, "\"%.60s\" is not a valid storage pool.", name);
	return opt_has(&o, "-bd") ? list_bds(cmd, &o, &p) : list_detail(cmd, &o, &p);
}
