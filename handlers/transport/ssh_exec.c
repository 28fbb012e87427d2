/* SPDX-License-Identifier: ISC */
/*
 * ssh_exec.c - one command on an open SSH session.
 *
 * The command is over when the server closes the channel, not at end of file and not at the exit
 * status: output may follow both.  A server that was stopped or cut off without a packet is found
 * by asking for a sign of life and counting what comes in: ssh_is_connected() says yes for ever.
 */
#include <libssh/callbacks.h>
#include <libssh/server.h>	/* ssh_send_keepalive() is declared there, for clients too */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/clock.h"

#define INPUT_CHUNK 32768	/* what one SSH packet holds at most */

struct command {
	struct link   *l;
	ssh_channel    channel;
	struct answer_stream out, err;
	const char    *input;	/* what is still to be sent */
	size_t	       input_len;
	int	       eof_sent;
	int	       has_status, is_closed, is_flooded, is_short;	/* set by the callbacks */
	int	       status;
	char	       signal[16];
	int64_t	       deadline;
	int64_t	       heard_ms;	/* when the last packet came */
	uint64_t       heard;		/* how many had come by then */
	int	       asked;		/* signs of life asked for since */
};

static int
on_data(ssh_session session, ssh_channel channel, void *data, uint32_t len, int is_stderr, void *arg)
{
	struct command *c = arg;
	enum answer_room room = answer_add(is_stderr ? &c->err : &c->out, data, len);

	(void)session;
	(void)channel;
	c->is_flooded |= room == ANSWER_FLOOD;
	c->is_short |= room == ANSWER_NO_MEMORY;
	return (int)len;	/* taken: the window opens again */
}

static void
on_status(ssh_session session, ssh_channel channel, int status, void *arg)
{
	struct command *c = arg;

	(void)session;
	(void)channel;
	c->has_status = 1;
	c->status = status;
}

static void
on_signal(ssh_session session, ssh_channel channel, const char *name, int core, const char *text, const char *lang, void *arg)
{
	struct command *c = arg;

	(void)session;
	(void)channel;
	(void)core;
	(void)text;
	(void)lang;
	/* A name is of the server's making: letters and digits, or nothing that anybody could print. */
	(void)snprintf(c->signal, sizeof(c->signal), "%.15s", name);
	if (c->signal[0] == '\0' || strspn(c->signal, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(c->signal))
		(void)snprintf(c->signal, sizeof(c->signal), "unknown");
}

static void
on_close(ssh_session session, ssh_channel channel, void *arg)
{
	struct command *c = arg;

	(void)session;
	(void)channel;
	c->is_closed = 1;
}

void
link_ask_alive(struct link *l)
{
	(void)ssh_send_keepalive(l->session);
}

/*
 * Lets packets in and out for one slice.  NULL = go on; otherwise why the command cannot be waited
 * for any longer.
 */
static const char *
turn(struct command *c)
{
	struct link *l = c->l;
	int	     slice = link_slice(c->deadline);
	int64_t	     now;

	if (slice == 0)
		return "time limit";
	if (ssh_event_dopoll(l->event, slice) == SSH_ERROR || !ssh_is_connected(l->session))
		return "connection cut";
	if (c->is_flooded)
		return "answers without end";
	if (c->is_short)
		return "no memory for the answer";
	if (link_stopped(l))
		return "stopped";
	now = clock_mono_ms();
	if (l->raw->in_packets != c->heard) {
		c->heard = l->raw->in_packets;
		c->heard_ms = now;
		c->asked = 0;
	} else if (now - c->heard_ms >= l->dead_ms)
		return "no sign of life from the console";
	else if (now - c->heard_ms >= (int64_t)l->alive_ms * (c->asked + 1)) {
		c->asked++;
		link_ask_alive(l);
	}
	return NULL;
}

/* Whoever waits for a long command may use the time. */
static void
use_time(struct command *c)
{
	struct transport *t = c->l->t;

	if (t->meanwhile == NULL || c->l->is_aside || clock_mono_ms() < c->l->meanwhile_ms)
		return;
	c->l->is_aside = 1;
	t->meanwhile(t->meanwhile_arg);
	c->l->is_aside = 0;
	c->l->meanwhile_ms = clock_mono_ms() + t->meanwhile_ms;
}

static enum exec_result
refuse(const struct command *c, const char *what, struct pd_err *e)
{
	char text[160];

	pd_fail(e, PD_REMOTE, "%s:%d %s: %s", c->l->address, c->l->port, what, link_error(c->l, text, sizeof(text)));
	return EXEC_REFUSED;
}

/* Opens the channel; nothing is sent that could have an effect. */
static enum exec_result
open_channel(struct command *c, struct pd_err *e)
{
	const char *why = NULL;
	int64_t	    limit = clock_mono_ms() + c->l->connect_timeout_ms;
	int64_t	    own = c->deadline;
	int	    rc;

	if (own < 0 || own > limit)
		c->deadline = limit;	/* a session that fell asleep is found sooner than a slow command */
	while ((rc = ssh_channel_open_session(c->channel)) == SSH_AGAIN && why == NULL)
		why = turn(c);
	c->deadline = own;
	if (rc == SSH_OK)
		return EXEC_SENT;
	if (why != NULL && strcmp(why, "stopped") == 0)
		return refuse(c, "was left before the command was sent", e);
	if (why != NULL || !ssh_is_connected(c->l->session))
		return EXEC_GONE;
	return EXEC_BUSY;	/* OpenSSH beyond MaxSessions: "open failed", the session lives on */
}

/* Sends as much of the input as the server's window takes, then the end of file. */
static void
send_input(struct command *c)
{
	uint32_t window;
	int	 n;

	while (c->input_len > 0 && (window = ssh_channel_window_size(c->channel)) > 0) {
		uint32_t want = window < INPUT_CHUNK ? window : INPUT_CHUNK;

		if (want > c->input_len)
			want = (uint32_t)c->input_len;
		n = ssh_channel_write(c->channel, c->input, want);
		if (n <= 0)
			return;
		c->input += n;
		c->input_len -= (size_t)n;
	}
	if (c->input_len == 0 && !c->eof_sent)
		c->eof_sent = ssh_channel_send_eof(c->channel) == SSH_OK;
}

/* From the exec request on: whatever goes wrong, the command may have run. */
static enum exec_result
run_to_close(struct command *c, const char *command, const char **why, struct pd_err *e)
{
	int rc;

	*why = NULL;
	while ((rc = ssh_channel_request_exec(c->channel, command)) == SSH_AGAIN && *why == NULL)
		*why = turn(c);
	if (rc == SSH_ERROR && *why == NULL) {
		if (ssh_is_connected(c->l->session) && !c->is_closed)
			return refuse(c, "does not run commands", e);
		*why = "connection cut";
	}
	if (!c->l->is_aside)
		c->l->meanwhile_ms = clock_mono_ms() + c->l->t->meanwhile_ms;
	while (*why == NULL && !c->is_closed) {
		if (!c->eof_sent)
			send_input(c);
		*why = turn(c);
		if (*why == NULL && !c->is_closed)
			use_time(c);
	}
	if (c->is_closed && !c->is_flooded && !c->is_short)
		*why = c->has_status || c->signal[0] != '\0' ? NULL : "the console closed without an exit status";
	return EXEC_SENT;
}

static void
fill_answer(struct command *c, const char *why, struct answer *a)
{
	a->kind = why != NULL ? ANSWER_LOST : c->signal[0] != '\0' ? ANSWER_SIGNAL : ANSWER_EXIT;
	a->status = a->kind == ANSWER_EXIT ? c->status : -1;
	if (a->kind == ANSWER_SIGNAL)
		(void)snprintf(a->signal, sizeof(a->signal), "%s", c->signal);
	if (why != NULL)
		(void)snprintf(a->why, sizeof(a->why), "%s", why);
	a->out = c->out.buf;
	a->out_len = c->out.len;
	a->err = c->err.buf;
	a->err_len = c->err.len;
	c->out.buf = c->err.buf = NULL;
}

/* The command may go on over there: it is told to end, and the session is not used again. */
static void
give_up(struct command *c)
{
	if (ssh_is_connected(c->l->session))
		(void)ssh_channel_request_send_signal(c->channel, "TERM");
}

enum exec_result
link_exec(struct link *l, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct ssh_channel_callbacks_struct cb = { 0 };
	struct command	 c = { .l = l, .status = -1 };
	const char	*why = NULL;
	enum exec_result rv;
	int64_t		 began_us = clock_mono_us();

	if (answer_add(&c.out, "", 0) != ANSWER_FITS || answer_add(&c.err, "", 0) != ANSWER_FITS ||
	    (c.channel = ssh_channel_new(l->session)) == NULL) {
		free(c.out.buf);
		free(c.err.buf);
		return refuse(&c, "cannot be asked, no memory", e);
	}
	cb.userdata = &c;
	cb.channel_data_function = on_data;
	cb.channel_exit_status_function = on_status;
	cb.channel_exit_signal_function = on_signal;
	cb.channel_close_function = on_close;
	ssh_callbacks_init(&cb);
	(void)ssh_set_channel_callbacks(c.channel, &cb);
	c.input = input;
	c.input_len = input == NULL ? 0 : strlen(input);
	c.heard_ms = clock_mono_ms();
	c.heard = l->raw->in_packets;
	c.deadline = timeout_ms > 0 ? c.heard_ms + timeout_ms : -1;

	rv = open_channel(&c, e);
	if (rv == EXEC_SENT)
		rv = run_to_close(&c, command, &why, e);
	if (rv == EXEC_SENT) {
		fill_answer(&c, why, a);
		a->us = clock_mono_us() - began_us;
	}
	if (why != NULL)
		give_up(&c);
	(void)ssh_remove_channel_callbacks(c.channel, &cb);
	ssh_channel_free(c.channel);
	free(c.out.buf);
	free(c.err.buf);
	return rv;
}
