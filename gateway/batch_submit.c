/* SPDX-License-Identifier: ISC */
/*
 * batch_submit.c - the requests of a batch become jobs: durable together, told one by one.
 *
 * One file, one question to the director, one answer for each job.  Then their ends are waited for in
 * their order: a log that has ended while an earlier one was read costs no wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/follow/watch.h"
#include "gateway/gateway.h"
#include "spool/os/clock.h"

/* How many requests ended how. */
struct tally {
	int good, queued, stuck, later, bad;
};

static int
make_jobs(const struct gateway *g, struct job *jobs, struct pd_err *e)
{
	int64_t now = clock_wall_ms();
	char	id[JOB_ID_LEN + 1];

	if (id_make(id, e) == -1)
		return -1;
	for (size_t i = 0; i < g->nlines; i++) {
		if (i > 0 && id_next(id, e) == -1)
			return -1;
		gateway_make_job(g, &g->lines[i].req, id, now, &jobs[i]);
	}
	return 0;
}

static void
say_queued(const struct gateway *g, const struct job *first, int is_down, struct response *r)
{
	response_code(r, PD_QUEUED, "%zu jobs are queued, %s and those behind it; %s", g->nlines, first->id,
	    is_down ? "the director is not running, they start when it is back" : "the director has not answered yet");
	if (!g->req.detach)
		r->status = code_exit(PD_BUSY);
}

/* The director's word on each job, an array; NULL: *r is the answer. */
static json_t *
admit(const struct gateway *g, const struct job *jobs, struct response *r)
{
	json_t *reply, *replies;
	int	is_down, rv = gateway_hand_in(g, jobs, g->nlines, &reply, &is_down, r);

	if (rv == 0)
		say_queued(g, &jobs[0], is_down, r);
	if (rv != 1)
		return NULL;
	if (g->nlines == 1) {	/* a batch of one is a job like any other */
		replies = json_array();
		(void)json_array_append_new(replies, reply);
		return replies;
	}
	response_from_json(r, reply);
	json_decref(reply);
	if (r->status != 0)
		return NULL;	/* refused as a whole */
	replies = r->value;
	r->value = NULL;
	if (json_array_size(replies) == g->nlines)
		return replies;
	json_decref(replies);
	response_code(r, PD_BUG, "the director's answer is not one for each request");
	return NULL;
}

static void
count(struct tally *t, const struct response *r)
{
	if (strcmp(r->word, code_word(PD_QUEUED)) == 0)
		t->queued++;
	else if (r->status == 0)
		t->good++;
	else if (r->status == code_exit(PD_STUCK))
		t->stuck++;
	else if (r->status == code_exit(PD_BUSY))
		t->later++;
	else
		t->bad++;
}

/* The answer to one request: its row, and as JSON at once its line. */
static int
tell(const struct gateway *g, const struct batch_line *l, const struct response *r, json_t *rows)
{
	if (g->req.json)
		return response_print_line(r, l->req.verb->name, l->number);
	return json_array_append_new(rows,
	    json_pack("{s:i s:s s:s s:s s:s}", "line", l->number, "job", r->job, "command", l->req.verb->name, "code",
		r->word, "message", r->message));
}

/* One after the other; with 1 at the end when nobody reads us any more. */
static void
collect(const struct gateway *g, const json_t *replies, json_t *rows, struct tally *t)
{
	int64_t end_ms = g->req.timeout_s < 0 ? -1 : clock_mono_ms() + g->req.timeout_s * 1000;
	int	is_gone = 0;

	for (size_t i = 0; i < g->nlines && !is_gone; i++) {
		struct response one;
		char		id[JOB_ID_LEN + 1];

		response_init(&one);
		response_from_json(&one, json_array_get(replies, i));
		memcpy(id, one.job, sizeof(id));
		if (!g->req.detach && strcmp(one.word, code_word(PD_QUEUED)) == 0)
			watch_next(g, id, end_ms, &one);
		count(t, &one);
		is_gone = tell(g, &g->lines[i], &one, rows) == -1;
		response_clear(&one);
	}
}

/* "3 requests: 2 done, 1 refused or failed" */
static void
describe(const struct tally *t, size_t lines, char *text, size_t size)
{
	const struct { int n; const char *what; } parts[] = {
		{ t->good, "done" }, { t->queued, "queued" }, { t->later, "not finished or to be tried later" },
		{ t->bad, "refused or failed" }, { t->stuck, "stuck" },
	};
	size_t len = (size_t)snprintf(text, size, "%zu request%s", lines, lines == 1 ? "" : "s");
	char   mark = ':';

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && len < size; i++)
		if (parts[i].n > 0) {
			len += (size_t)snprintf(text + len, size - len, "%c %d %s", mark, parts[i].n, parts[i].what);
			mark = ',';
		}
}

static void
sum_up(size_t n, const struct tally *t, json_t *rows, struct response *r)
{
	enum pd_code code = t->stuck > 0 ? PD_STUCK : t->bad > 0 ? PD_FAILED : t->later > 0 ? PD_BUSY :
	    t->queued > 0 ? PD_QUEUED : PD_OK;
	char	     text[200];

	describe(t, n, text, sizeof(text));
	response_code(r, code, "%s", text);
	r->value = json_incref(rows);
	r->is_told = 1;
}

/* -1: *r is the answer. */
static int
submit(struct gateway *g, struct job *jobs, json_t *rows, struct tally *t, struct response *r)
{
	json_t	     *replies;
	struct pd_err e;

	if (gateway_has_room(g, NULL, &e) == -1 || make_jobs(g, jobs, &e) == -1) {
		response_error(r, &e);
		return -1;
	}
	if ((replies = admit(g, jobs, r)) == NULL)
		return -1;
	collect(g, replies, rows, t);
	json_decref(replies);
	return 0;
}

/* The request as the one line of a batch, so that the next one finds what it has left. */
static int
repair_one(struct gateway *g, const char *request, int number, json_t *rows, struct tally *t, struct response *r)
{
	struct job   *job = calloc(1, sizeof(*job));
	struct pd_err e;
	int	      rv = -1;

	g->lines = calloc(1, sizeof(*g->lines));
	if (job == NULL || g->lines == NULL)
		(void)pd_fail(&e, PD_IO, "no memory for a request");
	else
		rv = gateway_understand_line(request, strlen(request), &g->lines[0].req, &e);
	if (rv == -1) {
		response_error(r, &e);
	} else {
		g->nlines = 1;
		g->lines[0].number = number;
		rv = submit(g, job, rows, t, r);
	}
	gateway_clear_batch(g);
	batch_free(job, 1);
	return rv;
}

void
gateway_repair(struct gateway *g, const json_t *requests, struct response *r)
{
	json_t	     *rows = json_array();
	const json_t *request;
	struct tally  t = { 0, 0, 0, 0, 0 };
	struct pd_err e;
	size_t	      i;
	int	      rv = 0;

	if (follower_begin(&g->follower, g->conf, g->caller.user, &e) == -1) {
		response_error(r, &e);
	} else {
		json_array_foreach(requests, i, request)
			if (rv == 0)
				rv = repair_one(g, json_string_value(request), (int)i + 1, rows, &t, r);
		if (rv == 0)
			sum_up(json_array_size(requests), &t, rows, r);
	}
	follower_end(&g->follower);
	json_decref(rows);
}

void
gateway_batch(struct gateway *g, struct response *r)
{
	struct job   *jobs = calloc(g->nlines, sizeof(*jobs));
	struct pd_err e;

	if (jobs == NULL) {
		(void)pd_fail(&e, PD_IO, "no memory for the batch");
		response_error(r, &e);
		return;
	}
	if (!g->req.detach && follower_begin(&g->follower, g->conf, g->caller.user, &e) == -1) {
		g->is_refused = 1;
		response_error(r, &e);
	} else {
		json_t	    *rows = json_array();
		struct tally t = { 0, 0, 0, 0, 0 };

		if (submit(g, jobs, rows, &t, r) == 0)
			sum_up(g->nlines, &t, rows, r);
		json_decref(rows);
	}
	follower_end(&g->follower);
	batch_free(jobs, g->nlines);
}
