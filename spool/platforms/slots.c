/* SPDX-License-Identifier: ISC */
/*
 * slots.c - virtual slots of VIOSes.
 */
#include <string.h>

#include "spool/field.h"
#include "spool/platforms/slots.h"

#define SERIAL_SLOTS 2	/* 0 and 1, which not every console lists */
#define FEW	     32	/* a console's administrator does not add so many adapters within an hour */
#define OLD_MS	     (60 * 60 * 1000)

static int
is_listed(const json_t *slots, int64_t slot)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach(slots, i, one)
		if (field_number(one, "slot") == slot)
			return 1;
	return 0;
}

int64_t
slots_left(const json_t *vios, const json_t *ours)
{
	const json_t *listed = json_object_get(vios, "slots"), *one;
	int64_t	      n = field_number(vios, "max_slots") - (int64_t)json_array_size(listed);
	size_t	      i;

	if (!json_is_integer(json_object_get(vios, "max_slots")) || !json_is_array(listed))
		return -1;
	for (int slot = 0; slot < SERIAL_SLOTS; slot++)
		n -= !is_listed(listed, slot);
	json_array_foreach(ours, i, one)
		if ((field_number(one, "id") == field_number(vios, "id") || field_number(one, "id") == 0) &&
		    !is_listed(listed, field_number(one, "slot")))
			n--;
	return n > 0 ? n : 0;
}

/* Of one system. */
static int
are_due(struct store *st, const json_t *system, int64_t now_ms, struct pd_err *e)
{
	const json_t *facts = json_object_get(system, "facts"), *vios;
	int64_t	      age_ms = now_ms - field_number(facts, "slots_ms");
	json_t	     *ours = NULL;
	size_t	      i;
	const char   *state = field_text(facts, "state");
	int	      rv = age_ms < 0 || age_ms >= OLD_MS;

	if (strcmp(state, "Operating") != 0 && strcmp(state, "Standby") != 0)
		return 0;	/* it would not answer */
	if (rv == 0 && store_server_slots(st, field_text(system, "name"), &ours, e) == -1)
		rv = -1;
	json_array_foreach(json_object_get(facts, "vioses"), i, vios)
		if (rv == 0)
			rv = slots_left(vios, ours) < FEW;
	json_decref(ours);
	return rv;
}

int
slots_are_due(struct store *st, const char *platform, int64_t now_ms, struct pd_err *e)
{
	json_t *systems = NULL, *system;
	size_t	i;
	int	rv = store_system_list(st, platform, &systems, e);

	json_array_foreach(systems, i, system)
		if (rv == 0)
			rv = are_due(st, system, now_ms, e);
	json_decref(systems);
	return rv;
}
