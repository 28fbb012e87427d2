/* SPDX-License-Identifier: ISC */
/*
 * placement.c - which system a new VM is put on.
 */
#include <stdlib.h>

#include "spool/field.h"
#include "spool/placement.h"

#define UNITS_MAX 1e9	/* above it is no machine but nonsense */

int64_t
placement_hundredths(const json_t *facts, const char *key)
{
	const char *text = field_text(facts, key);
	char	   *end;
	double	    units = strtod(text, &end);

	if (end == text || *end != '\0' || !(units >= 0 && units < UNITS_MAX))
		return -1;
	return (int64_t)(units * 100 + 0.5);
}
