/* SPDX-License-Identifier: ISC */
/*
 * route.h - through which session a step's command goes: the console's, or that of a VIOS to which the platform's registration gives an
 * address of its own.
 *
 * Only commands that a carrier with `ssh` carries have a choice.  Which VIOS is meant says the id that the console's form would name
 * (vios.id), by the system's own list: an id that is on no list, or a VIOS without an address, goes through the console, where
 * guard.h looks at it (P9).
 */
#ifndef PD_HANDLERS_TRANSPORT_ROUTE_H
#define PD_HANDLERS_TRANSPORT_ROUTE_H

#include "handlers/sequence/scope.h"
#include "handlers/sequence/sequence_model.h"

struct route {
	const json_t	   *vios;	/* element of access; NULL = the console */
	const struct place *command;
	int		    as_root;
};

/* access: [{"name","system"(absent: any),"address",..}], NULL = none. */
struct route route_of(const struct commands *c, size_t index, const struct scope *s, const json_t *access);

/* May this element of access be a VIOS of the system?  system is a row or what a console says of one: name, ident. */
int route_is_of(const json_t *entry, const json_t *system);
/* The one VIOS of access that this is; NULL = none. */
const json_t *route_vios(const json_t *access, const json_t *system, const char *vios);

#endif
