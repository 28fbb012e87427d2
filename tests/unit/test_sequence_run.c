/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_run.c - the engine with the real sequences of templates/ivm against a small console: forwards, and with
 * everything that can go wrong at every single command.  What is taken up again is in test_sequence_resume.c.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "sequence_bench.h"

Test(sequence_run, create_and_delete_leave_nothing)
{
	static const char *const kinds[] = { "lv", "file" };

	for (int i = 0; i < 4; i++) {
		struct bench b = { 0 }, d = { 0 };

		fake_console_init(&b.console, "");
		bench_run(&b, "create-vm", vars_create(kinds[i % 2], i / 2));
		cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		cr_expect_eq(json_integer_value(json_object_get(b.res.value, "lpar_id")), 2);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), "running");
		cr_expect_str_eq(json_string_value(json_object_get(json_object_get(b.res.value, "objects"), "tag")), "pdTEST0001");
		bench_take_over(&d, &b);
		bench_run(&d, "delete-vm", vars_stored(b.res.value));
		cr_expect_eq(d.res.outcome, OUTCOME_DONE, "%s", d.res.err.msg);
		bench_expect_empty(&d, "delete", 0);
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
		size_t n = bench_commands(kinds[k], 1);

		for (size_t at = 0; at < n; at++) {
			struct bench b = { 0 };

			fake_console_init(&b.console, "");
			b.console.trouble = trouble;
			b.console.trouble_at = at;
			bench_run(&b, "create-vm", vars_create(kinds[k], 1));
			int	     polled = trouble == REFUSE && is_polled(json_string_value(json_array_get(b.console.commands, at)));
			enum outcome wanted = polled ? OUTCOME_DONE : expected;

			if (wanted == OUTCOME_DONE && b.res.outcome == OUTCOME_DONE)
				cr_expect_eq(json_integer_value(json_object_get(b.res.value, "lpar_id")), 2);
			else
				bench_expect_empty(&b, name, at);
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
	bench_run(&b, "create-vm", vars_create("lv", 0));
	while (strstr(json_string_value(json_array_get(b.console.commands, at)), "mklv") == NULL)
		at++;
	bench_close(&b);
	fake_console_clear(&b.console);
	fake_console_init(&b.console, "");
	b.console.trouble = LOSE_AT_WORK;
	b.console.trouble_at = at;
	b.console.late_looks = -1000000;
	bench_run(&b, "create-vm", vars_create("lv", 0));
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
		bench_run(&b, "create-vm", vars_create("lv", 1));
		cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		bench_take_over(&d, &b);
		d.console.trouble = GARBLE;
		d.console.trouble_at = b.console.at + at;
		bench_run(&d, "delete-vm", vars_stored(b.res.value));
		cr_expect_eq(d.res.outcome, OUTCOME_DONE, "garbled at %zu: %s", at, d.res.err.msg);
		bench_expect_empty(&d, "delete, garbled", at);
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
	bench_run(&b, "create-vm", vars_create("lv", 0));
	cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	bench_take_over(&s, &b);
	s.console.deaf = 3;
	s.console.polls = 1;
	s.console.now_ms = 0;
	json_array_clear(s.console.commands);
	bench_run(&s, "stop-vm", vars_stored(b.res.value));
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
		bench_run(&b, "create-vm", vars_create("lv", 0));
		cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		r = (struct bench){ 0 };
		bench_take_over(&r, &b);
		r.console.polls = 1;
		r.console.trouble = REFUSE;
		r.console.trouble_at = r.console.at + at;
		bench_run(&r, "restart-vm", vars_stored(b.res.value));
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

Test(sequence_run, a_cancel_anywhere_is_undone)
{
	break_everywhere(CANCEL, "cancelled", OUTCOME_CANCELLED);
}

Test(sequence_run, no_boot_device_is_a_failure_and_is_undone)
{
	struct bench b = { 0 };

	fake_console_init(&b.console, "");
	b.console.boots_to_firmware = 1;
	bench_run(&b, "create-vm", vars_create("lv", 0));
	cr_expect_eq(b.res.outcome, OUTCOME_FAILED);
	cr_expect_not_null(strstr(b.res.err.msg, "no boot device"), "%s", b.res.err.msg);
	bench_expect_empty(&b, "no boot device", 0);
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
		bench_run(&b, verbs[i], vars);
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
	bench_run(&b, "stop-vm", json_pack("{s:{s:s,s:i,s:{s:s}}, s:{s:s,s:{s:i}}}", "vm", "name", "06-052EA", "lpar_id", 1, "objects", "tag",
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
		bench_run(&b, "create-vm", vars);
		cr_expect_eq(b.res.outcome, OUTCOME_FAILED);
		cr_expect_eq(b.res.err.code, PD_BADDATA, "'%s': %s", names[i], b.res.err.msg);
		bench_expect_empty(&b, names[i], 0);
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
		bench_run(&b, i == 0 ? "start-vm" : "stop-vm", json_pack("{s:{s:s,s:i,s:{s:s}}, s:{s:s,s:{s:i}}}", "vm", "name", "web1", "lpar_id", 2,
		    "objects", "tag", "pdTEST0001", "platform", "name", "power1", "facts", "management_lpar", 1));
		cr_expect_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
		cr_expect_eq(b.res.err.code, PD_NO_CHANGE);
		cr_expect_eq(b.console.at, 1);
		cr_expect_str_eq(json_string_value(json_object_get(b.res.value, "state")), i == 0 ? "running" : "stopped");
		bench_close(&b);
		fake_console_clear(&b.console);
	}
}
