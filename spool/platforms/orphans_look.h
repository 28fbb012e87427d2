/* SPDX-License-Identifier: ISC */
/*
 * orphans_look.h - one decision on what carries our mark; between orphans.c, who owns a tag, and orphans_found.c, what was found.
 *
 * What is found of an IVM, and what is decided, are objects with the lists partitions, pools, media and so on.  Of an HMC both have
 * systems[] in their place, each with its partitions and its VIOSes, and each of these with pools, media and adapters.
 */
#ifndef PD_SPOOL_PLATFORMS_ORPHANS_LOOK_H
#define PD_SPOOL_PLATFORMS_ORPHANS_LOOK_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/store/store.h"

#define TAG_LEN 10	/* "pd" and eight characters of an id, in small letters */

struct look {
	struct store *st;
	const json_t *job;	/* the row of the orphans job */
	const char   *platform;
	int	      clean;
	int	      is_held;	/* what is looked at now is not removed: not all that belongs to it can be seen */
	json_t	     *vms;	/* of the platform */
	json_t	     *made;	/* create-vm jobs by the tags that no VM has */
	json_t	     *owners;	/* tag -> {"origin","job","vm","why"}; null = owned */
	json_t	     *decision;
};

/* Every tag that found shows, into l->owners, as null. */
void look_note_all(struct look *l, const json_t *found);
/* Is a VIOS of this system of found away, or the system itself? */
int  look_is_blind(const json_t *system);
/* Everything that found shows and whose tag has an owner that is none, into l->decision. */
void look_add_all(struct look *l, const json_t *found);

#endif
