/* SPDX-License-Identifier: ISC */
/*
 * inventory.h - what the platforms' consoles have, asked in the background now and then and kept with its time.
 *
 * Each registered platform is asked every conf->inventory_every_s, 20 % sooner or later by chance: by
 * templates/KIND/inventory.seq, on a worker of the platform, which is no job: it has no row, no file and no history.
 * Jobs come first: it begins when none waits for its platform, and leaves the warm worker to the first one that comes
 * after the command that runs.  A console that does not answer is not asked before its back-off is over
 * (spool/platforms/health.h), one that refuses us not at all; what the answer is goes into both, as a job's does.
 *
 * inventory_record.c: what it changes in the store.
 */
#ifndef PD_SPOOL_PLATFORMS_INVENTORY_H
#define PD_SPOOL_PLATFORMS_INVENTORY_H

#include <jansson.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/run/scheduler.h"
#include "spool/store/store.h"

#define INVENTORY_FRESH_MS 20000	/* who asks for fresh figures waits so long at most */
#define INVENTORY_WAITERS  16
#define INVENTORY_LATE	   5		/* so many times the interval it may be put off by jobs that wait */

struct director;
struct worker;

int  inventory_open(struct director *d, struct pd_err *e);
void inventory_close(struct director *d);
void inventory_registered(struct director *d, const char *platform);	/* its registration has just told its figures */

void inventory_forget_times(struct director *d);	/* the configuration has changed */

void	inventory_timers(struct director *d);
int64_t inventory_delay(const struct director *d, int64_t now_ms);	/* -1 = none is due */

/* Of a background worker: what it says, and that it is gone. */
void inventory_hear(struct director *d, struct worker *w, const json_t *msg);
void inventory_lost(struct director *d, struct worker *w);
/* 1: the only warm worker of the job's platform is busy with an inventory, has been told to stop, and begins the job then. */
int inventory_yields(struct director *d, const struct sched_job *job);

/*
 * Somebody (the server's current ticket) waits until these platforms have been asked anew; answer(d, arg, why) is
 * called once then, with the reason why not as why (NULL = all of them answered: PD_REMOTE, PD_BUSY), and returns the
 * reply.  -1 PD_BUSY: too many wait. details: what only drift looks at, too. Takes the reference to arg, on success
 * only.
 */
typedef json_t *inventory_answer(struct director *d, json_t *arg, const struct pd_err *why);
int inventory_fresh(struct director *d, const json_t *platforms, int details, inventory_answer *answer, json_t *arg, struct pd_err *e);

/*
 * What a console said between asked_ms (wall) and now, into system, inventory and VMs, in one transaction:
 * value{found}, of one system, or value{systems[]}, of several (spool/effects/effects_systems.h).  VMs that a job has
 * touched since asked_ms stay as they are.  PD_CONFLICT: another system answers there.
 */
int inventory_record(struct store *st, const char *platform, const json_t *value, int64_t asked_ms, struct pd_err *e);

/*
 * Of an inventory (store_inventory_get(), "found"): the VM's partition, which is the one with its number and its name
 * or its mark; NULL = there is none.  Lent.
 */
const json_t *inventory_partition(const json_t *found, const json_t *vm);

#endif
