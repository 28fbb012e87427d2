/* SPDX-License-Identifier: ISC */
/*
 * followers.h - how many jobs one user, and all users together, may be following at a time.
 *
 * A follower costs the host a process and a connection.  The director knows none of them, so they count themselves: each
 * holds a lock on one byte of SPOOL/tmp/follow.USER and of SPOOL/tmp/follow-all, as many bytes as are allowed.  The kernel
 * takes the lock back when the process ends, whatever ends it.  Where nothing can be locked (a full disk, a file system
 * without locks) nobody is kept from reading.
 */
#ifndef PD_GATEWAY_FOLLOWERS_H
#define PD_GATEWAY_FOLLOWERS_H

#include "policy/conf.h"
#include "spool/err.h"

struct follower {
	int of_user, of_all;	/* -1 = not counted */
};

/* PD_BUSY: too many; used, limit and when to try again are said. */
int  follower_begin(struct follower *f, const struct pd_conf *conf, const char *user, struct pd_err *e);
void follower_end(struct follower *f);

#endif
