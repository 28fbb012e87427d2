/* SPDX-License-Identifier: ISC */
/*
 * vm_change.h - what a VM has after a change, from what it has now and what is asked for.
 *
 * Pure arithmetic on JSON, as vm_spec.h, whose specification it changes.
 */
#ifndef PD_HANDLERS_VM_VM_CHANGE_H
#define PD_HANDLERS_VM_VM_CHANGE_H

#include <jansson.h>

#include "policy/conf.h"
#include "spool/err.h"

/*
 * What a VM of this specification counts for the quota; detached (may be NULL) are disks that it keeps without having
 * them attached.
 */
void vm_change_amounts(const json_t *spec, const json_t *detached, struct pd_amounts *amounts);

/*
 * modify-vm: what is not asked for stays.  A desired value outside its bounds moves them, unless the bounds are asked
 * for, too.  *change is what vm_spec_sizes() gives, and "memory_more" (MiB) and "units_more" (text), what has to be
 * free on the platform while the VM runs, and "other_processors" and "other_memory", whether any of those numbers is
 * another one, or is asked for once more; and those of vm_features.h that args ask for. PD_BADDATA, PD_USAGE.
 */
int vm_change_sizes(const json_t *spec, const json_t *args, const json_t *platform, json_t **change, struct pd_err *e);

#endif
