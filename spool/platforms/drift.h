/* SPDX-License-Identifier: ISC */
/*
 * drift.h - what differs between what jobs built and what a console shows: comparison only, no store, no clock.
 *
 * Wanted is what the VM's row says (its specification, and the objects that its jobs found), found what an inventory of
 * its system has.  What a console did not tell, and what the row does not say (a VM that was adopted), is not compared.
 * Texts are as people type them: sizes and processing units as minimum:desired:maximum.
 */
#ifndef PD_SPOOL_PLATFORMS_DRIFT_H
#define PD_SPOOL_PLATFORMS_DRIFT_H

#include <jansson.h>
#include <stdint.h>

/*
 * Appends to rows, one for each difference: {vm what wanted found repair|by_hand}.  repair: the request that brings it
 * back; the same for several rows when it brings all of them back.  by_hand: no verb does; what an administrator does
 * instead.  is_hmc: a profile is of its own there, beside what the partition has now. -1 without memory.
 */
int drift_of_vm(const json_t *vm, const json_t *found, int is_hmc, json_t *rows);

/* Appends the partitions that are no VM's and no VIOS: {name id state}.  vms are all rows of the system. */
int drift_of_nobody(const json_t *vms, const json_t *found, json_t *rows);

/* A VM whose row says nothing that could be compared: it is being made or removed, or waits for a person.  NULL = it can be. */
const char *drift_cannot(const json_t *vm);

/* drift_device.c, for drift.c: adapters and disks. */
struct drift {
	const json_t *vm, *spec, *objects, *found, *lpar;
	const char   *name;
	int	      is_hmc, is_off;
	json_t	     *rows;
	int	      failed;	/* no memory */
};
/* One row; repair may be NULL.  Returns it, lent. */
json_t *drift_add(struct drift *d, const char *what, const char *wanted, const char *found, const char *repair);
/* The same of what no verb brings back, with what is done about it at the console. */
void drift_add_by_hand(struct drift *d, const char *what, const char *wanted, const char *found, const char *how, ...)
    __attribute__((format(printf, 5, 6)));
/* Of what an inventory has found: a number however it is kept; the adapter of a partition in a slot, NULL = none; is a device of this name mapped (on
 * the VIOS with this id; 0 = any)?  */
int64_t	      drift_number(const json_t *row, const char *key);
const json_t *drift_adapter(const json_t *adapters, int64_t lpar, int64_t slot);
int	      drift_is_mapped(const json_t *found, const char *bd, int64_t vios);
void	drift_adapters(struct drift *d);
void	drift_disks(struct drift *d);
void	drift_fc(struct drift *d);	/* drift_fc.c */

#endif
