/* SPDX-License-Identifier: ISC */
/*
 * test_query_value.c - what each question is answered with.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/history/history_line.h"
#include "spool/wire.h"
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

TestSuite(query_value, .init = set_up, .fini = tear_down);

/* Is the value this JSON text (with ' for ")? */
static void
expect_json(json_t *value, const char *text)
{
	char   *quoted = strdup(text), *got = json_dumps(value,
	    JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY), *want;
	json_t *wanted;

	for (char *p = quoted; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	wanted = json_loads(quoted, JSON_DECODE_ANY, NULL);
	cr_assert_not_null(wanted, "%s", quoted);
	want = json_dumps(wanted, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
	cr_expect_str_eq(got, want);
	free(quoted);
	free(got);
	free(want);
	json_decref(wanted);
	json_decref(value);
}

#define WEB1 "'name':'web1','state':'running','state_since':'2027-01-15T08:00:00.123Z','seen':'2027-01-15T08:00:00.123Z','platform':'power1','image':'rhel6','units':50," \
	"'units_text':'0.50','procs':1,'memory':4096,'disk':20480,'addresses':['10.0.10.5'],'owner':'alice','tenant':'blue'"

Test(query_value, list_vms)
{
	json_t *reply = query_ask(&f, "eve", "list-vms", NULL);

	expect_json(query_value(&f, "alice", "list-vms", NULL), "[{" WEB1 "}]");
	expect_json(query_value(&f, "alice", "list-vms", json_pack("{s:s}", "platform", "power1")),
	    "[{" WEB1 "}]");
	expect_json(query_value(&f, "admin", "list-vms", json_pack("{s:s}", "platform", "power3")),
	    "[]");
	cr_expect_str_eq(field_text(reply, "message"), "no VMs");
	json_decref(reply);
}

Test(query_value, show_vm)
{
	expect_json(query_value(&f, "alice", "show-vm", json_pack("{s:s}", "name", "web1")), "{" WEB1
	    ",'created':'2027-01-15T08:00:00.000Z','job':'01JD0Q7M000000000000000001','spec':{'hostname':'web1'},"
	    "'disks':[{'index':0,'size':20480,'pool':'rootvg'}],'networks':[{'index':0,'vlan':10,'ip':'10.0.10.5','prefix':24}]}");
}

#define RHEL6 "'name':'rhel6','os':'linux','size':10240,'first_boot':'agent','description':'for tests'"

Test(query_value, images)
{
	json_t *reply;

	expect_json(query_value(&f, "alice", "list-images", NULL), "[{" RHEL6 ",'platform':'power1'}]");
	expect_json(query_value(&f, "alice", "show-image", json_pack("{s:s}", "name", "rhel6")),
	    "{" RHEL6
	    ",'platform':'power1','registered':'2026-09-21T14:13:20.000Z'}");
	expect_json(query_value(&f, "admin", "show-image", json_pack("{s:s}", "name", "sles12")),
	    "{'name':'sles12','os':'linux','size':10240,"
	    "'first_boot':'agent','description':'for tests','platform':'power2','registered':'2026-09-21T14:13:20.000Z','file':'/images/x.img'}");
	reply = query_ask(&f, "bob", "show-image", json_pack("{s:s}", "name", "rhel6"));
	cr_expect_str_eq(field_text(reply, "code"), "USAGE");
	cr_expect_not_null(strstr(field_text(reply, "message"), "--platform power2 or power3"),
	    "%s", field_text(reply, "message"));
	json_decref(reply);
	cr_expect(query_code_is(query_ask(&f, "bob", "show-image",
	    json_pack("{s:s s:s}", "name", "rhel6", "platform", "power3")), "OK"));
	cr_expect(query_code_is(query_ask(&f, "bob", "show-image",
	    json_pack("{s:s s:s}", "name", "rhel6", "platform", "power1")), "NOT_FOUND"));
	cr_expect(query_code_is(query_ask(&f, "bob", "list-images",
	    json_pack("{s:s}", "platform", "power1")), "NOT_FOUND"));
}

#define JOB3 "'id':'01JD0Q7M000000000000000003','verb':'create-vm','user':'bob','tenant':'red','platform':'power2','vm':'db1'," \
	"'state':'queued','plan':false,'submitted':'2027-01-15T08:00:00.003Z','exit':0"

Test(query_value, list_jobs_shows_unfinished_ones_unless_all_are_asked_for)
{
	json_t *value;

	expect_json(query_value(&f, "alice", "list-jobs", NULL), "[]");
	value = query_value(&f, "alice", "list-jobs", json_pack("{s:b}", "all", 1));
	cr_expect_eq(json_array_size(value), 1);
	json_decref(value);
	value = query_value(&f, "admin", "list-jobs", json_pack("{s:b s:i}", "all", 1, "limit", 2));
	cr_expect_eq(json_array_size(value), 2);
	cr_expect_str_eq(field_text(json_array_get(value, 0), "vm"), "db2", "newest first");
	json_decref(value);
	expect_json(query_value(&f, "bob", "list-jobs", json_pack("{s:s}", "vm", "db1")),
	    "[{" JOB3 "}]");
}

Test(query_value, show_job_tells_what_a_queued_one_waits_for)
{
	expect_json(query_value(&f, "bob", "show-job", query_job_args(3)), "{" JOB3
	    ",'args':{'name':'db1'},'origin':'key','attempts':0,'cancel':false,'position':1,"
	    "'waits':'platform power2: 1 job running, at most 2 at a time; 0 queued earlier'}");
}

static const char *
say_window(void *arg, const json_t *row, int *is_platform)
{
	(void)arg;
	*is_platform = 0;
	return strcmp(field_text(row, "vm"), "db1") == 0 ? "the window opens at 20:00" : "";
}

Test(query_value, show_job_lets_the_scheduler_say_what_a_queued_one_waits_for)
{
	json_t *value;

	f.q.wait = say_window;
	value = query_value(&f, "bob", "show-job", query_job_args(3));
	cr_expect_str_eq(field_text(value, "waits"), "the window opens at 20:00");
	json_decref(value);
}

static const char *
say_platform(void *arg, const json_t *row, int *is_platform)
{
	(void)arg;
	*is_platform = strcmp(field_text(row, "platform"), "power2") == 0;
	return *is_platform ? "power2, which has not answered since 20:00" : "";
}

static json_t *
say_contact(void *arg, const char *platform)
{
	(void)arg;
	return strcmp(platform, "power2") == 0 ? json_pack("{s:s s:s s:s}", "state", "down", "since", "2027-01-15T08:00:09.000Z", "why",
	    "Connection refused") : NULL;
}

Test(query_value, a_platform_that_does_not_answer_is_told_with_its_jobs_and_its_own_row)
{
	json_t *value, *row;
	size_t	i, waiting = 0, down = 0;

	f.q.wait = say_platform;
	f.q.contact = say_contact;
	value = query_value(&f, "bob", "show-job", query_job_args(3));
	cr_expect_str_eq(field_text(value, "state"), "waiting", "queued, but for no turn");
	cr_expect_str_eq(field_text(value, "reason"), "platform");
	cr_expect_str_eq(field_text(value, "waits"), "power2, which has not answered since 20:00");
	json_decref(value);
	value = query_value(&f, "admin", "list-jobs", json_object());
	json_array_foreach(value, i, row) {
		int is_there = strcmp(field_text(row, "platform"), "power2") == 0;

		waiting += is_there;
		cr_expect_str_eq(field_text(row, "waits"), is_there ? "power2, which has not answered since 20:00" : "");
	}
	cr_expect_gt(waiting, 0);
	json_decref(value);
	value = query_value(&f, "admin", "list-platforms", json_object());
	json_array_foreach(value, i, row)
		if (strcmp(field_text(row, "name"), "power2") == 0) {
			down++;
			cr_expect_str_eq(field_text(row, "state"), "down");
			cr_expect_str_eq(field_text(row, "why"), "Connection refused");
		} else {
			cr_expect_str_neq(field_text(row, "state"), "down");
		}
	cr_expect_eq(down, 1);
	json_decref(value);
}

Test(query_value, show_job_of_a_finished_one_has_its_result)
{
	json_t *set = json_pack("{s:I s:s s:i s:s s:{s:i}}", "finished", (json_int_t)1800000009000,
	    "code", "OK", "exit", 0, "message", "web1 runs",
	    "value", "lpar_id", 5), *value;
	char	id[JOB_ID_LEN + 1];

	cr_assert_eq(store_begin(f.store.st, &f.store.e), 0);
	cr_assert_eq(store_job_set(f.store.st, fixture_id(id, 1), set, &f.store.e), 0);
	cr_assert_eq(store_commit(f.store.st, &f.store.e), 0);
	json_decref(set);
	value = query_value(&f, "alice", "show-job", json_pack("{s:s}", "job", "01JD0Q7M"));
	cr_expect_str_eq(field_text(value, "finished"), "2027-01-15T08:00:09.000Z");
	cr_expect_str_eq(field_text(value, "message"), "web1 runs");
	cr_expect_eq(field_number(json_object_get(value, "value"), "lpar_id"), 5);
	cr_expect_null(json_object_get(value, "waits"));
	json_decref(value);
}

Test(query_value, cancel_job_hands_the_full_id_on)
{
	char	id[JOB_ID_LEN + 1];
	json_t *reply = query_ask(&f, "bob", "cancel-job", query_job_args(3));

	(void)fixture_id(id, 3);
	cr_expect_str_eq(f.cancelled, id);
	cr_expect_str_eq(field_text(reply, "code"), "OK");
	cr_expect_str_eq(field_text(reply, "job"), id);
	cr_expect_str_eq(field_text(json_object_get(reply, "value"), "state"), "cancelled");
	json_decref(reply);
	f.cancelled[0] = '\0';
	cr_expect(query_code_is(query_ask(&f, "bob", "cancel-job", query_job_args(3)), "OK_NO_CHANGE"));
	cr_expect_str_eq(f.cancelled, "", "a cancelled job is not cancelled again");
	cr_expect(query_code_is(query_ask(&f, "alice", "cancel-job", query_job_args(1)),
	    "CONFLICT"), "it is done");
	f.cancel_fails = 1;
	cr_expect(query_code_is(query_ask(&f, "bob", "cancel-job", query_job_args(4)), "TRY_LATER"));
	f.q.cancel = NULL;
	cr_expect(query_code_is(query_ask(&f, "bob", "cancel-job", query_job_args(4)), "TRY_LATER"));
}

Test(query_value, transcript_pairs_commands_with_answers)
{
	expect_json(query_value(&f, "alice", "transcript", query_job_args(1)),
	    "[{'step':'lpar','i':0,'part':'probe','as':'padmin','command':'lssyscfg -r lpar','t':'2027-01-15T08:00:00.500Z','status':0,"
	    "'out':'name=vios\\n','ms':3},"
	    "{'step':'lpar','i':0,'part':'run','as':'padmin','command':'mksyscfg -r lpar','t':'2027-01-15T08:00:00.600Z'}]");
	expect_json(query_value(&f, "bob", "transcript", query_job_args(3)), "[]");
	f.q.spool = NULL;
	cr_expect(query_code_is(query_ask(&f, "alice", "transcript", query_job_args(1)), "TRY_LATER"));
}

Test(query_value, transcript_of_a_damaged_journal_says_so)
{
	char id[JOB_ID_LEN + 1];
	int  fd = openat(f.spool.journal, fixture_id(id, 1), O_WRONLY | O_CLOEXEC);

	cr_assert_eq(pwrite(fd, "XXXX", 4, 20), 4);
	(void)close(fd);
	cr_expect(query_code_is(query_ask(&f, "alice", "transcript", query_job_args(1)), "JOB_STUCK"));
	cr_assert_eq(unlinkat(f.spool.journal, id, 0), 0);
	cr_assert_eq(symlinkat("/etc/passwd", f.spool.journal, id), 0);
	cr_expect(query_code_is(query_ask(&f, "alice", "transcript", query_job_args(1)),
	    "INTERNAL"), "no link is followed");
}

Test(query_value, history_filters_and_pages)
{
	json_t *value = query_value(&f, "alice", "history", NULL), *record = json_array_get(value, 0);

	cr_assert_eq(json_array_size(value), 1);
	cr_expect_eq(field_number(record, "seq"), 1);
	cr_expect_str_eq(field_text(record, "event"), "admitted");
	cr_expect_eq(strlen(field_text(record, "hash")), 64);
	json_decref(value);
	value = query_value(&f, "admin", "history", json_pack("{s:i}", "limit", 2));
	cr_expect_eq(json_array_size(value), 2);
	cr_expect_str_eq(field_text(json_array_get(value, 1), "vm"), "db2", "newest last");
	json_decref(value);
	value = query_value(&f, "admin", "history", json_pack("{s:s}", "vm", "web2"));
	cr_expect_eq(json_array_size(value), 1);
	json_decref(value);
	value = query_value(&f, "bob", "history", query_job_args(4));
	cr_expect_eq(json_array_size(value), 1);
	json_decref(value);
}

Test(query_value, the_history_is_paged_forwards_and_proven)
{
	json_t *value = query_value(&f, "admin", "history", json_pack("{s:i s:i}", "after", 0, "limit", 3)), *reply;

	cr_expect_eq(json_array_size(value), 3);
	cr_expect_eq(field_number(json_array_get(value, 2), "seq"), 3);
	json_decref(value);
	value = query_value(&f, "admin", "history", json_pack("{s:i}", "after", 3));
	cr_expect_eq(field_number(json_array_get(value, 0), "seq"), 4);
	cr_expect_eq(json_array_size(value), 1);
	json_decref(value);
	value = query_value(&f, "admin", "verify-history", NULL);
	cr_expect(field_is_set(value, "whole"));
	cr_expect_eq(field_number(value, "records"), 4);
	json_decref(value);
	reply = query_ask(&f, "admin", "verify-history", json_pack("{s:s}", "witness",
	    "2:0000000000000000000000000000000000000000000000000000000000000000"));
	value = json_object_get(reply, "value");
	cr_expect_eq(field_number(reply, "exit"), 65);
	cr_expect_str_eq(field_text(value, "fault"), "changed");
	cr_expect_eq(field_number(value, "record"), 2);
	json_decref(reply);
	cr_expect(query_code_is(query_ask(&f, "admin", "verify-history", json_pack("{s:s}", "witness", "2")), "USAGE"));
}

Test(query_value, quota_of_tenant_and_user)
{
	json_t *value = query_value(&f, "alice", "quota", NULL);

	cr_assert_eq(json_array_size(value), 11);
	expect_json(json_incref(json_array_get(value, 0)),
	    "{'whose':'tenant blue','what':'vms','used':2,'limit':10,'unit':'count'}");
	expect_json(json_incref(json_array_get(value, 1)),
	    "{'whose':'tenant blue','what':'units','used':100,'limit':1000,'unit':'hundredths'}");
	expect_json(json_incref(json_array_get(value, 3)),
	    "{'whose':'tenant blue','what':'memory','used':8192,'limit':65536,'unit':'MiB'}");
	expect_json(json_incref(json_array_get(value, 4)),
	    "{'whose':'tenant blue','what':'disk','used':40960,'limit':null,'unit':'MiB'}");
	expect_json(json_incref(json_array_get(value, 5)),
	    "{'whose':'user alice','what':'vms','used':1,'limit':5,'unit':'count'}");
	expect_json(json_incref(json_array_get(value, 10)),
	    "{'whose':'user alice','what':'jobs','used':0,'limit':20,'unit':'count'}");
	json_decref(value);
}

Test(query_value, list_platforms_counts_vms_and_jobs)
{
	json_t *value = query_value(&f, "admin", "list-platforms", NULL);

	cr_assert_eq(json_array_size(value), 3);
	expect_json(json_incref(json_array_get(value, 1)),
	    "{'name':'power2','kind':'ivm','address':'10.0.0.5','level':'2.2.6.10',"
	    "'state':'registered','vms':2,'jobs':1,'queued':1,'registered':'2026-09-21T14:13:20.000Z'}");
	json_decref(value);
}

Test(query_value, a_list_as_text_is_the_value_that_it_would_be_and_the_reply_has_none_then)
{
	static const char *const lists[] = { "list-vms", "list-jobs", "list-images", "list-platforms", "list-systems", "history", "quota" };
	struct rows		 list = { .text = NULL };
	char			*text;
	json_t			*value, *reply;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		f.q.list = NULL;
		value = query_value(&f, "admin", lists[i], NULL);
		text = json_dumps(value, ROWS_FLAGS);
		f.q.list = &list;
		reply = query_ask(&f, "admin", lists[i], NULL);
		cr_expect(json_array_size(value) > 0, "%s", lists[i]);
		cr_expect_null(json_object_get(reply, "value"), "%s", lists[i]);
		cr_expect(list.len == strlen(text) && memcmp(list.text, text, list.len) == 0, "%s: %.*s is not %s", lists[i], (int)list.len, list.text, text);
		json_decref(reply);
		json_decref(value);
		free(text);
	}
	json_decref(query_ask(&f, "admin", "show-vm", json_pack("{s:s}", "name", "nosuch")));
	cr_expect_eq(list.len, 0, "nothing is left of the one before");
	json_decref(query_ask(&f, "admin", "list-vms", NULL));
	reply = query_ask(&f, "admin", "show-vm", json_pack("{s:s}", "name", "web1"));
	cr_expect(json_is_object(json_object_get(reply, "value")) && list.len == 0);
	json_decref(reply);
	rows_free(&list);
}

Test(query_value, an_answer_that_would_be_too_large_is_cut_and_says_so)
{
	static char big[60 * 1024];
	json_t	   *reply, *value, *record;

	memset(big, 'x', sizeof(big) - 1);
	cr_assert_eq(store_begin(f.store.st, &f.store.e), 0);
	for (int i = 0; i < 300; i++) {
		record = fixture_record("admitted", "alice", "blue", "J", "web1");
		(void)json_object_set_new(record, "what", json_pack("{s:s}", "big", big));
		cr_assert_eq(store_history_add(f.store.st, record, &f.store.e), 0);
		json_decref(record);
	}
	cr_assert_eq(store_commit(f.store.st, &f.store.e), 0);
	reply = query_ask(&f, "alice", "history", json_pack("{s:i}", "limit", 1000));
	value = json_object_get(reply, "value");
	cr_expect_not_null(strstr(field_text(reply, "message"), "only the last"), "%s",
	    field_text(reply, "message"));
	cr_expect(json_array_size(value) > 200 && json_array_size(value) < 300);
	cr_expect_eq(field_number(json_array_get(value, json_array_size(value) - 1), "seq"), 304,
	    "the newest is kept");
	cr_expect_lt(json_dumpb(reply, NULL, 0, 0), WIRE_REPLY_MAX);
	json_decref(reply);
}

Test(query_value, the_history_is_exported_as_it_was_written)
{
	json_t		   *value = query_value(&f, "admin", "export-history", NULL), *row, *record;
	struct history_line line;
	struct pd_err	    e;
	const char	   *text;

	cr_expect_eq(json_array_size(value), 4);
	for (size_t i = 0; i < json_array_size(value); i++) {
		row = json_array_get(value, i);
		text = field_text(row, "line");
		cr_expect_eq(field_number(row, "seq"), (json_int_t)i + 1);
		cr_assert_eq(history_line_parse(text, strlen(text), &line, &e), 0, "%s", text);
		record = json_loadb(line.text, line.len, 0, NULL);
		cr_expect_eq(field_number(record, "seq"), (json_int_t)i + 1);
		json_decref(record);
	}
	json_decref(value);
	value = query_value(&f, "admin", "export-history", json_pack("{s:i}", "after", 3));
	cr_expect_eq(json_array_size(value), 1);
	json_decref(value);
	value = query_value(&f, "admin", "export-history", json_pack("{s:i}", "after", 4));
	cr_expect_eq(json_array_size(value), 0);
	json_decref(value);
	cr_expect(query_code_is(query_ask(&f, "alice", "export-history", NULL), "DENIED_POLICY"), "it would have holes");
}
