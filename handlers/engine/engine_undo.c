/* SPDX-License-Identifier: ISC */
/*
 * engine_undo.c - backwards: everything that was begun is taken back, in reverse order; what cannot be is named.
 *
 * A unit whose outcome is unknown counts as begun.  With a probe, an undo happens only while the probe still finds the
 * thing; without one its commands are sent and must be harmless when there is nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/engine/engine.h"

#define WHY_MAX	      240
#define UNDO_POLL_MS  500
#define UNDO_POLL_MAX 4000

enum undone { UNDONE, LEFT, PARKED };

/*
 * What is left, for a person: each thing with the command that removes it, in the order in which to remove them; when
 * that does not fit into a message, the things alone (the job's log has had the commands).
 */
struct left {
	char   full[sizeof(((struct pd_err *)0)->msg)], brief[sizeof(((struct pd_err *)0)->msg)];
	size_t n, dropped;
	int    full_is_cut;
};

/* Appends "; what"; -1 when there is no room for it. */
static int
append(char *list, size_t size, const char *what)
{
	size_t len = strlen(list);

	if (len + strlen(what) + 3 > size)
		return -1;
	snprintf(list + len, size - len, "%s%s", len > 0 ? "; " : "", what);
	return 0;
}

static void
left_add(struct left *l, const char *thing, const char *command)
{
	const size_t size = sizeof(l->full) - WHY_MAX;
	char	     text[sizeof(l->full)];

	if (strstr(l->brief, thing) != NULL && command[0] == '\0')
		return;
	l->n++;
	snprintf(text, sizeof(text), "%s%s%.300s%s", thing, command[0] != '\0' ? " (" : "", command,
	    command[0] != '\0' ? ")" : "");
	if (strstr(l->full, text) != NULL)
		return;
	if (l->full_is_cut || append(l->full, size, text) == -1)
		l->full_is_cut = 1;
	if (strstr(l->brief, thing) == NULL && append(l->brief, size, thing) == -1)
		l->dropped++;
}

static void
fill_thing(const struct engine *g, const struct unit *u, char *buf, size_t size)
{
	struct scope s = engine_scope(g, u);

	if (u->step->thing.source == NULL || place_fill(&u->step->thing, &s, FILL_MESSAGE, buf, size, NULL) == -1)
		snprintf(buf, size, "what step %.60s made", u->step->name);
}

/* The same for programs: the job's row keeps it, and orphans lists it. */
static void
remember_left(struct engine *g, const char *thing, const char *as, const char *command)
{
	if (g->left == NULL)
		g->left = json_array();
	(void)json_array_append_new(g->left, json_pack("{s:s, s:s, s:s}", "thing", thing, "as", as, "command", command));
}

static void
left_unit(struct engine *g, const struct unit *u, struct left *l)
{
	char thing[120], cmd[COMMAND_MAX] = "", text[sizeof("as : ") + ENGINE_AS_MAX + COMMAND_MAX], as[ENGINE_AS_MAX];

	fill_thing(g, u, thing, sizeof(thing));
	if (engine_command(g, u, &u->step->undo, 0, FILL_PLAN, cmd, NULL) == -1)
		cmd[0] = '\0';
	(void)engine_as(g, u, &u->step->undo, as);
	if (strncmp(as, "root", 4) == 0 || strchr(as, '@') != NULL)
		snprintf(text, sizeof(text), "as %s: %s", as, cmd);
	else
		snprintf(text, sizeof(text), "%s", cmd);
	remember_left(g, thing, as, cmd);
	engine_note(g, "warning", "left: %s; remove it with: %s", thing, text);
	left_add(l, thing, text);
}

static void
left_end(const struct left *l, enum pd_code code, const char *why, struct pd_err *e)
{
	char more[40] = "";

	if (l->full_is_cut && l->dropped > 0)
		snprintf(more, sizeof(more), "; and %zu more", l->dropped);
	pd_fail(e, code, "%.*s; left on the platform: %s%s", WHY_MAX - 64, why, l->full_is_cut ? l->brief : l->full, more);
}

/* Is it (still) there?  Without a probe nobody knows, and the command decides. */
static enum probed
still_there(struct engine *g, const struct unit *u)
{
	struct pd_err ignored = { 0 };
	json_t	     *set = json_object();
	enum probed   p = u->step->probe == NULL ? PROBED_DONE : engine_probe(g, u, set, &ignored);

	json_decref(set);
	return p;
}

/* Sends all undo commands.  SENT_OK: every one was accepted. */
static enum sent
send_undo(struct engine *g, const struct unit *u)
{
	for (size_t i = 0; i < engine_sends(&u->step->undo); i++) {
		struct pd_err e = { 0 };
		struct answer a;
		enum sent     sent = engine_send(g, u, PART_UNDO, &u->step->undo, i, u->step->ignore_warning, &a, &e);

		answer_clear(&a);
		if (sent != SENT_OK && sent != SENT_STOPPED)
			engine_note(g, "warning", "%s", e.msg);
		if (sent != SENT_OK)
			return sent;
	}
	return SENT_OK;
}

/* Power off and the like take time: waits until the probe does not find it any more. */
static enum probed
wait_gone(struct engine *g, const struct unit *u)
{
	int64_t	    end_ms = engine_now(g) + u->step->undo_wait_s * 1000, pause_ms = UNDO_POLL_MS;
	enum probed p;

	while (((p = still_there(g, u)) == PROBED_DONE || p == PROBED_BUSY) && engine_now(g) < end_ms) {
		if (engine_wait(g, pause_ms) != 0)
			return PROBED_STOPPED;
		pause_ms = 2 * pause_ms < UNDO_POLL_MAX ? 2 * pause_ms : UNDO_POLL_MAX;
	}
	return p;
}

/* It was under way when its job was left: it is told to end, and gets the time to do so. */
static enum probed
still_busy(struct engine *g, const struct unit *u)
{
	struct pd_err ignored = { 0 };
	json_t	     *set = json_object();
	enum probed   p = PROBED_STOPPED;

	if (u->step->stop.n == 0 || beside_stop(g, u) == 0)
		p = engine_probe_idle(g, u, u->step->undo_wait_s, set, &ignored);
	g->is_stopping = 0;
	json_decref(set);
	return p;
}

static void
tell_undo(struct engine *g, const struct unit *u)
{
	char thing[160];

	fill_thing(g, u, thing, sizeof(thing));
	engine_note(g, "info", "undoing: %s", thing);
}

/* A step without a command stands for what others did, which often is nothing. */
static enum undone
undo_unit(struct engine *g, const struct unit *u)
{
	enum probed p = engine_settle(g, u) != 0 ? PROBED_STOPPED : still_there(g, u);
	enum sent   sent;

	if (p == PROBED_BUSY)
		p = still_busy(g, u);
	if (p == PROBED_BUSY || (p == PROBED_DONE && !u->step->no_return)) {
		if (!u->step->is_run)
			tell_undo(g, u);
		sent = send_undo(g, u);
		if (sent != SENT_OK)
			return sent == SENT_STOPPED ? PARKED : LEFT;
		p = u->step->undo_wait_s == 0 ? PROBED_NOT : wait_gone(g, u);
	}
	return p == PROBED_NOT ? UNDONE : p == PROBED_STOPPED ? PARKED : LEFT;
}

static int
has_undo(const struct engine *g, const struct unit *u)
{
	struct scope s = engine_scope(g, u);

	if (u->step->undo.n == 0 || (u->state != UNIT_DONE && u->state != UNIT_UNKNOWN))
		return 0;
	return cond_eval(&u->step->undo_when, &s, 0) != 0;
}

static void
tell_begin(struct engine *g, const char *why)
{
	struct pd_err ignored = { 0 };

	if (!g->is_undoing)
		(void)engine_record(g, NULL, "undoing",
		    json_pack("{s:s, s:s, s:i, s:b}", "why", why, "code", code_word(g->err.code), "exit",
			code_exit(g->err.code), "cancelled", g->stopped == 'c'),
		    1, &ignored);
	g->is_undoing = 1;
	if (g->run->undoing != NULL)
		g->run->undoing(g->run->arg, why);
}

static const char *
why_text(const struct engine *g, int is_cancelled)
{
	return is_cancelled ? "cancelled" : g->err.msg;
}

/* Everything that is not undone yet, backwards; *n_left of it stays. */
static enum undone
undo_round(struct engine *g, size_t *n_left)
{
	*n_left = 0;
	for (size_t k = g->n; k-- > 0;) {
		struct unit  *u = &g->unit[k];
		struct pd_err ignored = { 0 };

		if (!has_undo(g, u))
			continue;
		if (engine_stop(g))
			return PARKED;
		if (u->step->is_run)
			tell_undo(g, u);
		switch (undo_unit(g, u)) {
		case UNDONE:
			u->state = UNIT_UNDONE;
			(void)engine_record(g, u, "undone", NULL, 0, &ignored);
			break;
		case LEFT:
			++*n_left;
			break;
		case PARKED:
			return PARKED;
		}
	}
	return *n_left == 0 ? UNDONE : LEFT;
}

/*
 * In rounds: what a console refuses now it may accept when something else is gone, or a moment later; and however much
 * is left, the waiting between the rounds is done once.
 */
static enum outcome
undo_all(struct engine *g, struct left *left)
{
	enum undone undone = LEFT;
	size_t	    n_left = 0;

	for (int round = 0; round < UNDO_ROUNDS && undone == LEFT; round++) {
		if (round > 0 && engine_wait(g, g->seq->undo_every_s * 1000 << (round - 1)) != 0)
			return OUTCOME_PARKED;
		undone = undo_round(g, &n_left);
	}
	for (size_t k = g->n; k-- > 0 && undone == LEFT;)
		if (has_undo(g, &g->unit[k]))
			left_unit(g, &g->unit[k], left);
	return undone == PARKED ? OUTCOME_PARKED : undone == LEFT ? OUTCOME_STUCK : OUTCOME_FAILED;
}

void
engine_undo(struct engine *g)
{
	struct left   left = { .n = 0 };
	struct shield shield;
	int	      is_cancelled = g->stopped == 'c';

	if (engine_has_begun(g) || g->is_undoing)
		tell_begin(g, why_text(g, is_cancelled));
	g->is_undoing = 1;
	shield_raise(&shield, g);
	g->res->outcome = undo_all(g, &left);
	shield_lower(&shield);
	if (g->res->outcome == OUTCOME_PARKED) {
		engine_park(g, "parked while undoing");
	} else if (g->res->outcome == OUTCOME_STUCK) {
		left_end(&left, PD_STUCK, why_text(g, is_cancelled), &g->res->err);
	} else if (is_cancelled) {
		g->res->outcome = OUTCOME_CANCELLED;
		pd_fail(&g->res->err, PD_FAILED, "cancelled; nothing is left of it");
	} else {
		g->res->err = g->err;
	}
}

/* Everything with a name that a sequence of removals has not got rid of. */
static void
list_not_done(struct engine *g, struct left *left)
{
	for (const struct step *s = g->seq->steps; s != NULL; s = s->next) {
		size_t n = engine_elements(g, s);

		for (size_t i = 0; i < n && s->is_run && s->thing.source != NULL; i++) {
			struct unit  probe = { .step = s, .i = (json_int_t)i }, *u = &probe;
			struct scope scope = engine_scope(g, u);
			char	     thing[160], as[ENGINE_AS_MAX];

			for (size_t k = 0; k < g->n; k++)
				if (g->unit[k].step == s && g->unit[k].i == probe.i)
					u = &g->unit[k];
			if (u->state == UNIT_DONE || u->state == UNIT_SKIPPED || cond_eval(&s->when, &scope, 0) == 0)
				continue;
			fill_thing(g, u, thing, sizeof(thing));
			left_add(left, thing, "");
			remember_left(g, thing, engine_as(g, u, &u->step->undo, as), "");
		}
	}
}

/* on-failure = 'keep': what is done stays done, the rest is named. */
void
engine_keep(struct engine *g)
{
	struct left left = { .n = 0 };
	int	    is_cancelled = g->stopped == 'c';

	if (!engine_has_begun(g)) {
		g->res->outcome = is_cancelled ? OUTCOME_CANCELLED : OUTCOME_FAILED;
		g->res->err = g->err;
		if (is_cancelled)
			pd_fail(&g->res->err, PD_FAILED, "cancelled before anything was changed");
		return;
	}
	list_not_done(g, &left);
	if (left.n == 0)
		left_add(&left, "nothing that has a name", "");
	g->res->outcome = OUTCOME_STUCK;
	left_end(&left, PD_STUCK, why_text(g, is_cancelled), &g->res->err);
}
