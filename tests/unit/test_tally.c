/* SPDX-License-Identifier: ISC */
/*
 * test_tally.c - refusals and questions that are in the history as a count, and what the director says of its own beginning and end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/query/director_query.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct director	      *d;

static void
set_up(void)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	director_fixture_open(&f);
	director_fixture_release(&f);
	d = malloc(sizeof(*d));
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
}

static void
tear_down(void)
{
	director_close(d);
	free(d);
	director_fixture_close(&f);
}

TestSuite(tally, .init = set_up, .fini = tear_down);

/* The last record of this event, the caller's; *n is how many there are. */
static json_t *
last(const char *event, size_t *n)
{
	struct history_filter filter = { .limit = 1000 };
	json_t		     *records = NULL, *r, *found = NULL;
	size_t		      i;

	*n = 0;
	cr_assert_eq(store_history_list(d->store, &filter, &records, &f.e), 0);
	json_array_foreach(records, i, r)
		if (strcmp(field_text(r, "event"), event) == 0) {
			found = r;
			(*n)++;
		}
	json_incref(found);
	json_decref(records);
	return found;
}

static json_t *
refuse(const char *user, uid_t uid, const char *code)
{
	json_t *request = json_pack("{s:s s:s s:s s:s s:s s:s s:s s:i s:i s:s}", "op", "refused", "user", user, "origin", "key", "source", "::1", "verb",
	    "create-vm", "code", code, "message", "no", "line", 7, "exit", strcmp(code, "USAGE") == 0 ? 64 : 77, "rule", "tenant blue, role user");
	json_t *reply = director_answer(d, uid, request);

	json_decref(request);
	return reply;
}

static void
query(const char *verb, const char *user, const char *args)
{
	json_t *request = json_pack("{s:s s:s s:s s:s s:s s:o}", "op", "query", "verb", verb, "user", user, "origin", "key", "source", "::1", "args",
	    json_loads(args, 0, NULL));

	json_decref(director_answer(d, geteuid(), request));
	json_decref(request);
}

Test(tally, P6_a_refusal_has_rule_and_line)
{
	size_t	n;
	json_t *r, *what;

	json_decref(refuse("alice", geteuid(), "DENIED_POLICY"));
	r = last("refused", &n);
	what = json_object_get(r, "what");
	cr_assert_eq(n, 1);
	cr_assert_str_eq(field_text(r, "user"), "alice");
	cr_assert_str_eq(field_text(r, "tenant"), "blue");
	cr_assert_str_eq(field_text(what, "code"), "DENIED_POLICY");
	cr_assert_str_eq(field_text(what, "rule"), "tenant blue, role user");
	cr_assert_eq(field_number(what, "line"), 7);
	json_decref(r);
}

Test(tally, P6_a_hostile_user_gets_a_bounded_number_of_records_and_the_rest_are_counted)
{
	size_t	n;
	json_t *r, *what;

	d->conf->requests_per_minute = 0;	/* that one is slowed down as well is another test's */
	for (int i = 0; i < 1000; i++)
		json_decref(refuse("mallory", geteuid(), i % 4 == 0 ? "USAGE" : "DENIED_POLICY"));
	json_decref(refuse("alice", geteuid(), "USAGE"));
	json_decref(last("refused", &n));
	cr_assert_eq(n, (size_t)d->conf->history_refusals + 1, "another user has his own count");
	lifecycle_count(d, 0);
	json_decref(last("refused-more", &n));
	cr_assert_eq(n, 0, "the minute is not over");
	cr_assert_eq(tally_flush(&d->tally, d->conf, d->store, 0, clock_mono_ms() + TALLY_REFUSED_MS, &f.e), 0, "%s", f.e.msg);
	r = last("refused-more", &n);
	what = json_object_get(r, "what");
	cr_assert_eq(n, 1);
	cr_assert_str_eq(field_text(r, "user"), "mallory");
	cr_assert_eq(field_number(what, "count"), 1000 - d->conf->history_refusals);
	cr_assert_eq(field_number(json_object_get(what, "codes"), "USAGE"), 250 - 5);
	json_decref(r);
	cr_assert_eq(tally_delay(&d->tally, clock_mono_ms()), -1, "and nothing is left to wait for");
	json_decref(refuse("mallory", geteuid(), "USAGE"));
	json_decref(last("refused", &n));
	cr_assert_eq(n, (size_t)d->conf->history_refusals + 2, "the next minute");
}

Test(tally, P6_refusals_of_the_admission_are_bounded_too_and_have_their_rows)
{
	size_t n;

	for (int i = 0; i < 50; i++) {
		struct job     job;
		struct verdict v;

		director_fixture_job(&job, "alice", "create-vm", "{\"name\":\"big\",\"disks\":[{\"size\":1024}],\"memory\":{\"desired\":8192}}");
		cr_assert_eq(admission_decide(&d->intake.admission, &job, 1, &v, &f.e), 0, "%s", f.e.msg);
		cr_assert_str_eq(field_text(v.row, "code"), "OVER_QUOTA");
		verdict_clear(&v);
		job_clear(&job);
	}
	json_decref(last("refused", &n));
	cr_assert_eq(n, (size_t)d->conf->history_refusals);
	cr_assert_eq(d->tally.entry[0].counted, 50 - d->conf->history_refusals);
}

Test(tally, more_users_than_there_are_places_share_the_last_one)
{
	char name[20];

	for (int i = 0; i < 2 * TALLY_MAX; i++) {
		(void)snprintf(name, sizeof(name), "user%d", i);
		tally_asked(&d->tally, name, "list-vms", 0);
		(void)tally_refused(&d->tally, name, "USAGE", 0, 0);
	}
	cr_assert_leq(d->tally.n, TALLY_MAX);
	lifecycle_count(d, 1);
	cr_assert_eq(d->tally.n, 0);
}

Test(tally, P6_questions_are_counted_by_verb_and_refused_ones_recorded)
{
	size_t	n;
	json_t *r, *what;

	for (int i = 0; i < 5; i++)
		query("list-vms", "bob", "{}");
	query("show-vm", "bob", "{\"name\":\"web1\"}");		/* not among the verbs of red */
	query("cancel-job", "alice", "{\"job\":\"01JD0Q7M000000000000000001\"}");
	query("history", "alice", "{\"limit\":0}");
	r = last("refused", &n);
	cr_assert_eq(n, 3);
	cr_assert_str_eq(field_text(r, "verb"), "history");
	json_decref(r);
	lifecycle_count(d, 1);
	r = last("asked", &n);
	what = json_object_get(r, "what");
	cr_assert_eq(n, 1);
	cr_assert_str_eq(field_text(r, "user"), "bob");
	cr_assert_eq(field_number(json_object_get(what, "verbs"), "list-vms"), 5);
	json_decref(r);
}

Test(tally, P6_who_is_not_who_he_says_is_recorded_by_number)
{
	size_t	n;
	json_t *r;

	json_decref(refuse("alice", 4294967, "USAGE"));	/* no such account */
	r = last("refused", &n);
	cr_assert_eq(n, 1);
	cr_assert_str_eq(field_text(r, "user"), "");
	cr_assert_eq(field_number(json_object_get(r, "what"), "uid"), 4294967);
	cr_assert_str_eq(field_text(json_object_get(r, "what"), "claimed"), "alice");
	json_decref(r);
}

Test(tally, a_history_that_cannot_be_written_keeps_the_counts)
{
	size_t n;

	tally_asked(&d->tally, "alice", "list-vms", 0);
	cr_assert_eq(store_begin(d->store, &f.e), 0);	/* whatever it is that fails */
	cr_assert_eq(tally_flush(&d->tally, d->conf, d->store, 0, TALLY_ASKED_MS, &f.e), -1);
	cr_assert_gt(tally_delay(&d->tally, TALLY_ASKED_MS), 0, "not at once again");
	cr_assert_eq(tally_flush(&d->tally, d->conf, d->store, 1, 0, &f.e), 0, "%s", f.e.msg);
	json_decref(last("asked", &n));
	cr_assert_eq(n, 1);
}

/* ---- start and end ---- */

static void
reopen(int ends_well)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	if (ends_well)
		lifecycle_stop(d);
	director_close(d);
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
}

Test(tally, P6_a_stop_and_an_unclean_end_are_told_apart)
{
	size_t	n;
	json_t *r;

	json_decref(last("unclean-end", &n));
	cr_assert_eq(n, 0, "the first start of all");
	reopen(1);
	json_decref(last("unclean-end", &n));
	cr_assert_eq(n, 0);
	r = last("stop", &n);
	cr_assert_eq(n, 1);
	json_decref(r);
	reopen(0);
	r = last("unclean-end", &n);
	cr_assert_eq(n, 1);
	cr_assert_eq(field_number(json_object_get(r, "what"), "last"), 3, "start, stop, start");
	json_decref(r);
}

Test(tally, P6_a_policy_that_changed_between_two_starts_has_both_hashes)
{
	size_t	n;
	json_t *r, *what;
	char	old[65];
	FILE   *conf = fopen(f.conf_path, "a");

	memcpy(old, d->conf->digest, sizeof(old));
	reopen(1);
	json_decref(last("policy", &n));
	(void)fputs("# a remark\n", conf);
	(void)fclose(conf);
	cr_assert_str_neq(d->conf->digest, "");
	reopen(1);
	r = last("policy", &n);
	what = json_object_get(r, "what");
	cr_assert_eq(n, 1);
	cr_assert_str_eq(field_text(what, "old"), old);
	cr_assert_str_eq(field_text(what, "new"), d->conf->digest);
	cr_assert_str_eq(field_text(what, "cause"), "start");
	json_decref(r);
}

Test(tally, P6_a_reload_has_its_sender)
{
	size_t	n;
	json_t *r, *what;
	FILE   *conf = fopen(f.conf_path, "a");

	(void)fputs("# a remark\n", conf);
	(void)fclose(conf);
	reload_conf(d, &(struct signal_note){ .what = 'H', .uid = 4294967, .pid = 12 });
	r = last("policy", &n);
	what = json_object_get(r, "what");
	cr_assert_str_eq(field_text(what, "cause"), "SIGHUP");
	cr_assert_eq(field_number(what, "uid"), 4294967);
	cr_assert_eq(field_number(what, "pid"), 12);
	json_decref(r);
}

Test(tally, a_record_of_long_arguments_has_their_digest)
{
	struct job     job;
	struct verdict v;
	char	      *text = malloc(8000);
	json_t	      *r, *what;
	size_t	       n;

	cr_assert_not_null(text);
	memset(text, 'x', 7999);
	text[7999] = '\0';
	director_fixture_job(&job, "alice", "create-vm", "{\"name\":\"web1\"}");
	(void)json_object_set_new(job.args, "image", json_string(text));
	cr_assert_eq(admission_decide(&d->intake.admission, &job, 1, &v, &f.e), 0, "%s", f.e.msg);
	r = last("refused", &n);
	what = json_object_get(r, "what");
	cr_assert_eq(n, 1);
	cr_assert_null(json_object_get(what, "args"));
	cr_assert_str_eq(field_text(what, "digest"), field_text(v.row, "digest"));
	cr_assert_gt(field_number(what, "args_bytes"), 8000);
	json_decref(r);
	verdict_clear(&v);
	job_clear(&job);
	free(text);
}
