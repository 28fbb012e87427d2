/* SPDX-License-Identifier: ISC */
/*
 * intake.h - from a file in new/ to a job with a row.
 *
 * The order is the promise (P1, P4): read and check; one transaction (the row exists, a batch's rows all of them); rename to cur/ (a batch:
 * done/, for its rows are all that is needed of it); log; only then an answer.  A crash between any two of them is met again by the same function, from new/ or from cur/.
 *
 * A file that kills its reader must not do so for ever: STATE/reading names the file that is being
 * read.  It is written without a sync, because it has to survive this process, not the machine.
 */
#ifndef PD_SPOOL_INTAKE_H
#define PD_SPOOL_INTAKE_H

#include <jansson.h>

#include "spool/admission.h"
#include "spool/drop.h"
#include "spool/identity.h"
#include "spool/log.h"

#define INTAKE_ATTEMPTS 2	/* times that one file may end the director */

struct intake {
	const struct spool    *spool;
	const struct identity *identity;
	struct admission       admission;
	const struct log      *log;
	int		       marker;			/* STATE/reading */
	char		       suspect[JOB_ID_LEN + 1];	/* what the last director was reading when it ended, "" */
	int		       suspect_times;
	int		       is_behind;		/* an end could not be told or filed: cur/ is to be looked at again */
	/* A job waits to be scheduled; reason for its wait, or "". */
	const char *(*queued)(void *arg, const json_t *row);
	void	   *arg;
};

int  intake_open(struct intake *in, int state_dir, struct pd_err *e);	/* fills marker and suspect only */
void intake_close(struct intake *in);

/* What became of the job of one file, or of the jobs of a batch, in their order. */
struct taken {
	struct verdict *v;
	size_t		n;
};
void taken_clear(struct taken *t);

/*
 * Takes ID out of dirfd (spool->new, or spool->cur after a crash).  0: its jobs have rows, *t says what became of them (taken_clear()
 * it).  -1: PD_NOTFOUND no such file; PD_BADDATA, PD_DENIED it is in bad/ now; PD_IO, PD_NOSPACE it stays and is tried again.
 */
int intake_take(struct intake *in, int dirfd, const char *id, struct taken *t, struct pd_err *e);

/*
 * Takes ID, a file of user's jobs, out of new/ without a trace: it was never accepted, and its user is told to try later.  -1: it is not
 * there, not this user's or not readable (PD_NOTFOUND, PD_BADDATA), or it is still there (PD_IO).
 */
int intake_turn_away(struct intake *in, const char *id, const char *user, struct pd_err *e);

/*
 * Takes limit jobs out of dirfd, oldest first; a batch that has begun is taken whole.  Returns how many it took: limit or above says that
 * there may be more; -1 when our own disk or store failed: what is left is tried later.
 */
int intake_scan(struct intake *in, int dirfd, int limit, struct pd_err *e);

/*
 * What a crash left in cur/: files without a row, or whose job has ended, are taken as by intake_take().  Nearly all belong to jobs that wait or
 * run, and are not even read.
 */
int intake_claimed(struct intake *in, struct pd_err *e);

#endif
