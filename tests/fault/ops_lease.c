/* SPDX-License-Identifier: ISC */
/*
 * ops_lease.c - a job that the director makes itself (spool/admit/admit_lease.c): it is there with the note that it was made, once, or neither is.
 */
#include <string.h>

#include "spool/field.h"
#include "spool/lease/lease.h"
#include "spool/os/clock.h"
#include "tests/fault/ops_store.h"

#define NEXT_ID "01M7ZZZZZZEKTSV4RRFFQ69G5H"
#define END_MS	1800000000000

static struct job
stop_job(const char *id)
{
	struct job job = { .user = LEASE_USER, .verb = "stop-vm", .origin = JOB_BY_DIRECTOR, .once = "web1:1800000000000:stop-v:0",
		.submitted_ms = clock_wall_ms() };

	(void)strcpy(job.id, id);
	job.args = json_pack("{s:s}", "name", "web1");
	return job;
}

/* A VM whose lease has ended. */
void
lease_prepare(const char *dir)
{
	struct bench  b;
	struct pd_err e;
	json_t	     *vm = json_pack("{s:s s:s s:s s:s s:s s:{s:s} s:{} s:I s:I}", "name", "web1", "tenant", "ops", "owner", "admin", "platform", "power1",
		"state", "running", "objects", "tag", "pd00000001", "spec", "lease_ms", (json_int_t)END_MS, "lease_due_ms", (json_int_t)1);

	bench_make(&b, dir);
	must(store_begin(b.store, &e), &e);
	must(store_vm_put(b.store, vm, &e), &e);
	must(store_commit(b.store, &e), &e);
	json_decref(vm);
	store_close(b.store);
}

void
lease_run(const char *dir, struct told *t)
{
	struct bench  b;
	struct pd_err e;
	struct job    job = stop_job(OP_ID);
	json_t	     *row;

	if (bench_open(&b, dir, &e) == -1)
		return;
	if (intake_own(&b.intake, &job, &row, &e) == 0)
		t->is_done[0] = op_now();	/* else it may be there all the same: what counts is that it is there once */
	/* no store_close(), as in "intake" */
}

static int
number_of_jobs(struct bench *b)
{
	struct job_filter f = { .vm = "web1", .pending = 1 };
	json_t		 *jobs = NULL;
	struct pd_err	  e;
	int		  n = store_job_list(b->store, &f, &jobs, &e) == 0 ? (int)json_array_size(jobs) : -1;

	json_decref(jobs);
	return n;
}

/* What the next start finds to do: a lease without a job gets one. */
static int
go_on(struct bench *b, struct pd_err *e)
{
	struct job job = stop_job(NEXT_ID);
	json_t	  *vm = NULL, *row = NULL;
	int	   rv = store_lease_next(b->store, 0, &vm, e);

	if (rv == 0 && vm != NULL)
		rv = intake_own(&b->intake, &job, &row, e);
	json_decref(row);
	json_decref(vm);
	job_clear(&job);
	return rv;
}

int
lease_check(const char *dir, const struct told *t, int is_cut)
{
	struct bench  b;
	struct pd_err e;
	json_t	     *vm;
	int	      jobs, tries;

	(void)is_cut;
	if (bench_open(&b, dir, &e) == -1)
		return op_wrong("P1: the store cannot be opened: %s", e.msg);
	if (store_vm_get(b.store, "web1", &vm, &e) == -1)
		return op_wrong("P1: the VM is gone: %s", e.msg);
	tries = (int)field_number(vm, "lease_tries");
	json_decref(vm);
	jobs = number_of_jobs(&b);
	if (jobs != tries)
		return op_wrong("P4: %d jobs, and the lease has begun %d", jobs, tries);
	if (t->is_done[0] && jobs != 1)
		return op_wrong("P1: a job of a lease that was told to be there is gone");
	if (go_on(&b, &e) == -1)
		return op_wrong("P1: the director does not recover: %s", e.msg);
	if (number_of_jobs(&b) != 1)
		return op_wrong("P4: %d jobs for one end of a lease", number_of_jobs(&b));
	if (history_is_whole(&b) == -1)
		return -1;
	store_close(b.store);
	return 0;
}
