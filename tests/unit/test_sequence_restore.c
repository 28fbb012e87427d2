/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_restore.c - commands that are told differences: the rest after a part, and back by a step that has an undo and no command.
 *
 * The console is one number.  "more N" and "less N" change it, by half when that is `half`; "get" prints it.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/sequence/sequence.h"
#include "spool/journal.h"

struct dial {
	int value;
	int half;	/* which change, from 1, does half of it and says that it failed; 0 = none */
	int lost;	/* which one's answer is lost behind half of it */
	int changes;
	int now_ms;
};

static const char text[] =
    "sequence x {\n kind = 'ivm'\n inputs = { 'vm' }\n settle = 1\n undo-every = 1\n"
    "step before {\n ask = 'get'\n capture was.n { type = 'count' }\n capture now.to_go { type = 'count' difference = 'vm.n' }\n}\n"
    "step given {\n thing = 'given'\n probe {\n ask = 'get'\n capture now.n { type = 'count' }\n capture now.off { type = 'count' difference = 'was.n' }\n"
    "  done-when = 'now.n > was.n'\n }\n undo = 'less {now.off:count}'\n}\n"
    "step more {\n thing = 'more'\n run = 'more {now.to_go:count}'\n probe {\n first = true\n ask = 'get'\n capture now.n { type = 'count' }\n"
    "  capture now.to_go { type = 'count' difference = 'vm.n' }\n done-when = 'now.n == vm.n'\n }\n}\n"
    "step after {\n when = 'vm.fails'\n require {\n that = 'not vm.fails'\n message = 'it shall not be'\n }\n}\n"
    "}\nend = true\n";

static void
change(struct dial *d, int by, struct answer *a)
{
	d->changes++;
	if (d->changes == d->half || d->changes == d->lost)
		by /= 2;
	d->value += by;
	a->status = d->changes == d->half;
	if (d->changes == d->lost)
		a->kind = ANSWER_LOST;
}

static int
dial_run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct dial *d = t->state;
	char	     out[32] = "";

	(void)input, (void)timeout_ms, (void)e;
	memset(a, 0, sizeof(*a));
	if (strncmp(command, "more ", 5) == 0)
		change(d, atoi(command + 5), a);
	else if (strncmp(command, "less ", 5) == 0)
		change(d, -atoi(command + 5), a);
	else
		(void)snprintf(out, sizeof(out), "%d\n", d->value);
	a->out = strdup(out);
	a->err = strdup(a->status != 0 ? "0042-001 only half of it\n" : "");
	a->out_len = strlen(out);
	a->err_len = strlen(a->err);
	return 0;
}

static int64_t
dial_now(void *arg)
{
	return ((struct dial *)arg)->now_ms;
}

static void
dial_sleep(void *arg, int ms)
{
	((struct dial *)arg)->now_ms += ms;
}

static enum outcome
turn(struct dial *d, int wanted, int fails)
{
	char		  path[] = "/tmp/test-restore-XXXXXX";
	struct sequence	 *seq = NULL;
	struct run_result res;
	struct pd_err	  e = { 0 };
	struct transport  t = { .run = dial_run, .state = d };
	struct run_clock  clock = { .now_ms = dial_now, .sleep_ms = dial_sleep, .arg = d };
	struct journal	  journal = { .fd = mkostemp(path, O_CLOEXEC) };
	struct run	  r = { .transport = &t, .journal = &journal, .log_fd = -1, .clock = &clock,
		.vars = json_pack("{s:{s:i s:b}}", "vm", "n", wanted, "fails", fails) };

	cr_assert_eq(sequence_parse("f.seq", text, strlen(text), &seq, &e), 0, "%s", e.msg);
	r.seq = seq;
	sequence_run(&r, &res);
	json_decref(r.vars);
	json_decref(res.value);
	sequence_free(seq);
	(void)close(journal.fd);
	(void)unlink(path);
	return res.outcome;
}

Test(sequence_restore, what_a_command_did_is_taken_back_by_the_step_before_it)
{
	struct dial d = { .value = 10 };

	cr_expect_eq(turn(&d, 18, 0), OUTCOME_DONE);
	cr_expect_eq(d.value, 18);
	cr_expect_eq(turn(&d, 30, 1), OUTCOME_FAILED);
	cr_expect_eq(d.value, 18);
}

Test(sequence_restore, of_a_failure_in_part_that_part_is_taken_back)
{
	struct dial d = { .value = 10, .half = 1 };

	cr_expect_eq(turn(&d, 18, 0), OUTCOME_FAILED);
	cr_expect_eq(d.value, 10);
	cr_expect_eq(d.changes, 2);
}

Test(sequence_restore, behind_a_lost_answer_only_the_rest_is_done)
{
	struct dial d = { .value = 10, .lost = 1 };

	cr_expect_eq(turn(&d, 18, 0), OUTCOME_DONE);
	cr_expect_eq(d.value, 18);
	cr_expect_eq(d.changes, 2);
}

Test(sequence_restore, an_undo_that_does_half_is_tried_again)
{
	struct dial d = { .value = 10, .half = 2 };

	cr_expect_eq(turn(&d, 18, 1), OUTCOME_FAILED);
	cr_expect_eq(d.value, 10);
}

Test(sequence_restore, what_has_changed_nothing_is_not_taken_back)
{
	struct dial d = { .value = 10 };

	cr_expect_eq(turn(&d, 10, 1), OUTCOME_FAILED);
	cr_expect_eq(d.changes, 0);
}
