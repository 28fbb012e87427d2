/* SPDX-License-Identifier: ISC */
/*
 * runner_parts.h - runner.c and runner_away.c among themselves.
 */
#ifndef PD_SPOOL_RUNNER_PARTS_H
#define PD_SPOOL_RUNNER_PARTS_H

#include "spool/director.h"

/* runner.c: a running job ends; one that has no slot ends (0 = it is durable); its new state for who follows it. */
void runner_end_job(struct director *d, const struct sched_job *job, const struct ending *ending);
int  runner_record_end(struct director *d, const char *id, const struct ending *wanted);
void runner_tell_state(struct director *d, const char *id, const char *state);

/* runner_away.c: has a worker's result said that its console is not to be reached?  Then the job waits or ends here: 1. */
int runner_away(struct director *d, struct worker *w, const json_t *msg);

#endif
