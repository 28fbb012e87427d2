/* SPDX-License-Identifier: ISC */
/*
 * recovery.c - what a crash left, at each start.
 *
 *	found				means			done
 *	file in new/, with or		not claimed yet		the usual intake: a row that is there is not made twice
 *	without row
 *	file in cur/ without row	its store is older	the same intake, from cur/
 *	file in cur/, row has ended	not filed away yet	result to its log when missing, to done/
 *	end in the history, no result	told to nobody yet	result to its log (ends.c)
 *	row queued			waits			into the scheduler (jobs of the director's own and of batches have no file)
 *	row running or undoing		was interrupted		into the scheduler, first; resumed from its journal
 *
 * Nothing here decides what a console did: the worker asks it, step by step, from the journal.
 * Run twice, it changes nothing the second time.
 */
#include <string.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/job_files.h"

static int
enqueue(void *arg, const json_t *row, struct pd_err *e)
{
	struct director *d = arg;

	if (field_number(row, "started") != 0)
		log_event(&d->log, LOG_NOTICE, "recovered", "job", field_text(row, "id"), "state",
		    field_text(row, "state"), NULL);
	return runner_enqueue(d, row, 0, e);
}

/*
 * The files in cur/ once more: that of a job that has ended gets its result and goes to done/, a missing row is made.
 * Then the ends of jobs that have no file there.  What fails now is behind still.
 */
int
recovery_look(struct director *d, struct pd_err *e)
{
	struct pd_err ends;
	int	      rv;

	d->intake.is_behind = 0;
	rv = intake_claimed(&d->intake, e);
	if (ends_look(d, &ends) == -1) {
		rv = -1;
		*e = ends;
	}
	d->intake.is_behind |= rv == -1;
	return rv;
}

/* Before the scheduler is filled, so that a new row comes with the others. */
static int
look_at_claimed(struct director *d, struct pd_err *e)
{
	void (*queued)(void *arg, const json_t *row) = d->intake.queued;
	int	    rv;

	d->intake.queued = NULL;
	rv = recovery_look(d, e);
	d->intake.queued = queued;
	return rv;
}

int
recovery_run(struct director *d, struct pd_err *e)
{
	if (d->intake.suspect[0] != '\0')
		log_event(&d->log, LOG_ERR, "ended-while-reading", "job", d->intake.suspect, NULL);
	if (look_at_claimed(d, e) == -1)	/* a full disk must not keep what runs from being undone */
		log_event(&d->log, LOG_ERR, "recovery-incomplete", "why", e->msg, NULL);
	return store_job_each_pending(d->store, enqueue, d, e);
}
