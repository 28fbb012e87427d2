/* SPDX-License-Identifier: ISC */
/*
 * intake_flood.h - what is done with planted names when there are many.
 *
 * Each is kept in bad/ with its reason, in the log and in the history, as long as bad/ is not full of them; from then
 * on they are removed and counted, and the count is told once a minute.  So a million names cost the spool's disk no
 * more than a thousand.
 */
#ifndef PD_SPOOL_DIRECTOR_INTAKE_FLOOD_H
#define PD_SPOOL_DIRECTOR_INTAKE_FLOOD_H

#include "spool/director/intake.h"

#define FLOOD_KEEP    1000		/* files in bad/, each with its reason beside it */
#define FLOOD_TELL_MS (60 * 1000)

/* May one more go to bad/?  It is counted at once. */
int  flood_keeps(struct intake *in);
/* One that does not: removed, or, where even that fails, left where it is. */
void flood_add(struct intake *in, const char *name, const struct pd_err *why, int is_removed);
/* At the end of a scan; with now it does not wait until the minute is over. */
void flood_tell(struct intake *in, int now);

#endif
