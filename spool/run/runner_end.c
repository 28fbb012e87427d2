/* SPDX-License-Identifier: ISC */
/*
 * runner_end.c - how a job ends: its effects, its row and its history, and when they are durable what its followers are
 * told.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/os/clock.h"
#include "spool/run/runner_parts.h"

void
runner_tell_state(struct director *d, const char *id, const char *state)
{
	struct pd_err e;

	if (job_log_event(&d->spool, id, "state", json_pack("{s:s}", "state", state), &e) == -1)
		log_event(&d->log, LOG_WARNING, "job-log-failed", "job", id, "why", e.msg, NULL);
}

/* Whoever follows the job waits for this line: it is what the reserve is for, too. */
static int
tell_result(struct director *d, const json_t *row, const json_t *receipt, struct pd_err *e)
{
	if (job_log_result(&d->spool, row, receipt, e) == 0)
		return 0;
	if (e->code != PD_NOSPACE)
		return -1;
	disk_relieve(d);
	return job_log_result(&d->spool, row, receipt, e);
}

static void
tell_end(struct director *d, const json_t *row)
{
	const char   *id = field_text(row, "id");
	struct pd_err e;
	json_t	     *receipt;

	runner_tell_state(d, id, field_text(row, "state"));
	if (store_history_receipt(d->store, id, &receipt, &e) == -1 || tell_result(d, row, receipt, &e) == -1) {
		log_event(&d->log, LOG_WARNING, "job-log-failed", "job", id, "why", e.msg, NULL);
		d->intake.is_behind = 1;	/* ends.c looks for it until it is told */
	} else if (drop_finish(&d->spool, id, &e) == -1 && e.code != PD_NOTFOUND) {
		log_event(&d->log, LOG_WARNING, "finish-failed", "job", id, "why", e.msg, NULL);
		d->intake.is_behind = 1;
	}
	json_decref(receipt);
	log_event(&d->log, LOG_NOTICE, field_text(row, "state"), "job", id, "user", field_text(row, "user"), "verb",
	    field_text(row, "verb"), "vm", field_text(row, "vm"), "code", field_text(row, "code"), "message",
	    field_text(row, "message"), NULL);
}

/* Stuck jobs that this one has brought to an end. */
static void
tell_closed(struct director *d, const json_t *row)
{
	const json_t *id;
	size_t	      i;

	json_array_foreach(json_object_get(json_object_get(row, "value"), "closed"), i, id) {
		struct pd_err e;
		json_t	     *closed = NULL;

		if (store_job_get(d->store, json_string_value(id), &closed, &e) == 0)
			tell_end(d, closed);
		json_decref(closed);
	}
}

/* A platform that has just been registered has answered. */
static void
hear_registered(struct director *d, const json_t *row)
{
	struct sched_job job;

	if (strcmp(field_text(row, "verb"), "register-platform") != 0 ||
	    strcmp(field_text(row, "state"), "done") != 0 || field_is_set(row, "plan"))
		return;
	runner_fill(d, row, &job);
	job.is_registering = 0;
	pool_retire_platform(&d->pool, job.platform);	/* those for where it was */
	contact_heard(d, &job, "answered", "");
	inventory_registered(d, job.platform);
}

/* Somebody has looked, and perhaps mended something: what waits for a VIOS need not wait any longer. */
static void
hear_checked(struct director *d, const json_t *row)
{
	const char *verb = field_text(row, "verb");

	if ((strcmp(verb, "check-platform") == 0 || strcmp(verb, "register-platform") == 0) &&
	    !field_is_set(row, "plan"))
		absent_wake(d, field_text(row, "platform"));
}

int
runner_end_record(struct director *d, const char *id, const struct ending *wanted, json_t **row)
{
	struct ending ending = *wanted;
	struct pd_err e;
	json_t	     *commands;
	int	      rv = job_journal_read(&d->spool, id, ending.journal, &commands, &e);

	*row = NULL;
	ending.commands = commands;
	if (rv == 0)	/* else later: the history has every command (P6) */
		rv = effects_end(d->store, id, &ending, row, &e);
	json_decref(commands);
	if (rv == -1)
		log_event(&d->log, LOG_ERR, "end-not-recorded", "job", id, "why", e.msg, NULL);
	return rv;
}

void
runner_end_tell(struct director *d, json_t *row)
{
	absent_forget(d, field_text(row, "id"));
	tell_end(d, row);
	tell_closed(d, row);
	hear_registered(d, row);
	hear_checked(d, row);
	json_decref(row);
}

int
runner_record_end(struct director *d, const char *id, const struct ending *wanted)
{
	json_t *row;

	if (runner_end_record(d, id, wanted, &row) == -1)
		return -1;
	runner_end_tell(d, row);
	return 0;
}

/* The slot stays taken until the end is durable: nothing may start that assumes it. */
void
runner_keep_end(struct director *d, const struct sched_job *job, const struct ending *ending)
{
	struct unrecorded *u;

	disk_relieve(d);
	if ((u = unrecorded_new(job, ending)) == NULL)
		return;	/* its row says running: the next start resumes it, and its journal ends it */
	u->next = d->unrecorded;
	d->unrecorded = u;
	d->retry_at_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
}

void
runner_end_now(struct director *d, const struct sched_job *job, const struct ending *ending)
{
	if (runner_record_end(d, job->id, ending) == 0)
		sched_ended(d->sched, job);
	else
		runner_keep_end(d, job, ending);
}

struct unrecorded *
unrecorded_new(const struct sched_job *job, const struct ending *ending)
{
	struct unrecorded *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->job = *job;
	u->ending = *ending;
	u->ending.value = u->value = json_incref((json_t *)(uintptr_t)ending->value);
	return u;
}

void
unrecorded_free(struct unrecorded *u)
{
	json_decref(u->value);
	free(u);
}

void
runner_record(struct director *d)
{
	for (struct unrecorded **at = &d->unrecorded; *at != NULL;) {
		struct unrecorded *u = *at;

		if (runner_record_end(d, u->job.id, &u->ending) == -1) {
			d->retry_at_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
			return;
		}
		sched_ended(d->sched, &u->job);
		*at = u->next;
		unrecorded_free(u);
	}
}
