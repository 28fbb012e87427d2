/* SPDX-License-Identifier: ISC */
/*
 * ssh_attach.c - a command with a terminal on the console, and a person at its other end (verb console).
 *
 * Each direction has one buffer and reads only when that is empty; the SSH window does the rest, so that a person who
 * does not read stops the console's output and nothing else.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/clock.h"

#define TERMINAL   "vt100"	/* every console knows it */
#define COLUMNS	   80
#define ROWS	   24
#define KEYS_MAX   4096
#define SCREEN_MAX 16384
#define SIGN_MS	   1000		/* SIGTERM and a dead peer are looked for so often */

struct relay {
	struct link	*l;
	ssh_channel	 channel;
	struct attached *a;
	char		 keys[KEYS_MAX], screen[SCREEN_MAX];
	size_t		 keys_at, keys_len, screen_at, screen_len;
};

static int
refused(const struct link *l, const char *what, struct pd_err *e)
{
	char text[160];

	return pd_fail(e, PD_REMOTE, "%s:%d %s: %s", l->address, l->port, what, link_error(l, text, sizeof(text)));
}

/* One slice for what the server has not answered yet; -1 = no longer. */
static int
again(struct link *l, int64_t deadline, struct pd_err *e)
{
	int slice = link_slice(deadline);

	if (slice == 0)
		return refused(l, "does not open a terminal in time", e);
	if (link_stopped(l))
		return pd_fail(e, PD_REMOTE, "the terminal was left before it was open");
	return ssh_event_dopoll(l->event, slice) == SSH_ERROR ? refused(l, "has cut the connection", e) : 0;
}

/* A channel with a terminal that runs the command. */
static int
begin(struct relay *r, const char *command, struct pd_err *e)
{
	struct link *l = r->l;
	int64_t	     deadline = clock_mono_ms() + l->connect_timeout_ms;
	int	     rc;

	while ((rc = ssh_channel_open_session(r->channel)) == SSH_AGAIN)
		if (again(l, deadline, e) == -1)
			return -1;
	if (rc != SSH_OK)
		return refused(l, "opens no further channel", e);
	while ((rc = ssh_channel_request_pty_size(r->channel, TERMINAL, COLUMNS, ROWS)) == SSH_AGAIN)
		if (again(l, deadline, e) == -1)
			return -1;
	if (rc != SSH_OK)
		return refused(l, "gives no terminal", e);
	while ((rc = ssh_channel_request_exec(r->channel, command)) == SSH_AGAIN)
		if (again(l, deadline, e) == -1)
			return -1;
	return rc == SSH_OK ? 0 : refused(l, "does not run commands", e);
}

/* From the channel into the empty buffer. */
static void
hear(struct relay *r)
{
	int n;

	for (int is_stderr = 0; is_stderr < 2 && r->screen_len == 0; is_stderr++) {
		n = ssh_channel_read_nonblocking(r->channel, r->screen, sizeof(r->screen), is_stderr);
		if (n <= 0)
			continue;
		r->screen_at = 0;
		r->screen_len = (size_t)n;
		r->a->said(r->a->arg, r->screen, (size_t)n);
	}
}

/* -1: the person is gone. */
static int
show(struct relay *r)
{
	ssize_t n;

	if (r->screen_len == 0)
		return 0;
	n = send(r->a->sock, r->screen + r->screen_at, r->screen_len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
	r->screen_at += (size_t)n;
	r->screen_len -= (size_t)n;
	return 0;
}

/* -1: the person is gone. */
static int
listen_to(struct relay *r)
{
	ssize_t n;

	if (r->keys_len > 0)
		return 0;
	n = recv(r->a->sock, r->keys, sizeof(r->keys), MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		return -1;
	r->keys_at = 0;
	r->keys_len = n > 0 ? (size_t)n : 0;
	return 0;
}

static int
type(struct relay *r)
{
	uint32_t window = ssh_channel_window_size(r->channel), want = window < r->keys_len ? window : (uint32_t)r->keys_len;
	int	 n;

	if (want == 0)
		return 0;
	n = ssh_channel_write(r->channel, r->keys + r->keys_at, want);
	if (n == SSH_ERROR)
		return -1;
	r->keys_at += (size_t)n;
	r->keys_len -= (size_t)n;
	return 0;
}

/* Until one of the three has something to say. */
static int
wait_for(struct relay *r)
{
	struct pollfd p[3] = {
		{ .fd = ssh_get_fd(r->l->session), .events = POLLIN },
		{ .fd = r->a->sock, .events = (short)((r->keys_len == 0 ? POLLIN : 0) | (r->screen_len > 0 ? POLLOUT : 0)) },
		{ .fd = r->a->wake, .events = POLLIN },
	};

	if ((ssh_get_poll_flags(r->l->session) & SSH_WRITE_PENDING) != 0)
		p[0].events |= POLLOUT;
	(void)poll(p, 3, SIGN_MS);
	return ssh_event_dopoll(r->l->event, 0) == SSH_ERROR || !ssh_is_connected(r->l->session) ? -1 : 0;
}

static const char *
relay(struct relay *r)
{
	int64_t	 heard_ms = clock_mono_ms();
	uint64_t heard = r->l->raw->in_packets;
	int	 asked = 0;

	for (;;) {
		hear(r);
		if (show(r) == -1 || listen_to(r) == -1)
			return ATTACHED_LEFT;
		if (r->screen_len == 0 && (ssh_channel_is_closed(r->channel) || ssh_channel_is_eof(r->channel)))
			return "the console ended the session";
		if (type(r) == -1 || wait_for(r) == -1)
			return "the connection to the console was cut";
		if (link_stopped(r->l))
			return "stopped";
		if (r->l->raw->in_packets != heard) {
			heard = r->l->raw->in_packets;
			heard_ms = clock_mono_ms();
			asked = 0;
		} else if (clock_mono_ms() - heard_ms >= r->l->dead_ms) {
			return "no sign of life from the console";
		} else if (clock_mono_ms() - heard_ms >= (int64_t)r->l->alive_ms * (asked + 1)) {
			asked++;
			link_ask_alive(r->l);
		}
	}
}

int
link_attach(struct link *l, const char *command, struct attached *a, struct pd_err *e)
{
	struct relay r = { .l = l, .a = a, .channel = ssh_channel_new(l->session) };
	int	     rv;

	if (r.channel == NULL)
		return refused(l, "cannot be asked, no memory", e);
	rv = begin(&r, command, e);
	if (rv == 0)
		a->why = a->begun(a->arg) == -1 ? ATTACHED_LEFT : relay(&r);
	ssh_channel_free(r.channel);
	return rv;
}
