/* SPDX-License-Identifier: ISC */
/*
 * vlans.h - which VLANs lead out of a system: those that trunk adapters of its VIOSes carry, in the switch that VMs' adapters are put into.
 *
 * facts.vlans of a system has their numbers as the last inventory saw them; without it the console has told of no adapters, and nothing is known.
 */
#ifndef PD_SPOOL_VLANS_H
#define PD_SPOOL_VLANS_H

#include <jansson.h>

/*
 * Of an inventory's "adapters" (templates/KIND/inventory.seq: trunk, vlan, more, and switch where the console tells
 * it): [VLAN], ascending; the caller's.  NULL: it lists no adapters, or no memory.
 */
json_t *vlans_of(const json_t *adapters);

/* 1: the system is known not to carry it. */
int vlans_lack(const json_t *facts, json_int_t vlan);

#endif
