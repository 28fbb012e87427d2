/* SPDX-License-Identifier: ISC */
/*
 * health.c - does a platform's console answer, and when is it tried again?
 */
#include <string.h>

#include "spool/platforms/health.h"

static const char *const names[HEALTH_NSTATES] = { "unknown", "up", "silent", "down", "refused" };

const char *
health_name(enum health_state state)
{
	return (unsigned)state < HEALTH_NSTATES ? names[state] : names[HEALTH_UNKNOWN];
}

enum health_state
health_from_name(const char *name)
{
	for (unsigned i = 0; i < HEALTH_NSTATES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return HEALTH_UNKNOWN;
}

int
health_is_bad(const struct health *h)
{
	return h->state == HEALTH_SILENT || h->state == HEALTH_DOWN || h->state == HEALTH_REFUSED;
}

static int
is_recorded(const struct health *h)
{
	return h->state == HEALTH_DOWN || h->state == HEALTH_REFUSED;
}

/* 80 to 120 per cent of ms. */
static int64_t
jittered(int64_t ms, uint32_t random)
{
	int64_t span = ms * 2 * HEALTH_JITTER / 100;

	return ms - span / 2 + (int64_t)((uint64_t)span * random / UINT32_MAX);
}

int64_t
health_backoff(const struct health_times *times, int cohorts, uint32_t random)
{
	int64_t ms = times->first_ms;

	for (int i = 1; i < cohorts && ms < times->longest_ms; i++)
		ms *= 2;
	return jittered(ms < times->longest_ms ? ms : times->longest_ms, random);
}

int
health_answered(struct health *h, int64_t now_ms)
{
	int was_recorded = is_recorded(h);

	*h = (struct health){ .state = HEALTH_UP, .answered_ms = now_ms };
	return was_recorded;
}

int
health_silent(struct health *h, const struct health_times *times, int64_t began_ms, int64_t now_ms, int64_t wall_ms,
    uint32_t random)
{
	if (h->state == HEALTH_REFUSED)
		return 0;	/* silence does not make our key right */
	if (!health_is_bad(h))
		*h = (struct health){ .state = HEALTH_SILENT, .since_wall_ms = wall_ms };
	else if (began_ms < h->next_ms)
		return 0;	/* of the same cohort, or a person's check in between: the next try stays where it was announced */
	h->cohorts++;
	h->next_ms = now_ms + health_backoff(times, h->cohorts, random);
	if (h->state == HEALTH_DOWN || h->cohorts < HEALTH_DOWN_COHORTS)
		return 0;
	h->state = HEALTH_DOWN;
	return 1;
}

int
health_refused(struct health *h, int64_t wall_ms)
{
	if (h->state == HEALTH_REFUSED)
		return 0;
	*h = (struct health){ .state = HEALTH_REFUSED, .next_ms = HEALTH_NEVER, .since_wall_ms = wall_ms };
	return 1;
}

void
health_restore(struct health *h, enum health_state state, int cohorts, int64_t since_wall_ms,
    const struct health_times *times, int64_t now_ms, uint32_t random)
{
	memset(h, 0, sizeof(*h));
	if (state == HEALTH_REFUSED) {
		(void)health_refused(h, since_wall_ms);
	} else if (state == HEALTH_DOWN) {
		h->state = state;
		h->cohorts = cohorts > HEALTH_DOWN_COHORTS ? cohorts : HEALTH_DOWN_COHORTS;
		h->since_wall_ms = since_wall_ms;
		h->next_ms = now_ms + health_backoff(times, 1, random);
	}
}

int64_t
health_open_until(const struct health *h)
{
	return h->state == HEALTH_UP ? h->answered_ms + HEALTH_FRESH_MS : 0;
}

int64_t
health_one_from(const struct health *h)
{
	return health_is_bad(h) ? h->next_ms : 0;
}
