/* SPDX-License-Identifier: ISC */
/*
 * moving.h - VMs that are on their way to another system: what they will have there is taken.
 *
 * From the admission of migrate-vm to the end of its job, a stuck one included, the name "moving/SYSTEM/VM" is kept
 * (store_kept_set()) with the job as its value.  store_system_usage() and store_licensed_units() count by it, so that
 * no other VM gets that room.
 */
#ifndef PD_SPOOL_ADMIT_MOVING_H
#define PD_SPOOL_ADMIT_MOVING_H

#include "spool/err.h"
#include "spool/store/store.h"

#define MOVING_KEY_MAX 80

int moving_begin(struct store *st, const char *system, const char *vm, const char *job, struct pd_err *e);
int moving_end(struct store *st, const char *system, const char *vm, struct pd_err *e);

#endif
