/* SPDX-License-Identifier: ISC */
/*
 * settle.h - what one round of the loop decides becomes durable together, and only then is told and acted on.
 *
 * While sockets are served, ends of jobs and files to be taken in are only put down here.  Then settle_round() records, in one group
 * (store_group_begin()) with one commit: the ends; the intakes; and the starts of all jobs that can start now, those in slots
 * included that have just become free.  Before the commit the names of new journals are made durable, with one sync for all of them.
 *
 * Why that keeps the promises: nothing of the group leaves this process before its commit - no answer to a gateway (P1), no line of a
 * log, no order to a worker, hence no command (P3, P6).  A crash before the commit leaves the jobs as they were: the files are in new/, the rows
 * running, the journals there.  Nobody asks the store between begin and commit, so nobody is told of what may never be.
 *
 * When the group's commit fails, each end and intake is tried again alone, the starts go back into the queue.
 */
#ifndef PD_SPOOL_RUN_SETTLE_H
#define PD_SPOOL_RUN_SETTLE_H

#include "spool/director/director.h"

/* A running job ends.  Without memory for it: at once, alone. */
void settle_end(struct director *d, const struct sched_job *job, const struct ending *ending);

/* Who asked for an intake, and is answered when it is durable. */
struct settle_asker {
	uint64_t ticket;		/* query_server_reply() */
	char	 user[JOB_USER_MAX + 1];
	int64_t	 count;			/* jobs that he says the file has */
};
/* A file of new/ that intake_read() has read; takes what *file holds when it returns 0.  -1: no memory. */
int settle_intake(struct director *d, struct dropped *file, const struct settle_asker *asker, struct pd_err *e);

void settle_round(struct director *d);
void settle_clear(struct director *d);	/* at the end: what was put down is forgotten, as in a crash */

#endif
