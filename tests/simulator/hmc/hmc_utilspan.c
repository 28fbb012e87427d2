/* SPDX-License-Identifier: ISC */
/* Which records of utilisation were asked for.  See util_span.h. */
#include <stdio.h>
#include <time.h>

#include "util_span.h"

/* --startyear and its like, or --endyear; those behind the year have their first value.  0: not given, -1: wrong. */
static int64_t
read_moment(struct sim_cmd *cmd, const struct opts *o, const char *which)
{
	static const struct {
		const char *name;
		int min, max;
	} parts[] = { { "year", 1970, 9999 }, { "month", 1, 12 }, { "day", 1, 31 }, { "hour", 0, 23 }, { "minute", 0, 59 } };
	int value[5] = { 0, 1, 1, 0, 0 };
	struct tm tm = { 0 };
	char flag[24];

	for (size_t i = 0; i < 5; i++) {
		snprintf(flag, sizeof(flag), "--%s%s", which, parts[i].name);
		if (!opt_has(o, flag))
			continue;
		if (value[0] == 0 && i > 0)
			return hmc_missing(cmd, flag), -1;	/* a month of no year */
		if (!parse_int(opt_str(o, flag), parts[i].min, parts[i].max, &value[i]))
			return hmc_missing(cmd, flag), -1;
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

/* How long records are kept (unconfirmed): the coarser, the longer. */
static int64_t
kept_days(const struct opts *o)
{
	switch (opt_has(o, "-s") ? opt_str(o, "-s")[0] : 's') {
	case 'h':
		return 62;
	case 'd':
		return 731;
	case 'm':
		return 3653;
	default:
		return 2;
	}
}

/* Back from the end: -d, -h and --minutes, or a start; else as many as -n says, else an hour. */
bool
util_span(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct util_span *span)
{
	static const struct {
		const char *flag;
		int64_t ms;
	} back[] = { { "-d", 86400000 }, { "-h", 3600000 }, { "--minutes", 60000 } };
	int64_t start = read_moment(cmd, o, "start"), end = start == -1 ? -1 : read_moment(cmd, o, "end");
	int64_t oldest;
	bool bounded = start > 0;
	int value;

	if (end == -1)
		return false;
	span->step_ms = (int64_t)c->sample_rate * 1000;
	if (opt_has(o, "-s") && opt_str(o, "-s")[0] != 's')
		span->step_ms = opt_str(o, "-s")[0] == 'h' ? 3600000 : opt_str(o, "-s")[0] == 'd' ? 86400000 : 2592000000;
	span->to_ms = end > 0 && end < hmc_now(cmd->hmc) ? end : hmc_now(cmd->hmc);
	span->from_ms = start > 0 ? start : span->to_ms - (span->step_ms > 3600000 ? span->step_ms : 3600000);
	for (size_t i = 0; i < sizeof(back) / sizeof(back[0]); i++) {
		if (!opt_has(o, back[i].flag))
			continue;
		if (!parse_int(opt_str(o, back[i].flag), 0, 1000000, &value))
			return hmc_missing(cmd, back[i].flag), false;
		span->from_ms = span->to_ms - value * back[i].ms;
		bounded = true;
	}
	oldest = hmc_now(cmd->hmc) - kept_days(o) * 86400000;
	if (span->from_ms < oldest || (span->n > 0 && !bounded))
		span->from_ms = oldest;
	return true;
}
