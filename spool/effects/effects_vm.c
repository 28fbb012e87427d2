/* SPDX-License-Identifier: ISC */
/*
 * effects_vm.c - what jobs change in the rows of VMs.
 *
 * The value of a sequence is merged into the row: lpar_id, state and objects (handlers/sequence/sequence.h).
 */
#include <string.h>

#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/lease/lease.h"
#include "spool/os/clock.h"

static int
effects_is_vm_state(const char *state)
{
	static const char *const states[] = { "running", "stopped", "open-firmware", "broken" };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i], state) == 0)
			return 1;
	return 0;
}

void
effects_vm_set_state(json_t *vm, const char *state)
{
	if (strcmp(field_text(vm, "state"), state) == 0)
		return;
	(void)json_object_set_new(vm, "state", json_string(state));
	(void)json_object_set_new(vm, "state_ms", json_integer((json_int_t)clock_wall_ms()));
}

/* What the sequence found out; a state it does not tell stays what it is. */
void
effects_vm_merge(json_t *vm, const json_t *value)
{
	json_t *objects = json_object_get(value, "objects"), *mine = json_object_get(vm, "objects");

	if (json_is_integer(json_object_get(value, "lpar_id")))
		(void)json_object_set(vm, "lpar_id", json_object_get(value, "lpar_id"));
	if (json_is_object(objects)) {
		if (json_is_object(mine))
			(void)json_object_update(mine, objects);
		else
			(void)json_object_set(vm, "objects", objects);
	}
	if (effects_is_vm_state(field_text(value, "state")))
		effects_vm_set_state(vm, field_text(value, "state"));
}

/* How a job has left it: what drift compares with. */
static void
note_power(json_t *vm)
{
	const char *state = field_text(vm, "state");

	if (json_is_object(json_object_get(vm, "objects")))
		(void)json_object_set_new(json_object_get(vm, "objects"), "power",
		    json_string(strcmp(state, "stopped") == 0 ? "stopped" : "running"));
}

static int
is_gone(struct pd_err *e)
{
	return e->code == PD_NOTFOUND;
}

int
effects_vm_get(struct store *st, const json_t *job, const char *name, json_t **vm, struct pd_err *e)
{
	if (store_vm_get(st, name, vm, e) == -1)
		return -1;
	if (strcmp(field_text(json_object_get(*vm, "objects"), "tag"), field_text(job, "tag")) == 0)
		return 0;
	json_decref(*vm);
	*vm = NULL;
	return pd_fail(e, PD_NOTFOUND, "the VM %s of job %s was deleted meanwhile", name, field_text(job, "id"));
}

/* Reads the job's VM, merges the value, sets state (NULL = the one that is there) and writes it. */
static int
change(struct store *st, const json_t *job, struct ending *end, const char *state, struct pd_err *e)
{
	json_t *vm = NULL, *before;
	int	rv;

	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == -1)
		return is_gone(e) ? 0 : -1;
	before = json_deep_copy(vm);
	effects_vm_merge(vm, end->value);
	if (state != NULL)
		effects_vm_set_state(vm, state);
	if (end->state == JOB_DONE)
		note_power(vm);
	if (strcmp(field_text(vm, "state"), "stopped") == 0 ||
	    (end->state == JOB_DONE && end->err.code != PD_NO_CHANGE))
		effects_vm_is_off(vm);	/* every verb that comes here powers it off, or on when it was off */
	rv = json_equal(before, vm) ? 0 : store_vm_put(st, vm, e);	/* a job that found nothing to do changes nothing */
	json_decref(before);
	if (end->state == JOB_DONE)
		effects_say_vm(job, vm, end);
	json_decref(vm);
	return rv;
}

/* The state that a verb leaves when its sequence does not say. */
static const char *
usual_state(const json_t *job, const json_t *value)
{
	const char *verb = field_text(job, "verb");

	if (effects_is_vm_state(field_text(value, "state")))
		return NULL;
	if (strcmp(verb, "stop-vm") == 0 || field_is_set(json_object_get(job, "args"), "no_start"))
		return "stopped";
	return "running";
}

int
effect_vm_created(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	if (change(st, job, end, usual_state(job, end->value), e) == -1)
		return -1;
	return effects_lease_begin(st, job, end->err.msg, sizeof(end->err.msg), e);
}

int
effect_vm_changed(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	return change(st, job, end, usual_state(job, end->value), e) == -1 ? -1 : effects_lease_stopped(st, job, e);
}

int
effect_vm_deleted(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	json_t *vm = NULL;

	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == 0)
		effects_say_vm(job, vm, end);
	else if (!is_gone(e))
		return -1;
	json_decref(vm);
	return effect_vm_removed(st, job, end, e);
}

int
effect_vm_removed(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	json_t *vm = NULL;

	(void)end;
	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == -1)
		return is_gone(e) ? 0 : -1;
	json_decref(vm);
	return store_vm_remove(st, field_text(job, "vm"), e);
}

int
effect_vm_broken(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	return change(st, job, end, "broken", e);
}

/* Back to what it was before a delete began; the job's row keeps it meanwhile. */
int
effect_vm_kept(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const char *before = field_text(json_object_get(job, "value"), "state_before");

	if (effects_is_vm_state(field_text(end->value, "state")))
		before = "";	/* the sequence has looked: that is newer */
	return change(st, job, end, before[0] != '\0' ? before : NULL, e);
}

int
effect_vm_deleting(struct store *st, const json_t *job, struct pd_err *e)
{
	json_t *vm = NULL, *set = NULL;
	int	rv = 0;

	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == -1)
		return -1;
	if (strcmp(field_text(vm, "state"), "deleting") != 0) {	/* else it is resumed */
		set = json_pack("{s:{s:O}}", "value", "state_before", json_object_get(vm, "state"));
		effects_vm_set_state(vm, "deleting");
		(void)json_object_set(vm, "job", json_object_get(job, "id"));
		rv = set == NULL ? pd_fail(e, PD_IO, "no memory") : store_job_set(st, field_text(job, "id"), set, e);
		if (rv == 0)
			rv = store_vm_put(st, vm, e);
	}
	json_decref(set);
	json_decref(vm);
	return rv;
}
