/* SPDX-License-Identifier: ISC */
/*
 * rate.c - a token bucket per user, as one number: the time at which the bucket is full again.
 *
 * (Known as the generic cell rate algorithm, ITU-T I.371.)  Each request moves that time by one interval; it may be at
 * most a minute ahead.  The interval is cut to whole nanoseconds: up to 100000 requests a minute the error of a whole
 * minute is less than one interval, so exactly as many pass as are allowed.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/admit/rate.h"
#include "spool/job.h"

#define MINUTE_NS 60000000000LL
#define SETS	  (RATE_USERS / RATE_WAYS)

struct bucket {
	char	user[JOB_USER_MAX + 1];	/* "" = free */
	int64_t full_ns;		/* when it is full again */
	int64_t told_ns;		/* the last refusal that counted as the first of a minute */
};

struct rate {
	struct bucket buckets[SETS][RATE_WAYS];
};

struct rate *
rate_new(void)
{
	return calloc(1, sizeof(struct rate));
}

void
rate_free(struct rate *r)
{
	free(r);
}

/* FNV-1a: users are named by an administrator, nobody chooses names that collide. */
static size_t
set_of(const char *user)
{
	uint32_t h = 2166136261u;

	for (; *user != '\0'; user++)
		h = (h ^ (unsigned char)*user) * 16777619u;
	return h % SETS;
}

/* The user's bucket; a new one is full. */
static struct bucket *
find(struct rate *r, const char *user, int64_t now_ns)
{
	struct bucket *set = r->buckets[set_of(user)], *fullest = &set[0];

	for (size_t i = 0; i < RATE_WAYS; i++) {
		if (strncmp(set[i].user, user, JOB_USER_MAX) == 0)
			return &set[i];
		if (fullest->user[0] != '\0' && (set[i].user[0] == '\0' || set[i].full_ns < fullest->full_ns))
			fullest = &set[i];
	}
	memset(fullest, 0, sizeof(*fullest));
	memcpy(fullest->user, user, strnlen(user, JOB_USER_MAX));
	fullest->full_ns = now_ns;
	fullest->told_ns = now_ns - MINUTE_NS;
	return fullest;
}

int64_t
rate_take(struct rate *r, const char *user, int64_t per_minute, int64_t now_us, int *is_first)
{
	int64_t	       now_ns = now_us * 1000, interval = MINUTE_NS / per_minute, ahead;
	struct bucket *b = find(r, user, now_ns);

	if (is_first != NULL)
		*is_first = 0;
	if (b->full_ns < now_ns)
		b->full_ns = now_ns;
	ahead = b->full_ns + interval - now_ns;
	if (ahead <= MINUTE_NS) {
		b->full_ns += interval;
		return 0;
	}
	if (now_ns - b->told_ns >= MINUTE_NS) {
		b->told_ns = now_ns;
		if (is_first != NULL)
			*is_first = 1;
	}
	return (ahead - MINUTE_NS + 999) / 1000;
}
