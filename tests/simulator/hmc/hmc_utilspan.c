/* SPDX-License-Identifier: ISC */
/* Which records of utilisation were asked for.  See util_span.h. */
#include "tests/simulator/moment.h"
#include "util_span.h"

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
	char bad[24];
	int64_t start = opts_moment(o, "start", bad), end = start == -1 ? -1 : opts_moment(o, "end", bad);
	int64_t oldest;
	bool bounded = start > 0;
	int value;

	if (end == -1)
		return hmc_missing(cmd, bad), false;
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
