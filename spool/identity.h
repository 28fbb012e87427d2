/* SPDX-License-Identifier: ISC */
/*
 * identity.h - whose request is it?  The kernel's word about the owner of a job file or the peer
 * of a socket decides, never the text alone.
 *
 * Trusted owners (service account, root, the director's own account) may speak for others: the
 * forced command of sshd has named the user.  Everybody else is who their account says.
 */
#ifndef PD_SPOOL_IDENTITY_H
#define PD_SPOOL_IDENTITY_H

#include <sys/types.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/job.h"

/* The account database; tests bring their own. */
struct accounts {
	int (*name_of)(void *arg, uid_t uid, char *name, size_t size);	/* 0, or -1: no such account */
	int (*uid_of)(void *arg, const char *name, uid_t *uid);		/* 0, or -1: no such account */
	void *arg;
};
extern const struct accounts system_accounts;

struct identity {
	const struct accounts *accounts;
	uid_t		       self;		/* the director's */
	uid_t		       service;		/* equal to self when there is no service account */
};

/* PD_BADDATA when the service account of the configuration does not exist. */
int identity_init(struct identity *id, const struct pd_conf *conf, const struct accounts *accounts, uid_t self,
    struct pd_err *e);

/* May a file of this owner hold this job?  PD_DENIED otherwise: the file belongs in bad/. */
int identity_of_file(const struct identity *id, uid_t owner, const struct job *job, struct pd_err *e);

/*
 * The user that a peer of the query socket speaks for.  claimed may be "" (then the account's own name).  PD_DENIED
 * when it claims what it may not.
 */
int identity_of_peer(const struct identity *id, uid_t peer, const char *claimed, enum job_origin origin,
    char user[JOB_USER_MAX + 1], struct pd_err *e);

#endif
