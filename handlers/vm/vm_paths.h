/* SPDX-License-Identifier: ISC */
/*
 * vm_paths.h - through which VIOSes a VM's disks go, on a system that has VIOSes of its own (an HMC's).
 */
#ifndef PD_HANDLERS_VM_VM_PATHS_H
#define PD_HANDLERS_VM_VM_PATHS_H

#include <jansson.h>

#include "spool/err.h"

#define PATHS_MAX 8	/* VIOSes that serve one VM; client slots 2 to 9 */

/*
 * Adds "paths" to a spec of vm_spec_make(): one for each VIOS that serves a disk, the first disk's first:
 *	[{"index","id","name","profile","client_slot","disks":[those of spec.disks],"pools":[{"pool","size"}]}]
 * Of the VIOSes that run (facts.vioses[], as templates/hmc/register-platform.seq has them) and have a disk's pool it takes one that serves
 * the VM already, else the one with most room.  PD_CAPACITY when none has the pool, or room in it; PD_BUSY when none can be asked.
 * A VIOS with "slots_free" 0 serves no VM that it does not serve yet; one with "has_image" false does not get the first disk, nor write it.
 *
 * A disk of kind "pv" is a whole disk of facts.san (spool/admit/san.h), the smallest that is large enough: it gets its "lun" and its real "size", and is in
 * disks of each of its paths under the name ("bd") that the VIOS there has for it, with "shared" when there are several.  "first" is set on one path
 * of each disk, through which it is written.
 */
int vm_paths_make(json_t *spec, const json_t *facts, struct pd_err *e);

/*
 * The paths of a VM that there is (its row's objects.paths), each that is meant, with the disks that are meant: "disks"
 * and "pools" as above, beside what tells the path: "index", "id", "name", "profile", "client_slot" and the server
 * adapter's "slot". more: new disks on those that the VM has; whole ones get their "lun" and "size" as above; errors as
 * above.  with: one disk of theirs, attached or kept (in their "disks" or "detached"); PD_CONFLICT when it is on none.
 */
int vm_paths_more(const json_t *paths, const json_t *facts, json_t *disks, json_t **made, struct pd_err *e);
int vm_paths_with(const json_t *paths, const json_t *disk, json_t **made, struct pd_err *e);

#endif
