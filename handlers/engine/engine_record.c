/* SPDX-License-Identifier: ISC */
/*
 * engine_record.c - the journal's records of a command: that it will be sent, and what came of it.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/engine/engine.h"
#include "spool/digest.h"
#include "spool/os/clock.h"
#include "spool/vis.h"

#define SHORT_ANSWER (16 * 1024)	/* bytes: six times as many are no record's limit */

static const char *const part_names[] = { "probe", "ask", "run", "undo", "watch", "stop" };

int
engine_changes(enum part part)
{
	return part == PART_RUN || part == PART_UNDO || part == PART_STOP;
}

/* Text of a console as a JSON string: valid UTF-8 without NUL, at most max bytes. */
static json_t *
stream_json(const char *s, size_t len, size_t max, int *cut)
{
	json_t *v;
	char   *buf;

	if (len > max) {
		*cut = 1;
		len = max;
	}
	if (vis_is_utf8(s, len) && memchr(s, '\0', len) == NULL)
		return json_stringn(s, len);
	if ((buf = malloc(4 * len + 4)) == NULL)
		return json_string("");
	v = json_string(vis_encode(buf, 4 * len + 4, s, len));
	free(buf);
	return v;
}

/* The answer's record, made smaller until it fits: control characters take six bytes each in JSON. */
static json_t *
answer_json(enum part part, const struct answer *a, int rc)
{
	char hex[DIGEST_TEXT_LEN];

	(void)digest_answer(a->out, a->out_len, a->err, a->err_len, hex, NULL);
	for (size_t max = JOURNAL_ANSWER_MAX;; max /= 2) {
		int	cut = 0;
		json_t *r = json_pack("{s:s, s:o, s:o, s:f, s:s}", "part", part_names[part], "out",
		    stream_json(a->out, a->out_len, max, &cut), "err", stream_json(a->err, a->err_len, max, &cut), "ms",
		    (double)a->us / 1000, "sha256", hex);

		if (cut)
			json_object_set_new(r, "cut", json_true());
		if (a->kind == ANSWER_EXIT)
			json_object_set_new(r, "status", json_integer(rc));
		else if (a->kind == ANSWER_SIGNAL)
			json_object_set_new(r, "signal", json_string(a->signal));
		else
			json_object_set_new(r, "lost", json_true());
		if (a->kind == ANSWER_LOST && vis_is_utf8(a->why, strlen(a->why)))
			json_object_set_new(r, "why", json_string(a->why));
		if (max < 1024 || a->out_len + a->err_len < SHORT_ANSWER ||
		    json_dumpb(r, NULL, 0, JSON_COMPACT) < JOURNAL_RECORD_MAX - 1024)
			return r;
		json_decref(r);
	}
}

int
engine_record_intent(struct engine *g, const struct unit *u, enum part part, const char *cmd, const struct commands *c, struct pd_err *e)
{
	char as[ENGINE_AS_MAX];

	return engine_record(g, u, "intent",
	    json_pack("{s:s, s:s, s:s, s:I}", "cmd", cmd, "as", engine_as(g, u, c, as), "part", part_names[part], "t",
		(json_int_t)clock_wall_ms()),
	    engine_changes(part), e);
}

void
engine_record_repeats(struct engine *g, const struct unit *u)
{
	struct pd_err ignored = { 0 };

	if (g->poll_repeats > 0)
		(void)engine_record(g, u, "repeated", json_pack("{s:s, s:I}", "part", part_names[PART_ASK], "times",
		    (json_int_t)g->poll_repeats), 0, &ignored);
	g->poll_repeats = 0;
}

/* A lost answer record is harmless: the unit then is unknown, and its probe decides. */
void
engine_record_answer(struct engine *g, const struct unit *u, enum part part, const struct answer *a, int rc)
{
	struct pd_err ignored = { 0 };

	(void)engine_record(g, u, "answer", answer_json(part, a, rc), 0, &ignored);
}

void
engine_record_unsent(struct engine *g, const struct unit *u, enum part part, const struct pd_err *why)
{
	struct pd_err ignored = { 0 };
	char	      text[480];

	vis_encode(text, sizeof(text), why->msg, strlen(why->msg));
	(void)engine_record(g, u, "answer",
	    json_pack("{s:s, s:b, s:s}", "part", part_names[part], "unsent", 1, "why", text), 0, &ignored);
}
