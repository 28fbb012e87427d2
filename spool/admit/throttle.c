/* SPDX-License-Identifier: ISC */
/*
 * throttle.c - a user who asks more often than allowed is told to wait before his requests cost anything.
 *
 * Every message on the socket counts, whatever comes of it: questions, jobs, and the refusals that the gateway tells.
 * A job file that came with a request too many is taken away again: a job that its user was told to try later with must
 * not run.  What help and whoami ask is answered by the gateway alone and costs nobody but its caller.
 */
#include <string.h>

#include "policy/policy.h"
#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/query/query.h"
#include "spool/vis.h"

#define SECOND_US 1000000

/* Once a minute and user: the log and the history say that it happened, not how often. */
static void
tell(struct director *d, const char *user, const json_t *request)
{
	const struct pd_tenant *tenant = policy_tenant(d->conf, user);
	const char	       *from = field_text(request, "source");
	char			source[4 * JOB_SOURCE_MAX];
	struct pd_err		e;

	(void)vis_encode(source, sizeof(source), from, strlen(from));
	log_event(&d->log, LOG_WARNING, "too-many-requests", "user", user, "source", source, NULL);
	if (director_record(d,
		json_pack("{s:s s:s s:s s:{s:I s:s}}", "event", "too-many-requests", "user", user, "tenant",
		    tenant != NULL ? tenant->name : "", "what", "limit", (json_int_t)d->conf->requests_per_minute,
		    "source", source),
		&e) == -1)
		log_event(&d->log, LOG_ERR, "history-failed", "why", e.msg, NULL);
}

json_t *
throttle_request(struct director *d, const char *user, const json_t *request)
{
	int64_t	      wait_us, limit = d->conf->requests_per_minute;
	struct pd_err e;
	int	      is_first;

	if (limit == 0 || (wait_us = rate_take(d->rate, user, limit, clock_mono_us(), &is_first)) == 0)
		return NULL;
	(void)tally_refused(&d->tally, user, code_word(PD_BUSY), 0, clock_mono_ms());	/* counted, each of them */
	if (is_first)
		tell(d, user, request);
	/* Where the file cannot be taken away, the job is decided on as always: it may not be left to run by itself. */
	if (strcmp(field_text(request, "op"), "admit") == 0 &&
	    intake_turn_away(&d->intake, field_text(request, "job"), user, NULL, &e) == -1)
		return NULL;
	(void)pd_fail_wait(&e, PD_BUSY, (int)((wait_us + SECOND_US - 1) / SECOND_US),
	    "you have made more requests than the %lld that are allowed in a minute", (long long)limit);
	return query_refusal(&e);
}
