/* SPDX-License-Identifier: ISC */
/*
 * test_retake.c - a stuck job undone or resumed on an administrator's word: when it may be, and what is durable before anything happens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/journal.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct director	      *d;

/* No more of a director than retaking needs. */
static void
set_up(void)
{
	const struct sched_limits limits = { .total = 4, .per_platform = 4, .per_hmc = 4 };

	director_fixture_open(&f);
	d = calloc(1, sizeof(*d));
	d->conf = f.conf;
	d->store = f.st;
	d->spool = f.spool;
	d->log = f.log;
	d->sched = sched_new(&limits);
}

static void
tear_down(void)
{
	sched_free(d->sched);
	free(d);
	director_fixture_close(&f);
}

TestSuite(retake, .init = set_up, .fini = tear_down);

static void
write_journal(const char *id, json_t *record)
{
	int	       fd = job_journal_open(&f.spool, id, &(int){ 0 }, &f.e);
	struct journal j = { .fd = fd };
	json_t	      *records = NULL;

	cr_assert_neq(fd, -1, "%s", f.e.msg);
	cr_assert_eq(journal_load(&j, fd, 1, &records, &f.e), 0);
	cr_assert_eq(journal_append(&j, record, 1, &f.e), 0);
	json_decref(records);
	json_decref(record);
	(void)close(fd);
}

/* A job that is stuck, with a journal when asked. */
static void
stuck(const char *verb, const char *args, int has_journal, char id[JOB_ID_LEN + 1])
{
	struct ending ending = { .state = JOB_STUCK, .err = { .code = PD_STUCK, .msg = "test" } };
	json_t	     *row = director_fixture_ask(&f, "alice", verb, args), *ignored;

	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	(void)snprintf(id, JOB_ID_LEN + 1, "%s", field_text(row, "id"));
	json_decref(row);
	cr_assert_eq(effects_start(f.st, id, NULL, &ignored, &f.e), 0, "%s", f.e.msg);
	json_decref(ignored);
	cr_assert_eq(effects_end(f.st, id, &ending, &ignored, &f.e), 0, "%s", f.e.msg);
	json_decref(ignored);
	if (has_journal)
		write_journal(id, json_pack("{s:s s:{}}", "k", "begin", "vars"));
}

static void
refuses(const char *id, int is_undo, const char *text)
{
	cr_expect_eq(retake_job(d, id, is_undo, "admin", &f.e), -1);
	cr_expect_eq(f.e.code, PD_CONFLICT, "%s", f.e.msg);
	cr_expect_not_null(strstr(f.e.msg, text), "%s", f.e.msg);
	cr_expect_eq(sched_waiting(d->sched), 0);
}

static void
is_job(const char *id, const char *state)
{
	json_t *row = director_fixture_row(&f, id);

	cr_expect_str_eq(field_text(row, "state"), state);
	json_decref(row);
}

static size_t
forwards(const char *id)
{
	int	       fd = job_journal_open(&f.spool, id, &(int){ 0 }, &f.e);
	struct journal j = { .fd = fd };
	json_t	      *records = NULL, *r;
	size_t	       i, n = 0;

	cr_assert_eq(journal_load(&j, fd, 0, &records, &f.e), 0);
	json_array_foreach(records, i, r)
		n += strcmp(field_text(r, "k"), "forward") == 0;
	json_decref(records);
	(void)close(fd);
	return n;
}

#define CREATE "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}"
#define WEB1   "{\"name\":\"web1\"}"

Test(retake, an_undo_is_undoing_and_waits_for_its_turn)
{
	char	id[JOB_ID_LEN + 1];
	json_t *row;

	stuck("create-vm", CREATE, 1, id);
	cr_assert_eq(retake_job(d, id, 1, "admin", &f.e), 0, "%s", f.e.msg);
	row = director_fixture_row(&f, id);
	cr_expect_str_eq(field_text(row, "state"), "undoing");
	cr_expect_eq(field_number(row, "attempts"), 0);
	cr_expect_eq(field_number(row, "finished"), 0);
	json_decref(row);
	cr_expect_eq(sched_waiting(d->sched), 1);
	cr_expect_eq(forwards(id), 0);
	cr_expect_eq(director_fixture_history(&f, "undo-job"), 1);
}

Test(retake, a_resumption_is_durable_in_the_journal)
{
	char id[JOB_ID_LEN + 1];

	stuck("create-vm", CREATE, 1, id);
	cr_assert_eq(retake_job(d, id, 0, "admin", &f.e), 0, "%s", f.e.msg);
	is_job(id, "running");
	cr_expect_eq(sched_waiting(d->sched), 1);
	cr_expect_eq(forwards(id), 1);
	cr_expect_eq(director_fixture_history(&f, "resume-job"), 1);
}

Test(retake, only_a_stuck_job_and_only_once)
{
	json_t *row = director_fixture_ask(&f, "alice", "create-vm", "{\"name\":\"web2\",\"disks\":[{\"size\":1024}]}");
	char	id[JOB_ID_LEN + 1];

	refuses(field_text(row, "id"), 1, "is queued; only a stuck one");
	json_decref(row);
	stuck("create-vm", CREATE, 1, id);
	cr_assert_eq(retake_job(d, id, 1, "admin", &f.e), 0, "%s", f.e.msg);
	cr_expect_eq(retake_job(d, id, 0, "admin", &f.e), -1);
	cr_expect_not_null(strstr(f.e.msg, "is undoing; only a stuck one"), "%s", f.e.msg);
	cr_expect_eq(retake_job(d, "01JD0Q7M000000000000000000", 0, "admin", &f.e), -1);
	cr_expect_eq(f.e.code, PD_NOTFOUND);
}

Test(retake, a_deletion_only_goes_forwards)
{
	char id[JOB_ID_LEN + 1], made[JOB_ID_LEN + 1];

	stuck("create-vm", CREATE, 1, made);
	stuck("delete-vm", WEB1, 1, id);
	refuses(id, 1, "cannot be undone; go on with it: resume-job");
	cr_expect_eq(retake_job(d, id, 0, "admin", &f.e), 0, "%s", f.e.msg);
}

Test(retake, nothing_is_guessed_without_a_journal)
{
	char id[JOB_ID_LEN + 1];

	stuck("create-vm", CREATE, 0, id);
	refuses(id, 1, "has nothing to go by");
	refuses(id, 0, "has nothing to go by");
	is_job(id, "stuck");
}

Test(retake, the_vm_must_be_as_the_job_left_it)
{
	char	id[JOB_ID_LEN + 1];
	json_t *set = json_pack("{s:s}", "state", "running");

	stuck("create-vm", CREATE, 1, id);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_set(f.st, "web1", set, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	refuses(id, 1, "is running now: another job has changed it since");
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_remove(f.st, "web1", &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	refuses(id, 0, "was deleted meanwhile");
	json_decref(director_fixture_ask(&f, "alice", "create-vm", CREATE));	/* another one of this name */
	refuses(id, 1, "was deleted meanwhile");
	is_job(id, "stuck");
	json_decref(set);
}

Test(retake, another_job_of_the_vm_has_to_end_first)
{
	char	id[JOB_ID_LEN + 1];
	json_t *other;

	stuck("create-vm", CREATE, 1, id);
	other = director_fixture_ask(&f, "alice", "delete-vm", WEB1);
	refuses(id, 0, "has to end first");
	json_decref(other);
	is_job(id, "stuck");
}
