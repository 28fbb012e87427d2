/* SPDX-License-Identifier: ISC */
/*
 * admit_migrate.c - admission of migrate-vm: may the VM leave its system, and which one takes it.
 *
 * The candidates are the other systems of its console; spool/admit/placement.c chooses as for a new VM.  What the VM
 * will have there is taken from here on: until the job ends it counts on both systems (spool/admit/moving.h).  Whether
 * its disks can be seen from there is looked at with what check-platform found out; the console looks again at
 * everything before it moves anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/vm/vm_fc.h"
#include "spool/admit/admit_place.h"
#include "spool/admit/license.h"
#include "spool/admit/moving.h"
#include "spool/admit/neighbours.h"
#include "spool/admit/placement.h"
#include "spool/field.h"

struct target {
	json_t *barred;	/* spool/admit/placement.h */
};

struct choice {
	struct admitting *ad;
	const json_t	 *vm;
	struct neighbours neighbours;
	json_t		 *licensed, *platform, *systems, *need;
	struct target	 *targets;	/* one for each candidate */
	struct candidate *candidates;
	size_t		  n;
};

static void
choice_clear(struct choice *c)
{
	for (size_t i = 0; i < c->n; i++) {
		held_clear(&c->candidates[i].ours);
		json_decref(c->targets[i].barred);
	}
	free(c->targets);
	free(c->candidates);
	neighbours_clear(&c->neighbours);
	json_decref(c->licensed);
	json_decref(c->systems);
	json_decref(c->platform);
	json_decref(c->need);
}

/* ---- may it leave? ---- */

static int
asks_for_one_way(const json_t *args, struct pd_err *e)
{
	if (field_is_set(args, "live") && field_is_set(args, "inactive"))
		return pd_fail(e, PD_USAGE, "--live and --inactive exclude each other");
	return 0;
}

/* What lies in a pool of one VIOS stays there. */
static int
can_leave(const json_t *vm, struct pd_err *e)
{
	const json_t *objects = json_object_get(vm, "objects"), *medium = json_object_get(objects, "medium"), *disk;
	const char   *name = field_text(vm, "name");
	size_t	      i;

	json_array_foreach(json_object_get(objects, "disks"), i, disk)
		if (strcmp(field_text(disk, "kind"), "pv") != 0)
			return pd_fail(e, PD_CONFLICT, "disk %d of %s lies in the pool %s of its VIOS, which no other system sees: only whole disks of a "
			    "storage network can be taken along", (int)field_number(disk, "index") + 1, name, field_text(disk, "pool"));
	if (json_object_get(objects, "iso") != NULL)
		return pd_fail(e, PD_CONFLICT,
		    "%s has %s in its optical drive, which stays behind: take it out first (detach-iso %s)", name,
		    field_text(json_object_get(objects, "iso"), "name"), name);
	if (json_object_get(objects, "tape") != NULL)
		return pd_fail(e, PD_CONFLICT,
		    "%s has the tape drive %s of its VIOS, which stays behind: detach it first (detach-tape %s)", name,
		    field_text(json_object_get(objects, "tape"), "name"), name);
	if (strcmp(field_text(medium, "state"), "new") == 0)
		return pd_fail(e, PD_CONFLICT,
		    "%s has not used its first-boot medium yet: start it once before (start-vm %s)", name, name);
	return 0;
}

/* ---- may it go there? ---- */

/* 1: no VIOS there has this disk.  A VIOS that has not told its disks says nothing. */
static int
is_unseen(const json_t *system, const char *lun)
{
	const json_t *vioses = json_object_get(json_object_get(system, "facts"), "vioses"), *vios, *disk;
	size_t	      i, k;
	int	      told = 0;

	json_array_foreach(vioses, i, vios) {
		told |= json_array_size(json_object_get(vios, "disks")) > 0;
		json_array_foreach(json_object_get(vios, "disks"), k, disk)
			if (strcmp(field_text(disk, "lun"), lun) == 0)
				return 0;
	}
	return told;
}

static void
bar_unseen(const json_t *vm, const json_t *system, json_t *barred)
{
	const json_t *disk;
	size_t	      i;

	json_array_foreach(json_object_get(json_object_get(vm, "objects"), "disks"), i,
	    disk) if (field_text(disk, "lun")[0] != '\0' && is_unseen(system, field_text(disk, "lun")))
	    placement_bar(barred, NULL, "no VIOS of it sees disk %d (%.60s)", (int)field_number(disk, "index") + 1,
		field_text(disk, "bd"));
}

static void
bar_unlicensed(const struct choice *c, const char *system, json_t *barred)
{
	const json_t   *spec = json_object_get(c->vm, "spec");
	struct licensed now = { field_text(c->vm, "system"), field_text(spec, "product"), license_pool(spec),
		field_number(c->vm, "units") },
			then = now;

	then.system = system;
	license_bar(c->ad->a->conf, c->licensed, &now, &then, barred);
}

static const json_t *
adapters_of(const json_t *vm)
{
	return json_object_get(json_object_get(vm, "objects"), "fc");
}

/* Whether their names can log in there the console finds out. */
static void
bar_fc(const json_t *vm, const json_t *system, json_t *barred)
{
	struct pd_err e = { 0 };
	json_t	     *there = NULL;

	if (vm_fc_move(adapters_of(vm), json_object_get(system, "facts"), &there, &e) == -1)
		placement_bar(barred, NULL, "%s", e.msg);
	json_decref(there);
}

static int
add(struct choice *c, const json_t *system, struct pd_err *e)
{
	json_t		**barred = &c->targets[c->n].barred;
	struct candidate *k = &c->candidates[c->n];
	json_t		 *facts;
	const char	 *name = field_text(system, "name");

	if (held_init(&k->ours) == -1 || (*barred = json_array()) == NULL)
		return pd_fail(e, PD_IO, "no memory to place the VM");
	c->n++;
	if (store_system_usage(c->ad->a->store, name, &k->ours, e) == -1)
		return -1;
	place_state_bar(system, *barred);
	facts = json_copy(json_object_get(system, "facts"));
	if (place_vioses(c->ad, name, NULL, facts, e) == -1) {
		json_decref(facts);
		return -1;
	}
	place_moving_slots_bar(facts, json_array_size(json_object_get(json_object_get(c->vm, "objects"), "paths")), *barred);
	json_decref(facts);
	bar_unseen(c->vm, system, *barred);
	bar_fc(c->vm, system, *barred);
	place_networks_bar(c->ad, c->systems, system, json_object_get(json_object_get(c->vm, "spec"), "networks"), *barred);
	neighbours_bar(&c->neighbours, name, *barred);
	bar_unlicensed(c, name, *barred);
	k->barred = *barred;
	k->system = system;
	k->platform = c->platform;
	k->need = c->need;
	k->units = field_number(c->vm, "units");
	return 0;
}

/* ---- all of them ---- */

static int
gather(struct choice *c, struct pd_err *e)
{
	const char *to = field_text(c->ad->args, "to"), *from = field_text(c->vm, "system");
	json_t	   *system;
	size_t	    i, all;
	int	    rv = 0;

	if (store_system_list(c->ad->a->store, c->ad->platform, &c->systems, e) == -1)
		rv = -1;
	all = json_array_size(c->systems);
	c->targets = calloc(all + 1, sizeof(*c->targets));
	c->candidates = calloc(all + 1, sizeof(*c->candidates));
	if (rv == 0 && (c->targets == NULL || c->candidates == NULL))
		rv = pd_fail(e, PD_IO, "no memory to place the VM");
	json_array_foreach(c->systems, i, system)
		if (rv == 0 && strcmp(field_text(system, "name"), from) != 0 &&
		    (to[0] == '\0' || strcmp(field_text(system, "name"), to) == 0))
			rv = add(c, system, e);
	return rv;
}

static int
none_there(const struct choice *c, struct pd_err *e)
{
	const char *to = field_text(c->ad->args, "to"), *name = field_text(c->vm, "name"), *from = field_text(c->vm, "system");

	if (to[0] == '\0')
		return pd_fail(e, PD_CONFLICT,
		    "%s is on %s, the only system of %s: there is no other one to move it to", name, from,
		    c->ad->platform);
	if (strcmp(to, from) == 0)
		return pd_fail(e, PD_CONFLICT, "%s is on %s already", name, to);
	return pd_fail(e, PD_NOTFOUND, "there is no system \"%s\" on %s, where %s is; list-systems shows them", to,
	    c->ad->platform, name);
}

/* What create-vm could ask for instead is nothing that this verb has. */
static int
no_room(struct choice *c, struct pd_err *e)
{
	char	text[sizeof(e->msg)];
	json_t *row;
	size_t	i;

	(void)json_object_del(c->ad->decision, "change");
	json_array_foreach(json_object_get(c->ad->decision, "systems"), i, row)
		(void)json_object_del(row, "options");
	return pd_fail(e, PD_CAPACITY, "%s", placement_text(c->ad->decision, text, sizeof(text)));
}

static int
choose(struct choice *c, const json_t **to, struct pd_err *e)
{
	int chosen;

	if (neighbours_make(c->ad, c->vm, &c->neighbours, e) == -1 || license_used(c->ad, &c->licensed, e) == -1 ||
	    gather(c, e) == -1)
		return -1;
	if (c->n == 0)
		return none_there(c, e);
	chosen = placement_choose(c->ad->a->conf->placement, c->candidates, c->n, &c->ad->decision);
	if (chosen == -1)
		return no_room(c, e);
	*to = c->candidates[chosen].system;
	return 0;
}

static int
reserve(struct admitting *ad, json_t *vm, const json_t *system, struct pd_err *e)
{
	const char *to = field_text(system, "name");
	json_t	   *fc;

	if (vm_fc_move(adapters_of(vm), json_object_get(system, "facts"), &fc, e) == -1)
		return -1;
	if (json_array_size(fc) == 0) {
		json_decref(fc);
		fc = NULL;
	}
	if (json_object_set_new(ad->args, "placed", json_string(to)) == -1 ||
	    change_set(ad, json_pack("{s:s s:o*}", "to", to, "fc", fc), e) == -1)
		return pd_fail(e, PD_IO, "no memory for a change");
	if (!ad->job->is_plan && moving_begin(ad->a->store, to, field_text(vm, "name"), ad->job->id, e) == -1)
		return -1;
	return change_reserve(ad, vm, NULL, e);
}

int
admit_migrate_vm(struct admitting *ad, struct pd_err *e)
{
	struct choice c = { .ad = ad };
	json_t	     *vm = NULL;
	const json_t *to = NULL;
	int	      rv = -1;

	if (asks_for_one_way(ad->args, e) == -1 || change_begin(ad, &vm, e) == -1 ||
	    store_platform_get(ad->a->store, ad->platform, &c.platform, e) == -1)
		goto out;
	if (strcmp(field_text(c.platform, "kind"), "hmc") != 0) {
		rv = 0;		/* it has no sequence for this, and is told so */
		goto out;
	}
	c.vm = vm;
	c.need = json_pack("{s:I s:s s:[]}", "memory", (json_int_t)field_number(vm, "memory"), "mode",
	    field_text(json_object_get(vm, "spec"), "mode"), "pools");
	if (can_leave(vm, e) == 0 && choose(&c, &to, e) == 0)
		rv = reserve(ad, vm, to, e);
out:
	choice_clear(&c);
	json_decref(vm);
	return rv;
}
