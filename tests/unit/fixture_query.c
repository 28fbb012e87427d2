/* SPDX-License-Identifier: ISC */
/*
 * fixture_query.c - a director's answers, without a director: a store with two tenants' things in it.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/journal.h"
#include "tests/unit/fixture_conf.h"
#include "tests/unit/fixture_query.h"

static const struct { const char *user, *tenant, *vm, *platform, *state, *ip; } jobs[] = {
	{ "alice", "blue", "web1", "power1", "done", "10.0.10.5" },
	{ "carol", "blue", "web2", "power1", "running", "10.0.10.6" },
	{ "bob", "red", "db1", "power2", "queued", "10.0.20.7" },
	{ "dave", "red", "db2", "power2", "running", NULL },
};

static void
fill(struct query_fixture *f)
{
	char id[JOB_ID_LEN + 1];

	for (int i = 1; i <= 3; i++) {
		(void)snprintf(id, sizeof(id), "power%d", i);
		fixture_put_platform(&f->store, id);
		fixture_put_image(&f->store, "rhel6", id);
	}
	fixture_put_image(&f->store, "sles12", "power2");
	fixture_put_image(&f->store, "aix71", "power1");
	for (int i = 0; i < 4; i++) {
		json_t *job = fixture_job(i + 1, jobs[i].user, jobs[i].tenant, jobs[i].vm,
		    jobs[i].state);
		json_t *vm = fixture_vm(jobs[i].vm, jobs[i].user, jobs[i].tenant, jobs[i].ip);

		(void)json_object_set_new(job, "platform", json_string(jobs[i].platform));
		(void)json_object_set_new(vm, "platform", json_string(jobs[i].platform));
		(void)json_object_set_new(vm, "job", json_string(fixture_id(id, i + 1)));
		fixture_add_job(&f->store, job);
		fixture_put_vm(&f->store, vm);
		fixture_add_record(&f->store, fixture_record("admitted", jobs[i].user,
		    jobs[i].tenant, id, jobs[i].vm));
	}
}

static void
append(struct journal *j, json_t *record)
{
	struct pd_err e;

	cr_assert_eq(journal_append(j, record, 0, &e), 0, "%s", e.msg);
	json_decref(record);
}

/* A probe that was answered, and a command whose answer never came. */
static void
write_journal(struct query_fixture *f)
{
	char	       id[JOB_ID_LEN + 1];
	struct journal j = { 0 };

	j.fd = openat(f->spool.journal, fixture_id(id, 1), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cr_assert_neq(j.fd, -1);
	append(&j, json_pack("{s:s s:s s:s s:s s:{}}", "k", "begin", "job", id, "verb", "create-vm",
	    "tag", "pd00000001", "vars"));
	append(&j, json_pack("{s:s s:s s:i s:s s:s s:s s:I}", "k", "intent", "step", "lpar", "i", 0,
	    "cmd", "lssyscfg -r lpar", "as",
	    "padmin", "part", "probe", "t", (json_int_t)1800000000500));
	append(&j, json_pack("{s:s s:s s:i s:s s:i s:s s:s s:i}", "k", "answer", "step", "lpar",
	    "i", 0, "part", "probe", "status", 0, "out",
	    "name=vios\n", "err", "", "ms", 3));
	append(&j, json_pack("{s:s s:s s:i s:s s:s s:s s:I}", "k", "intent", "step", "lpar", "i", 0,
	    "cmd", "mksyscfg -r lpar", "as",
	    "padmin", "part", "run", "t", (json_int_t)1800000000600));
	(void)close(j.fd);
}

/* Stands for the director: a queued job is cancelled at once, a running one begins to undo. */
static int
cancel(void *arg, const char *id, struct pd_err *e)
{
	struct query_fixture *f = arg;
	json_t		     *row;
	int		      queued;

	if (f->cancel_fails)
		return pd_fail(e, PD_BUSY, "not now");
	(void)snprintf(f->cancelled, sizeof(f->cancelled), "%s", id);
	cr_assert_eq(store_job_get(f->store.st, id, &row, e), 0);
	queued = strcmp(field_text(row, "state"), "queued") == 0;
	json_decref(row);
	cr_assert_eq(store_begin(f->store.st, e), 0);
	cr_assert_eq(store_job_move(f->store.st, id, queued ? JOB_CANCELLED : JOB_UNDOING, NULL, e),
	    0, "%s", e->msg);
	return store_commit(f->store.st, e);
}

void
query_fixture_open(struct query_fixture *f)
{
	memset(f, 0, sizeof(*f));
	fixture_open(&f->store);
	(void)snprintf(f->journal, sizeof(f->journal), "%s.journal", f->store.dir);
	cr_assert_eq(mkdir(f->journal, 0700), 0);
	f->spool = (struct spool){ .tmp = -1, .new = -1, .cur = -1, .done = -1, .bad = -1, .log = -1 };
	f->spool.journal = open(f->journal, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_neq(f->spool.journal, -1);
	f->q = (struct query_context){ .conf = fixture_conf(), .store = f->store.st,
	    .spool = &f->spool, .cancel = cancel, .arg = f,
	    .now_ms = 1800000001000 };
	fill(f);
	write_journal(f);
}

void
query_fixture_close(struct query_fixture *f)
{
	(void)close(f->spool.journal);
	fixture_remove(f->journal);
	fixture_close(&f->store);
}

json_t *
query_ask(struct query_fixture *f, const char *user, const char *verb, json_t *args)
{
	json_t *reply = query_answer(&f->q, verb_find(verb), args, user);

	json_decref(args);
	cr_assert(json_is_object(reply));
	cr_assert(json_is_string(json_object_get(reply, "code")) &&
	    json_is_integer(json_object_get(reply, "exit")) &&
	    json_is_string(json_object_get(reply, "message")));
	return reply;
}

json_t *
query_value(struct query_fixture *f, const char *user, const char *verb, json_t *args)
{
	json_t *reply = query_ask(f, user, verb, args),
	    *value = json_incref(json_object_get(reply, "value"));

	cr_assert_str_eq(field_text(reply, "code"), "OK", "%s", field_text(reply, "message"));
	cr_assert_not_null(value);
	json_decref(reply);
	return value;
}

int
query_code_is(json_t *reply, const char *word)
{
	int is = strcmp(field_text(reply, "code"), word) == 0;

	json_decref(reply);
	return is;
}

json_t *
query_job_args(int n)
{
	char id[JOB_ID_LEN + 1];

	return json_pack("{s:s}", "job", fixture_id(id, n));
}
