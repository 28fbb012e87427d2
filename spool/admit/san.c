/* SPDX-License-Identifier: ISC */
/*
 * san.c - whole disks for VMs.
 */
#include <string.h>

#include "spool/admit/san.h"
#include "spool/field.h"

#define DEPTH_MAX 8	/* of a VM's row */

static int
is_free(const json_t *vios, const json_t *disk)
{
	return field_find(json_object_get(vios, "free"), "name", field_text(disk, "name")) != NULL;
}

/* ---- somebody's ---- */

static void
take_used(json_t *taken, const json_t *facts)
{
	const json_t *vios, *disk;
	size_t	      i, k;

	json_array_foreach(json_object_get(facts, "vioses"), i, vios)
		json_array_foreach(json_object_get(vios, "disks"), k, disk)
			if (field_text(disk, "lun")[0] != '\0' && !is_free(vios, disk))
				(void)json_object_set_new(taken, field_text(disk, "lun"), json_true());
}

/* Wherever in a VM's row a disk is named: attached, detached and kept, or on its way. */
static void
take_named(json_t *taken, const json_t *v, int depth)
{
	const char *lun = json_is_object(v) ? field_text(v, "lun") : "", *key;
	json_t	   *in;
	size_t	    i;

	if (depth == DEPTH_MAX)
		return;
	if (lun[0] != '\0')
		(void)json_object_set_new(taken, lun, json_true());
	json_object_foreach((json_t *)(uintptr_t)v, key, in)
		take_named(taken, in, depth + 1);
	json_array_foreach(v, i, in)
		take_named(taken, in, depth + 1);
}

int
san_taken(struct store *st, const json_t *systems, json_t **taken, struct pd_err *e)
{
	json_t	     *vms = NULL;
	const json_t *system;
	size_t	      i;

	*taken = NULL;
	if (store_vm_list(st, NULL, NULL, NULL, &vms, e) == -1)
		return -1;
	if ((*taken = json_object()) != NULL) {
		json_array_foreach(systems, i, system)
			take_used(*taken, json_object_get(system, "facts"));
		take_named(*taken, vms, 0);
	}
	json_decref(vms);
	return *taken != NULL ? 0 : pd_fail(e, PD_IO, "no memory for disks");
}

/* ---- free ones ---- */

static json_t *
path_of(const json_t *vios, const json_t *disk)
{
	return json_pack("{s:O* s:O* s:O* s:O* s:O* s:O* s:O* s:O*}", "slots_free", json_object_get(vios, "slots_free"), "has_image",
	    json_object_get(vios, "has_image"), "id", json_object_get(vios, "id"), "name", json_object_get(vios, "name"), "profile",
	    json_object_get(vios, "profile"), "state", json_object_get(vios, "state"), "rmc", json_object_get(vios, "rmc"), "disk",
	    json_object_get(disk, "name"));
}

/* Every VIOS of the system that sees the disk; NULL: one of them has it in use. */
static json_t *
paths_to(const json_t *facts, const char *lun)
{
	json_t	     *paths = json_array();
	const json_t *vios, *disk;
	size_t	      i;

	json_array_foreach(json_object_get(facts, "vioses"), i, vios) {
		if ((disk = field_find(json_object_get(vios, "disks"), "lun", lun)) == NULL)
			continue;
		if (!is_free(vios, disk)) {
			json_decref(paths);
			return NULL;
		}
		(void)json_array_append_new(paths, path_of(vios, disk));
	}
	return paths;
}

static void
insert(json_t *list, json_t *lun)
{
	size_t at = 0;

	while (at < json_array_size(list) && field_number(json_array_get(list, at), "size") <= field_number(lun, "size"))
		at++;
	(void)json_array_insert_new(list, at, lun);
}

json_t *
san_free(const json_t *facts, const json_t *taken)
{
	const json_t *vioses = json_object_get(facts, "vioses"), *vios, *disk;
	size_t	      least = json_array_size(vioses) > 1 ? 2 : 1, i, k;
	json_t	     *list = json_array(), *paths;

	json_array_foreach(vioses, i, vios)
		json_array_foreach(json_object_get(vios, "disks"), k, disk) {
			const char *lun = field_text(disk, "lun");

			if (lun[0] == '\0' || json_object_get(taken, lun) != NULL ||
			    field_find(list, "lun", lun) != NULL || (paths = paths_to(facts, lun)) == NULL)
				continue;
			if (json_array_size(paths) >= least)
				insert(list,
				    json_pack("{s:s s:I s:O}", "lun", lun, "size",
					(json_int_t)field_number(disk, "size"), "paths", paths));
			json_decref(paths);
		}
	return list;
}

/* How many VIOSes see it. */
static size_t
seen_by(const json_t *vioses, const char *lun)
{
	const json_t *vios;
	size_t	      i, n = 0;

	json_array_foreach(vioses, i, vios)
		n += field_find(json_object_get(vios, "disks"), "lun", lun) != NULL;
	return n;
}

json_t *
san_pool(const json_t *facts)
{
	const json_t *vioses = json_object_get(facts, "vioses"), *vios, *disk, *lun;
	size_t	      least = json_array_size(vioses) > 1 ? 2 : 1, i, k;
	json_t	     *sizes = json_object(), *nobodys = san_free(facts, NULL), *pool = NULL;
	int64_t	      size = 0, free_mib = 0;

	json_array_foreach(vioses, i, vios)
		json_array_foreach(json_object_get(vios, "disks"), k, disk)
			if (field_text(disk, "lun")[0] != '\0' && json_object_get(sizes, field_text(disk, "lun")) == NULL &&
			    seen_by(vioses, field_text(disk, "lun")) >= least) {
				size += field_number(disk, "size");
				(void)json_object_set_new(sizes, field_text(disk, "lun"), json_true());
			}
	json_array_foreach(nobodys, i, lun)
		free_mib += field_number(lun, "size");
	if (json_object_size(sizes) > 0)
		pool = json_pack("{s:s s:s s:I s:I}", "name", SAN_POOL, "kind", SAN_KIND, "size", (json_int_t)size,
		    "free", (json_int_t)free_mib);
	json_decref(sizes);
	json_decref(nobodys);
	return pool;
}
