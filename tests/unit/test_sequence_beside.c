/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_beside.c - a long command that cannot be cut off: watched and stopped beside it, found again when its answer was lost, and no
 * return once it is done.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/sequence/sequence.h"

#define STEPS                                                                                                                        \
	"sequence x {\n\tkind = 'hmc'\n\tinputs = { 'vm' }\non-failure = 'undo'\nundo-every = 1\n"                                       \
	"step move {\nsay = 'moving'\nthing = 'the move'\nrun = 'move'\ntimeout = 100\n"                                               \
	"probe { ask = 'where' capture w.at {} busy-when = 'w.at == moving' done-when = 'w.at == there' }\n"                           \
	"watch { ask = 'how' every = 1 capture w.n { type = 'count' } say = '{w.n} of 5' }\n"                                          \
	"stop = 'halt'\nno-return = true\nundo = 'recover'\nundo-wait = 5\n}\n"                                                        \
	"step after {\nask = 'after'\ncapture w.last {}\n}\n"                                                                          \
	"results { at = '{w.last}' }\n}\nend = true\n"

enum end { ARRIVES, LOST, REFUSED, STRANDED /* only recover brings it back */ };

struct place {
	struct transport transport;
	struct run_clock clock;
	struct sequence	*seq;
	struct journal	 journal;
	struct run	 run;
	struct run_result res;
	char		 path[64], sent[400];
	const char	*at;		/* "here", "moving", "there" */
	enum end	 end;
	int		 looks, cancel_at, stop, refuses_halt, refuses_after, cancels_later, without_intent;
	int64_t		 now_ms;
};

static int
answer(struct answer *a, int status, const char *out)
{
	memset(a, 0, sizeof(*a));
	a->kind = ANSWER_EXIT;
	a->status = status;
	a->out = strdup(out);
	a->err = strdup("");
	a->out_len = strlen(out);
	return 0;
}

/* P3: its intent is in the journal before it is sent. */
static void
check_intent(struct place *p, const char *command)
{
	char   text[20000] = "", wanted[80];
	int    fd = open(p->path, O_RDONLY);
	size_t n = fd == -1 ? 0 : (size_t)read(fd, text, sizeof(text) - 1);

	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	(void)snprintf(wanted, sizeof(wanted), "\"cmd\":\"%s\"", command);
	p->without_intent += strstr(text, wanted) == NULL;
	if (fd != -1)
		(void)close(fd);
}

static int
aside(struct transport *t, const char *command, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct place *p = t->state;
	char	      text[20];

	(void)timeout_ms;
	(void)e;
	if (strcmp(command, "how") != 0)
		(void)snprintf(p->sent + strlen(p->sent), sizeof(p->sent) - strlen(p->sent), "%s ", command);
	if (strcmp(command, "halt") == 0) {
		check_intent(p, command);
		if (!p->refuses_halt)
			p->at = "here";
		return answer(a, p->refuses_halt, p->refuses_halt ? "too late" : "");
	}
	(void)snprintf(text, sizeof(text), "%d\n", p->looks);
	return answer(a, 0, text);
}

static int
move(struct place *p, struct answer *a)
{
	struct transport *t = &p->transport;

	p->at = "moving";
	for (p->looks = 1; p->looks <= 5 && strcmp(p->at, "moving") == 0; p->looks++) {
		p->stop = p->looks == p->cancel_at ? 'c' : p->stop;
		cr_assert_not_null(t->meanwhile);
		t->meanwhile(t->meanwhile_arg);
		cr_expect(t->stop == NULL || t->stop(t->stop_arg) == 0, "a cancel does not cut it off");
	}
	if (p->end == LOST) {
		answer(a, -1, "");
		a->kind = ANSWER_LOST;
		(void)snprintf(a->why, sizeof(a->why), "connection cut");
		return 0;
	}
	if (p->end == REFUSED || strcmp(p->at, "here") == 0) {
		p->at = "here";
		return answer(a, 1, "it was stopped");
	}
	if (p->end == STRANDED)
		return answer(a, 1, "it hangs");
	p->at = "there";
	return answer(a, 0, "");
}

static int
run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct place *p = t->state;

	(void)input;
	if (strcmp(command, "where") == 0)
		return answer(a, 0, p->at);
	if (strcmp(command, "move") == 0) {
		check_intent(p, command);
		(void)snprintf(p->sent + strlen(p->sent), sizeof(p->sent) - strlen(p->sent), "move ");
		return move(p, a);
	}
	if (strcmp(command, "recover") == 0) {
		check_intent(p, command);
		(void)snprintf(p->sent + strlen(p->sent), sizeof(p->sent) - strlen(p->sent), "recover ");
		p->at = "here";
		return answer(a, 0, "");
	}
	if (strcmp(command, "after") == 0)
		return p->refuses_after ? answer(a, 1, "no") : answer(a, 0, p->at);
	return aside(t, command, timeout_ms, a, e);
}

static int
wants(void *arg)
{
	return ((struct place *)arg)->stop;
}

static int64_t
now_ms(void *arg)
{
	return ((struct place *)arg)->now_ms;
}

/* What was lost on its way arrives by itself. */
static void
sleep_ms(void *arg, int ms)
{
	struct place *p = arg;

	p->now_ms += ms;
	if (p->cancels_later)
		p->stop = 'c';
	if (p->end == LOST && p->now_ms > 3000 && strcmp(p->at, "moving") == 0)
		p->at = "there";
}

static void
set_up(struct place *p)
{
	struct pd_err e = { 0 };

	p->at = "here";
	p->transport = (struct transport){ .run = run, .aside = aside, .state = p, .stop = wants, .stop_arg = p };
	p->clock = (struct run_clock){ .now_ms = now_ms, .sleep_ms = sleep_ms, .arg = p };
	(void)snprintf(p->path, sizeof(p->path), "/tmp/test-beside-XXXXXX");
	p->journal = (struct journal){ .fd = mkostemp(p->path, O_CLOEXEC) };
	cr_assert_neq(p->journal.fd, -1);
	cr_assert_eq(sequence_parse("f.seq", STEPS, strlen(STEPS), &p->seq, &e), 0, "%s", e.msg);
	p->run = (struct run){ .seq = p->seq, .transport = &p->transport, .journal = &p->journal, .log_fd = -1, .vars = json_pack("{s:{}}", "vm"),
		.stop = wants, .arg = p, .clock = &p->clock };
}

static void
ends(struct place *p, enum outcome outcome, const char *at, const char *sent)
{
	sequence_run(&p->run, &p->res);
	cr_expect_eq(p->res.outcome, outcome, "%s: %s", outcome_name(p->res.outcome), p->res.err.msg);
	cr_expect_str_eq(p->at, at);
	cr_expect_str_eq(p->sent, sent);
	cr_expect_eq(p->without_intent, 0, "P3");
}

static void
tear_down(struct place *p)
{
	json_decref(p->run.vars);
	json_decref(p->run.records);
	json_decref(p->res.value);
	sequence_free(p->seq);
	(void)close(p->journal.fd);
	(void)unlink(p->path);
}

Test(sequence_beside, it_is_watched_and_comes_to_its_end)
{
	struct place p = { .end = ARRIVES };

	set_up(&p);
	ends(&p, OUTCOME_DONE, "there", "move ");
	cr_expect_str_eq(json_string_value(json_object_get(p.res.value, "at")), "there");
	tear_down(&p);
}

Test(sequence_beside, a_cancel_makes_the_console_stop_it_and_its_own_answer_counts)
{
	struct place p = { .end = ARRIVES, .cancel_at = 2 };

	set_up(&p);
	ends(&p, OUTCOME_CANCELLED, "here", "move halt ");
	tear_down(&p);
}

Test(sequence_beside, a_cancel_that_comes_too_late_is_none)
{
	struct place p = { .end = ARRIVES, .cancel_at = 2, .refuses_halt = 1 };

	set_up(&p);
	ends(&p, OUTCOME_DONE, "there", "move halt halt halt ");
	tear_down(&p);
}

Test(sequence_beside, a_lost_answer_is_waited_for_and_nothing_is_sent_twice)
{
	struct place p = { .end = LOST };

	set_up(&p);
	ends(&p, OUTCOME_DONE, "there", "move ");
	tear_down(&p);
}

Test(sequence_beside, a_cancel_behind_a_lost_answer_stops_it_too)
{
	struct place p = { .end = LOST, .cancels_later = 1 };

	set_up(&p);
	ends(&p, OUTCOME_CANCELLED, "here", "move halt ");
	tear_down(&p);
}

Test(sequence_beside, what_failed_is_where_it_was)
{
	struct place p = { .end = REFUSED };

	set_up(&p);
	ends(&p, OUTCOME_FAILED, "here", "move ");
	tear_down(&p);
}

Test(sequence_beside, what_hangs_is_recovered)
{
	struct place p = { .end = STRANDED, .refuses_halt = 1 };

	set_up(&p);
	ends(&p, OUTCOME_FAILED, "here", "move halt recover ");
	tear_down(&p);
}

/* No return: a failure behind it leaves the job stuck, undo-job changes nothing, resume-job ends it. */
Test(sequence_beside, behind_it_there_is_only_forward)
{
	struct place  p = { .end = ARRIVES, .refuses_after = 1 };
	struct pd_err e = { 0 };

	set_up(&p);
	ends(&p, OUTCOME_STUCK, "there", "move ");
	json_decref(p.res.value);
	cr_assert_eq(journal_load(&p.journal, p.journal.fd, 1, &p.run.records, &e), 0, "%s", e.msg);
	sequence_undo(&p.run, &p.res);
	cr_expect_eq(p.res.outcome, OUTCOME_STUCK, "%s", outcome_name(p.res.outcome));
	cr_expect_str_eq(p.at, "there");
	json_decref(p.res.value);
	json_decref(p.run.records);
	p.run.records = NULL;
	cr_assert_eq(journal_load(&p.journal, p.journal.fd, 1, &p.run.records, &e), 0, "%s", e.msg);
	p.refuses_after = 0;
	ends(&p, OUTCOME_DONE, "there", "move ");
	tear_down(&p);
}
