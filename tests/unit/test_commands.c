/* SPDX-License-Identifier: ISC */
/*
 * test_commands.c - the commands of a job's journal in the history: all of them, each once, of bounded size.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/digest.h"
#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/history/commands.h"
#include "tests/unit/fixture_store.h"

static struct fixture f;
static json_t	     *journal;

static void
set_up(void)
{
	fixture_open(&f);
	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "running"));
	journal = json_pack("[{s:s s:s}]", "k", "begin", "verb", "create-vm");
}

static void
tear_down(void)
{
	json_decref(journal);
	fixture_close(&f);
}

TestSuite(commands, .init = set_up, .fini = tear_down);

static json_t *
row(void)
{
	char	id[JOB_ID_LEN + 1];
	json_t *r = NULL;

	cr_assert_eq(store_job_get(f.st, fixture_id(id, 1), &r, &f.e), 0, "%s", f.e.msg);
	return r;
}

static void
record(void)
{
	json_t *r = row();

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(commands_record(f.st, r, journal, NULL, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(r);
}

static void
intent(const char *cmd)
{
	(void)json_array_append_new(journal, json_pack("{s:s s:s s:s s:s s:s s:I}", "k", "intent", "step", "disk", "part", "run", "as", "root",
	    "cmd", cmd, "t", (json_int_t)1800000000123));
}

static void
answer(const char *out, const char *err)
{
	(void)json_array_append_new(journal, json_pack("{s:s s:s s:s s:i s:s s:s s:f}", "k", "answer", "step", "disk", "part", "run", "status",
	    3, "out", out, "err", err, "ms", 3.215));
}

/* All commands in the history, in its order; the caller's. */
static json_t *
recorded(size_t *records)
{
	json_t *rows = NULL, *all = json_array(), *r;
	size_t	i;

	cr_assert_eq(store_history_list(f.st, &(struct history_filter){ 0 }, &rows, &f.e), 0, "%s", f.e.msg);
	json_array_foreach(rows, i, r) {
		cr_assert_str_eq(field_text(r, "event"), "commands");
		cr_assert_str_eq(field_text(r, "user"), "alice");
		cr_assert_str_eq(field_text(r, "vm"), "web1");
		(void)json_array_extend(all, json_object_get(json_object_get(r, "what"), "commands"));
	}
	if (records != NULL)
		*records = json_array_size(rows);
	json_decref(rows);
	return all;
}

Test(commands, P6_a_command_has_who_what_when_and_what_came_of_it)
{
	json_t *all, *c;

	intent("mkvdev -fbo -vadapter vhost0");
	answer("vtopt0 Available\n", "");
	record();
	all = recorded(NULL);
	c = json_array_get(all, 0);
	cr_assert_eq(json_array_size(all), 1);
	cr_assert_eq(field_number(c, "n"), 1, "its number in the journal");
	cr_assert_str_eq(field_text(c, "cmd"), "mkvdev -fbo -vadapter vhost0");
	cr_assert_str_eq(field_text(c, "as"), "root");
	cr_assert_str_eq(field_text(c, "step"), "disk");
	cr_assert_str_eq(field_text(c, "part"), "run");
	cr_assert_str_eq(field_text(c, "t"), "2027-01-15T08:00:00.123Z");
	cr_assert_eq(field_number(c, "status"), 3);
	cr_assert_eq(field_number(c, "us"), 3215);
	/* printf '17\nvtopt0 Available\n' | sha256sum */
	cr_assert_str_eq(field_text(c, "answer"), "933becfc9e2455ddebc8b33c9a7cafb7298a31b58a0cefb05342a5a8558cc00c");
	json_decref(all);
}

Test(commands, the_digest_of_an_answer_tells_its_streams_apart)
{
	char a[DIGEST_TEXT_LEN], b[DIGEST_TEXT_LEN];

	cr_assert_eq(digest_answer("ab", 2, "c", 1, a, &f.e), 0);
	cr_assert_eq(digest_answer("a", 1, "bc", 2, b, &f.e), 0);
	cr_assert_str_neq(a, b);
}

Test(commands, the_workers_digest_counts_where_the_journal_has_less_than_the_answer)
{
	json_t *all, *last;

	intent("lsmap -all");
	answer("begin of it", "");
	last = json_array_get(journal, 2);
	(void)json_object_set_new(last, "cut", json_true());
	record();
	all = recorded(NULL);
	cr_assert_null(json_object_get(json_array_get(all, 0), "answer"), "of an older journal nobody knows the rest");
	json_decref(all);
	intent("lsmap -all");
	answer("begin of it", "");
	(void)json_object_set_new(json_array_get(journal, 4), "sha256", json_string("00ff"));
	record();
	all = recorded(NULL);
	cr_assert_str_eq(field_text(json_array_get(all, 1), "answer"), "00ff");
	json_decref(all);
}

Test(commands, P6_none_is_recorded_twice_and_none_is_left_out)
{
	json_t *all;
	size_t	records;

	intent("one");
	answer("", "");
	record();
	record();
	intent("two");		/* and then its worker was gone */
	record();
	record();
	intent("three");
	answer("", "");
	intent("four");
	(void)json_array_append_new(journal, json_pack("{s:s s:s s:s s:b}", "k", "answer", "step", "disk", "part", "run", "unsent", 1));
	record();
	all = recorded(&records);
	cr_assert_eq(json_array_size(all), 4);
	cr_assert_eq(records, 3);
	cr_assert(field_is_set(json_array_get(all, 1), "unanswered"));
	cr_assert_null(json_object_get(json_array_get(all, 2), "unanswered"));
	cr_assert(field_is_set(json_array_get(all, 3), "unsent"));
	json_decref(all);
}

Test(commands, P6_a_transaction_that_fails_records_none_and_the_next_all)
{
	json_t *r = row(), *all;

	intent("one");
	answer("", "");
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(commands_record(f.st, r, journal, NULL, &f.e), 0);
	store_rollback(f.st);
	json_decref(r);
	record();
	all = recorded(NULL);
	cr_assert_eq(json_array_size(all), 1);
	json_decref(all);
}

Test(commands, repeated_questions_are_counted)
{
	json_t *all;

	intent("lssyscfg -r lpar");
	answer("Starting", "");
	(void)json_array_append_new(journal, json_pack("{s:s s:s s:s s:i}", "k", "repeated", "step", "wait", "part", "ask", "times", 57));
	record();
	all = recorded(NULL);
	cr_assert_eq(field_number(json_array_get(all, 1), "repeated"), 57);
	json_decref(all);
}

Test(commands, a_record_has_a_bound_and_a_long_command_its_digest)
{
	json_t *all, *rows = NULL;
	char   *text, hex[DIGEST_TEXT_LEN], *dump;
	size_t	records, i;
	json_t *r;

	text = malloc(9000);
	cr_assert_not_null(text);
	for (i = 0; i + 1 < 9000; i++)
		text[i] = i % 2 == 0 ? '\xc3' : '\xa4';	/* two bytes a character: 4096 is between two */
	text[8998] = '\0';
	for (int k = 0; k < 250; k++) {
		intent(k == 7 ? text : "lsdev");
		answer("", "");
	}
	cr_assert_eq(digest_text(text, strlen(text), hex, &f.e), 0);
	record();
	all = recorded(&records);
	cr_assert_eq(json_array_size(all), 250);
	cr_assert_eq(records, 3);
	cr_assert_eq(strlen(field_text(json_array_get(all, 7), "cmd")), COMMANDS_TEXT_MAX);
	cr_assert_str_eq(field_text(json_array_get(all, 7), "sha256"), hex);
	json_decref(all);
	free(text);
	cr_assert_eq(store_history_list(f.st, &(struct history_filter){ 0 }, &rows, &f.e), 0);
	json_array_foreach(rows, i, r) {
		dump = json_dumps(r, JSON_COMPACT);
		cr_assert_lt(strlen(dump), HISTORY_RECORD_MAX);
		free(dump);
	}
	json_decref(rows);
}

Test(commands, P6_the_end_of_a_job_and_its_commands_are_one_transaction)
{
	static const char *const events[] = { "commands", "started", "commands", "commands", "done" };
	struct ending ending = { .state = JOB_DONE, .commands = journal };
	json_t	     *rows = NULL, *r = NULL;
	char	      id[JOB_ID_LEN + 1];

	intent("one");
	answer("", "");
	cr_assert_eq(effects_start(f.st, fixture_id(id, 1), journal, &r, &f.e), 0, "%s", f.e.msg);
	json_decref(r);
	intent("two");
	answer("", "");
	cr_assert_eq(effects_park(f.st, id, journal, 1, &f.e), 0, "%s", f.e.msg);
	intent("three");
	answer("", "");
	fixture_put_platform(&f, "power1");
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	cr_assert_eq(effects_end(f.st, id, &ending, &r, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(field_number(r, "recorded"), 7);
	json_decref(r);
	cr_assert_eq(store_history_list(f.st, &(struct history_filter){ .job = id }, &rows, &f.e), 0);
	cr_assert_eq(json_array_size(rows), 5);
	for (size_t i = 0; i < 5; i++)
		cr_assert_str_eq(field_text(json_array_get(rows, i), "event"), events[i]);
	json_decref(rows);
}
