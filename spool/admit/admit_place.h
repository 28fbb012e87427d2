/* SPDX-License-Identifier: ISC */
/*
 * admit_place.h - create-vm's system: which there are, what is on them, and the choice (spool/admit/placement.h).
 *
 * Inside the transaction of the admission: what it counts is what all admissions before it have reserved (P11).
 */
#ifndef PD_SPOOL_ADMIT_ADMIT_PLACE_H
#define PD_SPOOL_ADMIT_ADMIT_PLACE_H

#include <jansson.h>

#include "spool/admit/admission.h"

/* Where the VM goes, and what it is there. */
struct place {
	char		  system[PLATFORM_NAME_MAX];
	json_t		 *platform, *image, *spec;	/* image: NULL without one */
	struct pd_amounts amounts;
};
void place_clear(struct place *p);

/*
 * Sets ad->platform and ad->decision.  -1: PD_NOTFOUND for a platform, system, image or VM that is not there for this tenant, PD_CAPACITY
 * when nothing fits, with the smallest change that would, or what vm_spec_make() says.
 */
int admit_place(struct admitting *ad, struct place *p, struct pd_err *e);

/*
 * admit_place_rules.c: may the VM be on this system, with those that are there: --near, --apart-from, licenses?  What says no goes to barred
 * (spool/admit/placement.h).  make: -1 our store, or PD_NOTFOUND a VM or group that is not there.
 */
struct place_rules {
	const char *group, *near_vm;	/* "" = not asked for */
	json_t	   *apart;		/* {SYSTEM: the VM, or a VM of the group, that is there} */
	json_t	   *licensed;		/* store_licensed_units(), NULL without licenses */
	char	    near_system[PLATFORM_NAME_MAX];	/* where near_vm is */
	const char *from;		/* migrate-vm: where the VM is now; NULL = it is new */
};
int  place_rules_make(struct admitting *ad, struct place_rules *r, struct pd_err *e);
void place_rules_clear(struct place_rules *r);
void place_rules_bar(const struct admitting *ad, const struct place_rules *r, const char *system, const json_t *image, int64_t units, json_t *barred);

/* A system of an HMC that does not operate is barred. */
void place_state_bar(const json_t *system, json_t *barred);

/*
 * admit_place_network.c: of these networks (a spec's), those whose VLAN no VIOS of the system carries bar it; the reason names the systems, of those
 * that the caller's tenant may use, that have it.  systems: all rows.
 */
void place_networks_bar(const struct admitting *ad, const json_t *systems, const json_t *system, const json_t *networks, json_t *barred);
/* The same for adapters of a VM that is there: PD_CAPACITY. */
int  admission_networks_are_there(const struct admitting *ad, const json_t *vm, const json_t *networks, struct pd_err *e);

#endif
