/* SPDX-License-Identifier: ISC */
/*
 * batch_read.c - the lines of a batch become requests, all of them or none.
 *
 * One request a line, as one would type it behind "ssh HOST"; empty lines and those that begin with
 * # count for nothing but the number.  What is said of a wrong line is said before anything is made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/gateway.h"

/* Where the request begins; NULL: the line has none. */
static const char *
begin_of(const char *line, size_t len)
{
	while (len > 0 && (*line == ' ' || *line == '\t'))
		line++, len--;
	return len == 0 || *line == '#' ? NULL : line;
}

/* A batch is told about, followed and waited for as a whole. */
static int
check_options(const struct request *req, struct pd_err *e)
{
	if (req->verb->kind != VERB_JOB && req->verb->kind != VERB_RECORD)
		return pd_fail(e, PD_USAGE, "%s makes no job; a batch takes only requests that do", req->verb->name);
	if (req->plan)
		return pd_fail(e, PD_USAGE, "--plan shows commands; ask for it outside of a batch");
	if (req->json || req->detach || req->timeout_s != -1)
		return pd_fail(e, PD_USAGE, "--json, --detach and --timeout are options of the batch: batch --detach");
	return 0;
}

/* KEY.1, KEY.2, ... for requests that have no key of their own. */
static int
set_once(const struct request *batch, size_t nth, struct request *req, struct pd_err *e)
{
	if (batch->once[0] == '\0' || req->once[0] != '\0')
		return 0;
	if ((size_t)snprintf(req->once, sizeof(req->once), "%s.%zu", batch->once, nth) < sizeof(req->once))
		return 0;
	return pd_fail(e, PD_USAGE,
	    "--once: the key is too long for a batch of so many requests; at most %d characters", JOB_ONCE_MAX - 5);
}

static int
add_line(struct gateway *g, const char *line, size_t len, int number, struct pd_err *e)
{
	struct batch_line *l = &g->lines[g->nlines];
	struct pd_err	   wrong;

	if (g->nlines == BATCH_JOBS_MAX)
		return pd_fail(e, PD_USAGE, "line %d: a batch has at most %d requests; send it in parts", number, BATCH_JOBS_MAX);
	l->number = number;
	if (gateway_understand_line(line, len, &l->req, &wrong) == -1)
		return pd_fail(e, wrong.code, "line %d: %s", number, wrong.msg);
	g->nlines++;
	if (check_options(&l->req, &wrong) == -1 || set_once(&g->req, g->nlines, &l->req, &wrong) == -1)
		return pd_fail(e, wrong.code, "line %d: %s", number, wrong.msg);
	return 0;
}

static int
split(struct gateway *g, const char *text, size_t len, struct pd_err *e)
{
	const char *end = text + len, *next;

	for (int number = 1; text < end; text = next + 1, number++) {
		const char *begin;

		next = memchr(text, '\n', (size_t)(end - text));
		if (next == NULL)
			next = end;
		begin = begin_of(text, (size_t)(next - text));
		if (begin != NULL && add_line(g, begin, (size_t)(next - begin), number, e) == -1)
			return -1;
	}
	if (g->nlines == 0)
		return pd_fail(e, PD_USAGE,
		    "batch reads requests from stdin, one a line, and there is none: ssh HOST batch < FILE");
	return 0;
}

int
gateway_read_batch(struct gateway *g, struct pd_err *e)
{
	char  *text = malloc(BATCH_FILE_MAX + 1);
	size_t len;
	int    rv = -1;

	g->lines = calloc(BATCH_JOBS_MAX, sizeof(*g->lines));
	if (text == NULL || g->lines == NULL)
		pd_fail(e, PD_IO, "no memory for the batch");
	else if (gateway_read_stdin(text, BATCH_FILE_MAX + 1, &len, e) == 0)
		rv = len <= BATCH_FILE_MAX ? split(g, text, len, e) :
		    pd_fail(e, PD_USAGE, "a batch has at most %d bytes; send it in parts", BATCH_FILE_MAX);
	free(text);
	return rv;
}

void
gateway_clear_batch(struct gateway *g)
{
	for (size_t i = 0; i < g->nlines; i++)
		request_clear(&g->lines[i].req);
	free(g->lines);
	g->lines = NULL;
	g->nlines = 0;
}
