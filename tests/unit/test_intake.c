/* SPDX-License-Identifier: ISC */
/*
 * test_intake.c - from a file in new/ to a job with a row: good, bad, hostile and half-claimed files.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/intake_flood.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct job	       job;
static struct taken	       t;

static void
set_up(void)
{
	director_fixture_open(&f);
	director_fixture_job(&job, "admin", "check-platform", "{\"name\":\"power1\"}");
}

static void
tear_down(void)
{
	taken_clear(&t);
	job_clear(&job);
	director_fixture_close(&f);
}

TestSuite(intake, .init = set_up, .fini = tear_down);

static void
drop(const struct job *j)
{
	struct spool s;

	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(drop_submit(&s, j, &f.e), 0, "%s", f.e.msg);
	spool_close(&s);
}

static int
take(void)
{
	return intake_take(&f.intake, f.spool.new, job.id, &t, &f.e);
}

/* The last event of the job's log. */
static json_t *
last_event(const char *id)
{
	char   path[SCRATCH_PATH + 64], line[8192];
	json_t *event = NULL;
	FILE   *log;

	(void)snprintf(path, sizeof(path), "%s/log/%s", f.conf->spool, id);
	if ((log = fopen(path, "r")) == NULL)
		return NULL;
	while (fgets(line, sizeof(line), log) != NULL) {
		json_decref(event);
		event = json_loads(line, 0, NULL);
	}
	(void)fclose(log);
	return event;
}

/* A whole scan, slice by slice; jobs taken, or -1. */
static int
scan_all(void)
{
	int n = 0, rv;

	do {
		rv = intake_scan(&f.intake, f.spool.new, 100, &f.e);
		n += rv;
	} while (rv != -1 && intake_scan_goes_on(&f.intake));
	return rv == -1 ? -1 : n;
}

static int
no_name(void *arg, uid_t uid, char *name, size_t size)
{
	(void)arg;
	(void)uid;
	(void)name;
	(void)size;
	return -1;
}

static const char *waits = "";
static int	   nqueued;

static void
on_queued(void *arg, const json_t *row)
{
	(void)arg, (void)row;
	nqueued++;
}

static const char *
wait_of(void *arg, const json_t *row)
{
	(void)arg, (void)row;
	return waits;
}

Test(intake, a_good_file_gets_a_row_moves_to_cur_and_is_announced)
{
	json_t *event;

	f.intake.queued = on_queued;
	f.intake.wait = wait_of;
	waits = "the platform's other jobs";
	drop(&job);
	cr_assert_eq(take(), 0, "%s", f.e.msg);
	cr_assert_str_eq(field_text(t.v[0].row, "state"), "queued");
	cr_assert(director_fixture_exists(&f, f.spool.cur, job.id));
	cr_assert_not(director_fixture_exists(&f, f.spool.new, job.id));
	cr_assert_eq(nqueued, 1);
	event = last_event(job.id);
	cr_assert_str_eq(field_text(event, "event"), "admitted");
	cr_assert_str_eq(field_text(event, "wait"), waits);
	json_decref(event);
}

Test(intake, a_refused_job_has_its_result_in_the_log_and_its_file_in_done)
{
	json_t *event;

	job_clear(&job);
	director_fixture_job(&job, "alice", "start-vm", "{\"name\":\"nosuch\"}");
	drop(&job);
	cr_assert_eq(take(), 0);
	cr_assert(director_fixture_exists(&f, f.spool.done, job.id));
	event = last_event(job.id);
	cr_assert_str_eq(field_text(event, "event"), "result");
	cr_assert_str_eq(field_text(event, "state"), "refused");
	cr_assert_str_eq(field_text(event, "code"), "NOT_FOUND");
	cr_assert_eq(field_number(event, "exit"), 66);
	json_decref(event);
}

Test(intake, no_file_is_not_found)
{
	cr_assert_eq(take(), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(intake, a_file_that_does_not_decode_goes_to_bad_with_its_reason)
{
	char	path[SCRATCH_PATH + 8], reason[64];
	json_t *event;

	(void)snprintf(path, sizeof(path), "%s/new", f.conf->spool);
	scratch_file(path, job.id, "\xa1garbage", 8);
	cr_assert_eq(take(), -1);
	cr_assert_eq(f.e.code, PD_BADDATA);
	(void)snprintf(reason, sizeof(reason), "%s.reason", job.id);
	cr_assert(director_fixture_exists(&f, f.spool.bad, job.id));
	cr_assert(director_fixture_exists(&f, f.spool.bad, reason));
	cr_assert_eq(director_fixture_history(&f, "bad-file"), 1);
	event = last_event(job.id);
	cr_assert_str_eq(field_text(event, "event"), "result");
	cr_assert_eq(field_number(event, "exit"), 65);
	json_decref(event);
}

Test(intake, junk_and_links_in_new_go_to_bad_and_hold_up_nobody)
{
	char	      path[SCRATCH_PATH + 8];
	unsigned char c = 0;

	(void)snprintf(path, sizeof(path), "%s/new", f.conf->spool);
	scratch_file(path, "00-junk", &c, 1);
	cr_assert_eq(symlinkat("/etc/passwd", f.spool.new, "01-link"), 0);
	cr_assert_eq(mkfifoat(f.spool.new, "02-fifo", 0600), 0);
	cr_assert_eq(mkdirat(f.spool.new, "03-directory", 0700), 0);
	drop(&job);
	cr_assert_eq(scan_all(), 1, "%s", f.e.msg);
	cr_assert(director_fixture_exists(&f, f.spool.cur, job.id));
	cr_assert_eq(director_fixture_history(&f, "bad-file"), 4);
	cr_assert_eq(scan_all(), 0);
}

static int
entries(int dirfd)
{
	DIR *dir = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY));
	int  n = -2;

	cr_assert_not_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

Test(intake, more_bad_files_than_are_kept_are_removed_and_counted)
{
	char name[NAME_MAX + 1];

	drop(&job);
	for (int i = 0; i < FLOOD_KEEP + 3000; i++) {
		(void)snprintf(name, sizeof(name), i % 2 == 0 ? "planted-%d" : "0000000000000000000000%04d", i);
		cr_assert_eq(symlinkat("/etc/passwd", f.spool.new, name), 0);
	}
	cr_assert_eq(mkdirat(f.spool.new, "zz-full", 0700), 0);
	cr_assert_eq(mkdirat(f.spool.new, "zz-full/x", 0700), 0);
	cr_assert_eq(scan_all(), 1, "%s", f.e.msg);
	cr_expect(director_fixture_exists(&f, f.spool.cur, job.id));
	cr_expect_leq(entries(f.spool.new), 1, "only what cannot be removed stays");
	cr_expect_eq(entries(f.spool.bad), 2 * FLOOD_KEEP);
	cr_expect_leq(entries(f.spool.log), FLOOD_KEEP + 1, "no log for each");
	cr_expect_eq(director_fixture_history(&f, "bad-files"), 1);
	cr_expect_leq(director_fixture_history(&f, "bad-file"), FLOOD_KEEP);

	/* bad/ stays as full as it is, and the minute is not over. */
	cr_assert_eq(symlinkat("/etc/passwd", f.spool.new, "one-more"), 0);
	cr_assert_eq(scan_all(), 0);
	cr_expect_eq(entries(f.spool.bad), 2 * FLOOD_KEEP);
	cr_expect_eq(director_fixture_history(&f, "bad-files"), 1);
}

Test(intake, a_file_that_ended_its_reader_is_kept_however_full_bad_is)
{
	f.intake.flood.kept = 2 * FLOOD_KEEP;
	drop(&job);
	memcpy(f.intake.suspect, job.id, sizeof(job.id));
	f.intake.suspect_times = INTAKE_ATTEMPTS;
	cr_assert_eq(scan_all(), 0);
	cr_expect(director_fixture_exists(&f, f.spool.bad, job.id));
}

Test(intake, a_file_of_an_owner_whom_nobody_knows_is_kept_however_full_bad_is)
{
	static const struct accounts nobody = { .name_of = no_name };

	f.intake.flood.kept = 2 * FLOOD_KEEP;
	f.identity.accounts = &nobody;
	job.origin = JOB_BY_ACCOUNT;
	drop(&job);
	cr_assert_eq(scan_all(), 0);
	cr_expect(director_fixture_exists(&f, f.spool.bad, job.id));
}

Test(intake, a_file_that_claims_anothers_account_goes_to_bad)
{
	job.origin = JOB_BY_ACCOUNT;
	(void)strcpy(job.user, "somebody-else");
	drop(&job);
	cr_assert_eq(take(), -1);
	cr_assert_eq(f.e.code, PD_DENIED);
	cr_assert(director_fixture_exists(&f, f.spool.bad, job.id));
}

Test(intake, a_second_file_with_a_jobs_id_is_nobodys_job)
{
	struct job forged;

	drop(&job);
	cr_assert_eq(take(), 0);
	taken_clear(&t);
	director_fixture_job(&forged, "alice", "start-vm", "{\"name\":\"web1\"}");
	memcpy(forged.id, job.id, sizeof(forged.id));
	drop(&forged);
	cr_assert_eq(take(), -1);
	cr_assert_eq(f.e.code, PD_BADDATA);
	cr_assert(director_fixture_exists(&f, f.spool.cur, job.id), "the first one is untouched");
	cr_assert(director_fixture_exists(&f, f.spool.bad, job.id));
	job_clear(&forged);
}

Test(intake, a_row_whose_file_is_still_in_new_only_lacks_the_rename)
{
	drop(&job);
	json_decref(director_fixture_admit(&f, &job));	/* as if it ended right after the commit */
	cr_assert_eq(take(), 0);
	cr_assert_eq(t.v[0].is_new, 0);
	cr_assert(director_fixture_exists(&f, f.spool.cur, job.id));
	cr_assert_eq(director_fixture_history(&f, "admitted"), 1);
}

Test(intake, a_file_that_ended_its_reader_twice_goes_to_bad)
{
	char mark[64];
	int  len = snprintf(mark, sizeof(mark), "%s 2\n", job.id);

	drop(&job);
	cr_assert_eq(pwrite(f.intake.marker, mark, (size_t)len, 0), len);
	intake_close(&f.intake);
	cr_assert_eq(intake_open(&f.intake, f.state_dir, &f.e), 0);
	cr_assert_str_eq(f.intake.suspect, job.id);
	cr_assert_eq(take(), -1);
	cr_assert(director_fixture_exists(&f, f.spool.bad, job.id));
}

Test(intake, a_file_that_was_being_read_once_gets_another_chance)
{
	char mark[64];
	int  len = snprintf(mark, sizeof(mark), "%s 1\n", job.id);

	drop(&job);
	cr_assert_eq(pwrite(f.intake.marker, mark, (size_t)len, 0), len);
	intake_close(&f.intake);
	cr_assert_eq(intake_open(&f.intake, f.state_dir, &f.e), 0);
	cr_assert_eq(take(), 0);
	intake_close(&f.intake);
	cr_assert_eq(intake_open(&f.intake, f.state_dir, &f.e), 0);
	cr_assert_str_eq(f.intake.suspect, "", "it was read: nothing is suspect");
}

Test(intake, a_scan_takes_the_oldest_first_and_no_more_than_its_limit)
{
	struct job second, third;

	director_fixture_job(&third, "admin", "check-platform", "{\"name\":\"power1\"}");
	director_fixture_job(&second, "admin", "check-platform", "{\"name\":\"power1\"}");
	memcpy(job.id, "00000000000000000000000001", sizeof(job.id));
	memcpy(second.id, "00000000000000000000000002", sizeof(second.id));
	memcpy(third.id, "00000000000000000000000003", sizeof(third.id));
	drop(&third);
	drop(&second);
	drop(&job);
	for (int n = 0; n < 2;) {
		int rv = intake_scan(&f.intake, f.spool.new, 2 - n, &f.e);

		cr_assert_geq(rv, 0, "%s", f.e.msg);
		n += rv;
	}
	cr_assert(intake_scan_goes_on(&f.intake));
	cr_assert(director_fixture_exists(&f, f.spool.cur, job.id));
	cr_assert(director_fixture_exists(&f, f.spool.cur, second.id));
	cr_assert(director_fixture_exists(&f, f.spool.new, third.id));
	job_clear(&second);
	job_clear(&third);
}
