/* SPDX-License-Identifier: ISC */
/*
 * effects_orphans.c - the end of an orphans job: its list, and with --clean what stuck jobs held is released.
 *
 * A stuck job whose things are all gone becomes failed, as if its own undo had come through, and a stuck deletion done;
 * a VM's row goes with its name, quota and addresses.  What could not be removed keeps its row, broken as before.
 */
#include <stdio.h>
#include <string.h>

#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/platforms/orphans.h"

static const struct {
	const char *list, *kind;
} kinds[] = {
	{ "partitions", "partition" }, { "adapters", "server adapter" }, { "entries", "profile entry" },
	{ "fc_adapters", "Fibre Channel adapter" }, { "fc_entries", "Fibre Channel entry" }, { "volumes", "logical volume" },
	{ "files", "backing file" }, { "media", "first-boot medium" },
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
copy(json_t *to, const json_t *from, const char *key)
{
	const json_t *v = json_object_get(from, key);

	if (v != NULL && !(json_is_string(v) && json_string_length(v) == 0))
		(void)json_object_set(to, key, (json_t *)(uintptr_t)v);
}

/* One thing as people and programs are shown it. */
static json_t *
shown(const char *kind, const json_t *thing)
{
	static const char *const keys[] = { "pool", "state", "tag", "origin", "vm", "job", "why", "as", "before",
		"command", "removed" };
	const char		*name = field_text(thing, "name");
	char			 medium[40];
	json_t			*o = json_object();

	(void)snprintf(medium, sizeof(medium), "config_%.20s", field_text(thing, "tag"));
	(void)json_object_set_new(o, "kind", json_string(kind));
	(void)json_object_set_new(o, "name", json_string(name[0] != '\0' ? name : medium));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		copy(o, thing, keys[i]);
	if (field_text(o, "removed")[0] != '\0')
		(void)json_object_set_new(o, "removed", json_true());
	return o;
}

/* Is a thing of this tag (still) there? */
static int
is_left(const json_t *list, const char *tag, int removed_counts)
{
	const json_t *o;
	size_t	      i;

	json_array_foreach(list, i, o)
		if (strcmp(field_text(o, "tag"), tag) == 0 && (removed_counts || !field_is_set(o, "removed")))
			return 1;
	return 0;
}

/* All lists of one place: an IVM, a system, a VIOS. */
static void
show_place(json_t *list, const json_t *place, const char *system, const char *vios)
{
	const json_t *thing;
	size_t	      i;

	for (size_t k = 0; k < NKINDS; k++)
		json_array_foreach(json_object_get(place, kinds[k].list), i, thing) {
			json_t *o = shown(kinds[k].kind, thing);

			if (system[0] != '\0')
				(void)json_object_set_new(o, "system", json_string(system));
			if (vios[0] != '\0')
				(void)json_object_set_new(o, "vios", json_string(vios));
			(void)json_array_append_new(list, o);
		}
}

static void
show_found(json_t *list, const json_t *found)
{
	const json_t *system, *vios;
	size_t	      i, k;

	show_place(list, found, "", "");
	json_array_foreach(json_object_get(found, "systems"), i, system) {
		show_place(list, system, field_text(system, "name"), "");
		json_array_foreach(json_object_get(system, "vioses"), k, vios)
			show_place(list, vios, field_text(system, "name"), field_text(vios, "name"));
	}
}

/* The rows of VMs of which nothing is there any more are orphans, too. */
static json_t *
make_list(const json_t *found, const char *platform, int is_clean)
{
	json_t *list = json_array(), *thing, *o;
	size_t	i;

	show_found(list, found);
	json_array_foreach(json_object_get(found, "claims"), i, thing)
		if (!is_left(list, field_text(thing, "tag"), 1)) {
			o = shown("record", thing);
			(void)json_object_set(o, "name", json_object_get(thing, "vm"));
			(void)json_object_set_new(o, "origin", json_string("ours"));
			if (is_clean && !field_is_set(thing, "held"))
				(void)json_object_set_new(o, "removed", json_true());
			(void)json_array_append_new(list, o);
		}
	(void)json_array_extend(list, json_object_get(found, "jobs"));
	json_array_foreach(list, i, o)
		(void)json_object_set_new(o, "platform", json_string(platform));
	return list;
}

/* A deletion is done with that, everything else has failed with nothing left. */
static int
close_job(struct store *st, const json_t *stuck, const json_t *job, struct pd_err *e)
{
	enum job_state state = strcmp(field_text(stuck, "verb"), "delete-vm") == 0 ? JOB_DONE : JOB_FAILED;
	enum pd_code   code = state == JOB_DONE ? PD_OK : PD_FAILED;
	char	       message[160];
	json_t	      *set, *record;
	int	       rv;

	(void)snprintf(message, sizeof(message), "what it had left was removed by job %s (orphans --clean)",
	    field_text(job, "id"));
	set = json_pack("{s:I s:s s:i s:s}", "finished", (json_int_t)clock_wall_ms(), "code", code_word(code), "exit",
	    code_exit(code), "message", message);
	record = json_pack("{s:s s:s s:s s:s s:s s:s s:{s:s s:s s:O}}", "event", job_state_name(state), "user",
	    field_text(job, "user"), "tenant", field_text(stuck, "tenant"), "job", field_text(stuck, "id"), "verb",
	    field_text(stuck, "verb"), "vm", field_text(stuck, "vm"), "what", "code", code_word(code), "message",
	    message, "by", json_object_get(job, "id"));
	rv = store_job_move(st, field_text(stuck, "id"), state, set, e);
	if (rv == 0)
		rv = store_history_add(st, record, e);
	json_decref(set);
	json_decref(record);
	return rv;
}

/* All stuck jobs of the VM that is released, a delete-vm of a stuck create-vm among them. */
static int
close_jobs(struct store *st, const char *vm, const char *tag, const json_t *job, json_t *closed, struct pd_err *e)
{
	struct job_filter f = { .vm = vm, .limit = 50 };
	json_t		 *jobs, *stuck;
	size_t		  i;
	int		  rv = 0;

	if (store_job_list(st, &f, &jobs, e) == -1)
		return -1;
	json_array_foreach(jobs, i, stuck)
		if (rv == 0 && strcmp(field_text(stuck, "state"), "stuck") == 0 && strcmp(field_text(stuck, "tag"), tag) == 0) {
			rv = close_job(st, stuck, job, e);
			(void)json_array_append(closed, json_object_get(stuck, "id"));
		}
	json_decref(jobs);
	return rv;
}

/* Every row that this job has taken goes, or is broken as before. */
static int
release(struct store *st, const json_t *job, const json_t *list, json_t *closed, struct pd_err *e)
{
	json_t *vms, *vm;
	size_t	i;
	int	rv = 0;

	if (store_vm_list(st, NULL, NULL, field_text(job, "platform"), &vms, e) == -1)
		return -1;
	json_array_foreach(vms, i, vm) {
		const char *name = field_text(vm, "name"), *tag = field_text(json_object_get(vm, "objects"), "tag");
		json_t	   *broken = json_pack("{s:s s:I}", "state", "broken", "state_ms", (json_int_t)clock_wall_ms());

		if (rv == 0 && strcmp(field_text(vm, "state"), "deleting") == 0 &&
		    strcmp(field_text(vm, "job"), field_text(job, "id")) == 0) {
			if (list == NULL || is_left(list, tag, 0))
				rv = store_vm_set(st, name, broken, e);
			else if ((rv = close_jobs(st, name, tag, job, closed, e)) == 0)
				rv = store_vm_remove(st, name, e);
		}
		json_decref(broken);
	}
	json_decref(vms);
	return rv;
}

/* What could not be looked at: [{"system","vios"?,"why"}]. */
static json_t *
list_unasked(const json_t *found)
{
	const json_t *system, *vios;
	json_t	     *list = json_array();
	size_t	      i, k;

	json_array_foreach(json_object_get(found, "systems"), i, system) {
		const char *name = field_text(system, "name");

		if (field_text(system, "away")[0] != '\0') {
			(void)json_array_append_new(list, json_pack("{s:s s:s}", "system", name, "why", field_text(system, "away")));
			continue;
		}
		json_array_foreach(json_object_get(system, "vioses"), k, vios)
			if (field_text(vios, "away")[0] != '\0')
				(void)json_array_append_new(list, json_pack("{s:s s:s s:s}", "system", name, "vios", field_text(vios, "name"), "why",
				    field_text(vios, "away")));
	}
	return list;
}

/* The first of them, and how many more. */
static void
say_unasked(const json_t *unasked, struct pd_err *e)
{
	const json_t *first = json_array_get(unasked, 0);
	const char   *vios = field_text(first, "vios");
	size_t	      len = strlen(e->msg), n = json_array_size(unasked);
	char	      more[40] = "";

	if (n == 0)
		return;
	if (n > 1)
		(void)snprintf(more, sizeof(more), ", and %zu more", n - 1);
	(void)snprintf(e->msg + len, sizeof(e->msg) - len, "; not asked: %s%.40s%s%.40s (%.60s)%s",
	    vios[0] != '\0' ? "VIOS " : "system ", vios, vios[0] != '\0' ? " of " : "", field_text(first, "system"),
	    field_text(first, "why"), more);
}

/* "3 things on power1 are nobody's", "removed 3 of 4 ..." */
static void
say(const json_t *job, const json_t *list, struct ending *end)
{
	const char *platform = field_text(job, "platform");
	int	    is_clean = field_is_set(json_object_get(job, "args"), "clean");
	size_t	    n = json_array_size(list), removed = 0, ours = 0, i;
	json_t	   *o;

	json_array_foreach(list, i, o) {
		ours += strcmp(field_text(o, "origin"), "ours") == 0;
		removed += field_is_set(o, "removed");
	}
	if (n == 0)
		(void)snprintf(end->err.msg, sizeof(end->err.msg), "there is nothing on %s that no VM owns", platform);
	else if (!is_clean)
		(void)snprintf(end->err.msg, sizeof(end->err.msg), "%zu thing%s on %s that no VM owns%s", n,
		    n == 1 ? "" : "s", platform,
		    ours > 0 ? "; orphans --clean removes what is of origin \"ours\"" : "");
	else
		(void)snprintf(end->err.msg, sizeof(end->err.msg), "%zu of %zu thing%s on %s removed", removed, n,
		    n == 1 ? "" : "s", platform);
	if (is_clean && removed < ours) {
		end->state = JOB_FAILED;
		end->err.code = PD_FAILED;
	}
}

int
effect_orphans_done(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	json_t *found = json_object_get(end->value, "orphans"), *closed = json_array(), *unasked = list_unasked(found);
	json_t *list = make_list(found, field_text(job, "platform"), field_is_set(json_object_get(job, "args"), "clean"));
	int	rv = release(st, job, list, closed, e);

	say(job, list, end);
	say_unasked(unasked, &end->err);
	json_decref(end->made);
	end->value = end->made = json_pack("{s:s s:o s:o s:o}", "platform", field_text(job, "platform"), "orphans",
	    list, "closed", closed, "unasked", unasked);
	return rv;
}

/* The console did not answer, or not to the end: what stuck jobs say is known without it. */
int
effect_orphans_failed(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	json_t *list = NULL;

	if (release(st, job, NULL, NULL, e) == -1 || orphans_of_jobs(st, field_text(job, "platform"), &list, e) == -1) {
		json_decref(list);
		return -1;
	}
	if (end->state == JOB_STUCK) {	/* it has made nothing: what is left is still that of the jobs which made it */
		end->state = JOB_FAILED;
		end->err.code = PD_FAILED;
	}
	json_decref(end->made);
	end->value = end->made = json_pack("{s:s s:o}", "platform", field_text(job, "platform"), "orphans", list);
	return 0;
}
