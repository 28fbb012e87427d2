/* SPDX-License-Identifier: ISC */
/*
 * query_text.c - members of the values that queries answer with: times, units, copies, counts.
 */
#include <stdio.h>

#include "spool/os/clock.h"
#include "spool/query/query_verbs.h"

static int
says_nothing(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	    (json_is_string(value) && json_string_length(value) == 0);
}

void
set_copy(json_t *to, const json_t *row, const char *const *keys, size_t nkeys)
{
	for (size_t i = 0; i < nkeys; i++) {
		json_t *value = json_object_get(row, keys[i]);

		if (!says_nothing(value))
			(void)json_object_set(to, keys[i], value);
	}
}

void
set_time(json_t *to, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_LEN];

	if (wall_ms > 0)
		(void)json_object_set_new(to, key, json_string(clock_text(text, wall_ms)));
}

void
rows_time(struct rows *rows, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_LEN];

	if (wall_ms > 0)
		rows_text(rows, key, clock_text(text, wall_ms));
}

char *
count_text(char *buf, size_t size, size_t n, const char *one, const char *many)
{
	if (n == 0)
		(void)snprintf(buf, size, "no %s", many);
	else
		(void)snprintf(buf, size, "%zu %s", n, n == 1 ? one : many);
	return buf;
}
