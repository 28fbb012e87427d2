/* SPDX-License-Identifier: ISC */
/*
 * lease_clock.c - when the clock may be believed, and how much is done in an hour.
 */
#include <stdlib.h>

#include "spool/lease/lease.h"

#define HOUR_MS 3600000LL

static int64_t
interval(const struct pd_conf *conf)
{
	return conf->leases_per_hour > 0 ? HOUR_MS / conf->leases_per_hour : HOUR_MS;
}

void
lease_clock_begin(struct lease_clock *c, const struct pd_conf *conf, int64_t wall_ms, int64_t mono_ms, int64_t made)
{
	*c = (struct lease_clock){ .offset_ms = wall_ms - mono_ms, .even_since_ms = mono_ms, .is_begun = 1 };
	c->full_ms = mono_ms + (made < conf->leases_per_hour ? made * interval(conf) : HOUR_MS);
}

int
lease_clock_look(struct lease_clock *c, int64_t wall_ms, int64_t mono_ms)
{
	int64_t step = wall_ms - mono_ms - c->offset_ms;

	c->offset_ms += step;
	if (llabs(step) < LEASE_STEP_MS)
		return 0;
	c->even_since_ms = mono_ms;
	c->stepped_ms = step;
	return 1;
}

int64_t
lease_clock_settled(const struct lease_clock *c, const struct pd_conf *conf)
{
	return c->even_since_ms + conf->lease_settle_s * 1000;
}

int64_t
lease_clock_room(const struct lease_clock *c, const struct pd_conf *conf)
{
	return conf->leases_per_hour == 0 ? INT64_MAX : c->full_ms + interval(conf) - HOUR_MS;
}

void
lease_clock_take(struct lease_clock *c, const struct pd_conf *conf, int64_t mono_ms)
{
	if (c->full_ms < mono_ms)
		c->full_ms = mono_ms;
	c->full_ms += interval(conf);
}
