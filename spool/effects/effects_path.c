/* SPDX-License-Identifier: ISC */
/*
 * effects_path.c - a VM's disks on the VIOSes that serve them: objects.paths of its row, each with "disks" and, kept
 * without being attached, "detached".
 */
#include <string.h>

#include "spool/effects/effects_change.h"
#include "spool/field.h"

static json_t *
paths_of(const struct change *c)
{
	return json_object_get(c->objects, "paths");
}

static json_t *
own_path(const struct change *c, const char *name)
{
	json_t *path;
	size_t	i;

	json_array_foreach(paths_of(c), i, path)
		if (strcmp(field_text(path, "name"), name) == 0)
			return path;
	return NULL;
}

/* The number of a disk is the same on every path; the name of its device need not be. */
static void
drop(json_t *path, const json_t *disk)
{
	change_drop(json_object_get(path, "disks"), "index", json_object_get(disk, "index"));
	change_drop(json_object_get(path, "detached"), "index", json_object_get(disk, "index"));
}

void
path_disks_put(struct change *c, const char *list)
{
	int	is_attached = strcmp(list, "disks") == 0;
	json_t *made = json_object_get(c->value, "paths"), *path, *disk, *own;
	size_t	i, k;

	json_array_foreach(made != NULL ? made : json_object_get(c->change, "paths"), i, path) {
		if ((own = own_path(c, field_text(path, "name"))) == NULL)
			continue;
		json_array_foreach(json_object_get(path, "disks"), k, disk) {
			drop(own, disk);
			(void)json_array_append_new(change_list(own, list), is_attached ? json_copy(disk) : disk_without_device(disk));
		}
	}
}

void
path_disks_drop(struct change *c, const json_t *disk)
{
	json_t *path;
	size_t	i;

	json_array_foreach(paths_of(c), i, path)
		drop(path, disk);
}

void
path_disks_size(struct change *c, const json_t *disk, json_t *size)
{
	json_t *path, *own;
	size_t	i, k;

	json_array_foreach(paths_of(c), i, path)
		json_array_foreach(json_object_get(path, "disks"), k, own)
			if (json_equal(json_object_get(own, "index"), json_object_get(disk, "index")))
				(void)json_object_set(own, "size", size);
}
