/* SPDX-License-Identifier: ISC */
/*
 * vm_paths.h - through which VIOSes a new VM's disks go, on a system that has VIOSes of its own (an HMC's).
 */
#ifndef PD_HANDLERS_VM_PATHS_H
#define PD_HANDLERS_VM_PATHS_H

#include <jansson.h>

#include "spool/err.h"

#define PATHS_MAX 8	/* VIOSes that serve one VM; client slots 2 to 9 */

/*
 * Adds "paths" to a spec of vm_spec_make(): one for each VIOS that serves a disk, the first disk's first:
 *	[{"index","id","name","profile","client_slot","disks":[those of spec.disks],"pools":[{"pool","size"}]}]
 * Of the VIOSes that run (facts.vioses[], as templates/hmc/register-platform.seq has them) and have a disk's pool it takes one that serves
 * the VM already, else the one with most room.  PD_CAPACITY when none has the pool, or room in it; PD_BUSY when none can be asked.
 *
 * A disk of kind "pv" is a whole disk of facts.san (spool/san.h), the smallest that is large enough: it gets its "lun" and its real "size", and is in
 * disks of each of its paths under the name ("bd") that the VIOS there has for it, with "shared" when there are several.  "first" is set on one path
 * of each disk, through which it is written.
 */
int vm_paths_make(json_t *spec, const json_t *facts, struct pd_err *e);

#endif
