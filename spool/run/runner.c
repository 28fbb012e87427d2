/* SPDX-License-Identifier: ISC */
/*
 * runner.c - what workers say about their jobs, and what they are told meanwhile: cancel, park.
 *
 * How a job begins is in runner_start.c, how it ends in runner_end.c, and both happen in settle.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/os/clock.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/platforms/orphans.h"
#include "spool/run/runner_parts.h"
#include "spool/history/refusal.h"
#include "spool/run/settle.h"

/* A worker is gone with a job: another one takes it up from its journal. */
void
runner_lost(struct director *d, struct worker *w)
{
	struct sched_job job = w->job;
	struct pd_err	 why;
	int		 was_busy = w->is_busy, is_background = w->is_background;

	pool_end(w, 1);
	if (is_background)
		inventory_lost(d, w);
	if (!was_busy || is_background)
		return;
	(void)pd_fail(&why, PD_BUSY, "its worker ended, another one takes it up");
	log_event(&d->log, LOG_WARNING, "worker-lost", "job", job.id, "platform", job.platform, NULL);
	job.is_resumed = 1;
	runner_try_later(d, &job, DIRECTOR_LOCKED_MS, &why);
}

/* Its row waits.  "Try later": the director stops, or a disk of ours is full.  Such an attempt does not count. */
static void
parked(struct director *d, const struct sched_job *job, enum pd_code why)
{
	char	      ignored[DIGEST_TEXT_LEN];
	struct pd_err e;
	json_t	     *commands = NULL;

	if (job_journal_settle(&d->spool, job->id, &e) == 0 &&
	    job_journal_read(&d->spool, job->id, ignored, &commands, &e) == 0 &&
	    effects_park(d->store, job->id, commands, why == PD_BUSY, &e) == 0)
		log_event(&d->log, LOG_NOTICE, "parked", "job", job->id, NULL);
	else	/* its row says running, its journal has the commands: the next start finds both */
		log_event(&d->log, LOG_WARNING, "park-not-recorded", "job", job->id, "why", e.msg, NULL);
	json_decref(commands);
}

static void
on_parked(struct director *d, struct worker *w, const json_t *msg)
{
	struct sched_job job = w->job;
	struct pd_err	 why;

	parked(d, &job, code_find(field_text(msg, "code"), (int)field_number(msg, "exit")));
	pool_job_ended(&d->pool, w, clock_mono_ms());
	(void)pd_fail(&why, PD_BUSY, "its worker parked it: %s", field_text(msg, "message"));
	job.is_resumed = 1;
	runner_try_later(d, &job, DIRECTOR_RETRY_MS, &why);
}

/* The decision is durable with what it claims, and goes to the next worker with the job. */
static int
record_decision(struct director *d, const char *id, const json_t *asked, struct pd_err *e)
{
	json_t *row = NULL, *decision = NULL, *set = NULL;
	int	rv = -1;

	if (store_begin(d->store, e) == 0 && store_job_get(d->store, id, &row, e) == 0 &&
	    orphans_decide(d->store, row, json_object_get(asked, "shown"), &decision, e) == 0) {
		set = json_pack("{s:i s:{s:{s:s s:{s:O}}}}", "attempts", 0, "value", "decided", "step",
		    field_text(asked, "step"), "set", "orphans", decision);
		if (store_job_set(d->store, id, set, e) == 0)
			rv = store_commit(d->store, e);
	}
	if (rv == -1)
		store_rollback(d->store);
	json_decref(set);
	json_decref(decision);
	json_decref(row);
	return rv;
}

/* Its sequence has come to where only the director knows how to go on (verb orphans). */
static void
on_asking(struct director *d, struct worker *w, const json_t *msg)
{
	struct sched_job job = w->job;
	struct pd_err	 e;
	int		 rv = record_decision(d, job.id, json_object_get(msg, "value"), &e);

	pool_job_ended(&d->pool, w, clock_mono_ms());
	if (rv == -1)	/* our disk, or our mistake: it asks again */
		log_event(&d->log, LOG_ERR, "decision-not-recorded", "job", job.id, "why", e.msg, NULL);
	else
		(void)pd_fail(&e, PD_BUSY, "its worker has its decision");
	job.is_resumed = 1;
	runner_try_later(d, &job, rv == -1 ? DIRECTOR_RETRY_MS : DIRECTOR_DECIDED_MS, &e);
}

static int
outcome_state(const char *outcome, enum job_state *state)
{
	if (job_state_from_name(outcome, state) == -1)
		return -1;
	return *state == JOB_DONE || *state == JOB_FAILED || *state == JOB_STUCK || *state == JOB_CANCELLED ? 0 : -1;
}

static void
on_result(struct director *d, struct worker *w, const json_t *msg)
{
	struct sched_job job = w->job;
	struct ending	 ending;

	memset(&ending, 0, sizeof(ending));
	if (outcome_state(field_text(msg, "outcome"), &ending.state) == -1) {
		log_event(&d->log, LOG_ERR, "worker-speaks-nonsense", "job", job.id, NULL);
		runner_lost(d, w);
		return;
	}
	ending.err.code = code_find(field_text(msg, "code"), (int)field_number(msg, "exit"));
	(void)snprintf(ending.err.msg, sizeof(ending.err.msg), "%s", field_text(msg, "message"));
	ending.value = json_object_get(msg, "value");
	contact_heard(d, &job, field_text(msg, "contact"), ending.err.msg);
	contact_consoles(d, &job, json_object_get(msg, "consoles"));
	pool_job_ended(&d->pool, w, clock_mono_ms());
	settle_end(d, &job, &ending);
}

/* It was let through alone; now its console has answered, and the others follow. */
static void
on_answered(struct director *d, struct worker *w)
{
	sched_answered(d->sched, &w->job);
	contact_heard(d, &w->job, "answered", "");
	if (w->job.is_again) {
		w->job.is_again = 0;
		if (!w->job.has_begun)
			runner_tell_state(d, w->job.id, "running");
		log_event(&d->log, LOG_NOTICE, "resumed", "job", w->job.id, "platform", w->job.platform, NULL);
	}
}

/* A job that was parked while it was undone is undoing already. */
static int
record_undoing(struct store *st, const char *id, struct pd_err *e)
{
	enum job_state now;

	if (store_begin(st, e) == -1 || store_job_state(st, id, &now, e) == -1 ||
	    (now != JOB_UNDOING && store_job_move(st, id, JOB_UNDOING, NULL, e) == -1))
		return -1;
	return store_commit(st, e);
}

static void
on_undoing(struct director *d, struct worker *w, const json_t *msg)
{
	const char   *id = w->job.id;
	struct pd_err e;

	log_event(&d->log, LOG_NOTICE, "undoing", "job", id, "why", field_text(msg, "why"), NULL);
	if (record_undoing(d->store, id, &e) == -1) {
		store_rollback(d->store);	/* the journal has it as well */
		log_event(&d->log, LOG_WARNING, "state-not-recorded", "job", id, "why", e.msg, NULL);
	}
	runner_tell_state(d, id, "undoing");
}

static void
on_message(struct director *d, struct worker *w, const json_t *msg)
{
	const char *what = field_text(msg, "msg");

	if (!w->is_busy || strcmp(field_text(msg, "job"), w->job.id) != 0) {
		log_event(&d->log, LOG_ERR, "worker-speaks-nonsense", "job", field_text(msg, "job"), NULL);
		runner_lost(d, w);
	} else if (w->is_background) {
		inventory_hear(d, w, msg);
	} else if (strcmp(what, "undoing") == 0) {
		on_undoing(d, w, msg);
	} else if (strcmp(what, "full") == 0) {
		log_event(&d->log, LOG_ERR, "journal-full", "job", w->job.id, NULL);
		disk_relieve(d);
	} else if (strcmp(what, "answered") == 0) {
		on_answered(d, w);
	} else if (strcmp(what, "result") == 0 && runner_away(d, w, msg)) {
		return;
	} else if (strcmp(what, "result") == 0 && strcmp(field_text(msg, "outcome"), "parked") == 0) {
		on_parked(d, w, msg);
	} else if (strcmp(what, "result") == 0 && strcmp(field_text(msg, "outcome"), "asking") == 0) {
		on_asking(d, w, msg);
	} else if (strcmp(what, "result") == 0) {
		on_result(d, w, msg);
	}	/* a newer worker may say more */
}

void
runner_read(struct director *d, struct worker *w)
{
	struct pd_err e;
	json_t	     *msg = NULL;
	int	      filled = wire_in_fill(&w->in, w->sock, &e), taken = 0;

	while (w->sock != -1 && (taken = wire_in_take(&w->in, &msg, &e)) == 1) {
		on_message(d, w, msg);
		json_decref(msg);
	}
	if (w->sock != -1 && (filled != 1 || taken == -1))
		runner_lost(d, w);
}

void
runner_park(struct director *d)
{
	struct pd_err e;

	for (struct worker *w = d->pool.workers; w != NULL; w = w->next)
		if (w->sock != -1 && w->is_busy && pool_tell(w, "park", &e) == -1)
			log_event(&d->log, LOG_WARNING, "park-failed", "job", w->job.id, "why", e.msg, NULL);
}

/* Marks it, so that a crash does not forget the wish, and writes the history. */
static int
record_cancel(struct director *d, const json_t *row, const char *by, struct pd_err *e)
{
	const char *id = field_text(row, "id");
	json_t	   *set = json_pack("{s:b}", "cancel", 1);
	json_t	   *history = json_pack("{s:s s:s s:s s:s s:s s:s s:o}", "event", "cancel", "user", by,
	    "tenant", field_text(row, "tenant"), "job", id, "verb", field_text(row, "verb"), "vm", field_text(row, "vm"),
	    "what", decision_of(d->conf, by, "cancel-job"));
	int	    rv = -1;

	if (store_begin(d->store, e) == 0 && store_job_set(d->store, id, set, e) == 0 &&
	    store_history_add(d->store, history, e) == 0)
		rv = store_commit(d->store, e);
	if (rv == -1)
		store_rollback(d->store);
	json_decref(set);
	json_decref(history);
	return rv;
}

int
runner_cancel(struct director *d, const char *id, const char *by, struct pd_err *e)
{
	struct worker *w = pool_find(&d->pool, id);
	struct ending  ending = { .state = JOB_CANCELLED, .err = { .code = PD_FAILED, .msg = "cancelled before it began" } };
	json_t	      *row = NULL;
	int	       rv;

	if (store_job_get(d->store, id, &row, e) == -1)
		return -1;
	rv = record_cancel(d, row, by, e);
	if (rv == 0 && w != NULL)
		rv = pool_tell(w, "cancel", e);
	else if (rv == 0 && strcmp(field_text(row, "state"), "queued") == 0 && sched_remove(d->sched, id))
		rv = runner_record_end(d, id, &ending);	/* else it is resumed with the wish in its row, and undone */
	json_decref(row);
	return rv;
}
