/* SPDX-License-Identifier: ISC */
/*
 * vm_paths.c - through which VIOSes a new VM's disks go.
 */
#include <string.h>

#include "handlers/vm_paths.h"
#include "spool/field.h"

#define FIRST_CLIENT_SLOT 2	/* 0 and 1 are the partition's serial adapters */

static json_t *
find(const json_t *list, const char *key, const char *value)
{
	json_t *o;
	size_t	i;

	json_array_foreach(list, i, o)
		if (strcmp(field_text(o, key), value) == 0)
			return o;
	return NULL;
}

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
	const json_t *has = find(json_object_get(vios, "pools"), "name", pool);
	const json_t *path = find(paths, "name", field_text(vios, "name"));

	return has == NULL ? -1 : field_number(has, "free") - field_number(find(json_object_get(path, "pools"), "pool", pool), "size");
}

static const json_t *
choose(const json_t *paths, const json_t *vioses, const json_t *disk, struct pd_err *e)
{
	const json_t *vios, *best = NULL;
	json_int_t    size = field_number(disk, "size"), most = -1;
	int	      running = 0;
	size_t	      i;

	json_array_foreach(vioses, i, vios) {
		json_int_t left = room(paths, vios, field_text(disk, "pool"));

		running += runs(vios);
		if (!runs(vios) || left < 0)
			continue;
		if (left >= size && find(paths, "name", field_text(vios, "name")) != NULL)
			return vios;
		if (left > most) {
			most = left;
			best = vios;
		}
	}
	if (most >= size)
		return best;
	if (running == 0)
		(void)pd_fail(e, PD_BUSY, "no VIOS of the system can be asked now (running, with RMC)");
	else
		(void)pd_fail(e, PD_CAPACITY, "storage pool %s has %lldM free on no VIOS of the system", field_text(disk, "pool"), (long long)size);
	return NULL;
}

static json_t *
path_of(json_t *paths, const json_t *vios)
{
	json_t	  *path = find(paths, "name", field_text(vios, "name"));
	json_int_t n = (json_int_t)json_array_size(paths);

	if (path != NULL || n == PATHS_MAX)
		return path;
	path = json_pack("{s:I s:I s:s s:s s:I s:[] s:[]}", "index", n, "id", (json_int_t)field_number(vios, "id"), "name", field_text(vios, "name"), "profile",
	    field_text(vios, "profile"), "client_slot", FIRST_CLIENT_SLOT + n, "disks", "pools");
	return path != NULL && json_array_append_new(paths, path) == 0 ? path : NULL;
}

static int
add_disk(json_t *path, const json_t *disk)
{
	json_t *pools = json_object_get(path, "pools"), *pool = find(pools, "pool", field_text(disk, "pool"));

	if (pool != NULL)
		(void)json_object_set_new(pool, "size", json_integer(field_number(pool, "size") + field_number(disk, "size")));
	else
		(void)json_array_append_new(pools, json_pack("{s:s s:I}", "pool", field_text(disk, "pool"), "size", (json_int_t)field_number(disk, "size")));
	return json_array_append_new(json_object_get(path, "disks"), json_deep_copy(disk));
}

int
vm_paths_make(json_t *spec, const json_t *facts, struct pd_err *e)
{
	json_t	     *paths = json_array();
	const json_t *disk, *vios;
	size_t	      i;

	if (paths == NULL || json_object_set_new(spec, "paths", paths) == -1)
		return pd_fail(e, PD_BUG, "out of memory");
	json_array_foreach(json_object_get(spec, "disks"), i, disk) {
		json_t *path;

		if ((vios = choose(paths, json_object_get(facts, "vioses"), disk, e)) == NULL)
			return -1;
		if ((path = path_of(paths, vios)) == NULL || add_disk(path, disk) == -1)
			return pd_fail(e, PD_BUG, "the VM's disks go through too many VIOSes");
	}
	return 0;
}
