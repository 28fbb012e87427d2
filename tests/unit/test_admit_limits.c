/* SPDX-License-Identifier: ISC */
/*
 * test_admit_limits.c - jobs and bytes that wait, of one user and in all: the last one that fits and one more; how long a
 * once-key is kept.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/os/clock.h"
#include "tests/unit/fixture_director.h"

#define KIB 1024
#define DAY_MS (86400 * 1000LL)

static struct director_fixture f;

static void
set_up(void)
{
	director_fixture_open(&f);
	f.conf->pending_per_user = 1000;
}

static void
tear_down(void)
{
	director_fixture_close(&f);
}

TestSuite(admit_limits, .init = set_up, .fini = tear_down);

/* A job of so many bytes; its state, and with a text that of the refusal. */
static void
expect(const char *user, size_t bytes, const char *state, const char *text)
{
	struct job job;
	json_t	  *row;

	director_fixture_job(&job, user, "check-platform", "{\"name\":\"power1\"}");
	job.bytes = bytes;
	row = director_fixture_admit(&f, &job);
	cr_assert_str_eq(field_text(row, "state"), state, "%s", field_text(row, "message"));
	cr_assert_not_null(strstr(field_text(row, "message"), text), "%s", field_text(row, "message"));
	if (strcmp(state, "refused") == 0) {
		cr_assert_str_eq(field_text(row, "code"), "TRY_LATER");
		cr_assert_eq(field_number(row, "exit"), 75);
		cr_assert_eq(field_number(json_object_get(row, "value"), "retry_after"), 30);
		cr_assert_not_null(strstr(field_text(row, "message"), "; try again in 30 s"));
	}
	json_decref(row);
	job_clear(&job);
}

static void
pending(const char *user, int64_t jobs, int64_t bytes)
{
	int64_t n, b;

	cr_assert_eq(store_job_count_pending(f.st, user, &n, &b, &f.e), 0);
	cr_expect_eq(n, jobs, "%lld", (long long)n);
	cr_expect_eq(b, bytes, "%lld", (long long)b);
}

/* The first pending job of the user ends as state says. */
static void
end_one(const char *user, enum job_state state)
{
	struct job_filter filter = { .user = user, .pending = 1, .oldest_first = 1, .limit = 1 };
	json_t		 *rows;

	cr_assert_eq(store_job_list(f.st, &filter, &rows, &f.e), 0);
	cr_assert_eq(json_array_size(rows), 1);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_move(f.st, field_text(json_array_get(rows, 0), "id"), state, NULL, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(rows);
}

Test(admit_limits, so_many_jobs_of_one_user_and_not_one_more)
{
	f.conf->pending_per_user = 3;
	for (int i = 0; i < 3; i++)
		expect("carol", 0, "queued", "");
	expect("carol", 0, "refused", "you have 3 jobs that are not finished, 3 are allowed");
	expect("alice", 0, "queued", "");
	end_one("carol", JOB_CANCELLED);
	expect("carol", 0, "queued", "");
	expect("carol", 0, "refused", "3 are allowed");
}

Test(admit_limits, so_many_jobs_of_all_users_and_not_one_more_but_an_administrators)
{
	f.conf->pending_total = 3;
	expect("carol", 0, "queued", "");
	expect("alice", 0, "queued", "");
	expect("alice", 0, "queued", "");
	expect("carol", 0, "refused", "all users together have 3 jobs that are not finished, 3 are allowed");
	expect("admin", 0, "queued", "");
	expect("alice", 0, "refused", "all users together have 4 jobs");
	end_one("admin", JOB_CANCELLED);
	end_one("alice", JOB_CANCELLED);
	expect("carol", 0, "queued", "");
}

Test(admit_limits, so_many_bytes_of_one_user_and_not_one_more)
{
	f.conf->bytes_per_user_mib = 1;
	expect("alice", 1000 * KIB, "queued", "");
	expect("alice", 24 * KIB + 1, "refused", "the job files of your jobs that are not finished have 1000 KiB, this one has 25, and 1024 are allowed");
	expect("alice", 24 * KIB, "queued", "");
	expect("alice", 1, "refused", "1024 are allowed");
	expect("carol", 1000 * KIB, "queued", "");
	end_one("alice", JOB_CANCELLED);
	expect("alice", 1000 * KIB, "queued", "");
}

Test(admit_limits, so_many_bytes_of_all_users_and_not_one_more_but_an_administrators)
{
	f.conf->bytes_total_mib = 1;
	expect("alice", 512 * KIB, "queued", "");
	expect("carol", 512 * KIB + 1, "refused", "of all users' jobs");
	expect("carol", 512 * KIB, "queued", "");
	expect("alice", 1, "refused", "of all users' jobs");
	expect("admin", 512 * KIB, "queued", "");
}

Test(admit_limits, what_is_counted_follows_every_move_and_a_new_start)
{
	expect("alice", 100, "queued", "");
	expect("alice", 50, "queued", "");
	expect("carol", 7, "queued", "");
	pending("alice", 2, 150);
	pending(NULL, 3, 157);
	end_one("alice", JOB_CANCELLED);
	pending("alice", 1, 50);
	end_one("carol", JOB_RUNNING);
	pending("carol", 1, 7);
	end_one("carol", JOB_STUCK);
	pending("carol", 0, 0);
	pending(NULL, 1, 50);
	director_fixture_release(&f);
	director_fixture_reopen(&f);
	pending("alice", 1, 50);
	pending(NULL, 1, 50);
	pending("nobody", 0, 0);
}

Test(admit_limits, a_refused_transaction_counts_nothing)
{
	struct job	jobs[2];
	struct verdict	v[2];

	f.conf->pending_per_user = 1;
	for (int i = 0; i < 2; i++) {
		director_fixture_job(&jobs[i], "alice", "check-platform", "{\"name\":\"power1\"}");
		jobs[i].bytes = 10;
	}
	cr_assert_eq(admission_decide(&f.admission, jobs, 2, v, &f.e), 0, "%s", f.e.msg);
	cr_expect_str_eq(field_text(v[0].row, "state"), "queued");
	cr_expect_str_eq(field_text(v[1].row, "state"), "refused", "jobs of one batch count for each other");
	pending("alice", 1, 10);
	for (int i = 0; i < 2; i++) {
		verdict_clear(&v[i]);
		job_clear(&jobs[i]);
	}
}

/* ---- once-keys ---- */

static json_t *
ask_once(const char *args, int64_t age_ms)
{
	struct job job;
	json_t	  *row;

	director_fixture_job(&job, "admin", "check-platform", args);
	(void)strcpy(job.once, "key");
	job.submitted_ms = clock_wall_ms() - age_ms;
	row = director_fixture_admit(&f, &job);
	job_clear(&job);
	return row;
}

static void
expect_once(const char *args, int64_t age_ms, const char *state)
{
	json_t *row = ask_once(args, age_ms);

	cr_expect_str_eq(field_text(row, "state"), state, "%s", field_text(row, "message"));
	json_decref(row);
}

#define POWER1 "{\"name\":\"power1\"}"

Test(admit_limits, a_once_key_is_kept_for_its_time_and_then_makes_a_new_job)
{
	f.conf->once_keep_s = 7 * 86400;
	expect_once(POWER1, 7 * DAY_MS - 60000, "queued");
	end_one("admin", JOB_CANCELLED);
	expect_once(POWER1, 0, "refused");	/* answered by the first one */
}

Test(admit_limits, a_once_key_that_is_too_old_makes_a_new_job_which_has_it_then)
{
	f.conf->once_keep_s = 7 * 86400;
	expect_once(POWER1, 7 * DAY_MS, "queued");
	end_one("admin", JOB_CANCELLED);
	expect_once(POWER1, 0, "queued");
	expect_once(POWER1, 0, "refused");
}

Test(admit_limits, the_key_of_a_job_that_has_not_ended_stays_its_own)
{
	f.conf->once_keep_s = 7 * 86400;
	expect_once(POWER1, 30 * DAY_MS, "queued");
	expect_once(POWER1, 0, "refused");
}
