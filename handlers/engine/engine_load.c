/* SPDX-License-Identifier: ISC */
/*
 * engine_load.c - what the journal of an earlier run tells: the values, which units are done, whether it is undoing.
 *
 * Without records a run begins here: its first record holds the values.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/engine/engine.h"

static int
is_kind(const json_t *r, const char *kind)
{
	const char *k = json_string_value(json_object_get(r, "k"));

	return k != NULL && strcmp(k, kind) == 0;
}

static const struct step *
find_step(const struct engine *g, const json_t *r)
{
	const char *name = json_string_value(json_object_get(r, "step"));

	for (const struct step *s = g->seq->steps; s != NULL && name != NULL; s = s->next)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static int
set_values(struct engine *g, const struct unit *u, const json_t *r, struct pd_err *e)
{
	struct scope s = engine_scope(g, u);
	const char  *path;
	json_t	    *v;

	json_object_foreach(json_object_get(r, "set"), path, v) {
		if (json_is_null(v))
			scope_remove(&s, path);
		else if (!scope_path_is_valid(path) || scope_set(&s, path, json_deep_copy(v)) == -1)
			return pd_fail(e, PD_BADDATA, "journal: step %s cannot set %.80s", u->step->name, path);
	}
	return 0;
}

static int
is_run_part(const json_t *r)
{
	const char *part = json_string_value(json_object_get(r, "part"));

	return part != NULL && strcmp(part, "run") == 0;
}

/* One record of a step. */
static int
load_unit(struct engine *g, const json_t *r, struct pd_err *e)
{
	const struct step *s = find_step(g, r);
	struct unit	  *u;

	if (s == NULL)
		return pd_fail(e, PD_BADDATA, "journal: the sequence %s has no such step; it was changed", g->seq->file);
	if ((u = engine_unit(g, s, json_integer_value(json_object_get(r, "i")), e)) == NULL)
		return -1;
	if (u->i < 0 || (size_t)u->i >= engine_elements(g, s))
		return pd_fail(e, PD_BADDATA, "journal: step %s has no element %" JSON_INTEGER_FORMAT, s->name, u->i);
	if (is_kind(r, "intent") && is_run_part(r))
		u->sent_ms = json_integer_value(json_object_get(r, "t"));
	if (is_kind(r, "intent") && is_run_part(r) && u->state == UNIT_NEW)
		u->state = UNIT_UNKNOWN;
	else if (is_kind(r, "answer") && is_run_part(r) && json_is_true(json_object_get(r, "unsent")) &&
	    u->state == UNIT_UNKNOWN)
		u->state = UNIT_NEW;
	else if (is_kind(r, "skipped"))
		u->state = UNIT_SKIPPED;
	else if (is_kind(r, "undone"))
		u->state = UNIT_UNDONE;
	else if (is_kind(r, "done"))
		u->state = UNIT_DONE;
	return is_kind(r, "done") ? set_values(g, u, r, e) : 0;
}

/*
 * Forwards again after an undo that did not end.  What stands in front of the first undone unit is as it was, but for
 * what the undo may have reached: the probe decides.  Behind it everything is looked at again, and what has no probe is
 * repeated.
 */
static void
go_forward(struct engine *g)
{
	int is_behind = 0;

	for (size_t k = 0; k < g->n && g->is_undoing; k++) {
		struct unit *u = &g->unit[k];

		is_behind |= u->state == UNIT_UNDONE;
		if (u->state == UNIT_DONE && u->step->is_run && (is_behind || u->step->undo.n > 0))
			u->state = UNIT_UNKNOWN;
		else if (is_behind && u->state != UNIT_UNKNOWN)
			u->state = UNIT_NEW;
	}
	g->is_undoing = g->stopped = 0;
	memset(&g->err, 0, sizeof(g->err));
}

static int
load_record(struct engine *g, const json_t *r, struct pd_err *e)
{
	json_t *vars = json_object_get(r, "vars");

	if (is_kind(r, "begin")) {
		json_t *copy = json_is_object(vars) ? json_deep_copy(vars) : NULL;
		int rv = copy == NULL ? 0 : json_object_clear(g->run->vars) | json_object_update(g->run->vars, copy);

		json_decref(copy);
		return rv == 0 ? 0 : pd_fail(e, PD_BUG, "out of memory");
	}
	if (is_kind(r, "undoing")) {
		const char *why = json_string_value(json_object_get(r, "why"));

		g->is_undoing = 1;
		g->stopped = json_is_true(json_object_get(r, "cancelled")) ? 'c' : 0;
		pd_fail(&g->err, code_find(json_string_value(json_object_get(r, "code")),
		    (int)json_integer_value(json_object_get(r, "exit"))), "%s", why == NULL ? "?" : why);
		return 0;
	}
	if (is_kind(r, "forward"))
		go_forward(g);
	if (json_object_get(r, "step") != NULL)
		return load_unit(g, r, e);
	return 0;
}

int
engine_load(struct engine *g, struct pd_err *e)
{
	int	has_begin = 0;
	size_t	i;
	json_t *r;

	json_array_foreach(g->run->records, i, r) {
		has_begin |= is_kind(r, "begin");
		if (load_record(g, r, e) == -1)
			return -1;
	}
	if (has_begin || g->run->journal == NULL)
		return 0;
	return engine_record(g, NULL, "begin", json_pack("{s:s, s:O}", "verb", g->seq->name, "vars", g->run->vars), 0, e);
}
