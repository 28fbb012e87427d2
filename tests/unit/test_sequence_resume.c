/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_resume.c - a job that stopped on its way, wherever that was, goes on or is undone from its journal.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "sequence_bench.h"

/* P4: wherever a journal becomes full, what was done is undone, with its intents in the journal. */
Test(sequence_resume, a_journal_that_becomes_full_anywhere_blocks_no_undo)
{
	int failed = 0, outcomes = 0;

	for (int room = 0; room < 16000; room += 500, outcomes++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		bench_open(&b, "create-vm", vars_create("lv", 1));
		b.console.journal = "";		/* it has a hole where another run's records would be */
		cr_assert_eq(ftruncate(b.fd, JOURNAL_FILE_MAX - JOURNAL_RESERVE - room), 0);
		cr_assert_neq(lseek(b.fd, 0, SEEK_END), -1);
		sequence_run(&b.run, &b.res);
		failed += b.res.outcome == OUTCOME_FAILED;
		cr_expect(b.res.outcome == OUTCOME_FAILED || (b.res.outcome == OUTCOME_DONE && room > 8000), "room %d: %s: %s", room,
		    outcome_name(b.res.outcome), b.res.err.msg);
		if (b.res.outcome != OUTCOME_DONE)
			bench_expect_empty(&b, "a full journal", (size_t)room);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	cr_expect_gt(failed, outcomes / 2, "only %d of %d were full", failed, outcomes);
}

Test(sequence_resume, a_parked_job_goes_on_from_anywhere)
{
	size_t n = bench_commands("lv", 1);

	for (size_t at = 0; at + 1 < n; at++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		b.console.trouble = PARK;
		b.console.trouble_at = at;
		bench_run(&b, "create-vm", vars_create("lv", 1));
		cr_assert_eq(b.res.outcome, OUTCOME_PARKED, "at %zu: %s: %s", at, outcome_name(b.res.outcome), b.res.err.msg);
		bench_resume(&b);
		cr_expect_eq(b.res.outcome, OUTCOME_DONE, "parked at %zu: %s", at, b.res.err.msg);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), "running");
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}

/* The records of a whole create-vm. */
static json_t *
records_of_create(void)
{
	struct bench  b = { 0 };
	json_t	     *all = NULL;
	struct pd_err e = { 0 };

	fake_console_init(&b.console, "");
	bench_run(&b, "create-vm", vars_create("lv", 0));
	cr_assert_eq(journal_load(&b.journal, b.fd, 1, &all, &e), 0);
	bench_close(&b);
	fake_console_clear(&b.console);
	return all;
}

/* What a worker leaves that was killed behind its first n records: the console as after the same commands, the last one, too. */
static void
kill_behind(struct bench *b, const json_t *all, size_t n)
{
	struct pd_err e = { 0 };

	fake_console_init(&b->console, "");
	bench_open(b, "create-vm", json_object());
	b->run.records = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t	   *r = json_array_get(all, i);
		const char *cmd = json_string_value(json_object_get(r, "cmd"));
		struct answer a;

		if (cmd != NULL) {
			int root = strcmp(json_string_value(json_object_get(r, "as")), "root") == 0;

			b->console.transport.run(&b->console.transport, root ? "oem_setup_env" : cmd, root ? cmd : NULL, 0, &a, &e);
			answer_clear(&a);
		}
		json_array_append(b->run.records, r);
		journal_append(&b->journal, r, 0, &e);
	}
	b->console.intents_missing = 0;
}

Test(sequence_resume, a_killed_worker_leaves_a_job_that_goes_on)
{
	json_t *all = records_of_create();
	size_t	n = json_array_size(all);

	for (size_t cut = 1; cut < n; cut++) {
		struct bench b = { 0 };

		kill_behind(&b, all, cut);
		sequence_run(&b.run, &b.res);
		cr_expect_eq(b.res.outcome, OUTCOME_DONE, "killed after record %zu: %s", cut, b.res.err.msg);
		cr_expect_eq(b.console.intents_missing, 0);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	json_decref(all);
}

/* P4: what was sent last may have happened, so it is undone with the rest. */
Test(sequence_resume, a_killed_worker_leaves_a_job_that_can_be_undone)
{
	json_t *all = records_of_create();
	size_t	n = json_array_size(all);

	for (size_t cut = 1; cut < n; cut++) {
		struct bench b = { 0 };

		kill_behind(&b, all, cut);
		sequence_undo(&b.run, &b.res);
		cr_expect_eq(b.res.outcome, OUTCOME_FAILED, "killed after record %zu: %s", cut, b.res.err.msg);
		cr_expect_eq(b.console.intents_missing, 0);
		bench_expect_empty(&b, "undone", cut);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	json_decref(all);
}

Test(sequence_resume, a_console_that_never_answers_parks_a_job_that_has_begun_nothing)
{
	struct bench b = { 0 };

	fake_console_init(&b.console, "");
	b.console.trouble = DEAD;
	b.console.trouble_at = 0;
	bench_run(&b, "create-vm", vars_create("lv", 1));
	cr_expect_eq(b.res.outcome, OUTCOME_PARKED);
	cr_expect_eq(b.res.has_begun, 0, "its user need not wait for the console to be rid of it");
	cr_expect_eq(b.res.err.code, PD_REMOTE, "%s", b.res.err.msg);
	cr_expect_not_null(strstr(b.res.err.msg, "Connection refused"));
	cr_expect_eq(b.console.at, 1, "the director is told at once");
	b.console.is_dead = 0;
	b.console.trouble = NO_TROUBLE;
	bench_resume(&b);
	cr_expect_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	bench_close(&b);
	fake_console_clear(&b.console);
}

/* Is away at each command, comes back, and the job goes on: nothing is done twice, nothing is left out, no person is asked. */
static void
away_everywhere(int is_locked)
{
	size_t n = bench_commands("lv", 1);

	for (size_t at = 0; at < n; at++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		b.console.trouble = DEAD;
		b.console.trouble_at = at;
		b.console.is_locked = is_locked;
		bench_run(&b, "create-vm", vars_create("lv", 1));
		cr_assert_eq(b.res.outcome, OUTCOME_PARKED, "at %zu: %s %s", at, outcome_name(b.res.outcome), b.res.err.msg);
		cr_expect_leq(b.console.at, at + (is_locked ? 1 : 2), "one more connection, and none to one that refuses us");
		for (int again = 0; again < 3; again++) {	/* tried, and still away */
			size_t tried = b.console.at;

			bench_resume(&b);
			cr_assert_eq(b.res.outcome, OUTCOME_PARKED);
			cr_expect_eq(b.console.at, tried + 1, "one connection for one try");
		}
		b.console.is_dead = 0;
		b.console.trouble = NO_TROUBLE;
		bench_resume(&b);
		cr_expect_eq(b.res.outcome, OUTCOME_DONE, "away at %zu: %s", at, b.res.err.msg);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), "running");
		cr_expect_eq(b.console.intents_missing, 0);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}

Test(sequence_resume, a_job_goes_on_when_a_console_that_went_away_is_back)
{
	away_everywhere(0);
}

Test(sequence_resume, and_when_it_lets_us_in_again)
{
	away_everywhere(1);
}

Test(sequence_resume, an_undo_goes_on_when_a_console_that_went_away_is_back)
{
	size_t n = bench_commands("lv", 1);

	for (size_t refused = 12; refused < n; refused += 3)
		for (size_t at = refused + 1; at < refused + 12; at += 2) {
			struct bench b = { 0 };

			fake_console_init(&b.console, "");
			b.console.trouble = PARK;
			b.console.trouble_at = refused;
			bench_run(&b, "create-vm", vars_create("lv", 1));
			if (b.res.outcome == OUTCOME_DONE) {	/* its last commands are not asked about */
				bench_close(&b);
				fake_console_clear(&b.console);
				continue;
			}
			b.console.trouble = DEAD;
			b.console.trouble_at = at;
			json_decref(b.run.records);
			json_decref(b.res.value);
			b.console.stop = 0;
			cr_assert_eq(journal_load(&b.journal, b.fd, 1, &b.run.records, NULL), 0);
			sequence_undo(&b.run, &b.res);
			if (b.res.outcome == OUTCOME_PARKED) {
				cr_expect(b.res.has_begun);
				cr_expect_eq(b.res.err.code, PD_REMOTE);
				b.console.is_dead = 0;
				b.console.trouble = NO_TROUBLE;
				bench_resume(&b);
			}
			cr_expect_eq(b.res.outcome, OUTCOME_FAILED, "away at %zu: %s %s", at, outcome_name(b.res.outcome), b.res.err.msg);
			bench_expect_empty(&b, "undone later", at);
			bench_close(&b);
			fake_console_clear(&b.console);
		}
}

/* P4: what cannot be taken back is named, and is taken back later. */
Test(sequence_resume, a_refused_undo_leaves_a_stuck_job_that_names_what_is_left_and_can_be_undone_later)
{
	size_t n = bench_commands("lv", 1), stuck = 0;

	for (size_t at = 0; at < n; at++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		b.console.trouble = REFUSE_ALL;
		b.console.trouble_at = at;
		bench_run(&b, "create-vm", vars_create("lv", 1));
		if (json_object_size(b.console.objects) > 0 && b.res.outcome != OUTCOME_DONE) {
			stuck++;
			cr_expect_eq(b.res.outcome, OUTCOME_STUCK, "at %zu: %s %s", at, outcome_name(b.res.outcome), b.res.err.msg);
			cr_expect_not_null(strstr(b.res.err.msg, "partition web1"), "at %zu: %s", at, b.res.err.msg);
			b.console.refuses = 0;
			b.console.trouble = NO_TROUBLE;
			bench_resume(&b);
			cr_expect_eq(b.res.outcome, OUTCOME_FAILED, "at %zu: %s", at, b.res.err.msg);
			bench_expect_empty(&b, "undone later", at);
		}
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	cr_expect_gt(stuck, n / 2);
}

Test(sequence_resume, a_delete_that_broke_off_is_stuck_and_finished_by_the_next)
{
	struct bench b = { 0 }, d = { 0 }, again = { 0 };

	fake_console_init(&b.console, "");
	bench_run(&b, "create-vm", vars_create("lv", 0));
	cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	bench_take_over(&d, &b);
	d.console.trouble = REFUSE_ALL;
	d.console.trouble_at = d.console.at + 9;
	bench_run(&d, "delete-vm", vars_stored(b.res.value));
	cr_expect_eq(d.res.outcome, OUTCOME_STUCK, "%s", d.res.err.msg);
	cr_expect_not_null(strstr(d.res.err.msg, "logical volume pdTEST0001_1"), "%s", d.res.err.msg);
	bench_take_over(&again, &d);
	again.console.refuses = 0;
	again.console.trouble = NO_TROUBLE;
	bench_run(&again, "delete-vm", vars_stored(b.res.value));
	cr_expect_eq(again.res.outcome, OUTCOME_DONE, "%s", again.res.err.msg);
	bench_expect_empty(&again, "second delete", 0);
	bench_close(&b);
	bench_close(&d);
	bench_close(&again);
	fake_console_clear(&again.console);
}
