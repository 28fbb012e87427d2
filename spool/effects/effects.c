/* SPDX-License-Identifier: ISC */
/*
 * effects.c - what the start and the end of a job change in the store.
 */
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/history/commands.h"
#include "spool/lease/lease.h"
#include "spool/os/clock.h"

typedef int effect_fn(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);

static int
nothing(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	(void)st, (void)job, (void)end, (void)e;
	return 0;
}

static const struct effect {
	const char *verb;
	int (*start)(struct store *st, const json_t *job, struct pd_err *e);	/* may be NULL */
	effect_fn *done, *undone, *stuck;	/* undone: failed or cancelled, nothing is left */
} effects[] = {
	{ "create-vm", NULL, effect_vm_created, effect_vm_removed, effect_vm_broken },
	{ "delete-vm", effect_vm_deleting, effect_vm_deleted, effect_vm_kept, effect_vm_broken },
	{ "start-vm", NULL, effect_vm_changed, effect_vm_kept, effect_vm_broken },
	{ "stop-vm", NULL, effect_vm_changed, effect_vm_kept, effect_vm_broken },
	{ "restart-vm", NULL, effect_vm_changed, effect_vm_kept, effect_vm_broken },
	{ "modify-vm", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "migrate-vm", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "rename-vm", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "set-boot", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "attach-iso", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "detach-iso", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "attach-tape", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "detach-tape", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "add-disk", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "extend-disk", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "remove-disk", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "add-network", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "change-network", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "remove-network", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "add-fc", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "remove-fc", NULL, effect_change_done, effect_change_undone, effect_change_stuck },
	{ "adopt-vm", NULL, effect_vm_adopted, nothing, nothing },
	{ "register-platform", NULL, effect_platform_registered, nothing, nothing },
	{ "check-platform", NULL, effect_platform_checked, nothing, nothing },
	{ "register-image", NULL, effect_image_registered, nothing, nothing },
	{ "orphans", NULL, effect_orphans_done, effect_orphans_failed, effect_orphans_failed },
};

static const struct effect *
find_effect(const json_t *job)
{
	if (field_is_set(job, "plan"))
		return NULL;	/* a plan changes nothing, whatever its verb */
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (strcmp(effects[i].verb, field_text(job, "verb")) == 0)
			return &effects[i];
	return NULL;
}

static int
add_history(struct store *st, const json_t *job, const char *event, json_t *what, struct pd_err *e)
{
	json_t *record = json_pack("{s:s s:s s:s s:s s:s s:s s:o}", "event", event, "user", field_text(job, "user"),
	    "tenant", field_text(job, "tenant"), "job", field_text(job, "id"), "verb", field_text(job, "verb"), "vm",
	    field_text(job, "vm"), "what", what);
	int	rv;

	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history of job %s", field_text(job, "id"));
	rv = store_history_add(st, record, e);
	json_decref(record);
	return rv;
}

static int
start_in_transaction(struct store *st, const json_t *job, int is_again, struct pd_err *e)
{
	const struct effect *effect = find_effect(job);
	const char	    *id = field_text(job, "id");
	int64_t		     attempts = field_number(job, "attempts") + 1;
	json_t		    *set;
	int		     rv, is_queued = strcmp(field_text(job, "state"), "queued") == 0;

	set = json_pack("{s:I}", "attempts", (json_int_t)attempts);
	if (field_number(job, "started") == 0)
		(void)json_object_set_new(set, "started", json_integer((json_int_t)clock_wall_ms()));
	rv = is_queued ? effects_lease_holds(st, job, e) : 0;
	if (rv == 0)
		rv = is_queued ? store_job_move(st, id, JOB_RUNNING, set, e) : store_job_set(st, id, set, e);
	json_decref(set);
	if (rv == 0 && effect != NULL && effect->start != NULL)
		rv = effect->start(st, job, e);
	if (rv == 0 && !is_again)
		rv = add_history(st, job, attempts > 1 ? "resumed" : "started",
		    json_pack("{s:I}", "attempt", (json_int_t)attempts), e);
	return rv;
}

static int
start(struct store *st, const char *id, const json_t *journal, int is_again, json_t **row, struct pd_err *e)
{
	json_t		*job = NULL;
	enum job_state	 state;
	int		 rv = -1;

	*row = NULL;
	if (store_begin(st, e) == -1)
		return -1;
	if (store_job_get(st, id, &job, e) == -1)
		goto out;
	if (job_state_from_name(field_text(job, "state"), &state) == -1 || job_state_is_final(state)) {
		pd_fail(e, PD_BUG, "job %s is %s, it cannot start", id, field_text(job, "state"));
		goto out;
	}
	if (commands_record(st, job, journal, NULL, e) == 0 && start_in_transaction(st, job, is_again, e) == 0 &&
	    store_job_get(st, id, row, e) == 0)
		rv = store_commit(st, e);
out:
	if (rv == -1) {
		store_rollback(st);
		json_decref(*row);
		*row = NULL;
	}
	json_decref(job);
	return rv;
}

int
effects_start(struct store *st, const char *id, const json_t *journal, json_t **row, struct pd_err *e)
{
	return start(st, id, journal, 0, row, e);
}

int
effects_start_again(struct store *st, const char *id, const json_t *journal, json_t **row, struct pd_err *e)
{
	return start(st, id, journal, 1, row, e);
}

int
effects_put_back(struct store *st, const char *id, const json_t *journal, int has_begun, json_t **row, struct pd_err *e)
{
	json_t *job = NULL, *set = NULL;
	int	rv = -1;

	*row = NULL;
	if (store_begin(st, e) == 0 && store_job_get(st, id, &job, e) == 0 &&
	    commands_record(st, job, journal, NULL, e) == 0) {
		set = json_pack("{s:I}", "attempts", (json_int_t)(field_number(job, "attempts") - 1));
		if (has_begun || strcmp(field_text(job, "state"), "running") != 0)
			rv = store_job_set(st, id, set, e);
		else
			rv = store_job_move(st, id, JOB_QUEUED, set, e);
		rv = rv == 0 && store_job_get(st, id, row, e) == 0 ? store_commit(st, e) : -1;
	}
	if (rv == -1) {
		store_rollback(st);
		json_decref(*row);
		*row = NULL;
	}
	json_decref(set);
	json_decref(job);
	return rv;
}

int
effects_park(struct store *st, const char *id, const json_t *journal, int64_t attempts_less, struct pd_err *e)
{
	json_t *job = NULL, *set = NULL;
	int	rv = -1;

	if (store_begin(st, e) == 0 && store_job_get(st, id, &job, e) == 0 &&
	    commands_record(st, job, journal, NULL, e) == 0) {
		set = json_pack("{s:I}", "attempts", (json_int_t)(field_number(job, "attempts") - attempts_less));
		rv = store_job_set(st, id, set, e) == 0 ? store_commit(st, e) : -1;
	}
	if (rv == -1)
		store_rollback(st);
	json_decref(set);
	json_decref(job);
	return rv;
}

static int
apply(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const struct effect *effect = find_effect(job);

	if (effect == NULL)
		return 0;
	switch (end->state) {
	case JOB_DONE:
		return effect->done(st, job, end, e);
	case JOB_STUCK:
		return effect->stuck(st, job, end, e);
	default:
		return effect->undone(st, job, end, e);
	}
}

static int
end_in_transaction(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const char *id = field_text(job, "id"), *message = end->err.msg, *placed = field_text(json_object_get(job, "args"), "placed");
	int64_t	    lease = field_number(json_object_get(job, "args"), "lease");
	char	    would[160], of[POLICY_LEASE_TEXT];
	json_t	   *set;
	int	    rv;

	if (apply(st, job, end, e) == -1)
		return -1;
	if (message[0] == '\0' && end->state == JOB_DONE)
		message = field_is_set(job, "plan") ? "this was the plan; nothing was changed or reserved" : "done";
	if (field_is_set(job, "plan") && placed[0] != '\0' && end->err.msg[0] == '\0' && end->state == JOB_DONE) {
		(void)snprintf(would, sizeof(would),
		    "this was the plan, for %.31s%s%s; nothing was changed or reserved", placed,
		    lease > 0 ? ", with a lease of " : "", lease > 0 ? policy_lease_text(of, lease) : "");
		message = would;
	}
	set = json_pack("{s:I s:s s:i s:s}", "finished", (json_int_t)clock_wall_ms(), "code", code_word(end->err.code),
	    "exit", code_exit(end->err.code), "message", message);
	if (set == NULL)	/* only bytes that are no UTF-8 do this */
		set = json_pack("{s:I s:s s:i s:s}", "finished", (json_int_t)clock_wall_ms(), "code",
		    code_word(end->err.code), "exit", code_exit(end->err.code), "message", "(message is not UTF-8)");
	if (end->value != NULL)
		(void)json_object_set(set, "value", (json_t *)(uintptr_t)end->value);
	rv = commands_record(st, job, end->commands, set, e);
	if (rv == 0)
		rv = store_job_move(st, id, end->state, set, e);
	if (rv == 0)
		rv = add_history(st, job, job_state_name(end->state), json_pack("{s:O s:O s:b s:s}", "code",
		    json_object_get(set, "code"), "message", json_object_get(set, "message"), "plan",
		    field_is_set(job, "plan"), "journal", end->journal), e);
	json_decref(set);
	return rv;
}

int
effects_end(struct store *st, const char *id, const struct ending *ending, json_t **row, struct pd_err *e)
{
	struct ending  end = *ending;
	json_t	      *job = NULL;
	enum job_state state;
	int	       rv = -1;

	*row = NULL;
	end.made = NULL;
	if (store_begin(st, e) == -1)
		return -1;
	if (store_job_get(st, id, &job, e) == -1)
		goto out;
	if (job_state_from_name(field_text(job, "state"), &state) == 0 && job_state_is_final(state)) {
		store_rollback(st);
		*row = job;	/* it ended before: the first end counts */
		return 0;
	}
	if (end.state == JOB_FAILED && field_is_set(job, "cancel"))
		end.state = JOB_CANCELLED;	/* nothing is left of it, as its user wished */
	if (end_in_transaction(st, job, &end, e) == 0 && store_job_get(st, id, row, e) == 0)
		rv = store_commit(st, e);
out:
	if (rv == -1) {
		store_rollback(st);
		json_decref(*row);
		*row = NULL;
	}
	json_decref(end.made);
	json_decref(job);
	return rv;
}
