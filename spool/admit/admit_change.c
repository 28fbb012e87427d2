/* SPDX-License-Identifier: ISC */
/*
 * admit_change.c - admission of what changes a VM: its new numbers, and the room that they need.
 *
 * What a VM gets more is counted from here on and given back when the job fails; what it has less is free when the job
 * is done (spool/effects/effects_change.c).  The new numbers stand in the job's arguments as "change", where its
 * sequence finds them.  One change at a time: the row's objects.change names the job, because the next change would
 * have to begin with what this one leaves.
 */
#include <string.h>

#include "handlers/vm/vm_change.h"
#include "handlers/vm/vm_features.h"
#include "spool/admit/admission.h"
#include "spool/admit/license.h"
#include "spool/field.h"

/* The VM, not in the hands of another job. */
int
change_begin(struct admitting *ad, json_t **vm, struct pd_err *e)
{
	const json_t *change;
	const char   *name = field_text(ad->args, "name");

	if (admission_take_vm(ad, vm, e) == -1)
		return -1;
	if (strcmp(field_text(*vm, "state"), "broken") == 0)
		return pd_fail(e, PD_CONFLICT,
		    "%s is broken: an administrator ends the job that left it so (resume-job, undo-job) first", name);
	change = json_object_get(json_object_get(*vm, "objects"), "change");
	if (change != NULL && !ad->job->is_plan)
		return pd_fail(e, PD_CONFLICT,
		    "%s is being changed by job %s (%s); ask again when that is done: follow %s", name,
		    field_text(change, "job"), field_text(change, "verb"), field_text(change, "job"));
	return 0;
}

static int64_t
over(int64_t after, int64_t before)
{
	return after > before ? after - before : 0;
}

static void
raise_to(json_t *vm, const char *key, int64_t n)
{
	if (n > field_number(vm, key))
		(void)json_object_set_new(vm, key, json_integer((json_int_t)n));
}

/* So that nobody else gets them meanwhile (spool/admit/san.h); NULL = the change takes none. */
static json_t *
whole_disks(const struct admitting *ad)
{
	const json_t *disk;
	json_t	     *list = NULL;
	size_t	      i;

	json_array_foreach(json_object_get(json_object_get(ad->args, "change"), "disks"), i, disk) {
		if (field_text(disk, "lun")[0] == '\0')
			continue;
		list = list == NULL ? json_array() : list;
		(void)json_array_append_new(list, json_pack("{s:O}", "lun", json_object_get(disk, "lun")));
	}
	return list;
}

/* Quota on the difference, then the row as it is while the job is under way. */
int
change_reserve(struct admitting *ad, json_t *vm, const struct pd_amounts *after, struct pd_err *e)
{
	struct pd_amounts now = { 1, field_number(vm, "units"), field_number(vm, "procs"), field_number(vm, "memory"), field_number(vm, "disk") }, more;

	if (after == NULL)
		after = &now;
	more = (struct pd_amounts){ 0, over(after->units, field_number(vm, "units")),
		over(after->procs, field_number(vm, "procs")), over(after->memory, field_number(vm, "memory")),
		over(after->disk, field_number(vm, "disk")) };
	if (admission_quota_of(ad, vm, after, &more, e) == -1)
		return -1;
	if (ad->job->is_plan)
		return 0;
	raise_to(vm, "units", after->units);
	raise_to(vm, "procs", after->procs);
	raise_to(vm, "memory", after->memory);
	raise_to(vm, "disk", after->disk);
	if (json_object_set_new(json_object_get(vm, "objects"), "change",
		json_pack("{s:s s:s s:o* s:O*}", "job", ad->job->id, "verb", ad->job->verb, "whole", whole_disks(ad),
		    "proc_pool", json_object_get(json_object_get(ad->args, "change"), "proc_pool"))) == -1)
		return pd_fail(e, PD_IO, "no memory for the row of VM %s", ad->vm);
	return store_vm_put(ad->a->store, vm, e);
}

/* Of a console with several systems the facts are those of the VM's. */
int
change_platform(const struct admitting *ad, const json_t *vm, json_t **platform, struct pd_err *e)
{
	const char *name = field_text(vm, "system");
	json_t	   *system = NULL, *facts;
	int	    rv = 0;

	if (store_platform_get(ad->a->store, ad->platform, platform, e) == -1)
		return -1;
	if (name[0] != '\0' && store_system_get(ad->a->store, name, &system, e) == -1)
		return -1;
	facts = json_object_get(system, "facts");
	if (json_object_size(facts) > 0)
		rv = json_object_set(*platform, "facts", facts);
	json_decref(system);
	return rv == 0 ? 0 : pd_fail(e, PD_IO, "no memory for platform %s", ad->platform);
}

int
change_set(struct admitting *ad, json_t *change, struct pd_err *e)
{
	return json_object_set_new(ad->args, "change", change) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for a change");
}

int
change_count(const struct admitting *ad, const char *what, size_t n, int64_t limit, int64_t bound, struct pd_err *e)
{
	int64_t may = limit < 0 || limit > bound ? bound : limit;

	return (int64_t)n <= may ? 0 : pd_fail(e, PD_DENIED, "number of %s %zu is over the limit of tenant %s for one VM: %lld", what, n,
	    ad->tenant->name, (long long)may);
}

int
change_numbered(const json_t *list, const char *what, int64_t number, const char *vm, json_t **element, struct pd_err *e)
{
	size_t i;

	json_array_foreach(list, i, *element)
		if (field_number(*element, "index") == number - 1)
			return 0;
	*element = NULL;
	return pd_fail(e, PD_NOTFOUND, "%s has no %s %lld; show-vm %s shows them", vm, what, (long long)number, vm);
}

static int
asks_for_something(const json_t *args, struct pd_err *e)
{
	static const char *const keys[] = { "units", "procs", "memory", "weight", "capped", "uncapped" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(args, keys[i]) != NULL)
			return 0;
	return vm_features_asked(args) ? 0 : pd_fail(e, PD_USAGE, "say what to change: --cpu, --procs, --memory, --weight, --capped, --uncapped, "
	    "or one of the features that help modify-vm lists");
}

int
change_features(struct admitting *ad, const json_t *vm, const json_t *platform, struct pd_err *e)
{
	json_t *system = NULL;
	int	rv;

	if (store_system_get(ad->a->store, field_text(vm, "system"), &system, e) == -1) {
		if (e->code != PD_NOTFOUND)
			return -1;
		system = json_pack("{s:s}", "name", field_text(platform, "name"));
	}
	rv = admission_features(ad, platform, system, e);
	json_decref(system);
	return rv;
}

int
admit_modify_vm(struct admitting *ad, struct pd_err *e)
{
	json_t		 *vm = NULL, *platform = NULL, *change = NULL, *spec = NULL;
	struct pd_amounts after;
	int		  rv = -1;

	if (asks_for_something(ad->args, e) == -1 || change_begin(ad, &vm, e) == -1 ||
	    change_platform(ad, vm, &platform, e) == -1 || change_features(ad, vm, platform, e) == -1 ||
	    vm_change_sizes(json_object_get(vm, "spec"), ad->args, platform, &change, e) == -1)
		goto out;
	spec = json_copy(json_object_get(vm, "spec"));
	(void)json_object_update(spec, change);
	vm_change_amounts(spec, json_object_get(json_object_get(vm, "objects"), "detached"), &after);
	if (license_change(ad, vm, spec, after.units, e) == -1)
		goto out;
	if (change_set(ad, json_incref(change), e) == 0)
		rv = change_reserve(ad, vm, &after, e);
out:
	json_decref(spec);
	json_decref(change);
	json_decref(platform);
	json_decref(vm);
	return rv;
}

/* A new name is held for the VM until the job ends; jobs that know the old one come before it. */
int
admit_rename_vm(struct admitting *ad, struct pd_err *e)
{
	const char	 *to = field_text(ad->args, "to");
	struct job_filter f = { .pending = 1, .limit = 1 };
	json_t		 *vm = NULL, *jobs = NULL;
	char		  key[ADMISSION_NAME_KEY_MAX];
	int		  rv = -1;

	if (change_begin(ad, &vm, e) == -1)
		goto out;
	f.vm = field_text(vm, "name");
	if (strcmp(f.vm, to) == 0) {	/* its own, which somebody changed at the console (drift) */
		rv = change_reserve(ad, vm, NULL, e);
		goto out;
	}
	if (admission_name_is_free(ad, to, e) == -1)
		goto out;
	if (ad->job->is_plan) {
		rv = 0;
		goto out;
	}
	if (store_job_list(ad->a->store, &f, &jobs, e) == -1)
		goto out;
	if (json_array_size(jobs) > 0)
		pd_fail(e, PD_CONFLICT, "job %s of VM %s has to end first", field_text(json_array_get(jobs, 0), "id"),
		    f.vm);
	else if (store_kept_set(ad->a->store, admission_name_key(key, to), ad->job->id, e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
out:
	json_decref(jobs);
	json_decref(vm);
	return rv;
}

int
admit_set_boot(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL;
	int	rv = change_begin(ad, &vm, e) == 0 ? change_reserve(ad, vm, NULL, e) : -1;

	json_decref(vm);
	return rv;
}

/* What a VM has one of: a medium in its drive, a tape drive. */
struct attached {
	const char *key;		/* of the VM's objects */
	const char *before, *behind;	/* its name stands between them */
	const char *none;
	const char *away;		/* what is to be done first, with which verb */
	const char *detach;
};
static const struct attached medium = { "iso", "", " in its drive", "no medium in a drive", "take it out", "detach-iso" };
static const struct attached tape = { "tape", "the tape drive ", "", "no tape drive", "detach that", "detach-tape" };

static int
attach(struct admitting *ad, const struct attached *a, struct pd_err *e)
{
	const json_t *there;
	json_t	     *vm = NULL;
	int	      rv = -1;

	if (change_begin(ad, &vm, e) == -1)
		return -1;
	if ((there = json_object_get(json_object_get(vm, "objects"), a->key)) == NULL)
		rv = change_reserve(ad, vm, NULL, e);
	else
		(void)pd_fail(e, PD_CONFLICT, "%s has %s%s%s; %s first: %s %s", field_text(vm, "name"), a->before,
		    field_text(there, "name"), a->behind, a->away, a->detach, field_text(vm, "name"));
	json_decref(vm);
	return rv;
}

static int
detach(struct admitting *ad, const struct attached *a, struct pd_err *e)
{
	json_t *vm = NULL;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == -1)
		return -1;
	if (json_object_get(json_object_get(vm, "objects"), a->key) != NULL)
		rv = change_reserve(ad, vm, NULL, e);
	else
		(void)pd_fail(e, PD_NOTFOUND, "%s has %s", field_text(vm, "name"), a->none);
	json_decref(vm);
	return rv;
}

int
admit_attach_iso(struct admitting *ad, struct pd_err *e)
{
	return attach(ad, &medium, e);
}

int
admit_detach_iso(struct admitting *ad, struct pd_err *e)
{
	return detach(ad, &medium, e);
}

/* Whether another partition has that drive the console knows. */
int
admit_attach_tape(struct admitting *ad, struct pd_err *e)
{
	return attach(ad, &tape, e);
}

int
admit_detach_tape(struct admitting *ad, struct pd_err *e)
{
	return detach(ad, &tape, e);
}
