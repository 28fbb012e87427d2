/* SPDX-License-Identifier: ISC */
/*
 * test_batch.c - several jobs in one file: what is written is read, and nothing else is; taken in once, whole.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/field.h"
#include "tests/unit/fixture_director.h"

#define MANY	1000
#define PENDING 5	/* what the fixture allows one user: it counts inside a batch as well */

static struct job	      jobs[MANY + 1];
static size_t		      n;
static struct pd_err	      e;
static struct director_fixture f;

/* So many jobs of one user; some of them cannot be admitted: there is no platform of that name. */
static void
make(size_t count)
{
	char id[JOB_ID_LEN + 1];

	cr_assert_eq(id_make(id, &e), 0);
	memcpy(id + 10, "0000000000000000", 16);
	for (n = 0; n < count; n++) {
		jobs[n] = (struct job){ .origin = JOB_BY_KEY, .submitted_ms = 1795000000123 };
		memcpy(jobs[n].id, id, sizeof(id));
		memcpy(jobs[n].verb, "check-platform", 15);
		memcpy(jobs[n].user, "admin", 6);
		jobs[n].args = json_pack("{s:s}", "name", n % 10 == 3 ? "nowhere" : "power1");
		cr_assert_eq(id_next(id, &e), 0);
	}
}

static void
clear(void)
{
	for (size_t i = 0; i < n; i++)
		job_clear(&jobs[i]);
	n = 0;
}

TestSuite(batch, .fini = clear);

Test(batch, a_thousand_jobs_are_read_as_they_were_written)
{
	unsigned char *buf;
	size_t	       len, count;
	struct job    *read;

	make(MANY);
	cr_assert_eq(batch_encode(jobs, MANY, &buf, &len, &e), 0, "%s", e.msg);
	cr_expect_leq(len, BATCH_FILE_MAX);
	cr_assert_eq(batch_decode(buf, len, &read, &count, &e), 0, "%s", e.msg);
	cr_assert_eq(count, MANY);
	for (size_t i = 0; i < MANY; i++) {
		cr_assert_str_eq(read[i].id, jobs[i].id);
		cr_assert(json_equal(read[i].args, jobs[i].args));
	}
	batch_free(read, count);
	for (size_t cut = 0; cut < len; cut += cut < 400 ? 1 : 977) {
		cr_assert_eq(batch_decode(buf, cut, &read, &count, &e), -1, "%zu bytes of it", cut);
		cr_assert_null(read);
	}
	free(buf);
}

Test(batch, one_job_is_a_job_and_too_many_are_none)
{
	unsigned char *buf;
	size_t	       len;

	make(MANY + 1);
	cr_assert_eq(batch_encode(jobs, 1, &buf, &len, &e), 0, "%s", e.msg);
	cr_expect_eq(buf[0] >> 5, 5, "a map");
	free(buf);
	cr_expect_eq(batch_encode(jobs, MANY + 1, &buf, &len, &e), -1);
	cr_expect_eq(batch_encode(jobs, 0, &buf, &len, &e), -1);
	cr_expect_null(buf);
}

static void
expect_refused(const char *why)
{
	unsigned char *buf;
	size_t	       len;

	cr_expect_eq(batch_encode(jobs, n, &buf, &len, &e), -1, "%s", why);
	cr_expect_eq(e.code, PD_BADDATA, "%s: %s", why, e.msg);
}

Test(batch, jobs_of_another_caller_or_out_of_order_make_no_batch)
{
	make(3);
	jobs[2].user[0] = 'b';
	expect_refused("another user");
	clear();
	make(3);
	jobs[1].origin = JOB_BY_ACCOUNT;
	expect_refused("another origin");
	clear();
	make(3);
	memcpy(jobs[2].id, jobs[1].id, sizeof(jobs[1].id));
	expect_refused("the same id twice");
}

/* An array whose count is not that of its jobs, of one job, of arrays, of a thousand million. */
Test(batch, an_array_that_lies_is_refused)
{
	unsigned char *buf;
	size_t	       len, count;
	struct job    *read;
	unsigned char  huge[] = { 0x9a, 0x3b, 0x9a, 0xca, 0x00 }, nested[] = { 0x82, 0x82, 0x80, 0x80, 0x80 };

	make(3);
	cr_assert_eq(batch_encode(jobs, 3, &buf, &len, &e), 0);
	for (unsigned char head = 0x80; head < 0x98; head++) {
		buf[0] = head;
		cr_expect_eq(batch_decode(buf, len, &read, &count, &e), head == 0x83 ? 0 : -1, "head %02x", head);
		batch_free(read, count);
	}
	free(buf);
	cr_expect_eq(batch_decode(huge, sizeof(huge), &read, &count, &e), -1);
	cr_expect_eq(batch_decode(nested, sizeof(nested), &read, &count, &e), -1);
}

static size_t
count_rows(const char *state)
{
	struct job_filter filter = { .user = "admin" };
	json_t		 *rows, *row;
	size_t		  i, found = 0;

	cr_assert_eq(store_job_list(f.st, &filter, &rows, &e), 0, "%s", e.msg);
	json_array_foreach(rows, i, row)
		found += strcmp(field_text(row, "state"), state) == 0;
	json_decref(rows);
	return found;
}

static void
drop(void)
{
	struct spool s;
	int	     fd;

	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &e), 0, "%s", e.msg);
	cr_assert_eq(drop_put(&s, jobs, n, &fd, &e), 0, "%s", e.msg);
	(void)close(fd);
	spool_close(&s);
}

Test(batch, each_job_is_taken_in_once_admitted_or_refused)
{
	struct taken t;

	director_fixture_open(&f);
	make(30);
	drop();
	cr_assert_eq(intake_take(&f.intake, f.spool.new, jobs[0].id, &t, &e), 0, "%s", e.msg);
	cr_assert_eq(t.n, 30);
	cr_expect_str_eq(field_text(t.v[3].row, "state"), "refused");
	cr_expect_str_eq(field_text(t.v[4].row, "state"), "queued");
	taken_clear(&t);
	cr_expect_eq(count_rows("queued"), PENDING);
	cr_expect_eq(count_rows("refused"), 30 - PENDING);
	cr_expect_eq(faccessat(f.spool.done, jobs[0].id, F_OK, 0), 0);

	/* A crash behind the transaction: the file is in new/ again. */
	cr_assert_eq(renameat(f.spool.done, jobs[0].id, f.spool.new, jobs[0].id), 0);
	cr_assert_eq(intake_take(&f.intake, f.spool.new, jobs[0].id, &t, &e), 0, "%s", e.msg);
	cr_assert_eq(t.n, 30);
	cr_expect_not(t.v[0].is_new);
	taken_clear(&t);
	cr_expect_eq(count_rows("queued"), PENDING);
	cr_expect_eq(count_rows("refused"), 30 - PENDING);
	director_fixture_close(&f);
}
