/* SPDX-License-Identifier: ISC */
/*
 * sched_parts.h - the scheduler's parts among themselves; only scheduler.c and sched_turn.c include it.
 *
 * Everything hangs below its platform, because only jobs of one platform compete for its slots: a tenant that
 * keeps one platform busy loses nothing on another.
 *
 *	platform -> tenant (stride: the least pass is next, each turn adds STRIDE / weight)
 *		 -> user (the one served longest ago is next)
 *		 -> jobs, first come first served
 *
 * Where two are equal, the one whose job was taken in earlier comes first, at every level.
 *
 * Passes and stamps outlive empty queues: a user who submits one job after the other gets
 * no head start each time.  The number of nodes is bounded by the members in the policy file.
 */
#ifndef PD_SPOOL_RUN_SCHED_PARTS_H
#define PD_SPOOL_RUN_SCHED_PARTS_H

#include "spool/run/scheduler.h"

struct sched_node {
	struct sched_node *next;
	struct sched_job   job;
};

struct sched_user {
	struct sched_user *next;
	char		   name[JOB_USER_MAX + 1];
	int		   is_admin;
	uint64_t	   served;	/* stamp of its last turn, 0 = never */
	struct sched_node *head, *tail;
	/* All nodes up to this one could not start when they were looked at, and nothing that keeps them has changed since; NULL = none. */
	struct sched_node *barren;
	uint64_t	   barren_frees;	/* what it holds for: as many VMs and systems have become free, the gate is as it was */
	int		   barren_open;
};

struct sched_tenant {
	struct sched_tenant *next;
	char		     name[SCHED_NAME_MAX];
	int		     weight;
	uint64_t	     pass;
	struct sched_user   *users;
};

struct sched_platform {
	struct sched_platform *next;	/* the one served longest ago is the first */
	char		       name[SCHED_NAME_MAX];
	struct sched_gate      gate;
	int64_t		       running, trying;	/* of those that run: were let through alone and have no answer yet */
	size_t		       waiting, direct;	/* waiting ones; in turn and direct among them */
	int		       was_served, is_hmc;
	uint64_t	       now;	/* pass of its last tenant */
	struct sched_tenant   *tenants;
};

struct sched_busy {	/* what a running job keeps from others: its VM, its systems */
	struct sched_busy *next;
	char		   id[JOB_ID_LEN + 1];
	char		   vm[SCHED_NAME_MAX], system[SCHED_NAME_MAX], to[SCHED_NAME_MAX];
};

struct sched {
	struct sched_limits    limits;
	struct sched_platform *platforms;
	struct sched_node     *front;	/* resumed and delayed jobs, before all others, by arrival */
	struct sched_busy     *busy;
	uint64_t	       stamp, arrivals, frees;	/* frees: how often a VM or system became free */
	size_t		       waiting, running;
	int		       is_held;
};

/* scheduler.c: may it start, as far as slots, its VM and systems, and the platform's gate go? */
int sched_has_slot(const struct sched *s, const struct sched_platform *p, int is_admin);
int sched_is_kept(const struct sched *s, const struct sched_job *job);
int sched_gate_is_open(const struct sched_platform *p, int64_t now_ms);

/* sched_turn.c: the queue of one platform.  Takes n; -1 without memory, n is the caller's then. */
int		   turn_add(struct sched_platform *p, struct sched_node *n);
struct sched_node *turn_take(struct sched *s, struct sched_platform *p, int64_t now_ms);	/* NULL = nobody's turn */
struct sched_node *turn_find(struct sched_platform *p, const char *id);	/* takes it out; NULL = not there */
int turn_each(const struct sched_platform *p, int (*fn)(void *arg, const struct sched_job *job), void *arg);
void		   turn_free(struct sched_platform *p);

#endif
