/* SPDX-License-Identifier: ISC */
/*
 * engine_beside.c - what is asked and told beside a long command: how far it is (watch), and that it shall end (stop).
 *
 * A migration's own command answers when it is over.  Cut off it goes on unseen; so a cancel is no reason to leave it,
 * but to tell the console to stop, and the command's own answer, or after a lost one the probe, says whether it was
 * stopped or came through before. That the console is told has its intent in the journal as every change (P3).  A
 * question is written down when its answer is a new one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/engine/engine.h"
#include "spool/os/clock.h"

#define STOPS_MAX 3	/* one that comes too early is refused */
#define LOOK_MS	  1000	/* a cancel is heard so soon */

static int
is_cancelled(struct engine *g)
{
	return !g->is_undoing && g->run->stop != NULL && g->run->stop(g->run->arg) == 'c';
}

static void
told_to_stop(struct engine *g, enum sent sent, const struct pd_err *e)
{
	g->is_stopping = 1;
	if (sent == SENT_OK)
		engine_note(g, "info", "the console was told to stop; waiting for its answer");
	else
		engine_note(g, "warning", "the console was told to stop, and says: %s", e->msg);
}

int
beside_stop(struct engine *g, const struct unit *u)
{
	struct pd_err e = { 0 };
	struct answer a;
	enum sent     sent;

	g->is_stopping = 1;	/* this very command must not be cut short by what it is sent for */
	sent = engine_send(g, u, PART_STOP, &u->step->stop, 0, NULL, &a, &e);
	answer_clear(&a);
	if (sent == SENT_OK || sent == SENT_FAILED || sent == SENT_UNKNOWN)
		told_to_stop(g, sent, &e);
	return sent == SENT_STOPPED ? -1 : 0;
}

/* One command beside the running one.  0: a has its answer, an exit status that is 0 or not. */
static int
send_aside(struct beside *b, const struct commands *c, char cmd[COMMAND_MAX], struct answer *a, struct pd_err *e)
{
	struct transport *t = b->g->run->transport;

	if (t->aside(t, cmd, (int)(c->timeout_s * 1000), a, e) == -1)
		return -1;
	if (a->kind != ANSWER_EXIT)
		return pd_fail(e, PD_REMOTE, "the answer was lost: %s", a->why);
	return 0;
}

static void
stop_aside(struct beside *b)
{
	const struct commands *c = &b->u->step->stop;
	char		       cmd[COMMAND_MAX], text[300];
	struct answer	       a = { 0 };
	struct pd_err	       e = { 0 };
	enum sent	       sent = SENT_FAILED;

	b->stops++;
	if (engine_command(b->g, b->u, c, 0, FILL_COMMAND, cmd, &e) == 0 &&
	    engine_record_intent(b->g, b->u, PART_STOP, cmd, c, &e) == 0 && send_aside(b, c, cmd, &a, &e) == 0) {
		engine_record_answer(b->g, b->u, PART_STOP, &a, a.status);
		if (a.status == 0)
			sent = SENT_OK;
		else
			(void)pd_fail(&e, PD_FAILED, "%s", console_text(text, sizeof(text), a.out, a.err));
	}
	answer_clear(&a);
	told_to_stop(b->g, sent, &e);
	if (sent == SENT_OK)
		b->stops = STOPS_MAX;
}

/* What the watch tells people, when that is something new. */
static void
tell(struct beside *b, const struct answer *a)
{
	const struct watch *w = b->u->step->watch;
	struct scope	    s = engine_scope(b->g, b->u);
	json_t		   *set = json_object();
	char		    text[VALUE_MAX];
	int		    all = 1;

	for (const struct capture_list *l = w->captures; l != NULL && all == 1; l = l->next)
		all = capture_take(&l->capture, a->out, a->err, &s, set, NULL);
	json_decref(set);
	if (all != 1 || place_fill(&w->say, &s, FILL_MESSAGE, text, sizeof(text), NULL) == -1 ||
	    strncmp(text, b->said, sizeof(b->said) - 1) == 0)
		return;
	(void)snprintf(b->said, sizeof(b->said), "%.*s", (int)sizeof(b->said) - 1, text);
	engine_note(b->g, "info", "%s", b->said);
}

/* A console that does not tell how far it is says nothing about the command that runs. */
static void
look_aside(struct beside *b)
{
	const struct commands *c = &b->u->step->watch->ask;
	char		       cmd[COMMAND_MAX];
	struct answer	       a = { 0 };
	struct pd_err	       e = { 0 };

	if (engine_command(b->g, b->u, c, 0, FILL_COMMAND, cmd, &e) == 0 && send_aside(b, c, cmd, &a, &e) == 0 &&
	    a.status == 0 && a.out != NULL && (b->seen == NULL || strcmp(b->seen, a.out) != 0)) {
		free(b->seen);
		b->seen = strdup(a.out);
		if (engine_record_intent(b->g, b->u, PART_WATCH, cmd, c, &e) == 0)
			engine_record_answer(b->g, b->u, PART_WATCH, &a, a.status);
		tell(b, &a);
	}
	answer_clear(&a);
}

/* Between the slices of waiting. */
static void
meanwhile(void *arg)
{
	struct beside *b = arg;
	int64_t	       now = clock_mono_ms();

	if (b->u->step->stop.n > 0 && b->stops < STOPS_MAX && is_cancelled(b->g))
		stop_aside(b);
	if (b->u->step->watch != NULL && now >= b->look_ms) {
		look_aside(b);
		b->look_ms = now + b->u->step->watch->every_s * 1000;
	}
}

/* A cancel is heard by meanwhile(); only what parks the job cuts the command off. */
static int
stop_shielded(void *arg)
{
	struct beside *b = arg;

	return b->stop != NULL && !is_cancelled(b->g) && b->stop(b->stop_arg);
}

void
beside_begin(struct beside *b, struct engine *g, const struct unit *u)
{
	struct transport *t = g->run->transport;

	*b = (struct beside){ .g = g, .u = u };
	if ((u->step->watch == NULL && u->step->stop.n == 0) || t->aside == NULL)
		return;
	b->is_on = 1;
	if (u->step->stop.n > 0) {
		b->stop = t->stop;
		b->stop_arg = t->stop_arg;
		t->stop = stop_shielded;
		t->stop_arg = b;
	}
	t->meanwhile = meanwhile;
	t->meanwhile_arg = b;
	t->meanwhile_ms = LOOK_MS;
}

void
beside_end(struct beside *b)
{
	struct transport *t = b->g->run->transport;

	if (!b->is_on)
		return;
	if (b->u->step->stop.n > 0) {
		t->stop = b->stop;
		t->stop_arg = b->stop_arg;
	}
	t->meanwhile = NULL;
	t->meanwhile_arg = NULL;
	free(b->seen);
	b->seen = NULL;
}
