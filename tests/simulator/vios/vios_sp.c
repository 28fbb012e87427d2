/* SPDX-License-Identifier: ISC */
/*
 * Storage pools.  A logical volume pool is a volume group; a file pool is a file system
 * in a logical volume of one, and its backing devices are files.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/storage.h"
#include "vios.h"

struct pool { /* a row of lssp, and what -sp names */
	const struct vg *g;
	const struct fpool *f;
};

static bool
pool_find(const struct world *w, const char *name, struct pool *p)
{
	p->f = fpool_find(w, name);
	p->g = p->f == NULL ? vg_find(w, name) : NULL;
	return p->f != NULL || p->g != NULL;
}

/* The pool of -sp, or the default one. */
static int
pool_wanted(struct sim_cmd *cmd, const struct opts *o, struct pool *p)
{
	const char *name = opt_has(o, "-sp") ? opt_str(o, "-sp") : cmd->world->sys.default_pool;

	if (pool_find(cmd->world, name, p))
		return 0;
	(void)vios_fail_plain(cmd, 23, "\"%.60s\" is not a valid storage pool.", name);
	return 23;
}

static int
no_cluster(struct sim_cmd *cmd, const struct opts *o)
{
	if (!opt_has(o, "-clustername"))
		return 0;
	return vios_fail_plain(cmd, 2, "Cluster \"%.60s\" does not exist.", opt_str(o, "-clustername"));
}

static bool
pool_name_ok(const char *s)
{
	size_t n = strlen(s);

	for (const char *p = s; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return false;
	return n >= 1 && n <= 15 && isalpha((unsigned char)s[0]);
}

static int
file_pool_make(struct sim_cmd *cmd, const struct opts *o, const char *name)
{
	struct vg *g = vg_find(cmd->world, opt_str(o, "-sp"));
	char path[8192], mount[TEXT_SIZE];
	struct fpool *p;
	struct lv *v;
	int64_t mb;

	if (g == NULL)
		return vios_fail_plain(cmd, 2, "\"%.60s\" is not a valid storage pool.", opt_str(o, "-sp"));
	mb = size_parse(opt_str(o, "-size"), 0);
	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	v = lv_create(cmd->world, g, name, "jfs2", pps_for(mb, g->pp_mb), NULL, 0);
	if (v == NULL)
		return vios_fail(cmd, TEXT_NO_SPACE "\n0516-822 mklv: Unable to create logical volume.");
	snprintf(mount, sizeof(mount), POOL_MOUNT "/%s", name);
	str_set(v->mount, sizeof(v->mount), mount);
	strcat(mount, "/");
	world_path(cmd->world, mount, path, sizeof(path));
	(void)world_mkdirs(path);
	p = list_new(&cmd->world->fpools, sizeof(*p));
	str_set(p->name, sizeof(p->name), name);
	str_set(p->parent, sizeof(p->parent), g->name);
	return 0;
}

int
vios_mksp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-f", OPT_FLAG }, { "-fb", OPT_ONE }, { "-sp", OPT_ONE }, { "-size", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	const char *name;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	name = opt_has(&o, "-fb") ? opt_str(&o, "-fb") : o.npos > 0 ? o.pos[0] : NULL;
	if (name == NULL || (opt_has(&o, "-fb") ? !opt_has(&o, "-sp") || !opt_has(&o, "-size") : o.npos < 2))
		return vios_usage(cmd, "A pool name and its disks, or -fb, -sp and -size are required.");
	if (!pool_name_ok(name))
		return vios_fail_plain(cmd, 1, "\"%.60s\" is not a valid storage pool name.", name);
	if (device_name_used(cmd->world, name))
		return vios_fail_plain(cmd, 1, "Storage pool name \"%.60s\" already exists.", name);
	if (opt_has(&o, "-fb"))
		return file_pool_make(cmd, &o, name);
	return group_make(cmd, name, 0, o.pos + 1, o.npos - 1);
}

static int
pool_disks(struct sim_cmd *cmd, const struct opts *o, const struct vg *g)
{
	if (opt_has(o, "-add"))
		return group_join(cmd, g->name, o->pos, o->npos);
	for (int i = 0; i < o->npos; i++) {
		struct pv *p = pv_find(cmd->world, o->pos[i]);

		if (p == NULL || strcmp(p->vg, g->name) != 0)
			return no_such_device(cmd, o->pos[i]);
		if (group_leave(cmd, opt_has(o, "-f"), vg_find(cmd->world, g->name), p) != 0)
			return 1;
	}
	return 0;
}

int
vios_chsp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-add", OPT_FLAG }, { "-rm", OPT_FLAG }, { "-f", OPT_FLAG }, { "-sp", OPT_ONE },
		{ "-size", OPT_ONE }, { "-default", OPT_ONE }, { "-clustername", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct pool p;
	int64_t mb;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (no_cluster(cmd, &o) != 0)
		return 2;
	if (opt_has(&o, "-default")) {
		if (!pool_find(cmd->world, opt_str(&o, "-default"), &p))
			return vios_fail_plain(cmd, 2, "\"%.60s\" is not a valid storage pool.", opt_str(&o, "-default"));
		str_set(cmd->world->sys.default_pool, NAME_SIZE, opt_str(&o, "-default"));
		world_changed(cmd->world);
		return 0;
	}
	if (opt_has(&o, "-add") == opt_has(&o, "-rm") || opt_has(&o, "-size") == (o.npos > 0))
		return vios_usage(cmd, "One of -add, -rm and -default, and a size or disks are required.");
	if (pool_wanted(cmd, &o, &p) != 0)
		return 2;
	if (p.g != NULL)
		return o.npos > 0 ? pool_disks(cmd, &o, p.g) : vios_usage(cmd, "The pool has disks, no size.");
	mb = size_parse(opt_str(&o, "-size"), 0);
	if (mb <= 0 || opt_has(&o, "-rm"))
		return vios_usage(cmd, "The size is not valid.");
	if (lv_grow(cmd->world, lv_find(cmd->world, p.f->name),
	    pps_for(mb, vg_find(cmd->world, p.f->parent)->pp_mb), NULL, 0) == -1)
		return vios_fail(cmd, TEXT_NO_SPACE);
	return 0;
}

int
vios_rmsp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { NULL, OPT_END } };
	struct opts o;
	struct fpool *f;
	struct lv *lv;
	char path[8192], name[NAME_SIZE];

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos != 1)
		return vios_usage(cmd, "One storage pool is required.");
	f = fpool_find(cmd->world, o.pos[0]);
	if (f == NULL)
		return vios_fail_plain(cmd, 2, "\"%.60s\" is not a valid file storage pool.", o.pos[0]);
	str_set(name, sizeof(name), f->name);
	LIST_EACH(struct fbd, b, &cmd->world->fbds)
		if (strcmp(b->pool, name) == 0 && (!opt_has(&o, "-f") ||
		    vtd_of(cmd->world, b->name, name, NULL) != NULL))
			return vios_fail_plain(cmd, 1, "Storage pool \"%s\" still has the backing device \"%s\".",
			    name, b->name);
	for (size_t i = cmd->world->fbds.n; i > 0; i--) {
		struct fbd *b = cmd->world->fbds.item[i - 1];

		if (strcmp(b->pool, name) != 0)
			continue;
		fbd_path(cmd->world, b, path, sizeof(path));
		(void)unlink(path);
		list_remove(&cmd->world->fbds, b);
	}
	lv = lv_find(cmd->world, name);
	if (lv != NULL) {
		world_path(cmd->world, lv->mount, path, sizeof(path));
		(void)rmdir(path);
		lv_destroy(cmd->world, lv);
	}
	list_remove(&cmd->world->fpools, f);
	if (strcmp(cmd->world->sys.default_pool, name) == 0)
		str_set(cmd->world->sys.default_pool, NAME_SIZE, "rootvg");
	return 0;
}

/* ---- backing devices ---- */

static bool
bd_name_ok(const char *s)
{
	return s[0] != '\0' && s[0] != '.' && strpbrk(s, "/ \"\\'$`;&|<>*?()") == NULL;
}

static int
file_make_bd(struct sim_cmd *cmd, const struct opts *o, const struct fpool *f, const char *name)
{
	const struct lv *v = lv_find(cmd->world, f->name);
	int64_t mb = size_parse(o->pos[0], 0);
	char path[8192];
	struct fbd *b;

	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	if (name == NULL)
		return vios_usage(cmd, "The option -bd is required for a file storage pool.");
	if (strlen(name) > 38)
		return vios_fail_plain(cmd, 40, "The name \"%.60s\" is longer than 38 characters.", name);
	if (!bd_name_ok(name) || fbd_find(cmd->world, f->name, name) != NULL)
		return vios_fail_plain(cmd, 1, "Backing device \"%.60s\" already exists or is not a valid name.",
		    name);
	if (fpool_used_mb(cmd->world, f->name) + mb > fs_size_mb(cmd->world, v))
		return vios_fail_plain(cmd, 1, "Unable to create backing device \"%s\": there is not enough free "
		    "space in storage pool \"%s\".", name, f->name);
	b = list_new(&cmd->world->fbds, sizeof(*b));
	str_set(b->name, sizeof(b->name), name);
	str_set(b->pool, sizeof(b->pool), f->name);
	b->size_mb = (int)mb;
	fbd_path(cmd->world, b, path, sizeof(path));
	if (file_make(path, mb) == -1) {
		list_remove(&cmd->world->fbds, b);
		return vios_fail_plain(cmd, 4, "Unable to create \"%s\": %s", name, strerror(errno));
	}
	sim_out_printf(cmd->out, "Creating file \"%s\" in storage pool \"%s\".\n", name, f->name);
	world_changed(cmd->world);
	return 0;
}

static int
lv_make_bd(struct sim_cmd *cmd, const struct opts *o, const struct vg *g, const char *name)
{
	int64_t mb = size_parse(o->pos[0], g->pp_mb);

	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	if (strlen(name) > 15 || !bd_name_ok(name) || device_name_used(cmd->world, name))
		return vios_fail_plain(cmd, 1, "Backing device \"%.60s\" already exists or is not a valid name.",
		    name);
	if (lv_create(cmd->world, vg_find(cmd->world, g->name), name, "jfs", pps_for(mb, g->pp_mb), NULL, 0) == NULL)
		return vios_fail(cmd, TEXT_NO_SPACE "\n0516-822 mklv: Unable to create logical volume.");
	if (!opt_has(o, "-vadapter"))
		sim_out_printf(cmd->out, "%s\n", name);
	return 0;
}

/* Is there such a device in that pool? */
static int
bd_check(struct sim_cmd *cmd, const struct pool *p, const char *name)
{
	const struct lv *v = lv_find(cmd->world, name);
	bool known = p->f != NULL ? fbd_find(cmd->world, p->f->name, name) != NULL :
	    v != NULL && strcmp(v->vg, p->g->name) == 0 && v->mount[0] == '\0';

	if (!known)
		return vios_fail_plain(cmd, 39, "Backing device \"%.60s\" is not in storage pool \"%s\".", name,
		    p->f != NULL ? p->f->name : p->g->name);
	return 0;
}

static void
bd_delete(struct sim_cmd *cmd, const struct pool *p, const char *name)
{
	struct fbd *b = p->f != NULL ? fbd_find(cmd->world, p->f->name, name) : NULL;
	char path[8192];

	if (b != NULL) {
		fbd_path(cmd->world, b, path, sizeof(path));
		(void)unlink(path);
		list_remove(&cmd->world->fbds, b);
		world_changed(cmd->world);
	} else if (p->f == NULL) {
		lv_destroy(cmd->world, lv_find(cmd->world, name));
	}
}

static int
bd_map(struct sim_cmd *cmd, const struct opts *o, const struct pool *p, const char *name)
{
	struct vhost *h = vhost_wanted(cmd, o);

	if (h == NULL)
		return 1;
	if (bd_check(cmd, p, name) != 0)
		return 39;
	if (vtd_of(cmd->world, name, p->f != NULL ? p->f->name : NULL, NULL) != NULL)
		return vios_fail_plain(cmd, 1, "Backing device \"%s\" is already assigned.", name);
	if (p->f != NULL)
		sim_out_printf(cmd->out, "Assigning file \"%s\" as a backing device.\n", name);
	return map_device(cmd, h, name, p->f != NULL ? p->f->name : NULL, p->f != NULL ? "file" : "lv",
	    opt_str(o, "-tn"));
}

int
vios_mkbdsp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-sp", OPT_ONE }, { "-bd", OPT_ONE }, { "-vadapter", OPT_ONE }, { "-tn", OPT_ONE },
		{ "-clustername", OPT_ONE }, { "-luudid", OPT_ONE }, { "-thick", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct pool p;
	char name[NAME_SIZE] = "";
	bool make;
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (no_cluster(cmd, &o) != 0)
		return 2;
	make = o.npos == 1;
	if (o.npos > 1 || (!make && !opt_has(&o, "-bd")) || (!opt_has(&o, "-vadapter") && (!make || opt_has(&o, "-tn"))))
		return vios_usage(cmd, "A size, and -bd or -vadapter are required.");
	if (pool_wanted(cmd, &o, &p) != 0)
		return 23;
	if (opt_has(&o, "-vadapter") && vhost_wanted(cmd, &o) == NULL)
		return 1;
	if (opt_has(&o, "-bd") && !str_set(name, sizeof(name), opt_str(&o, "-bd")))
		return vios_fail_plain(cmd, 40, "The name is longer than 38 characters.");
	if (name[0] == '\0' && p.g != NULL)
		lv_free_name(cmd->world, "lv", name);
	if (make) {
		rv = p.f != NULL ? file_make_bd(cmd, &o, p.f, opt_str(&o, "-bd")) : lv_make_bd(cmd, &o, p.g, name);
		if (rv != 0)
			return rv;
	}
	if (!opt_has(&o, "-vadapter"))
		return 0;
	rv = bd_map(cmd, &o, &p, name);
	if (rv != 0 && make)
		bd_delete(cmd, &p, name);
	return rv;
}

int
vios_rmbdsp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-sp", OPT_ONE }, { "-bd", OPT_ONE }, { "-vtd", OPT_ONE }, { "-savebd", OPT_FLAG },
		{ "-f", OPT_FLAG }, { "-clustername", OPT_ONE }, { "-luudid", OPT_ONE }, { "-all", OPT_FLAG },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct pool p = { NULL, NULL };
	struct vhost *h = NULL;
	struct vtd *v;
	char name[NAME_SIZE];

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (no_cluster(cmd, &o) != 0)
		return 2;
	if (opt_has(&o, "-bd") == opt_has(&o, "-vtd"))
		return vios_usage(cmd, "One of -bd and -vtd is required.");
	if (opt_has(&o, "-vtd")) {
		v = vtd_find(cmd->world, opt_str(&o, "-vtd"), &h);
		if (v == NULL)
			return no_such_device(cmd, opt_str(&o, "-vtd"));
		if (strcmp(v->kind, "file") == 0)
			p.f = fpool_find(cmd->world, v->pool);
		else if (strcmp(v->kind, "lv") == 0)
			p.g = vg_find(cmd->world, lv_find(cmd->world, v->backing)->vg);
		str_set(name, sizeof(name), v->backing);
	} else {
		if (pool_wanted(cmd, &o, &p) != 0)
			return 23;
		str_set(name, sizeof(name), opt_str(&o, "-bd"));
		if (bd_check(cmd, &p, name) != 0)
			return 39;
		v = vtd_of(cmd->world, name, p.f != NULL ? p.f->name : NULL, &h);
	}
	if (v != NULL) {
		sim_out_printf(cmd->out, "%s deleted\n", v->name);
		list_remove(&h->vtds, v);
		world_changed(cmd->world);
	}
	if (!opt_has(&o, "-savebd") && (p.f != NULL || p.g != NULL))
		bd_delete(cmd, &p, name);
	return 0;
}

static int
bd_grow(struct sim_cmd *cmd, const struct pool *p, const char *name, int64_t mb)
{
	struct fbd *b;
	char path[8192];

	if (p->g != NULL) {
		if (lv_grow(cmd->world, lv_find(cmd->world, name), pps_for(mb, p->g->pp_mb), NULL, 0) == -1)
			return vios_fail(cmd, "\nSome error messages may contain invalid information\n"
			    "for the Virtual I/O Server environment.\n\n" TEXT_NO_SPACE);
		return 0;
	}
	b = fbd_find(cmd->world, p->f->name, name);
	if (fpool_used_mb(cmd->world, p->f->name) + mb > fs_size_mb(cmd->world, lv_find(cmd->world, p->f->name)))
		return vios_fail_plain(cmd, 1, "There is not enough free space in storage pool \"%s\".", p->f->name);
	b->size_mb += (int)mb;
	fbd_path(cmd->world, b, path, sizeof(path));
	world_changed(cmd->world);
	return file_make(path, b->size_mb) == 0 ? 0 : 4;
}

static int
bd_rename(struct sim_cmd *cmd, const struct pool *p, const char *name, const char *new)
{
	char from[8192], to[8192];
	struct fbd *b;
	struct lv *v;

	if (strlen(new) > 38)
		return vios_fail_plain(cmd, 40, "The name \"%.60s\" is longer than 38 characters.", new);
	if (!bd_name_ok(new) || (p->g != NULL && strlen(new) > 15))
		return vios_fail_plain(cmd, 1, "The name \"%.60s\" is not valid.", new);
	if (p->g != NULL ? device_name_used(cmd->world, new) : fbd_find(cmd->world, p->f->name, new) != NULL)
		return vios_fail_plain(cmd, 1, "Backing device \"%s\" already exists.", new);
	if (vtd_of(cmd->world, name, p->f != NULL ? p->f->name : NULL, NULL) != NULL)
		return vios_fail(cmd, TEXT_BUSY);
	world_changed(cmd->world);
	if (p->g != NULL) {
		v = lv_find(cmd->world, name);
		(void)device_rename(cmd->world, name, new);
		str_set(v->name, sizeof(v->name), new);
		return 0;
	}
	b = fbd_find(cmd->world, p->f->name, name);
	fbd_path(cmd->world, b, from, sizeof(from));
	str_set(b->name, sizeof(b->name), new);
	fbd_path(cmd->world, b, to, sizeof(to));
	return rename(from, to) == 0 ? 0 : 4;
}

int
vios_chbdsp(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-sp", OPT_ONE }, { "-bd", OPT_ONE }, { "-size", OPT_ONE }, { "-mv", OPT_ONE },
		{ "-clustername", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct pool p;
	const char *name;
	int64_t mb;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (no_cluster(cmd, &o) != 0)
		return 2;
	name = opt_str(&o, "-bd");
	if (name == NULL || opt_has(&o, "-size") == opt_has(&o, "-mv"))
		return vios_usage(cmd, "The options -bd and one of -size and -mv are required.");
	if (pool_wanted(cmd, &o, &p) != 0)
		return 23;
	if (bd_check(cmd, &p, name) != 0)
		return 39;
	if (opt_has(&o, "-mv"))
		return bd_rename(cmd, &p, name, opt_str(&o, "-mv"));
	mb = size_parse(opt_str(&o, "-size"), 0);
	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	return bd_grow(cmd, &p, name, mb);
}
