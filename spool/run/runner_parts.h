/* SPDX-License-Identifier: ISC */
/*
 * runner_parts.h - runner*.c and settle.c among themselves.
 */
#ifndef PD_SPOOL_RUN_RUNNER_PARTS_H
#define PD_SPOOL_RUN_RUNNER_PARTS_H

#include "spool/director/director.h"

/* ---- runner.c ---- */
void runner_lost(struct director *d, struct worker *w);	/* it is gone: another one takes up its job from the journal */

/* ---- runner_start.c ---- */

/* A start that is recorded and not yet durable. */
struct start {
	struct start	*next;
	struct sched_job job;
	json_t		*row, *begun, *msg;	/* as it was, as it is now, its worker's order */
	struct worker	*worker;		/* taken for it */
	int		 journal, log;
	int		 is_named;		/* the journal's name was there before */
	int		 was_begun;		/* its journal has records */
	int		 has_changed;		/* and something on the platform may be other than before */
};
/* Inside a group.  NULL: it was put back into the queue, or its end is on the way (settle_end()). */
struct start *runner_start_record(struct director *d, const struct sched_job *job);
void runner_start_send(struct director *d, struct start *s);	/* it is durable; takes s */
void runner_start_back(struct director *d, struct start *s, const struct pd_err *why);	/* it never was; takes s */
/* It had its turn; it comes back to the front, not to the end of the queue. */
void runner_try_later(struct director *d, const struct sched_job *job, int64_t delay_ms, const struct pd_err *why);

/* ---- runner_end.c ---- */

/* Effects, move and history, in a transaction; *row is for runner_end_tell(), which takes it, when that is durable. */
int  runner_end_record(struct director *d, const char *id, const struct ending *wanted, json_t **row);
void runner_end_tell(struct director *d, json_t *row);
int  runner_record_end(struct director *d, const char *id, const struct ending *wanted);	/* both, of a job without a slot */
void runner_end_now(struct director *d, const struct sched_job *job, const struct ending *ending);	/* of one with a slot */
void runner_keep_end(struct director *d, const struct sched_job *job, const struct ending *ending);	/* it is tried again */
void runner_tell_state(struct director *d, const char *id, const char *state);
struct unrecorded *unrecorded_new(const struct sched_job *job, const struct ending *ending);
void unrecorded_free(struct unrecorded *u);

/*
 * runner_vios.c: which jobs wait for a VIOS.  hear: vios is a result's "vios", why its message; NULL without memory.
 * until: monotonic, when it is tried again; 0 = its time is up.  wake: those of this platform are tried now.
 */
const struct contact *absent_hear(struct director *d, const struct sched_job *job, const json_t *vios, const char *why);
const struct contact *absent_contact(struct director *d, const char *job);	/* NULL = it waits for none */
int64_t		      absent_until(const struct director *d, const struct sched_job *job, const struct contact *c);
void		      absent_wake(struct director *d, const char *platform);
void		      absent_forget(struct director *d, const char *job);

/* runner_away.c: has a worker's result said that its console, or a VIOS, is not to be reached?  Then the job waits or ends here: 1. */
int runner_away(struct director *d, struct worker *w, const json_t *msg);

#endif
