/* SPDX-License-Identifier: ISC */
/*
 * worker_pool.h - the director's worker processes: started, kept warm per platform, retired, reaped.
 *
 * A worker keeps its SSH session open between jobs, so a job goes to an idle worker of its
 * platform when there is one.  Its death is seen as the end of its socket, whatever ended it.
 * The protocol is in spool/run/workers.h.
 */
#ifndef PD_SPOOL_RUN_WORKER_POOL_H
#define PD_SPOOL_RUN_WORKER_POOL_H

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/err.h"
#include "spool/log.h"
#include "spool/run/scheduler.h"
#include "spool/wire.h"

struct worker {
	struct worker	*next;
	pid_t		 pid;
	int		 sock;		/* -1: told to end, or has ended; waits to be reaped */
	struct wire_in	 in;
	char		 platform[SCHED_NAME_MAX];
	int		 is_busy;
	int		 is_background;	/* busy with what is no job (spool/platforms/inventory.h): anything else goes before it */
	int		 has_next;	/* it stops for this job, which is counted as running already */
	struct sched_job next_job;
	int		 is_stale;	/* started for a configuration that is no more: its sandbox knows other directories */
	struct sched_job job;		/* while busy */
	struct console	*console;	/* owned; it serves this and never a job (spool/director/console.h); NULL = jobs */
	int64_t		 jobs;		/* so many it has been given */
	int64_t		 idle_since_ms;
};

struct worker_pool {
	char	      *program;		/* path of powerdirector-worker */
	int64_t	       idle_s, jobs;	/* retire after so long without, after so many; 0 = never */
	struct worker *workers;
};

int  pool_init(struct worker_pool *p, const char *program, int64_t idle_s, int64_t jobs, struct pd_err *e);
/* Closes all sockets (a worker then finishes like park and exits); waits for nobody. */
void pool_free(struct worker_pool *p);

/* An idle worker of the job's platform, or a new one, for this job: it is busy now.  PD_IO when it cannot be started. */
struct worker *pool_take(struct worker_pool *p, const struct sched_job *job, struct pd_err *e);
void pool_give_back(struct worker *w);	/* it was not needed after all */

/* A new one. */
struct worker *pool_add(struct worker_pool *p, const char *platform, struct pd_err *e);

/* Gives the one that was taken its job; takes the reference to msg, not the descriptors. */
int pool_run(struct worker *w, const struct sched_job *job, json_t *msg, int journal, int log, struct pd_err *e);
int pool_tell(struct worker *w, const char *what, struct pd_err *e);	/* "cancel", "park" */
void pool_job_ended(struct worker_pool *p, struct worker *w, int64_t now_ms);

/* Ends it: closes the socket; with kill at once, otherwise by itself. */
void pool_end(struct worker *w, int kill_it);
void pool_retire(struct worker_pool *p, int64_t now_ms);		/* idle for too long */
void pool_retire_platform(struct worker_pool *p, const char *platform);	/* NULL = all; busy ones when their job ends */
int64_t pool_delay(const struct worker_pool *p, int64_t now_ms);	/* until the next retirement; -1 = none */
void pool_reap(struct worker_pool *p, const struct log *log);		/* after SIGCHLD: forgets those that are gone */
size_t pool_busy(const struct worker_pool *p);
struct worker *pool_find(const struct worker_pool *p, const char *job_id);

#endif
