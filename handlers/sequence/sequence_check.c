/* SPDX-License-Identifier: ISC */
/*
 * sequence_check.c - does every value that a sequence uses come from somewhere, and in time?
 *
 * A value is known when its first word is an input or the step's for-each name, or when an earlier step (or an earlier
 * part of the same one) captures or sets it.  A path that the sequence captures itself is not known before that, even
 * below an input: create-vm may not use vm.lpar_id before there is a partition.  What a step only sets below an input
 * was there before: start-vm looks at the medium and then forgets it.
 */
#include <string.h>

#include "handlers/engine/guard.h"
#include "handlers/sequence/sequence_model.h"

#define KNOWN_MAX 512

struct made {
	const char *path;
	int	    is_known;	/* at this point of the file */
};

struct checker {
	struct sequence	  *s;
	const struct step *step;
	struct made	   made[KNOWN_MAX];
	size_t		   n;
	struct pd_err	  *e;
};

static int
below(const char *path, const char *root)
{
	size_t n = strlen(root);

	return strncmp(path, root, n) == 0 && (path[n] == '\0' || path[n] == '.');
}

static int
is_input(const struct sequence *s, const char *path)
{
	for (size_t i = 0; i < s->ninputs; i++)
		if (below(path, s->inputs[i]))
			return 1;
	for (size_t i = 0; i < s->noptional; i++)
		if (below(path, s->optional_inputs[i]))
			return 1;
	return 0;
}

static struct made *
find_made(struct checker *c, const char *path)
{
	for (size_t i = 0; i < c->n; i++)
		if (below(path, c->made[i].path))
			return &c->made[i];
	return NULL;
}

static int
add_made(struct checker *c, const char *path, int line)
{
	if (find_made(c, path) != NULL)
		return 0;
	if (c->n == KNOWN_MAX)
		return pd_fail(c->e, PD_BADDATA, "%s:%d: more than %d values are captured", c->s->file, line, KNOWN_MAX);
	c->made[c->n++].path = path;
	return 0;
}

static int
check_path(struct checker *c, const char *path, int line)
{
	const struct made *m = find_made(c, path);

	if (m != NULL ? m->is_known : is_input(c->s, path))
		return 0;
	for (size_t i = 0; m == NULL && c->step != NULL && i < c->step->neach; i++)
		if (below(path, c->step->each[i].alias))
			return 0;
	return pd_fail(c->e, PD_BADDATA, "%s:%d: %s is %s", c->s->file, line, path,
	    m != NULL ? "used before it is captured" : "no input and captured by no step");
}

static int
check_place(struct checker *c, const struct place *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->part[i].path != NULL && check_path(c, p->part[i].path, p->line) == -1)
			return -1;
	return 0;
}

static int
check_cond(struct checker *c, struct cond *cond)
{
	for (size_t i = 0; i < cond->n; i++) {
		struct cond_term *t = &cond->term[i];

		if (check_path(c, t->path, cond->line) == -1)
			return -1;
		t->is_captured = find_made(c, t->path) != NULL;
		for (size_t k = 0; k < t->nvalues; k++) {
			if (!t->value[k].is_path)
				continue;
			if (check_path(c, t->value[k].text, cond->line) == -1)
				return -1;
			t->value[k].is_captured = find_made(c, t->value[k].text) != NULL;
		}
	}
	return 0;
}

static int
check_commands(struct checker *c, const struct commands *cmds)
{
	for (size_t i = 0; i < cmds->n; i++)
		if (check_place(c, &cmds->command[i]) == -1 ||
		    (cmds->by_ssh != NULL && check_place(c, &cmds->by_ssh[i]) == -1))
			return -1;
	return 0;
}

/* Commands that change something: P9 says which partition they may name. */
static int
check_changes(struct checker *c, const struct commands *cmds)
{
	for (size_t i = 0; i < cmds->n; i++)
		if (guard_change(c->s->file, &cmds->command[i], c->e) == -1 ||
		    (cmds->by_ssh != NULL && guard_change(c->s->file, &cmds->by_ssh[i], c->e) == -1))
			return -1;
	return check_commands(c, cmds);
}

static void
know(struct checker *c, const char *path)
{
	struct made *m = find_made(c, path);

	if (m != NULL)
		m->is_known = 1;
}

static int
check_captures(struct checker *c, const struct capture_list *list)
{
	for (; list != NULL; list = list->next) {
		for (size_t i = 0; i < list->capture.nwhere; i++)
			if (check_place(c, &list->capture.where[i].value) == -1)
				return -1;
		if (check_place(c, &list->capture.message) == -1 ||
		    (list->capture.difference != NULL &&
			check_path(c, list->capture.difference, list->capture.line) == -1))
			return -1;
		know(c, list->capture.path);
	}
	return 0;
}

static int
check_requires(struct checker *c, struct require *r)
{
	for (; r != NULL; r = r->next)
		if (check_cond(c, &r->when) == -1 || check_cond(c, &r->that) == -1 || check_place(c, &r->message) == -1)
			return -1;
	return 0;
}

static int
check_settings(struct checker *c, const struct setting *s)
{
	for (; s != NULL; s = s->next)
		if (check_place(c, &s->value) == -1)
			return -1;
	return 0;
}

static int
check_poll(struct checker *c, struct poll *p)
{
	if (p == NULL)
		return 0;
	if (check_changes(c, &p->again) == -1 || check_cond(c, &p->until) == -1 || check_cond(c, &p->fail_when) == -1)
		return -1;
	return check_place(c, &p->limit) == -1 || check_place(c, &p->say_fail) == -1 ? -1 : 0;
}

static int
check_watch(struct checker *c, const struct watch *w)
{
	if (w == NULL)
		return 0;
	return check_commands(c, &w->ask) == -1 || check_captures(c, w->captures) == -1 ? -1 : check_place(c, &w->say);
}

/* What the director is shown has been captured, at least in part. */
static int
check_shown(struct checker *c, const struct step *s)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->made[i].is_known && below(c->made[i].path, s->ask_director))
			return 0;
	return pd_fail(c->e, PD_BADDATA, "%s:%d: nothing of %s is captured by an earlier step", c->s->file, s->line,
	    s->ask_director);
}

/* In the order in which the parts are used. */
static int
check_step(struct checker *c, struct step *s)
{
	for (size_t i = 0; i < s->neach; i++)
		if (check_path(c, s->each[i].path, s->line) == -1)
			return -1;
	if (check_cond(c, &s->when) == -1 || check_place(c, &s->say) == -1 || check_place(c, &s->thing) == -1)
		return -1;
	if ((s->is_run ? check_changes : check_commands)(c, &s->commands) == -1)
		return -1;
	if (s->probe != NULL &&
	    (check_commands(c, &s->probe->ask) == -1 || check_captures(c, s->probe->captures) == -1 ||
	    check_cond(c, &s->probe->done_when) == -1 || check_cond(c, &s->probe->busy_when) == -1))
		return -1;
	if (check_changes(c, &s->stop) == -1 || check_watch(c, s->watch) == -1)
		return -1;
	if (check_captures(c, s->captures) == -1 || check_poll(c, s->poll) == -1)
		return -1;
	if (check_requires(c, s->requires) == -1 || check_settings(c, s->settings) == -1)
		return -1;
	if (s->ask_director != NULL && check_shown(c, s) == -1)
		return -1;
	if (check_changes(c, &s->undo) == -1 || check_cond(c, &s->undo_when) == -1)
		return -1;
	if (check_place(c, &s->note) == -1 || check_place(c, &s->finish) == -1)
		return -1;
	for (const struct setting *o = s->settings; o != NULL; o = o->next)
		know(c, o->path);
	return 0;
}

static int
collect(struct checker *c)
{
	for (const struct step *s = c->s->steps; s != NULL; s = s->next) {
		for (const struct capture_list *l = s->captures; l != NULL; l = l->next)
			if (add_made(c, l->capture.path, l->capture.line) == -1)
				return -1;
		for (const struct capture_list *l = s->probe == NULL ? NULL : s->probe->captures; l != NULL;
		     l = l->next)
			if (add_made(c, l->capture.path, l->capture.line) == -1)
				return -1;
		for (const struct capture_list *l = s->watch == NULL ? NULL : s->watch->captures; l != NULL;
		     l = l->next)
			if (add_made(c, l->capture.path, l->capture.line) == -1)
				return -1;
		for (const struct setting *o = s->settings; o != NULL; o = o->next)
			if (!is_input(c->s, o->path) && add_made(c, o->path, o->line) == -1)
				return -1;
	}
	return 0;
}

int
sequence_check(struct sequence *s, struct pd_err *e)
{
	struct checker c = { .s = s, .e = e };

	if (collect(&c) == -1 || check_commands(&c, &s->at_work) == -1)
		return -1;
	for (struct step *st = s->steps; st != NULL; st = st->next) {
		c.step = st;
		if (check_step(&c, st) == -1)
			return -1;
	}
	c.step = NULL;
	return check_settings(&c, s->results);
}
