/* SPDX-License-Identifier: ISC */
/*
 * ssh.c - the transport for consoles: commands over one SSH session that is kept open.
 *
 * Connects at the first command and again after a loss.  A session that died while it was idle is
 * replaced without a word, since nothing was sent on it; a command that may have been sent is never
 * sent twice.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/clock.h"

#define BUSY_TRIES    6
#define BUSY_FIRST_MS 50	/* doubled each time: 50 .. 1600, 3 s in all */

static void
link_free(struct link *l)
{
	link_close(l);
	free(l->address);
	free(l->user);
	free(l->key_file);
	free(l->host_key);
	free(l->raw);
	free(l);
}

static char *
copy(const char *s)
{
	return strdup(s == NULL ? "" : s);
}

static struct link *
link_new(const struct ssh_target *target, struct pd_err *e)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l != NULL) {
		l->address = copy(target->address);
		l->user = copy(target->user);
		l->key_file = copy(target->key_file);
		l->host_key = copy(target->host_key);
		l->raw = calloc(1, sizeof(*l->raw));
		l->port = target->port > 0 ? target->port : 22;
		l->alive_ms = LINK_ALIVE_MS;
		l->dead_ms = LINK_DEAD_MS;
		l->connect_timeout_ms = target->connect_timeout_ms > 0 ? target->connect_timeout_ms : LINK_CONNECT_MS;
		if (l->address != NULL && l->user != NULL && l->key_file != NULL && l->host_key != NULL &&
		    l->raw != NULL)
			return l;
		link_free(l);
	}
	pd_fail_sys(e, PD_BUG, "make a connection");
	return NULL;
}

/* Lets the session live for ms, in case a channel gets free.  -1 = stopped. */
static int
wait_busy(struct link *l, int ms)
{
	int64_t until = clock_mono_ms() + ms;
	int	slice;

	while ((slice = link_slice(until)) > 0) {
		if (link_stopped(l) || ssh_event_dopoll(l->event, slice) == SSH_ERROR)
			return -1;
	}
	return 0;
}

/* The open session, or a new one. */
static int
connect_link(struct transport *t, struct pd_err *e)
{
	struct link *l = t->state;

	if (link_is_up(l))
		return 0;
	link_close(l);
	if (link_open(l, e) == 0) {
		t->contact = CONTACT_NONE;	/* it lets us in; whether it answers is to be seen */
		return 0;
	}
	if (e->code == PD_DENIED)
		t->contact = CONTACT_REFUSED;
	else if (e->code == PD_REMOTE && !link_stopped(l))
		t->contact = CONTACT_SILENT;
	return -1;
}

static int
run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct link *l = t->state;
	int	     busy = 0, gone = 0;

	memset(a, 0, sizeof(*a));
	for (;;) {
		if (connect_link(t, e) == -1)
			return -1;
		switch (link_exec(l, command, input, timeout_ms, a, e)) {
		case EXEC_SENT:
			if (a->kind == ANSWER_LOST)
				link_close(l);
			else
				t->contact = CONTACT_ANSWERED;
			return 0;
		case EXEC_REFUSED:
			link_close(l);
			return -1;
		case EXEC_GONE:
			link_close(l);
			if (gone++ > 0)
				return pd_fail(e, PD_REMOTE,
				    "%s:%d lets us in but answers no command; check it by hand with ssh", l->address,
				    l->port);
			break;
		case EXEC_BUSY:
			if (busy == BUSY_TRIES || wait_busy(l, BUSY_FIRST_MS << busy++) == -1)
				return pd_fail(e, PD_BUSY,
				    "%s:%d runs as many commands at once as it allows (MaxSessions); try later",
				    l->address, l->port);
			break;
		}
	}
}

static int
aside(struct transport *t, const char *command, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct link *l = t->state;

	memset(a, 0, sizeof(*a));
	if (!l->is_aside)
		return pd_fail(e, PD_BUG, "there is no command to run another one beside");
	switch (link_exec(l, command, NULL, timeout_ms, a, e)) {
	case EXEC_SENT:
		return 0;
	case EXEC_REFUSED:
		return -1;
	default:
		return pd_fail(e, PD_BUSY, "%s:%d runs no further command now", l->address, l->port);
	}
}

static int
attach(struct transport *t, const char *command, struct attached *a, struct pd_err *e)
{
	struct link *l = t->state;
	int	     rv = connect_link(t, e) == -1 ? -1 : link_attach(l, command, a, e);

	link_close(l);	/* whatever the command still does ends with its session */
	return rv;
}

static void
transport_free(struct transport *t)
{
	link_free(t->state);
	free(t);
}

int
ssh_transport(const struct ssh_target *target, struct transport **t, struct pd_err *e)
{
	struct link *l = link_new(target, e);

	*t = l == NULL ? NULL : calloc(1, sizeof(**t));
	if (*t == NULL) {
		if (l != NULL) {
			link_free(l);
			pd_fail_sys(e, PD_BUG, "make a connection");
		}
		return -1;
	}
	(*t)->run = run;
	(*t)->open = connect_link;
	(*t)->attach = attach;
	(*t)->aside = aside;
	(*t)->free = transport_free;
	(*t)->state = l;
	l->t = *t;
	return 0;
}

int
ssh_host_key(const struct ssh_target *target, char *fp, size_t size, struct pd_err *e)
{
	struct link *l = link_new(target, e);
	int	     rv;

	if (l == NULL)
		return -1;
	rv = link_fingerprint(l, fp, size, e);
	link_free(l);
	return rv;
}
