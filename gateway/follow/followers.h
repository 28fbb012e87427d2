/* SPDX-License-Identifier: ISC */
/*
 * followers.h - how many jobs one user, and all users together, may be following at a time.
 *
 * A follower costs the host a process and a connection.  The director knows none of them, so they count themselves: each
 * holds a lock on one byte of SPOOL/tmp/follow.USER and of SPOOL/tmp/follow-all, as many bytes as are allowed.  The kernel
 * takes the lock back when the process ends, whatever ends it.  Where nothing can be locked (a full disk, a file system
 * without locks) nobody is kept from reading.
 *
 * Bytes behind those are places for a watch (inotify): Linux has 128 for all processes of an account, the director's among them,
 * and a watch wakes each follower of a job at each of its events.  Who finds no place looks at the log now and then.
 */
#ifndef PD_GATEWAY_FOLLOW_FOLLOWERS_H
#define PD_GATEWAY_FOLLOW_FOLLOWERS_H

#include "policy/conf.h"
#include "spool/err.h"

struct follower {
	int of_user, of_all;	/* -1 = not counted */
};

/* PD_BUSY: too many; used, limit and when to try again are said. */
int  follower_begin(struct follower *f, const struct pd_conf *conf, const char *user, struct pd_err *e);
void follower_end(struct follower *f);

/* May it watch this job's log?  Held until follower_leave() or the end, one job at a time. */
int  follower_may_watch(const struct follower *f, const char *id);
void follower_leave(const struct follower *f);

#endif
