/* SPDX-License-Identifier: ISC */
/*
 * contact.h - which platforms' consoles answer: what their jobs found out, what follows for the others, what people are told.
 *
 * spool/platforms/health.h decides; here is its memory.  One entry per registered platform; the scheduler's gate of the platform is set with
 * every change.  Down, refused and up again are recorded in the history and kept for the next start (as "health/NAME"); single
 * tries are not.
 */
#ifndef PD_SPOOL_PLATFORMS_CONTACT_H
#define PD_SPOOL_PLATFORMS_CONTACT_H

#include <jansson.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/platforms/health.h"
#include "spool/run/scheduler.h"

#define CONTACT_TEXT_MAX 640
#define CONTACT_ROUND	 16	/* jobs whose time is up and that are ended before the sockets are looked at again */

struct director;

struct contact {
	struct contact *next;
	char		platform[SCHED_NAME_MAX];
	struct health	health;
	char		why[240];	/* what its console said, or what connecting to it did */
	int64_t		expire_at_ms;	/* no waiting job's time is up before; 0 = to be found out */
	int		is_unrecorded;	/* our disk is full: it is tried again */
	struct console_contact {	/* where there are two: each by itself; not kept over a restart */
		struct health health;
		char	      why[160];
	} console[2];
};

int  contact_open(struct director *d, struct pd_err *e);	/* before the first job is queued */
void contact_close(struct director *d);

/* A job has met its console: word is a result's "contact" (spool/run/workers.h; "" is nothing), why its message. */
void contact_heard(struct director *d, const struct sched_job *job, const char *word, const char *why);

/* The platform's entry when jobs have to wait for it, else NULL. */
const struct contact *contact_bad(const struct director *d, const char *platform);
void contact_job_waits(struct director *d, const char *platform);	/* one more: its deadline counts */
void contact_forget_times(struct director *d);				/* the configuration has changed */

/*
 * contact_pair.c: two consoles of one platform.  told: a result's "consoles".  A message for a worker gets in its
 * platform start_with, 1 when the first does not answer and the second does; and, when both are to be looked at,
 * ask_second: of an inventory when the second's back-off is over, of a check, which a person waits for, at once.
 */
enum contact_looks { LOOKS_NOT, LOOKS_IN_TURN, LOOKS_NOW };
void	contact_consoles(struct director *d, const struct sched_job *job, const json_t *told);
void	contact_start_with(const struct director *d, json_t *msg, enum contact_looks looks);
json_t *contact_consoles_object(const struct contact *c);	/* [{state since? next? why?},..]; NULL = it is not known of two */
struct contact *contact_find(const struct director *d, const char *platform);	/* NULL = nothing is known */

void	contact_timers(struct director *d);	/* jobs whose time is up */
int64_t contact_delay(const struct director *d, int64_t now_ms);	/* -1 = none */

/*
 * contact_text.c: "power1, which has not answered since 10:02:11 UTC (Connection refused); next try at 10:04:11 UTC",
 * and the same as {state since next? why}.
 */
const char *contact_text(const struct contact *c, char buf[CONTACT_TEXT_MAX]);
json_t	   *contact_object(const struct contact *c);

#endif
