/* SPDX-License-Identifier: ISC */
/*
 * test_worker_pool.c - workers started, kept warm per platform, retired, killed and reaped.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/run/worker_pool.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct worker_pool      pool;
static struct pd_err	       e;

static void
set_up(void)
{
	director_fixture_open(&f);
	director_fixture_worker(&f, "done", "{}");
	cr_assert_eq(pool_init(&pool, f.conf->worker, 10, 2, &e), 0);
}

static void
tear_down(void)
{
	pool_free(&pool);
	director_fixture_close(&f);
}

TestSuite(worker_pool, .init = set_up, .fini = tear_down, .timeout = 60);

static const struct sched_job job = { .id = "01JD0Q7M000000000000000001", .platform = "p1" };

/* Waits for something on the worker's socket; 1 = a message in *msg, 0 = its end. */
static int
listen_to(struct worker *w, json_t **msg)
{
	struct pollfd p = { .fd = w->sock, .events = POLLIN };

	*msg = NULL;
	while (wire_in_take(&w->in, msg, &e) == 0) {
		cr_assert_eq(poll(&p, 1, 20000), 1);
		if (wire_in_fill(&w->in, w->sock, &e) != 1)
			return 0;
	}
	return 1;
}

static void
run_one(struct worker *w)
{
	json_t *msg;

	cr_assert_eq(pool_run(w, &job, json_pack("{s:s s:s}", "msg", "run", "job", job.id), STDERR_FILENO, STDERR_FILENO, &e), 0);
	cr_assert_eq(listen_to(w, &msg), 1);
	cr_assert_str_eq(field_text(msg, "outcome"), "done");
	cr_assert_str_eq(field_text(msg, "job"), job.id);
	json_decref(msg);
}

static void
reap_all(void)
{
	for (int i = 0; i < 2000 && pool.workers != NULL; i++) {
		pool_reap(&pool, NULL);
		(void)usleep(5000);
	}
	cr_assert_null(pool.workers);
}

/* One for a job of the platform, which then does not need it. */
static struct worker *
get(struct worker_pool *from, const char *platform)
{
	struct sched_job of = job;
	struct worker	*w;

	(void)snprintf(of.platform, sizeof(of.platform), "%s", platform);
	if ((w = pool_take(from, &of, &e)) != NULL) {
		cr_assert_eq(pool_find(from, of.id), w, "it is taken");
		pool_give_back(w);
	}
	return w;
}

Test(worker_pool, a_worker_that_is_taken_is_nobody_elses)
{
	struct worker *w = pool_take(&pool, &job, &e);

	cr_assert_neq(pool_take(&pool, &job, &e), w);
	pool_give_back(w);
	cr_assert_eq(pool_take(&pool, &job, &e), w);
}

Test(worker_pool, a_worker_is_used_again_for_its_platform_only)
{
	struct worker *w = get(&pool, "p1"), *other;

	cr_assert_not_null(w, "%s", e.msg);
	run_one(w);
	cr_assert_eq(pool_busy(&pool), 1);
	cr_assert_eq(pool_find(&pool, job.id), w);
	other = get(&pool, "p1");
	cr_assert_neq(other, w, "it is busy");
	pool_job_ended(&pool, w, 0);
	cr_assert_eq(pool_busy(&pool), 0);
	pool_end(other, 0);
	cr_assert_eq(get(&pool, "p1"), w);
	cr_assert_neq(get(&pool, "p2"), w);
}

Test(worker_pool, a_worker_retires_after_its_jobs_and_after_idling)
{
	struct worker *w = get(&pool, "p1"), *idle = get(&pool, "p2");
	int64_t	       now = idle->idle_since_ms;

	run_one(w);
	pool_job_ended(&pool, w, now);
	cr_assert_neq(w->sock, -1);
	run_one(w);
	pool_job_ended(&pool, w, now);
	cr_assert_eq(w->sock, -1, "two jobs are its limit here");
	cr_assert_eq(pool_delay(&pool, now), 10000);
	pool_retire(&pool, now + 9999);
	cr_assert_neq(idle->sock, -1);
	pool_retire(&pool, now + 10000);
	cr_assert_eq(idle->sock, -1);
	cr_assert_eq(pool_delay(&pool, now), -1);
	reap_all();
}

Test(worker_pool, a_program_that_cannot_be_run_is_told_at_once)
{
	struct worker_pool none;

	cr_assert_eq(pool_init(&none, "/nonexistent/worker", 10, 2, &e), 0);
	cr_assert_null(get(&none, "p1"));
	cr_assert_eq(e.code, PD_IO);
	cr_assert_not_null(strstr(e.msg, "/nonexistent/worker"));
	pool_free(&none);
}

Test(worker_pool, a_worker_that_dies_is_seen_by_its_socket)
{
	struct worker *w = get(&pool, "p1");
	json_t	      *msg;

	cr_assert_eq(pool_tell(w, "no-such-order", &e), 0, "the script ignores it");
	cr_assert_eq(kill(w->pid, SIGKILL), 0);
	cr_assert_eq(listen_to(w, &msg), 0);
	pool_end(w, 1);
	reap_all();
}
