/* SPDX-License-Identifier: ISC */
/*
 * admit_disk.c - admission of what changes a VM's disks.
 *
 * A disk keeps its number and its backing device's name as long as it exists, attached or not; one that is kept without
 * being attached stands in the row's objects.detached and counts for the quota.
 */
#include <string.h>

#include "handlers/vm/vm_change.h"
#include "handlers/vm/vm_paths.h"
#include "handlers/vm/vm_spec.h"
#include "spool/admit/admission.h"
#include "spool/admit/san.h"
#include "spool/field.h"

#define DISKS_MOST 16	/* as create-vm */

static const json_t *
detached(const json_t *vm)
{
	return json_object_get(json_object_get(vm, "objects"), "detached");
}

static int
find_kept(const json_t *vm, const char *bd, json_t **disk, struct pd_err *e)
{
	const char *name = field_text(vm, "name");
	size_t	    i;

	json_array_foreach(detached(vm), i, *disk)
		if (strcmp(field_text(*disk, "bd"), bd) == 0)
			return 0;
	*disk = NULL;
	return pd_fail(e, PD_NOTFOUND, "%s keeps no disk \"%s\"; show-vm %s shows them", name, bd, name);
}

/* One that it has, by its record, and that somebody may have detached at the console (drift); NULL = none. */
static json_t *
find_own(const json_t *vm, const char *bd)
{
	json_t *disk;
	size_t	i;

	json_array_foreach(json_object_get(json_object_get(vm, "spec"), "disks"), i, disk)
		if (strcmp(field_text(disk, "bd"), bd) == 0 && strcmp(field_text(disk, "kind"), "adopted") != 0)
			return disk;
	return NULL;
}

static const json_t *
paths_of(const json_t *vm)
{
	return json_object_get(json_object_get(vm, "objects"), "paths");
}

/* Where a system has VIOSes of its own: on which of them the disk is, as change.paths. */
static int
add_paths_with(const json_t *vm, const json_t *disk, json_t *change, struct pd_err *e)
{
	json_t *made = NULL;

	if (change == NULL)
		return pd_fail(e, PD_IO, "no memory for a change");
	if (json_array_size(paths_of(vm)) == 0)
		return 0;
	if (vm_paths_with(paths_of(vm), disk, &made, e) == -1) {
		json_decref(made);
		return -1;
	}
	return json_object_set_new(change, "paths", made) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for a change");
}

/* Whole disks that nobody has; from here to the end of the transaction they are this request's. */
static int
add_free_disks(const struct admitting *ad, json_t *facts, struct pd_err *e)
{
	json_t *pool = san_pool(facts), *systems = NULL, *taken = NULL;
	int	rv = 0;

	if (pool == NULL)
		return 0;
	json_decref(pool);
	if (store_system_list(ad->a->store, NULL, &systems, e) == -1 ||
	    san_taken(ad->a->store, systems, &taken, e) == -1)
		rv = -1;
	else if (json_object_set_new(facts, "san", san_free(facts, taken)) == -1)
		rv = pd_fail(e, PD_IO, "no memory for disks");
	json_decref(taken);
	json_decref(systems);
	return rv;
}

/* And on which of them new disks will be. */
static int
add_paths_more(const struct admitting *ad, const json_t *vm, const json_t *platform, json_t *change, struct pd_err *e)
{
	json_t *made = NULL;
	int	rv = 0;

	if (json_array_size(paths_of(vm)) == 0)
		return 0;
	if (add_free_disks(ad, json_object_get(platform, "facts"), e) == -1)
		return -1;
	rv = vm_paths_more(paths_of(vm), json_object_get(platform, "facts"), json_object_get(change, "disks"), &made, e);
	return json_object_set_new(change, "paths", made) == 0 ? rv : pd_fail(e, PD_IO, "no memory for a change");
}

/* {"disks","pools","kept","again"} for the sequence: new ones, the one that was kept, or one that it should have. */
static int
make_disks(struct admitting *ad, const json_t *vm, json_t **change, struct pd_err *e)
{
	const char *existing = field_text(ad->args, "existing");
	json_t	   *platform = NULL, *disk;
	int	    rv = -1;

	*change = NULL;
	if ((json_array_size(json_object_get(ad->args, "disks")) > 0) == (existing[0] != '\0'))
		return pd_fail(e, PD_USAGE, "say either --disk SIZE or --existing DEVICE");
	if (existing[0] != '\0') {
		json_t *own = find_own(vm, existing);

		if ((disk = own) == NULL && find_kept(vm, existing, &disk, e) == -1)
			return -1;
		*change = json_pack("{s:[O] s:[] s:b s:b}", "disks", disk, "pools", "kept", 1, "again", own != NULL);
		return add_paths_with(vm, disk, *change, e);
	}
	if (change_platform(ad, vm, &platform, e) == 0 && admission_limit_pools(ad, platform, e) == 0 &&
	    vm_spec_more_disks(ad->args, vm, platform, change, e) == 0)
		rv = add_paths_more(ad, vm, platform, *change, e);
	json_decref(platform);
	return rv;
}

static void
add_sizes(const json_t *disks, int64_t *sum)
{
	const json_t *disk;
	size_t	      i;

	json_array_foreach(disks, i, disk)
		*sum += field_number(disk, "size");
}

int
admit_add_disk(struct admitting *ad, struct pd_err *e)
{
	json_t		 *vm = NULL, *change = NULL;
	const json_t	 *spec;
	struct pd_amounts after;
	int		  rv = -1;

	if (change_begin(ad, &vm, e) == -1 || make_disks(ad, vm, &change, e) == -1)
		goto out;
	spec = json_object_get(vm, "spec");
	vm_change_amounts(spec, detached(vm), &after);
	if (!field_is_set(change, "kept"))
		add_sizes(json_object_get(change, "disks"), &after.disk);
	if (!field_is_set(change, "again") &&
	    change_count(ad, "disks",
		json_array_size(json_object_get(spec, "disks")) + json_array_size(json_object_get(change, "disks")),
		ad->tenant->max_disks, DISKS_MOST, e) == -1)
		goto out;
	if (change_set(ad, json_incref(change), e) == -1)
		goto out;
	rv = change_reserve(ad, vm, &after, e);
out:
	json_decref(change);
	json_decref(vm);
	return rv;
}

/* Of disks that others made nothing is known but their mapping. */
static int
is_made_here(const json_t *disk, struct pd_err *e)
{
	return strcmp(field_text(disk, "kind"), "adopted") != 0 ? 0 : pd_fail(e, PD_CONFLICT,
	    "disk %lld was there when the VM was adopted: whoever made it changes it on the VIOS", (long long)field_number(disk, "index") + 1);
}

/* A whole disk is as large as it is. */
static int
can_grow(const json_t *disk, struct pd_err *e)
{
	if (strcmp(field_text(disk, "kind"), "pv") == 0)
		return pd_fail(e, PD_CONFLICT,
		    "disk %lld is a whole disk of the storage network: it is made larger there",
		    (long long)field_number(disk, "index") + 1);
	return is_made_here(disk, e);
}

int
admit_extend_disk(struct admitting *ad, struct pd_err *e)
{
	int64_t		  size = field_number(ad->args, "size"), more;
	json_t		 *vm = NULL, *disk, *change = NULL;
	struct pd_amounts after;
	int		  rv = -1;

	if (change_begin(ad, &vm, e) == -1 ||
	    change_numbered(json_object_get(json_object_get(vm, "spec"), "disks"), "disk",
		field_number(ad->args, "disk"), field_text(vm, "name"), &disk, e) == -1 ||
	    can_grow(disk, e) == -1)
		goto out;
	if ((more = size - field_number(disk, "size")) <= 0) {
		pd_fail(e, PD_BADDATA, "--size: disk %lld has %lldM already, and a disk cannot shrink",
		    (long long)field_number(ad->args, "disk"), (long long)field_number(disk, "size"));
		goto out;
	}
	vm_change_amounts(json_object_get(vm, "spec"), detached(vm), &after);
	after.disk += more;
	change = json_pack("{s:O s:I s:I}", "disk", disk, "size", (json_int_t)size, "more", (json_int_t)more);
	if (add_paths_with(vm, disk, change, e) == 0 && change_set(ad, json_incref(change), e) == 0)
		rv = change_reserve(ad, vm, &after, e);
out:
	json_decref(change);
	json_decref(vm);
	return rv;
}

/* The disk that is meant, attached or kept. */
static int
find_disk(struct admitting *ad, const json_t *vm, json_t **disk, struct pd_err *e)
{
	const char *existing = field_text(ad->args, "existing");
	int64_t	    number = field_number(ad->args, "disk");

	if ((number != 0) == (existing[0] != '\0'))
		return pd_fail(e, PD_USAGE, "say either --disk NUMBER or --existing DEVICE");
	if (existing[0] == '\0')
		return change_numbered(json_object_get(json_object_get(vm, "spec"), "disks"), "disk", number,
		    field_text(vm, "name"), disk, e);
	if (!field_is_set(ad->args, "destroy"))
		return pd_fail(e, PD_USAGE, "%s is not attached; --destroy deletes it", existing);
	return find_kept(vm, existing, disk, e);
}

int
admit_remove_disk(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL, *disk, *change = NULL;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == -1 || find_disk(ad, vm, &disk, e) == -1 || is_made_here(disk, e) == -1)
		goto out;
	change = json_pack("{s:O s:b s:b}", "disk", disk, "attached", field_number(ad->args, "disk") != 0, "destroy",
	    field_is_set(ad->args, "destroy"));
	if (add_paths_with(vm, disk, change, e) == 0 && change_set(ad, json_incref(change), e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
out:
	json_decref(change);
	json_decref(vm);
	return rv;
}
