/* SPDX-License-Identifier: ISC */
/*
 * test_query_server.c - many clients at once: garbage, slow, silent and greedy ones cost the others nothing.
 */
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/query/query_server.h"
#include "tests/unit/scratch.h"

static struct query_server *q;
static char		    dir[SCRATCH_PATH], path[SCRATCH_PATH];
static struct pd_err	    e;
static size_t		    reply_bytes;	/* of padding */

#define LATER 99	/* this "n" is answered later */

/* Answers with the request's "n", and much text when the test wants it. */
static json_t *
answer(void *arg, uid_t uid, const json_t *request)
{
	char   *text;
	json_t *reply;

	(void)arg;
	if (json_integer_value(json_object_get(request, "n")) == LATER)
		return json_true();
	text = calloc(1, reply_bytes + 1);
	cr_assert_eq(uid, geteuid());
	memset(text, 'x', reply_bytes);
	reply = json_pack("{s:O s:s}", "n", json_object_get(request, "n"), "text", text);
	free(text);
	return reply;
}

static void
set_up(void)
{
	scratch_make(dir);
	q = calloc(1, sizeof(*q));
	q->answer = answer;
	reply_bytes = 0;
	cr_assert_eq(query_server_open(q, scratch_path(path, dir, "query"), 0600, (gid_t)-1, &e), 0, "%s", e.msg);
}

static void
tear_down(void)
{
	query_server_close(q, path);
	free(q);
	scratch_remove(dir);
}

TestSuite(query_server, .init = set_up, .fini = tear_down, .timeout = 60);

static void
serve_all(int64_t now)
{
	query_server_accept(q, now);
	for (size_t i = 0; i < QUERY_CLIENTS; i++)
		if (q->clients[i].fd != -1)
			query_server_serve(q, &q->clients[i], now);
}

static size_t
connected(void)
{
	size_t n = 0;

	for (size_t i = 0; i < QUERY_CLIENTS; i++)
		n += q->clients[i].fd != -1;
	return n;
}

static int
ask(int n)
{
	int sock = wire_connect(path, -1, &e);

	cr_assert_neq(sock, -1, "%s", e.msg);
	cr_assert_eq(wire_send(sock, json_pack("{s:i}", "n", n), NULL, 0, &e), 0);
	return sock;
}

static json_int_t
answered(int sock)
{
	json_t	  *msg = NULL;
	json_int_t n;

	if (wire_recv(sock, WIRE_REPLY_MAX, 5000, &msg, NULL, 0, &e) != 1)
		return -1;
	n = json_integer_value(json_object_get(msg, "n"));
	json_decref(msg);
	return n;
}

Test(query_server, a_client_asks_twice_on_one_connection)
{
	int sock = ask(1);

	serve_all(0);
	cr_assert_eq(answered(sock), 1);
	cr_assert_eq(wire_send(sock, json_pack("{s:i}", "n", 2), NULL, 0, &e), 0);
	serve_all(0);
	cr_assert_eq(answered(sock), 2);
	(void)close(sock);
	serve_all(0);
	cr_assert_eq(connected(), 0);
}

Test(query_server, garbage_closes_its_own_connection_only)
{
	static const char *const garbage[] = { "\377\377\377\377", "\0\0\0\001x", "\0\0\0\004null", "\0\0\0\002{x" };
	static const size_t	 lens[] = { 4, 5, 8, 6 };
	int			 good = ask(7), bad[4];

	for (size_t i = 0; i < 4; i++) {
		bad[i] = wire_connect(path, -1, &e);
		cr_assert_eq(send(bad[i], garbage[i], lens[i], 0), (ssize_t)lens[i]);
	}
	serve_all(0);
	cr_assert_eq(answered(good), 7);
	cr_assert_eq(connected(), 1);
	for (size_t i = 0; i < 4; i++)
		(void)close(bad[i]);
	(void)close(good);
}

Test(query_server, a_reply_that_is_not_read_waits_alone)
{
	int slow, quick;

	reply_bytes = 2 * 1024 * 1024;
	slow = ask(1);
	serve_all(0);
	cr_assert_neq(q->clients[0].out_len, 0, "the rest of the reply waits");
	reply_bytes = 0;
	quick = ask(2);
	serve_all(0);
	cr_assert_eq(answered(quick), 2);
	query_server_expire(q, QUERY_UNREAD_MS - 1);
	cr_assert_eq(connected(), 2);
	query_server_expire(q, QUERY_UNREAD_MS);
	cr_assert_eq(connected(), 1, "the one that asks and thinks may stay");
	(void)close(slow);
	(void)close(quick);
}

Test(query_server, dripping_bytes_does_not_keep_a_place)
{
	int sock = wire_connect(path, -1, &e);

	cr_assert_eq(send(sock, "\0", 1, 0), 1);
	serve_all(1000);
	cr_assert_eq(send(sock, "\0", 1, 0), 1);
	serve_all(1000 + QUERY_UNREAD_MS - 1);
	cr_assert_eq(query_server_delay(q, 1000 + QUERY_UNREAD_MS - 1), 1);
	query_server_expire(q, 1000 + QUERY_UNREAD_MS);
	cr_assert_eq(connected(), 0);
	(void)close(sock);
}

Test(query_server, one_client_more_than_there_are_places_takes_the_quietest_ones)
{
	int socks[QUERY_CLIENTS + 1];

	for (int i = 0; i < QUERY_CLIENTS; i++) {
		socks[i] = wire_connect(path, -1, &e);
		query_server_accept(q, i == 3 ? 0 : 10);
	}
	cr_assert_eq(connected(), QUERY_CLIENTS);
	socks[QUERY_CLIENTS] = ask(9);
	serve_all(20);
	cr_assert_eq(connected(), QUERY_CLIENTS);
	cr_assert_eq(answered(socks[QUERY_CLIENTS]), 9);
	cr_assert_eq(answered(socks[3]), -1);
	for (int i = 0; i <= QUERY_CLIENTS; i++)
		(void)close(socks[i]);
}

Test(query_server, a_silent_client_goes_in_the_end_and_an_empty_server_waits_for_ever)
{
	int sock;

	cr_assert_eq(query_server_delay(q, 0), -1);
	sock = wire_connect(path, -1, &e);
	serve_all(0);
	cr_assert_eq(query_server_delay(q, 0), QUERY_IDLE_MS);
	query_server_expire(q, QUERY_IDLE_MS);
	cr_assert_eq(connected(), 0);
	(void)close(sock);
}

Test(query_server, an_answer_that_comes_later_holds_up_nobody_else)
{
	int	 later = ask(LATER), other;
	uint64_t ticket;

	serve_all(0);
	ticket = q->ticket;
	other = ask(1);
	query_server_accept(q, 0);
	query_server_serve(q, &q->clients[1], 0);
	cr_assert_eq(answered(other), 1);
	query_server_expire(q, 100 * (int64_t)QUERY_IDLE_MS);
	cr_assert_eq(connected(), 1, "who waits for us does not go by time");
	cr_assert_eq(wire_send(later, json_pack("{s:i}", "n", 8), NULL, 0, &e), 0);
	query_server_reply(q, ticket + 1000, json_pack("{s:i}", "n", 5), 0);	/* nobody waits for this one */
	query_server_reply(q, ticket, json_pack("{s:i}", "n", 7), 0);
	cr_assert_eq(answered(later), 7);
	serve_all(0);
	cr_assert_eq(answered(later), 8, "what was asked behind it has its turn");
	(void)close(later);
	(void)close(other);
}

Test(query_server, who_goes_before_his_answer_comes_is_forgotten)
{
	int	 later = ask(LATER);
	uint64_t ticket;

	serve_all(0);
	ticket = q->ticket;
	(void)close(later);
	query_server_serve(q, &q->clients[0], 0);	/* poll() tells of its end alone */
	cr_assert_eq(connected(), 0);
	query_server_reply(q, ticket, json_pack("{s:i}", "n", 7), 0);
	cr_assert_eq(connected(), 0);
}
