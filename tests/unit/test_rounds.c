/* SPDX-License-Identifier: ISC */
/*
 * test_rounds.c - the director's rounds: work that comes in heaps is done in pieces, and what comes meanwhile is not forgotten.
 */
#include <sys/wait.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/os/clock.h"
#include "spool/run/settle.h"
#include "tests/unit/fixture_director.h"
#include "tests/unit/fixture_store.h"

#define WAIT_MS 15000	/* far more than a round takes, far less than the looks that need no hint (DIRECTOR_SCAN_MS) */

static struct director_fixture f;
static struct director	      *d;
static int		       signals[2];

static void
set_up(void)
{
	director_fixture_open(&f);
	director_fixture_worker(&f, "done", "{}");
	d = malloc(sizeof(*d));
	cr_assert_eq(pipe(signals), 0);
	cr_assert_eq(fcntl(signals[0], F_SETFL, O_NONBLOCK), 0);
}

static void
tear_down(void)
{
	director_close(d);
	free(d);
	director_fixture_close(&f);
}

TestSuite(rounds, .init = set_up, .fini = tear_down, .timeout = 120);

static void
open_director(void)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
}

static void
end_director(void)
{
	const struct signal_note note = { .what = 'T' };

	cr_assert_eq(write(signals[1], &note, sizeof(note)), (ssize_t)sizeof(note));
}

/* Until a child ends, which watches from outside and then ends the director. */
static void
run_beside(pid_t child)
{
	int status;

	cr_assert_eq(director_run(d, signals[0], &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0, "too late");
}

/* Jobs for VMs that are gone: each ends when it is started. */
static void
queue_vain_jobs(int n)
{
	char name[32];

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	for (int i = 1; i <= n; i++) {
		(void)snprintf(name, sizeof(name), "gone%d", i);
		json_t *row = fixture_job(i, "alice", "blue", name, "queued");

		(void)json_object_set_new(row, "verb", json_string("stop-vm"));
		cr_assert_eq(store_job_add(f.st, row, &f.e), 0, "%s", f.e.msg);
		json_decref(row);
	}
	cr_assert_eq(store_commit(f.st, &f.e), 0);
}

/* Who asks on the sockets waits for one round, however many jobs end as soon as they start. */
Test(rounds, a_round_starts_so_many_jobs_and_no_more)
{
	queue_vain_jobs(3 * DIRECTOR_ROUND);
	open_director();
	settle_round(d);
	cr_expect_eq(sched_waiting(d->sched), 2 * DIRECTOR_ROUND, "%zu wait", sched_waiting(d->sched));
	settle_round(d);
	cr_expect_eq(sched_waiting(d->sched), DIRECTOR_ROUND, "%zu wait", sched_waiting(d->sched));
}

static void
wait_a_moment(void)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

static int
count(const char *dir)
{
	char	       path[SCRATCH_PATH], below[32];
	struct dirent *entry;
	DIR	      *names;
	int	       n = 0;

	(void)snprintf(below, sizeof(below), "spool/%s", dir);
	names = opendir(scratch_path(path, f.dir, below));
	while (names != NULL && (entry = readdir(names)) != NULL)
		n += entry->d_name[0] != '.';
	if (names != NULL)
		(void)closedir(names);
	return n;
}

/* Each end has a log of its own. */
Test(rounds, the_next_round_comes_at_once)
{
	int   n = 10 * DIRECTOR_ROUND;
	pid_t child;

	queue_vain_jobs(n);
	open_director();
	child = fork();
	if (child == 0) {
		int64_t end = clock_mono_ms() + WAIT_MS;

		while (count("log") < n && clock_mono_ms() < end)
			wait_a_moment();
		end_director();
		_exit(count("log") < n);
	}
	run_beside(child);
}

static void
drop(const char *verb)
{
	struct spool s;
	struct job   job;

	director_fixture_job(&job, "alice", verb, "{\"name\":\"web1\"}");
	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(drop_submit(&s, &job, &f.e), 0, "%s", f.e.msg);
	spool_close(&s);
	job_clear(&job);
}

/* A file that comes where the scan has been already is not left to the next one, half a minute later. */
Test(rounds, a_file_that_comes_while_new_is_looked_through_is_taken_in_then)
{
	int   n = 8 * DIRECTOR_ROUND;
	pid_t child;

	open_director();
	if (d->watch == -1)
		cr_skip_test("nothing hints at new names here");
	for (int i = 0; i < n; i++)
		drop("stop-vm");
	child = fork();
	if (child == 0) {
		int64_t end = clock_mono_ms() + WAIT_MS;

		while (count("new") == n && clock_mono_ms() < end)
			wait_a_moment();
		drop("stop-vm");
		while (count("new") != 0 && clock_mono_ms() < end)
			wait_a_moment();
		end_director();
		_exit(count("new") != 0);
	}
	run_beside(child);
}
