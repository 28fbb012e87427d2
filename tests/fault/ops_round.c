/* SPDX-License-Identifier: ISC */
/*
 * ops_round.c - one round of the director (spool/run/settle.c): a job starts and another one is taken in, with one commit.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/journal.h"
#include "spool/os/clock.h"
#include "tests/fault/ops_store.h"

#define OTHER_ID "01M7ZZZZZZEKTSV4RRFFQ69G5G"

static struct job
other_job(void)
{
	struct job job = op_job();

	(void)strcpy(job.id, OTHER_ID);
	return job;
}

/* One job waits, another one lies in new/. */
void
round_prepare(const char *dir)
{
	struct bench  b;
	struct job    job = other_job();
	struct pd_err e;

	move_prepare(dir);
	must(bench_open(&b, dir, &e), &e);
	must(drop_submit(&b.spool, &job, &e), &e);
	store_close(b.store);
}

/* Begun and taken back: the others do not mind. */
static void
fail_one(struct bench *b)
{
	struct pd_err e;

	if (store_begin(b->store, &e) == 0)
		(void)store_job_move(b->store, OP_ID, JOB_DONE, NULL, &e);
	store_rollback(b->store);
}

static int
fill(struct bench *b, const struct dropped *file, struct taken *taken, int *journal, struct pd_err *e)
{
	int is_named;

	if (store_group_begin(b->store, e) == -1)
		return -1;
	fail_one(b);
	if (bench_move(b, JOB_RUNNING, e) == -1 || (*journal = job_journal_open(&b->spool, OP_ID, &is_named, e)) == -1)
		return -1;
	if (intake_decide(&b->intake, file, taken, e) == -1 || (!is_named && job_journals_settle(&b->spool, e) == -1))
		return -1;
	return store_group_commit(b->store, e);
}

/* What the worker does with its order: the intent of a change. */
static int
write_intent(int fd)
{
	struct journal j = { .fd = fd };
	json_t	      *intent = json_pack("{s:s s:s s:s}", "k", "intent", "step", "make-lpar", "part", "run");
	struct pd_err  e;
	int	       rv = journal_append(&j, intent, 1, &e);

	json_decref(intent);
	return rv;
}

static int
has_intent(const char *dir)
{
	char	       path[OP_PATH];
	struct journal j;
	json_t	      *records = NULL;
	struct pd_err  e;
	size_t	       n;
	int	       fd;

	(void)snprintf(path, sizeof(path), "%s/spool/journal/" OP_ID, dir);
	if ((fd = open(path, O_RDWR)) == -1)
		return 0;
	n = journal_load(&j, fd, 1, &records, &e) == 0 ? json_array_size(records) : 0;
	json_decref(records);
	(void)close(fd);
	return n == 1;
}

void
round_run(const char *dir, struct told *t)
{
	struct bench   b;
	struct dropped file;
	struct taken   taken;
	struct pd_err  e;
	int	       journal = -1;

	if (bench_open(&b, dir, &e) == -1 || intake_read(&b.intake, b.spool.new, OTHER_ID, &file, &e) == -1)
		return;
	if (fill(&b, &file, &taken, &journal, &e) == 0) {
		t->is_done[0] = op_now();
		if (write_intent(journal) == 0)
			t->is_done[1] = op_now();
		(void)intake_finish(&b.intake, b.spool.new, &file, &taken, &e);
	} else {
		if (e.code != PD_UNKNOWN)
			t->is_failed[0] = op_now();
		store_group_rollback(b.store);
	}
	/* no store_close(), as in "intake" */
}

static int
check_both(struct bench *b, const struct told *t)
{
	enum job_state one, other;
	struct pd_err  e;
	int	       has_other = store_job_state(b->store, OTHER_ID, &other, &e) == 0;

	if (store_job_state(b->store, OP_ID, &one, &e) == -1)
		return op_wrong("P1: the first job is not there: %s", e.msg);
	if (one != JOB_QUEUED && one != JOB_RUNNING)
		return op_wrong("P4: the first job is %s: a part that was rolled back is there", job_state_name(one));
	if ((one == JOB_RUNNING) != has_other)
		return op_wrong("P4: half of a round is there: the first job is %s, the second one %s", job_state_name(one),
		    has_other ? job_state_name(other) : "is not there");
	if (t->is_done[0] && !has_other)
		return op_wrong("P1, P3: a round that was acted on is gone");
	if (t->is_failed[0] && has_other)
		return op_wrong("P1: a round that was told to have failed is there");
	return 0;
}

int
round_check(const char *dir, const struct told *t, int is_cut)
{
	struct bench   b;
	struct pd_err  e;
	enum job_state other;

	(void)is_cut;
	if (bench_open(&b, dir, &e) == -1)
		return op_wrong("P1: the store cannot be opened: %s", e.msg);
	if (t->is_done[1] && !has_intent(dir))
		return op_wrong("P3: a change may have been sent, and its intent is not there");
	if (check_both(&b, t) == -1)
		return -1;
	if (bench_take_all(&b, &e) == -1)
		return op_wrong("P1: the director does not recover: %s", e.msg);
	if (store_job_state(b.store, OTHER_ID, &other, &e) == -1 || other != JOB_QUEUED)
		return op_wrong("P1: the second job is lost: %s", e.msg);
	if (history_is_whole(&b) == -1)
		return -1;
	store_close(b.store);
	return 0;
}
