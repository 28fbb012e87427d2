/* SPDX-License-Identifier: ISC */
/*
 * license.h - caps of processing units (powerdirector.conf, license): what VMs of a product, on a system, in a shared
 * processor pool have together.
 */
#ifndef PD_SPOOL_ADMIT_LICENSE_H
#define PD_SPOOL_ADMIT_LICENSE_H

#include <jansson.h>
#include <stdint.h>

#include "spool/admit/admission.h"

/* What licenses look at of a VM. */
struct licensed {
	const char *system, *product;	/* "" = none */
	const char *pool;		/* "" = it has processors of its own */
	int64_t	    units;
};

/* Of a specification: its shared processor pool, which is DefaultPool when it names none. */
const char *license_pool(const json_t *spec);

/* store_licensed_units(); NULL without licenses. */
int license_used(const struct admitting *ad, json_t **used, struct pd_err *e);

/* May it be so?  now: as it is counted already, NULL when it is new.  Each license that would be exceeded is one more of barred (placement.h). */
void license_bar(const struct pd_conf *conf, const json_t *used, const struct licensed *now,
    const struct licensed *then, json_t *barred);

/* The same for a VM (a row) that is to have this specification and so many units: PD_CAPACITY. */
int license_change(const struct admitting *ad, const json_t *vm, const json_t *spec, int64_t units, struct pd_err *e);

#endif
