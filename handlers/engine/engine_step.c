/* SPDX-License-Identifier: ISC */
/*
 * engine_step.c - one unit of a sequence, forwards: ask, poll, run, capture, require.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/engine/engine.h"
#include "spool/os/clock.h"

#define RUN_TRIES     3		/* a change that the probe says did not happen is sent so often */
#define POLL_FAILURES 3		/* in a row, and a poll fails */
#define IDLE_LOOK_MS  5000	/* between two looks at something that is under way */
#define POLL_FIRST_MS 250	/* most things are quick; then doubled up to `every` */

/* 1 all there, 0 one is missing, -1 error; *e says which. */
static int
take_captures(struct engine *g, const struct unit *u, const struct capture_list *list, const struct answer *a,
    json_t *set, struct pd_err *e)
{
	struct scope s = engine_scope(g, u);
	int	     all = 1;

	for (; list != NULL; list = list->next) {
		int rv = capture_take(&list->capture, a->out, a->err, &s, set, all == 1 ? e : NULL);

		if (rv == -1)
			return -1;
		all &= rv;
	}
	return all;
}

/* An answer to a question that may fail: then it has no rows. */
static enum sent
ask(struct engine *g, const struct unit *u, enum part part, const struct commands *c, struct answer *a,
    struct pd_err *e)
{
	enum sent sent = engine_send(g, u, part, c, 0, NULL, a, e);

	/* It may be away; nothing waits for it. */
	if (sent == SENT_NOT && (c->may_be_away || (c->may_fail && c->as_second))) {
		answer_clear(a);
		a->out = strdup("");
		a->err = strdup("");
		return a->out != NULL && a->err != NULL ? SENT_OK : SENT_NOT;
	}
	if (sent == SENT_FAILED && c->may_fail && a->out != NULL) {
		a->out[0] = a->err[0] = '\0';
		a->out_len = a->err_len = 0;
		return SENT_OK;
	}
	return sent;
}

enum probed
engine_probe(struct engine *g, const struct unit *u, json_t *set, struct pd_err *e)
{
	const struct probe *p = u->step->probe;
	struct scope	    s = engine_scope(g, u);
	struct answer	    a;
	enum sent	    sent = ask(g, u, PART_PROBE, &p->ask, &a, e);
	enum probed	    probed = PROBED_ERROR;

	if (sent == SENT_STOPPED) {
		probed = PROBED_STOPPED;
	} else if (sent == SENT_OK) {
		int rv = take_captures(g, u, p->captures, &a, set, e);

		if (rv != -1 && p->busy_when.n > 0 && cond_eval(&p->busy_when, &s, 0) == 1)
			probed = PROBED_BUSY;
		else if (rv != -1)
			probed = rv == 1 && cond_eval(&p->done_when, &s, 0) == 1 ? PROBED_DONE : PROBED_NOT;
	}
	answer_clear(&a);
	return probed;
}

enum probed
engine_probe_idle(struct engine *g, const struct unit *u, long limit_s, json_t *set, struct pd_err *e)
{
	int64_t	    end_ms = engine_now(g) + (int64_t)limit_s * 1000, pause_ms = POLL_FIRST_MS;
	enum probed p;
	int	    is_told = 0;

	while ((p = engine_probe(g, u, set, e)) == PROBED_BUSY && engine_now(g) < end_ms) {
		if (!is_told)
			engine_note(g, "info", "it is under way on the console: waiting for its end");
		is_told = 1;
		if (engine_wait(g, pause_ms) != 0)
			return PROBED_STOPPED;
		pause_ms = 2 * pause_ms < IDLE_LOOK_MS ? 2 * pause_ms : IDLE_LOOK_MS;
	}
	if (p == PROBED_BUSY)
		(void)pd_fail(e, PD_FAILED, "step %s: it is still under way on the console after %ld s", u->step->name, limit_s);
	return p;
}

/* ---- what follows when the effect or the answer is there ---- */

static enum flow
check_requires(struct engine *g, const struct unit *u)
{
	struct scope s = engine_scope(g, u);

	for (const struct require *r = u->step->requires; r != NULL; r = r->next) {
		char text[sizeof(g->err.msg)];

		if (cond_eval(&r->when, &s, 0) == 0 || cond_eval(&r->that, &s, 0) == 1)
			continue;
		if (place_fill(&r->message, &s, FILL_MESSAGE, text, sizeof(text), &g->err) == 0)
			pd_fail(&g->err, r->code, "%s", text);
		return FLOW_FAIL;
	}
	return FLOW_ON;
}

static int
apply_settings(struct engine *g, const struct unit *u, json_t *set)
{
	struct scope s = engine_scope(g, u);

	for (const struct setting *o = u->step->settings; o != NULL; o = o->next) {
		char	text[VALUE_MAX];
		json_t *v;

		if (o->value.n == 1 && o->value.part[0].path != NULL) {
			v = json_deep_copy(scope_get(&s, o->value.part[0].path));
		} else {
			if (place_fill(&o->value, &s, FILL_RAW, text, sizeof(text), &g->err) == -1)
				return -1;
			v = json_string(text);
		}
		if (v == NULL)
			v = json_null();
		if (scope_set(&s, o->path, json_incref(v)) == -1 || json_object_set_new(set, o->path, v) == -1)
			return pd_fail(&g->err, PD_BUG, "%s cannot be set", o->path);
	}
	return 0;
}

static enum flow
finish_unit(struct engine *g, struct unit *u, json_t *set)
{
	struct scope s = engine_scope(g, u);
	char	     text[VALUE_MAX];

	if (apply_settings(g, u, set) == -1 || check_requires(g, u) != FLOW_ON)
		return FLOW_FAIL;
	if (engine_record(g, u, "done", json_pack("{s:O}", "set", set), 0, &g->err) == -1)
		return FLOW_FAIL;
	u->state = UNIT_DONE;
	if (u->step->note.source != NULL && place_fill(&u->step->note, &s, FILL_MESSAGE, text, sizeof(text), NULL) == 0)
		engine_note(g, "info", "%s", text);
	if (u->step->finish.source == NULL)
		return FLOW_ON;
	return place_fill(&u->step->finish, &s, FILL_MESSAGE, g->note, sizeof(g->note), &g->err) == 0 ? FLOW_FINISH :
	    FLOW_FAIL;
}

/* ---- asking ---- */

static enum flow
ask_once(struct engine *g, const struct unit *u, json_t *set)
{
	struct answer a;
	enum flow     flow = FLOW_FAIL;

	switch (ask(g, u, PART_ASK, &u->step->commands, &a, &g->err)) {
	case SENT_OK:
		if (take_captures(g, u, u->step->captures, &a, set, &g->err) == 1)
			flow = FLOW_ON;
		break;
	case SENT_STOPPED:
		flow = FLOW_STOP;
		break;
	default:
		break;
	}
	answer_clear(&a);
	return flow;
}

static enum flow
poll_fails(struct engine *g, const struct unit *u, json_int_t limit_s, int is_late)
{
	struct scope s = engine_scope(g, u);
	char	     text[300] = "";

	if (u->step->poll->say_fail.source != NULL)
		(void)place_fill(&u->step->poll->say_fail, &s, FILL_MESSAGE, text, sizeof(text), NULL);
	if (is_late)
		pd_fail(&g->err, PD_FAILED, "%s: not within %" JSON_INTEGER_FORMAT " s",
		    text[0] != '\0' ? text : u->step->name, limit_s);
	else
		pd_fail(&g->err, PD_FAILED, "%s", text[0] != '\0' ? text : u->step->name);
	return FLOW_FAIL;
}

static int
poll_limit(struct engine *g, const struct unit *u, json_int_t *limit_s)
{
	struct scope s = engine_scope(g, u);
	char	     text[VALUE_MAX];
	json_int_t   thousandths;

	if (place_fill(&u->step->poll->limit, &s, FILL_RAW, text, sizeof(text), &g->err) == -1)
		return -1;
	if (!value_number(text, &thousandths) || thousandths < 0)
		return pd_fail(&g->err, PD_BADDATA, "step %s: the limit is no number", u->step->name);
	*limit_s = thousandths / 1000;
	return 0;
}

/* The wish once more; whether it is heard is what is waited for. */
static enum flow
wish_again(struct engine *g, const struct unit *u)
{
	struct pd_err e = { 0 };
	struct answer a;
	enum sent     sent = engine_send(g, u, PART_RUN, &u->step->poll->again, 0, NULL, &a, &e);

	answer_clear(&a);
	if (sent != SENT_OK && sent != SENT_STOPPED)
		engine_note(g, "warning", "%s", e.msg);
	return sent == SENT_STOPPED ? FLOW_STOP : FLOW_ON;
}

/* A question that is asked over and over may fail now and then. */
static enum flow
ask_patiently(struct engine *g, const struct unit *u, json_t *set, int *failures)
{
	enum flow flow = ask_once(g, u, set);

	if (flow != FLOW_FAIL) {
		*failures = 0;
		return flow;
	}
	if (++*failures == POLL_FAILURES)
		return flow;
	engine_note(g, "warning", "%s; asking again", g->err.msg);
	return FLOW_ON;
}

static enum flow
poll_until(struct engine *g, const struct unit *u, json_t *set)
{
	const struct poll *p = u->step->poll;
	struct scope	   s = engine_scope(g, u);
	int64_t		   pause_ms = POLL_FIRST_MS, end_ms, again_ms = engine_now(g) + p->again_s * 1000;
	json_int_t	   limit_s;
	int		   failures = 0;

	if (poll_limit(g, u, &limit_s) == -1)
		return FLOW_FAIL;
	end_ms = engine_now(g) + limit_s * 1000;
	for (;;) {
		enum flow flow = ask_patiently(g, u, set, &failures);

		if (flow != FLOW_ON || (failures == 0 && cond_eval(&p->until, &s, 0) == 1))
			return flow;
		if (failures == 0 && p->fail_when.n > 0 && cond_eval(&p->fail_when, &s, 0) == 1)
			return poll_fails(g, u, limit_s, 0);
		if (engine_now(g) >= end_ms)
			return p->go_on ? FLOW_ON : poll_fails(g, u, limit_s, 1);
		if (engine_wait(g, pause_ms) != 0)
			return FLOW_STOP;
		pause_ms = 2 * pause_ms < p->every_s * 1000 ? 2 * pause_ms : p->every_s * 1000;
		if (p->again.n == 0 || engine_now(g) < again_ms)
			continue;
		again_ms = engine_now(g) + p->again_s * 1000;
		if (wish_again(g, u) == FLOW_STOP)
			return FLOW_STOP;
	}
}

static enum flow
do_ask(struct engine *g, struct unit *u, json_t *set)
{
	enum flow flow;

	if (u->step->commands.n == 0)
		return finish_unit(g, u, set);
	if (u->step->poll == NULL) {
		flow = ask_once(g, u, set);
	} else {
		g->is_polling = 1;
		flow = poll_until(g, u, set);
		engine_record_repeats(g, u);
		g->is_polling = 0;
		free(g->poll_seen);
		g->poll_seen = NULL;
	}
	return flow == FLOW_ON ? finish_unit(g, u, set) : flow;
}

/* ---- changing ---- */

/* After a probe said "done": has it brought everything that the command's own answer would have? */
static int
has_captures(struct engine *g, const struct unit *u, json_t *set)
{
	struct scope s = engine_scope(g, u);

	for (const struct capture_list *l = u->step->captures; l != NULL; l = l->next)
		if (!l->capture.optional &&
		    (json_object_get(set, l->capture.path) == NULL || scope_get(&s, l->capture.path) == NULL))
			return pd_fail(&g->err, PD_REMOTE, "step %s: %s cannot be found out any more", u->step->name, l->capture.path), 0;
	return 1;
}

enum decided { RUN_IT, IS_DONE, CANNOT, STOP };

/* Is the unit's effect there?  Without a probe the step is repeatable (checked when it was loaded). */
static enum decided
decide(struct engine *g, const struct unit *u, json_t *set)
{
	if (u->step->probe == NULL)
		return RUN_IT;
	switch (engine_probe_idle(g, u, u->step->commands.timeout_s, set, &g->err)) {
	case PROBED_DONE:
		return has_captures(g, u, set) ? IS_DONE : CANNOT;
	case PROBED_NOT:
		return RUN_IT;
	case PROBED_STOPPED:
		return STOP;
	default:
		return CANNOT;
	}
}

/* The command succeeded: its values, or, where its words are not what we expect, those of the probe. */
static enum flow
take_effect(struct engine *g, struct unit *u, const struct answer *a, json_t *set)
{
	switch (take_captures(g, u, u->step->captures, a, set, &g->err)) {
	case 1:
		return finish_unit(g, u, set);
	case 0:
		if (u->step->probe == NULL)
			return FLOW_FAIL;
		switch (decide(g, u, set)) {
		case IS_DONE:
			return finish_unit(g, u, set);
		case STOP:
			return FLOW_STOP;
		default:
			return FLOW_FAIL;
		}
	default:
		return FLOW_FAIL;
	}
}

static enum sent
send_run(struct engine *g, const struct unit *u, struct answer *a)
{
	struct beside b;
	enum sent     sent;

	beside_begin(&b, g, u);
	sent = engine_send(g, u, PART_RUN, &u->step->commands, 0, u->step->ignore_warning, a, &g->err);
	beside_end(&b);
	return sent;
}

/* Sends the change once.  1 = *flow, 0 = its outcome is unknown. */
static int
send_change(struct engine *g, struct unit *u, json_t *set, enum flow *flow)
{
	struct answer	a;
	enum unit_state before = u->state;
	enum sent	sent;

	u->state = UNIT_UNKNOWN;
	u->sent_ms = clock_wall_ms();
	sent = send_run(g, u, &a);
	*flow = sent == SENT_STOPPED ? FLOW_STOP : FLOW_FAIL;
	if (sent == SENT_OK) {
		*flow = take_effect(g, u, &a, set);
	} else if (sent == SENT_NOT || (sent == SENT_FAILED && a.out == NULL) || (sent == SENT_STOPPED && g->is_away)) {
		u->state = before;	/* it never left */
	} else if (sent != SENT_STOPPED && u->step->commands.may_fail && !engine_stop(g)) {
		engine_note(g, "warning", "%s", g->err.msg);	/* it was worth trying; what follows does not count on it */
		*flow = finish_unit(g, u, set);
		sent = SENT_OK;
	}
	if (g->is_stopping && *flow == FLOW_FAIL) {	/* as it was asked to */
		g->stopped = 'c';
		*flow = FLOW_STOP;
	}
	answer_clear(&a);
	return sent != SENT_UNKNOWN;
}

static enum flow
do_run(struct engine *g, struct unit *u, json_t *set)
{
	int must_ask = u->state == UNIT_UNKNOWN || (u->step->probe != NULL && u->step->probe->first);

	for (int tries = 0; tries < RUN_TRIES; tries++) {
		enum flow flow;

		if (must_ask) {
			if (engine_settle(g, u) != 0)
				return FLOW_STOP;
			switch (decide(g, u, set)) {
			case IS_DONE:
				return finish_unit(g, u, set);
			case CANNOT:
				return FLOW_FAIL;
			case STOP:
				return FLOW_STOP;
			case RUN_IT:
				break;
			}
		}
		if (send_change(g, u, set, &flow)) {
			g->is_stopping = 0;
			return flow;
		}
		if (engine_stop(g))
			return FLOW_STOP;
		engine_note(g, "warning", "%s; asking the console whether it is done", g->err.msg);
		must_ask = 1;
	}
	return FLOW_FAIL;
}

/*
 * After a failure, a cancel or a lost answer: the last step may have come through all the same, and where there is no
 * return that counts. What is still under way is told to end when its user wants that.  1 = it is done, 0 = it is not,
 * or nobody knows, -1 = parked.
 */
int
engine_came_through(struct engine *g)
{
	struct unit  *u = g->n > 0 ? &g->unit[g->n - 1] : NULL;
	struct pd_err why = g->err, e = { 0 };
	struct shield shield;
	enum probed   p;
	json_t	     *set;
	int	      rv = 0;

	if (u == NULL || !u->step->no_return || u->state != UNIT_UNKNOWN || (set = json_object()) == NULL)
		return 0;
	g->is_stopping = g->stopped == 'c';	/* it has been heard */
	shield_raise(&shield, g);
	p = engine_probe(g, u, set, &e);
	if (p == PROBED_BUSY && g->is_stopping && u->step->stop.n > 0 && beside_stop(g, u) == -1)
		p = PROBED_STOPPED;
	if (p == PROBED_BUSY)
		p = engine_probe_idle(g, u, u->step->undo_wait_s, set, &e);
	shield_lower(&shield);
	g->is_stopping = 0;
	if (p == PROBED_STOPPED)
		rv = -1;
	else if (p == PROBED_DONE && finish_unit(g, u, set) == FLOW_ON)
		rv = 1;
	if (rv == 1)
		engine_note(g, "warning", why.code != PD_OK ? "%s; but it is done" : "it was too late to stop it%s",
		    why.code != PD_OK ? why.msg : "");
	json_decref(set);
	return rv;
}

static void
tell_begin(struct engine *g, const struct unit *u)
{
	struct scope s = engine_scope(g, u);
	char	     text[VALUE_MAX];

	if (u->step->say.source == NULL || place_fill(&u->step->say, &s, FILL_MESSAGE, text, sizeof(text), NULL) == -1)
		return;
	snprintf(g->saying, sizeof(g->saying), "%.150s", text);
	if (g->of < g->at)
		g->of = g->at;
	engine_event(g, "step", json_pack("{s:s, s:s, s:i, s:i}", "step", u->step->name, "say", text, "i", g->at, "of", g->of));
}

enum flow
engine_step(struct engine *g, struct unit *u)
{
	struct scope s = engine_scope(g, u);
	int64_t	     begin_ms = engine_now(g);
	enum flow    flow;
	json_t	    *set;

	if (u->step->say.source != NULL && cond_eval(&u->step->when, &s, 0) != 0)
		g->at++;
	if (u->state == UNIT_DONE || u->state == UNIT_SKIPPED)
		return FLOW_ON;
	if (u->state == UNIT_NEW && cond_eval(&u->step->when, &s, 0) == 0) {
		u->state = UNIT_SKIPPED;
		return engine_record(g, u, "skipped", NULL, 0, &g->err) == 0 ? FLOW_ON : FLOW_FAIL;
	}
	if (u->step->ask_director != NULL) {
		g->asking = u->step;
		return FLOW_ASK;
	}
	tell_begin(g, u);
	if ((set = json_object()) == NULL)
		return pd_fail(&g->err, PD_BUG, "out of memory"), FLOW_FAIL;
	flow = u->step->is_run ? do_run(g, u, set) : do_ask(g, u, set);
	json_decref(set);
	if (flow == FLOW_ON && u->step->say.source != NULL)
		engine_event(g, "step-done",
		    json_pack("{s:s, s:I}", "step", u->step->name, "ms", (json_int_t)(engine_now(g) - begin_ms)));
	return flow;
}
