/* SPDX-License-Identifier: ISC */
/*
 * effects_disk.c - a VM's disks in its row: spec.disks as they were asked for, objects.disks with their devices,
 * objects.detached those that it keeps.  All three know a disk by the name of its backing device.
 */
#include <stdio.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/effects/effects_change.h"
#include "spool/field.h"

static json_t *
new_disks(const struct change *c)
{
	json_t *disks = json_object_get(c->value, "disks");

	return disks != NULL ? disks : json_object_get(c->change, "disks");
}

json_t *
disk_without_device(const json_t *disk)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)disk);

	(void)json_object_del(copy, "vtd");
	return copy;
}

/* It was in the row all the time; the mapping's device is a new one. */
static void
attached_again(struct change *c, const json_t *disk)
{
	json_t *known;
	size_t	i;

	json_array_foreach(json_object_get(c->objects, "disks"), i, known)
		if (strcmp(field_text(known, "bd"), field_text(disk, "bd")) == 0 && field_text(disk, "vtd")[0] != '\0')
			(void)json_object_set(known, "vtd", json_object_get(disk, "vtd"));
}

void
disks_added(struct change *c)
{
	json_t *disk;
	size_t	i;

	path_disks_put(c, "disks");
	if (field_is_set(c->change, "again")) {
		json_array_foreach(new_disks(c), i, disk)
			attached_again(c, disk);
		return;
	}
	json_array_foreach(new_disks(c), i, disk) {
		change_drop(json_object_get(c->objects, "detached"), "bd", json_object_get(disk, "bd"));
		(void)json_array_append(change_list(c->objects, "disks"), disk);
		(void)json_array_append_new(change_list(c->spec, "disks"), disk_without_device(disk));
	}
}

void
disks_not_added(struct change *c)
{
	json_t *disk;
	size_t	i;

	if (field_is_set(c->change, "kept"))
		return;
	json_array_foreach(json_object_get(c->change, "disks"), i, disk) {
		change_drop(json_object_get(c->objects, "detached"), "bd", json_object_get(disk, "bd"));
		path_disks_drop(c, disk);
	}
}

void
disks_maybe_added(struct change *c)
{
	json_t *disk;
	size_t	i;

	disks_not_added(c);	/* it may be stuck for the second time */
	if (!field_is_set(c->change, "kept"))
		path_disks_put(c, "detached");
	json_array_foreach(json_object_get(c->change, "disks"), i, disk)
		if (!field_is_set(c->change, "kept"))
			(void)json_array_append_new(change_list(c->objects, "detached"), disk_without_device(disk));
}

static void
set_size(json_t *disks, const char *bd, const json_t *size)
{
	json_t *disk;
	size_t	i;

	json_array_foreach(disks, i, disk)
		if (strcmp(field_text(disk, "bd"), bd) == 0)
			(void)json_object_set(disk, "size", (json_t *)(uintptr_t)size);
}

void
disk_extended(struct change *c)
{
	const char   *bd = field_text(json_object_get(c->change, "disk"), "bd");
	const json_t *size = json_object_get(c->change, "size");

	set_size(json_object_get(c->spec, "disks"), bd, size);
	set_size(json_object_get(c->objects, "disks"), bd, size);
	path_disks_size(c, json_object_get(c->change, "disk"), json_object_get(c->change, "size"));
}

void
disk_removed(struct change *c)
{
	const json_t *disk = json_object_get(c->change, "disk"), *bd = json_object_get(disk, "bd");

	change_drop(json_object_get(c->spec, "disks"), "bd", bd);
	change_drop(json_object_get(c->objects, "disks"), "bd", bd);
	change_drop(json_object_get(c->objects, "detached"), "bd", bd);
	path_disks_drop(c, disk);
	if (field_is_set(c->change, "destroy"))
		return;
	path_disks_put(c, "detached");
	(void)json_array_append_new(change_list(c->objects, "detached"), disk_without_device(disk));
}

void
say_disks_added(const struct change *c, char *text, size_t size)
{
	const json_t *disks = new_disks(c), *first = json_array_get(disks, 0);
	size_t	      n = json_array_size(disks);
	char	      room[32];

	if (n == 1)
		(void)snprintf(text, size, "%s has disk %lld, %s in %s (%s)", field_text(c->vm, "name"),
		    (long long)field_number(first, "index") + 1,
		    quota_size_short(room, sizeof(room), field_number(first, "size")), field_text(first, "pool"),
		    field_text(first, "bd"));
	else
		(void)snprintf(text, size, "%s has %zu disks more, %zu in all", field_text(c->vm, "name"), n,
		    json_array_size(json_object_get(c->spec, "disks")));
}

void
say_disk_extended(const struct change *c, char *text, size_t size)
{
	char room[32];

	(void)snprintf(text, size, "disk %lld of %s has %s now", (long long)field_number(c->args, "disk"),
	    field_text(c->vm, "name"), quota_size_short(room, sizeof(room), field_number(c->change, "size")));
}

void
say_disk_removed(const struct change *c, char *text, size_t size)
{
	const json_t *disk = json_object_get(c->change, "disk");
	const char   *vm = field_text(c->vm, "name"), *bd = field_text(disk, "bd");

	if (field_is_set(c->change, "destroy") && strcmp(field_text(disk, "kind"), "pv") == 0)
		(void)snprintf(text, size,
		    "%s is not %s's any more; what is on that disk stays there until it is written over", bd, vm);
	else if (field_is_set(c->change, "destroy"))
		(void)snprintf(text, size, "%s of %s is deleted with its data", bd, vm);
	else
		(void)snprintf(text, size,
		    "disk %lld of %s is detached; its data is kept as %s: add-disk %s --existing %s attaches it again, "
		    "remove-disk %s --existing %s --destroy deletes it",
		    (long long)field_number(disk, "index") + 1, vm, bd, vm, bd, vm, bd);
}
