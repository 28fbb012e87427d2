/* SPDX-License-Identifier: ISC */
/*
 * scheduler.h - which waiting job starts next.
 *
 * Tenants take turns in proportion to their weights, the users of a tenant take turns, and a user's
 * jobs run in the order they came; a job that cannot start yet (its platform is full, its VM or its
 * system has a running job) never holds up one that can.  Equal claims are decided by the order of taking in.  A user with one job waits,
 * whatever others have queued, for a running job to end and at most one round (P5).  Memory only: the store is the truth, and the
 * director fills this at start.
 *
 * Behind an HMC stand several systems: jobs that change different ones run at the same time, those of one system one after the other (two
 * would choose the same virtual slot of its VIOS, and the console serialises them anyway), and what only asks waits for neither.
 *
 * Whether a platform's console answers is not known here, only what follows from it: a platform has a gate.  While it is open any
 * number of jobs may start; otherwise, from some time on, one at a time, the next when the console has answered that one.
 *
 * Administrators' jobs have one more slot, per platform and in all, than everybody else's, so that
 * somebody can always look at a platform whose slots are all taken by jobs that hang.
 */
#ifndef PD_SPOOL_RUN_SCHEDULER_H
#define PD_SPOOL_RUN_SCHEDULER_H

#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/job.h"

#define SCHED_NAME_MAX 64
#define SCHED_NEVER    INT64_MAX

struct sched;

struct sched_limits {
	int64_t per_platform, per_hmc, total;	/* each job has a session with its console */
};

/* Open before open_until_ms; after it from one_from_ms on for one job at a time (spool/platforms/health.h). */
struct sched_gate {
	int64_t open_until_ms, one_from_ms;
};

struct sched_job {
	char	id[JOB_ID_LEN + 1];
	char	tenant[SCHED_NAME_MAX], user[JOB_USER_MAX + 1];
	char	platform[SCHED_NAME_MAX], vm[SCHED_NAME_MAX];	/* vm "" = of no VM */
	char	system[SCHED_NAME_MAX], to[SCHED_NAME_MAX];	/* the systems of an HMC that it changes; "" = none, and no other */
	int	weight;			/* of the tenant, 1..100 */
	int	is_admin;
	int	is_hmc;			/* its platform */
	int	is_resumed;		/* was running when the director or its worker ended: before all others */
	int	is_direct;		/* no gate holds it up: it needs no console, or asks whether there is one */
	int	is_registering;		/* its platform is not what it will be: what it finds out says nothing about that */
	int	is_trying;		/* it was let through alone; set by sched_next(), ended by sched_answered() */
	int	has_begun;		/* it may have changed something on its platform */
	int	is_again;		/* it was put back because the console did not answer: its start is on record */
	int	is_aside;		/* and so is this: a VIOS did not answer, and it has a time of its own */
	int64_t submitted_ms;		/* wall */
	int64_t began_ms;		/* monotonic: its turn */
	int64_t not_before_ms;		/* monotonic; 0 = at once, SCHED_NEVER = until it is added again */
	uint64_t arrival;		/* order of taking in, which decides ties; 0 = sched_add() gives it the next number */
};

struct sched *sched_new(const struct sched_limits *limits);	/* NULL: no memory */
void	      sched_free(struct sched *s);
void	      sched_set_limits(struct sched *s, const struct sched_limits *limits);

int  sched_add(struct sched *s, const struct sched_job *job, struct pd_err *e);	/* last of its user's */
int  sched_remove(struct sched *s, const char *id);		/* a waiting one; 1 = it was there */

/* While it is held, only jobs that had begun already go on: our disk is full. */
void sched_hold(struct sched *s, int is_held);

/* Takes out the job that starts now and counts it as running; 0 = none can. */
int  sched_next(struct sched *s, int64_t now_ms, struct sched_job *job);
void sched_ended(struct sched *s, const struct sched_job *job);	/* a running one has ended */
/* A running one waits for a time of its own, beside all others; when it has begun its VM stays kept from them. */
int  sched_set_aside(struct sched *s, const struct sched_job *job, struct pd_err *e);
/* A waiting one with a time of its own: that is over. */
void sched_hurry(struct sched *s, const char *id);
int  sched_goes_on(struct sched *s, const struct sched_job *job);	/* it has not ended after all; -1: no memory */

/* A platform without a gate is open. */
int  sched_gate(struct sched *s, const char *platform, const struct sched_gate *gate);	/* -1: no memory */
void sched_answered(struct sched *s, struct sched_job *job);	/* a running one has reached its console */

/* Waiting jobs of a platform, in no order; fn must not change the scheduler.  Ends when it returns non-zero. */
void sched_each(const struct sched *s, const char *platform, int (*fn)(void *arg, const struct sched_job *job), void *arg);
size_t sched_waiting_for(const struct sched *s, const char *platform);

/* What keeps this job from starting now, as people say it; "" when nothing does but its turn. */
const char *sched_wait(const struct sched *s, const struct sched_job *job);
/* Milliseconds until a job that had to wait for a time, its own or its platform's gate, may start; -1 = there is none. */
int64_t sched_delay(const struct sched *s, int64_t now_ms);
size_t	sched_waiting(const struct sched *s);
size_t	sched_running(const struct sched *s);

#endif
