/* SPDX-License-Identifier: ISC */
/*
 * drop.h - the drop directory: how a job file gets from the gateway to the director.
 *
 *	SPOOL/tmp/ID	being written		gateway
 *	SPOOL/tmp/follow.USER, follow-all	locks of those who follow jobs (gateway/follow/followers.h)
 *	SPOOL/new/ID	complete and durable	gateway, by rename without replacing
 *	SPOOL/cur/ID	claimed			director
 *	SPOOL/done/ID	finished; a batch already when all its jobs have their rows
 *	SPOOL/bad/ID	refused as a file; bad/ID.reason says why
 *
 * Ownership of a file changes at the rename into new/: from there on it is the director's, and a
 * failure to make the name durable is PD_UNKNOWN, not a failure.
 */
#ifndef PD_SPOOL_DROP_H
#define PD_SPOOL_DROP_H

#include <dirent.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/err.h"
#include "spool/job.h"

#define SPOOL_MAX_PENDING 20000	/* ids of new/ that a scan remembers at a time; more names in tmp/ are a crowd */
#define SPOOL_MAX_CLAIMED 2000000	/* files in cur/: twice the jobs that may wait (policy/conf_limits.c) */

struct spool {		/* directory descriptors, -1 where this program has no business */
	int   tmp, new, cur, done, bad, journal, log;
	int   syncable;	/* new/ could be opened for reading, so its names can be made durable */
	int64_t log_max;	/* bytes of one job's log, 0 = LOG_FILE_MAX */
	gid_t gid;	/* the spool group, (gid_t)-1 when there is none; decides the mode of job files */
};

/*
 * Gateway: opens tmp/, new/ and log/ below path.  In the setgid form new/ and tmp/ are mode 03730 and can only
 * be searched (O_SEARCH); then syncable is 0.
 */
int spool_open_for_drop(struct spool *s, const char *path, struct pd_err *e);

/*
 * Director: makes missing directories (when make), checks type, owner, group and exact mode of each on its
 * descriptor, refuses (PD_DENIED) and names the first that is wrong.  gid is the spool group's, or (gid_t)-1 when there
 * is none (service account alone: modes are then 0700).  The modes are in spool_dirs.c.
 */
int spool_open_for_director(struct spool *s, const char *path, gid_t gid, int make, struct pd_err *e);
void spool_close(struct spool *s);

/*
 * Writes the job durably into new/ with two syncs.  Errors before the rename leave nothing; PD_NOSPACE when the
 * file system is full; PD_UNKNOWN when the name may not be durable (the job may run).  The caller ignores SIGXFSZ.
 */
int drop_submit(const struct spool *s, const struct job *job, struct pd_err *e);

/*
 * The same in two steps, for a batch too (batch_encode(); in one file: all of its jobs or none).  Behind drop_put() the
 * bytes are durable and the name is there; behind drop_settle() the name is durable.  A gateway that has the director's
 * receipt, which is given when the job is durable in the store, needs no second step.  *fd is the open file, to be
 * closed by the caller; -1 on failure.
 */
int drop_put(const struct spool *s, const struct job *jobs, size_t n, int *fd, struct pd_err *e);
int drop_settle(const struct spool *s, int fd, const char *id, struct pd_err *e);

/* A job file as the director found it. */
struct dropped {
	struct job *jobs;	/* of a batch, 2 or more; the first has the file's name as its id */
	size_t	    n;
	uid_t	    owner;
	char	    digest[65];	/* SHA-256 of the file, hex */
};
void dropped_clear(struct dropped *d);

/*
 * Reads and checks new/ID or cur/ID (dirfd): regular, one link, mode 0640 (0600 when gid is -1), group gid, size,
 * decodes, the (first) id inside is the file's name.  PD_BADDATA: the file belongs in bad/.  PD_NOTFOUND: there is none
 * (any more).  The caller clears *d.
 */
int drop_read(int dirfd, const char *name, gid_t gid, struct dropped *d, struct pd_err *e);

/* PD_NOTFOUND: not there; PD_CONFLICT: the target name is taken. */
int drop_claim(const struct spool *s, const char *id, struct pd_err *e);	/* new/ -> cur/ */
int drop_withdraw(const struct spool *s, const char *id, struct pd_err *e);	/* out of new/ for good, durable: it was refused */
int drop_finish(const struct spool *s, const char *id, struct pd_err *e);	/* cur/ -> done/ */
int drop_taken_apart(const struct spool *s, int fromfd, const char *id, struct pd_err *e);	/* a batch, new/ or cur/ -> done/ */

/*
 * Moves name, whatever it is, from fromfd into bad/ and writes bad/ID.reason: time, name (escaped) and reason.  ID is
 * name when that is a job id and free in bad/, otherwise a fresh one.  Fails (PD_IO) for another user's directory,
 * which only root can move: the caller says so in its log and passes over it.
 */
int drop_reject(const struct spool *s, int fromfd, const char *name, const char *reason, struct pd_err *e);
/* Removes name, whatever it is, but for a directory with something in it (PD_IO). */
int drop_remove(int fromfd, const char *name, struct pd_err *e);

/* A sweep under way; all zero before the first one. */
struct drop_sweep {
	DIR    *dir;
	int64_t left;	/* names that it has found and not removed; of the whole sweep once it is over */
};

/*
 * Removes what is in tmp/ and was changed last over age_s ago: a gateway that was killed left it.  1 = its share of
 * names is looked at, call again; 0 = all of tmp/ is.
 */
int  drop_sweep(const struct spool *s, struct drop_sweep *w, int age_s, struct pd_err *e);
void drop_sweep_end(struct drop_sweep *w);

#endif
