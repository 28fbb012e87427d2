/* SPDX-License-Identifier: ISC */
/*
 * json_bytes.c - a JSON value as bytes, in one go where it is short.
 */
#include <stdlib.h>

#include "spool/json_bytes.h"

#define FIRST_TRY 1500	/* bytes; most messages, events and records are shorter, and are written once instead of measured and written */

size_t
json_bytes(const json_t *value, size_t flags, size_t head, char **buf)
{
	size_t room = FIRST_TRY, n;
	char  *p;

	for (;;) {
		if ((*buf = p = malloc(head + room + 1)) == NULL)
			return 0;
		n = json_dumpb(value, p + head, room, flags);
		if (n > 0 && n <= room)
			return n;
		free(p);
		*buf = NULL;
		if (n == 0)
			return 0;
		room = n;
	}
}
