/* SPDX-License-Identifier: ISC */
/*
 * submit.c - a request becomes a job: durable in the drop directory, told to the director, followed.
 *
 * Once the file is in new/ nothing here takes it back.  What the director says to it decides what is told: accepted,
 * refused with figures, or, without a director, queued.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/ask.h"
#include "gateway/follow/watch.h"
#include "gateway/gateway.h"
#include "spool/drop.h"
#include "spool/os/clock.h"
#include "spool/os/room.h"

void
gateway_make_job(const struct gateway *g, const struct request *req, const char *id, int64_t now_ms, struct job *job)
{
	memset(job, 0, sizeof(*job));
	(void)snprintf(job->id, sizeof(job->id), "%s", id);
	(void)snprintf(job->verb, sizeof(job->verb), "%s", req->verb->name);
	(void)snprintf(job->user, sizeof(job->user), "%s", g->caller.user);
	(void)snprintf(job->source, sizeof(job->source), "%s", g->launch.source);
	(void)snprintf(job->once, sizeof(job->once), "%s", req->once);
	(void)snprintf(job->note, sizeof(job->note), "%s", req->note);
	job->origin = g->caller.origin;
	job->has_tty = g->launch.has_tty;
	job->is_plan = req->plan;
	job->again = g->again;
	job->submitted_ms = now_ms;
	job->args = json_incref(req->args);
}

static int
make_job(const struct gateway *g, struct job *job, struct pd_err *e)
{
	char id[JOB_ID_LEN + 1];

	memset(job, 0, sizeof(*job));
	if (id_make(id, e) == -1)
		return -1;
	gateway_make_job(g, &g->req, id, clock_wall_ms(), job);
	return 0;
}

int
gateway_has_room(struct gateway *g, const struct verb *v, struct pd_err *e)
{
	if (v != NULL && (v->flags & VERB_CLEANS) != 0 && g->tenant->role->scope == SCOPE_ALL)
		return 0;
	if (room_for_job(g->conf, e) == 0)
		return 0;
	g->is_refused = 1;
	return -1;
}

/* Does the reply say that the jobs are in the director's store, admitted or refused? */
static int
is_recorded(const json_t *reply)
{
	return json_is_string(json_object_get(reply, "job")) || json_is_array(json_object_get(reply, "value"));
}

static int
ask_admission(const struct gateway *g, const struct job *jobs, size_t n, json_t **reply, int *is_down)
{
	json_t	     *msg = ask_new(g, "admit");
	struct pd_err e;

	(void)json_object_set_new(msg, "job", json_string(jobs[0].id));
	if (n > 1)
		(void)json_object_set_new(msg, "count", json_integer((json_int_t)n));
	return ask_director(g, msg, ASK_LIMIT_MS, reply, is_down, &e);
}

int
gateway_hand_in(const struct gateway *g, const struct job *jobs, size_t n, json_t **reply, int *is_down, struct response *r)
{
	struct spool  s;
	struct pd_err e;
	int	      fd, rv;

	*reply = NULL;
	if (spool_open_for_drop(&s, g->conf->spool, &e) == -1 || drop_put(&s, jobs, n, &fd, &e) == -1) {
		spool_close(&s);
		response_error(r, &e);
		return -1;
	}
	rv = ask_admission(g, jobs, n, reply, is_down) == 0;
	if (!is_recorded(*reply) && drop_settle(&s, fd, jobs[0].id, &e) == -1 && rv == 0) {
		response_error(r, &e);
		rv = -1;
	}
	(void)close(fd);
	spool_close(&s);
	return rv;
}

/* The file is there and nobody has taken it yet. */
static void
say_queued(const struct gateway *g, const struct job *job, int is_down, struct response *r)
{
	const char *why = is_down ? "the director is not running, it starts when the director is back" :
				    "the director has not answered yet";

	response_code(r, PD_QUEUED, "job %s is queued; %s; follow it with: follow %s", job->id, why, job->id);
	if (!g->req.detach)
		r->status = code_exit(PD_BUSY);
	(void)strcpy(r->job, job->id);
}

/* 1 = accepted, and r->job is the job to follow (with a once-key perhaps an earlier one); 0 = *r is the answer. */
static int
admit(const struct gateway *g, const struct job *job, struct response *r)
{
	json_t *reply;
	int	is_down, rv = gateway_hand_in(g, job, 1, &reply, &is_down, r);

	if (rv == 0)
		say_queued(g, job, is_down, r);
	if (rv != 1)
		return 0;
	(void)strcpy(r->job, job->id);
	response_from_json(r, reply);
	json_decref(reply);
	return r->status == 0;
}

/* The id first: whoever loses the connection now can still find the job. */
static void
tell_id(const struct gateway *g, const char *id)
{
	if (!g->req.json || g->launch.err_is_tty)
		(void)fprintf(stderr, "job %s\n", id);
}

static void
say_detached(struct response *r)
{
	if (strcmp(r->word, "QUEUED") == 0 && strstr(r->message, "follow") == NULL)
		response_code(r, PD_QUEUED, "job %s is queued; follow it with: follow %s", r->job, r->job);
}

static void
watch_to_end(const struct gateway *g, struct response *r)
{
	char id[JOB_ID_LEN + 1];

	memcpy(id, r->job, sizeof(id));
	watch_job(g, id, r);
	if (g->req.plan && r->status == 0 && !g->req.json) {
		(void)fprintf(stderr, "%s\n", r->message);
		r->message[0] = '\0';	/* a plan's output is its commands */
	}
}

static void
submit(struct gateway *g, struct response *r)
{
	struct job    job;
	struct pd_err e;

	if (gateway_has_room(g, g->req.verb, &e) == -1 || make_job(g, &job, &e) == -1) {
		response_error(r, &e);
		return;
	}
	if (admit(g, &job, r)) {
		if (g->req.detach) {
			say_detached(r);
		} else {
			tell_id(g, r->job);
			watch_to_end(g, r);
		}
	}
	job_clear(&job);
}

/* Who may not follow one more job is told so before there is one. */
void
gateway_submit(struct gateway *g, struct response *r)
{
	struct pd_err e;

	if (!g->req.detach && follower_begin(&g->follower, g->conf, g->caller.user, &e) == -1) {
		g->is_refused = 1;
		response_error(r, &e);
		return;
	}
	submit(g, r);
	follower_end(&g->follower);
}

/* The director's word, or, when it cannot be asked, that of the job's log. */
static int
find_job(const struct gateway *g, struct response *r)
{
	json_t	     *msg = ask_new(g, "resolve"), *reply;
	struct pd_err e;

	json_object_set(msg, "job", json_object_get(g->req.args, "job"));
	if (ask_director(g, msg, ASK_LIMIT_MS, &reply, NULL, &e) == -1) {
		if (e.code == PD_BUSY &&
		    gateway_find_log(g, json_string_value(json_object_get(g->req.args, "job")), r->job) == 0)
			return 0;
		response_error(r, &e);
		return -1;
	}
	response_from_json(r, reply);
	json_decref(reply);
	if (r->status == 0 && r->job[0] == '\0')
		response_code(r, PD_BUG, "the director's answer names no job");
	return r->status == 0 ? 0 : -1;
}

void
gateway_follow(struct gateway *g, struct response *r)
{
	struct pd_err e;

	if (follower_begin(&g->follower, g->conf, g->caller.user, &e) == -1) {
		g->is_refused = 1;
		response_error(r, &e);
		return;
	}
	if (find_job(g, r) == 0)
		watch_to_end(g, r);
	follower_end(&g->follower);
}
