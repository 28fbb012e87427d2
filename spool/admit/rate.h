/* SPDX-License-Identifier: ISC */
/*
 * rate.h - how many requests a minute one user may make: a token bucket per user.
 *
 * A bucket holds a minute's worth of requests and fills evenly: who was quiet may send that many at once, and from then
 * on one every 60 s / limit.  A request that is refused takes nothing.  Time is what the caller says it is, so nothing
 * drifts and nothing jitters.
 *
 * Memory is fixed: RATE_USERS buckets.  A full bucket is the same as none, so the one that is nearest to full gives way
 * to a new user; only when more users than that are at their limit within one minute may one of them get a fresh
 * bucket.
 */
#ifndef PD_SPOOL_ADMIT_RATE_H
#define PD_SPOOL_ADMIT_RATE_H

#include <stdint.h>

#define RATE_WAYS  8
#define RATE_USERS 2048

struct rate;

struct rate *rate_new(void);	/* NULL: no memory */
void	     rate_free(struct rate *r);

/*
 * One request of user, of whom per_minute (1..100000) are allowed; now_us on the monotonic clock.  0 = it may;
 * otherwise the microseconds after which one may.  *is_first (may be NULL): the first refusal of this user for a
 * minute, which is the one that is worth a line in a log.
 */
int64_t rate_take(struct rate *r, const char *user, int64_t per_minute, int64_t now_us, int *is_first);

#endif
