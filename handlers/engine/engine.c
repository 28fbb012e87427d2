/* SPDX-License-Identifier: ISC */
/*
 * engine.c - the run of a sequence from its beginning, or from where the journal says that it stopped.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handlers/engine/engine.h"
#include "spool/joblog.h"
#include "spool/os/clock.h"

const char *
outcome_name(enum outcome o)
{
	static const char *const names[] = { "done", "failed", "stuck", "cancelled", "parked", "asking" };

	return names[o];
}

/* ---- units ---- */

/*
 * Sets the elements of for-each level and those below it so that *left units come before; *left counts down.  1 =
 * found.  Counted through: all of the inner list of the first element, then that of the next.
 */
static int
find_elements(struct scope *s, const struct step *step, size_t level, size_t *left)
{
	json_t *list = scope_get(s, step->each[level].path), *element;
	size_t	n = json_array_size(list), i;

	s->each[level].alias = step->each[level].alias;
	if (level + 1 == step->neach) {
		s->each[level].element = json_array_get(list, *left);
		if (*left < n)
			return 1;
		*left -= n;
		return 0;
	}
	json_array_foreach(list, i, element) {
		s->each[level].element = element;
		if (find_elements(s, step, level + 1, left))
			return 1;
		s->each[level + 1].alias = NULL;
	}
	return 0;
}

struct scope
engine_scope(const struct engine *g, const struct unit *u)
{
	struct scope s = { .vars = g->run->vars };
	size_t	     left = (size_t)u->i;

	if (u->step->neach > 0)
		(void)find_elements(&s, u->step, 0, &left);
	return s;
}

/* As many as the lists have, however many. */
static size_t
count_elements(const struct engine *g, const struct step *step)
{
	struct scope s = { .vars = g->run->vars };
	size_t	     left = SIZE_MAX;

	if (step->neach == 0)
		return 1;
	(void)find_elements(&s, step, 0, &left);
	return SIZE_MAX - left;
}

size_t
engine_elements(const struct engine *g, const struct step *s)
{
	size_t n = count_elements(g, s);

	return n < ENGINE_ELEMENTS_MAX ? n : ENGINE_ELEMENTS_MAX;
}

struct unit *
engine_unit(struct engine *g, const struct step *s, json_int_t i, struct pd_err *e)
{
	for (size_t k = g->n; k-- > 0;)
		if (g->unit[k].step == s && g->unit[k].i == i)
			return &g->unit[k];
	if (g->n == ENGINE_UNITS_MAX) {
		pd_fail(e, PD_BADDATA, "the sequence has more than %d steps to do", ENGINE_UNITS_MAX);
		return NULL;
	}
	if (g->n == g->size) {
		size_t	     size = g->size == 0 ? 64 : 2 * g->size;
		struct unit *unit = realloc(g->unit, size * sizeof(*unit));

		if (unit == NULL) {
			pd_fail(e, PD_BUG, "out of memory");
			return NULL;
		}
		g->unit = unit;
		g->size = size;
	}
	g->unit[g->n] = (struct unit){ .step = s, .i = i };
	return &g->unit[g->n++];
}

int
engine_has_begun(const struct engine *g)
{
	for (size_t k = 0; k < g->n; k++)
		if (g->unit[k].step->is_run && (g->unit[k].state == UNIT_DONE || g->unit[k].state == UNIT_UNKNOWN))
			return 1;
	return 0;
}

int
engine_is_final(const struct engine *g)
{
	for (size_t k = 0; k < g->n; k++)
		if (g->unit[k].step->no_return && g->unit[k].state == UNIT_DONE)
			return 1;
	return 0;
}

/* ---- time, events, journal ---- */

int64_t
engine_now(const struct engine *g)
{
	const struct run_clock *c = g->run->clock;

	return c != NULL ? c->now_ms(c->arg) : clock_mono_ms();
}

int
engine_stop(struct engine *g)
{
	int why = g->run->stop == NULL ? 0 : g->run->stop(g->run->arg);

	if (why == 'c' && (g->is_undoing || g->is_stopping || engine_is_final(g)))
		why = 0;
	if (why == 0 && (g->is_away || g->is_starved))
		why = 'p';
	if (why != 0)
		g->stopped = why;
	return why;
}

int
engine_wait(struct engine *g, int64_t ms)
{
	const struct run_clock *c = g->run->clock;
	int64_t			end_ms = engine_now(g) + ms, left;

	while (!engine_stop(g)) {
		struct timespec t = { 0 };

		left = end_ms - engine_now(g);
		if (left <= 0)
			return 0;
		left = left < SLICE_MS ? left : SLICE_MS;
		t.tv_nsec = (long)left * 1000000;
		if (c != NULL)
			c->sleep_ms(c->arg, (int)left);
		else
			(void)nanosleep(&t, NULL);
	}
	return g->stopped;
}

static int
stop_shielded(void *arg)
{
	struct shield *s = arg;

	return engine_stop(s->g) != 0 && s->stop(s->arg);
}

void
shield_raise(struct shield *s, struct engine *g)
{
	struct transport *t = g->run->transport;

	*s = (struct shield){ .g = g, .stop = t->stop, .arg = t->stop_arg };
	if (t->stop == NULL)
		return;
	t->stop = stop_shielded;
	t->stop_arg = s;
}

void
shield_lower(struct shield *s)
{
	struct transport *t = s->g->run->transport;

	t->stop = s->stop;
	t->stop_arg = s->arg;
}

void
engine_event(struct engine *g, const char *event, json_t *fields)
{
	if (g->run->log_fd == -1)
		json_decref(fields);
	else
		(void)joblog_event(g->run->log_fd, g->run->log_max, event, fields, NULL);
}

void
engine_note(struct engine *g, const char *level, const char *fmt, ...)
{
	char	text[VALUE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	engine_event(g, "note", json_pack("{s:s, s:s}", "level", level, "text", text));
}

/*
 * No room for a record that has to be there: the director has a reserve and gives it back.  When that was not enough
 * the job is parked, and goes on, forwards or backwards, when there is room: nothing is undone, or left, because of our
 * own disk.
 */
static int
wait_for_room(struct engine *g, int tries, int64_t began_ms)
{
	if (g->is_starved)
		return -1;
	if (tries == 0 && g->run->full != NULL)
		g->run->full(g->run->arg);
	if (engine_now(g) - began_ms >= ROOM_WAIT_MS) {
		g->is_starved = 1;
		(void)engine_stop(g);
		return -1;
	}
	return engine_wait(g, tries < 5 ? SLICE_MS / 2 : 1000) == 0 ? 0 : -1;
}

static int
append(struct engine *g, json_t *record, int is_needed, int sync, struct pd_err *e)
{
	int64_t began_ms = engine_now(g);

	for (int i = 0;; i++) {
		if (journal_append(g->run->journal, record, sync, e) == 0)
			return 0;
		/* A journal that has reached its own limit is another matter. */
		if (!is_needed || e->code != PD_NOSPACE || (e->sys != ENOSPC && e->sys != EDQUOT) ||
		    wait_for_room(g, i, began_ms) == -1)
			return -1;
	}
}

/*
 * What the undo needs has room in a journal that forwards is full: half of the reserve for what it asks and is
 * answered, all of it for what it has to announce.
 */
static int
spare_for(const struct engine *g, const char *kind)
{
	if (strcmp(kind, "undoing") == 0 || strcmp(kind, "end") == 0)
		return 0;
	if (!g->is_undoing)
		return JOURNAL_RESERVE;
	return strcmp(kind, "answer") == 0 ? JOURNAL_RESERVE / 2 : 0;
}

/* Appends {"k":kind,"step":..,"i":..} with more's members (taken) to the journal; u may be NULL. */
int
engine_record(struct engine *g, const struct unit *u, const char *kind, json_t *more, int sync, struct pd_err *e)
{
	json_t *r;
	int	rv;

	if (g->run->journal == NULL) {	/* a run that only asks; a change is refused here */
		json_decref(more);
		return sync ? pd_fail(e, PD_BUG, "a change without a journal") : 0;
	}
	r = json_pack("{s:s}", "k", kind);

	if (u != NULL) {
		json_object_set_new(r, "step", json_string(u->step->name));
		if (u->i != 0)
			json_object_set_new(r, "i", json_integer(u->i));
	}
	if (more != NULL)
		json_object_update(r, more);
	json_decref(more);
	if (g->run->journal != NULL)
		g->run->journal->spare = spare_for(g, kind);
	rv = r == NULL ? pd_fail(e, PD_BUG, "out of memory") : append(g, r, strcmp(kind, "answer") != 0, sync, e);
	if (rv == -1 && e->sys != 0 && g->disk.code == PD_OK)
		g->disk = *e;
	json_decref(r);
	return rv;
}

/* ---- results ---- */

static json_t *
engine_results(const struct engine *g)
{
	struct scope from = { .vars = g->run->vars }, to = { .vars = json_object() };

	for (const struct setting *o = g->seq->results; o != NULL; o = o->next) {
		char	text[VALUE_MAX];
		json_t *v = NULL;

		if (o->value.n == 1 && o->value.part[0].path != NULL)
			v = json_deep_copy(scope_get(&from, o->value.part[0].path));
		else if (place_fill(&o->value, &from, FILL_RAW, text, sizeof(text), NULL) == 0)
			v = json_string(text);
		if (v == NULL || (json_is_string(v) && json_string_length(v) == 0))
			json_decref(v);		/* emptied on the way: there is nothing to tell */
		else
			(void)scope_set(&to, o->path, v);
	}
	return to.vars;
}

/* A job that failed has no result, but the VM may be in another state than before: a restart that could not start it. */
static json_t *
state_alone(const struct engine *g)
{
	json_t *all = engine_results(g), *state = json_incref(json_object_get(all, "state")), *value = json_object();

	if (json_is_string(state))
		(void)json_object_set(value, "state", state);
	json_decref(state);
	json_decref(all);
	return value;
}

static void
end(struct engine *g, enum outcome outcome)
{
	struct pd_err ignored = { 0 };

	g->res->outcome = outcome;
	json_decref(g->res->value);
	g->res->value = outcome == OUTCOME_DONE || outcome == OUTCOME_STUCK ? engine_results(g) : state_alone(g);
	if (outcome == OUTCOME_STUCK && g->left != NULL)
		(void)json_object_set(g->res->value, "left", g->left);
	if (outcome == OUTCOME_PARKED || g->run->journal == NULL)
		return;
	/* The director has the outcome from us; should the record be lost, a resume finds everything done. */
	(void)engine_record(g, NULL, "end", json_pack("{s:s}", "outcome", outcome_name(outcome)),
	    g->run->journal->is_promise, &ignored);
}

/* The journal has everything: it goes on from there, when the director wants it or the console is back. */
void
engine_park(struct engine *g, const char *why)
{
	if (g->is_away) {
		g->res->err = g->away;
		g->res->vios = g->away_vios;
		g->res->contact = g->away_contact;
	} else {
		pd_fail(&g->res->err, PD_BUSY, "%s", why);
	}
	g->res->has_begun = g->is_undoing || engine_has_begun(g);
	g->res->outcome = OUTCOME_PARKED;
}

/* ---- the run ---- */

/* More elements than a sequence can have are a mistake, not a shorter list. */
static int
check_lists(struct engine *g)
{
	for (const struct step *s = g->seq->steps; s != NULL; s = s->next)
		if (count_elements(g, s) > ENGINE_ELEMENTS_MAX)
			return pd_fail(&g->err, PD_BADDATA, "%s has more than %d elements", s->each[s->neach - 1].path,
			    ENGINE_ELEMENTS_MAX);
	return 0;
}

static void
count_steps(struct engine *g)
{
	for (const struct step *s = g->seq->steps; s != NULL; s = s->next) {
		size_t n = engine_elements(g, s);

		for (size_t i = 0; i < n && s->say.source != NULL; i++) {
			struct unit  u = { .step = s, .i = (json_int_t)i };
			struct scope scope = engine_scope(g, &u);

			g->of += cond_eval(&s->when, &scope, 1) != 0;
		}
	}
}

static enum flow
run_steps(struct engine *g)
{
	for (const struct step *s = g->seq->steps; s != NULL; s = s->next) {
		size_t n = engine_elements(g, s);

		for (size_t i = 0; i < n; i++) {
			struct unit *u = engine_unit(g, s, (json_int_t)i, &g->err);
			enum flow    flow;

			if (u == NULL)
				return FLOW_FAIL;
			if (engine_stop(g))
				return FLOW_STOP;
			if ((flow = engine_step(g, u)) != FLOW_ON)
				return flow;
		}
	}
	return FLOW_ON;
}

static int
begin(struct engine *g, struct run *r, struct run_result *res)
{
	memset(g, 0, sizeof(*g));
	memset(res, 0, sizeof(*res));
	g->run = r;
	g->res = res;
	g->seq = r->seq;
	res->value = json_object();
	if (engine_load(g, &g->err) == -1)
		return -1;
	for (size_t i = 0; i < g->seq->ninputs; i++)
		if (!json_is_object(json_object_get(r->vars, g->seq->inputs[i])) &&
		    !json_is_array(json_object_get(r->vars, g->seq->inputs[i])))
			return pd_fail(&g->err, PD_BUG, "sequence %s: the input %s is missing", g->seq->name, g->seq->inputs[i]);
	if (check_lists(g) == -1)
		return -1;
	count_steps(g);
	return 0;
}

/* Until the director's word is in the journal. */
static void
ask_director(struct engine *g)
{
	struct scope s = { .vars = g->run->vars };
	json_t	    *shown = scope_get(&s, g->asking->ask_director);

	g->res->outcome = OUTCOME_ASKING;
	(void)json_object_set_new(g->res->value, "step", json_string(g->asking->name));
	(void)json_object_set(g->res->value, "shown", shown);
}

static int
journal_is_broken(const struct engine *g)
{
	return g->run->journal != NULL && g->run->journal->next == JOURNAL_BROKEN;
}

/*
 * Failure or cancellation, or an undo that a crash interrupted.  Where nothing can be written down any more nothing is
 * sent, and a disk of ours makes nobody's job stuck: it is parked, and goes on from what the journal has when that can
 * be read and written.
 */
static void
take_back(struct engine *g)
{
	if (!journal_is_broken(g) || !engine_has_begun(g)) {
		if (g->seq->keep || engine_is_final(g))
			engine_keep(g);
		else
			engine_undo(g);
	}
	if (g->disk.code != PD_OK &&
	    (g->res->outcome == OUTCOME_STUCK || (journal_is_broken(g) && engine_has_begun(g)))) {
		g->res->outcome = OUTCOME_PARKED;
		g->res->err = g->disk;
	}
	end(g, g->res->outcome);
}

/* Parked, taken back, or on its way again because it came through. */
static void
finish(struct engine *g, enum flow flow)
{
	int through = 0;

	if ((flow == FLOW_FAIL || flow == FLOW_STOP) && g->stopped != 'p' && !g->is_starved && !journal_is_broken(g) &&
	    (through = engine_came_through(g)) == 1)
		flow = run_steps(g);
	if (((flow == FLOW_STOP || through == -1) || (flow == FLOW_FAIL && g->is_starved)) && g->stopped == 'p') {
		engine_park(g, "parked");
	} else if (flow == FLOW_FAIL || flow == FLOW_STOP) {
		take_back(g);
	} else if (flow == FLOW_ASK) {
		ask_director(g);
	} else {
		if (flow == FLOW_FINISH)
			pd_fail(&g->res->err, PD_NO_CHANGE, "%s", g->note);
		end(g, OUTCOME_DONE);
	}
}

static void
clear(struct engine *g)
{
	json_decref(g->left);
	free(g->unit);
}

void
sequence_run(struct run *r, struct run_result *res)
{
	struct engine g;
	enum flow     flow = FLOW_FAIL;

	if (begin(&g, r, res) == 0 && !g.is_undoing)
		flow = run_steps(&g);
	if (g.is_undoing)
		take_back(&g);
	else
		finish(&g, flow);
	clear(&g);
}

void
sequence_undo(struct run *r, struct run_result *res)
{
	struct engine g;

	if (begin(&g, r, res) == 0 && g.err.code == PD_OK)
		pd_fail(&g.err, PD_FAILED, "asked to undo");
	take_back(&g);
	clear(&g);
}
