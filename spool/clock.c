/* SPDX-License-Identifier: ISC */
/*
 * clock.c - the two clocks: wall time for people, monotonic time for limits.
 */
#include <stdio.h>
#include <time.h>

#include "spool/clock.h"

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_wall_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_mono_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

char *
clock_text(char *buf, int64_t wall_ms)
{
	time_t	  sec = (time_t)(wall_ms / 1000);
	struct tm tm;
	char	  day[32];

	if (gmtime_r(&sec, &tm) == NULL || strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm) != 19)
		(void)snprintf(day, sizeof(day), "1970-01-01T00:00:00");
	(void)snprintf(buf, CLOCK_TEXT_LEN, "%.19s.%03uZ", day, (unsigned)(wall_ms % 1000) % 1000u);
	return buf;
}
