/* SPDX-License-Identifier: ISC */
/*
 * console_screen.c - the caller's terminal as a VM's serial console (verb console).
 *
 * The director hands our connection to a worker (spool/director/console.h): what is typed goes there as it is, what
 * comes is printed as it is. It is the guest's screen, which the caller may write to as well, so nothing is escaped.
 * Ctrl-] is kept back: with a full stop after it the caller leaves, twice it is typed once.  ssh has its own escape
 * (~), and so has mkvt.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ask.h"
#include "gateway/gateway.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/wire.h"

#define ESCAPE	     0x1d	/* Ctrl-] */
#define LEAVE	     '.'
#define OPEN_MS	     60000	/* a worker starts, logs in, and asks the console a question */
#define STEAL_MS     30000	/* whoever has it is asked to leave, and the console to let go */
#define AGAIN_MS     300
#define PIECE	     4096

static const char hello[] = "[connected to the console of %s; leave with Ctrl-] and a full stop]\r\n";

struct screen {
	int  sock;
	int  is_escaped;	/* Ctrl-] was typed */
	int  has_left;
	char keys[2 * PIECE];	/* that the console has not taken yet */
	size_t nkeys;
};

/* Asks, and waits for the worker's word.  0 = connected, and sock is the console; -1. */
static int
ask_once(const struct gateway *g, int *sock, struct pd_err *e)
{
	json_t	   *msg = ask_new(g, "query"), *reply = NULL;
	const char *word;
	int	    rv = -1;

	(void)json_object_set_new(msg, "verb", json_string(g->req.verb->name));
	(void)json_object_set(msg, "args", g->req.args);
	if ((*sock = wire_connect(g->conf->socket, ASK_LIMIT_MS, e)) == -1) {
		json_decref(msg);
		return -1;
	}
	if (wire_send(*sock, msg, NULL, 0, e) == -1)
		goto out;
	rv = wire_recv(*sock, WIRE_REPLY_MAX, OPEN_MS, &reply, NULL, 0, e);
	if (rv != 1) {
		rv = rv == 0 ? pd_fail(e, PD_BUSY, "the console's worker ended without a word; try again") : -1;
		goto out;
	}
	word = json_string_value(json_object_get(reply, "code"));
	rv = word != NULL && strcmp(word, code_word(PD_OK)) == 0 ? 0 : -1;
	if (rv == -1)
		(void)pd_fail(e, code_find(word != NULL ? word : "", (int)json_integer_value(json_object_get(reply, "exit"))), "%s",
		    json_is_string(json_object_get(reply, "message")) ? json_string_value(json_object_get(reply, "message")) :
		    "the director gives no reason");
	json_decref(reply);
out:
	if (rv == -1)
		(void)close(*sock);
	return rv;
}

static int
connect_console(const struct gateway *g, int *sock, struct pd_err *e)
{
	const struct timespec pause = { 0, AGAIN_MS * 1000000L };
	int64_t		      end_ms = clock_mono_ms() + STEAL_MS;
	int		      steals = json_is_true(json_object_get(g->req.args, "steal"));

	while (ask_once(g, sock, e) == -1) {
		if (!steals || e->code != PD_BUSY || clock_mono_ms() >= end_ms)
			return -1;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* What was typed, without our own escape; stops where the caller leaves. */
static void
take_keys(struct screen *s, const char *typed, size_t n)
{
	for (size_t i = 0; i < n && !s->has_left; i++) {
		if (s->is_escaped && typed[i] == LEAVE) {
			s->has_left = 1;
		} else if (typed[i] == ESCAPE && !s->is_escaped) {
			s->is_escaped = 1;
			continue;
		} else {
			if (s->is_escaped && typed[i] != ESCAPE)
				s->keys[s->nkeys++] = ESCAPE;	/* it was not meant for us */
			s->keys[s->nkeys++] = typed[i];
		}
		s->is_escaped = 0;
	}
}

/* -1: the terminal is gone. */
static int
read_keys(struct screen *s)
{
	char	typed[PIECE - 1];	/* with an escape kept from before each may become two */
	ssize_t n = read(STDIN_FILENO, typed, sizeof(typed));

	if (n == -1 && errno == EINTR)
		return 0;
	if (n <= 0)
		return -1;
	take_keys(s, typed, (size_t)n);
	return 0;
}

/* -1: the console is gone. */
static int
send_keys(struct screen *s)
{
	ssize_t n = send(s->sock, s->keys, s->nkeys, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
	memmove(s->keys, s->keys + n, s->nkeys - (size_t)n);
	s->nkeys -= (size_t)n;
	return 0;
}

/* -1: the console, or the terminal, is gone. */
static int
show(const struct screen *s)
{
	char	piece[PIECE];
	ssize_t n = recv(s->sock, piece, sizeof(piece), MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 0;
	return n <= 0 ? -1 : io_write_all(STDOUT_FILENO, piece, (size_t)n);
}

/* Until the caller leaves (0), or the console or the terminal is gone (-1). */
static int
relay(struct screen *s)
{
	for (;;) {
		struct pollfd p[2] = { { .fd = s->nkeys == 0 ? STDIN_FILENO : -1, .events = POLLIN },
			{ .fd = s->sock, .events = (short)(POLLIN | (s->nkeys > 0 ? POLLOUT : 0)) } };

		if (poll(p, 2, -1) == -1 && errno != EINTR)
			return -1;
		if (p[0].revents != 0 && read_keys(s) == -1)
			return -1;
		if (s->has_left)
			return 0;
		if ((s->nkeys > 0 && send_keys(s) == -1) || (p[1].revents != 0 && show(s) == -1))
			return -1;
	}
}

/* Every key as it is typed, and nothing shown but what the console shows. */
static int
make_raw(struct termios *before, struct pd_err *e)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, before) == -1)
		return pd_fail_sys(e, PD_IO, "look at the terminal");
	raw = *before;
	raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0 ? 0 : pd_fail_sys(e, PD_IO, "set the terminal");
}

static int
sit(const struct gateway *g, struct screen *s, struct pd_err *e)
{
	const char    *name = json_string_value(json_object_get(g->req.args, "name"));
	struct termios before;
	int	       rv;

	if (make_raw(&before, e) == -1)
		return -1;
	(void)fprintf(stderr, hello, name);
	rv = relay(s);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	(void)fprintf(stderr, "\r\n");
	return rv == 0 ? 0 : pd_fail(e, PD_FAILED, "the console of %s was closed", name);
}

void
gateway_console(struct gateway *g, struct response *r)
{
	struct screen s = { .sock = -1 };
	struct pd_err e;
	int	      rv;

	if (!g->launch.has_tty || !isatty(STDOUT_FILENO)) {
		response_code(r, PD_USAGE, "a console needs a terminal: ssh -t HOST console %s",
		    json_string_value(json_object_get(g->req.args, "name")));
		return;
	}
	rv = connect_console(g, &s.sock, &e);
	if (rv == 0) {
		rv = sit(g, &s, &e);
		(void)close(s.sock);
	}
	if (rv == -1)
		response_error(r, &e);
	else
		response_code(r, PD_OK, "left the console of %s", json_string_value(json_object_get(g->req.args, "name")));
}
