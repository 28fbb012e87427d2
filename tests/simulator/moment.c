/* SPDX-License-Identifier: ISC */
/* Moments in options.  See moment.h. */
#include <stdio.h>
#include <time.h>

#include "tests/simulator/moment.h"

int64_t
opts_moment(const struct opts *o, const char *which, char bad[24])
{
	static const struct {
		const char *name;
		int min, max;
	} parts[] = { { "year", 1970, 9999 }, { "month", 1, 12 }, { "day", 1, 31 }, { "hour", 0, 23 }, { "minute", 0, 59 } };
	int value[5] = { 0, 1, 1, 0, 0 };
	struct tm tm = { 0 };

	for (size_t i = 0; i < 5; i++) {
		snprintf(bad, 24, "--%s%s", which, parts[i].name);
		if (!opt_has(o, bad))
			continue;
		if (value[0] == 0 && i > 0)
			return -1;	/* a month of no year */
		if (!parse_int(opt_str(o, bad), parts[i].min, parts[i].max, &value[i]))
			return -1;
	}
	if (value[0] == 0)
		return 0;
	tm.tm_year = value[0] - 1900;
	tm.tm_mon = value[1] - 1;
	tm.tm_mday = value[2];
	tm.tm_hour = value[3];
	tm.tm_min = value[4];
	return (int64_t)timegm(&tm) * 1000;
}
