/* SPDX-License-Identifier: ISC */
/*
 * test_throttle.c - a whole director and users who ask more often than allowed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/query/director_query.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct director	      *d;
static struct job	       job;

static void
set_up(void)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	director_fixture_open(&f);
	director_fixture_release(&f);
	d = malloc(sizeof(*d));
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	d->conf->requests_per_minute = 3;
	director_fixture_job(&job, "alice", "create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}");
}

static void
tear_down(void)
{
	job_clear(&job);
	director_close(d);
	free(d);
	director_fixture_close(&f);
}

TestSuite(throttle, .init = set_up, .fini = tear_down);

static json_t *
ask(const char *op, const char *user, const char *key, const char *text)
{
	return director_fixture_answer(d, op, user, key, text);
}

static void
expect(json_t *reply, const char *code)
{
	cr_assert_not_null(reply);
	cr_expect_str_eq(field_text(reply, "code"), code, "%s", field_text(reply, "message"));
	json_decref(reply);
}

static void
use_up(const char *user)
{
	for (int i = 0; i < 3; i++)
		expect(ask("query", user, "verb", "list-vms"), "OK");
}

static void
drop(void)
{
	struct spool s;

	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(drop_submit(&s, &job, &f.e), 0, "%s", f.e.msg);
	spool_close(&s);
}

static size_t
told(void)
{
	struct history_filter filter = { .limit = 1000 };
	json_t		     *records, *r;
	size_t		      i, n = 0;

	cr_assert_eq(store_history_list(d->store, &filter, &records, &f.e), 0);
	json_array_foreach(records, i, r)
		n += strcmp(field_text(r, "event"), "too-many-requests") == 0;
	json_decref(records);
	return n;
}

Test(throttle, as_many_as_allowed_are_answered_and_one_more_is_told_to_wait)
{
	json_t *reply;

	use_up("alice");
	reply = ask("query", "alice", "verb", "list-vms");
	cr_expect_str_eq(field_text(reply, "code"), "TRY_LATER");
	cr_expect_eq(field_number(reply, "exit"), 75);
	cr_expect_not_null(strstr(field_text(reply, "message"), "3"), "the figure: %s", field_text(reply, "message"));
	cr_expect_not_null(strstr(field_text(reply, "message"), "try again in 20 s"), "%s", field_text(reply, "message"));
	cr_expect_eq(field_number(json_object_get(reply, "value"), "retry_after"), 20);
	json_decref(reply);
	use_up("carol");
}

Test(throttle, refusals_and_other_questions_count_as_well)
{
	expect(ask("refused", "alice", "message", "no"), "OK");
	expect(ask("resolve", "alice", "job", "01ABCDEFGH"), "NOT_FOUND");
	expect(ask("query", "alice", "verb", "no-such-verb"), "USAGE");
	expect(ask("resolve", "alice", "job", "01ABCDEFGH"), "TRY_LATER");
	expect(ask("refused", "alice", "message", "no"), "TRY_LATER");
}

Test(throttle, a_job_that_came_too_soon_is_gone_and_never_runs)
{
	json_t *row = NULL;

	use_up("alice");
	drop();
	expect(ask("admit", "alice", "job", job.id), "TRY_LATER");
	cr_expect_not(director_fixture_exists(&f, d->spool.new, job.id));
	cr_expect_eq(store_job_get(d->store, job.id, &row, &f.e), -1);
	cr_expect_eq(f.e.code, PD_NOTFOUND);
	cr_expect_eq(intake_scan(&d->intake, d->spool.new, 10, &f.e), 0);
}

Test(throttle, another_users_file_is_not_taken_away)
{
	drop();
	use_up("bob");
	expect(ask("admit", "bob", "job", job.id), "NOT_FOUND");
	cr_expect(director_fixture_exists(&f, d->spool.new, job.id) || director_fixture_exists(&f, d->spool.cur, job.id));
}

Test(throttle, a_job_that_was_taken_in_already_is_answered)
{
	struct taken t;

	drop();
	cr_assert_eq(intake_take(&d->intake, d->spool.new, job.id, &t, &f.e), 0);
	taken_clear(&t);
	use_up("alice");
	expect(ask("admit", "alice", "job", job.id), "QUEUED");
}

Test(throttle, the_history_hears_of_it_once_a_minute)
{
	use_up("alice");
	for (int i = 0; i < 50; i++)
		expect(ask("refused", "alice", "message", "no"), "TRY_LATER");
	cr_expect_eq(told(), 1);
	use_up("carol");
	expect(ask("refused", "carol", "message", "no"), "TRY_LATER");
	cr_expect_eq(told(), 2);
}

Test(throttle, no_limit_is_none)
{
	d->conf->requests_per_minute = 0;
	for (int i = 0; i < 700; i++)
		expect(ask("query", "alice", "verb", "list-vms"), "OK");
}
