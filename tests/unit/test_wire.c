/* SPDX-License-Identifier: ISC */
/*
 * test_wire.c - messages, descriptors, limits and sockets.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/wire.h"
#include "tests/unit/scratch.h"

static int s[2];

static void
setup(void)
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
}

static void
teardown(void)
{
	(void)close(s[0]);
	(void)close(s[1]);
}

TestSuite(wire, .init = setup, .fini = teardown, .timeout = 30);

static json_t *
message(int n)
{
	return json_pack("{s:s, s:i}", "msg", "hello", "n", n);
}

/* Receives one message whose "n" is n. */
static void
expect(int sock, int n)
{
	struct pd_err e = { 0 };
	json_t	     *m;

	cr_assert_eq(wire_recv(sock, 1000, 5000, &m, NULL, 0, &e), 1, "%s", e.msg);
	cr_assert_eq(json_integer_value(json_object_get(m, "n")), n);
	json_decref(m);
}

static enum pd_code
recv_fails(int timeout_ms)
{
	struct pd_err e = { 0 };
	json_t	     *m;

	cr_assert_eq(wire_recv(s[1], 1000, timeout_ms, &m, NULL, 0, &e), -1);
	cr_assert_eq(m, NULL);
	return e.code;
}

static void
put(const char *bytes, size_t len)
{
	cr_assert_eq(io_write_all(s[0], bytes, len), 0);
}

Test(wire, messages_arrive_in_order)
{
	for (int i = 0; i < 3; i++)
		cr_assert_eq(wire_send(s[0], message(i), NULL, 0, NULL), 0);
	for (int i = 0; i < 3; i++)
		expect(s[1], i);
}

Test(wire, a_closed_peer_is_no_error_between_messages_and_one_within)
{
	json_t *m;

	put("\0\0\0\7{\"a\"", 8);
	(void)shutdown(s[0], SHUT_WR);
	cr_assert_eq(recv_fails(-1), PD_IO);
	cr_assert_eq(wire_recv(s[1], 1000, -1, &m, NULL, 0, NULL), 0);
}

Test(wire, sending_to_a_closed_peer_is_an_error_and_no_signal)
{
	struct pd_err e;

	(void)close(s[1]);
	cr_assert_eq(wire_send(s[0], message(1), NULL, 0, &e), -1);
	cr_assert_eq(e.sys, EPIPE);
}

Test(wire, waiting_ends_at_the_time_limit_with_and_without_bytes)
{
	int64_t began = clock_mono_ms();

	cr_assert_eq(recv_fails(50), PD_BUSY);
	put("\0\0\0", 3);
	cr_assert_eq(recv_fails(50), PD_BUSY);
	cr_assert(clock_mono_ms() - began >= 98);
}

Test(wire, a_length_over_the_limit_is_refused_before_its_bytes_come)
{
	put("\0\0\3\351", 4);	/* 1001 */
	cr_assert_eq(recv_fails(-1), PD_BADDATA);
}

Test(wire, a_length_that_no_object_has_is_refused)
{
	put("\0\0\0\1", 4);
	cr_assert_eq(recv_fails(-1), PD_BADDATA);
}

Test(wire, what_is_not_one_json_object_is_refused)
{
	static const char *const bad[] = { "[]", "12", "{\"a\":1", "{}{}", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char head[4] = { 0, 0, 0, (char)strlen(bad[i]) };

		put(head, 4);
		put(bad[i], strlen(bad[i]));
		cr_assert_eq(recv_fails(-1), PD_BADDATA, "%s", bad[i]);
	}
}

Test(wire, what_is_not_an_object_is_not_sent)
{
	struct pd_err e;

	cr_assert_eq(wire_send(s[0], json_array(), NULL, 0, &e), -1);
	cr_assert_eq(e.code, PD_BUG);
	cr_assert_eq(wire_send(s[0], NULL, NULL, 0, &e), -1);
}

Test(wire, two_descriptors_ride_on_a_message_and_stay_with_it)
{
	int	p[2], got[3];
	json_t *m;
	char	c;

	cr_assert_eq(pipe(p), 0);
	cr_assert_eq(wire_send(s[0], message(0), NULL, 0, NULL), 0);
	cr_assert_eq(wire_send(s[0], message(1), p, 2, NULL), 0);
	cr_assert_eq(wire_send(s[0], message(2), NULL, 0, NULL), 0);
	cr_assert_eq(wire_recv(s[1], 1000, -1, &m, got, 3, NULL), 1);
	cr_assert(got[0] == -1 && got[1] == -1);
	json_decref(m);
	cr_assert_eq(wire_recv(s[1], 1000, -1, &m, got, 3, NULL), 1);
	cr_assert_eq(json_integer_value(json_object_get(m, "n")), 1);
	json_decref(m);
	cr_assert(got[0] >= 0 && got[1] >= 0 && got[2] == -1);
	cr_assert((fcntl(got[0], F_GETFD) & FD_CLOEXEC) != 0 && (fcntl(got[1], F_GETFD) & FD_CLOEXEC) != 0);
	cr_assert_eq(write(got[1], "x", 1), 1);
	cr_assert_eq(read(p[0], &c, 1), 1);
	expect(s[1], 2);
	cr_assert_eq(wire_send(s[0], message(0), p, 3, NULL), -1);
}

Test(wire, descriptors_that_nobody_asked_for_are_closed)
{
	int	       p[2], got[1], before;
	json_t	      *m;
	struct wire_in in;

	cr_assert_eq(pipe(p), 0);
	before = scratch_open_files();
	cr_assert_eq(wire_send(s[0], message(0), p, 2, NULL), 0);
	expect(s[1], 0);
	cr_assert_eq(scratch_open_files(), before);
	cr_assert_eq(wire_send(s[0], message(0), p, 2, NULL), 0);
	cr_assert_eq(wire_recv(s[1], 1000, -1, &m, got, 1, NULL), 1);
	json_decref(m);
	cr_assert_eq(scratch_open_files(), before + 1);
	(void)close(got[0]);
	wire_in_init(&in, 1000);
	cr_assert_eq(wire_send(s[0], message(0), p, 2, NULL), 0);
	cr_assert_eq(wire_in_fill(&in, s[1], NULL), 1);
	cr_assert_eq(scratch_open_files(), before);
	wire_in_free(&in);
}

Test(wire, descriptors_of_a_message_that_fails_are_closed)
{
	int	      got[2], before = scratch_open_files(), fds[2] = { s[0], s[1] };
	struct pd_err e;
	json_t	     *m;

	cr_assert_eq(wire_send(s[0], message(0), fds, 2, NULL), 0);
	cr_assert_eq(wire_recv(s[1], 5, -1, &m, got, 2, &e), -1);	/* longer than 5 bytes */
	cr_assert_eq(e.code, PD_BADDATA);
	cr_assert(got[0] == -1 && got[1] == -1);
	cr_assert_eq(scratch_open_files(), before);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

#define BIG (4 * 1024 * 1024)

static void *
receive_big(void *arg)
{
	json_t *m = NULL;

	(void)arg;
	return wire_recv(s[1], WIRE_REPLY_MAX, -1, &m, NULL, 0, NULL) == 1 ? m : NULL;
}

Test(wire, a_big_message_passes_through_short_writes_and_signals)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval every = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	char		*text = malloc(BIG);
	pthread_t	 t;
	void		*m;

	memset(text, 'x', BIG);
	(void)sigaction(SIGALRM, &sa, NULL);
	cr_assert_eq(fcntl(s[0], F_SETFL, O_NONBLOCK), 0);	/* wire_send() waits all the same */
	cr_assert_eq(pthread_create(&t, NULL, receive_big, NULL), 0);
	(void)setitimer(ITIMER_REAL, &every, NULL);
	cr_assert_eq(wire_send(s[0], json_pack("{s:s#}", "x", text, BIG), NULL, 0, NULL), 0);
	(void)pthread_join(t, &m);
	(void)setitimer(ITIMER_REAL, &never, NULL);
	cr_assert(m != NULL);
	cr_assert_eq(json_string_length(json_object_get(m, "x")), BIG);
	json_decref(m);
	free(text);
}

Test(wire, an_event_loop_takes_messages_out_of_single_bytes)
{
	struct wire_in in;
	json_t	      *m = NULL;
	char	      *buf;
	size_t	       len;
	int	       taken = 0;

	cr_assert_eq(fcntl(s[1], F_SETFL, O_NONBLOCK), 0);
	wire_in_init(&in, 1000);
	cr_assert_eq(wire_in_fill(&in, s[1], NULL), 1);	/* nothing there */
	for (int i = 0; i < 3; i++) {
		m = message(i);
		cr_assert_eq(wire_pack(m, &buf, &len, NULL), 0);
		json_decref(m);
		for (size_t k = 0; k < len; k++) {
			put(buf + k, 1);
			cr_assert_eq(wire_in_fill(&in, s[1], NULL), 1);
			cr_assert_eq(wire_in_take(&in, &m, NULL), k == len - 1);
		}
		cr_assert_eq(json_integer_value(json_object_get(m, "n")), i);
		json_decref(m);
		free(buf);
		taken++;
	}
	cr_assert_eq(taken, 3);
	(void)shutdown(s[0], SHUT_WR);
	cr_assert_eq(wire_in_fill(&in, s[1], NULL), 0);
	wire_in_free(&in);
}

Test(wire, an_event_loop_takes_several_messages_out_of_one_read)
{
	struct wire_in in;
	json_t	      *m;

	wire_in_init(&in, 1000);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(wire_send(s[0], message(i), NULL, 0, NULL), 0);
	cr_assert_eq(wire_in_fill(&in, s[1], NULL), 1);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(wire_in_take(&in, &m, NULL), 1);
		cr_assert_eq(json_integer_value(json_object_get(m, "n")), i);
		json_decref(m);
	}
	cr_assert_eq(wire_in_take(&in, &m, NULL), 0);
	wire_in_free(&in);
}

Test(wire, an_event_loop_holds_no_more_than_one_message)
{
	struct wire_in in;
	struct pd_err  e;
	char	       flood[5000];
	json_t	      *m;

	memset(flood, ' ', sizeof(flood));
	memcpy(flood, "\0\0\0\144{}", 6);	/* 100 bytes */
	put(flood, sizeof(flood));
	wire_in_init(&in, 100);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(wire_in_fill(&in, s[1], NULL), 1);
	cr_assert_eq(in.len, 104);
	cr_assert_eq(wire_in_take(&in, &m, NULL), 1);
	json_decref(m);
	cr_assert_eq(wire_in_fill(&in, s[1], &e), -1);	/* blanks are a length over max */
	cr_assert_eq(e.code, PD_BADDATA);
	wire_in_free(&in);
}

Test(wire, a_second_message_over_the_limit_is_found_when_the_first_is_taken)
{
	struct wire_in in;
	json_t	      *m;

	put("\0\0\0\2{}\0\1\0\0", 10);
	wire_in_init(&in, 100);
	cr_assert_eq(wire_in_fill(&in, s[1], NULL), 1);
	cr_assert_eq(wire_in_take(&in, &m, NULL), 1);
	json_decref(m);
	cr_assert_eq(wire_in_take(&in, &m, NULL), -1);
	wire_in_free(&in);
}

static char dir[SCRATCH_PATH];

static void
make_dir(void)
{
	scratch_make(dir);
}

static void
remove_dir(void)
{
	scratch_remove(dir);
}

TestSuite(wire_socket, .init = make_dir, .fini = remove_dir, .timeout = 30);

Test(wire_socket, a_listener_is_reached_and_knows_its_peer)
{
	char	      path[SCRATCH_PATH];
	struct stat   st;
	struct pd_err e = { 0 };
	uid_t	      uid;
	int	      l, c, a;

	l = wire_listen(scratch_path(path, dir, "sock"), 0660, (gid_t)-1, &e);
	cr_assert(l != -1, "%s", e.msg);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0660);
	c = wire_connect(path, -1, &e);
	cr_assert(c != -1, "%s", e.msg);
	a = accept(l, NULL, NULL);
	cr_assert(a != -1);
	cr_assert_eq(wire_peer_uid(a, &uid, &e), 0);
	cr_assert_eq(uid, geteuid());
	cr_assert((fcntl(l, F_GETFD) & FD_CLOEXEC) != 0 && (fcntl(c, F_GETFD) & FD_CLOEXEC) != 0);
	cr_assert_eq(wire_send(c, message(7), NULL, 0, &e), 0);
	expect(a, 7);
	(void)close(a);
	(void)close(c);
	(void)close(l);
}

Test(wire_socket, a_stale_socket_is_replaced_and_a_living_one_is_not)
{
	char	      path[SCRATCH_PATH];
	struct pd_err e = { 0 };
	int	      l;

	l = wire_listen(scratch_path(path, dir, "sock"), 0600, getgid(), &e);
	cr_assert(l != -1);
	cr_assert_eq(wire_listen(path, 0600, (gid_t)-1, &e), -1);
	cr_assert_eq(e.code, PD_CONFLICT);
	(void)close(l);
	l = wire_listen(path, 0600, (gid_t)-1, &e);
	cr_assert(l != -1, "%s", e.msg);
	(void)close(l);
}

Test(wire_socket, a_file_of_another_kind_is_left_alone)
{
	char	      path[SCRATCH_PATH], other[SCRATCH_PATH];
	struct stat   st;
	struct pd_err e;

	scratch_file(dir, "file", "precious", 8);
	cr_assert_eq(wire_listen(scratch_path(path, dir, "file"), 0600, (gid_t)-1, &e), -1);
	cr_assert_eq(e.code, PD_CONFLICT);
	cr_assert(stat(path, &st) == 0 && st.st_size == 8);
	cr_assert_eq(symlink("file", scratch_path(other, dir, "link")), 0);
	cr_assert_eq(wire_listen(other, 0600, (gid_t)-1, &e), -1);
	cr_assert_eq(lstat(other, &st), 0);
}

Test(wire_socket, nobody_at_the_other_end_is_try_later)
{
	char	      path[SCRATCH_PATH], text[300];
	struct pd_err e;

	cr_assert_eq(wire_connect(scratch_path(path, dir, "none"), -1, &e), -1);
	cr_assert_eq(e.code, PD_BUSY);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	cr_assert_eq(wire_connect(text, -1, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
	cr_assert_eq(wire_listen(text, 0600, (gid_t)-1, &e), -1);
}

Test(wire_socket, a_path_that_cannot_be_a_socket_is_named)
{
	char	      path[SCRATCH_PATH];
	struct pd_err e;

	scratch_file(dir, "file", "x", 1);
	cr_assert_eq(wire_listen(scratch_path(path, dir, "file/sock"), 0600, (gid_t)-1, &e), -1);
	cr_assert_eq(e.code, PD_IO);
	cr_assert_not_null(strstr(e.msg, path), "%s", e.msg);
	cr_assert_eq(wire_listen(scratch_path(path, dir, "none/sock"), 0600, (gid_t)-1, &e), -1);
	cr_assert_eq(e.code, PD_IO);
	cr_assert_not_null(strstr(e.msg, path), "%s", e.msg);
	cr_assert_eq(wire_connect(scratch_path(path, dir, "file/sock"), -1, &e), -1);
	cr_assert_eq(e.code, PD_IO, "not as if there were no director");
}

Test(wire_socket, without_a_free_descriptor_nothing_is_made)
{
	struct rlimit few = { 3, 3 }, old;
	char	      path[SCRATCH_PATH];
	struct stat   st;
	struct pd_err e;
	int	      l, c;

	scratch_path(path, dir, "sock");
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	l = wire_listen(path, 0600, (gid_t)-1, &e);
	c = wire_connect(path, -1, NULL);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	cr_assert_eq(l, -1);
	cr_assert_eq(c, -1);
	cr_assert_eq(e.code, PD_IO);
	cr_assert_eq(e.sys, EMFILE, "%s", e.msg);
	cr_assert_eq(stat(path, &st), -1);
}

Test(wire_socket, another_users_socket_or_group_is_left_alone)
{
	char	      path[SCRATCH_PATH];
	struct stat   st;
	struct pd_err e;
	int	      l;

	l = wire_listen(scratch_path(path, dir, "sock"), 0600, (gid_t)-1, &e);
	cr_assert(l != -1, "%s", e.msg);
	(void)close(l);
	if (geteuid() != 0) {
		cr_assert_eq(unlink(path), 0);
		cr_assert_eq(wire_listen(path, 0660, 1, &e), -1, "a group that is not ours");
		cr_assert_eq(stat(path, &st), -1, "nothing is left of it");
		return;
	}
	cr_assert_eq(lchown(path, 4711, (gid_t)-1), 0);
	cr_assert_eq(wire_listen(path, 0600, (gid_t)-1, &e), -1);
	cr_assert_eq(e.code, PD_CONFLICT);
	cr_assert_not_null(strstr(e.msg, "uid 4711"), "%s", e.msg);
	cr_assert_eq(stat(path, &st), 0);
}

Test(wire_socket, a_listener_that_takes_nobody_costs_its_callers_their_limit_and_no_more)
{
	char	      path[SCRATCH_PATH];
	struct pd_err e;
	int64_t	      began;
	int	      l, c[512], n = 0;

	l = wire_listen(scratch_path(path, dir, "sock"), 0600, (gid_t)-1, &e);
	cr_assert(l != -1, "%s", e.msg);
	while (n < 512 && (c[n] = wire_connect(path, 0, &e)) != -1)
		n++;
	cr_assert(n > 0 && n < 512, "its queue has a bound");
	cr_expect_eq(e.code, PD_BUSY, "%s", e.msg);
#ifdef __linux__	/* others refuse as if nobody were there */
	cr_expect_eq(e.sys, EAGAIN);
#endif
	began = clock_mono_ms();
	cr_expect_eq(wire_connect(path, 300, &e), -1);
	cr_expect_eq(e.code, PD_BUSY, "%s", e.msg);
	cr_expect_leq(clock_mono_ms() - began, 5000, "it ended long after its limit");
	while (n > 0)
		(void)close(c[--n]);
	(void)close(l);
}

Test(wire, a_list_goes_as_the_last_member_of_its_message)
{
	static const char list[] = "[{\"name\":\"web1\"},{}]";
	static char	  most[WIRE_REPLY_MAX];
	char		 *buf;
	size_t		  len;
	json_t		 *m = message(3);

	cr_assert_eq(wire_pack_list(m, list, strlen(list), &buf, &len, NULL), 0);
	cr_expect_eq(len, 4 + (unsigned char)buf[3]);
	cr_expect(strncmp(buf + 4, "{\"msg\":\"hello\",\"n\":3,\"value\":[{\"name\":\"web1\"},{}]}", len - 4) == 0, "%.*s", (int)len - 4, buf + 4);
	free(buf);
	memset(most, ' ', sizeof(most));
	cr_expect_eq(wire_pack_list(m, most, sizeof(most) - 29, &buf, &len, NULL), -1, "a byte too long");
	cr_expect_null(buf);
	cr_expect_eq(wire_pack_list(m, most, sizeof(most) - 30, &buf, &len, NULL), 0);
	cr_expect_eq(len, 4 + WIRE_REPLY_MAX);
	free(buf);
	json_decref(m);
	m = json_object();
	cr_expect_eq(wire_pack_list(m, list, strlen(list), &buf, &len, NULL), -1, "there is a member before it");
	json_decref(m);
}

/* What wire_recv_list() makes of a message; the list's text, "" for none.  -1: it is refused. */
static int
receive_list(const char *text, json_t **m, char list[256])
{
	unsigned char head[4] = { 0, 0, (unsigned char)(strlen(text) >> 8), (unsigned char)strlen(text) };
	struct pd_err e = { 0 };
	char	     *got = NULL;
	size_t	      len = 0;
	int	      rv;

	put((char *)head, 4);
	put(text, strlen(text));
	rv = wire_recv_list(s[1], 1000, 5000, m, &got, &len, &e);
	(void)snprintf(list, 256, "%.*s", (int)len, got != NULL ? got : "");
	cr_expect_eq(got != NULL, len > 0);
	cr_expect(rv == 1 || got == NULL);
	free(got);
	return rv;
}

Test(wire, a_list_is_taken_out_of_its_message_as_text)
{
	static const struct { const char *message, *list, *rest; } cases[] = {
		{ "{\"code\":\"OK\",\"value\":[{\"a\":1},{\"b\":[\"]}\"]}]}", "[{\"a\":1},{\"b\":[\"]}\"]}]", "{\"code\":\"OK\",\"value\":null}" },
		{ "{\"value\":[],\"code\":\"OK\"}", "[]", "{\"value\":null,\"code\":\"OK\"}" },
		{ "{\"value\":{\"value\":[1]}}", "", "{\"value\":{\"value\":[1]}}" },
		{ "{\"values\":[1]}", "", "{\"values\":[1]}" },
		{ "{\"value\": [1]}", "", "{\"value\":[1]}" },	/* not compact: as it always was */
		{ "{\"value\":[1e300]}", "", "{\"value\":[1e300]}" },
		{ "{\"value\":[\"\\u0000\"]}", "", "{\"value\":[\"\\u0000\"]}" },
	};
	json_t *m, *rest;
	char	list[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(receive_list(cases[i].message, &m, list), 1, "%s", cases[i].message);
		cr_expect_str_eq(list, cases[i].list);
		rest = json_loads(cases[i].rest, JSON_ALLOW_NUL, NULL);
		cr_expect(rest != NULL && json_equal(m, rest), "%s", cases[i].message);
		json_decref(m);
		json_decref(rest);
	}
}

Test(wire, a_message_with_a_list_is_as_strict_as_one_without)
{
	static const char *const bad[] = { "{\"value\":[1],\"value\":[2]}", "{\"value\":[1],\"v\\u0061lue\":2}", "{\"value\":[1],\"a\":1,\"a\":2}",
		"{\"value\":[1],}", "{\"value\":[1]", "[{\"value\":[1]}]", "{\"value\":[1]}x", "{\"value\":[1,]}" };
	json_t *m;
	char	list[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(receive_list(bad[i], &m, list), -1, "%s", bad[i]);
		cr_expect_null(m);
	}
	(void)shutdown(s[0], SHUT_WR);
	cr_expect_eq(wire_recv_list(s[1], 1000, 5000, &m, &(char *){ NULL }, &(size_t){ 0 }, NULL), 0);
}
