/* SPDX-License-Identifier: ISC */
/*
 * tally.h - requests that are in the history as a count: what was only read, and what was refused too often.
 *
 * Every request that changes something has a record of its own.  Of the refused ones the first few of each user in a
 * minute have one, the others are counted, and one record says how many; so nobody can make the history grow faster
 * than that.  Questions (list-vms and the like) have no effect that a record would have to come before: they are
 * counted by verb, one record for each user and ten minutes.  What is counted is in memory until then, and lost with a
 * director that is killed.
 */
#ifndef PD_SPOOL_HISTORY_TALLY_H
#define PD_SPOOL_HISTORY_TALLY_H

#include <jansson.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/job.h"
#include "spool/store/store.h"

#define TALLY_MAX	 512		/* users and kinds at a time; all further ones are counted as "(others)" */
#define TALLY_REFUSED_MS 60000
#define TALLY_ASKED_MS	 600000

enum tally_kind { TALLY_REFUSED, TALLY_ASKED };

struct tally_entry {
	enum tally_kind kind;
	char		key[JOB_USER_MAX + 8];	/* user, or "uid N" */
	int64_t		due_ms;			/* monotonic: its time is over */
	int64_t		from_ms;		/* wall */
	int64_t		recorded, counted;
	json_t	       *by;			/* how many of each code, or verb */
};

struct tally {
	struct tally_entry entry[TALLY_MAX];
	size_t		   n;
};

/* May this refusal have its own record?  0: it is counted.  each is how many may in a minute. */
int tally_refused(struct tally *t, const char *key, const char *code, int64_t each, int64_t now_ms);
/* A question was answered. */
void tally_asked(struct tally *t, const char *user, const char *verb, int64_t now_ms);

/* Records what is due, or everything, in one transaction of its own.  -1: it is kept for the next time. */
int tally_flush(struct tally *t, const struct pd_conf *conf, struct store *st, int all, int64_t now_ms, struct pd_err *e);
int64_t tally_delay(const struct tally *t, int64_t now_ms);	/* until something is due; -1 = nothing is counted */
void tally_clear(struct tally *t);

#endif
