/* SPDX-License-Identifier: ISC */
/*
 * field.h - reading the JSON rows of spool/store/store.h: an absent key is "", 0 or false, never a crash.
 */
#ifndef PD_SPOOL_FIELD_H
#define PD_SPOOL_FIELD_H

#include <jansson.h>
#include <stdint.h>
#include <string.h>

static inline const char *
field_text(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s != NULL ? s : "";
}

static inline int64_t
field_number(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

static inline int
field_is_set(const json_t *row, const char *key)
{
	return json_is_true(json_object_get(row, key));
}

/* The first of these rows whose key has this text, lent; NULL: none has. */
static inline json_t *
field_find(const json_t *rows, const char *key, const char *value)
{
	json_t *row;
	size_t	i;

	json_array_foreach(rows, i, row)
		if (strcmp(field_text(row, key), value) == 0)
			return row;
	return NULL;
}

/* The same for a number. */
static inline json_t *
field_find_number(const json_t *rows, const char *key, int64_t value)
{
	json_t *row;
	size_t	i;

	json_array_foreach(rows, i, row)
		if (field_number(row, key) == value)
			return row;
	return NULL;
}

#endif
