/* SPDX-License-Identifier: ISC */
/*
 * retake.c - a stuck job is undone or resumed, on an administrator's word.
 *
 * The wish is durable before anything happens: forwards as a record of the journal, then for both the job's state. From
 * there on it is a job that was interrupted, and what a crash does to one is known (recovery.c).
 */
#include <string.h>
#include <unistd.h>

#include "gateway/verbs.h"
#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/history/refusal.h"
#include "spool/job_files.h"
#include "spool/journal.h"
#include "spool/os/sys.h"

static int
is_stuck(const json_t *row, struct pd_err *e)
{
	if (strcmp(field_text(row, "state"), "stuck") == 0)
		return 0;
	return pd_fail(e, PD_CONFLICT, "job %s is %s; only a stuck one can be taken up", field_text(row, "id"),
	    field_text(row, "state"));
}

static int
has_way(const json_t *row, int is_undo, struct pd_err *e)
{
	const struct verb *verb = verb_find(field_text(row, "verb"));

	if (verb == NULL)
		return pd_fail(e, PD_CONFLICT, "job %s has a verb that is not known any more", field_text(row, "id"));
	if (is_undo && (verb->flags & VERB_DESTRUCTIVE))
		return pd_fail(e, PD_CONFLICT, "a %s cannot be undone; go on with it: resume-job %s", verb->name,
		    field_text(row, "id"));
	return 0;
}

/* Nothing else is under way on its VM. */
static int
is_alone(struct director *d, const json_t *row, struct pd_err *e)
{
	struct job_filter f = { .vm = field_text(row, "vm"), .pending = 1, .limit = 1 };
	json_t		 *jobs;
	int		  rv = 0;

	if (store_job_list(d->store, &f, &jobs, e) == -1)
		return -1;
	if (json_array_size(jobs) > 0)
		rv = pd_fail(e, PD_CONFLICT, "job %s of VM %s has to end first",
		    field_text(json_array_get(jobs, 0), "id"), f.vm);
	json_decref(jobs);
	return rv;
}

/* The VM must be the one that the job left broken: not repaired, not deleted, not another one of the same name. */
static int
vm_is_as_left(struct director *d, const json_t *row, struct pd_err *e)
{
	const char *name = field_text(row, "vm");
	json_t	   *vm = NULL;
	int	    rv = 0;

	if (name[0] == '\0')
		return 0;
	if (store_vm_get(d->store, name, &vm, e) == -1 && e->code != PD_NOTFOUND)
		return -1;
	if (vm == NULL || strcmp(field_text(json_object_get(vm, "objects"), "tag"), field_text(row, "tag")) != 0)
		rv = pd_fail(e, PD_CONFLICT, "the VM %s of job %s was deleted meanwhile", name, field_text(row, "id"));
	else if (strcmp(field_text(vm, "state"), "broken") != 0)
		rv = pd_fail(e, PD_CONFLICT, "the VM %s is %s now: another job has changed it since", name,
		    field_text(vm, "state"));
	json_decref(vm);
	return rv == 0 ? is_alone(d, row, e) : -1;
}

/* Empty or unreadable: nobody knows what was done, and nothing may be guessed.  Forwards is written into it. */
static int
prepare_journal(struct director *d, const char *id, int is_undo, struct pd_err *e)
{
	struct journal j = { .fd = -1 };
	json_t	      *records = NULL, *forward = json_pack("{s:s}", "k", "forward");
	int	       ignored, rv = -1;	/* one with records has a name that lasts */

	if ((j.fd = job_journal_open(&d->spool, id, &ignored, e)) != -1 &&
	    journal_load(&j, j.fd, 1, &records, e) == 0) {
		if (json_array_size(records) == 0)
			pd_fail(e, PD_CONFLICT, "the journal of job %s is empty: it has nothing to go by", id);
		else
			rv = is_undo ? 0 : journal_append(&j, forward, 1, e);
	}
	if (j.fd != -1)
		(void)sys.close(j.fd);
	json_decref(records);
	json_decref(forward);
	return rv;
}

/* As if it had been interrupted. */
static int
record(struct director *d, const json_t *row, int is_undo, const char *by, struct pd_err *e)
{
	const char *id = field_text(row, "id");
	json_t	   *set = json_pack("{s:i s:i s:b s:s s:i s:s}", "finished", 0, "attempts", 0, "cancel", 0, "code",
		code_word(PD_QUEUED), "exit", code_exit(PD_QUEUED), "message", "");
	const char *event = is_undo ? "undo-job" : "resume-job";
	json_t	   *history = json_pack("{s:s s:s s:s s:s s:s s:s s:o}", "event", event, "user", by, "tenant",
		field_text(row, "tenant"), "job", id, "verb", field_text(row, "verb"), "vm", field_text(row, "vm"), "what",
		decision_of(d->conf, by, event));
	int	    rv = -1;

	if (store_begin(d->store, e) == 0 &&
	    store_job_move(d->store, id, is_undo ? JOB_UNDOING : JOB_RUNNING, set, e) == 0 &&
	    store_history_add(d->store, history, e) == 0)
		rv = store_commit(d->store, e);
	if (rv == -1)
		store_rollback(d->store);
	json_decref(set);
	json_decref(history);
	return rv;
}

/* Followers learn that its earlier result was not the last word. */
static int
enqueue(struct director *d, const char *id, struct pd_err *e)
{
	json_t *row = NULL;
	int	rv = store_job_get(d->store, id, &row, e);

	if (rv == 0 &&
	    job_log_event(&d->spool, id, "state", json_pack("{s:s}", "state", field_text(row, "state")), e) == -1)
		log_event(&d->log, LOG_WARNING, "job-log-failed", "job", id, "why", e->msg, NULL);
	if (rv == 0)
		rv = runner_enqueue(d, row, 0, e);
	json_decref(row);
	return rv;
}

int
retake_job(struct director *d, const char *id, int is_undo, const char *by, struct pd_err *e)
{
	json_t *row = NULL;
	int	rv;

	if (store_job_get(d->store, id, &row, e) == -1)
		return -1;
	rv = is_stuck(row, e) == -1 || has_way(row, is_undo, e) == -1 || vm_is_as_left(d, row, e) == -1 ||
	    prepare_journal(d, id, is_undo, e) == -1 || record(d, row, is_undo, by, e) == -1 ? -1 : enqueue(d, id, e);
	json_decref(row);
	return rv;
}
