/* SPDX-License-Identifier: ISC */
/*
 * health.h - does a platform's console answer, and when is it tried again?
 *
 *	unknown	nothing is known, as after a start: one job goes first, the others when the console has answered it
 *	up	it answers.  After a second without an answer one job goes first again, so that a console that went away
 *		meanwhile is met by one job and not by as many as there are slots.
 *	silent	it did not answer; one job (or a check) tries it after each back-off
 *	down	the same, after HEALTH_DOWN_COHORTS failures in a row
 *	refused	it answers, but not us: our key is refused, or its host key is another one.  Consoles lock accounts, so time alone
 *		never brings another try; an administrator does (check-platform, register-platform).
 *
 * Failures are counted in cohorts: whatever fails within one back-off was begun before the first failure was known
 * and counts once.  The back-off doubles with each cohort; every single one is 20 % longer or shorter, by chance, so that
 * directors and platforms that failed together do not come back together.
 *
 * Arithmetic only: no clock, no store, no memory.  Times are monotonic milliseconds unless they are said to be wall time.
 */
#ifndef PD_SPOOL_PLATFORMS_HEALTH_H
#define PD_SPOOL_PLATFORMS_HEALTH_H

#include <stdint.h>

#define HEALTH_DOWN_COHORTS 3
#define HEALTH_FRESH_MS	    1000	/* an answer proves so much of the time behind it */
#define HEALTH_JITTER	    20		/* per cent, up or down */
#define HEALTH_NEVER	    INT64_MAX

enum health_state { HEALTH_UNKNOWN, HEALTH_UP, HEALTH_SILENT, HEALTH_DOWN, HEALTH_REFUSED, HEALTH_NSTATES };

/* Back-off: the first one, and the longest. */
struct health_times {
	int64_t first_ms, longest_ms;
};

struct health {
	enum health_state state;
	int		  cohorts;	/* failures in a row */
	int64_t		  next_ms;	/* silent, down: nothing is tried before */
	int64_t		  answered_ms;	/* up: the last answer */
	int64_t		  since_wall_ms;	/* silent, down, refused: of the first failure */
};

/*
 * What happened.  They return 1 when the platform thereby went down, was refused, or came back from one of both: that
 * is for the history.
 */
int health_answered(struct health *h, int64_t now_ms);
/* began_ms: when the attempt began.  random: any 32 bits. */
int health_silent(struct health *h, const struct health_times *times, int64_t began_ms, int64_t now_ms, int64_t wall_ms,
    uint32_t random);
int health_refused(struct health *h, int64_t wall_ms);

/* As kept over a restart.  What was down is tried after the first back-off, and then goes on where it was. */
void health_restore(struct health *h, enum health_state state, int cohorts, int64_t since_wall_ms,
    const struct health_times *times, int64_t now_ms, uint32_t random);

/* When may jobs start?  Any number before open_until_ms; otherwise one at a time, from one_from_ms on. */
int64_t health_open_until(const struct health *h);
int64_t health_one_from(const struct health *h);

int		  health_is_bad(const struct health *h);	/* silent, down or refused */
int64_t		  health_backoff(const struct health_times *times, int cohorts, uint32_t random);
const char	 *health_name(enum health_state state);		/* "unknown", "up", ... */
enum health_state health_from_name(const char *name);		/* what it does not know is unknown */

#endif
