/* SPDX-License-Identifier: ISC */
/*
 * recovery.c - what a crash left, at each start.
 *
 *	found				means			done
 *	file in new/, with or		not claimed yet		the usual intake: a row that is there is not made twice
 *	without row
 *	file in cur/ without row	its store is older	the same intake, from cur/
 *	file in cur/, row has ended	not filed away yet	result to its log when missing, to done/
 *	row queued			waits			into the scheduler
 *	row running or undoing		was interrupted		into the scheduler, first; resumed from its journal
 *
 * Nothing here decides what a console did: the worker asks it, step by step, from the journal.
 * Run twice, it changes nothing the second time.
 */
#include <string.h>

#include "spool/director.h"
#include "spool/field.h"
#include "spool/job_files.h"

/* Rows come newest first; they are queued oldest first. */
static int
enqueue_pending(struct director *d, struct pd_err *e)
{
	struct job_filter f = { .pending = 1, .limit = SPOOL_MAX_PENDING };
	json_t		 *rows = NULL;
	int		  rv = 0;

	if (store_job_list(d->store, &f, &rows, e) == -1)
		return -1;
	for (size_t i = json_array_size(rows); i-- > 0 && rv == 0;) {
		const json_t *row = json_array_get(rows, i);

		rv = runner_enqueue(d, row, 0, e);
		if (field_number(row, "started") != 0)
			log_event(&d->log, LOG_NOTICE, "recovered", "job", field_text(row, "id"), "state",
			    field_text(row, "state"), NULL);
	}
	json_decref(rows);
	return rv;
}

/*
 * The intake reads every file in cur/ again: a row that is there is found, one that has ended gets its result and goes to done/,
 * a missing one is made.
 */
int
recovery_look(struct director *d, struct pd_err *e)
{
	d->intake.is_behind = 0;
	return intake_scan(&d->intake, d->spool.cur, SPOOL_MAX_PENDING, e) == -1 ? -1 : 0;
}

/* Before the scheduler is filled, so that a new row comes with the others. */
static int
look_at_claimed(struct director *d, struct pd_err *e)
{
	const char *(*queued)(void *arg, const json_t *row) = d->intake.queued;
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
	return enqueue_pending(d, e);
}
