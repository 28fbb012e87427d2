/* SPDX-License-Identifier: ISC */
/*
 * Questions to a director that ends while it is asked.
 */
#include <sys/socket.h>

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "gateway/ask.h"
#include "spool/wire.h"
#include "tests/unit/scratch.h"

#define TIMES 300

struct listener {
	int fd, reads;
};

/* Takes connections and ends them at once; every other one after a look at what has come. */
static void *
close_all(void *arg)
{
	struct listener *l = arg;
	char		 c;

	for (int i = 0; i < TIMES; i++) {
		int sock = accept(l->fd, NULL, NULL);

		if (i % 2 == 1)
			l->reads += recv(sock, &c, 1, 0) == 1;
		(void)close(sock);
	}
	return NULL;
}

Test(ask, a_director_that_ends_meanwhile_is_try_later)
{
	char		dir[SCRATCH_PATH], path[SCRATCH_PATH];
	struct pd_conf	conf = { 0 };
	struct gateway	g = { .conf = &conf };
	struct listener l = { 0 };
	pthread_t	t;

	(void)signal(SIGPIPE, SIG_IGN);
	scratch_make(dir);
	conf.socket = scratch_path(path, dir, "query");
	l.fd = wire_listen(path, 0600, (gid_t)-1, NULL);
	cr_assert_neq(l.fd, -1);
	cr_assert_eq(pthread_create(&t, NULL, close_all, &l), 0);
	for (int i = 0; i < TIMES; i++) {
		json_t	     *reply = NULL;
		struct pd_err e = { 0 };

		cr_expect_eq(ask_director(&g, json_pack("{s:s}", "op", "query"), 5000, &reply, NULL, &e), -1);
		cr_expect_eq(e.code, PD_BUSY, "%d: %s", i, e.msg);
	}
	(void)pthread_join(t, NULL);
	(void)close(l.fd);
	scratch_remove(dir);
	cr_expect_gt(l.reads, 0);
}
