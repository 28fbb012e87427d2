/* SPDX-License-Identifier: ISC */
/*
 * effects_migrate.c - the row of a VM that has come to another system: where it is, and through which VIOSes it reaches its disks there.
 *
 * The sequence tells what it found there as moved{id, state, paths[{client_slot, id, slot, name, profile, device, attached[{vtd, backing}]}], fc[{client_slot, id,
 * slot, name, profile, vfchost, fcs}]}.  The
 * partition keeps its own slots, so the path in a client slot carries the disks that the one in that slot carried before, in the same order.
 */
#include <stdio.h>
#include <string.h>

#include "spool/effects/effects_change.h"
#include "spool/field.h"

/* As many of the path's disks as are attached have other names there. */
static json_t *
disks_of(const json_t *before, const json_t *attached)
{
	json_t	     *disks = json_deep_copy(json_object_get(before, "disks")), *disk;
	const json_t *a;
	size_t	      i;

	if (disks == NULL)
		return json_array();
	json_array_foreach(disks, i, disk) {
		if ((a = json_array_get(attached, i)) == NULL)
			break;
		(void)json_object_set(disk, "vtd", json_object_get(a, "vtd"));
		(void)json_object_set(disk, "bd", json_object_get(a, "backing"));
	}
	return disks;
}

static json_t *
path_of(const json_t *found, const json_t *before, size_t index)
{
	static const char *const keys[] = { "client_slot", "id", "name", "profile", "slot" };
	json_t *path = before != NULL ? json_copy((json_t *)(uintptr_t)before) : json_pack("{s:[]}", "pools");

	(void)json_object_set_new(path, "index", json_integer((json_int_t)index));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		(void)json_object_set(path, keys[i], json_object_get(found, keys[i]));
	(void)json_object_set(path, "vhost", json_object_get(found, "device"));
	(void)json_object_set_new(path, "disks", disks_of(before, json_object_get(found, "attached")));
	return path;
}

/* The list of the VM's disks names each as the first path does. */
static void
rename_disks(json_t *disks, const json_t *paths)
{
	json_t	     *disk;
	const json_t *path, *there;
	size_t	      i, k, m;

	json_array_foreach(disks, i, disk) {
		int is_named = 0;

		json_array_foreach(paths, k, path)
			json_array_foreach(json_object_get(path, "disks"), m, there)
				if (!is_named && field_number(there, "index") == field_number(disk, "index")) {
					is_named = 1;
					(void)json_object_set(disk, "bd", json_object_get(there, "bd"));
					(void)json_object_set(disk, "vtd", json_object_get(there, "vtd"));
				}
	}
}

/* An adapter keeps its slot and its names; the port that was asked for was one of the other system's. */
static void
move_adapters(json_t *list, const json_t *found)
{
	static const char *const keys[] = { "id", "name", "profile", "slot", "vfchost", "fcs" };
	const json_t		*there;
	json_t			*adapter;
	size_t			 i;

	json_array_foreach(list, i, adapter) {
		if ((there = field_find_number(found, "client_slot", field_number(adapter, "client_slot"))) == NULL)
			continue;
		(void)json_object_del(adapter, "port");
		(void)json_object_del(adapter, "wanted_slot");
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			if (json_object_get(there, keys[k]) != NULL)
				(void)json_object_set(adapter, keys[k], json_object_get(there, keys[k]));
	}
}

static void
set_system(struct change *c)
{
	json_t *to = json_object_get(c->change, "to");

	(void)json_object_set(c->vm, "system", to);
	(void)json_object_set(c->spec, "system", to);
}

void
vm_moved(struct change *c)
{
	const json_t *moved = json_object_get(c->value, "moved"), *found;
	json_t	     *before = json_object_get(c->objects, "paths"), *paths = json_array();
	size_t	      i;

	json_array_foreach(json_object_get(moved, "paths"), i, found)
		(void)json_array_append_new(paths, path_of(found, field_find_number(before, "client_slot", field_number(found, "client_slot")), i));
	rename_disks(json_object_get(c->objects, "disks"), paths);
	rename_disks(json_object_get(c->spec, "disks"), paths);
	(void)json_object_set_new(c->objects, "paths", paths);
	move_adapters(json_object_get(c->objects, "fc"), json_object_get(moved, "fc"));
	move_adapters(json_object_get(c->spec, "fc"), json_object_get(moved, "fc"));
	set_system(c);
	if (field_text(json_object_get(c->objects, "medium"), "state")[0] != '\0')
		(void)json_object_del(c->objects, "medium");	/* a used one was taken away before */
}

/* Stuck behind the move: the partition is there, whatever could not be done after it. */
void
vm_perhaps_moved(struct change *c)
{
	json_t *id = json_object_get(json_object_get(c->value, "moved"), "id");

	if (!json_is_integer(id))
		return;
	set_system(c);
	(void)json_object_set(c->vm, "lpar_id", id);
}

void
say_vm_moved(const struct change *c, char *text, size_t size)
{
	(void)snprintf(text, size, "%s is on %s now%s", field_text(c->vm, "name"), field_text(c->vm, "system"),
	    strcmp(field_text(c->vm, "state"), "running") == 0 ? ", and has not stopped running" : "");
}
