/* SPDX-License-Identifier: ISC */
/*
 * effects_adopt.c - the end of adopt-vm: a partition that was made by hand becomes a VM of its new owner.
 *
 * What the sequence found is judged here, in the transaction that makes the row: nobody else's, within the owner's
 * quota.  Its disks stay what they are: of the kind "adopted", which no sequence deletes; they count, and go back to
 * whoever made them when the VM is deleted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/admit/placement.h"
#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/lease/lease.h"
#include "spool/os/clock.h"

static int
refuse(struct ending *end, const struct pd_err *why)
{
	end->state = JOB_FAILED;
	end->err = *why;
	return 0;
}

/* "0.50" in hundredths; a dedicated processor is a whole one. */
static int64_t
hundredths(const json_t *found)
{
	const char *text = field_text(found, "units"), *dot = strchr(text, '.');
	int64_t	    n = strtoll(text, NULL, 10) * 100;

	if (strcmp(field_text(found, "mode"), "ded") == 0)
		return field_number(found, "procs") * 100;
	if (dot != NULL && dot[1] >= '0' && dot[1] <= '9')
		n += (dot[1] - '0') * 10 + (dot[2] >= '0' && dot[2] <= '9' ? dot[2] - '0' : 0);
	return n;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* The backing device among those of the pools: its pool and size. */
static json_t *
find_device(const json_t *pools, const char *name, const char **pool)
{
	const json_t *p;
	json_t	     *d;
	size_t	      i, k;

	json_array_foreach(pools, i, p)
		json_array_foreach(json_object_get(p, "devices"), k, d)
			if (strcmp(field_text(d, "name"), name) == 0) {
				*pool = field_text(p, "name");
				return d;
			}
	return NULL;
}

/* What is attached (there, or through one VIOS) and is in a pool; a whole physical disk and a medium are not counted here. */
static void
add_disks(const json_t *from, json_t *disks, size_t first, int64_t *mib)
{
	const json_t *a;
	json_t	     *d;
	const char   *pool = "", *name;
	size_t	      i;

	json_array_foreach(json_object_get(from, "attached"), i, a) {
		name = base_name(field_text(a, "backing"));
		if (name[0] == '\0' || (d = find_device(json_object_get(from, "pools"), name, &pool)) == NULL)
			continue;
		*mib += strtoll(field_text(d, "size"), NULL, 10);
		(void)json_array_append_new(disks,
		    json_pack("{s:I s:s s:s s:s s:s s:I}", "index",
			(json_int_t)first + (json_int_t)json_array_size(disks), "kind", "adopted", "bd", name, "pool",
			pool, "vtd", field_text(a, "vtd"), "size",
			(json_int_t)strtoll(field_text(d, "size"), NULL, 10)));
	}
}

static json_t *
disks_of(const json_t *found, int64_t *mib)
{
	json_t	     *disks = json_array(), *some;
	const json_t *path;
	size_t	      i;

	*mib = 0;
	add_disks(found, disks, 0, mib);
	json_array_foreach(json_object_get(found, "paths"), i, path) {
		some = json_array();
		add_disks(path, some, json_array_size(disks), mib);
		(void)json_array_extend(disks, some);
		json_decref(some);
	}
	return disks;
}

/* objects.paths, as create-vm leaves them on an HMC; NULL: the system has no VIOSes of its own. */
static json_t *
paths_of(const json_t *found)
{
	static const char *const keys[] = { "id", "name", "profile", "slot", "client_slot", "vhost" };
	json_t *paths = json_is_array(json_object_get(found, "paths")) ? json_array() : NULL, *path, *disks;
	const json_t		*from;
	size_t			 i, n = 0;
	int64_t			 ignored = 0;

	json_array_foreach(json_object_get(found, "paths"), i, from) {
		disks = json_array();
		add_disks(from, disks, n, &ignored);
		n += json_array_size(disks);
		path = json_pack("{s:I s:o s:[]}", "index", (json_int_t)i, "disks", disks, "pools");
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			if (json_object_get(from, keys[k]) != NULL)
				(void)json_object_set(path, keys[k], json_object_get(from, keys[k]));
		(void)json_array_append_new(paths, path);
	}
	return paths;
}

static const char *
state_of(const char *console)
{
	if (strcmp(console, "Running") == 0)
		return "running";
	return strcmp(console, "Open Firmware") == 0 ? "open-firmware" : "stopped";
}

/* Where it is, as admission found out. */
static const char *
system_of(const json_t *job)
{
	const char *system = field_text(json_object_get(job, "args"), "system");

	return system[0] != '\0' ? system : field_text(job, "platform");
}

/* Does a VM have this partition? */
static int
is_nobodys(struct store *st, const json_t *job, const json_t *found, struct pd_err *e, struct pd_err *why)
{
	int64_t	      id = strtoll(field_text(found, "id"), NULL, 10);
	json_t	     *vms = NULL, *vm = NULL;
	size_t	      i;
	int	      rv = 1;

	if (json_is_integer(json_object_get(found, "id")))
		id = field_number(found, "id");
	if (store_vm_get(st, field_text(json_object_get(job, "args"), "name"), &vm, e) == 0) {
		(void)pd_fail(why, PD_CONFLICT, "there is a VM %s already, on %s; rename the partition first",
		    field_text(vm, "name"), field_text(vm, "platform"));
		json_decref(vm);
		return 0;
	}
	if (e->code != PD_NOTFOUND || store_vm_list(st, NULL, NULL, field_text(job, "platform"), &vms, e) == -1)
		return -1;
	json_array_foreach(vms, i, vm) {
		if (strcmp(field_text(vm, "system"), system_of(job)) != 0)
			continue;	/* numbers and profiles are a system's own */
		if (field_number(vm, "lpar_id") != id &&
		    strcmp(field_text(json_object_get(vm, "objects"), "tag"), field_text(found, "profile")) != 0)
			continue;
		(void)pd_fail(why, PD_CONFLICT, "partition %lld of %s is the VM %s of %s already", (long long)id,
		    system_of(job), field_text(vm, "name"), field_text(vm, "owner"));
		rv = 0;
	}
	json_decref(vms);
	return rv;
}

static struct pd_amounts
amounts_of(const json_t *list)
{
	int64_t n[5] = { -1, -1, -1, -1, -1 };

	for (size_t i = 0; i < 5; i++)
		if (json_is_integer(json_array_get(list, i)))
			n[i] = json_integer_value(json_array_get(list, i));
	return (struct pd_amounts){ n[0], n[1], n[2], n[3], n[4] };
}

/* Within both quotas, as admission found them in the policy: -1 = our trouble, 0 = no, and why. */
static int
fits(struct store *st, const json_t *args, const struct pd_amounts *more, struct pd_err *e, struct pd_err *why)
{
	const char	 *tenant = field_text(args, "tenant"), *owner = field_text(args, "owner");
	struct pd_amounts limit = amounts_of(json_object_get(args, "user_quota")), used;
	char		  whose[96];

	if (store_usage(st, tenant, owner, &used, e) == -1)
		return -1;
	(void)snprintf(whose, sizeof(whose), "user %.64s", owner);
	if (quota_check(&limit, &used, more, whose, why) == -1)
		return 0;
	if (store_usage(st, tenant, NULL, &used, e) == -1)
		return -1;
	limit = amounts_of(json_object_get(args, "quota"));
	(void)snprintf(whose, sizeof(whose), "tenant %.64s", tenant);
	return quota_check(&limit, &used, more, whose, why) == 0;
}

/* Numbers as the console printed them; "null" and "" are none. */
static void
set_sizes(json_t *spec, const json_t *found)
{
	static const char *const numbers[] = { "procs", "procs_min", "procs_max", "memory", "memory_min", "memory_max",
		"max_slots" };
	static const char *const units[] = { "units", "units_min", "units_max" };
	const char		*weight = field_text(found, "weight"), *sharing = field_text(found, "sharing");

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (json_is_integer(json_object_get(found, numbers[i])))
			(void)json_object_set(spec, numbers[i], json_object_get(found, numbers[i]));
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && strcmp(field_text(found, "mode"), "ded") != 0; i++) {
		int64_t n = placement_hundredths(found, units[i]);

		if (n >= 0)
			(void)json_object_set_new(spec, units[i], json_sprintf("%d.%02d", (int)(n / 100), (int)(n % 100)));
	}
	if (sharing[0] != '\0' && strcmp(sharing, "null") != 0)
		(void)json_object_set_new(spec, "sharing", json_string(sharing));
	if (strcmp(sharing, "uncap") == 0 && weight[0] >= '0' && weight[0] <= '9')
		(void)json_object_set_new(spec, "weight", json_integer(strtol(weight, NULL, 10)));
}

/* Numbered in their order, as those that were made here. */
static json_t *
networks_of(const json_t *found, int with_mac)
{
	json_t *networks = json_deep_copy(json_object_get(found, "networks")), *net;
	size_t	i;

	json_array_foreach(networks, i, net) {
		(void)json_object_set_new(net, "index", json_integer((json_int_t)i));
		if (!with_mac)
			(void)json_object_del(net, "mac");
	}
	return networks != NULL ? networks : json_array();
}

static json_t *
make_row(const json_t *job, const json_t *found, json_t *disks, const struct pd_amounts *a, json_int_t id)
{
	const json_t *args = json_object_get(job, "args");
	const char   *tag = field_text(found, "profile"), *state = state_of(field_text(found, "state"));
	json_int_t    now = (json_int_t)clock_wall_ms();
	json_t	     *spec, *objects, *row, *paths = paths_of(found);

	spec = json_pack("{s:s s:s s:s s:s s:O s:o s:b}", "name", field_text(args, "name"), "tag", tag, "system",
	    system_of(job), "mode", field_text(found, "mode"), "disks", disks, "networks", networks_of(found, 0),
	    "configure", 0);
	objects = json_pack("{s:s s:b s:O s:o s:s}", "tag", tag, "adopted", 1, "disks", disks, "networks",
	    networks_of(found, 1), "power", strcmp(state, "stopped") == 0 ? "stopped" : "running");
	set_sizes(spec, found);
	if (paths != NULL)
		(void)json_object_set_new(objects, "paths", paths);
	row = json_pack("{s:s s:s s:s s:s s:s s:s s:s s:I s:I s:I s:I s:I s:I s:o s:o s:I s:s}", "name", field_text(args, "name"), "tenant",
	    field_text(args, "tenant"), "owner", field_text(args, "owner"), "platform", field_text(job, "platform"), "system", system_of(job), "image",
	    "", "state", state, "state_ms", now, "units", (json_int_t)a->units, "procs", (json_int_t)a->procs, "memory", (json_int_t)a->memory,
	    "disk", (json_int_t)a->disk, "lpar_id", id, "spec", spec, "objects", objects, "created_ms", now, "job", field_text(job, "id"));
	return row;
}

static int
add_row(struct store *st, const json_t *job, const json_t *found, json_t *disks, const struct pd_amounts *a,
    struct ending *end, struct pd_err *e)
{
	const json_t *args = json_object_get(job, "args");
	json_int_t    id = (json_int_t)field_number(found, "id");
	json_t	     *row;
	int	      rv;

	if (id == 0)
		id = strtoll(field_text(found, "id"), NULL, 10);
	row = make_row(job, found, disks, a, id);
	rv = row == NULL ? pd_fail(e, PD_IO, "no memory for the row of a VM") : store_vm_put(st, row, e);
	if (rv == 0 && end->err.msg[0] == '\0')
		(void)snprintf(end->err.msg, sizeof(end->err.msg),
		    "%s is a VM of %s now: partition %lld of %s, %s; nothing was changed on it",
		    field_text(args, "name"), field_text(args, "owner"), (long long)id, system_of(job),
		    field_text(row, "state"));
	json_decref(row);
	return rv == 0 ? effects_lease_begin(st, job, end->err.msg, sizeof(end->err.msg), e) : -1;
}

int
effect_vm_adopted(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const json_t	 *found = json_object_get(end->value, "found");
	struct pd_amounts more = { .vms = 1, .units = hundredths(found), .procs = field_number(found, "procs"),
		.memory = field_number(found, "memory") };
	struct pd_err	  why = { .code = PD_BUG };
	json_t		 *disks = disks_of(found, &more.disk);
	int		  rv = is_nobodys(st, job, found, e, &why);

	if (rv == 1)
		rv = fits(st, json_object_get(job, "args"), &more, e, &why);
	if (rv == 1)
		rv = add_row(st, job, found, disks, &more, end, e);
	else if (rv == 0)
		rv = refuse(end, &why);
	json_decref(disks);
	return rv;
}
