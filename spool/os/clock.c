/* SPDX-License-Identifier: ISC */
/*
 * clock.c - the two clocks: wall time for people, monotonic time for limits.
 */
#include <string.h>
#include <time.h>

#include "spool/os/clock.h"

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

static char *
digits(char *p, int n, int count)
{
	for (int i = count; i-- > 0; n /= 10)
		p[i] = (char)('0' + n % 10);
	return p + count;
}

/* By hand: a list of VMs has thousands of them, and strftime(3) and printf(3) take most of its time. */
char *
clock_text(char *buf, int64_t wall_ms)
{
	const char separators[] = "--T::.";
	time_t	   sec = (time_t)(wall_ms / 1000);
	struct tm  tm;
	char	  *p = buf;

	if (gmtime_r(&sec, &tm) == NULL || tm.tm_year < 1000 - 1900 || tm.tm_year > 9999 - 1900)
		(void)gmtime_r(&(time_t){ 0 }, &tm);

	const int parts[] = { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		p = digits(p, parts[i], i == 0 ? 4 : 2);
		*p++ = separators[i];
	}
	p = digits(p, (int)((unsigned)(wall_ms % 1000) % 1000u), 3);
	(void)memcpy(p, "Z", 2);
	return buf;
}
