/* SPDX-License-Identifier: ISC */
/*
 * ops_store.c - the operations that end in the director's store: intake, and a job's change of state.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "tests/fault/ops_store.h"

static const char conf_text[] =
    "spool = '%1$s/spool'\nstate = '%1$s/state'\nsocket = '%1$s/query'\ntemplates = '%1$s'\nkeys = '%1$s'\nworker = '%1$s/worker'\n"
    "pam-directory = '%1$s'\npam-service = 'powerdirector'\n"
    "role administrator {\n\tverbs = { '*' }\n\tscope = all\n}\n"
    "tenant ops {\n\trole = administrator\n\tmembers = { admin }\n"
    "\timages = { '*' }\n\tplatforms = { '*' }\n\tpools = { '*' }\n}\n"
    "end = true\n";

static const char platform_text[] =
    "{\"name\":\"power1\",\"kind\":\"ivm\",\"address\":\"192.0.2.1\",\"port\":22,\"user\":\"padmin\",\"key\":\"power1\","
    "\"host_key\":\"SHA256:x\",\"pools\":[\"rootvg\"],\"registered_ms\":1,\"facts\":{}}";

int
op_wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	return -1;
}

int
bench_open(struct bench *b, const char *dir, struct pd_err *e)
{
	char path[OP_PATH];

	memset(b, 0, sizeof(*b));
	(void)snprintf(path, sizeof(path), "%s/conf", dir);
	if (conf_load(path, geteuid(), &b->conf, e) == -1 || (b->state = io_open_dir(b->conf->state, e)) == -1 ||
	    spool_open_for_director(&b->spool, b->conf->spool, (gid_t)-1, 0, e) == -1 ||
	    store_open(b->conf->state, &b->store, e) == -1 ||
	    identity_init(&b->identity, b->conf, &system_accounts, geteuid(), e) == -1)
		return -1;
	b->log = (struct log){ -1, LOG_DEBUG, 0 };
	b->intake = (struct intake){ .spool = &b->spool, .identity = &b->identity,
		.admission = { .conf = b->conf, .store = b->store }, .log = &b->log };
	return intake_open(&b->intake, b->state, e);
}

void
must(int rv, const struct pd_err *e)
{
	if (rv == 0)
		return;
	fprintf(stderr, "fault-states: %s\n", e->msg);
	exit(70);
}

struct job
op_job(void)
{
	struct job job = { .id = OP_ID, .user = "admin", .verb = "check-platform", .submitted_ms = clock_wall_ms() };

	job.args = json_pack("{s:s}", "name", "power1");
	return job;
}

void
bench_make(struct bench *b, const char *dir)
{
	char	      path[OP_PATH];
	json_t	     *platform = json_loads(platform_text, 0, NULL);
	FILE	     *conf;
	struct pd_err e;

	op_make_spool(dir);
	(void)snprintf(path, sizeof(path), "%s/conf", dir);
	(void)umask(077);
	if ((conf = fopen(path, "w")) == NULL || fprintf(conf, conf_text, dir) < 0 || fclose(conf) != 0)
		exit(70);
	must(bench_open(b, dir, &e), &e);
	must(store_begin(b->store, &e), &e);
	must(store_platform_put(b->store, platform, &e), &e);
	must(store_commit(b->store, &e), &e);
	json_decref(platform);
}

int
history_is_whole(struct bench *b)
{
	struct history_proof proof;
	struct pd_err	     e;

	return store_history_verify(b->store, NULL, &proof, &e) == 0 ? 0 : op_wrong("P6: the history is not whole: %s", e.msg);
}

/* ---- intake: P1, P4 ---- */

void
intake_prepare(const char *dir)
{
	struct bench  b;
	struct job    job = op_job();
	struct pd_err e;

	bench_make(&b, dir);
	must(drop_submit(&b.spool, &job, &e), &e);
	store_close(b.store);
}

int
bench_take_all(struct bench *b, struct pd_err *e)
{
	return intake_scan(&b->intake, b->spool.cur, 100, e) == -1 || intake_scan(&b->intake, b->spool.new, 100, e) == -1 ? -1 : 0;
}

void
intake_run(const char *dir, struct told *t)
{
	struct bench  b;
	struct pd_err e;
	json_t	     *row;

	if (bench_open(&b, dir, &e) == -1 || bench_take_all(&b, &e) == -1)
		return;
	if (store_job_get(b.store, OP_ID, &row, &e) == 0)
		t->is_done[0] = op_now();
	/* no store_close(): a director that is ended does not close, and "move" does */
}

int
intake_check(const char *dir, const struct told *t, int is_cut)
{
	struct bench  b;
	struct pd_err e;
	json_t	     *rows;
	char	      names[3][OP_PATH];
	struct stat   st;

	(void)t;
	if (bench_open(&b, dir, &e) == -1 || bench_take_all(&b, &e) == -1)
		return op_wrong("P1: the director does not recover: %s", e.msg);
	if (store_job_list(b.store, &(struct job_filter){ .limit = 10 }, &rows, &e) == -1)
		return op_wrong("P1: the jobs cannot be listed: %s", e.msg);
	if (json_array_size(rows) != 1 || strcmp(field_text(json_array_get(rows, 0), "state"), "queued") != 0)
		return op_wrong("P1, P4: %zu jobs, the first is %s (%s)", json_array_size(rows), field_text(json_array_get(rows, 0), "state"),
		    field_text(json_array_get(rows, 0), "message"));
	for (int i = 0; i < 3; i++)
		(void)snprintf(names[i], OP_PATH, "%s/spool/%s/" OP_ID, dir, i == 0 ? "new" : i == 1 ? "bad" : "cur");
	if (stat(names[0], &st) == 0)
		return op_wrong("P4: the job is still in new/");
	if (!is_cut && stat(names[1], &st) == 0)
		return op_wrong("P1: the job's file was refused");
	if (!is_cut && stat(names[2], &st) == -1)
		return op_wrong("P4: the job's file is not in cur/");
	if (history_is_whole(&b) == -1)
		return -1;
	json_decref(rows);
	store_close(b.store);
	return 0;
}

/* ---- move: P1, P6 ---- */

void
move_prepare(const char *dir)
{
	struct bench  b;
	struct pd_err e;

	intake_prepare(dir);
	must(bench_open(&b, dir, &e), &e);
	must(bench_take_all(&b, &e), &e);
	store_close(b.store);
}

int
bench_move(struct bench *b, enum job_state to, struct pd_err *e)
{
	json_t *record = json_pack("{s:s s:s s:s s:{}}", "event", job_state_name(to), "job", OP_ID, "user", "admin", "what");
	int	rv = -1;

	if (store_begin(b->store, e) == 0 && store_job_move(b->store, OP_ID, to, NULL, e) == 0 &&
	    store_history_add(b->store, record, e) == 0)
		rv = store_commit(b->store, e);
	else
		store_rollback(b->store);
	json_decref(record);
	return rv;
}

void
move_run(const char *dir, struct told *t)
{
	static const enum job_state to[] = { JOB_RUNNING, JOB_DONE };
	struct bench		    b;
	struct pd_err		    e;

	if (bench_open(&b, dir, &e) == -1)
		return;
	for (int i = 0; i < 2; i++) {
		if (bench_move(&b, to[i], &e) == 0) {
			t->is_done[i] = op_now();
			continue;
		}
		if (e.code != PD_UNKNOWN)
			t->is_failed[i] = op_now();
		break;
	}
	store_close(b.store);
}

int
move_check(const char *dir, const struct told *t, int is_cut)
{
	struct bench	      b;
	struct pd_err	      e;
	struct history_filter all = { .limit = 100, .job = OP_ID };
	json_t		     *row, *records;
	const char	     *state, *event;

	(void)is_cut;
	if (bench_open(&b, dir, &e) == -1)
		return op_wrong("P1: the store cannot be opened: %s", e.msg);
	if (store_job_get(b.store, OP_ID, &row, &e) == -1 || store_history_list(b.store, &all, &records, &e) == -1)
		return op_wrong("P1: the job is not there: %s", e.msg);
	state = field_text(row, "state");
	event = field_text(json_array_get(records, json_array_size(records) - 1), "event");
	if ((t->is_done[1] && strcmp(state, "done") != 0) || (t->is_done[0] && strcmp(state, "queued") == 0))
		return op_wrong("P1: the job was told to be %s and is %s", t->is_done[1] ? "done" : "running", state);
	if ((t->is_failed[1] && strcmp(state, "done") == 0) || (t->is_failed[0] && strcmp(state, "queued") != 0))
		return op_wrong("P1: a change that was told to have failed is there: the job is %s", state);
	if ((strcmp(state, "queued") != 0) != (strcmp(event, state) == 0))
		return op_wrong("P6: the job is %s, its history ends with %s", state, event);
	if (history_is_whole(&b) == -1)
		return -1;
	json_decref(row);
	json_decref(records);
	store_close(b.store);
	return 0;
}
