/* SPDX-License-Identifier: ISC */
/*
 * placement.h - which system a new VM is put on: arithmetic only, no store, no clock.
 *
 * How much of a system is free for a new VM: what its console called free when it was asked last, and what it counted
 * as used by our VMs then
 * ("held"), less what all our VMs on it have now, those that are being made and those that are powered off included. So
 * a VM that was admitted, or deleted, after the console was asked counts at once, and a stopped one can be started
 * again. What a console did not tell is not limited by it.  Memory and disk are MiB, processing units hundredths.
 */
#ifndef PD_SPOOL_ADMIT_PLACEMENT_H
#define PD_SPOOL_ADMIT_PLACEMENT_H

#include <jansson.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/err.h"

/* Amounts of some VMs of one system, together. */
struct held {
	int64_t memory, units, partitions;
	json_t *pools;	/* {POOL: MiB} */
};
int	held_init(struct held *h);	/* nothing; -1 without memory */
void	held_clear(struct held *h);
void	held_add_vm(struct held *h, const json_t *vm);	/* its partition and its disks (a row); memory and units are the caller's */
void	held_add_disks(struct held *h, const char *pool, int64_t mib);
json_t *held_object(const struct held *h);		/* {memory units partitions pools{}}, as facts.held has it */

/* Processing units of a system's facts ("7.50") in hundredths; -1 when the console did not tell. */
int64_t placement_hundredths(const json_t *facts, const char *key);

/* One system that is looked at.  Rows are lent. */
struct candidate {
	const json_t *system;		/* its row (spool/store/store.h) */
	const json_t *platform;		/* its platform's */
	const char   *down;		/* why its console does not answer; NULL = it does, as far as is known */
	const json_t *barred;		/* why it may not be, apart from amounts: placement_bar(); NULL = it may */
	const json_t *need;		/* vm_spec_make()'s spec for this system; NULL: it cannot be made there, see unfit */
	const char   *unfit;
	struct held   ours;		/* all our VMs on it */
	int64_t	      units;		/* that the new one would have */
};

#define PLACEMENT_CHANGE_MAX 160

/* One more reason, a text for people ("web1 is there"), and what would help ("without --apart-from"); NULL = no change of the request would. */
void placement_bar(json_t *barred, const char *change, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * The candidate to take, or -1 when none fits; *decision (new; the caller's) says why:
 *	{policy chosen? change{system options}? systems[{system platform fits down? memory_free units_free partitions_free left missing[] options?}]}
 * missing: texts for people, one per reason, empty for one that fits.  change: the smallest one of the request that would fit.
 * Of those that fit, one whose console answers goes before one whose console does not; then pack takes the one with least left (of
 * memory or units, whichever is scarcer), spread the one with most; the first name of equals.
 */
int placement_choose(enum placement_policy policy, const struct candidate *c, size_t n, json_t **decision);

/* The decision when nothing fits, in one sentence: each system with what is missing, and the smallest change.  Returns buf. */
char *placement_text(const json_t *decision, char *buf, size_t size);

#endif
