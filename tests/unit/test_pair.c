/* SPDX-License-Identifier: ISC */
/*
 * test_pair.c - two consoles as one: which of them gets a command, and what is told of both.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/transport.h"

enum mood { ANSWERS, SILENT, REFUSES, LOSES, BUSY };

struct end {
	enum mood mood;
	char	  name;
};

static char	   sent[100];
static struct end ends[2];
static struct transport *pair;

static int
say_no(struct transport *t, enum contact contact, enum pd_code code, struct pd_err *e)
{
	t->contact = contact;
	return pd_fail(e, code, "%c is away; look at it", ((struct end *)t->state)->name);
}

static int
run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct end *end = t->state;
	size_t	    len = strlen(sent);

	(void)input;
	(void)timeout_ms;
	memset(a, 0, sizeof(*a));
	if (end->mood == SILENT)
		return say_no(t, CONTACT_SILENT, PD_REMOTE, e);
	if (end->mood == REFUSES)
		return say_no(t, CONTACT_REFUSED, PD_DENIED, e);
	if (end->mood == BUSY)
		return pd_fail(e, PD_BUSY, "too many sessions");
	(void)snprintf(sent + len, sizeof(sent) - len, "%c:%s ", end->name, command);
	a->kind = end->mood == LOSES ? ANSWER_LOST : ANSWER_EXIT;
	t->contact = end->mood == LOSES ? CONTACT_NONE : CONTACT_ANSWERED;
	return 0;
}

static void
end_free(struct transport *t)
{
	free(t);
}

static void
set_up(void)
{
	struct transport *t[2];
	struct pd_err	  e;

	sent[0] = '\0';
	for (int i = 0; i < 2; i++) {
		ends[i] = (struct end){ ANSWERS, (char)('A' + i) };
		t[i] = calloc(1, sizeof(**t));
		*t[i] = (struct transport){ .run = run, .free = end_free, .state = &ends[i] };
	}
	cr_assert_eq(pair_transport(t[0], "one", t[1], "the second console two", &pair, &e), 0);
	pair_use(pair, 0);
}

static void
tear_down(void)
{
	pair->free(pair);
}

TestSuite(pair, .init = set_up, .fini = tear_down);

static enum pd_code
send(const char *command, char *msg, size_t size)
{
	struct pd_err e = { 0 };
	struct answer a;

	if (pair->run(pair, command, NULL, 1000, &a, &e) == 0)
		e.code = PD_OK;
	else
		(void)snprintf(msg, size, "%s", e.msg);
	answer_clear(&a);
	return e.code;
}

Test(pair, the_first_is_used_as_long_as_it_answers)
{
	cr_expect_eq(send("x", NULL, 0), PD_OK);
	cr_expect_eq(send("y", NULL, 0), PD_OK);
	cr_expect_str_eq(sent, "A:x A:y ");
	cr_expect_str_eq(pair->moved, "");
	cr_expect_eq(pair->contact, CONTACT_ANSWERED);
}

Test(pair, what_could_not_be_sent_to_one_goes_to_the_other_and_so_does_the_rest)
{
	ends[0].mood = SILENT;
	cr_expect_eq(send("x", NULL, 0), PD_OK);
	cr_expect_str_eq(pair->moved, "A is away; going on through the second console two");
	pair->moved[0] = '\0';
	ends[0].mood = ANSWERS;
	cr_expect_eq(send("y", NULL, 0), PD_OK);
	cr_expect_str_eq(sent, "B:x B:y ");
	cr_expect_str_eq(pair->moved, "");
}

Test(pair, one_that_refuses_us_is_away_too)
{
	ends[0].mood = REFUSES;
	cr_expect_eq(send("x", NULL, 0), PD_OK);
	cr_expect_str_eq(sent, "B:x ");
}

Test(pair, a_command_whose_answer_was_lost_is_never_sent_to_the_other)
{
	ends[0].mood = LOSES;
	cr_expect_eq(send("x", NULL, 0), PD_OK);
	cr_expect_str_eq(sent, "A:x ");
	cr_expect_str_eq(pair->moved, "");
}

Test(pair, a_busy_console_is_not_away)
{
	char msg[480] = "";

	ends[0].mood = BUSY;
	cr_expect_eq(send("x", msg, sizeof(msg)), PD_BUSY);
	cr_expect_str_eq(sent, "");
}

Test(pair, both_away_is_silent_when_one_may_come_back_by_itself)
{
	char msg[480] = "";

	ends[0].mood = REFUSES;
	ends[1].mood = SILENT;
	cr_expect_eq(send("x", msg, sizeof(msg)), PD_REMOTE);
	cr_expect_str_eq(msg, "neither console answers: A is away, and B is away");
	cr_expect_eq(pair->contact, CONTACT_SILENT);
	cr_expect_str_eq(pair->moved, "");
	ends[0].mood = ends[1].mood = REFUSES;
	pair_use(pair, 0);
	cr_expect_eq(send("x", msg, sizeof(msg)), PD_DENIED);
	cr_expect_eq(pair->contact, CONTACT_REFUSED);
}

Test(pair, a_job_begins_where_it_is_told_and_each_console_is_told_of)
{
	enum contact contact;
	const char  *why;

	pair_use(pair, 1);
	cr_expect_eq(send("x", NULL, 0), PD_OK);
	cr_expect_str_eq(sent, "B:x ");
	(void)pair_each(pair, 0, &contact, &why);
	cr_expect_eq(contact, CONTACT_NONE, "nobody has tried it");
	ends[1].mood = SILENT;
	cr_expect_eq(send("y", NULL, 0), PD_OK);
	(void)pair_each(pair, 1, &contact, &why);
	cr_expect_eq(contact, CONTACT_SILENT);
	cr_expect_str_eq(why, "B is away; look at it");
	(void)pair_each(pair, 0, &contact, &why);
	cr_expect_eq(contact, CONTACT_ANSWERED);
}
