/* SPDX-License-Identifier: ISC */
/*
 * intake.h - from a file in new/ to a job with a row.
 *
 * The order is the promise (P1, P4): read and check; one transaction (the row exists, a batch's rows all of them);
 * rename to cur/ (a batch: done/, for its rows are all that is needed of it); log; only then an answer.  A crash
 * between any two of them is met again by the same function, from new/ or from cur/.
 *
 * A file that kills its reader must not do so for ever: STATE/reading names the file that is being
 * read.  It is written without a sync, because it has to survive this process, not the machine.
 */
#ifndef PD_SPOOL_DIRECTOR_INTAKE_H
#define PD_SPOOL_DIRECTOR_INTAKE_H

#include <dirent.h>
#include <jansson.h>
#include <stdint.h>

#include "spool/admit/admission.h"
#include "spool/drop.h"
#include "spool/identity.h"
#include "spool/log.h"

#define INTAKE_ATTEMPTS 2	/* times that one file may end the director */

/* A look through one directory that stops when its time is over and goes on where it was. */
struct intake_scan {
	DIR  *dir;			/* NULL = none under way */
	int   of;			/* the descriptor that it was begun with */
	char (*ids)[JOB_ID_LEN + 1];	/* found and not yet taken: next to n - 1, sorted */
	size_t next, n;
};

/* What was planted and is no job, beyond what bad/ keeps: told together. */
struct intake_flood {
	int	kept;			/* entries of bad/, counted once for each scan; -1 = not yet */
	int64_t removed, stay, told_ms;
	int64_t stay_now;	/* in this scan */
	char	first[4 * 64], why[480];		/* of the first */
};

struct intake {
	const struct spool    *spool;
	const struct identity *identity;
	struct admission       admission;
	const struct log      *log;
	int		       marker;			/* STATE/reading */
	char		       suspect[JOB_ID_LEN + 1];	/* what the last director was reading when it ended, "" */
	int		       suspect_times;
	int		       is_behind;		/* an end could not be told or filed: recovery_look() again */
	struct intake_scan     scan;
	struct intake_flood    flood;
	void (*queued)(void *arg, const json_t *row);		/* a new job is to be scheduled; its row may not be durable yet */
	const char *(*wait)(void *arg, const json_t *row);	/* why it waits, or ""; may be NULL */
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
 * Takes ID out of dirfd (spool->new, or spool->cur after a crash).  0: its jobs have rows, *t says what became of them
 * (taken_clear() it).  -1: PD_NOTFOUND no such file; PD_BADDATA, PD_DENIED it is in bad/ now; PD_IO, PD_NOSPACE it
 * stays and is tried again.
 */
int intake_take(struct intake *in, int dirfd, const char *id, struct taken *t, struct pd_err *e);

/*
 * The same in three steps, so that several files can share one commit (store_group_begin()): reading and checking,
 * before the group; the decision, in it, which gives new jobs to queued(); and when the group is durable the rename and
 * what followers are told. intake_read() fails as above, *d is cleared by the caller after 0.  intake_decide(): PD_IO,
 * PD_NOSPACE.  intake_finish(): PD_BADDATA, and *t is cleared.
 */
int intake_read(struct intake *in, int dirfd, const char *id, struct dropped *d, struct pd_err *e);
int intake_decide(struct intake *in, const struct dropped *d, struct taken *t, struct pd_err *e);
int intake_finish(struct intake *in, int dirfd, const struct dropped *d, struct taken *t, struct pd_err *e);

/*
 * A job that the director makes itself: it has a row and no file.  0 when it has a row now, refused or not, *row is the
 * caller's; what follows is that of intake_take().  PD_IO, PD_NOSPACE: it is not, or after a failure of the disk it may
 * be at the next start.
 */
int intake_own(struct intake *in, const struct job *job, json_t **row, struct pd_err *e);

/*
 * Takes ID, a file of user's jobs, out of new/ without a trace: it was never accepted, and its user is told to try
 * later.  -1: it is not there, not this user's or not readable (PD_NOTFOUND, PD_BADDATA), it is still there (PD_IO), or
 * all of its jobs are to be spared (PD_CONFLICT; is_spared may be NULL).
 */
int intake_turn_away(struct intake *in, const char *id, const char *user, int (*is_spared)(const struct job *job),
    struct pd_err *e);

/*
 * intake_scan.c: takes about limit jobs out of dirfd, oldest first (a batch that has begun is taken whole), for no
 * longer than INTAKE_SLICE_MS, whatever somebody has planted there.  Returns how many it took; -1 when our own disk or
 * store failed: what is left is tried later.  intake_scan_goes_on(): the directory was not looked through to its end;
 * call again.
 */
#define INTAKE_SLICE_MS 50
int  intake_scan(struct intake *in, int dirfd, int limit, struct pd_err *e);
int  intake_scan_goes_on(const struct intake *in);
void intake_scan_end(struct intake *in);	/* forgets where it was */

/*
 * What a crash left in cur/: files without a row, or whose job has ended, are taken as by intake_take().  Nearly all
 * belong to jobs that wait or run, and are not even read.
 */
int intake_claimed(struct intake *in, struct pd_err *e);

/*
 * The row of a job that has ended: its result goes into its log when that has none, and its file from cur/ to done/
 * when it is there. -1: it could not be told; what could not be told or filed sets is_behind.
 */
int intake_tell_end(struct intake *in, const json_t *row, struct pd_err *e);

#endif
