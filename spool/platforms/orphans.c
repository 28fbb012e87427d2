/* SPDX-License-Identifier: ISC */
/*
 * orphans.c - whose are the things that a console shows with our mark?  What they are is in orphans_found.c.
 */
#include <stdio.h>
#include <string.h>

#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/platforms/orphans.h"
#include "spool/platforms/orphans_look.h"

#define JOBS_OF_VM  50	/* so far back the stuck job of a broken VM is looked for */
#define WHY_MAX	    160

/* ---- whose is a tag? ---- */

static json_t *
owner(const char *origin, const char *job, const char *vm, const char *why)
{
	return json_pack("{s:s s:s s:s s:s}", "origin", origin, "job", job, "vm", vm, "why", why);
}

/* The stuck job that left a broken VM as it is: *stuck is the caller's, NULL = there is none. */
static int
stuck_job(struct store *st, const json_t *vm, json_t **stuck, struct pd_err *e)
{
	struct job_filter f = { .vm = field_text(vm, "name"), .limit = JOBS_OF_VM };
	const char	 *tag = field_text(json_object_get(vm, "objects"), "tag");
	json_t		 *jobs, *job;
	size_t		  i;

	*stuck = NULL;
	if (store_job_list(st, &f, &jobs, e) == -1)
		return -1;
	json_array_foreach(jobs, i, job)
		if (*stuck == NULL && strcmp(field_text(job, "state"), "stuck") == 0 &&
		    strcmp(field_text(job, "tag"), tag) == 0)
			*stuck = json_incref(job);
	json_decref(jobs);
	return 0;
}

static int
has_job_under_way(struct store *st, const char *vm, struct pd_err *e)
{
	struct job_filter f = { .vm = vm, .pending = 1, .limit = 1 };
	json_t		 *jobs;
	int		  n;

	if (store_job_list(st, &f, &jobs, e) == -1)
		return -1;
	n = json_array_size(jobs) > 0;
	json_decref(jobs);
	return n;
}

/* A VM that was never finished, or was to be deleted: a start-vm or the like leaves a whole one. */
static int
left_a_ruin(const json_t *stuck)
{
	const char *verb = field_text(stuck, "verb");

	return strcmp(verb, "create-vm") == 0 || strcmp(verb, "delete-vm") == 0;
}

/* An orphans job that was interrupted finds the rows that it had taken. */
static int
is_claimed_by(const json_t *vm, const json_t *job)
{
	return strcmp(field_text(vm, "state"), "deleting") == 0 &&
	    strcmp(field_text(vm, "job"), field_text(job, "id")) == 0;
}

/* *o = null: the VM owns what carries its tag. */
static int
owner_by_vm(struct look *l, const json_t *vm, json_t **o, struct pd_err *e)
{
	const char *name = field_text(vm, "name");
	json_t	   *stuck = NULL;
	char	    why[WHY_MAX];
	int	    busy;

	*o = json_null();
	if (strcmp(field_text(vm, "state"), "broken") != 0 && !is_claimed_by(vm, l->job))
		return 0;
	if ((busy = has_job_under_way(l->st, name, e)) != 0)
		return busy == -1 ? -1 : 0;
	if (stuck_job(l->st, vm, &stuck, e) == -1)
		return -1;
	if (stuck != NULL && left_a_ruin(stuck)) {
		(void)snprintf(why, sizeof(why), "%s of %.31s is stuck", field_text(stuck, "verb"), name);
		*o = owner("ours", field_text(stuck, "id"), name, why);
	}
	json_decref(stuck);
	return 0;
}

static json_t *
owner_by_job(struct look *l, const char *tag)
{
	char	why[WHY_MAX];
	json_t *job;
	size_t	i;

	json_array_foreach(l->made, i, job) {
		enum job_state state = JOB_QUEUED;

		if (strcmp(field_text(job, "tag"), tag) != 0)
			continue;
		(void)job_state_from_name(field_text(job, "state"), &state);
		if (!job_state_is_final(state))
			return json_null();
		(void)snprintf(why, sizeof(why), "its create-vm is %s and there is no VM of it", field_text(job, "state"));
		return owner("ours", field_text(job, "id"), field_text(job, "vm"), why);
	}
	return owner("unknown", "", "", "it carries our mark, but no job known here made it");
}

static const json_t *
vm_of_tag(const struct look *l, const char *tag)
{
	const json_t *vm;
	size_t	      i;

	json_array_foreach(l->vms, i, vm)
		if (strcmp(field_text(json_object_get(vm, "objects"), "tag"), tag) == 0)
			return vm;
	return NULL;
}

/* Who owns each tag; one look at the jobs for all that no VM has. */
static int
find_owners(struct look *l, struct pd_err *e)
{
	json_t	   *tags = json_array(), *o;
	const char *tag;
	int	    rv = 0;

	json_object_foreach(l->owners, tag, o)
		if (vm_of_tag(l, tag) == NULL)
			(void)json_array_append_new(tags, json_string(tag));
	if (json_array_size(tags) > 0)
		rv = store_job_by_tags(l->st, l->platform, tags, &l->made, e);
	json_decref(tags);
	if (rv == -1)
		return -1;
	for (void *at = json_object_iter(l->owners); at != NULL; at = json_object_iter_next(l->owners, at)) {
		const json_t *vm = vm_of_tag(l, json_object_iter_key(at));

		if (vm == NULL)
			o = owner_by_job(l, json_object_iter_key(at));
		else if (owner_by_vm(l, vm, &o, e) == -1)
			return -1;
		(void)json_object_iter_set_new(l->owners, at, o);
	}
	return 0;
}

/* ---- what stuck jobs hold ---- */

/* What a job says that it left, as elements of list; something is said of every stuck one. */
static void
add_left(json_t *list, const json_t *job)
{
	const json_t *left = json_object_get(json_object_get(job, "value"), "left"), *thing;
	const char   *id = field_text(job, "id"), *vm = field_text(job, "vm");
	char	      why[WHY_MAX], what[80];
	size_t	      i;

	(void)snprintf(why, sizeof(why), "%s of %.31s is stuck: undo-job or resume-job ends it", field_text(job, "verb"), vm);
	json_array_foreach(left, i, thing)
		(void)json_array_append_new(list, json_pack("{s:s s:s s:s s:s s:s s:s s:s}", "kind", "left", "name",
		    field_text(thing, "thing"), "job", id, "vm", vm, "why", why, "as", field_text(thing, "as"), "command",
		    field_text(thing, "command")));
	(void)snprintf(what, sizeof(what), "VM %.31s", vm);
	if (json_array_size(left) == 0)
		(void)json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:s s:s}", "kind", "left", "name", what, "job", id, "vm", vm, "why", why));
}

int
orphans_of_jobs(struct store *st, const char *platform, json_t **list, struct pd_err *e)
{
	json_t *vms, *vm, *stuck;
	size_t	i;
	int	rv = 0;

	*list = json_array();
	if (store_vm_list(st, NULL, NULL, platform, &vms, e) == -1)
		return -1;
	json_array_foreach(vms, i, vm) {
		if (rv == -1 || strcmp(field_text(vm, "state"), "broken") != 0)
			continue;
		if ((rv = stuck_job(st, vm, &stuck, e)) == 0 && stuck != NULL)
			add_left(*list, stuck);
		json_decref(stuck);
	}
	json_decref(vms);
	return rv;
}

/* The console has said what create-vm and delete-vm left; of the others only they themselves know. */
static int
add_jobs(struct look *l, struct pd_err *e)
{
	json_t *all = NULL, *thing;
	size_t	i;
	int	rv = orphans_of_jobs(l->st, l->platform, &all, e);

	json_array_foreach(all, i, thing) {
		const json_t *vm, *o = NULL;
		size_t	      k;

		json_array_foreach(l->vms, k, vm)
			if (strcmp(field_text(vm, "name"), field_text(thing, "vm")) == 0)
				o = json_object_get(l->owners, field_text(json_object_get(vm, "objects"), "tag"));
		if (!json_is_object(o))
			(void)json_array_append(json_object_get(l->decision, "jobs"), thing);
	}
	json_decref(all);
	return rv;
}

/* Is what is left of it on a system that could be looked through? */
static int
is_in_sight(const json_t *found, const json_t *vm)
{
	const json_t *system = field_find(json_object_get(found, "systems"), "name", field_text(vm, "system"));

	return system == NULL || !look_is_blind(system);
}

/* Rows of VMs that are to go with what is left of them; from here on they are this job's. */
static int
claim(struct look *l, const json_t *found, struct pd_err *e)
{
	json_t *vm, *set;
	size_t	i;
	int	rv = 0;

	json_array_foreach(l->vms, i, vm) {
		const char   *name = field_text(vm, "name"), *tag = field_text(json_object_get(vm, "objects"), "tag");
		const json_t *o = json_object_get(l->owners, tag);
		int	      is_held = !is_in_sight(found, vm);

		if (rv == -1 || !json_is_object(o))
			continue;
		(void)json_array_append_new(json_object_get(l->decision, "claims"),
		    json_pack("{s:s s:s s:s s:s s:b}", "vm", name, "tag", tag, "job", field_text(o, "job"), "why",
			field_text(o, "why"), "held", is_held));
		set = json_pack("{s:s s:I s:s}", "state", "deleting", "state_ms", (json_int_t)clock_wall_ms(), "job",
		    field_text(l->job, "id"));
		if (l->clean && !is_held)
			rv = store_vm_set(l->st, name, set, e);
		json_decref(set);
	}
	return rv;
}

int
orphans_decide(struct store *st, const json_t *job, const json_t *found, json_t **decision, struct pd_err *e)
{
	struct look l = { .st = st, .job = job, .platform = field_text(job, "platform"), .owners = json_object(),
		.clean = field_is_set(json_object_get(job, "args"), "clean") };
	int	    rv = -1;

	l.decision = json_pack("{s:[] s:[]}", "jobs", "claims");
	if (store_vm_list(st, NULL, NULL, l.platform, &l.vms, e) == 0) {
		look_note_all(&l, found);
		if (find_owners(&l, e) == 0 && add_jobs(&l, e) == 0) {
			look_add_all(&l, found);
			rv = claim(&l, found, e);
		}
	}
	json_decref(l.vms);
	json_decref(l.made);
	json_decref(l.owners);
	*decision = l.decision;
	return rv;
}
