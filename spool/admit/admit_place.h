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
 * Sets ad->platform and ad->decision.  -1: PD_NOTFOUND for a platform, system, image or VM that is not there for this
 * tenant, PD_CAPACITY when nothing fits, with the smallest change that would, or what vm_spec_make() says.
 */
int admit_place(struct admitting *ad, struct place *p, struct pd_err *e);

/* A system of an HMC that does not operate is barred. */
void place_state_bar(const json_t *system, json_t *barred);

/*
 * admit_place_vios.c.  facts.vioses of a system, each with what it can serve a VM with: "has_image" (image may be NULL:
 * none is asked for) and, where the last inventory told it, "slots_free" (handlers/vm/vm_paths.h).  Then, of a
 * specification made with them: each VIOS has as many slots as are asked for; and of a VM that comes through so many
 * VIOSes.
 */
int  place_vioses(const struct admitting *ad, const char *system, const json_t *image, json_t *facts, struct pd_err *e);
void place_slots_bar(const json_t *facts, const json_t *spec, json_t *barred);
void place_moving_slots_bar(const json_t *facts, size_t paths, json_t *barred);

/*
 * admit_place_network.c: of these networks (a spec's), those whose VLAN no VIOS of the system carries bar it; the
 * reason names the systems, of those that the caller's tenant may use, that have it.  systems: all rows.
 */
void place_networks_bar(const struct admitting *ad, const json_t *systems, const json_t *system, const json_t *networks, json_t *barred);
/* The same for adapters of a VM that is there: PD_CAPACITY. */
int  admission_networks_are_there(const struct admitting *ad, const json_t *vm, const json_t *networks, struct pd_err *e);

#endif
