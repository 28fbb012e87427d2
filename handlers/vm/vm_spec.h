/* SPDX-License-Identifier: ISC */
/*
 * vm_spec.h - from what a tenant asked for to the complete numbers of an LPAR.
 *
 * Pure arithmetic on JSON: the director uses it at admission (so that quota counts what will
 * really be built) and hands the result to the worker as the sequence's inputs.
 */
#ifndef PD_HANDLERS_VM_VM_SPEC_H
#define PD_HANDLERS_VM_VM_SPEC_H

#include <jansson.h>

#include "policy/conf.h"
#include "spool/err.h"

/*
 * Completes create-vm's arguments (gateway/request/args.h) with defaults, the image (may be NULL) and the platform's facts, and checks
 * what only they can tell: memory a multiple of the region size, processing units at least the minimum per virtual
 * processor, minimum <= desired <= maximum, first disk not smaller than the image, pool known, two adapters with one address.
 * platform is a row; its facts are those of the system that the VM is for, and "system" that one's name.
 * *spec: {"name","tag","system","mode":"shared"|"ded","sharing":"cap"|"uncap"|"keep_idle_procs"|"share_idle_procs...","weight",
 *  "units_min","units","units_max" ("0.50" texts; absent when dedicated), "procs_min","procs","procs_max",
 *  "memory_min","memory","memory_max" (MiB), "max_slots", "hostname",
 *  "disks":[{"index","size"(MiB),"pool","kind":"lv"|"file","bd"(backing device name: tag_N)}],
 *  "pools":[{"pool","size"(MiB, of all disks in it)}],
 *  "networks":[{"index","slot","vlan","ip","prefix","mask","gateway","dns1","dns2"}],  absent members are absent
 *  "paths" (handlers/vm/vm_paths.h; only where the facts name VIOSes), those of handlers/vm/vm_features.h, "fc" (handlers/vm/vm_fc.h),
 *  "start":bool,"configure":bool (medium is made),"wait_configured":bool}
 * *amounts is what it adds to the quota (a dedicated processor counts as 1.00 units).  PD_BADDATA, PD_USAGE or, for a pool that is not
 * there, PD_NOTFOUND otherwise.
 */
int vm_spec_make(const json_t *args, const char *tag, const json_t *platform, const json_t *image, json_t **spec,
    struct pd_amounts *amounts, struct pd_err *e);

/* Of that only processors and memory: *sizes has mode, sharing, weight, units*, procs* and memory*; amounts likewise, the others stay. */
int vm_spec_sizes(const json_t *args, const json_t *platform, json_t **sizes, struct pd_amounts *amounts, struct pd_err *e);

/*
 * What args asks for in addition, in the form of vm_spec_make(): networks, their indices and slots those that are free
 * in spec; disks of a VM's row, {"disks":[..],"pools":[..]}.  The result is the caller's.  PD_NOSPACE: no slot is free.
 */
int vm_spec_more_networks(const json_t *args, const json_t *spec, json_t **networks, struct pd_err *e);
int vm_spec_more_disks(const json_t *args, const json_t *vm, const json_t *platform, json_t **made, struct pd_err *e);

#endif
