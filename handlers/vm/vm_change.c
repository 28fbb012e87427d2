/* SPDX-License-Identifier: ISC */
/*
 * vm_change.c - what a VM has after a change.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/sequence/value_type.h"
#include "handlers/vm/vm_change.h"
#include "handlers/vm/vm_features.h"
#include "handlers/vm/vm_spec.h"
#include "spool/field.h"

/* "0.50" in hundredths. */
static json_int_t
hundredths(const json_t *spec, const char *key)
{
	char	   buf[VALUE_MAX];
	json_int_t thousandths = 0;

	return value_number(value_as_text(buf, json_object_get(spec, key)), &thousandths) ? thousandths / 10 : 0;
}

static int
is_dedicated(const json_t *spec)
{
	return strcmp(field_text(spec, "mode"), "ded") == 0;
}

static json_int_t
disk_sizes(const json_t *disks)
{
	json_int_t    sum = 0;
	const json_t *disk;
	size_t	      i;

	json_array_foreach(disks, i, disk)
		sum += field_number(disk, "size");
	return sum;
}

void
vm_change_amounts(const json_t *spec, const json_t *detached, struct pd_amounts *amounts)
{
	amounts->vms = 1;
	amounts->procs = field_number(spec, "procs");
	amounts->units = is_dedicated(spec) ? 100 * amounts->procs : hundredths(spec, "units");
	amounts->memory = field_number(spec, "memory");
	amounts->disk = disk_sizes(json_object_get(spec, "disks")) + disk_sizes(detached);
}

/* ---- processors and memory ---- */

struct bounds {
	json_int_t min, desired, max;
};

/* What create-vm would have to be asked for to get this: the old range with the new wish; a bound that no longer holds is left out. */
static int
set_range(json_t *args, const char *key, const struct bounds *old, const json_t *asked)
{
	struct bounds now = *old;
	json_t	     *range = json_object();

	if (json_is_integer(json_object_get(asked, "desired")))
		now.desired = field_number(asked, "desired");
	if (json_is_integer(json_object_get(asked, "min")))
		now.min = field_number(asked, "min");
	if (json_is_integer(json_object_get(asked, "max")))
		now.max = field_number(asked, "max");
	(void)json_object_set_new(range, "desired", json_integer(now.desired));
	if (now.min <= now.desired || json_object_get(asked, "min") != NULL)
		(void)json_object_set_new(range, "min", json_integer(now.min));
	if (now.max >= now.desired || json_object_get(asked, "max") != NULL)
		(void)json_object_set_new(range, "max", json_integer(now.max));
	return json_object_set_new(args, key, range);
}

static int
set_shared(json_t *want, const json_t *spec, const json_t *args, struct pd_err *e)
{
	struct bounds units = { hundredths(spec, "units_min"), hundredths(spec, "units"),
		hundredths(spec, "units_max") };
	int	      was_capped = strcmp(field_text(spec, "sharing"), "cap") == 0;
	int	      is_capped = json_is_true(json_object_get(args, "capped")) ||
	    (was_capped && !json_is_true(json_object_get(args, "uncapped")));
	json_t	     *weight = json_object_get(args, "weight");

	if (json_is_true(json_object_get(args, "capped")) && json_is_true(json_object_get(args, "uncapped")))
		return pd_fail(e, PD_USAGE, "--capped and --uncapped exclude each other");
	if (weight != NULL && is_capped)
		return pd_fail(e, PD_USAGE, was_capped ? "a capped VM has no weight; make it uncapped with --uncapped" :
		    "--weight goes with uncapped VMs, not with --capped");
	if (weight == NULL && !was_capped)
		weight = json_object_get(spec, "weight");
	if (weight != NULL && !is_capped)
		(void)json_object_set(want, "weight", weight);
	(void)json_object_set_new(want, "capped", json_boolean(is_capped));
	return set_range(want, "units", &units, json_object_get(args, "units"));
}

/* Refused by vm_spec_sizes() in the words of create-vm. */
static int
set_dedicated(json_t *want, const json_t *args)
{
	static const char *const shared_only[] = { "units", "capped", "weight" };

	(void)json_object_set_new(want, "dedicated", json_true());
	for (size_t i = 0; i < sizeof(shared_only) / sizeof(shared_only[0]); i++)
		if (json_object_get(args, shared_only[i]) != NULL)
			(void)json_object_set(want, shared_only[i], json_object_get(args, shared_only[i]));
	if (json_object_get(args, "uncapped") != NULL)
		(void)json_object_set_new(want, "capped", json_true());
	return 0;
}

static int
make_wish(json_t *want, const json_t *spec, const json_t *args, struct pd_err *e)
{
	struct bounds procs = { field_number(spec, "procs_min"), field_number(spec, "procs"),
		field_number(spec, "procs_max") };
	struct bounds memory = { field_number(spec, "memory_min"), field_number(spec, "memory"),
		field_number(spec, "memory_max") };
	json_int_t    units = field_number(json_object_get(args, "units"), "desired");

	/* More processing units than its virtual processors can use bring them along, as create-vm has it. */
	if (!is_dedicated(spec) && json_object_get(args, "procs") == NULL && units > 100 * procs.desired)
		procs.desired = (units + 99) / 100;
	if ((is_dedicated(spec) ? set_dedicated(want, args) : set_shared(want, spec, args, e)) == -1)
		return -1;
	if (set_range(want, "procs", &procs, json_object_get(args, "procs")) == -1 ||
	    set_range(want, "memory", &memory, json_object_get(args, "memory")) == -1)
		return pd_fail(e, PD_IO, "no memory for a change");
	return 0;
}

/* Whose idle processors others may use stays as it is, too. */
static int
make_features(json_t *change, const json_t *spec, const json_t *args, struct pd_err *e)
{
	json_t *want = json_copy((json_t *)(uintptr_t)args);
	int	rv;

	if (is_dedicated(spec) && json_object_get(want, "sharing") == NULL)
		(void)json_object_set(want, "sharing", json_object_get(spec, "sharing"));
	rv = want != NULL ? vm_features_make(change, want, e) : pd_fail(e, PD_IO, "no memory for a change");
	json_decref(want);
	return rv;
}

static json_int_t
more(json_int_t after, json_int_t before)
{
	return after > before ? after - before : 0;
}

static int
differs(const json_t *spec, const json_t *change, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!json_equal(json_object_get(spec, keys[i]), json_object_get(change, keys[i])))
			return 1;
	return 0;
}

static int
asks(const json_t *args, const char *a, const char *b)
{
	return json_object_get(args, a) != NULL || (b != NULL && json_object_get(args, b) != NULL);
}

/* So that a sequence leaves alone what is to stay.  What is asked for by name is made so, whatever the console shows (drift). */
static void
note_differences(json_t *change, const json_t *spec, const json_t *args)
{
	static const char *const processors[] = { "units_min", "units", "units_max", "procs_min", "procs",
		"procs_max" };
	static const char *const memory[] = { "memory_min", "memory", "memory_max" };

	(void)json_object_set_new(change, "other_processors", json_boolean(asks(args, "units", "procs") ||
	    differs(spec, change, processors, 6)));
	(void)json_object_set_new(change, "other_memory", json_boolean(asks(args, "memory", NULL) || differs(spec, change, memory, 3)));
}

int
vm_change_sizes(const json_t *spec, const json_t *args, const json_t *platform, json_t **change, struct pd_err *e)
{
	struct pd_amounts before, after = { 0 };
	json_t		 *want = json_object();
	json_int_t	  units;
	char		  buf[32];
	int		  rv = -1;

	*change = NULL;
	vm_change_amounts(spec, NULL, &before);
	if (make_wish(want, spec, args, e) == 0 && vm_spec_sizes(want, platform, change, &after, e) == 0 &&
	    make_features(*change, spec, args, e) == 0) {
		units = more(after.units, before.units);
		(void)snprintf(buf, sizeof(buf), "%d.%02d", (int)(units / 100), (int)(units % 100));
		(void)json_object_set_new(*change, "units_more", json_string(buf));
		(void)json_object_set_new(*change, "memory_more", json_integer(more(after.memory, before.memory)));
		note_differences(*change, spec, args);
		rv = 0;
	}
	if (rv == -1) {
		json_decref(*change);
		*change = NULL;
	}
	json_decref(want);
	return rv;
}
