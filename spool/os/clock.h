/* SPDX-License-Identifier: ISC */
/*
 * clock.h - the two clocks: wall time for people, monotonic time for limits.
 */
#ifndef PD_SPOOL_OS_CLOCK_H
#define PD_SPOOL_OS_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define CLOCK_TEXT_LEN 25	/* 2027-03-01T09:00:00.123Z and NUL */

int64_t clock_wall_ms(void);	/* since 1970, UTC */
int64_t clock_mono_ms(void);	/* never jumps; only differences mean anything */
int64_t clock_mono_us(void);

/* RFC 3339 UTC with milliseconds into buf[CLOCK_TEXT_LEN]; returns buf. */
char *clock_text(char *buf, int64_t wall_ms);

#endif
