/* SPDX-License-Identifier: ISC */
/*
 * vm_features.h - the PowerVM features of a VM: what is asked for, in the words of its specification.
 *
 * Pure arithmetic on JSON, as vm_spec.h.  Whether a system can do it is handlers/vm/feature.h's business.
 */
#ifndef PD_HANDLERS_VM_VM_FEATURES_H
#define PD_HANDLERS_VM_VM_FEATURES_H

#include <jansson.h>

#include "spool/err.h"

/*
 * Adds to spec, whose "mode" is set: "sharing" (a dedicated VM's), "proc_pool", "compat_mode", "avail_priority",
 * "memory_expansion" ("1.50"; "0" when it is 1.00: off), "remote_restart" (1 or 0), "boot_mode", "mem_mode" ("shared"),
 * "memory_weight", "entitled_memory" (MiB), "paging_vios", "second_paging_vios"; each only when args has it.  PD_USAGE:
 * not together.
 */
int vm_features_make(json_t *spec, const json_t *args, struct pd_err *e);

/* modify-vm: does args ask for one of these?  boot_mode is the verb set-boot's. */
int vm_features_asked(const json_t *args);

#endif
