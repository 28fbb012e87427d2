/* SPDX-License-Identifier: ISC */
/*
 * inventory_record.c - what an inventory changes in the store.
 *
 * VMs: their state is what the console shows, so that a VM that was stopped, started, renamed or removed there is shown so.  What quota
 * counts is not touched.  That a VM is missing, is back, or is called differently is a record of the history; that it runs or not is none.
 *
 * The system's figures: "held" says how much of what the console called used belongs to our VMs.  Placement takes the rest as others', so that
 * VMs that come and go after the inventory count at once (spool/admit/placement.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/admit/placement.h"
#include "spool/effects/effects_systems.h"
#include "spool/field.h"
#include "spool/platforms/inventory.h"
#include "spool/platforms/vlans.h"

struct recording {
	struct store *st;
	const json_t *found;
	const char   *platform, *system;
	int64_t	      asked_ms;
	struct held   held;
};

/* Its number alone proves nothing, another one may have it by now. */
const json_t *
inventory_partition(const json_t *found, const json_t *vm)
{
	const json_t *lpar = field_find_number(json_object_get(found, "lpars"), "id", field_number(vm, "lpar_id"));
	const char   *tag = field_text(json_object_get(vm, "objects"), "tag");

	if (lpar == NULL || field_number(vm, "lpar_id") == 0)
		return NULL;
	if (strcmp(field_text(lpar, "name"), field_text(vm, "name")) == 0 ||
	    (tag[0] != '\0' && strcmp(field_text(lpar, "profile"), tag) == 0))
		return lpar;
	return NULL;
}

/* As the console calls it; NULL: on its way from one to another, the next inventory tells. */
static const char *
state_of(const json_t *lpar)
{
	static const struct {
		const char *console, *ours;
	} states[] = { { "Running", "running" }, { "Not Activated", "stopped" }, { "Open Firmware", "open-firmware" } };

	if (lpar == NULL)
		return "missing";
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].console, field_text(lpar, "state")) == 0)
			return states[i].ours;
	return NULL;
}

/* States that only jobs change: half made, half removed, or for a person to look at. */
static int
is_jobs_own(const char *state)
{
	return strcmp(state, "creating") == 0 || strcmp(state, "deleting") == 0 || strcmp(state, "broken") == 0;
}

/* Back, gone or renamed: somebody did that at the console. */
static int
tell(const struct recording *r, const json_t *vm, const char *state, const char *name, struct pd_err *e)
{
	int is_missing = strcmp(state, "missing") == 0, was_missing = strcmp(field_text(vm, "state"), "missing") == 0,
	    rv;
	json_t *record;

	if (is_missing == was_missing && strcmp(name, field_text(vm, "console_name")) == 0)
		return 0;
	record = json_pack("{s:s s:s s:s s:{s:s s:s s:s}}", "event", is_missing ? "vm-missing" : was_missing ? "vm-back" : "vm-renamed", "tenant",
	    field_text(vm, "tenant"), "vm", field_text(vm, "name"), "what", "platform", r->platform, "state", state, "console_name", name);
	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history of %s", field_text(vm, "name"));
	rv = store_history_add(r->st, record, e);
	json_decref(record);
	return rv;
}

static int
set_vm(const struct recording *r, const json_t *vm, const json_t *lpar, struct pd_err *e)
{
	const char *state = state_of(lpar), *was = field_text(vm, "state"), *name = field_text(lpar, "name");
	json_t	   *set;
	int	    rv;

	if (is_jobs_own(was) || field_number(vm, "lpar_id") == 0)
		return 0;
	if (strcmp(name, field_text(vm, "name")) == 0)
		name = "";
	if (state == NULL)
		state = strcmp(was, "missing") == 0 ? "stopped" : was;
	if (strcmp(state, was) == 0 && strcmp(name, field_text(vm, "console_name")) == 0)
		return 0;
	set = json_pack("{s:s s:s}", "state", state, "console_name", name);
	if (set == NULL)
		return pd_fail(e, PD_IO, "no memory for the state of %s", field_text(vm, "name"));
	if (strcmp(state, was) != 0)
		(void)json_object_set_new(set, "state_ms", json_integer((json_int_t)r->asked_ms));
	rv = tell(r, vm, state, name, e) == -1 ? -1 : store_vm_set(r->st, field_text(vm, "name"), set, e);
	json_decref(set);
	return rv;
}

/* A number as the console prints it in a table. */
static int64_t
whole(const json_t *row, const char *key)
{
	return strtoll(field_text(row, key), NULL, 10);
}

/* What the console counts as used and is our VM's. */
static void
hold(struct recording *r, const json_t *vm, const json_t *lpar)
{
	int64_t	      id = field_number(lpar, "id"), units;
	const json_t *memory = field_find_number(json_object_get(r->found, "memory"), "id", id);
	const json_t *procs = field_find_number(json_object_get(r->found, "processors"), "id", id);

	if ((units = placement_hundredths(procs, "run_units")) <= 0)
		units = strcmp(field_text(procs, "mode"), "ded") == 0 ? 100 * whole(procs, "run_procs") : 0;
	r->held.memory += whole(memory, "run");
	r->held.units += units;
	held_add_vm(&r->held, vm);
}

static int
look_at_vms(struct recording *r, struct pd_err *e)
{
	json_t	     *vms = NULL, *vm;
	const json_t *lpar;
	size_t	      i;
	int	      rv, is_busy = 0;

	if (store_vm_list(r->st, NULL, NULL, r->platform, &vms, e) == -1)
		return -1;
	rv = 0;
	json_array_foreach(vms, i, vm) {
		const char *on = field_text(vm, "system");

		if (on[0] != '\0' && strcmp(on, r->system) != 0)
			continue;
		if ((rv = store_vm_is_busy(r->st, field_text(vm, "name"), r->asked_ms, &is_busy, e)) == -1)
			break;
		if (is_busy)
			continue;	/* nobody knows whether the console answered before or after it */
		if ((lpar = inventory_partition(r->found, vm)) != NULL)
			hold(r, vm, lpar);
		if ((rv = set_vm(r, vm, lpar, e)) == -1)
			break;
	}
	json_decref(vms);
	return rv;
}

static json_t *
ids_of(const json_t *lpars)
{
	json_t	     *ids = json_array();
	const json_t *lpar;
	size_t	      i;

	json_array_foreach(lpars, i, lpar)
		(void)json_array_append(ids, json_object_get(lpar, "id"));
	return ids;
}

/* What the inventory does not ask stays as a check found it. */
static int
set_system(struct recording *r, struct pd_err *e)
{
	const json_t *facts = json_object_get(r->found, "facts"),
		     *whose = json_object_get(r->found, "ident") != NULL ? r->found : facts;
	json_t	     *row = NULL, *all, *vlans;
	char	      ident[80];
	int	      rv = -1;

	if (store_system_get(r->st, r->system, &row, e) == -1)
		return -1;
	(void)snprintf(ident, sizeof(ident), "%.30s*%.30s", field_text(whose, "type_model"), field_text(whose, "serial"));
	if (field_text(row, "ident")[0] != '\0' && strcmp(field_text(row, "ident"), ident) != 0) {
		(void)pd_fail(e, PD_CONFLICT, "%s is the system %s, and %s answers there", r->system,
		    field_text(row, "ident"), ident);
	} else {
		all = json_is_object(json_object_get(row, "facts")) ? json_copy(json_object_get(row, "facts")) :
		    json_object();
		if (whose == facts)	/* else they are there: effects_systems_put() */
			(void)json_object_update(all, (json_t *)(uintptr_t)facts);
		(void)json_object_set_new(all, "held", held_object(&r->held));
		if ((vlans = vlans_of(json_object_get(r->found, "adapters"))) != NULL)
			(void)json_object_set_new(all, "vlans", vlans);
		(void)json_object_set_new(all, "lpar_ids", ids_of(json_object_get(r->found, "lpars")));
		(void)json_object_update_new(row, json_pack("{s:o s:s s:I}", "facts", all, "ident", ident, "seen_ms", (json_int_t)r->asked_ms));
		if (field_text(facts, "level")[0] != '\0')
			(void)json_object_set(row, "level", json_object_get(facts, "level"));
		rv = store_system_put(r->st, row, e);
	}
	json_decref(row);
	return rv;
}

/* One system, in the transaction. */
static int
record_system(struct recording *r, struct pd_err *e)
{
	int rv = -1;

	if (!json_is_object(json_object_get(r->found, "facts")) || !json_is_array(json_object_get(r->found, "lpars")))
		return pd_fail(e, PD_REMOTE, "the inventory of %s has no figures", r->system);
	if (held_init(&r->held) == 0 && look_at_vms(r, e) == 0 && set_system(r, e) == 0)
		rv = store_inventory_put(r->st, r->system, r->asked_ms, r->found, e);
	held_clear(&r->held);
	return rv;
}

/* What the VIOSes of a system map is no fact for placement: one list beside its partitions.  Absent when nobody asked for it. */
static void
take_maps(json_t *system)
{
	json_t *all = NULL, *vios, *maps, *map;
	size_t	i, k;

	json_array_foreach(json_object_get(json_object_get(system, "facts"), "vioses"), i, vios) {
		if ((maps = json_object_get(vios, "maps")) == NULL)
			continue;
		if (all == NULL)
			all = json_array();
		json_array_foreach(maps, k, map)
			(void)json_object_set(map, "vios", json_object_get(vios, "id"));
		(void)json_array_extend(all, maps);
		(void)json_object_del(vios, "maps");
	}
	if (all != NULL)
		(void)json_object_set_new(system, "maps", all);
}

static void
take_slots_of(json_t *vios, const json_t *slots)
{
	json_t	     *taken = json_array();
	const json_t *slot;
	size_t	      i;

	json_array_foreach(slots, i, slot)
		if (field_number(slot, "lpar") == field_number(vios, "id"))
			(void)json_array_append_new(taken, json_pack("{s:O}", "slot", json_object_get(slot, "slot")));
	(void)json_object_set_new(vios, "slots", taken);
}

/* Of the virtual slots only those of its VIOSes are of interest, and are kept with them.  Absent when nobody asked for them. */
static void
take_slots(json_t *system, int64_t asked_ms)
{
	const json_t *slots = json_object_get(system, "slots"), *limit;
	json_t	     *vios;
	size_t	      i;

	json_array_foreach(json_object_get(json_object_get(system, "facts"), "vioses"), i, vios) {
		if (json_is_array(slots))
			take_slots_of(vios, slots);
		if ((limit = field_find_number(json_object_get(system, "slot_limits"), "id", field_number(vios, "id"))) != NULL)
			(void)json_object_set(vios, "max_slots", json_object_get(limit, "most"));
	}
	if (json_is_array(slots))
		(void)json_object_set_new(json_object_get(system, "facts"), "slots_ms", json_integer((json_int_t)asked_ms));
	(void)json_object_del(system, "slots");
	(void)json_object_del(system, "slot_limits");
}

/* A console of several: those that told of themselves, by their idents; of one that is off the rest stays as it was. */
static int
record_systems(struct recording *r, const char *level, const json_t *systems, struct pd_err *e)
{
	json_t	     *rows = NULL, *row;
	const json_t *system;
	size_t	      i, k;
	int	      rv = effects_systems_check(r->st, r->platform, systems, e, e);

	if (rv != 0 || effects_systems_put(r->st, r->platform, level, systems, e) == -1 ||
	    store_system_list(r->st, r->platform, &rows, e) == -1)
		return -1;
	json_array_foreach(systems, i, system)
		json_array_foreach(rows, k, row)
			if (rv == 0 && json_is_array(json_object_get(system, "lpars")) &&
			    strcmp(field_text(row, "ident"), field_text(system, "ident")) == 0) {
				r->found = system;
				r->system = field_text(row, "name");
				rv = record_system(r, e);
			}
	json_decref(rows);
	return rv;
}

int
inventory_record(struct store *st, const char *platform, const json_t *value, int64_t asked_ms, struct pd_err *e)
{
	json_t		*systems = json_deep_copy(json_object_get(value, "systems")), *system;
	struct recording r = { .st = st, .found = json_object_get(value, "found"), .platform = platform, .system = platform, .asked_ms = asked_ms };
	size_t		 i;
	int		 rv = -1;

	json_array_foreach(systems, i, system) {
		take_maps(system);
		take_slots(system, asked_ms);
	}
	if (store_begin(st, e) == 0 && (json_is_array(systems) ? record_systems(&r, field_text(json_object_get(value, "facts"), "level"), systems, e) : record_system(&r, e)) == 0)
		rv = store_commit(st, e);
	if (rv == -1)
		store_rollback(st);
	json_decref(systems);
	return rv;
}
