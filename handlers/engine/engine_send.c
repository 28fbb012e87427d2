/* SPDX-License-Identifier: ISC */
/*
 * engine_send.c - one command to the console: intent, command, answer; and again when the console asks for patience
 * or the connection failed before anything was sent.  What an answer says is in engine_answer.c, what the journal keeps
 * of both in engine_record.c.
 *
 * P3 is here: the intent of a change is durable before transport->run() is called.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/engine/engine.h"
#include "handlers/transport/route.h"

#define ROOT_SHELL    "oem_setup_env"
#define ROOT_TAIL     "\necho rc=$?\nexit\n"	/* the shell's own status says nothing of the command */
#define BACKOFF_MS    1000

size_t
engine_sends(const struct commands *c)
{
	return c->as_root && c->n > 0 ? 1 : c->n;
}

static struct route
route(const struct engine *g, const struct unit *u, const struct commands *c, size_t index)
{
	struct scope s = engine_scope(g, u);

	return route_of(c, index, &s, g->run->vios_access);
}

const char *
engine_as(const struct engine *g, const struct unit *u, const struct commands *c, char buf[ENGINE_AS_MAX])
{
	struct route r = route(g, u, c, 0);

	if (r.vios != NULL)
		(void)snprintf(buf, ENGINE_AS_MAX, "%s@%.32s", r.as_root ? "root" : "padmin",
		    json_string_value(json_object_get(r.vios, "name")));
	else
		(void)snprintf(buf, ENGINE_AS_MAX, "%s", r.as_root ? "root" : strcmp(g->seq->kind, "hmc") == 0 ? "console" : "padmin");
	return buf;
}

/* Fills in one command, or all of a root session joined by &&. */
int
engine_command(const struct engine *g, const struct unit *u, const struct commands *c, size_t index,
    enum place_fill how, char buf[COMMAND_MAX], struct pd_err *e)
{
	struct scope s = engine_scope(g, u);
	struct route r = route(g, u, c, c->as_root ? 0 : index);
	size_t	     used = 0;

	if (!c->as_root) {
		if (g->seq->environment != NULL && r.vios == NULL)	/* the console's, not that of a VIOS */
			used = (size_t)snprintf(buf, COMMAND_MAX, "%s ", g->seq->environment);
		return place_fill(r.command, &s, how, buf + used, COMMAND_MAX - used, e);
	}
	for (size_t i = 0; i < c->n; i++) {
		if (i > 0) {
			if (COMMAND_MAX - used < 5)
				return pd_fail(e, PD_BADDATA, "step %s: the commands are too long", u->step->name);
			memcpy(buf + used, " && ", 5);
			used += 4;
		}
		if (place_fill(&c->command[i], &s, how, buf + used, COMMAND_MAX - used, e) == -1)
			return -1;
		used += strlen(buf + used);
	}
	return 0;
}

struct sending {
	struct engine	      *g;
	const struct unit     *u;
	enum part	       part;
	const struct commands *c;
	struct transport      *t;
	const json_t	      *vios;		/* whose session that is; NULL = the console's */
	int		       as_root;
	const char	      *cmd, *ignore;
	int		       tries;		/* connections tried in vain */
	long		       patience;	/* answers that asked for it */
};

/* Only changes of a repeated poll's answer are journalled: 600 s of "Starting" would drown the rest. */
static int
is_quiet(const struct sending *d)
{
	return d->g->is_polling && d->g->poll_seen != NULL && d->part == PART_ASK;
}

static void
record_answer(struct sending *d, const struct answer *a, int rc)
{
	struct engine *g = d->g;
	struct pd_err  ignored = { 0 };

	if (g->is_polling && d->part == PART_ASK) {
		int same = g->poll_seen != NULL && strcmp(g->poll_seen, a->out) == 0;

		if (same && a->kind == ANSWER_EXIT) {
			g->poll_repeats++;
			return;
		}
		engine_record_repeats(g, d->u);
		if (g->poll_seen != NULL)
			(void)engine_record_intent(g, d->u, d->part, d->cmd, d->c, &ignored);
		free(g->poll_seen);
		g->poll_seen = strdup(a->out);
	}
	engine_record_answer(g, d->u, d->part, a, rc);
}

static int
cannot_be_reached(const struct sending *d)
{
	return d->t->contact == CONTACT_SILENT || d->t->contact == CONTACT_REFUSED;
}

/* The console, or a VIOS that has a session of its own: the job cannot go on without. */
static int
is_needed(const struct sending *d)
{
	return cannot_be_reached(d) && !d->c->as_second && !d->c->may_be_away;
}

/*
 * Nobody knows for how long: the job is parked, and the director tries again after a back-off, which all jobs of the
 * platform share when it is the console.  That is why a console that has not answered in this run is tried once only.
 */
static int
go_away(const struct sending *d, const struct pd_err *why)
{
	struct engine *g = d->g;

	g->away = *why;
	g->is_away = 1;
	g->away_vios = d->vios;
	g->away_contact = d->t->contact;
	return engine_stop(g);
}

static int
tries_for(const struct sending *d)
{
	const struct engine *g = d->g;

	if (cannot_be_reached(d))
		return g->answered && !d->c->may_be_away ? AWAY_TRIES : 1;
	return g->answered || engine_has_begun(g) || g->is_undoing ? ENGINE_TRIES : 1;
}

/* Waits before another connection is tried; 0 = try again, else the result. */
static int
try_again(struct sending *d, enum sent *result, const struct pd_err *why)
{
	if (engine_stop(d->g) != 0) {
		*result = SENT_STOPPED;
		return -1;
	}
	if (++d->tries >= tries_for(d)) {
		*result = is_needed(d) && go_away(d, why) ? SENT_STOPPED : SENT_NOT;
		return -1;
	}
	engine_note(d->g, "warning", "%s; trying again", why->msg);
	if (engine_wait(d->g, (int64_t)BACKOFF_MS << (d->tries - 1)) != 0) {
		*result = SENT_STOPPED;
		return -1;
	}
	return 0;
}

/* "VIOS vios1: 10.0.0.11:22 ...": people know the console's address, not that of each VIOS. */
static void
name_vios(const struct sending *d, struct pd_err *e)
{
	const struct pd_err why = *e;

	if (d->vios == NULL)
		return;
	(void)pd_fail(e, why.code, "VIOS %.40s: %s", json_string_value(json_object_get(d->vios, "name")), why.msg);
	e->sys = why.sys;
}

/* The command has not left.  0 = try again, -1 = *result. */
static int
not_sent(struct sending *d, enum sent *result, struct pd_err *e)
{
	*result = SENT_NOT;
	name_vios(d, e);
	if (e->code == PD_BADDATA)
		return -1;	/* no transport for this command, now or later */
	if (e->code == PD_NOTFOUND) {	/* on the VIOS itself: a person has to install it */
		e->code = PD_FAILED;
		return -1;
	}
	if (e->code != PD_DENIED)
		return try_again(d, result, e);
	e->code = PD_REMOTE;	/* what the user may do is not the point here */
	if (is_needed(d) && go_away(d, e))
		*result = SENT_STOPPED;
	return -1;
}

/* Another console from here on: what its job has left undecided its probes will ask it. */
static void
tell_moved(struct sending *d)
{
	if (d->t->moved[0] != '\0')
		engine_note(d->g, "warning", "%s", d->t->moved);
	d->t->moved[0] = '\0';
}

static void
console_answered(struct engine *g, const struct answer *a)
{
	if (a->kind != ANSWER_LOST && !g->is_told && g->run->answered != NULL)
		g->run->answered(g->run->arg);
	g->is_told |= a->kind != ANSWER_LOST;
	g->answered = 1;
}

/* Sends once.  1 = a has the answer, 0 = try again, -1 = *result. */
static int
send_once(struct sending *d, struct answer *a, enum sent *result, struct pd_err *e)
{
	char		  input[COMMAND_MAX + sizeof(ROOT_TAIL)];
	const char	 *line = d->as_root ? ROOT_SHELL : d->cmd;
	struct transport *t = d->t;
	int		  is_other = t != d->g->run->transport, rv;

	/* Before the first intent, so that a journal does not fill with commands that found nobody. */
	if ((is_other || !d->g->answered) && t->open != NULL && t->open(t, e) == -1)
		return not_sent(d, result, e);
	tell_moved(d);
	if (!is_quiet(d) && engine_record_intent(d->g, d->u, d->part, d->cmd, d->c, e) == -1) {
		*result = engine_stop(d->g) ? SENT_STOPPED : SENT_NOT;
		return -1;
	}
	stpcpy(stpcpy(input, d->as_root ? d->cmd : ""), ROOT_TAIL);
	rv = t->run(t, line, d->as_root ? input : NULL, (int)(d->c->timeout_s * 1000), a, e);
	tell_moved(d);
	if (rv == -1) {
		engine_record_unsent(d->g, d->u, d->part, e);
		return not_sent(d, result, e);
	}
	if (!is_other)
		console_answered(d->g, a);
	if ((a->out == NULL && (a->out = strdup("")) == NULL) || (a->err == NULL && (a->err = strdup("")) == NULL)) {
		*result = engine_changes(d->part) ? SENT_UNKNOWN : SENT_NOT;
		return pd_fail(e, PD_BUG, "out of memory");
	}
	return 1;
}

/* Judges an answer.  1 = *result, 0 = try again. */
static int
judge(struct sending *d, struct answer *a, enum sent *result, struct pd_err *e)
{
	const struct transient *t;
	int			rc = a->status;

	if (a->kind == ANSWER_EXIT && d->as_root && (rc = answer_take_rc(a)) == -1) {
		if (a->status != 0) {
			rc = a->status;		/* no root shell at all */
		} else {
			a->kind = ANSWER_LOST;
			snprintf(a->why, sizeof(a->why), "the root shell ended before its command");
		}
	}
	if (d->t != d->g->run->transport && !d->c->as_second)
		answer_join(a);
	if (a->kind == ANSWER_EXIT && !engine_changes(d->part) && !answer_is_text(a)) {
		a->kind = ANSWER_LOST;
		snprintf(a->why, sizeof(a->why), "what came is no text");
	}
	record_answer(d, a, rc);
	if (a->kind != ANSWER_EXIT) {
		pd_fail(e, PD_REMOTE, "the answer to a command was lost: %s",
		    a->kind == ANSWER_SIGNAL ? a->signal : a->why);
		*result = SENT_UNKNOWN;
		if (engine_changes(d->part))
			return 1;
		if (engine_stop(d->g)) {
			*result = SENT_STOPPED;
			return 1;
		}
		return try_again(d, result, e) == -1;
	}
	*result = SENT_OK;
	answer_drop_no_rows(d->g, a);
	if (rc == 0 || answer_says(a, d->ignore))
		return 1;
	if ((t = answer_transient(d->g, a)) != NULL && d->patience++ < t->times) {
		engine_note(d->g, "info", "the console is busy (%s); trying again in %ld s", t->name, t->every_s);
		if (engine_wait(d->g, t->every_s * 1000) == 0)
			return 0;
		*result = SENT_STOPPED;
		return 1;
	}
	answer_fails(d->g, d->u, d->c, a, rc, e);
	*result = SENT_FAILED;
	return 1;
}

/* A VIOS's own session is stopped by whatever stops the console's now. */
static int
choose_session(struct sending *d, size_t index, struct pd_err *e)
{
	struct route      r = route(d->g, d->u, d->c, index);
	struct transport *console = d->t;

	d->as_root = r.as_root;
	if (r.vios == NULL && !d->c->as_second)
		return 0;
	if (d->c->as_second)
		d->t = d->g->run->second != NULL ? d->g->run->second : (pd_fail(e, PD_BUG, "there is no second console"), NULL);
	else
		d->t = d->g->run->vios != NULL ? d->g->run->vios(d->g->run->arg, r.vios, e) :
		    (pd_fail(e, PD_BUG, "there are no sessions with VIOSes"), NULL);
	if (d->t == NULL)
		return -1;
	d->vios = r.vios;
	d->t->stop = console->stop;
	d->t->stop_arg = console->stop_arg;
	return 0;
}

enum sent
engine_send(struct engine *g, const struct unit *u, enum part part, const struct commands *c, size_t index,
    const char *ignore, struct answer *a, struct pd_err *e)
{
	char	       cmd[COMMAND_MAX];
	struct sending d = { .g = g, .u = u, .part = part, .c = c, .t = g->run->transport, .cmd = cmd, .ignore = ignore };
	enum sent      result = SENT_NOT;

	memset(a, 0, sizeof(*a));
	if (engine_command(g, u, c, index, FILL_COMMAND, cmd, e) == -1)
		return SENT_FAILED;
	if (choose_session(&d, index, e) == -1)
		return SENT_NOT;
	for (;;) {
		int rv = send_once(&d, a, &result, e);

		if (rv == -1)
			return result;
		if (rv == 1 && judge(&d, a, &result, e))
			return result;
		answer_clear(a);
		memset(a, 0, sizeof(*a));
	}
}
