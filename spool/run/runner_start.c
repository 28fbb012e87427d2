/* SPDX-License-Identifier: ISC */
/*
 * runner_start.c - how a job begins: into the queue, its files and its worker, its row, and when that is durable its
 * worker's order.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/policy.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/joblog.h"
#include "spool/os/clock.h"
#include "spool/os/sys.h"
#include "spool/run/runner_parts.h"
#include "spool/run/settle.h"
#include "spool/run/worker_vars.h"

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

/* A plan changes nothing, and what is of no VM changes no system. */
static int
set_place(const struct director *d, struct sched_job *job, const json_t *row, struct pd_err *e)
{
	int is_plan = field_is_set(row, "plan"), is_moving = strcmp(field_text(row, "verb"), "migrate-vm") == 0;
	struct store_place place;

	if (store_place_get(d->store, job->platform, job->vm, &place, e) == -1)
		return -1;
	job->is_hmc = place.is_hmc;
	copy(job->system, sizeof(job->system), is_plan ? "" : place.system);
	copy(job->to, sizeof(job->to),
	    is_plan || !is_moving ? "" : field_text(json_object_get(json_object_get(row, "args"), "change"), "to"));
	return 0;
}

void
runner_fill(const struct director *d, const json_t *row, struct sched_job *job)
{
	const struct pd_tenant *tenant = policy_tenant_by_name(d->conf, field_text(row, "tenant"));
	struct pd_err		ignored;

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
	(void)set_place(d, job, row, &ignored);	/* has_moved() looks again */
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
void
runner_try_later(struct director *d, const struct sched_job *job, int64_t delay_ms, const struct pd_err *why)
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

/*
 * An empty journal says that nothing was sent, whatever the row thinks: then it is a first run.  So is a queued one's,
 * whose console could not be reached: it may have asked, but has changed nothing.
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

static void
start_free(struct start *s)
{
	if (s->worker != NULL)
		pool_give_back(s->worker);
	json_decref(s->row);
	json_decref(s->begun);
	json_decref(s->msg);
	if (s->journal != -1)
		(void)sys.close(s->journal);
	if (s->log != -1)
		(void)sys.close(s->log);
	free(s);
}

static int
open_files(struct director *d, const char *id, struct start *s, struct pd_err *e)
{
	struct stat st;

	if ((s->journal = job_journal_open(&d->spool, id, &s->is_named, e)) == -1 ||
	    (s->log = job_log_open(&d->spool, id, e)) == -1)
		return -1;
	if (sys.fstat(s->journal, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat the journal of job %s", id);
	s->was_begun = st.st_size > 0;
	s->has_changed = s->was_begun && strcmp(field_text(s->row, "state"), "queued") != 0;
	return 0;
}

/* Its VM has come to another system while it waited: it is that one's turn that counts. */
static int
has_moved(const struct director *d, struct sched_job *job, const json_t *row, struct pd_err *e)
{
	char was[sizeof(job->system)];

	copy(was, sizeof(was), job->system);
	if (set_place(d, job, row, e) == -1)
		return -1;
	if (job->system[0] == '\0' || strcmp(was, job->system) == 0)
		return 0;
	(void)pd_fail(e, PD_BUSY, "its VM is on the system %s now", job->system);
	return 1;
}

static int
prepare(struct director *d, struct start *s, struct pd_err *e)
{
	const struct sched_job *job = &s->job;

	if (store_job_get(d->store, job->id, &s->row, e) == -1 || has_moved(d, &s->job, s->row, e) != 0 ||
	    open_files(d, job->id, s, e) == -1)
		return -1;
	if (field_is_set(s->row, "cancel") && !s->has_changed)
		return pd_fail(e, PD_FAILED, "cancelled before it began");
	if (field_number(s->row, "attempts") >= DIRECTOR_STARTS && !s->has_changed)
		return pd_fail(e, PD_FAILED, "its worker ended %d times before it had changed anything", DIRECTOR_STARTS);
	if (field_number(s->row, "attempts") >= DIRECTOR_STARTS)
		return pd_fail(e, PD_STUCK,
		    "its worker ended in the middle of it %d times; what it made may be left, see: "
		    "transcript %s",
		    DIRECTOR_STARTS, job->id);
	if (worker_message(d->conf, d->store, s->row, choose_mode(s->row, s->was_begun), &s->msg, e) == -1)
		return -1;
	contact_start_with(d, s->msg, strcmp(field_text(s->row, "verb"), "check-platform") == 0 ? LOOKS_NOW : LOOKS_NOT);
	if (job->is_trying)
		(void)json_object_set_new(s->msg, "tell", json_true());
	if (job->is_registering)
		pool_retire_platform(&d->pool, job->platform);	/* a warm one reaches the old address alone */
	s->worker = pool_take(&d->pool, job, e);
	return s->worker != NULL ? 0 : -1;
}

/* Why it could not start decides: later, never, or a person has to look. */
static void
not_started(struct director *d, const struct sched_job *job, int has_changed, const struct pd_err *why)
{
	switch (why->code) {
	case PD_BUSY:
		runner_try_later(d, job, DIRECTOR_LOCKED_MS, why);
		break;
	case PD_IO:
	case PD_NOSPACE:	/* our disk or our worker program: the next job would fare no better */
		runner_try_later(d, job, DIRECTOR_RETRY_MS, why);
		d->hold_until_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
		break;
	default:	/* nothing was sent, or a person has to look */
		settle_end(d, job, &(struct ending){ .state = has_changed ? JOB_STUCK : JOB_FAILED, .err = *why });
	}
}

/* The start is durable; with it what an earlier attempt has sent. */
static int
begin(struct director *d, struct start *s, struct pd_err *e)
{
	const struct sched_job *job = &s->job;
	char	ignored[DIGEST_TEXT_LEN];
	json_t *journal = NULL;
	int	rv = 0;

	if (s->was_begun &&
	    (job_journal_settle(&d->spool, job->id, e) == -1 ||
		job_journal_read(&d->spool, job->id, ignored, &journal, e) == -1))
		rv = -1;
	if (rv == 0)
		rv = job->is_again ? effects_start_again(d->store, job->id, journal, &s->begun, e) :
		    effects_start(d->store, job->id, journal, &s->begun, e);
	json_decref(journal);
	return rv;
}

struct start *
runner_start_record(struct director *d, const struct sched_job *job)
{
	struct start *s = calloc(1, sizeof(*s));
	struct pd_err e;

	if (s == NULL) {
		(void)pd_fail_sys(&e, PD_IO, "start job %s", job->id);
		not_started(d, job, 0, &e);
		return NULL;
	}
	s->job = *job;
	s->journal = s->log = -1;
	if (prepare(d, s, &e) == 0 && begin(d, s, &e) == 0)
		return s;
	not_started(d, &s->job, s->has_changed, &e);
	start_free(s);
	return NULL;
}

void
runner_start_back(struct director *d, struct start *s, const struct pd_err *why)
{
	runner_try_later(d, &s->job, DIRECTOR_RETRY_MS, why);
	d->hold_until_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
	start_free(s);
}

static void
tell_start(struct director *d, const struct start *s)
{
	const char   *id = s->job.id, *state = field_text(s->begun, "state");
	struct pd_err e;

	if (joblog_event(s->log, d->spool.log_max, "state", json_pack("{s:s}", "state", state), &e) == -1)
		log_event(&d->log, LOG_WARNING, "job-log-failed", "job", id, "why", e.msg, NULL);
	log_event(&d->log, LOG_NOTICE, field_number(s->begun, "attempts") > 1 ? "resumed" : "started", "job", id,
	    "platform", s->job.platform, "mode", field_text(s->msg, "mode"), NULL);
}

void
runner_start_send(struct director *d, struct start *s)
{
	struct worker *w = s->worker;
	struct pd_err  e;

	/* Else it is one more try of a console that may not answer, on_answered() tells then; or of a VIOS. */
	if (!s->job.is_again || (!s->job.is_trying && !s->job.is_aside))
		tell_start(d, s);
	s->worker = NULL;
	if (pool_run(w, &s->job, json_incref(s->msg), s->journal, s->log, &e) == -1)
		runner_lost(d, w);
	start_free(s);
}
