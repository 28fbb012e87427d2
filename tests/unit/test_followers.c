/* SPDX-License-Identifier: ISC */
/*
 * test_followers.c - places of those who follow: the last one and one more, in processes of their own, also after a kill.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "gateway/follow/followers.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static pid_t		       child[80];
static int		       nchildren;

static void
set_up(void)
{
	director_fixture_open(&f);
	nchildren = 0;
	f.conf->followers_per_user = 2;
	f.conf->followers_total = 3;
}

static void
end_child(int i)
{
	(void)kill(child[i], SIGKILL);
	(void)waitpid(child[i], NULL, 0);
}

static void
tear_down(void)
{
	for (int i = 0; i < nchildren; i++)
		end_child(i);
	director_fixture_close(&f);
}

TestSuite(followers, .init = set_up, .fini = tear_down);

/* A follower of user in a process that stays: 1 = it has a place, 0 = it was refused; of job: it may watch that, too. */
static int
begin_job(const char *user, const char *job)
{
	int  answer[2];
	char yes = 0;

	cr_assert_eq(pipe(answer), 0);
	child[nchildren] = fork();
	if (child[nchildren] == 0) {
		struct follower w;

		yes = follower_begin(&w, f.conf, user, NULL) == 0 && (job == NULL || follower_may_watch(&w, job));
		(void)!write(answer[1], &yes, 1);
		for (;;)
			(void)pause();
	}
	nchildren++;
	cr_assert_eq(read(answer[0], &yes, 1), 1);
	(void)close(answer[0]);
	(void)close(answer[1]);
	return yes;
}

static int
begin(const char *user)
{
	return begin_job(user, NULL);
}

Test(followers, so_many_of_one_user_and_not_one_more)
{
	struct follower w;

	cr_expect(begin("alice"));
	cr_expect(begin("alice"));
	cr_expect_eq(follower_begin(&w, f.conf, "alice", &f.e), -1);
	cr_expect_eq(f.e.code, PD_BUSY);
	cr_expect_eq(f.e.wait_s, 15);
	cr_expect_not_null(strstr(f.e.msg, "you follow 2 jobs already, 2 are allowed"), "%s", f.e.msg);
	cr_expect(begin("bob"));
}

Test(followers, so_many_of_all_users_and_not_one_more)
{
	struct follower w;

	cr_expect(begin("alice"));
	cr_expect(begin("alice"));
	cr_expect(begin("bob"));
	cr_expect_eq(follower_begin(&w, f.conf, "carol", &f.e), -1);
	cr_expect_not_null(strstr(f.e.msg, "all users together follow 3 jobs already, 3 are allowed"), "%s", f.e.msg);
}

Test(followers, who_is_killed_frees_his_place)
{
	cr_expect(begin("alice"));
	cr_expect(begin("alice"));
	cr_expect_not(begin("alice"));
	end_child(0);
	cr_expect(begin("alice"));
	cr_expect_not(begin("alice"));
}

Test(followers, who_ends_frees_his_place_and_a_refusal_takes_none)
{
	struct follower w;

	f.conf->followers_per_user = 1;
	for (int i = 0; i < 100; i++) {
		cr_assert_eq(follower_begin(&w, f.conf, "alice", &f.e), 0, "%s", f.e.msg);
		follower_end(&w);
	}
	cr_expect(begin("alice"));
	for (int i = 0; i < 10; i++)
		cr_expect_eq(follower_begin(&w, f.conf, "alice", &f.e), -1);
	f.conf->followers_per_user = 3;
	cr_expect(begin("bob"));
	cr_expect(begin("bob"));
}

Test(followers, a_user_named_like_the_file_of_all_is_a_user)
{
	cr_expect(begin("all"));
	cr_expect(begin("all"));
	cr_expect_not(begin("all"));
	cr_expect(begin("alice"));
}

Test(followers, where_nothing_can_be_locked_nobody_is_kept_from_reading)
{
	struct follower w;

	cr_assert_eq(symlinkat("/nonexistent", f.spool.tmp, "follow.alice"), 0);
	cr_expect_eq(follower_begin(&w, f.conf, "alice", &f.e), 0);
	follower_end(&w);
}

Test(followers, the_sweep_leaves_their_files)
{
	struct follower	  w;
	struct drop_sweep sweep = { 0 };

	cr_expect_eq(follower_begin(&w, f.conf, "alice", &f.e), 0);
	follower_end(&w);
	cr_expect_eq(drop_sweep(&f.spool, &sweep, -3600, &f.e), 0);
	drop_sweep_end(&sweep);
	cr_expect(director_fixture_exists(&f, f.spool.tmp, "follow.alice"));
	cr_expect(director_fixture_exists(&f, f.spool.tmp, "follow-all"));
}

#define JOB "01ARZ3NDEKTSV4RRFFQ69G5FAV"

Test(followers, few_of_one_job_watch_it)
{
	struct follower w;

	f.conf->followers_per_user = f.conf->followers_total = 100;
	for (int i = 0; i < 8; i++)
		cr_assert(begin_job("alice", JOB));
	cr_assert_eq(follower_begin(&w, f.conf, "bob", &f.e), 0);
	cr_expect_not(follower_may_watch(&w, JOB));
	cr_expect(follower_may_watch(&w, "01ARZ3NDEKTSV4RRFFQ69G5FAW"), "another job has places of its own");
	follower_leave(&w);
	end_child(3);
	cr_expect(follower_may_watch(&w, JOB));
	follower_end(&w);
}

/* The account's watches are not for followers alone: the director has one. */
Test(followers, so_many_watches_and_not_one_more)
{
	struct follower w;
	char		job[sizeof(JOB) + 10];	/* of any number */

	f.conf->followers_per_user = f.conf->followers_total = 100;
	for (int i = 0; i < 64; i++) {
		(void)snprintf(job, sizeof(job), "01ARZ3NDEKTSV4RRFFQ69G5%03u", (unsigned)i % 1000);
		cr_assert(begin_job("alice", job), "%d", i);
	}
	cr_assert_eq(follower_begin(&w, f.conf, "bob", &f.e), 0);
	cr_expect_not(follower_may_watch(&w, JOB));
	cr_expect_not(follower_may_watch(&w, JOB), "it took nothing");
	end_child(63);
	cr_expect(follower_may_watch(&w, JOB));
	follower_leave(&w);
	cr_expect(begin_job("alice", job), "who leaves frees his place");
	follower_end(&w);
}

Test(followers, who_is_not_counted_may_watch)
{
	const struct follower w = { -1, -1 };

	cr_expect(follower_may_watch(&w, JOB));
	follower_leave(&w);
}
