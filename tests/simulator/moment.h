/* SPDX-License-Identifier: ISC */
/* --startyear, --startmonth... and --endyear...: moments as the consoles' listings of utilisation take them. */
#ifndef PD_SIM_MOMENT_H
#define PD_SIM_MOMENT_H

#include <stdint.h>

#include "tests/simulator/opts.h"

/*
 * which: "start" or "end".  Milliseconds since 1970 in UTC; what is behind the year has its first
 * value when it is not given.  0: no such option; -1: a wrong one, whose name is in bad.
 */
int64_t opts_moment(const struct opts *o, const char *which, char bad[24]);

#endif
