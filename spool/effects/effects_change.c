/* SPDX-License-Identifier: ISC */
/*
 * effects_change.c - what jobs that change a VM leave in its row.
 *
 * Admission has counted what the VM is to have more and noted the job in objects.change (spool/admit/admit_change.c).
 * At the end the row's amounts are again those of its specification: the new one when the job is done, the old one when
 * it was undone. Until the VM has been off, what it still has of an earlier specification (objects.pending) counts,
 * too.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/vm/vm_change.h"
#include "policy/quota.h"
#include "spool/admit/admission.h"
#include "spool/admit/moving.h"
#include "spool/effects/effects.h"
#include "spool/effects/effects_change.h"
#include "spool/field.h"

/* What each verb does to the row; and what it says of it, into a buffer of size bytes. */
struct changer {
	const char *verb;
	void (*done)(struct change *c);
	void (*undone)(struct change *c);	/* may be NULL, as the next */
	void (*stuck)(struct change *c);
	void (*say)(const struct change *c, char *text, size_t size);
};

/* ---- amounts ---- */

static void
set_most(json_t *vm, const char *key, int64_t a, int64_t b)
{
	(void)json_object_set_new(vm, key, json_integer((json_int_t)(a > b ? a : b)));
}

static void
settle_amounts(struct change *c)
{
	const json_t	 *pending = json_object_get(c->objects, "pending");
	struct pd_amounts now;

	vm_change_amounts(c->spec, json_object_get(c->objects, "detached"), &now);
	set_most(c->vm, "units", now.units, field_number(pending, "units"));
	set_most(c->vm, "procs", now.procs, field_number(pending, "procs"));
	set_most(c->vm, "memory", now.memory, field_number(pending, "memory"));
	set_most(c->vm, "disk", now.disk, 0);
}

void
effects_vm_is_off(json_t *vm)
{
	struct change c = { .vm = vm, .spec = json_object_get(vm, "spec"), .objects = json_object_get(vm, "objects") };

	fc_waits_no_more(&c);
	if (json_object_del(c.objects, "pending") == 0 && json_object_get(c.objects, "change") == NULL)
		settle_amounts(&c);
}

/* ---- modify-vm ---- */

/* What it runs with until it has been off: the first of several specifications that wait. */
static void
keep_pending(struct change *c)
{
	struct pd_amounts now;

	if (json_object_get(c->objects, "pending") != NULL)
		return;
	vm_change_amounts(c->spec, NULL, &now);
	(void)json_object_set_new(c->objects, "pending",
	    json_pack("{s:I s:I s:I}", "units", (json_int_t)now.units, "procs", (json_int_t)now.procs, "memory",
		(json_int_t)now.memory));
}

static void
modified(struct change *c)
{
	static const char *const not_spec[] = { "units_more", "memory_more", "other_processors", "other_memory" };

	if (field_text(c->value, "pending")[0] != '\0')
		keep_pending(c);
	(void)json_object_del(c->spec, "weight");	/* a capped one has none */
	(void)json_object_update(c->spec, (json_t *)(uintptr_t)c->change);
	for (size_t i = 0; i < sizeof(not_spec) / sizeof(not_spec[0]); i++)
		(void)json_object_del(c->spec, not_spec[i]);
}

static void
say_modified(const struct change *c, char *text, size_t size)
{
	char	memory[32], sharing[40] = "";
	int64_t procs = field_number(c->spec, "procs");
	int	is_dedicated = strcmp(field_text(c->spec, "mode"), "ded") == 0;

	if (!is_dedicated && strcmp(field_text(c->spec, "sharing"), "cap") == 0)
		(void)snprintf(sharing, sizeof(sharing), ", capped");
	else if (!is_dedicated)
		(void)snprintf(sharing, sizeof(sharing), ", uncapped with weight %d", (int)field_number(c->spec, "weight"));
	(void)snprintf(text, size, "%s has %s%s%lld %s processor%s and %s memory%s%s", field_text(c->vm, "name"),
	    is_dedicated ? "" : field_text(c->spec, "units"), is_dedicated ? "" : " processing units, ", (long long)procs,
	    is_dedicated ? "dedicated" : "virtual", procs == 1 ? "" : "s", quota_size_short(memory, sizeof(memory), field_number(c->spec, "memory")),
	    sharing, field_text(c->value, "pending")[0] != '\0' ? "; what it could not take live counts from its next start on" : "");
}

/* ---- name, medium, boot mode ---- */

static void
renamed(struct change *c)
{
	json_t *to = json_object_get(c->args, "to");

	(void)json_object_set(c->vm, "name", to);
	(void)json_object_set(c->spec, "name", to);
}

static void
say_renamed(const struct change *c, char *text, size_t size)
{
	const char *was = field_text(c->job, "vm"), *is = field_text(c->vm, "name");

	if (strcmp(was, is) == 0)
		(void)snprintf(text, size, "%s has its name on the console again", is);
	else
		(void)snprintf(text, size, "%s is %s now; its guest keeps its host name", was, is);
}

static void
iso_attached(struct change *c)
{
	json_t *drive = json_sprintf("%s_iso", field_text(c->objects, "tag"));

	(void)json_object_set_new(c->objects, "iso", json_pack("{s:O s:o}", "name", json_object_get(c->args, "iso"), "optical", drive));
}

static void
iso_detached(struct change *c)
{
	(void)json_object_del(c->objects, "iso");
}

static void
say_iso(const struct change *c, char *text, size_t size)
{
	const json_t *iso = json_object_get(c->objects, "iso");

	if (iso != NULL)
		(void)snprintf(text, size, "%s has %s in its optical drive", field_text(c->vm, "name"), field_text(iso, "name"));
	else
		(void)snprintf(text, size, "%s has no optical drive of its own any more", field_text(c->vm, "name"));
}

static void
tape_attached(struct change *c)
{
	(void)json_object_set_new(c->objects, "tape", json_pack("{s:O}", "name", json_object_get(c->args, "tape")));
}

static void
tape_detached(struct change *c)
{
	(void)json_object_del(c->objects, "tape");
}

static void
say_tape(const struct change *c, char *text, size_t size)
{
	const json_t *tape = json_object_get(c->objects, "tape");

	if (tape != NULL)
		(void)snprintf(text, size, "%s has the tape drive %s", field_text(c->vm, "name"), field_text(tape, "name"));
	else
		(void)snprintf(text, size, "%s has no tape drive any more", field_text(c->vm, "name"));
}

static void
boot_set(struct change *c)
{
	(void)json_object_set(c->spec, "boot_mode", json_object_get(c->args, "mode"));
}

static void
say_boot(const struct change *c, char *text, size_t size)
{
	(void)snprintf(text, size, "%s starts %s from now on", field_text(c->vm, "name"),
	    strcmp(field_text(c->args, "mode"), "sms") == 0 ? "into its SMS menu" : "normally");
}

/* ---- the ends ---- */

static const struct changer changers[] = {
	{ "modify-vm", modified, NULL, NULL, say_modified },
	{ "rename-vm", renamed, NULL, NULL, say_renamed },
	{ "migrate-vm", vm_moved, NULL, vm_perhaps_moved, say_vm_moved },
	{ "set-boot", boot_set, NULL, NULL, say_boot },
	{ "attach-iso", iso_attached, NULL, NULL, say_iso },
	{ "detach-iso", iso_detached, NULL, NULL, say_iso },
	{ "attach-tape", tape_attached, NULL, NULL, say_tape },
	{ "detach-tape", tape_detached, NULL, NULL, say_tape },
	{ "add-disk", disks_added, disks_not_added, disks_maybe_added, say_disks_added },
	{ "extend-disk", disk_extended, NULL, NULL, say_disk_extended },
	{ "remove-disk", disk_removed, NULL, NULL, say_disk_removed },
	{ "add-network", networks_added, networks_not_added, NULL, say_networks_added },
	{ "change-network", network_changed, networks_not_added, NULL, say_network_changed },
	{ "remove-network", network_removed, NULL, NULL, say_network_removed },
	{ "add-fc", fc_added, fc_not_added, fc_maybe_added, say_fc_added },
	{ "remove-fc", fc_removed, NULL, NULL, say_fc_removed },
};

static const struct changer *
changer_of(const json_t *job)
{
	for (size_t i = 0; i < sizeof(changers) / sizeof(changers[0]); i++)
		if (strcmp(changers[i].verb, field_text(job, "verb")) == 0)
			return &changers[i];
	return NULL;
}

json_t *
change_list(json_t *object, const char *key)
{
	if (!json_is_array(json_object_get(object, key)))
		(void)json_object_set_new(object, key, json_array());
	return json_object_get(object, key);
}

void
change_drop(json_t *list, const char *key, const json_t *value)
{
	for (size_t i = json_array_size(list); i-- > 0;)
		if (json_equal(json_object_get(json_array_get(list, i), key), value))
			(void)json_array_remove(list, i);
}

/* The row under its name; under another one it is a row of its own, and the name is not held any more. */
static int
put_row(struct store *st, const struct change *c, struct pd_err *e)
{
	const char *to = field_text(c->args, "to"), *old = field_text(c->job, "vm");
	char	    key[ADMISSION_NAME_KEY_MAX];

	if (strcmp(field_text(c->job, "verb"), "rename-vm") == 0 &&
	    store_kept_set(st, admission_name_key(key, to), "", e) == -1)
		return -1;
	if (strcmp(field_text(c->job, "verb"), "migrate-vm") == 0 &&
	    moving_end(st, field_text(c->change, "to"), old, e) == -1)
		return -1;
	if (strcmp(field_text(c->vm, "name"), old) != 0 &&
	    (store_vm_remove(st, old, e) == -1 || store_neighbour_renamed(st, old, field_text(c->vm, "name"), e) == -1))
		return -1;
	return store_vm_put(st, c->vm, e);
}

/* 1 = there is the VM, and c says what about it; 0 = it is gone. */
static int
begin(struct change *c, struct store *st, const json_t *job, const json_t *value, struct pd_err *e)
{
	json_t *vm = NULL;

	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	*c = (struct change){ .job = job, .args = json_object_get(job, "args"), .value = value, .vm = vm, .spec = json_object_get(vm, "spec"),
		.objects = json_object_get(vm, "objects") };
	c->change = json_object_get(c->args, "change");
	return 1;
}

/* The change is over: the row counts what the VM has. */
static int
settle(struct change *c, struct store *st, struct pd_err *e)
{
	int rv;

	(void)json_object_del(c->objects, "change");
	settle_amounts(c);
	rv = put_row(st, c, e);
	json_decref(c->vm);
	return rv;
}

int
effect_change_done(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const struct changer *changer = changer_of(job);
	struct change	      c;
	int		      rv = begin(&c, st, job, end->value, e);

	if (rv != 1)
		return rv;
	effects_vm_merge(c.vm, end->value);
	changer->done(&c);
	if (end->err.msg[0] == '\0')
		changer->say(&c, end->err.msg, sizeof(end->err.msg));
	return settle(&c, st, e);
}

/* In which state the VM was before this job left it stuck, "" = it never did. */
static const char *
state_before(const json_t *job)
{
	return field_text(json_object_get(job, "value"), "state_before");
}

int
effect_change_undone(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const struct changer *changer = changer_of(job);
	struct change	      c;
	int		      rv = begin(&c, st, job, end->value, e);

	if (rv != 1)
		return rv;
	if (changer->undone != NULL)
		changer->undone(&c);
	if (state_before(job)[0] != '\0')
		effects_vm_set_state(c.vm, state_before(job));
	return settle(&c, st, e);
}

/* What was reserved stays so, and the row remembers the job, until an administrator has ended it. */
int
effect_change_stuck(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const struct changer *changer = changer_of(job);
	const char	     *before = state_before(job);
	struct change	      c;
	int		      rv = begin(&c, st, job, end->value, e);

	if (rv != 1)
		return rv;
	if (changer->stuck != NULL)
		changer->stuck(&c);
	end->made = end->value != NULL ? json_copy((json_t *)(uintptr_t)end->value) : json_object();
	(void)json_object_set_new(end->made, "state_before", json_string(before[0] != '\0' ? before : field_text(c.vm, "state")));
	end->value = end->made;
	effects_vm_set_state(c.vm, "broken");
	rv = store_vm_put(st, c.vm, e);
	json_decref(c.vm);
	return rv;
}
