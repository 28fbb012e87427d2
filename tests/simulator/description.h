/* SPDX-License-Identifier: ISC */
/*
 * Reading the description of a world: a member that is absent or of another type has its default.
 */
#ifndef PD_SIM_DESCRIPTION_H
#define PD_SIM_DESCRIPTION_H

#include <jansson.h>

#include "storage.h"
#include "text.h"

static inline const char *
get_str(const json_t *o, const char *key, const char *dflt)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? json_string_value(v) : dflt;
}

static inline int
get_int(const json_t *o, const char *key, int dflt)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_boolean(v))
		return json_boolean_value(v);
	return json_is_integer(v) ? (int)json_integer_value(v) : dflt;
}

/* MiB from a number or from a text with a unit. */
static inline int
get_mb(const json_t *o, const char *key, int dflt)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_string(v))
		return (int)size_parse(json_string_value(v), 0);
	return json_is_integer(v) ? (int)json_integer_value(v) : dflt;
}

static inline int
get_units(const json_t *o, const char *key, int dflt)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? (int)(json_number_value(v) * 100 + 0.5) : dflt;
}

#define COPY(to, o, key, dflt) str_set(to, sizeof(to), get_str(o, key, dflt))

#endif
