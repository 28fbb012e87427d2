/* SPDX-License-Identifier: ISC */
/*
 * pair.c - two consoles of the same systems, one of which is in use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/transport.h"

struct one {
	struct transport *t;
	char		 *name;
	enum contact	  contact;	/* since pair_use() */
	char		  why[160];
};

struct pair {
	struct one each[2];
	int	   now;
};

static int
is_away(const struct transport *t)
{
	return t->contact == CONTACT_SILENT || t->contact == CONTACT_REFUSED;
}

/* Made for one call: what it does with one of the two. */
struct call {
	const char	*command, *input;
	int		 timeout_ms;
	struct answer	*answer;
	struct attached *attached;
};

static int
call_one(struct transport *t, const struct call *c, struct pd_err *e)
{
	if (c->attached != NULL)
		return t->attach(t, c->command, c->attached, e);
	return c->command != NULL ? t->run(t, c->command, c->input, c->timeout_ms, c->answer, e) : t->open(t, e);
}

/* The one in use; 1 = it is away, and nothing was sent. */
static int
try_it(struct transport *t, const struct call *c, int *rv, struct pd_err *e)
{
	struct pair *p = t->state;
	struct one  *o = &p->each[p->now];

	o->t->stop = t->stop;
	o->t->stop_arg = t->stop_arg;
	o->t->meanwhile = t->meanwhile;
	o->t->meanwhile_arg = t->meanwhile_arg;
	o->t->meanwhile_ms = t->meanwhile_ms;
	o->t->contact = CONTACT_NONE;
	*rv = call_one(o->t, c, e);
	t->contact = o->t->contact;
	if (o->t->contact != CONTACT_NONE)
		o->contact = o->t->contact;
	if (*rv == 0 || !is_away(o->t))
		return 0;
	(void)snprintf(o->why, sizeof(o->why), "%.*s", (int)sizeof(o->why) - 1, e->msg);
	return 1;
}

static int
both_away(struct transport *t, struct pd_err *e)
{
	struct pair *p = t->state;
	enum pd_code code = e->code;

	t->contact = p->each[0].contact == CONTACT_SILENT || p->each[1].contact == CONTACT_SILENT ? CONTACT_SILENT :
	    CONTACT_REFUSED;
	if (t->contact == CONTACT_SILENT)
		code = PD_REMOTE;	/* it may be back without anybody's doing */
	return pd_fail(e, code, "neither console answers: %.*s, and %.*s", (int)strcspn(p->each[0].why, ";"),
	    p->each[0].why, (int)strcspn(p->each[1].why, ";"), p->each[1].why);
}

static int
call(struct transport *t, const struct call *c, struct pd_err *e)
{
	struct pair *p = t->state;
	struct one  *o = &p->each[p->now];
	int	     rv;

	if (try_it(t, c, &rv, e) == 0)
		return rv;
	p->now = !p->now;
	if (try_it(t, c, &rv, e) == 0) {
		(void)snprintf(t->moved, sizeof(t->moved), "%.*s; going on through %.60s", (int)strcspn(o->why, ";"),
		    o->why, p->each[p->now].name);
		return rv;
	}
	p->now = !p->now;	/* the one that was in use is the first to be asked when they are back */
	return both_away(t, e);
}

static int
pair_run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	const struct call c = { .command = command, .input = input, .timeout_ms = timeout_ms, .answer = a };

	return call(t, &c, e);
}

static int
pair_open(struct transport *t, struct pd_err *e)
{
	const struct call c = { .command = NULL };

	return call(t, &c, e);
}

/* Beside the command that runs, whichever of the two runs it. */
static int
pair_aside(struct transport *t, const char *command, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct pair	 *p = t->state;
	struct transport *now = p->each[p->now].t;

	return now->aside(now, command, timeout_ms, a, e);
}

static int
pair_attach(struct transport *t, const char *command, struct attached *a, struct pd_err *e)
{
	const struct call c = { .command = command, .attached = a };

	return call(t, &c, e);
}

static void
pair_free(struct transport *t)
{
	struct pair *p = t->state;

	for (int i = 0; i < 2; i++) {
		if (p->each[i].t != NULL)
			p->each[i].t->free(p->each[i].t);
		free(p->each[i].name);
	}
	free(p);
	free(t);
}

void
pair_use(struct transport *t, int which)
{
	struct pair *p = t->state;

	p->now = which;
	t->moved[0] = '\0';
	for (int i = 0; i < 2; i++) {
		p->each[i].contact = p->each[i].t->contact = CONTACT_NONE;
		p->each[i].why[0] = '\0';
	}
}

struct transport *
pair_each(struct transport *t, int which, enum contact *contact, const char **why)
{
	struct one *o = &((struct pair *)t->state)->each[which];

	if (o->t->contact != CONTACT_NONE)	/* it may have been used by itself */
		o->contact = o->t->contact;
	*contact = o->contact;
	*why = o->contact != CONTACT_SILENT && o->contact != CONTACT_REFUSED ? "" : o->why[0] != '\0' ? o->why : "it cannot be connected to";
	return o->t;
}

int
pair_transport(struct transport *first, const char *first_name, struct transport *second, const char *second_name,
    struct transport **t, struct pd_err *e)
{
	struct pair *p = calloc(1, sizeof(*p));

	*t = calloc(1, sizeof(**t));
	if (p == NULL || *t == NULL || (p->each[0].name = strdup(first_name)) == NULL ||
	    (p->each[1].name = strdup(second_name)) == NULL) {
		if (p != NULL) {
			free(p->each[0].name);
			free(p->each[1].name);
		}
		free(p);
		free(*t);
		*t = NULL;
		first->free(first);
		second->free(second);
		return pd_fail_sys(e, PD_BUG, "make a pair of connections");
	}
	p->each[0].t = first;
	p->each[1].t = second;
	**t = (struct transport){ .run = pair_run, .open = pair_open, .attach = pair_attach, .free = pair_free, .state = p };
	if (first->aside != NULL && second->aside != NULL)
		(*t)->aside = pair_aside;
	return 0;
}
