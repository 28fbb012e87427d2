/* SPDX-License-Identifier: ISC */
/*
 * inventory_parts.h - inventory.c, when which console is asked, and inventory_wait.c, who waits for it, among themselves.
 */
#ifndef PD_SPOOL_PLATFORMS_INVENTORY_PARTS_H
#define PD_SPOOL_PLATFORMS_INVENTORY_PARTS_H

#include "spool/director/director.h"
#include "spool/platforms/inventory.h"

/* One platform. */
struct inventory {
	struct inventory *next;
	char		  platform[SCHED_NAME_MAX];
	int64_t		  due_ms;	/* monotonic */
	int64_t		  asked_ms;	/* wall: the run that is under way, or the last one, began then */
	int64_t		  answered_ms;	/* wall: asked_ms of the last one that brought figures; 0 = none since the start */
	int64_t		  failed_ms;	/* wall: asked_ms of the last one that brought none, which was not its console's silence; 0 = none since the start */
	char		  why[CONTACT_TEXT_MAX];	/* it brought none */
	int		  is_running, is_parked;
	int64_t		  wanted_ms;	/* wall: somebody waits for a run that begins after this; 0 = nobody */
	int		  with_details;	/* and wants what only drift looks at */
};

/* One request with --fresh. */
struct inventory_waiter {
	uint64_t	  ticket;	/* 0 = this place is free */
	inventory_answer *answer;
	json_t		 *arg, *platforms;
	int64_t		  since_ms;	/* wall */
	int64_t		  until_ms;	/* monotonic */
};

/* NULL: it has none yet; no memory. */
struct inventory *inventory_find(const struct director *d, const char *platform);
struct inventory *inventory_find_or_make(struct director *d, const char *platform);

int	waiters_open(struct director *d, struct pd_err *e);
void	waiters_close(struct director *d);
/* Those who have what they wait for, or will not get it, are answered. */
void	waiters_serve(struct director *d, int64_t now_ms);
/* Monotonic: the first of them has waited long enough then; INT64_MAX: nobody waits. */
int64_t waiters_end(const struct director *d);

#endif
