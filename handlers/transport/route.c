/* SPDX-License-Identifier: ISC */
/*
 * route.c - through which session a step's command goes.
 */
#include <string.h>

#include "handlers/transport/route.h"
#include "spool/field.h"

#define VIOS_ID "vios.id"
#define SYSTEM	"system"
#define VIOSES	"system.facts.vioses"

int
route_is_of(const json_t *entry, const json_t *system)
{
	const char *named = field_text(entry, "system");

	return named[0] == '\0' || strcmp(named, field_text(system, "name")) == 0 ||
	    strcmp(named, field_text(system, "ident")) == 0;
}

const json_t *
route_vios(const json_t *access, const json_t *system, const char *vios)
{
	const json_t *entry;
	size_t	      i;

	json_array_foreach(access, i, entry)
		if (strcmp(field_text(entry, "name"), vios) == 0 && route_is_of(entry, system))
			return entry;
	return NULL;
}

static const json_t *
find(const struct scope *s, const json_t *access)
{
	const json_t *id = scope_get(s, VIOS_ID), *vios;
	size_t	      i;

	json_array_foreach(scope_get(s, VIOSES), i, vios)
		if (id != NULL && json_equal(json_object_get(vios, "id"), id))
			return route_vios(access, scope_get(s, SYSTEM), field_text(vios, "name"));
	return NULL;
}

struct route
route_of(const struct commands *c, size_t index, const struct scope *s, const json_t *access)
{
	struct route r = { NULL, &c->command[index], c->as_root };

	if (c->by_ssh != NULL && access != NULL && (r.vios = find(s, access)) != NULL) {
		r.command = &c->by_ssh[index];
		r.as_root = c->carrier->ssh_as_root;
	}
	return r;
}
