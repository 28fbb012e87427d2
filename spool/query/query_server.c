/* SPDX-License-Identifier: ISC */
/*
 * query_server.c - the director's local socket, for many gateways at once.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/query/query_server.h"

int
query_server_open(struct query_server *q, const char *path, mode_t mode, gid_t gid, struct pd_err *e)
{
	for (size_t i = 0; i < QUERY_CLIENTS; i++)
		q->clients[i].fd = -1;
	q->sock = wire_listen(path, mode, gid, e);
	if (q->sock == -1)
		return -1;
	if (fcntl(q->sock, F_SETFL, O_NONBLOCK) == -1)
		return pd_fail_sys(e, PD_IO, "set up the query socket");
	return 0;
}

static void
drop_client(struct query_client *c)
{
	if (c->fd == -1)
		return;
	(void)close(c->fd);
	c->fd = -1;
	wire_in_free(&c->in);
	free(c->out);
	c->out = NULL;
	c->out_len = c->out_at = 0;
	c->waits = 0;
}

void
query_server_close(struct query_server *q, const char *path)
{
	for (size_t i = 0; i < QUERY_CLIENTS; i++)
		drop_client(&q->clients[i]);
	if (q->sock != -1) {
		(void)close(q->sock);
		if (path != NULL)
			(void)unlink(path);
	}
	q->sock = -1;
	rows_free(&q->list);
}

/* A free place, or that of the client that was quiet for longest. */
static struct query_client *
find_place(struct query_server *q)
{
	struct query_client *oldest = &q->clients[0];

	for (size_t i = 0; i < QUERY_CLIENTS; i++) {
		if (q->clients[i].fd == -1)
			return &q->clients[i];
		if (q->clients[i].last_ms < oldest->last_ms)
			oldest = &q->clients[i];
	}
	drop_client(oldest);
	return oldest;
}

void
query_server_accept(struct query_server *q, int64_t now_ms)
{
	struct query_client *c;
	uid_t		     uid;
	int		     fd;

	while ((fd = accept(q->sock, NULL, NULL)) != -1) {
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
		    wire_peer_uid(fd, &uid, NULL) == -1) {
			(void)close(fd);
			continue;
		}
		c = find_place(q);
		c->fd = fd;
		c->uid = uid;
		c->last_ms = now_ms;
		wire_in_init(&c->in, WIRE_REQUEST_MAX);
	}
}

/* 1 = all is written, 0 = the client has to read first, -1 = it is gone. */
static int
flush(struct query_client *c, int64_t now_ms)
{
	ssize_t n;

	while (c->out_at < c->out_len) {
		n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
		c->out_at += (size_t)n;
		c->last_ms = now_ms;
	}
	free(c->out);
	c->out = NULL;
	c->out_len = c->out_at = 0;
	return 1;
}

/* Replies that wait for their readers, of all clients together. */
static size_t
unread_bytes(const struct query_server *q)
{
	size_t sum = 0;

	for (size_t i = 0; i < QUERY_CLIENTS; i++)
		sum += q->clients[i].out_len;
	return sum;
}

/* Takes the reference. */
static int
send_reply(struct query_server *q, struct query_client *c, json_t *reply, int64_t now_ms)
{
	int rv;

	if (reply == NULL) {
		rows_forget(&q->list);
		return -1;
	}
	rv = wire_pack_list(reply, q->list.text, q->list.len, &c->out, &c->out_len, NULL);
	rows_forget(&q->list);
	json_decref(reply);
	if (rv == 0)
		rv = flush(c, now_ms);
	return rv == 0 && unread_bytes(q) > QUERY_UNREAD_MAX ? -1 : rv;
}

static int
answer_one(struct query_server *q, struct query_client *c, const json_t *request, int64_t now_ms)
{
	json_t *reply;

	q->ticket++;
	q->asking = c;
	rows_forget(&q->list);
	reply = q->answer(q->arg, c->uid, request);
	if (!json_is_true(reply))
		return send_reply(q, c, reply, now_ms);
	c->waits = q->ticket;
	return 0;
}

/* Answers what is there, one after the other, until a reply has to wait. */
static int
answer_all(struct query_server *q, struct query_client *c, int64_t now_ms)
{
	json_t *request;
	int	rv;

	while ((rv = wire_in_take(&c->in, &request, NULL)) == 1) {
		rv = answer_one(q, c, request, now_ms);
		json_decref(request);
		if (rv != 1)
			return rv;
	}
	return rv;
}

void
query_server_reply(struct query_server *q, uint64_t ticket, json_t *reply, int64_t now_ms)
{
	for (size_t i = 0; i < QUERY_CLIENTS; i++) {
		struct query_client *c = &q->clients[i];
		int		     rv;

		if (c->fd == -1 || c->waits != ticket)
			continue;
		c->waits = 0;
		c->last_ms = now_ms;
		if ((rv = send_reply(q, c, reply, now_ms)) == -1 || (rv == 1 && answer_all(q, c, now_ms) == -1))
			drop_client(c);
		return;
	}
	rows_forget(&q->list);
	json_decref(reply);
}

void
query_server_serve(struct query_server *q, struct query_client *c, int64_t now_ms)
{
	int rv, filled;

	if (c->waits != 0) {	/* nothing was asked of its socket: it has gone */
		drop_client(c);
		return;
	}
	if (c->out != NULL && (rv = flush(c, now_ms)) != 1) {
		if (rv == -1)
			drop_client(c);
		return;
	}
	if (c->in.len == 0)
		c->last_ms = now_ms;	/* the time of a message counts from its first byte: dripping does not help */
	filled = wire_in_fill(&c->in, c->fd, NULL);
	if (answer_all(q, c, now_ms) == -1 || filled != 1)
		drop_client(c);
}

static int64_t
time_left(const struct query_client *c, int64_t now_ms)
{
	int64_t limit = c->out != NULL || c->in.len > 0 ? QUERY_UNREAD_MS : QUERY_IDLE_MS;

	return c->last_ms + limit - now_ms;
}

void
query_server_expire(struct query_server *q, int64_t now_ms)
{
	for (size_t i = 0; i < QUERY_CLIENTS; i++)
		if (q->clients[i].fd != -1 && q->clients[i].waits == 0 && time_left(&q->clients[i], now_ms) <= 0)
			drop_client(&q->clients[i]);
}

int64_t
query_server_delay(const struct query_server *q, int64_t now_ms)
{
	int64_t least = -1, left;

	for (size_t i = 0; i < QUERY_CLIENTS; i++) {
		if (q->clients[i].fd == -1 || q->clients[i].waits != 0)
			continue;
		left = time_left(&q->clients[i], now_ms);
		if (left < 0)
			left = 0;
		if (least == -1 || left < least)
			least = left;
	}
	return least;
}
