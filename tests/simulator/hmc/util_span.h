/* SPDX-License-Identifier: ISC */
/* lslparutil: which records were asked for (from when to when, how often, how many), and its -r config. */
#ifndef PD_SIM_HMC_UTIL_SPAN_H
#define PD_SIM_HMC_UTIL_SPAN_H

#include "rows.h"

struct util_span {
	int64_t from_ms, to_ms, step_ms;
	int n; /* as many as that, the newest; 0: all */
};

/*
 * Reads -s, -d, -h, --minutes, --startyear... and --endyear...; n stays.  Without any of them the
 * last hour (at least one record).  false after the message.
 */
bool util_span(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct util_span *span);

int util_list_config(struct sim_cmd *cmd, const struct opts *o);

#endif
