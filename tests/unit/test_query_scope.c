/* SPDX-License-Identifier: ISC */
/*
 * test_query_scope.c - who gets an answer to what: policy, arguments, and two tenants who cannot
 * see each other.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "tests/unit/fixture_query.h"

static struct query_fixture f;

static void
set_up(void)
{
	query_fixture_open(&f);
}

static void
tear_down(void)
{
	query_fixture_close(&f);
}

TestSuite(query_scope, .init = set_up, .fini = tear_down);

static json_t *
named(const char *name)
{
	return json_pack("{s:s}", "name", name);
}

Test(query_scope, a_stranger_and_a_role_without_the_verb_are_denied)
{
	cr_expect(query_code_is(query_ask(&f, "mallory", "list-vms", NULL), "DENIED_POLICY"));
	cr_expect(query_code_is(query_ask(&f, "", "list-vms", NULL), "DENIED_POLICY"));
	cr_expect(query_code_is(query_answer(&f.q, verb_find("list-vms"), NULL, NULL),
	    "DENIED_POLICY"));
	cr_expect(query_code_is(query_ask(&f, "eve", "show-vm", named("web1")), "DENIED_POLICY"));
	cr_expect(query_code_is(query_ask(&f, "eve", "list-vms", NULL), "OK"));
	cr_expect(query_code_is(query_answer(&f.q, NULL, NULL, "alice"), "USAGE"));
	cr_expect(query_code_is(query_resolve(&f.q, "01JD0Q7M", "mallory"), "DENIED_POLICY"));
	cr_expect(query_code_is(query_resolve(&f.q, "01JD0Q7M", NULL), "DENIED_POLICY"));
}

Test(query_scope, a_verb_that_is_no_question_is_not_answered)
{
	cr_expect(query_code_is(query_ask(&f, "admin", "delete-vm", named("web1")), "INTERNAL"));
}

Test(query_scope, wrong_arguments_are_named_and_nothing_is_done)
{
	json_t *reply = query_ask(&f, "alice", "show-vm", NULL);

	cr_expect(field_number(reply, "exit") == 65 || field_number(reply, "exit") == 64);
	cr_expect_not_null(strstr(field_text(reply, "message"), "name"), "%s",
	    field_text(reply, "message"));
	json_decref(reply);
	cr_expect(query_code_is(query_ask(&f, "alice", "show-vm", json_pack("{s:i}", "name", 5)),
	    "USAGE"));
	cr_expect(query_code_is(query_ask(&f, "alice", "list-vms", named("web1")), "USAGE"));
	cr_expect(query_code_is(query_ask(&f, "alice", "list-jobs",
	    json_pack("{s:i}", "limit", 100000)), "USAGE"));
	cr_expect(query_code_is(query_ask(&f, "alice", "cancel-job",
	    json_pack("{s:s}", "job", "short")), "USAGE"));
	cr_expect(query_code_is(query_ask(&f, "alice", "list-vms", json_array()), "USAGE"));
	cr_expect_str_eq(f.cancelled, "");
}

/* Asks every question, also for the other side's things, and hands the text of each reply to check(). */
static void
every_reply(const char *user, const char *other_vm, int other_job,
    void (*check)(const char *user, const char *verb, const char *text))
{
	const struct { const char *verb; json_t *args; } asked[] = {
		{ "list-vms", NULL }, { "show-vm", named(other_vm) }, { "list-images", NULL },
		    { "show-image", named("aix71") },
		{ "list-jobs", json_pack("{s:b}", "all", 1) }, { "list-jobs", NULL },
		    { "show-job", query_job_args(other_job) },
		{ "list-jobs", json_pack("{s:b s:s}", "all", 1, "vm", other_vm) },
		    { "cancel-job", query_job_args(other_job) },
		{ "transcript", query_job_args(other_job) }, { "history", NULL },
		    { "history", json_pack("{s:s}", "vm", other_vm) },
		{ "history", query_job_args(other_job) }, { "quota", NULL }, { "list-platforms", NULL },
		{ "verify-history", NULL },
		{ "undo-job", query_job_args(other_job) }, { "resume-job", query_job_args(other_job) },
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		json_t *reply = query_ask(&f, user, asked[i].verb, asked[i].args);
		char   *text;

		/* a refusal repeats what was asked, nothing more */
		if (json_object_get(reply, "value") == NULL)
			cr_expect_str_eq(field_text(reply, "code"), "NOT_FOUND", "%s: %s",
			    asked[i].verb, field_text(reply, "message"));
		text = json_dumps(json_object_get(reply, "value"), JSON_ENCODE_ANY);
		check(user, asked[i].verb, text != NULL ? text : "");
		free(text);
		json_decref(reply);
	}
}

static void
expect_none_of(const char *user, const char *verb, const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		cr_expect_null(strstr(text, *words), "%s sees %s in %s: %s", user, *words, verb, text);
}

static void
nothing_of_red(const char *user, const char *verb, const char *text)
{
	static const char *const words[] = { "\"red\"", "bob", "dave", "db1", "db2", "10.0.20.7",
	    "0000003\"", "0000004\"", "power2", "power3",
		"sles12", NULL };

	expect_none_of(user, verb, text, words);
}

static void
nothing_of_blue(const char *user, const char *verb, const char *text)
{
	static const char *const words[] = { "\"blue\"", "alice", "carol", "web1", "web2",
	    "10.0.10.", "0000001\"", "0000002\"", "power1",
		"aix71", "lssyscfg", NULL };

	expect_none_of(user, verb, text, words);
}

static void
nothing_of_carol(const char *user, const char *verb, const char *text)
{
	static const char *const words[] = { "carol", "web2", "10.0.10.6", "0000002\"", NULL };

	expect_none_of(user, verb, text, words);
}

Test(query_scope, two_tenants_see_nothing_of_each_other_in_any_question)
{
	every_reply("alice", "db1", 3, nothing_of_red);
	every_reply("bob", "web1", 1, nothing_of_blue);
	every_reply("dave", "web2", 2, nothing_of_blue);
	cr_expect_str_eq(f.cancelled, "", "and cancel nothing");
}

Test(query_scope, own_scope_hides_the_rest_of_the_tenant)
{
	every_reply("alice", "web2", 2, nothing_of_carol);
}

Test(query_scope, tenant_scope_sees_the_tenant_and_all_sees_all)
{
	json_t *value = query_value(&f, "bob", "list-vms", NULL);

	cr_expect_eq(json_array_size(value), 2);
	json_decref(value);
	value = query_value(&f, "admin", "list-vms", NULL);
	cr_expect_eq(json_array_size(value), 4);
	json_decref(value);
	cr_expect(query_code_is(query_ask(&f, "bob", "show-vm", named("db2")), "OK"));
	cr_expect(query_code_is(query_ask(&f, "admin", "transcript", query_job_args(1)), "OK"));
}

/* The whole reply about an absent thing, with its name replaced, is the reply about another's thing. */
static void
expect_same(const char *user, const char *verb, json_t *theirs, const char *their_name,
    json_t *none, const char *no_name)
{
	json_t *one = query_ask(&f, user, verb, theirs), *other = query_ask(&f, user, verb, none);
	char   *a = json_dumps(one, JSON_SORT_KEYS), *b = json_dumps(other, JSON_SORT_KEYS), *at;

	cr_assert_eq(strlen(their_name), strlen(no_name));
	while ((at = strstr(b, no_name)) != NULL)
		memcpy(at, their_name, strlen(their_name));
	cr_expect_str_eq(a, b);
	cr_expect_str_eq(field_text(one, "code"), "NOT_FOUND");
	free(a);
	free(b);
	json_decref(one);
	json_decref(other);
}

Test(query_scope, what_is_not_yours_is_answered_like_what_does_not_exist)
{
	static const char *const verbs_of_jobs[] = { "show-job", "cancel-job", "transcript",
	    "history", "undo-job", "resume-job" };
	char			 theirs[JOB_ID_LEN + 1], none[JOB_ID_LEN + 1];
	json_t			*one, *other;

	(void)fixture_id(theirs, 3);
	(void)fixture_id(none, 9);
	expect_same("alice", "show-vm", named("db1"), "db1", named("xx1"), "xx1");
	expect_same("alice", "show-image", named("sles12"), "sles12", named("nothin"), "nothin");
	expect_same("alice", "list-vms", json_pack("{s:s}", "platform", "power2"), "power2",
	    json_pack("{s:s}", "platform", "absent"),
	    "absent");
	for (size_t i = 0; i < 4; i++)
		expect_same("alice", verbs_of_jobs[i], query_job_args(3), theirs, query_job_args(9),
		    none);
	one = query_resolve(&f.q, theirs, "alice");
	other = query_resolve(&f.q, none, "alice");
	cr_expect_str_eq(field_text(one, "code"), "NOT_FOUND");
	cr_expect_str_eq(field_text(other, "code"), "NOT_FOUND");
	json_decref(one);
	json_decref(other);
}

Test(query_scope, a_prefix_is_resolved_among_ones_own_jobs)
{
	char	id[JOB_ID_LEN + 1];
	json_t *reply = query_resolve(&f.q, "01jd0q7m", "alice");

	cr_expect_str_eq(field_text(reply, "code"), "OK");
	cr_expect_str_eq(field_text(reply, "job"), fixture_id(id, 1));
	json_decref(reply);
	cr_expect(query_code_is(query_resolve(&f.q, "01JD0Q7M", "bob"), "USAGE"),
	    "two of the tenant fit");
	cr_expect(query_code_is(query_resolve(&f.q, "01JD0Q7", "alice"), "USAGE"));
	cr_expect(query_code_is(query_resolve(&f.q, "01JD0Q7'", "alice"), "USAGE"));
	cr_expect(query_code_is(query_resolve(&f.q, NULL, "alice"), "USAGE"));
}

Test(query_scope, a_message_that_is_no_text_becomes_one)
{
	json_t *reply = query_reply(PD_IO, "bad \xff byte", json_true());

	cr_expect_str_eq(field_text(reply, "message"), "bad \\xFF byte");
	cr_expect_eq(field_number(reply, "exit"), 70);
	cr_expect(field_is_set(reply, "value"));
	json_decref(reply);
}
