/* SPDX-License-Identifier: ISC */
/*
 * vm_fc.h - through which VIOSes a VM gets its virtual Fibre Channel adapters (NPIV).
 */
#ifndef PD_HANDLERS_VM_VM_FC_H
#define PD_HANDLERS_VM_VM_FC_H

#include <jansson.h>

#include "spool/err.h"

#define FC_FIRST_SLOT 10	/* client slots: above those of the disks' adapters (vm_paths.h), below those of the network's */
#define FC_MAX	      4

/*
 * Adds "fc" to spec when args ask for it, in the order of the request:
 *	[{"index","client_slot","id","name","profile","port"?}]
 * On a system with VIOSes of its own (an HMC's; facts.vioses) each adapter is of another VIOS, which runs; "auto" takes the first that no
 * other adapter has.  Elsewhere, on an IVM, there is one VIOS and one adapter; id, name and profile are absent.
 * PD_USAGE, PD_NOTFOUND: there is no such VIOS; PD_CAPACITY: too few; PD_BUSY: it cannot be asked now.
 */
int vm_fc_make(json_t *spec, const json_t *args, const json_t *facts, struct pd_err *e);

/*
 * add-fc: those that args ask for beside what spec has; *fc as above, with the numbers and client slots that are free
 * there.  Those of one request are of different VIOSes; "auto" takes the one through which the VM has the fewest.
 * PD_NOSPACE: the partition has no slot left; PD_DENIED: it would have more than FC_MAX; and as vm_fc_make().
 */
int vm_fc_more(const json_t *args, const json_t *spec, const json_t *facts, json_t **fc, struct pd_err *e);

/*
 * migrate-vm: through which VIOSes of another system the adapters of a VM (fc, objects of its row) go, in their order:
 *	[{"nth","client_slot","id","vios"}]
 * What goes through different VIOSes here goes through different ones there.  facts are those of the other system.
 * PD_CAPACITY: too few of them run.
 */
int vm_fc_move(const json_t *fc, const json_t *facts, json_t **there, struct pd_err *e);

#endif
