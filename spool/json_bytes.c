/* SPDX-License-Identifier: ISC */
/*
 * json_bytes.c - a JSON value as bytes: written once into room that grows.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/json_bytes.h"

#define FIRST_ROOM 1500	/* bytes; most messages, events and records are shorter */

struct bytes {
	char  *p;
	size_t n, size;
};

static int
append(const char *text, size_t len, void *arg)
{
	struct bytes *b = arg;
	size_t	      size = b->size;
	char	     *p;

	while (size - b->n < len)
		size *= 2;
	if (size != b->size) {
		if ((p = realloc(b->p, size)) == NULL)
			return -1;
		b->p = p;
		b->size = size;
	}
	memcpy(b->p + b->n, text, len);
	b->n += len;
	return 0;
}

size_t
json_bytes(const json_t *value, size_t flags, size_t head, char **buf)
{
	struct bytes b = { .n = head, .size = head + FIRST_ROOM };

	*buf = NULL;
	if ((b.p = malloc(b.size)) == NULL)
		return 0;
	if (json_dump_callback(value, append, &b, flags) == -1 || b.n == head || append("", 1, &b) == -1) {
		free(b.p);
		return 0;
	}
	*buf = b.p;
	return b.n - 1 - head;
}
