/* SPDX-License-Identifier: ISC */
/*
 * scheduler.h - which waiting job starts next.
 *
 * Tenants take turns in proportion to their weights, the users of a tenant take turns, and a user's
 * jobs run in the order they came; a job that cannot start yet (its platform is full, its VM has
 * a running job) never holds up one that can.  Equal claims are decided by the order of taking in.  A user with one job waits, whatever others have queued, for a
 * running job to end and at most one round (P5).  Memory only: the store is the truth, and the
 * director fills this at start.
 *
 * Administrators' jobs have one more slot, per platform and in all, than everybody else's, so that
 * somebody can always look at a platform whose slots are all taken by jobs that hang.
 */
#ifndef PD_SPOOL_SCHEDULER_H
#define PD_SPOOL_SCHEDULER_H

#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/job.h"

#define SCHED_NAME_MAX 64

struct sched;

struct sched_limits {
	int64_t per_platform, total;
};

struct sched_job {
	char	id[JOB_ID_LEN + 1];
	char	tenant[SCHED_NAME_MAX], user[JOB_USER_MAX + 1];
	char	platform[SCHED_NAME_MAX], vm[SCHED_NAME_MAX];	/* vm "" = of no VM */
	int	weight;			/* of the tenant, 1..100 */
	int	is_admin;
	int	is_resumed;		/* was running when the director or its worker ended: before all others */
	int64_t not_before_ms;		/* monotonic; 0 = at once */
	uint64_t arrival;		/* order of taking in, which decides ties; 0 = sched_add() gives it the next number */
};

struct sched *sched_new(const struct sched_limits *limits);	/* NULL: no memory */
void	      sched_free(struct sched *s);
void	      sched_set_limits(struct sched *s, const struct sched_limits *limits);

int  sched_add(struct sched *s, const struct sched_job *job, struct pd_err *e);	/* last of its user's */
int  sched_remove(struct sched *s, const char *id);		/* a waiting one; 1 = it was there */

/* Takes out the job that starts now and counts it as running; 0 = none can. */
int  sched_next(struct sched *s, int64_t now_ms, struct sched_job *job);
void sched_ended(struct sched *s, const struct sched_job *job);	/* a running one has ended */

/* What keeps this job from starting now, as people say it; "" when nothing does but its turn. */
const char *sched_wait(const struct sched *s, const struct sched_job *job);
/* Milliseconds until a job that had to wait for a time may start; -1 = there is none. */
int64_t sched_delay(const struct sched *s, int64_t now_ms);
size_t	sched_waiting(const struct sched *s);
size_t	sched_running(const struct sched *s);

#endif
