/* SPDX-License-Identifier: ISC */
/*
 * wire.c - messages between our own processes on a local stream socket.
 *
 * u32 length, big-endian, 2..max; then that many bytes, one JSON object without duplicate keys.
 * Memory follows the bytes that came, never the length that was claimed.  Descriptors ride on the
 * first byte; whatever comes beyond what the reader asked for is closed at once.
 */
#include <sys/socket.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/json_bytes.h"
#include "spool/json_cut.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/wire.h"

#define HEAD_LEN  4
#define FDS_MAX	  2		/* that ride on one message of ours */
#define FDS_ROOM  16		/* received at most before they are closed; the kernel drops the rest */
#define CHUNK	  (16 * 1024)

/* Where received descriptors go. */
struct fd_set_out {
	int   *fds;
	size_t n, have;
};

static size_t
claimed(const char *head)
{
	const unsigned char *p = (const unsigned char *)head;

	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* In the place of the last brace of the n bytes behind the head; the new length, 0: no memory. */
static size_t
add_list(char **buf, size_t n, const char *list, size_t list_len)
{
	static const char key[] = ",\"value\":";
	char		 *p = realloc(*buf, HEAD_LEN + n + sizeof(key) + list_len);

	if (p == NULL)
		return 0;
	*buf = p;
	p += HEAD_LEN + n - 1;
	memcpy(p, key, sizeof(key) - 1);
	p += sizeof(key) - 1;
	memcpy(p, list, list_len);
	p[list_len] = '}';
	return n + sizeof(key) - 1 + list_len;
}

int
wire_pack_list(const json_t *msg, const char *list, size_t list_len, char **buf, size_t *len, struct pd_err *e)
{
	size_t n = 0;

	*buf = NULL;
	if (json_object_size(msg) > 0 || (json_is_object(msg) && list_len == 0))
		n = json_bytes(msg, JSON_COMPACT, HEAD_LEN, buf);
	if (n > 0 && list_len > 0)
		n = list_len < WIRE_REPLY_MAX ? add_list(buf, n, list, list_len) : list_len;
	if (n == 0 || n > WIRE_REPLY_MAX) {
		free(*buf);
		*buf = NULL;
		return pd_fail(e, PD_BUG, "message of %zu bytes, 2 to %d fit", n, WIRE_REPLY_MAX);
	}
	for (int i = 0; i < HEAD_LEN; i++)
		(*buf)[i] = (char)(n >> (24 - 8 * i));
	*len = HEAD_LEN + n;
	return 0;
}

int
wire_pack(const json_t *msg, char **buf, size_t *len, struct pd_err *e)
{
	return wire_pack_list(msg, NULL, 0, buf, len, e);
}

/* Waits until events are there.  1 = they are, 0 = deadline passed, -1 = errno. */
static int
wait_for(int sock, short events, int64_t deadline)
{
	struct pollfd p = { .fd = sock, .events = events };
	int64_t	      left = -1;
	int	      n;

	for (;;) {
		if (deadline >= 0) {
			left = deadline - clock_mono_ms();
			if (left < 0)
				left = 0;
		}
		n = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (n >= 0 || errno != EINTR)
			return n;
	}
}

static ssize_t
send_some(int sock, const char *buf, size_t len, const int *fds, size_t nfds)
{
	union {
		struct cmsghdr align;
		char	       room[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	struct iovec	iov = { .iov_base = (void *)(uintptr_t)buf, .iov_len = len };
	struct msghdr	m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (nfds > 0) {
		memset(&control, 0, sizeof(control));
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL);
}

int
wire_send(int sock, json_t *msg, const int *fds, size_t nfds, struct pd_err *e)
{
	char   *buf = NULL;
	size_t	len = 0, at = 0;
	ssize_t n;
	int	rv;

	if (nfds > FDS_MAX || (nfds > 0 && fds == NULL)) {
		json_decref(msg);
		return pd_fail(e, PD_BUG, "message with %zu descriptors, at most %d fit", nfds, FDS_MAX);
	}
	rv = wire_pack(msg, &buf, &len, e);
	json_decref(msg);
	while (rv == 0 && at < len) {
		n = send_some(sock, buf + at, len - at, fds, at == 0 ? nfds : 0);
		if (n > 0)
			at += (size_t)n;
		else if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			rv = wait_for(sock, POLLOUT, -1) == -1 ? pd_fail_sys(e, PD_IO, "wait to send a message") : 0;
		else if (n == -1 && errno != EINTR)
			rv = pd_fail_sys(e, PD_IO, "send a message");
	}
	free(buf);
	return rv;
}

/* Keeps what was asked for, closes the rest. */
static void
take_fds(struct msghdr *m, struct fd_set_out *out)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (out == NULL || out->have == out->n) {
				(void)close(fd);
				continue;
			}
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
			out->fds[out->have++] = fd;
		}
	}
}

/* One recvmsg(2) with its descriptors taken or closed. */
static ssize_t
recv_some(int sock, char *buf, size_t len, struct fd_set_out *out)
{
	union {
		struct cmsghdr align;
		char	       room[CMSG_SPACE(FDS_ROOM * sizeof(int))];
	} control;
	struct iovec  iov = { .iov_base = buf, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t	      n;

	m.msg_control = control.room;
	m.msg_controllen = sizeof(control.room);
	n = port_recvmsg(sock, &m);
	if (n >= 0)
		take_fds(&m, out);
	return n;
}

void
wire_in_init(struct wire_in *in, size_t max)
{
	in->buf = NULL;
	in->len = in->size = 0;
	in->max = max;
}

void
wire_in_free(struct wire_in *in)
{
	free(in->buf);
	wire_in_init(in, in->max);
}

static int
make_room(struct wire_in *in, size_t more, struct pd_err *e)
{
	size_t size = in->size == 0 ? 1024 : in->size;
	char  *p;

	while (size < in->len + more)
		size *= 2;
	if (size == in->size)
		return 0;
	p = realloc(in->buf, size);
	if (p == NULL)
		return pd_fail_sys(e, PD_IO, "receive a message");
	in->buf = p;
	in->size = size;
	return 0;
}

static int
check_head(const struct wire_in *in, struct pd_err *e)
{
	assert(in->len == 0 || in->buf != NULL);
	if (in->len >= HEAD_LEN && (claimed(in->buf) < 2 || claimed(in->buf) > in->max))
		return pd_fail(e, PD_BADDATA, "message of %zu bytes, 2 to %zu are allowed", claimed(in->buf), in->max);
	return 0;
}

/* Bytes that the first message in the buffer still lacks. */
static size_t
missing(const struct wire_in *in)
{
	size_t whole = HEAD_LEN;

	assert(in->len == 0 || in->buf != NULL);
	if (in->len >= HEAD_LEN)
		whole += claimed(in->buf);
	return in->len >= whole ? 0 : whole - in->len;
}

int
wire_in_fill(struct wire_in *in, int sock, struct pd_err *e)
{
	size_t	room = HEAD_LEN + in->max - in->len;	/* a peer cannot make us hold more than one message */
	ssize_t n;

	if (room > CHUNK)
		room = CHUNK;
	if (room == 0)
		return 1;
	if (make_room(in, room, e) == -1)
		return -1;
	n = recv_some(sock, in->buf + in->len, room, NULL);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 1;
	if (n == -1)
		return pd_fail_sys(e, PD_IO, "receive a message");
	in->len += (size_t)n;
	return check_head(in, e) == -1 ? -1 : n > 0;
}

/* Where the array is that the message has as its "value"; -1: it has none, or is not compact. */
static int
find_list(const char *text, size_t len, struct json_piece *list)
{
	static const char name[] = "value";
	struct json_walk  w;
	struct json_piece key, value;
	int		  rv;

	*list = (struct json_piece){ .p = NULL };
	if (json_walk_open(&w, (struct json_piece){ text, len }, '{') == -1)
		return -1;
	while ((rv = json_walk_next(&w, &key, &value)) == 1)
		if (key.len == sizeof(name) - 1 && memcmp(key.p, name, key.len) == 0 && *value.p == '[' &&
		    list->p == NULL)
			*list = value;
	return rv == 0 && list->p != NULL ? 0 : -1;
}

/* One JSON object. */
static int
read_text(const char *text, size_t len, json_t **msg, struct pd_err *e)
{
	*msg = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (json_is_object(*msg))
		return 1;
	json_decref(*msg);
	*msg = NULL;
	return pd_fail(e, PD_BADDATA, "message is not one JSON object");
}

int
wire_in_take(struct wire_in *in, json_t **msg, struct pd_err *e)
{
	size_t whole;
	int    rv;

	*msg = NULL;
	if (check_head(in, e) == -1)
		return -1;
	if (missing(in) > 0)
		return 0;
	whole = HEAD_LEN + claimed(in->buf);
	rv = read_text(in->buf + HEAD_LEN, whole - HEAD_LEN, msg, e);
	in->len -= whole;
	memmove(in->buf, in->buf + whole, in->len);
	return rv;
}

/* All but the list, with null in its place. */
static int
read_rest(const char *text, size_t len, const struct json_piece *list, json_t **msg, struct pd_err *e)
{
	static const char null[] = "null";
	size_t		  at = (size_t)(list->p - text), behind = at + list->len, rest = len - behind;
	char		 *copy = malloc(at + sizeof(null) + rest);
	int		  rv;

	if (copy == NULL)
		return pd_fail_sys(e, PD_IO, "receive a list");
	memcpy(copy, text, at);
	memcpy(copy + at, null, sizeof(null) - 1);
	memcpy(copy + at + sizeof(null) - 1, text + behind, rest);
	rv = read_text(copy, at + sizeof(null) - 1 + rest, msg, e);
	free(copy);
	return rv;
}

/* The one message that is there.  The list gets its buffer. */
static int
take_list(struct wire_in *in, json_t **msg, char **list, size_t *list_len, struct pd_err *e)
{
	char		 *text = in->buf + HEAD_LEN;
	size_t		  len = in->len - HEAD_LEN;
	struct json_piece found;

	if (find_list(text, len, &found) == -1)
		return read_text(text, len, msg, e);
	if (read_rest(text, len, &found, msg, e) != 1)
		return -1;
	memmove(in->buf, found.p, found.len);
	*list = in->buf;
	*list_len = found.len;
	in->buf = NULL;
	return 1;
}

/* Reads no byte beyond the message: the next one may carry descriptors. */
static int
recv_bytes(int sock, struct wire_in *in, int64_t deadline, struct fd_set_out *out, struct pd_err *e)
{
	size_t	more;
	ssize_t n;
	int	ready;

	while ((more = missing(in)) > 0) {
		if (more > CHUNK + in->len)	/* as much again as came: a long message comes in few pieces */
			more = CHUNK + in->len;
		if (make_room(in, more, e) == -1)
			return -1;
		ready = wait_for(sock, POLLIN, deadline);
		if (ready == -1)
			return pd_fail_sys(e, PD_IO, "wait for a message");
		if (ready == 0)
			return pd_fail(e, PD_BUSY, "no whole message within the time limit");
		n = recv_some(sock, in->buf + in->len, more, out);
		if (n == -1 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
			continue;
		if (n == -1)
			return pd_fail_sys(e, PD_IO, "receive a message");
		if (n == 0)
			return in->len == 0 ? 0 : pd_fail(e, PD_IO, "the peer closed in the middle of a message");
		in->len += (size_t)n;
		if (check_head(in, e) == -1)
			return -1;
	}
	return 1;
}

int
wire_recv(int sock, size_t max, int timeout_ms, json_t **msg, int *fds, size_t nfds, struct pd_err *e)
{
	struct fd_set_out out = { .fds = fds, .n = fds == NULL ? 0 : nfds };
	struct wire_in	  in;
	int64_t		  deadline = timeout_ms < 0 ? -1 : clock_mono_ms() + timeout_ms;
	int		  rv;

	*msg = NULL;
	for (size_t i = 0; i < out.n; i++)
		fds[i] = -1;
	wire_in_init(&in, max);
	rv = recv_bytes(sock, &in, deadline, &out, e);
	if (rv == 1)
		rv = wire_in_take(&in, msg, e);
	wire_in_free(&in);
	if (rv != 1)
		for (size_t i = 0; fds != NULL && i < out.have; i++) {
			(void)close(fds[i]);
			fds[i] = -1;
		}
	return rv;
}

int
wire_recv_list(int sock, size_t max, int timeout_ms, json_t **msg, char **list, size_t *list_len, struct pd_err *e)
{
	struct fd_set_out none = { .fds = NULL };
	struct wire_in	  in;
	int64_t		  deadline = timeout_ms < 0 ? -1 : clock_mono_ms() + timeout_ms;
	int		  rv;

	*msg = NULL;
	*list = NULL;
	wire_in_init(&in, max);
	rv = recv_bytes(sock, &in, deadline, &none, e);
	if (rv == 1)
		rv = take_list(&in, msg, list, list_len, e);
	wire_in_free(&in);
	return rv;
}
