/* SPDX-License-Identifier: ISC */
/*
 * test_settle.c - what a round decides is told when it is durable, and not before (P1, P3, P6).
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/query/director_query.h"
#include "spool/run/settle.h"
#include "spool/wire.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct director	      *d;
static struct job	       job;
static int		       gateway = -1;	/* its end of the socket */

static void
set_up(void)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	director_fixture_open(&f);
	director_fixture_worker(&f, "done", "{}");
	director_fixture_release(&f);
	d = malloc(sizeof(*d));
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	director_fixture_job(&job, "alice", "create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}");
}

static void
tear_down(void)
{
	if (gateway != -1)
		(void)close(gateway);
	job_clear(&job);
	director_close(d);
	free(d);
	director_fixture_close(&f);
}

TestSuite(settle, .init = set_up, .fini = tear_down);

/* A gateway drops the job and asks for it; its answer comes later. */
static void
ask(void)
{
	json_t	    *request = json_pack("{s:s s:s s:s s:s s:s}", "op", "admit", "user", "alice", "origin", "key", "source", "::1", "job", job.id);
	json_t	    *reply;
	struct spool s;
	int	     sv[2];

	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(drop_submit(&s, &job, &f.e), 0, "%s", f.e.msg);
	spool_close(&s);
	d->server.ticket++;
	reply = director_answer(d, geteuid(), request);
	cr_assert(json_is_true(reply), "it is to come later");
	json_decref(reply);
	json_decref(request);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	d->server.clients[0].fd = sv[0];
	d->server.clients[0].waits = d->server.ticket;
	gateway = sv[1];
}

static json_t *
hear(void)
{
	json_t *reply = NULL;
	int	fds[2];

	return wire_recv(gateway, WIRE_REPLY_MAX, 0, &reply, fds, 0, &f.e) == 1 ? reply : NULL;
}

static const char *
state(void)
{
	static enum job_state s;

	return store_job_state(d->store, job.id, &s, &f.e) == 0 ? job_state_name(s) : "none";
}

static void
expect_nothing(void)
{
	cr_assert_null(hear(), "the gateway was told");
	cr_assert_str_eq(state(), "none");
	cr_assert_null(d->pool.workers, "a worker has an order");
	cr_assert(director_fixture_exists(&f, d->spool.new, job.id));
	cr_assert_not(director_fixture_exists(&f, d->spool.log, job.id));
}

Test(settle, intake_and_start_are_one_round)
{
	json_t *reply;

	ask();
	expect_nothing();
	settle_round(d);
	reply = hear();
	cr_assert_str_eq(field_text(reply, "code"), "QUEUED", "%s", field_text(reply, "message"));
	cr_assert_str_eq(state(), "running");
	cr_assert_eq(pool_busy(&d->pool), 1);
	cr_assert(director_fixture_exists(&f, d->spool.cur, job.id));
	json_decref(reply);
}

/* The names of journals cannot be made durable: the group goes, the intake succeeds alone, and the job waits for our disk. */
Test(settle, a_job_whose_group_fails_is_taken_in_alone_and_starts_later)
{
	int	dir = d->spool.journal, names_only = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	json_t *reply, *row = NULL;

	ask();
	d->spool.journal = names_only;	/* files can be made in it, but it cannot be synced */
	settle_round(d);
	d->spool.journal = dir;
	(void)close(names_only);
	cr_assert(director_fixture_exists(&f, d->spool.journal, job.id), "it had come so far");
	reply = hear();
	cr_assert_str_eq(field_text(reply, "code"), "QUEUED", "%s", field_text(reply, "message"));
	json_decref(reply);
	cr_assert_str_eq(state(), "queued");
	cr_assert_eq(pool_busy(&d->pool), 0, "no worker has an order");
	cr_assert_eq(sched_waiting(d->sched), 1);
	cr_assert_eq(sched_running(d->sched), 0);
	cr_assert_gt(d->hold_until_ms, 0);
	cr_assert_eq(store_job_get(d->store, job.id, &row, &f.e), 0);
	cr_assert_eq(field_number(row, "attempts"), 0, "an attempt that never was does not count");
	json_decref(row);
}

/* The group cannot begin: nothing is lost, nothing told twice. */
Test(settle, an_end_whose_group_fails_is_recorded_alone)
{
	struct ending	 ending = { .state = JOB_DONE };
	struct sched_job sj;
	json_t		*row = NULL;

	ask();
	settle_round(d);
	cr_assert_str_eq(state(), "running");
	sj = d->pool.workers->job;
	ending.state = JOB_FAILED;
	(void)pd_fail(&ending.err, PD_FAILED, "the test says so");
	settle_end(d, &sj, &ending);
	cr_assert_str_eq(state(), "running", "not before the round settles");
	cr_assert_eq(store_begin(d->store, &f.e), 0);
	settle_round(d);
	cr_assert_str_eq(state(), "failed");
	cr_assert_eq(sched_running(d->sched), 0);
	cr_assert_null(d->unrecorded);
	cr_assert_eq(store_job_get(d->store, job.id, &row, &f.e), 0);
	cr_assert_str_eq(field_text(row, "message"), "the test says so");
	json_decref(row);
	cr_assert(job_log_has_result(&d->spool, job.id));
}
