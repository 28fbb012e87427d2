/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_run.c - the engine with the real sequences of templates/ivm against a small console: forwards, and with
 * everything that can go wrong at every single command.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_console.h"
#include "spool/journal.h"

struct bench {
	struct fake_console console;
	struct sequence	   *seq;
	char		    path[64];
	int		    fd;
	struct journal	    journal;
	struct run	    run;
	struct run_result   res;
};

static json_t *
vars_create(const char *kind, int configure)
{
	json_t *v = json_pack("{s:{s:s,s:s,s:s,s:s,s:i, s:s,s:s,s:s, s:i,s:i,s:i, s:i,s:i,s:i, s:i,s:s,s:b,s:b,s:b},"
	    "s:{s:s,s:{s:i}}, s:{s:s,s:s,s:i}}",
	    "vm", "name", "web1", "tag", "pdTEST0001", "mode", "shared", "sharing", "uncap", "weight", 128,
	    "units_min", "0.10", "units", "0.50", "units_max", "1.00", "procs_min", 1, "procs", 1, "procs_max", 2,
	    "memory_min", 256, "memory", 1024, "memory_max", 2048, "max_slots", 20, "hostname", "web1", "start", 1, "configure", configure,
	    "wait_configured", configure,
	    "platform", "name", "power1", "facts", "management_lpar", 1, "image", "name", "rhel6", "file", "/images/rhel6.img", "size", 1024);
	json_t *vm = json_object_get(v, "vm");

	cr_assert_not_null(v);
	json_object_set_new(vm, "disks", json_pack("[{s:i,s:i,s:s,s:s,s:s},{s:i,s:i,s:s,s:s,s:s}]", "index", 0, "size", 1024, "pool",
	    kind[0] == 'l' ? "rootvg" : "fpool", "kind", kind, "bd", "pdTEST0001_0", "index", 1, "size", 2048, "pool",
	    kind[0] == 'l' ? "rootvg" : "fpool", "kind", kind, "bd", "pdTEST0001_1"));
	json_object_set_new(vm, "pools", json_pack("[{s:s,s:i}]", "pool", kind[0] == 'l' ? "rootvg" : "fpool", "size", 3072));
	json_object_set_new(vm, "networks", json_pack("[{s:i,s:i,s:i,s:s,s:s,s:s},{s:i,s:i,s:i}]", "index", 0, "slot", 15, "vlan", 10, "ip",
	    "10.0.10.5", "mask", "255.255.255.0", "gateway", "10.0.10.1", "index", 1, "slot", 16, "vlan", 10));
	return v;
}

/* What the stored row of the created VM looks like. */
static json_t *
vars_stored(const json_t *value)
{
	json_t *vm = json_pack("{s:s, s:s}", "name", "web1", "image", "rhel6");

	json_object_update(vm, (json_t *)(uintptr_t)value);
	return json_pack("{s:o, s:{s:s,s:{s:i}}}", "vm", vm, "platform", "name", "power1", "facts", "management_lpar", 1);
}

static void
bench_open(struct bench *b, const char *verb, json_t *vars)
{
	char	      file[128];
	struct pd_err e = { 0 };

	snprintf(file, sizeof(file), "templates/ivm/%s.seq", verb);
	snprintf(b->path, sizeof(b->path), "/tmp/test-journal-XXXXXX");
	b->fd = mkostemp(b->path, O_CLOEXEC);
	cr_assert_neq(b->fd, -1);
	cr_assert_eq(sequence_load(file, &b->seq, &e), 0, "%s", e.msg);
	b->journal = (struct journal){ .fd = b->fd };
	b->run = (struct run){ .seq = b->seq, .transport = &b->console.transport, .journal = &b->journal, .log_fd = -1, .vars = vars,
		.stop = fake_console_stop, .arg = &b->console, .clock = &b->console.clock };
	b->console.journal = b->path;
}

static void
bench_close(struct bench *b)
{
	json_decref(b->run.vars);
	json_decref(b->run.records);
	json_decref(b->res.value);
	sequence_free(b->seq);
	(void)close(b->fd);
	(void)unlink(b->path);
}

static void
run_verb(struct bench *b, const char *verb, json_t *vars)
{
	bench_open(b, verb, vars);
	sequence_run(&b->run, &b->res);
	cr_expect_eq(b->console.intents_missing, 0, "%d changes without intent", b->console.intents_missing);
}

/* The job's worker died or parked: another one takes it up from the journal. */
static void
resume(struct bench *b)
{
	struct pd_err e = { 0 };

	json_decref(b->res.value);
	json_decref(b->run.records);
	json_decref(b->run.vars);
	b->run.vars = json_object();
	cr_assert_eq(journal_load(&b->journal, b->fd, 1, &b->run.records, &e), 0, "%s", e.msg);
	b->console.stop = 0;
	sequence_run(&b->run, &b->res);
}

static void
expect_empty(struct bench *b, const char *what, size_t at)
{
	char *state = fake_console_state(&b->console);

	cr_expect_str_eq(state, "{}", "%s at command %zu leaves %s: %s", what, at, state, b->res.err.msg);
	free(state);
}

static size_t
commands_of(const char *kind, int configure)
{
	struct bench b = { 0 };
	size_t	     n;

	fake_console_init(&b.console, "");
	run_verb(&b, "create-vm", vars_create(kind, configure));
	cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	n = b.console.at;
	bench_close(&b);
	fake_console_clear(&b.console);
	return n;
}

Test(sequence_run, create_and_delete_leave_nothing)
{
	static const char *const kinds[] = { "lv", "file" };

	for (int i = 0; i < 4; i++) {
		struct bench b = { 0 }, d = { 0 };

		fake_console_init(&b.console, "");
		run_verb(&b, "create-vm", vars_create(kinds[i % 2], i / 2));
		cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		cr_expect_eq(json_integer_value(json_object_get(b.res.value, "lpar_id")), 2);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), "running");
		cr_expect_str_eq(json_string_value(json_object_get(json_object_get(b.res.value, "objects"), "tag")), "pdTEST0001");
		d.console = b.console;
		d.console.transport.state = &d.console;
		d.console.clock.arg = &d.console;
		run_verb(&d, "delete-vm", vars_stored(b.res.value));
		cr_expect_eq(d.res.outcome, OUTCOME_DONE, "%s", d.res.err.msg);
		expect_empty(&d, "delete", 0);
		bench_close(&b);
		bench_close(&d);
		fake_console_clear(&d.console);
	}
}

/* A question that is asked over and over may fail once. */
static int
is_polled(const char *command)
{
	return strstr(command, "-F state") != NULL || strstr(command, "ioscli lsrep") != NULL;
}

static void
break_everywhere(enum trouble trouble, const char *name, enum outcome expected)
{
	static const char *const kinds[] = { "lv", "file" };

	for (int k = 0; k < 2; k++) {
		size_t n = commands_of(kinds[k], 1);

		for (size_t at = 0; at < n; at++) {
			struct bench b = { 0 };

			fake_console_init(&b.console, "");
			b.console.trouble = trouble;
			b.console.trouble_at = at;
			run_verb(&b, "create-vm", vars_create(kinds[k], 1));
			int	     polled = trouble == REFUSE && is_polled(json_string_value(json_array_get(b.console.commands, at)));
			enum outcome wanted = polled ? OUTCOME_DONE : expected;

			if (wanted == OUTCOME_DONE && b.res.outcome == OUTCOME_DONE)
				cr_expect_eq(json_integer_value(json_object_get(b.res.value, "lpar_id")), 2);
			else
				expect_empty(&b, name, at);
			cr_expect_eq(b.console.overtaken, 0, "%s at %zu (%s): it was still at work", name, at,
			    json_string_value(json_array_get(b.console.commands, at)));
			cr_expect_eq(b.res.outcome, wanted, "%s at %zu (%s): outcome %s: %s", name, at,
			    json_string_value(json_array_get(b.console.commands, at)), outcome_name(b.res.outcome), b.res.err.msg);
			bench_close(&b);
			fake_console_clear(&b.console);
		}
	}
}

Test(sequence_run, a_command_refused_anywhere_is_undone)
{
	break_everywhere(REFUSE, "refused", OUTCOME_FAILED);
}

Test(sequence_run, a_channel_lost_before_the_effect_is_survived_anywhere)
{
	break_everywhere(LOSE_BEFORE, "lost before", OUTCOME_DONE);
}

Test(sequence_run, a_channel_lost_after_the_effect_is_survived_anywhere)
{
	break_everywhere(LOSE_AFTER, "lost after", OUTCOME_DONE);
}

/* P4: neither sent twice, nor undone before it has happened. */
Test(sequence_run, a_command_that_is_still_at_work_behind_a_lost_channel_is_waited_for)
{
	break_everywhere(LOSE_AT_WORK, "at work", OUTCOME_DONE);
}

/* What never ends is waited for as long as its answer would have been. */
Test(sequence_run, a_command_that_hangs_is_not_waited_for_for_ever)
{
	struct bench b = { 0 };
	size_t	     at = 0;

	fake_console_init(&b.console, "");
	run_verb(&b, "create-vm", vars_create("lv", 0));
	while (strstr(json_string_value(json_array_get(b.console.commands, at)), "mklv") == NULL)
		at++;
	bench_close(&b);
	fake_console_clear(&b.console);
	fake_console_init(&b.console, "");
	b.console.trouble = LOSE_AT_WORK;
	b.console.trouble_at = at;
	b.console.late_looks = -1000000;
	run_verb(&b, "create-vm", vars_create("lv", 0));
	cr_expect_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	cr_expect_geq(b.console.now_ms, 600000, "%lld ms", (long long)b.console.now_ms);
	cr_expect_lt(b.console.now_ms, 700000, "%lld ms", (long long)b.console.now_ms);
	bench_close(&b);
	fake_console_clear(&b.console);
}

Test(sequence_run, an_answer_that_is_no_text_is_survived_anywhere)
{
	break_everywhere(GARBLE, "garbled", OUTCOME_DONE);
}

/* P4: garbage where a list of disks was asked for does not mean that there is no disk. */
Test(sequence_run, an_answer_that_is_no_text_is_never_taken_for_nothing_is_there)
{
	for (size_t at = 0;; at++) {
		struct bench b = { 0 }, d = { 0 };
		int	     is_over;

		fake_console_init(&b.console, "");
		run_verb(&b, "create-vm", vars_create("lv", 1));
		cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		d.console = b.console;
		d.console.transport.state = &d.console;
		d.console.clock.arg = &d.console;
		d.console.trouble = GARBLE;
		d.console.trouble_at = b.console.at + at;
		run_verb(&d, "delete-vm", vars_stored(b.res.value));
		cr_expect_eq(d.res.outcome, OUTCOME_DONE, "garbled at %zu: %s", at, d.res.err.msg);
		expect_empty(&d, "delete, garbled", at);
		is_over = d.console.at <= d.console.trouble_at;
		bench_close(&b);
		bench_close(&d);
		fake_console_clear(&d.console);
		if (is_over)
			break;
	}
}

/* A wish to shut down that came before the guest was up is repeated, until it is heard; power is not taken away. */
Test(sequence_run, a_guest_that_boots_slowly_is_asked_again_to_shut_down)
{
	struct bench b = { 0 }, s = { 0 };
	size_t	     i, wishes = 0;
	json_t	    *cmd;

	fake_console_init(&b.console, "");
	run_verb(&b, "create-vm", vars_create("lv", 0));
	cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	s.console = b.console;
	s.console.transport.state = &s.console;
	s.console.clock.arg = &s.console;
	s.console.deaf = 3;
	s.console.polls = 1;
	s.console.now_ms = 0;
	json_array_clear(s.console.commands);
	run_verb(&s, "stop-vm", vars_stored(b.res.value));
	cr_expect_eq(s.res.outcome, OUTCOME_DONE, "%s", s.res.err.msg);
	cr_expect_str_eq(json_string_value(json_object_get(s.res.value, "state")), "stopped");
	json_array_foreach(s.console.commands, i, cmd) {
		wishes += strstr(json_string_value(cmd), "-o shutdown --id") != NULL;
		cr_expect_null(strstr(json_string_value(cmd), "--immed"), "%s", json_string_value(cmd));
	}
	cr_expect_eq(wishes, 4, "%zu", wishes);
	cr_expect_geq(s.console.now_ms, 45000, "%lld ms", (long long)s.console.now_ms);
	cr_expect_lt(s.console.now_ms, 120000, "%lld ms", (long long)s.console.now_ms);
	bench_close(&b);
	bench_close(&s);
	fake_console_clear(&s.console);
}

/* It has been shut down by then: whoever records the end must not believe that it runs. */
Test(sequence_run, a_restart_that_cannot_start_says_that_it_is_stopped)
{
	struct bench b = { 0 }, r = { 0 };

	for (size_t at = 0; at < 100; at++) {
		json_t *last;

		fake_console_init(&b.console, "");
		run_verb(&b, "create-vm", vars_create("lv", 0));
		cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		r = (struct bench){ .console = b.console };
		r.console.transport.state = &r.console;
		r.console.clock.arg = &r.console;
		r.console.polls = 1;
		r.console.trouble = REFUSE;
		r.console.trouble_at = r.console.at + at;
		run_verb(&r, "restart-vm", vars_stored(b.res.value));
		last = json_array_get(r.console.commands, r.console.trouble_at);
		if (r.res.outcome == OUTCOME_FAILED && last != NULL && strstr(json_string_value(last), "-o on ") != NULL) {
			cr_expect_str_eq(json_string_value(json_object_get(r.res.value, "state")), "stopped");
			cr_expect_null(json_object_get(r.console.objects, "on"));
			at = 1000;
		}
		cr_assert(at >= 1000 || last != NULL, "the power-on was never refused");
		bench_close(&b);
		bench_close(&r);
		fake_console_clear(&r.console);
		b = (struct bench){ 0 };
	}
}

/* P4: wherever a journal becomes full, what was done is undone, with its intents in the journal. */
Test(sequence_run, a_journal_that_becomes_full_anywhere_blocks_no_undo)
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
			expect_empty(&b, "a full journal", (size_t)room);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	cr_expect_gt(failed, outcomes / 2, "only %d of %d were full", failed, outcomes);
}

Test(sequence_run, a_cancel_anywhere_is_undone)
{
	break_everywhere(CANCEL, "cancelled", OUTCOME_CANCELLED);
}

Test(sequence_run, a_parked_job_goes_on_from_anywhere)
{
	size_t n = commands_of("lv", 1);

	for (size_t at = 0; at + 1 < n; at++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		b.console.trouble = PARK;
		b.console.trouble_at = at;
		run_verb(&b, "create-vm", vars_create("lv", 1));
		cr_assert_eq(b.res.outcome, OUTCOME_PARKED, "at %zu: %s: %s", at, outcome_name(b.res.outcome), b.res.err.msg);
		resume(&b);
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
	run_verb(&b, "create-vm", vars_create("lv", 0));
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

Test(sequence_run, a_killed_worker_leaves_a_job_that_goes_on)
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
Test(sequence_run, a_killed_worker_leaves_a_job_that_can_be_undone)
{
	json_t *all = records_of_create();
	size_t	n = json_array_size(all);

	for (size_t cut = 1; cut < n; cut++) {
		struct bench b = { 0 };

		kill_behind(&b, all, cut);
		sequence_undo(&b.run, &b.res);
		cr_expect_eq(b.res.outcome, OUTCOME_FAILED, "killed after record %zu: %s", cut, b.res.err.msg);
		cr_expect_eq(b.console.intents_missing, 0);
		expect_empty(&b, "undone", cut);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	json_decref(all);
}

Test(sequence_run, a_console_that_never_answers_parks_a_job_that_has_begun_nothing)
{
	struct bench b = { 0 };

	fake_console_init(&b.console, "");
	b.console.trouble = DEAD;
	b.console.trouble_at = 0;
	run_verb(&b, "create-vm", vars_create("lv", 1));
	cr_expect_eq(b.res.outcome, OUTCOME_PARKED);
	cr_expect_eq(b.res.has_begun, 0, "its user need not wait for the console to be rid of it");
	cr_expect_eq(b.res.err.code, PD_REMOTE, "%s", b.res.err.msg);
	cr_expect_not_null(strstr(b.res.err.msg, "Connection refused"));
	cr_expect_eq(b.console.at, 1, "the director is told at once");
	b.console.is_dead = 0;
	b.console.trouble = NO_TROUBLE;
	resume(&b);
	cr_expect_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	bench_close(&b);
	fake_console_clear(&b.console);
}

/* Is away at each command, comes back, and the job goes on: nothing is done twice, nothing is left out, no person is asked. */
static void
away_everywhere(int is_locked)
{
	size_t n = commands_of("lv", 1);

	for (size_t at = 0; at < n; at++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		b.console.trouble = DEAD;
		b.console.trouble_at = at;
		b.console.is_locked = is_locked;
		run_verb(&b, "create-vm", vars_create("lv", 1));
		cr_assert_eq(b.res.outcome, OUTCOME_PARKED, "at %zu: %s %s", at, outcome_name(b.res.outcome), b.res.err.msg);
		cr_expect_leq(b.console.at, at + (is_locked ? 1 : 2), "one more connection, and none to one that refuses us");
		for (int again = 0; again < 3; again++) {	/* tried, and still away */
			size_t tried = b.console.at;

			resume(&b);
			cr_assert_eq(b.res.outcome, OUTCOME_PARKED);
			cr_expect_eq(b.console.at, tried + 1, "one connection for one try");
		}
		b.console.is_dead = 0;
		b.console.trouble = NO_TROUBLE;
		resume(&b);
		cr_expect_eq(b.res.outcome, OUTCOME_DONE, "away at %zu: %s", at, b.res.err.msg);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), "running");
		cr_expect_eq(b.console.intents_missing, 0);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}

Test(sequence_run, a_job_goes_on_when_a_console_that_went_away_is_back)
{
	away_everywhere(0);
}

Test(sequence_run, and_when_it_lets_us_in_again)
{
	away_everywhere(1);
}

Test(sequence_run, an_undo_goes_on_when_a_console_that_went_away_is_back)
{
	size_t n = commands_of("lv", 1);

	for (size_t refused = 12; refused < n; refused += 3)
		for (size_t at = refused + 1; at < refused + 12; at += 2) {
			struct bench b = { 0 };

			fake_console_init(&b.console, "");
			b.console.trouble = PARK;
			b.console.trouble_at = refused;
			run_verb(&b, "create-vm", vars_create("lv", 1));
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
				resume(&b);
			}
			cr_expect_eq(b.res.outcome, OUTCOME_FAILED, "away at %zu: %s %s", at, outcome_name(b.res.outcome), b.res.err.msg);
			expect_empty(&b, "undone later", at);
			bench_close(&b);
			fake_console_clear(&b.console);
		}
}

/* P4: what cannot be taken back is named, and is taken back later. */
Test(sequence_run, a_refused_undo_leaves_a_stuck_job_that_names_what_is_left_and_can_be_undone_later)
{
	size_t n = commands_of("lv", 1), stuck = 0;

	for (size_t at = 0; at < n; at++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		b.console.trouble = REFUSE_ALL;
		b.console.trouble_at = at;
		run_verb(&b, "create-vm", vars_create("lv", 1));
		if (json_object_size(b.console.objects) > 0 && b.res.outcome != OUTCOME_DONE) {
			stuck++;
			cr_expect_eq(b.res.outcome, OUTCOME_STUCK, "at %zu: %s %s", at, outcome_name(b.res.outcome), b.res.err.msg);
			cr_expect_not_null(strstr(b.res.err.msg, "partition web1"), "at %zu: %s", at, b.res.err.msg);
			b.console.refuses = 0;
			b.console.trouble = NO_TROUBLE;
			resume(&b);
			cr_expect_eq(b.res.outcome, OUTCOME_FAILED, "at %zu: %s", at, b.res.err.msg);
			expect_empty(&b, "undone later", at);
		}
		bench_close(&b);
		fake_console_clear(&b.console);
	}
	cr_expect_gt(stuck, n / 2);
}

Test(sequence_run, no_boot_device_is_a_failure_and_is_undone)
{
	struct bench b = { 0 };

	fake_console_init(&b.console, "");
	b.console.boots_to_firmware = 1;
	run_verb(&b, "create-vm", vars_create("lv", 0));
	cr_expect_eq(b.res.outcome, OUTCOME_FAILED);
	cr_expect_not_null(strstr(b.res.err.msg, "no boot device"), "%s", b.res.err.msg);
	expect_empty(&b, "no boot device", 0);
	bench_close(&b);
	fake_console_clear(&b.console);
}

Test(sequence_run, a_partition_that_is_not_ours_is_never_touched)
{
	static const char *const verbs[] = { "delete-vm", "stop-vm", "start-vm", "restart-vm" };

	for (size_t i = 0; i < 4; i++) {
		struct bench b = { 0 };
		json_t	    *vars = json_pack("{s:{s:s,s:i,s:{s:s,s:[{s:i,s:s,s:s,s:s}]}}, s:{s:s,s:{s:i}}}", "vm", "name", "web1", "lpar_id", 2, "objects",
			"tag", "pdTEST0001", "disks", "index", 0, "bd", "pdTEST0001_0", "kind", "lv", "pool", "rootvg", "platform", "name", "power1",
			"facts", "management_lpar", 1);
		char	    *before, *after;

		fake_console_init(&b.console, "");
		json_object_set_new(b.console.objects, "lpar web1", json_true());
		json_object_set_new(b.console.objects, "profile web1", json_true());
		json_object_set_new(b.console.objects, "lv pdTEST0001_0", json_true());
		before = fake_console_state(&b.console);
		run_verb(&b, verbs[i], vars);
		after = fake_console_state(&b.console);
		cr_expect_eq(b.res.err.code, PD_CONFLICT, "%s: %s", verbs[i], b.res.err.msg);
		cr_expect_eq(b.res.outcome, OUTCOME_FAILED);
		cr_expect_str_eq(before, after);
		free(before);
		free(after);
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}

/* P9, in the type of the reference. */
Test(sequence_run, the_platforms_own_partition_is_never_named_in_a_command)
{
	struct bench b = { 0 };

	fake_console_init(&b.console, "");
	run_verb(&b, "stop-vm", json_pack("{s:{s:s,s:i,s:{s:s}}, s:{s:s,s:{s:i}}}", "vm", "name", "06-052EA", "lpar_id", 1, "objects", "tag",
	    "x", "platform", "name", "power1", "facts", "management_lpar", 1));
	cr_expect_eq(b.res.outcome, OUTCOME_FAILED);
	cr_expect_eq(b.console.at, 0, "nothing was sent");
	cr_expect_not_null(strstr(b.res.err.msg, "never touched"), "%s", b.res.err.msg);
	bench_close(&b);
	fake_console_clear(&b.console);
}

Test(sequence_run, a_value_outside_its_type_is_refused_before_anything_is_sent)
{
	static const char *const names[] = { "web1;reboot", "web 1", "web1\"", "web1,name=x", "$(id)", "-x", "" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bench b = { 0 };
		json_t	    *vars = vars_create("lv", 0);

		fake_console_init(&b.console, "");
		json_object_set_new(json_object_get(vars, "vm"), "name", json_string(names[i]));
		run_verb(&b, "create-vm", vars);
		cr_expect_eq(b.res.outcome, OUTCOME_FAILED);
		cr_expect_eq(b.res.err.code, PD_BADDATA, "'%s': %s", names[i], b.res.err.msg);
		expect_empty(&b, names[i], 0);
		for (size_t k = 0; k < json_array_size(b.console.commands); k++)
			cr_expect_null(strstr(json_string_value(json_array_get(b.console.commands, k)), "mksyscfg"));
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}

Test(sequence_run, starting_what_runs_and_stopping_what_is_stopped_changes_nothing)
{
	for (int i = 0; i < 2; i++) {
		struct bench b = { 0 };

		fake_console_init(&b.console, "");
		json_object_set_new(b.console.objects, "lpar web1", json_true());
		json_object_set_new(b.console.objects, "profile pdTEST0001", json_true());
		if (i == 0)
			json_object_set_new(b.console.objects, "on", json_true());
		b.console.polls = 3;
		run_verb(&b, i == 0 ? "start-vm" : "stop-vm", json_pack("{s:{s:s,s:i,s:{s:s}}, s:{s:s,s:{s:i}}}", "vm", "name", "web1", "lpar_id", 2,
		    "objects", "tag", "pdTEST0001", "platform", "name", "power1", "facts", "management_lpar", 1));
		cr_expect_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		cr_expect_eq(b.res.err.code, PD_NO_CHANGE);
		cr_expect_eq(b.console.at, 1);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), i == 0 ? "running" : "stopped");
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}

Test(sequence_run, a_delete_that_broke_off_is_stuck_and_finished_by_the_next)
{
	struct bench b = { 0 }, d = { 0 }, again = { 0 };

	fake_console_init(&b.console, "");
	run_verb(&b, "create-vm", vars_create("lv", 0));
	cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	d.console = b.console;
	d.console.transport.state = &d.console;
	d.console.clock.arg = &d.console;
	d.console.trouble = REFUSE_ALL;
	d.console.trouble_at = d.console.at + 9;
	run_verb(&d, "delete-vm", vars_stored(b.res.value));
	cr_expect_eq(d.res.outcome, OUTCOME_STUCK, "%s", d.res.err.msg);
	cr_expect_not_null(strstr(d.res.err.msg, "logical volume pdTEST0001_1"), "%s", d.res.err.msg);
	again.console = d.console;
	again.console.transport.state = &again.console;
	again.console.clock.arg = &again.console;
	again.console.refuses = 0;
	again.console.trouble = NO_TROUBLE;
	run_verb(&again, "delete-vm", vars_stored(b.res.value));
	cr_expect_eq(again.res.outcome, OUTCOME_DONE, "%s", again.res.err.msg);
	expect_empty(&again, "second delete", 0);
	bench_close(&b);
	bench_close(&d);
	bench_close(&again);
	fake_console_clear(&again.console);
}
