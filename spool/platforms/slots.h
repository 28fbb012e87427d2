/* SPDX-License-Identifier: ISC */
/*
 * slots.h - virtual slots of the VIOSes of a system: facts.vioses[].max_slots and slots[], as the inventory of
 * facts.slots_ms (wall) saw them.
 */
#ifndef PD_SPOOL_PLATFORMS_SLOTS_H
#define PD_SPOOL_PLATFORMS_SLOTS_H

#include <jansson.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/store/store.h"

/* So many, and not more, are left of a VIOS when those of ours (store_server_slots()) that the inventory did not see are counted; -1 = not known. */
int64_t slots_left(const json_t *vios, const json_t *ours);

/*
 * Is it worth two commands for each system of the platform to look again?  1: a VIOS has few left, or was not looked at
 * for an hour.  The others' slots change seldom, and our own are known.
 */
int slots_are_due(struct store *st, const char *platform, int64_t now_ms, struct pd_err *e);

#endif
