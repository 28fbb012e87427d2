/* SPDX-License-Identifier: ISC */
/*
 * test_recovery.c - a whole director over what a crash left: rows, files, journals; and its reload.
 *
 * The director runs in this process until it is told to stop, which it is from the beginning: it
 * starts what waits, lets it end, and is done.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "tests/unit/fixture_director.h"

#define CREATE "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}"
#define MADE   "{\"state\":\"running\",\"lpar_id\":3}"

static struct director_fixture f;
static struct director	      *d;

static void
set_up(void)
{
	director_fixture_open(&f);
	d = malloc(sizeof(*d));
}

static void
tear_down(void)
{
	free(d);
	director_fixture_close(&f);
}

TestSuite(recovery, .init = set_up, .fini = tear_down, .timeout = 60);

static void
run_director(void)
{
	const struct log	 log = { -1, LOG_DEBUG, 0 };
	const struct signal_note note = { .what = 'T' };
	int			 fds[2];

	director_fixture_release(&f);
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	cr_assert_eq(write(fds[1], &note, sizeof(note)), (ssize_t)sizeof(note));
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(director_run(d, fds[0], &f.e), 0, "%s", f.e.msg);
	director_close(d);
	(void)close(fds[0]);
	(void)close(fds[1]);
	director_fixture_reopen(&f);
}

static void
ask(struct job *job, const char *user, const char *verb, const char *args)
{
	director_fixture_job(job, user, verb, args);
	json_decref(director_fixture_admit(&f, job));
}

static void
is_state(const char *id, const char *state)
{
	json_t *row = director_fixture_row(&f, id);

	cr_expect_str_eq(field_text(row, "state"), state, "%s", field_text(row, "message"));
	json_decref(row);
}

static void
start(const char *id)
{
	json_t *row = NULL;

	cr_assert_eq(effects_start(f.st, id, NULL, &row, &f.e), 0);
	json_decref(row);
}

Test(recovery, a_queued_row_runs_and_its_vm_is_there)
{
	struct job job;
	json_t	  *vm;

	director_fixture_worker(&f, "done", MADE);
	ask(&job, "alice", "create-vm", CREATE);
	run_director();
	is_state(job.id, "done");
	vm = director_fixture_vm(&f, "web1");
	cr_assert_str_eq(field_text(vm, "state"), "running");
	cr_assert(job_log_has_result(&f.spool, job.id));
	json_decref(vm);
	job_clear(&job);
}

Test(recovery, half_a_result_in_the_log_is_none)
{
	static const char half[] = "{\"t\":\"x\",\"event\":\"result\",\"state\":\"done\"}", id[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
	int		  log = job_log_open(&f.spool, id, &f.e);

	cr_assert_eq(write(log, half, strlen(half)), (ssize_t)strlen(half));
	cr_assert_not(job_log_has_result(&f.spool, id));
	cr_assert_eq(job_log_event(&f.spool, id, "note", NULL, &f.e), 0);
	cr_assert_not(job_log_has_result(&f.spool, id));
	cr_assert_eq(job_log_event(&f.spool, id, "result", NULL, &f.e), 0);
	cr_assert(job_log_has_result(&f.spool, id));
	(void)close(log);
}

Test(recovery, a_running_row_is_resumed_from_its_journal)
{
	struct job job;
	json_t	  *row;
	int	   journal;

	director_fixture_worker(&f, "done", MADE);
	ask(&job, "alice", "create-vm", CREATE);
	start(job.id);
	journal = job_journal_open(&f.spool, job.id, &(int){ 0 }, &f.e);
	cr_assert_eq(write(journal, "record", 6), 6);
	(void)close(journal);
	run_director();
	row = director_fixture_row(&f, job.id);
	cr_assert_str_eq(field_text(row, "state"), "done", "%s", field_text(row, "message"));
	cr_assert_eq(field_number(row, "attempts"), 2);
	json_decref(row);
	job_clear(&job);
}

Test(recovery, a_job_that_ended_its_worker_too_often_is_for_a_person)
{
	struct job job;
	json_t	  *vm;
	int	   journal;

	director_fixture_worker(&f, "done", MADE);
	ask(&job, "alice", "create-vm", CREATE);
	for (int i = 0; i < DIRECTOR_STARTS; i++)
		start(job.id);
	journal = job_journal_open(&f.spool, job.id, &(int){ 0 }, &f.e);
	cr_assert_eq(write(journal, "record", 6), 6);
	(void)close(journal);
	run_director();
	is_state(job.id, "stuck");
	vm = director_fixture_vm(&f, "web1");
	cr_assert_str_eq(field_text(vm, "state"), "broken");
	json_decref(vm);
	job_clear(&job);
}

Test(recovery, with_nothing_in_its_journal_it_has_only_failed)
{
	struct job job;

	director_fixture_worker(&f, "done", MADE);
	ask(&job, "alice", "create-vm", CREATE);
	for (int i = 0; i < DIRECTOR_STARTS; i++)
		start(job.id);
	run_director();
	is_state(job.id, "failed");
	cr_assert_null(director_fixture_vm(&f, "web1"));
	job_clear(&job);
}

Test(recovery, a_cancelled_one_that_never_began_ends_cancelled)
{
	struct job job;
	json_t	  *set = json_pack("{s:b}", "cancel", 1);

	director_fixture_worker(&f, "done", MADE);
	ask(&job, "alice", "create-vm", CREATE);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_set(f.st, job.id, set, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	run_director();
	is_state(job.id, "cancelled");
	cr_assert_null(director_fixture_vm(&f, "web1"));
	json_decref(set);
	job_clear(&job);
}

Test(recovery, a_worker_that_cannot_be_started_costs_no_attempt)
{
	struct job job;
	json_t	  *row;

	ask(&job, "alice", "create-vm", CREATE);	/* and there is no worker program */
	run_director();
	row = director_fixture_row(&f, job.id);
	cr_assert_str_eq(field_text(row, "state"), "queued");
	cr_assert_eq(field_number(row, "attempts"), 0);
	json_decref(row);
	job_clear(&job);
}

Test(recovery, a_worker_that_talks_nonsense_is_ended_and_the_job_fails_in_the_end)
{
	struct job job;
	json_t	  *row;

	director_fixture_worker(&f, "dancing", "{}");
	ask(&job, "alice", "create-vm", CREATE);
	run_director();
	row = director_fixture_row(&f, job.id);
	cr_assert_eq(field_number(row, "attempts"), 1);
	json_decref(row);
	for (int i = 1; i <= DIRECTOR_STARTS; i++)
		run_director();
	is_state(job.id, "failed");
	row = director_fixture_row(&f, job.id);
	cr_assert_not_null(strstr(field_text(row, "message"), "worker ended"), "%s", field_text(row, "message"));
	json_decref(row);
	cr_assert_null(director_fixture_vm(&f, "web1"));
	job_clear(&job);
}

Test(recovery, a_worker_that_answers_for_another_job_is_ended)
{
	struct job job;
	json_t	  *row;
	char	   path[SCRATCH_PATH], line[512];

	director_fixture_worker(&f, "done", MADE);
	(void)snprintf(line, sizeof(line), "sed -i 's/^\tjob=.*/\tjob=01ARZ3NDEKTSV4RRFFQ69G5FAV/' '%s'",
	    scratch_path(path, f.dir, "worker"));
	cr_assert_eq(system(line), 0);
	ask(&job, "alice", "create-vm", CREATE);
	run_director();
	row = director_fixture_row(&f, job.id);
	cr_assert_str_eq(field_text(row, "state"), "running", "nobody has said how it ended");
	json_decref(row);
	director_fixture_worker(&f, "done", MADE);
	run_director();
	is_state(job.id, "done");
	job_clear(&job);
}

static void
put_image(void)
{
	json_t *image = json_pack("{s:s s:s s:s s:i s:s s:s s:s s:I}", "name", "rhel6", "platform", "power1", "file", "/images/rhel6",
	    "size", 1024, "os", "linux", "first_boot", "none", "description", "", "registered_ms", (json_int_t)1);

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_image_put(f.st, image, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(image);
}

Test(recovery, an_image_that_was_removed_meanwhile_fails_the_job_that_waited_for_its_turn)
{
	struct job job;
	json_t	  *row;

	director_fixture_worker(&f, "done", MADE);
	put_image();
	ask(&job, "alice", "create-vm", "{\"name\":\"web1\",\"image\":\"rhel6\"}");
	is_state(job.id, "queued");
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_image_remove(f.st, "rhel6", "power1", &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	run_director();
	row = director_fixture_row(&f, job.id);
	cr_assert_str_eq(field_text(row, "state"), "failed");
	cr_assert_str_eq(field_text(row, "message"), "the image rhel6 was removed meanwhile");
	json_decref(row);
	cr_assert_null(director_fixture_vm(&f, "web1"));
	job_clear(&job);
}

Test(recovery, a_vm_that_was_deleted_meanwhile_fails_the_job_behind_the_deletion)
{
	struct job made, gone, start_it;
	json_t	  *row;

	director_fixture_worker(&f, "done", MADE);
	ask(&made, "alice", "create-vm", CREATE);
	run_director();
	ask(&gone, "alice", "delete-vm", "{\"name\":\"web1\"}");
	ask(&start_it, "alice", "start-vm", "{\"name\":\"web1\"}");
	is_state(start_it.id, "queued");
	run_director();
	is_state(gone.id, "done");
	run_director();
	row = director_fixture_row(&f, start_it.id);
	cr_assert_str_eq(field_text(row, "state"), "failed");
	cr_assert_str_eq(field_text(row, "message"), "the VM web1 was deleted meanwhile");
	cr_assert_str_eq(field_text(row, "code"), "NOT_FOUND");
	json_decref(row);
	job_clear(&made);
	job_clear(&gone);
	job_clear(&start_it);
}

Test(recovery, a_journal_that_an_earlier_worker_still_has_is_left_alone)
{
	struct job job;
	int	   journal;

	director_fixture_worker(&f, "done", MADE);
	ask(&job, "alice", "create-vm", CREATE);
	journal = job_journal_open(&f.spool, job.id, &(int){ 0 }, &f.e);
	run_director();
	is_state(job.id, "queued");
	(void)close(journal);
	run_director();
	is_state(job.id, "done");
	job_clear(&job);
}

Test(recovery, a_file_in_cur_without_a_row_becomes_a_job_again)
{
	struct spool s;
	struct job   job;

	director_fixture_worker(&f, "done", "{}");
	director_fixture_job(&job, "admin", "check-platform", "{\"name\":\"power1\"}");
	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0);
	cr_assert_eq(drop_submit(&s, &job, &f.e), 0);
	spool_close(&s);
	cr_assert_eq(drop_claim(&f.spool, job.id, &f.e), 0);
	run_director();
	is_state(job.id, "done");
	cr_assert(director_fixture_exists(&f, f.spool.done, job.id));
	job_clear(&job);
}

Test(recovery, an_ended_row_gets_its_result_and_its_file_filed_once)
{
	struct ending ending = { .state = JOB_DONE };
	struct spool  s;
	struct job    job;
	json_t	     *row = NULL;
	char	      path[SCRATCH_PATH + 64];
	struct stat   before, after;

	director_fixture_job(&job, "admin", "check-platform", "{\"name\":\"power1\"}");
	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0);
	cr_assert_eq(drop_submit(&s, &job, &f.e), 0);
	spool_close(&s);
	json_decref(director_fixture_admit(&f, &job));
	cr_assert_eq(drop_claim(&f.spool, job.id, &f.e), 0);
	start(job.id);
	cr_assert_eq(effects_end(f.st, job.id, &ending, &row, &f.e), 0);
	json_decref(row);
	run_director();
	cr_assert(job_log_has_result(&f.spool, job.id));
	cr_assert(director_fixture_exists(&f, f.spool.done, job.id));
	(void)snprintf(path, sizeof(path), "%s/log/%s", f.conf->spool, job.id);
	cr_assert_eq(stat(path, &before), 0);
	run_director();	/* idempotent */
	cr_assert_eq(stat(path, &after), 0);
	cr_assert_eq(before.st_size, after.st_size);
	job_clear(&job);
}

/* A job of a batch, as it is after its file was taken apart: its end is durable, the director was killed before it told it. */
static void
end_untold(struct job *job, enum job_state state)
{
	struct ending ending = { .state = state };
	json_t	     *row = NULL;

	ask(job, "admin", "check-platform", "{\"name\":\"power1\"}");
	start(job->id);
	cr_assert_eq(effects_end(f.st, job->id, &ending, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
}

Test(recovery, an_end_without_a_file_in_cur_is_told_after_a_crash)
{
	struct job  job;
	char	    path[SCRATCH_PATH + 64];
	struct stat before, after;

	end_untold(&job, JOB_DONE);
	run_director();
	cr_assert(job_log_has_result(&f.spool, job.id));
	(void)snprintf(path, sizeof(path), "%s/log/%s", f.conf->spool, job.id);
	cr_assert_eq(stat(path, &before), 0);
	run_director();
	cr_assert_eq(stat(path, &after), 0);
	cr_expect_eq(before.st_size, after.st_size, "and once");
	job_clear(&job);
}

/* What stands in the place of a log is as good as a full disk; afterwards the result comes without a new start. */
Test(recovery, an_end_that_cannot_be_told_is_told_when_it_can)
{
	const struct log log = { -1, LOG_DEBUG, 0 };
	struct job	 blocked, other;
	char		 path[SCRATCH_PATH + 64];

	run_director();
	end_untold(&blocked, JOB_FAILED);
	end_untold(&other, JOB_DONE);
	(void)snprintf(path, sizeof(path), "%s/log/%s", f.conf->spool, blocked.id);
	cr_assert_eq(mkdir(path, 0700), 0);
	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	cr_expect_eq(d->intake.is_behind, 1);
	ends_note(d);
	cr_assert_eq(rmdir(path), 0);
	cr_expect_eq(recovery_look(d, &f.e), 0, "%s", f.e.msg);
	cr_expect(job_log_has_result(&d->spool, blocked.id));
	cr_expect(job_log_has_result(&d->spool, other.id));
	director_close(d);
	director_fixture_reopen(&f);
	job_clear(&blocked);
	job_clear(&other);
}

Test(recovery, a_log_that_never_can_be_written_does_not_keep_the_others_from_being_told)
{
	const struct log log = { -1, LOG_DEBUG, 0 };
	struct job	 blocked, other;
	char		 path[SCRATCH_PATH + 64];
	int		 looks = 0;

	run_director();
	end_untold(&blocked, JOB_DONE);
	end_untold(&other, JOB_DONE);
	(void)snprintf(path, sizeof(path), "%s/log/%s", f.conf->spool, blocked.id);
	cr_assert_eq(mkdir(path, 0700), 0);
	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	while (looks < 100 && recovery_look(d, &f.e) == -1)
		looks++;
	cr_expect_lt(looks, 100);
	cr_expect(job_log_has_result(&d->spool, other.id));
	director_close(d);
	director_fixture_reopen(&f);
	job_clear(&blocked);
	job_clear(&other);
}

/* So that a start does not look through all that ever was. */
Test(recovery, how_far_ends_are_told_is_kept_now_and_then)
{
	const struct log log = { -1, LOG_DEBUG, 0 };
	char		 told[24];
	json_t		*record = json_pack("{s:s}", "event", "query");

	run_director();
	cr_assert_eq(store_kept_get(f.st, "told", told, sizeof(told), &f.e), 0);
	cr_expect_str_eq(told, "0");
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(store_history_add(f.st, record, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	run_director();
	cr_assert_eq(store_kept_get(f.st, "told", told, sizeof(told), &f.e), 0);
	cr_expect_geq(atoi(told), 1000);
	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	cr_expect_geq(d->told, atoi(told));
	director_close(d);
	director_fixture_reopen(&f);
	json_decref(record);
}

Test(recovery, each_start_is_in_the_history_and_no_job_is_lost_over_it)
{
	struct job job;

	ask(&job, "admin", "check-platform", "{\"name\":\"power1\"}");
	for (int i = 0; i < 3; i++) {
		run_director();
		is_state(job.id, "queued");
	}
	cr_assert_eq(director_fixture_history(&f, "start"), 3);
	director_fixture_worker(&f, "failed", "{}");
	run_director();
	is_state(job.id, "failed");
	job_clear(&job);
}

Test(recovery, only_one_director_works_on_a_state_directory)
{
	const struct log log = { -1, LOG_DEBUG, 0 };
	struct director	*second = malloc(sizeof(*second));

	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(director_open(second, f.conf_path, &log, &f.e), -1);
	cr_assert_eq(f.e.code, PD_CONFLICT);
	director_close(second);
	director_close(d);
	free(second);
	director_fixture_reopen(&f);
}

Test(recovery, a_policy_with_a_mistake_leaves_the_old_one_in_force)
{
	const struct log log = { -1, LOG_DEBUG, 0 };
	char		 digest[65];
	FILE		*conf;

	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	memcpy(digest, d->conf->digest, sizeof(digest));
	conf = fopen(f.conf_path, "a");
	(void)fputs("nonsense = 1\n", conf);
	(void)fclose(conf);
	reload_conf(d, &(struct signal_note){ .what = 'H' });
	cr_assert_str_eq(d->conf->digest, digest);
	director_close(d);
	director_fixture_reopen(&f);
	cr_assert_eq(director_fixture_history(&f, "policy-refused"), 1);
}

Test(recovery, a_new_policy_takes_over_and_both_digests_are_in_the_history)
{
	const struct log log = { -1, LOG_DEBUG, 0 };
	char		 digest[65];
	FILE		*conf;

	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	memcpy(digest, d->conf->digest, sizeof(digest));
	conf = fopen(f.conf_path, "r+");
	(void)fputs("#", conf);	/* spool = ... becomes a comment */
	(void)fclose(conf);
	reload_conf(d, &(struct signal_note){ .what = 'H' });
	cr_assert_str_eq(d->conf->digest, digest, "the spool cannot move");
	conf = fopen(f.conf_path, "r+");
	(void)fputs("s", conf);
	(void)fseek(conf, 0, SEEK_END);
	(void)fputs("# a remark\n", conf);
	(void)fclose(conf);
	reload_conf(d, &(struct signal_note){ .what = 'H' });
	cr_assert_str_neq(d->conf->digest, digest);
	director_close(d);
	director_fixture_reopen(&f);
	cr_assert_eq(director_fixture_history(&f, "policy"), 1);
	cr_assert_eq(director_fixture_history(&f, "policy-refused"), 1);
}

/* More than any list of the store holds (P1): each is scheduled, and none of their files is read. */
Test(recovery, all_jobs_that_wait_are_scheduled_however_many_they_are)
{
	enum { MANY = 20100 };
	const struct log log = { -1, LOG_DEBUG, 0 };
	char		 id[JOB_ID_LEN + 1];
	json_t		*row;

	cr_assert_eq(id_make(id, &f.e), 0);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	for (int i = 0; i < MANY; i++) {
		cr_assert_eq(id_next(id, &f.e), 0);
		row = json_pack("{s:s s:s s:s s:s s:s s:s}", "id", id, "verb", "check-platform", "user", "admin", "tenant", "ops",
		    "platform", "power1", "state", "queued");
		cr_assert_eq(store_job_add(f.st, row, &f.e), 0, "%s", f.e.msg);
		json_decref(row);
	}
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	scratch_file(f.dir, "spool/cur/01JD0Q7M3XAMP1E0000000000A", "no job", 6);	/* of no row: this one is read */
	director_fixture_release(&f);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	cr_expect_eq(sched_waiting(d->sched), MANY);
	cr_expect(director_fixture_exists(&f, d->spool.bad, "01JD0Q7M3XAMP1E0000000000A"));
	director_close(d);
	director_fixture_reopen(&f);
}
