/* SPDX-License-Identifier: ISC */
/*
 * runner_away.c - jobs whose console, or a VIOS of theirs, cannot be reached: they wait, are given up in the end, or are told at once.
 *
 * A job that has changed nothing is queued again, keeps its place, and may be cancelled or given up without the console.  One that has
 * goes on from its journal when the console is back, forwards or backwards.  A check and a registration are told at once:
 * they are asked by a person who wants to know just that.
 */
#include <stdio.h>
#include <string.h>

#include "spool/digest.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/os/clock.h"
#include "spool/run/runner_parts.h"
#include "spool/run/settle.h"

/* The answer of a check: what happened, and since when, and who waits for it. */
static void
end_check(struct director *d, const struct sched_job *job, const char *message)
{
	struct ending	      ending = { .state = JOB_FAILED };
	const struct contact *c = contact_bad(d, job->platform);
	size_t		      waiting = sched_waiting_for(d->sched, job->platform);

	(void)pd_fail(&ending.err, PD_REMOTE, "%s", message);
	if (c != NULL && waiting > 0) {
		size_t len = strlen(ending.err.msg);

		(void)snprintf(ending.err.msg + len, sizeof(ending.err.msg) - len, "; %zu job%s for it", waiting,
		    waiting == 1 ? " waits" : "s wait");
	}
	settle_end(d, job, &ending);
}

/* Cancelled in the moment in which its console turned out to be away: nothing was changed, nothing is to be undone. */
static int
was_cancelled(struct director *d, const struct sched_job *job, const json_t *row)
{
	struct ending ending = { .state = JOB_CANCELLED, .err = { .code = PD_FAILED, .msg = "cancelled; it had changed nothing" } };

	if (job->has_begun || !field_is_set(row, "cancel"))
		return 0;
	settle_end(d, job, &ending);
	return 1;
}

static void
tell_wait(struct director *d, const struct sched_job *job, const struct contact *c)
{
	char		      text[CONTACT_TEXT_MAX];
	struct pd_err	      e;

	if (c == NULL)
		return;
	log_event(&d->log, LOG_NOTICE, "waiting", "job", job->id, "platform", job->platform, "why", c->why, NULL);
	if (job_log_event(&d->spool, job->id, "wait", json_pack("{s:s}", "wait", contact_text(c, text)), &e) == -1)
		log_event(&d->log, LOG_WARNING, "job-log-failed", "job", job->id, "why", e.msg, NULL);
}

/* c: what it waits for; with a time of its own, in not_before_ms, when that is a VIOS. */
static void
put_back(struct director *d, struct sched_job *job, const struct contact *c)
{
	char	      ignored[DIGEST_TEXT_LEN];
	struct pd_err e;
	json_t	     *commands = NULL, *row = NULL;
	int	      was_told = job->is_again;

	if (job_journal_settle(&d->spool, job->id, &e) == -1 ||
	    job_journal_read(&d->spool, job->id, ignored, &commands, &e) == -1 ||
	    effects_put_back(d->store, job->id, commands, job->has_begun, &row, &e) == -1) /* its journal has it all */
		log_event(&d->log, LOG_WARNING, "park-not-recorded", "job", job->id, "why", e.msg, NULL);
	json_decref(commands);
	if (row == NULL || !was_cancelled(d, job, row)) {
		job->is_resumed = job->is_again = 1;
		if (sched_set_aside(d->sched, job, &e) == -1)
			log_event(&d->log, LOG_ERR, "out-of-memory", "job", job->id, NULL);	/* its row brings it back at the next start */
		if (!job->is_aside)
			contact_job_waits(d, job->platform);
		if (!was_told)
			tell_wait(d, job, c);
	}
	json_decref(row);
}

/* Its console answers.  It waits by itself, or is given up. */
static void
wait_for_vios(struct director *d, struct sched_job *job, const json_t *vios, const char *why)
{
	struct ending	      ending = { .state = JOB_FAILED };
	const struct contact *c = absent_hear(d, job, vios, why);
	int64_t		      until = c != NULL ? absent_until(d, job, c) : clock_mono_ms() + DIRECTOR_RETRY_MS;
	char		      text[CONTACT_TEXT_MAX];

	if (until == 0) {
		(void)pd_fail(&ending.err, PD_REMOTE, "waited in vain for %s; nothing was changed", contact_text(c, text));
		settle_end(d, job, &ending);
		return;
	}
	job->is_aside = 1;
	job->not_before_ms = until;
	put_back(d, job, c);
}

int
runner_away(struct director *d, struct worker *w, const json_t *msg)
{
	struct sched_job job = w->job;
	const char	*word = field_text(msg, "contact"), *message = field_text(msg, "message");
	const json_t	*vios = json_object_get(msg, "vios");

	if (strcmp(field_text(msg, "outcome"), "parked") != 0 ||
	    (vios == NULL && strcmp(word, "silent") != 0 && strcmp(word, "refused") != 0))
		return 0;
	contact_heard(d, &job, word, message);
	contact_consoles(d, &job, json_object_get(msg, "consoles"));
	pool_job_ended(&d->pool, w, clock_mono_ms());
	job.has_begun = field_is_set(msg, "begun");
	job.is_aside = 0;
	job.not_before_ms = 0;
	if (job.is_direct) {
		end_check(d, &job, message);
	} else if (vios != NULL) {
		wait_for_vios(d, &job, vios, message);
	} else {
		absent_forget(d, job.id);
		put_back(d, &job, contact_bad(d, job.platform));
	}
	return 1;
}

const char *
runner_wait(struct director *d, const json_t *row, char buf[CONTACT_TEXT_MAX], int *is_platform)
{
	const struct contact *c;
	struct sched_job      job;
	enum job_state	      state;

	*is_platform = 0;
	if (job_state_from_name(field_text(row, "state"), &state) == -1 || job_state_is_final(state) ||
	    pool_find(&d->pool, field_text(row, "id")) != NULL)
		return "";
	runner_fill(d, row, &job);
	if (!job.is_direct && ((c = contact_bad(d, job.platform)) != NULL || (c = absent_contact(d, job.id)) != NULL)) {
		*is_platform = 1;
		return contact_text(c, buf);
	}
	return state == JOB_QUEUED ? sched_wait(d->sched, &job) : "";
}

int
runner_give_up(struct director *d, const char *id, const struct pd_err *why)
{
	const struct ending ending = { .state = JOB_FAILED, .err = *why };

	if (runner_record_end(d, id, &ending) == -1)
		return -1;
	(void)sched_remove(d->sched, id);
	return 0;
}
