/* SPDX-License-Identifier: ISC */
/*
 * runner.c - jobs on workers: start, messages, ends.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/policy.h"
#include "spool/clock.h"
#include "spool/director.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/orphans.h"
#include "spool/runner_parts.h"
#include "spool/refusal.h"
#include "spool/sys.h"
#include "spool/worker_vars.h"

static void
copy(char *dst, size_t size, const char *src)
{
	(void)snprintf(dst, size, "%s", src);
}

/* Somebody waits for what the console says now: that it says nothing is an answer, too. */
static int
only_asks(const json_t *row)
{
	const char *verb = field_text(row, "verb");

	return strcmp(verb, "check-platform") == 0 ||
	    (strcmp(verb, "orphans") == 0 && !field_is_set(json_object_get(row, "args"), "clean"));
}

void
runner_fill(const struct director *d, const json_t *row, struct sched_job *job)
{
	const struct pd_tenant *tenant = policy_tenant_by_name(d->conf, field_text(row, "tenant"));

	memset(job, 0, sizeof(*job));
	copy(job->id, sizeof(job->id), field_text(row, "id"));
	copy(job->tenant, sizeof(job->tenant), field_text(row, "tenant"));
	copy(job->user, sizeof(job->user), field_text(row, "user"));
	copy(job->platform, sizeof(job->platform), field_text(row, "platform"));
	copy(job->vm, sizeof(job->vm), field_text(row, "vm"));
	job->weight = tenant != NULL ? tenant->weight : 1;
	job->is_admin = tenant != NULL && tenant->role->scope == SCOPE_ALL;
	job->is_resumed = field_number(row, "started") != 0;
	job->has_begun = strcmp(field_text(row, "state"), "queued") != 0;
	job->is_registering = strcmp(field_text(row, "verb"), "register-platform") == 0;
	job->is_direct = field_is_set(row, "plan") || job->is_registering || only_asks(row);
	job->submitted_ms = field_number(row, "submitted");
}

int
runner_enqueue(struct director *d, const json_t *row, int64_t not_before_ms, struct pd_err *e)
{
	struct sched_job job;

	runner_fill(d, row, &job);
	job.not_before_ms = not_before_ms;
	return sched_add(d->sched, &job, e);
}

/* It had its turn; it comes back to the front, not to the end of the queue. */
static void
try_later(struct director *d, const struct sched_job *job, int64_t delay_ms, const struct pd_err *why)
{
	struct sched_job again = *job;
	struct pd_err	 e;

	log_event(&d->log, why->code == PD_BUSY ? LOG_INFO : LOG_ERR, "start-delayed", "job", job->id, "why", why->msg, NULL);
	if (why->code == PD_NOSPACE)
		disk_relieve(d);
	sched_ended(d->sched, job);
	again.not_before_ms = clock_mono_ms() + delay_ms;
	if (sched_add(d->sched, &again, &e) == -1)
		log_event(&d->log, LOG_ERR, "out-of-memory", "job", job->id, NULL);	/* its row brings it back at the next start */
}

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

	if (strcmp(field_text(row, "verb"), "register-platform") != 0 || strcmp(field_text(row, "state"), "done") != 0 ||
	    field_is_set(row, "plan"))
		return;
	runner_fill(d, row, &job);
	job.is_registering = 0;
	pool_retire_platform(&d->pool, job.platform);	/* those for where it was */
	contact_heard(d, &job, "answered", "");
}

/* Effects, move and history; 0 when they are durable and told. */
int
runner_record_end(struct director *d, const char *id, const struct ending *wanted)
{
	struct ending ending = *wanted;
	struct pd_err e;
	json_t	     *row = NULL, *commands;
	int	      rv = job_journal_read(&d->spool, id, ending.journal, &commands, &e);

	ending.commands = commands;
	if (rv == 0)	/* else later: the history has every command (P6) */
		rv = effects_end(d->store, id, &ending, &row, &e);
	json_decref(commands);
	if (rv == -1) {
		log_event(&d->log, LOG_ERR, "end-not-recorded", "job", id, "why", e.msg, NULL);
		return -1;
	}
	tell_end(d, row);
	tell_closed(d, row);
	hear_registered(d, row);
	json_decref(row);
	return 0;
}

/* The slot stays taken until the end is durable: nothing may start that assumes it. */
void
runner_end_job(struct director *d, const struct sched_job *job, const struct ending *ending)
{
	struct unrecorded *u;

	if (runner_record_end(d, job->id, ending) == 0) {
		sched_ended(d->sched, job);
		return;
	}
	disk_relieve(d);
	if ((u = calloc(1, sizeof(*u))) == NULL)
		return;	/* its row says running: the next start resumes it, and its journal ends it */
	u->job = *job;
	u->ending = *ending;
	u->ending.value = u->value = json_incref((json_t *)(uintptr_t)ending->value);
	u->next = d->unrecorded;
	d->unrecorded = u;
	d->retry_at_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
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
		json_decref(u->value);
		free(u);
	}
}

/* Ends a job that has no worker. */
static void
end_with(struct director *d, const struct sched_job *job, enum job_state state, const struct pd_err *why)
{
	struct ending ending = { .state = state, .err = *why };

	runner_end_job(d, job, &ending);
}

/*
 * An empty journal says that nothing was sent, whatever the row thinks: then it is a first run.  So is a queued one's, whose console
 * could not be reached: it may have asked, but has changed nothing.
 */
static const char *
choose_mode(const json_t *row, int was_begun)
{
	if (field_is_set(row, "plan"))
		return "plan";
	if (strcmp(field_text(row, "state"), "undoing") == 0)
		return "undo";
	if (!was_begun || strcmp(field_text(row, "state"), "queued") == 0)
		return "run";
	return field_is_set(row, "cancel") ? "undo" : "resume";
}

/* Everything that a start needs, or nothing. */
struct start {
	json_t	      *row, *msg;
	struct worker *worker;
	int	       journal, log;
	int	       was_begun;	/* its journal has records */
	int	       has_changed;	/* and something on the platform may be other than before */
};

static void
start_clear(struct start *s)
{
	json_decref(s->row);
	json_decref(s->msg);
	if (s->journal != -1)
		(void)sys.close(s->journal);
	if (s->log != -1)
		(void)sys.close(s->log);
}

static int
open_files(struct director *d, const char *id, struct start *s, struct pd_err *e)
{
	struct stat st;

	if ((s->journal = job_journal_open(&d->spool, id, e)) == -1 || (s->log = job_log_open(&d->spool, id, e)) == -1)
		return -1;
	if (sys.fstat(s->journal, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat the journal of job %s", id);
	s->was_begun = st.st_size > 0;
	s->has_changed = s->was_begun && strcmp(field_text(s->row, "state"), "queued") != 0;
	return 0;
}

static int
prepare(struct director *d, const struct sched_job *job, struct start *s, struct pd_err *e)
{
	if (store_job_get(d->store, job->id, &s->row, e) == -1 || open_files(d, job->id, s, e) == -1)
		return -1;
	if (field_is_set(s->row, "cancel") && !s->has_changed)
		return pd_fail(e, PD_FAILED, "cancelled before it began");
	if (field_number(s->row, "attempts") >= DIRECTOR_STARTS && !s->has_changed)
		return pd_fail(e, PD_FAILED, "its worker ended %d times before it had changed anything", DIRECTOR_STARTS);
	if (field_number(s->row, "attempts") >= DIRECTOR_STARTS)
		return pd_fail(e, PD_STUCK, "its worker ended in the middle of it %d times; what it made may be left, see: "
		    "transcript %s", DIRECTOR_STARTS, job->id);
	if (worker_message(d->conf, d->store, s->row, choose_mode(s->row, s->was_begun), &s->msg, e) == -1)
		return -1;
	if (job->is_trying)
		(void)json_object_set_new(s->msg, "tell", json_true());
	if (job->is_registering)
		pool_retire_platform(&d->pool, job->platform);	/* a warm one reaches the old address alone */
	s->worker = pool_get(&d->pool, job->platform, e);
	return s->worker != NULL ? 0 : -1;
}

/* Why it could not start decides: later, never, or a person has to look. */
static void
not_started(struct director *d, const struct sched_job *job, int has_changed, const struct pd_err *why)
{
	switch (why->code) {
	case PD_BUSY:
		try_later(d, job, DIRECTOR_LOCKED_MS, why);
		break;
	case PD_IO:
	case PD_NOSPACE:	/* our disk or our worker program: the next job would fare no better */
		try_later(d, job, DIRECTOR_RETRY_MS, why);
		d->hold_until_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
		break;
	default:	/* nothing was sent, or a person has to look */
		end_with(d, job, has_changed ? JOB_STUCK : JOB_FAILED, why);
	}
}

/* A worker is gone with a job: another one takes it up from its journal. */
static void
lost_worker(struct director *d, struct worker *w)
{
	struct sched_job job = w->job;
	struct pd_err	 why;
	int		 was_busy = w->is_busy;

	pool_end(w, 1);
	if (!was_busy)
		return;
	(void)pd_fail(&why, PD_BUSY, "its worker ended, another one takes it up");
	log_event(&d->log, LOG_WARNING, "worker-lost", "job", job.id, "platform", job.platform, NULL);
	job.is_resumed = 1;
	try_later(d, &job, DIRECTOR_LOCKED_MS, &why);
}

/* The start is durable; with it what an earlier attempt has sent. */
static int
begin(struct director *d, const struct sched_job *job, const struct start *s, json_t **row, struct pd_err *e)
{
	char	ignored[DIGEST_TEXT_LEN];
	json_t *journal = NULL;
	int	rv = s->was_begun ? job_journal_read(&d->spool, job->id, ignored, &journal, e) : 0;

	if (rv == 0)
		rv = job->is_again ? effects_start_again(d->store, job->id, journal, row, e) : effects_start(d->store, job->id, journal, row, e);
	json_decref(journal);
	return rv;
}

static void
tell_start(struct director *d, const struct sched_job *job, const json_t *row, const char *mode)
{
	runner_tell_state(d, job->id, field_text(row, "state"));
	log_event(&d->log, LOG_NOTICE, field_number(row, "attempts") > 1 ? "resumed" : "started", "job", job->id, "platform",
	    job->platform, "mode", mode, NULL);
}

static void
start_job(struct director *d, const struct sched_job *job)
{
	struct start  s = { NULL, NULL, NULL, -1, -1, 0, 0 };
	struct pd_err e;
	json_t	     *row = NULL;

	if (prepare(d, job, &s, &e) == -1 || begin(d, job, &s, &row, &e) == -1) {
		not_started(d, job, s.has_changed, &e);
		start_clear(&s);
		return;
	}
	if (!job->is_again || !job->is_trying)	/* else it is one more try of a console that may not answer: on_answered() tells */
		tell_start(d, job, row, field_text(s.msg, "mode"));
	if (pool_run(s.worker, job, json_incref(s.msg), s.journal, s.log, &e) == -1)
		lost_worker(d, s.worker);
	json_decref(row);
	start_clear(&s);
}

void
runner_dispatch(struct director *d)
{
	struct sched_job job;

	if (sched_waiting(d->sched) > 0 && !d->is_stopping)
		disk_look(d);
	while (!d->is_stopping && clock_mono_ms() >= d->hold_until_ms && sched_next(d->sched, clock_mono_ms(), &job))
		start_job(d, &job);
}

/* Its row waits.  "Try later": the director stops, or a disk of ours is full.  Such an attempt does not count. */
static void
parked(struct director *d, const struct sched_job *job, enum pd_code why)
{
	char	      ignored[DIGEST_TEXT_LEN];
	struct pd_err e;
	json_t	     *commands;

	if (job_journal_read(&d->spool, job->id, ignored, &commands, &e) == 0 &&
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
	try_later(d, &job, DIRECTOR_RETRY_MS, &why);
}

/* The decision is durable with what it claims, and goes to the next worker with the job. */
static int
record_decision(struct director *d, const char *id, const json_t *asked, struct pd_err *e)
{
	json_t *row = NULL, *decision = NULL, *set = NULL;
	int	rv = -1;

	if (store_begin(d->store, e) == 0 && store_job_get(d->store, id, &row, e) == 0 &&
	    orphans_decide(d->store, row, json_object_get(asked, "shown"), &decision, e) == 0) {
		set = json_pack("{s:i s:{s:{s:s s:{s:O}}}}", "attempts", 0, "value", "decided", "step", field_text(asked, "step"), "set", "orphans",
		    decision);
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
	try_later(d, &job, rv == -1 ? DIRECTOR_RETRY_MS : DIRECTOR_DECIDED_MS, &e);
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
		lost_worker(d, w);
		return;
	}
	ending.err.code = code_find(field_text(msg, "code"), (int)field_number(msg, "exit"));
	copy(ending.err.msg, sizeof(ending.err.msg), field_text(msg, "message"));
	ending.value = json_object_get(msg, "value");
	contact_heard(d, &job, field_text(msg, "contact"), ending.err.msg);
	pool_job_ended(&d->pool, w, clock_mono_ms());
	runner_end_job(d, &job, &ending);
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

static void
on_undoing(struct director *d, struct worker *w, const json_t *msg)
{
	const char   *id = w->job.id;
	struct pd_err e;

	log_event(&d->log, LOG_NOTICE, "undoing", "job", id, "why", field_text(msg, "why"), NULL);
	if (store_begin(d->store, &e) == -1 || store_job_move(d->store, id, JOB_UNDOING, NULL, &e) == -1 ||
	    store_commit(d->store, &e) == -1) {
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
		lost_worker(d, w);
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
		lost_worker(d, w);
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
