/* SPDX-License-Identifier: ISC */
/*
 * neighbours.h - near and apart: where a VM may be because of the VMs that are there, by what it says itself and by what they say of it.
 *
 * A VM keeps what it was created with: spec.near, the name of a VM, and spec.apart_from, [{vm: NAME} or {group: GROUP}].  That counts for as long as
 * it is there, for every create-vm and migrate-vm: a VM that is placed breaks neither its own rules nor those of one that was placed before.
 * Those are meant that the VM's owner sees; others' VMs are not there.  A VM on its way to another system is on both.
 */
#ifndef PD_SPOOL_ADMIT_NEIGHBOURS_H
#define PD_SPOOL_ADMIT_NEIGHBOURS_H

#include <jansson.h>

#include "spool/admit/admission.h"

struct neighbours {
	json_t *stated;	/* {near? apart_from?}, as the specification has them */
	json_t *there;	/* {SYSTEM: [bars]}, as spool/admit/placement.h has them: somebody is there */
	json_t *wanted;	/* [{places[] why change?}]: it may be on one of these only */
};

/*
 * vm: the row of a VM that is to move; NULL: create-vm's, of ad->args.  PD_NOTFOUND: the request names a VM or group
 * that is not there; PD_DENIED: --force of somebody who does not see everything.  With it nothing bars.
 */
int  neighbours_make(struct admitting *ad, const json_t *vm, struct neighbours *n, struct pd_err *e);
void neighbours_clear(struct neighbours *n);
void neighbours_bar(const struct neighbours *n, const char *system, json_t *barred);

#endif
