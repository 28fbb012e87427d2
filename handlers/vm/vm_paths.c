/* SPDX-License-Identifier: ISC */
/*
 * vm_paths.c - through which VIOSes a VM's disks go.
 */
#include <string.h>

#include "handlers/vm/vm_paths.h"
#include "spool/field.h"

#define FIRST_CLIENT_SLOT 2	/* 0 and 1 are the partition's serial adapters */

/* Its commands go through RMC; a VIOS that was seen before RMC is told of may have it by now. */
static int
runs(const json_t *vios)
{
	return strcmp(field_text(vios, "state"), "Running") == 0 && strcmp(field_text(vios, "rmc"), "active") == 0;
}

/* What is left in its pool when the disks that are planned there already are counted; -1 = it has no such pool. */
static json_int_t
room(const json_t *paths, const json_t *vios, const char *pool)
{
	const json_t *has = field_find(json_object_get(vios, "pools"), "name", pool);
	const json_t *path = field_find(paths, "name", field_text(vios, "name"));

	return has == NULL ? -1 : field_number(has, "free") - field_number(field_find(json_object_get(path, "pools"), "pool", pool), "size");
}

/* It serves the VM already, or has a virtual slot for that; those that are not known are not counted. */
static int
has_slot(const json_t *paths, const json_t *vios)
{
	const json_t *left = json_object_get(vios, "slots_free");

	return !json_is_integer(left) || json_integer_value(left) > 0 ||
	    field_find(paths, "name", field_text(vios, "name")) != NULL;
}

/* The first disk gets the image's contents, where the VIOS has its file. */
static int
can_write(const json_t *vios, const json_t *disk)
{
	return field_number(disk, "index") != 0 || !json_is_false(json_object_get(vios, "has_image"));
}

static void
say_none(const json_t *disk, const char *whose, int running, int has_pool, int without_slot, int without_image,
    struct pd_err *e)
{
	const char *pool = field_text(disk, "pool");

	if (running == 0)
		(void)pd_fail(e, PD_BUSY, "no VIOS %s can be asked now (running, with RMC)", whose);
	else if (without_image > 0)
		(void)pd_fail(e, PD_CAPACITY, "no VIOS %s that has room in pool %s has the image's file: an administrator copies it there and says so with "
		    "register-image --replace", whose, pool);
	else if (without_slot > 0)
		(void)pd_fail(e, PD_CAPACITY, "no VIOS %s that has room in pool %s has a virtual slot left", whose, pool);
	else
		(void)pd_fail(e, PD_CAPACITY, "no VIOS %s has %lldM free in storage pool %s%s", whose,
		    (long long)field_number(disk, "size"), pool, has_pool ? "" : ", and none has that pool");
}

static const json_t *
choose(const json_t *paths, const json_t *vioses, const char *whose, const json_t *disk, struct pd_err *e)
{
	const json_t *vios, *best = NULL;
	json_int_t    size = field_number(disk, "size"), most = -1;
	int	      running = 0, without_slot = 0, without_image = 0;
	size_t	      i;

	json_array_foreach(vioses, i, vios) {
		json_int_t left = room(paths, vios, field_text(disk, "pool"));

		running += runs(vios);
		if (!runs(vios) || left < 0)
			continue;
		if (left >= size && !can_write(vios, disk)) {
			without_image++;
			continue;
		}
		if (left >= size && !has_slot(paths, vios)) {
			without_slot++;
			continue;
		}
		if (left >= size && field_find(paths, "name", field_text(vios, "name")) != NULL)
			return vios;
		if (left > most) {
			most = left;
			best = vios;
		}
	}
	if (most >= size)
		return best;
	say_none(disk, whose, running, most >= 0, without_slot, without_image, e);
	return NULL;
}

static json_t *
path_of(json_t *paths, const json_t *vios)
{
	json_t	  *path = field_find(paths, "name", field_text(vios, "name"));
	json_int_t n = (json_int_t)json_array_size(paths);

	if (path != NULL || n == PATHS_MAX)
		return path;
	path = json_pack("{s:I s:I s:s s:s s:I s:[] s:[]}", "index", n, "id", (json_int_t)field_number(vios, "id"),
	    "name", field_text(vios, "name"), "profile", field_text(vios, "profile"), "client_slot",
	    FIRST_CLIENT_SLOT + n, "disks", "pools");
	return path != NULL && json_array_append_new(paths, path) == 0 ? path : NULL;
}

/* The pool's room on this VIOS is looked at once more by the job; a whole disk has no pool there. */
static int
add_disk(json_t *path, const json_t *disk)
{
	json_t *pools = json_object_get(path, "pools"), *pool = field_find(pools, "pool", field_text(disk, "pool")),
	       *copy = json_deep_copy(disk);

	if (pool != NULL)
		(void)json_object_set_new(pool, "size", json_integer(field_number(pool, "size") + field_number(disk, "size")));
	else
		(void)json_array_append_new(pools,
		    json_pack("{s:s s:I}", "pool", field_text(disk, "pool"), "size", field_number(disk, "size")));
	(void)json_object_set_new(copy, "first", json_true());
	return json_array_append_new(json_object_get(path, "disks"), copy);
}

/* ---- whole disks ---- */

static int
all_run(const json_t *lun)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(lun, "paths"), i, vios)
		if (!runs(vios))
			return 0;
	return 1;
}

/* Every VIOS on the way to it can serve the VM. */
static int
all_have_slots(const json_t *paths, const json_t *lun)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(lun, "paths"), i, vios)
		if (!has_slot(paths, vios))
			return 0;
	return 1;
}

/* The way through which it is written; -1: none of its VIOSes has what is to be written. */
static int
writer_of(const json_t *lun, const json_t *disk)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(lun, "paths"), i, vios)
		if (can_write(vios, disk))
			return (int)i;
	return -1;
}

static void
say_no_lun(const json_t *disk, int away, int without_slot, int without_image, struct pd_err *e)
{
	const char *pool = field_text(disk, "pool");

	if (away > 0)
		(void)pd_fail(e, PD_BUSY,
		    "not every VIOS that a disk of pool %s goes through can be asked now (running, with RMC)", pool);
	else if (without_image > 0)
		(void)pd_fail(e, PD_CAPACITY, "no VIOS that sees a free disk of pool %s has the image's file: an administrator copies it there and says so "
		    "with register-image --replace", pool);
	else if (without_slot > 0)
		(void)pd_fail(e, PD_CAPACITY, "not every VIOS that a disk of pool %s goes through has a virtual slot left", pool);
	else
		(void)pd_fail(e, PD_CAPACITY, "pool %s has no free disk of %lldM or more that every VIOS needed sees",
		    pool, (long long)field_number(disk, "size"));
}

/* The smallest one that is large enough, and that no disk before it has. */
static const json_t *
choose_lun(const json_t *spec, const json_t *paths, const json_t *luns, const json_t *disk, struct pd_err *e)
{
	json_int_t    size = field_number(disk, "size");
	const json_t *lun;
	size_t	      i;
	int	      away = 0, without_slot = 0, without_image = 0;

	json_array_foreach(luns, i, lun) {
		if (field_number(lun, "size") < size ||
		    field_find(json_object_get(spec, "disks"), "lun", field_text(lun, "lun")) != NULL)
			continue;
		if (!all_run(lun))
			away++;
		else if (writer_of(lun, disk) == -1)
			without_image++;
		else if (!all_have_slots(paths, lun))
			without_slot++;
		else
			return lun;
	}
	say_no_lun(disk, away, without_slot, without_image, e);
	return NULL;
}

/* The same disk on each path, under the name that it has there. */
static int
add_lun(json_t *paths, json_t *disk, const json_t *lun)
{
	const json_t *vios, *ways = json_object_get(lun, "paths");
	size_t	      i;
	int	      writer = writer_of(lun, disk);

	(void)json_object_set(disk, "lun", json_object_get(lun, "lun"));
	(void)json_object_set(disk, "size", json_object_get(lun, "size"));
	(void)json_object_set(disk, "bd", json_object_get(json_array_get(ways, 0), "disk"));
	json_array_foreach(ways, i, vios) {
		json_t *path = path_of(paths, vios), *copy = json_deep_copy(disk);

		(void)json_object_set(copy, "bd", json_object_get(vios, "disk"));
		(void)json_object_set_new(copy, "first", json_boolean((int)i == writer));
		(void)json_object_set_new(copy, "shared", json_boolean(json_array_size(ways) > 1));
		if (path == NULL || json_array_append_new(json_object_get(path, "disks"), copy) == -1) {
			if (path == NULL)
				json_decref(copy);
			return -1;
		}
	}
	return 0;
}

static int
place_disk(json_t *spec, json_t *paths, const json_t *facts, json_t *disk, struct pd_err *e)
{
	int	      is_whole = strcmp(field_text(disk, "kind"), "pv") == 0, rv;
	const json_t *on = is_whole ? choose_lun(spec, paths, json_object_get(facts, "san"), disk, e) :
	    choose(paths, json_object_get(facts, "vioses"), "of the system", disk, e);
	json_t	     *path;

	if (on == NULL)
		return -1;
	if (is_whole)
		rv = add_lun(paths, disk, on);
	else
		rv = (path = path_of(paths, on)) == NULL ? -1 : add_disk(path, disk);
	return rv == 0 ? 0 : pd_fail(e, PD_BUG, "the VM's disks go through too many VIOSes");
}

int
vm_paths_make(json_t *spec, const json_t *facts, struct pd_err *e)
{
	json_t *paths = json_array(), *disk;
	size_t	i;

	if (paths == NULL || json_object_set_new(spec, "paths", paths) == -1)
		return pd_fail(e, PD_BUG, "out of memory");
	json_array_foreach(json_object_get(spec, "disks"), i, disk)
		if (place_disk(spec, paths, facts, disk, e) == -1)
			return -1;
	return 0;
}

/* ---- of a VM that there is ---- */

static json_t *
copy_of(const json_t *path)
{
	static const char *const keys[] = { "index", "id", "name", "profile", "client_slot", "slot" };
	json_t			*copy = json_pack("{s:[] s:[]}", "disks", "pools");

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(path, keys[i]) != NULL)
			(void)json_object_set(copy, keys[i], json_object_get(path, keys[i]));
	return copy;
}

/* The VIOSes that serve the VM already. */
static json_t *
serving(const json_t *paths, const json_t *facts)
{
	json_t *list = json_array(), *vios;
	size_t	i;

	json_array_foreach(json_object_get(facts, "vioses"), i, vios)
		if (field_find(paths, "name", field_text(vios, "name")) != NULL)
			(void)json_array_append(list, vios);
	return list;
}

/* Whole disks of which every path is one of the VM's: all of them, or none. */
static json_t *
reachable(const json_t *paths, const json_t *facts)
{
	json_t	     *list = json_array(), *lun;
	const json_t *way;
	size_t	      i, k;

	json_array_foreach(json_object_get(facts, "san"), i, lun) {
		int is_all = 1;

		json_array_foreach(json_object_get(lun, "paths"), k, way)
			is_all &= field_find(paths, "name", field_text(way, "name")) != NULL;
		if (is_all)
			(void)json_array_append(list, lun);
	}
	return list;
}

/* The path among those that are made; it is one of the VM's. */
static json_t *
made_path(json_t *made, const json_t *paths, const char *name)
{
	json_t *path = field_find(made, "name", name);

	if (path == NULL && (path = copy_of(field_find(paths, "name", name))) != NULL &&
	    json_array_append_new(made, path) == -1)
		return NULL;
	return path;
}

static int
more_whole(json_t *made, const json_t *paths, const json_t *luns, json_t *disks, json_t *disk, struct pd_err *e)
{
	json_t	     *so_far = json_pack("{s:O}", "disks", disks);
	const json_t *lun = choose_lun(so_far, paths, luns, disk, e), *way;
	size_t	      i;

	json_decref(so_far);
	if (lun == NULL)
		return -1;
	json_array_foreach(json_object_get(lun, "paths"), i, way)
		if (made_path(made, paths, field_text(way, "name")) == NULL)
			return pd_fail(e, PD_BUG, "out of memory");
	return add_lun(made, disk, lun) == 0 ? 0 : pd_fail(e, PD_BUG, "out of memory");
}

/* A running partition is not given adapters of another VIOS: what can be done, then? */
static void
tell_where(const json_t *paths, const json_t *all, const json_t *disk, struct pd_err *e)
{
	struct pd_err ignored;
	const json_t *vios = choose(NULL, all, "of the system", disk, &ignored);

	if (e->code != PD_CAPACITY || vios == NULL)
		return;
	(void)pd_fail(e, PD_CAPACITY,
	    "storage pool %s has %lldM free on VIOS %s, but the VM's disks go through %s%s; name a pool of that with "
	    "pool=, or make a VM whose first disk is in %s",
	    field_text(disk, "pool"), (long long)field_number(disk, "size"), field_text(vios, "name"),
	    field_text(json_array_get(paths, 0), "name"), json_array_size(paths) > 1 ? " and others" : "",
	    field_text(disk, "pool"));
}

static int
more_in_pool(json_t *made, const json_t *paths, const json_t *vioses, const json_t *all, const json_t *disk, struct pd_err *e)
{
	const json_t *vios = choose(made, vioses, "that serves the VM", disk, e);
	json_t	     *path;

	if (vios == NULL) {
		tell_where(paths, all, disk, e);
		return -1;
	}
	path = made_path(made, paths, field_text(vios, "name"));
	return path != NULL && add_disk(path, disk) == 0 ? 0 : pd_fail(e, PD_BUG, "out of memory");
}

int
vm_paths_more(const json_t *paths, const json_t *facts, json_t *disks, json_t **made, struct pd_err *e)
{
	json_t *vioses = serving(paths, facts), *luns = reachable(paths, facts), *disk;
	int	rv = 0;
	size_t	i;

	*made = json_array();
	json_array_foreach(disks, i, disk)
		if (rv == 0)
			rv = strcmp(field_text(disk, "kind"), "pv") == 0 ? more_whole(*made, paths, luns, disks, disk, e) :
			    more_in_pool(*made, paths, vioses, json_object_get(facts, "vioses"), disk, e);
	json_decref(luns);
	json_decref(vioses);
	return rv;
}

int
vm_paths_with(const json_t *paths, const json_t *disk, json_t **made, struct pd_err *e)
{
	int64_t number = field_number(disk, "index");
	json_t *path, *copy;
	size_t	i;

	*made = json_array();
	json_array_foreach(paths, i, path) {
		const json_t *here = field_find_number(json_object_get(path, "disks"), "index", number);

		if (here == NULL &&
		    (here = field_find_number(json_object_get(path, "detached"), "index", number)) == NULL)
			continue;
		copy = copy_of(path);
		if (json_array_append_new(*made, copy) == -1 ||
		    json_array_append_new(json_object_get(copy, "disks"), json_deep_copy(here)) == -1)
			return pd_fail(e, PD_BUG, "out of memory");
	}
	return json_array_size(*made) > 0 ? 0 : pd_fail(e, PD_CONFLICT, "disk %s is on none of the VIOSes that serve the VM, by its record",
	    field_text(disk, "bd"));
}
