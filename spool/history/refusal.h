/* SPDX-License-Identifier: ISC */
/*
 * refusal.h - requests that did not come to a job, in the history.
 *
 * What the gateway refused early it tells the director on the socket; the words are then the gateway's, the user is the
 * kernel's word. A director that does not run cannot be told: such a refusal is in syslog alone, and the history shows
 * for how long that was (start, stop and unclean-end).  A request that changes something never goes on without its
 * record: it is written in the transaction that admits it.
 */
#ifndef PD_SPOOL_HISTORY_REFUSAL_H
#define PD_SPOOL_HISTORY_REFUSAL_H

#include <jansson.h>
#include <sys/types.h>

#include "spool/director/director.h"

struct refusal {
	const char  *user;	/* "" = nobody knows */
	uid_t	     uid;	/* of the peer */
	const char  *verb, *code, *message, *source, *rule;	/* bytes from outside: escaped here */
	int64_t	     line;
	const char  *claimed;	/* the name that the peer was not allowed to use; NULL */
};

/* Records or counts it (spool/history/tally.h).  -1: the history cannot be written now. */
int refusal_record(struct director *d, const struct refusal *r, struct pd_err *e);

/* What came of a question to the director: counted, or, when it was refused, recorded. */
void refusal_of_reply(struct director *d, const char *user, uid_t uid, const json_t *request, const json_t *reply);

/* {rule line}: what lets user call verb. */
json_t *decision_of(const struct pd_conf *conf, const char *user, const char *verb);

#endif
