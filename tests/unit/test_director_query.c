/* SPDX-License-Identifier: ISC */
/*
 * test_director_query.c - what a whole director answers on its socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/query/director_query.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static struct director	      *d;
static struct job	       job;

static void
set_up(void)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	director_fixture_open(&f);
	director_fixture_release(&f);
	d = malloc(sizeof(*d));
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	director_fixture_job(&job, "alice", "create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}");
}

static void
tear_down(void)
{
	job_clear(&job);
	director_close(d);
	free(d);
	director_fixture_close(&f);
}

TestSuite(director_query, .init = set_up, .fini = tear_down);

static void
drop(void)
{
	struct spool s;

	cr_assert_eq(spool_open_for_drop(&s, f.conf->spool, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(drop_submit(&s, &job, &f.e), 0, "%s", f.e.msg);
	spool_close(&s);
}

static json_t *
ask(const char *op, const char *user, const char *key, const char *text)
{
	return director_fixture_answer(d, op, user, key, text);
}

static void
expect(json_t *reply, const char *code, const char *text)
{
	cr_assert_not_null(reply);
	cr_expect_str_eq(field_text(reply, "code"), code, "%s", field_text(reply, "message"));
	cr_expect_not_null(strstr(field_text(reply, "message"), text), "%s", field_text(reply, "message"));
	json_decref(reply);
}

static json_t *
row(void)
{
	json_t *r = NULL;

	cr_assert_eq(store_job_get(d->store, job.id, &r, &f.e), 0);
	return r;
}

Test(director_query, admit_answers_with_state_platform_and_vm)
{
	json_t *reply, *value;

	drop();
	reply = ask("admit", "alice", "job", job.id);
	value = json_object_get(reply, "value");
	cr_assert_str_eq(field_text(reply, "code"), "QUEUED", "%s", field_text(reply, "message"));
	cr_assert_str_eq(field_text(reply, "job"), job.id);
	cr_assert_str_eq(field_text(value, "state"), "queued");
	cr_assert_str_eq(field_text(value, "platform"), "power1");
	cr_assert_str_eq(field_text(value, "vm"), "web1");
	cr_assert_eq(sched_waiting(d->sched), 1);
	json_decref(reply);
	expect(ask("admit", "alice", "job", job.id), "QUEUED", "accepted");
	cr_assert_eq(sched_waiting(d->sched), 1, "asking again admits nothing twice");
}

Test(director_query, admit_of_anothers_or_no_job_is_not_found_in_the_same_words)
{
	json_t *others, *none;

	drop();
	others = ask("admit", "bob", "job", job.id);
	cr_assert_str_eq(field_text(others, "code"), "NOT_FOUND");
	json_decref(others);
	others = ask("admit", "bob", "job", job.id);
	none = ask("admit", "bob", "job", "01JD0Q7M000000000000000001");
	cr_assert_eq(strncmp(field_text(others, "message"), field_text(none, "message"), 15), 0);
	json_decref(others);
	json_decref(none);
	expect(ask("admit", "alice", "job", "../../etc/passwd"), "USAGE", "id");
}

Test(director_query, a_refusal_comes_with_its_figures)
{
	json_decref(job.args);
	job.args = json_loads("{\"name\":\"big\",\"disks\":[{\"size\":1024}],\"memory\":{\"desired\":8192}}", 0, NULL);
	drop();
	expect(ask("admit", "alice", "job", job.id), "OVER_QUOTA", "8G asked for, 4G over");
}

Test(director_query, a_stopping_director_gives_no_answer_and_leaves_the_file)
{
	drop();
	d->is_stopping = 1;
	cr_assert_null(ask("admit", "alice", "job", job.id));
	cr_assert(director_fixture_exists(&f, d->spool.new, job.id));
}

Test(director_query, a_waiting_job_is_cancelled_and_its_name_is_free)
{
	json_t *request, *reply, *r, *vm = NULL;

	drop();
	json_decref(ask("admit", "alice", "job", job.id));
	request = json_pack("{s:s s:s s:s s:s s:{s:s}}", "op", "query", "verb", "cancel-job", "user", "alice", "origin", "key", "args",
	    "job", job.id);
	reply = director_answer(d, geteuid(), request);
	cr_assert_eq(field_number(reply, "exit"), 0, "%s", field_text(reply, "message"));
	r = row();
	cr_assert_str_eq(field_text(r, "state"), "cancelled");
	cr_assert_eq(store_vm_get(d->store, "web1", &vm, &f.e), -1);
	cr_assert_eq(sched_waiting(d->sched), 0);
	cr_assert(job_log_has_result(&d->spool, job.id));
	json_decref(r);
	json_decref(reply);
	json_decref(request);
}

Test(director_query, resolve_finds_ones_own_jobs_by_prefix)
{
	char prefix[JOB_ID_LEN + 1];

	drop();
	json_decref(ask("admit", "alice", "job", job.id));
	(void)snprintf(prefix, sizeof(prefix), "%.20s", job.id);
	expect(ask("resolve", "alice", "job", prefix), "OK", "");
	expect(ask("resolve", "bob", "job", prefix), "NOT_FOUND", "");
}

Test(director_query, a_gateways_refusal_is_recorded_escaped)
{
	json_t *request = json_pack("{s:s s:s s:s s:s s:s s:i s:s}", "op", "refused", "user", "mallory", "origin", "key", "verb", "create-vm",
	    "code", "DENIED_POLICY", "exit", 77, "message", "no\nway"), *records = NULL;
	struct history_filter filter = { .user = "mallory", .limit = 10 };

	expect(director_answer(d, geteuid(), request), "OK", "");
	cr_assert_eq(store_history_list(d->store, &filter, &records, &f.e), 0);
	cr_assert_eq(json_array_size(records), 1);
	cr_assert_str_eq(field_text(json_object_get(json_array_get(records, 0), "what"), "message"), "no\\x0Away");
	json_decref(records);
	json_decref(request);
}

Test(director_query, an_unknown_request_verb_or_liar_is_told_so)
{
	json_t *request = json_pack("{s:s s:s s:s}", "op", "query", "user", "root", "verb", "list-vms");

	expect(ask("explode", "alice", "job", "x"), "USAGE", "no such request");
	expect(ask("query", "alice", "verb", "create-vm"), "USAGE", "create-vm");
	expect(director_answer(d, 54321, request), "DENIED_POLICY", "54321");
	expect(ask("query", "alice", "verb", "list-vms"), "OK", "");
	json_decref(request);
}
