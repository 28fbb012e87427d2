/* SPDX-License-Identifier: ISC */
/*
 * contact_text.c - what is told of a platform that does not answer.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "spool/os/clock.h"
#include "spool/platforms/contact.h"

#define TIME_LEN 32
#define DAY_MS	 (24LL * 60 * 60 * 1000)

/* "10:02:11 UTC", with its day when that is not today. */
static const char *
time_text(char buf[TIME_LEN], int64_t wall_ms, int64_t now_ms)
{
	time_t	  sec = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (gmtime_r(&sec, &tm) == NULL ||
	    strftime(buf, TIME_LEN, wall_ms / DAY_MS == now_ms / DAY_MS ? "%H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S UTC",
		&tm) == 0)
		buf[0] = '\0';
	return buf;
}

/* The wall time at which it is tried; 0 = as soon as there is a job for it, or never by time alone. */
static int64_t
next_wall_ms(const struct contact *c)
{
	int64_t left = c->health.next_ms - clock_mono_ms();

	return left > 0 && c->health.next_ms != HEALTH_NEVER ? clock_wall_ms() + left : 0;
}

/* What went wrong, without the advice behind it. */
static int
short_why(const struct contact *c)
{
	return (int)strcspn(c->why, ";");
}

const char *
contact_text(const struct contact *c, char buf[CONTACT_TEXT_MAX])
{
	int64_t now = clock_wall_ms(), next = next_wall_ms(c);
	char	since[TIME_LEN], at[TIME_LEN] = "now";

	time_text(since, c->health.since_wall_ms, now);
	if (c->health.state == HEALTH_REFUSED)
		(void)snprintf(buf, CONTACT_TEXT_MAX,
		    "%s, which has not let us in since %s (%.*s); it is not tried again before an "
		    "administrator has run check-platform or registered it again",
		    c->platform, since, short_why(c), c->why);
	else
		(void)snprintf(buf, CONTACT_TEXT_MAX, "%s, which has not answered since %s (%.*s); next try %s%s",
		    c->platform, since, short_why(c), c->why, next != 0 ? "at " : "",
		    next != 0 ? time_text(at, next, now) : at);
	return buf;
}

json_t *
contact_object(const struct contact *c)
{
	char	text[CLOCK_TEXT_LEN];
	json_t *o = json_pack("{s:s s:s s:s}", "state", health_name(c->health.state), "since",
	    clock_text(text, c->health.since_wall_ms), "why", c->why);

	if (c->health.state != HEALTH_REFUSED && next_wall_ms(c) != 0)
		(void)json_object_set_new(o, "next", json_string(clock_text(text, next_wall_ms(c))));
	return o;
}
