/* SPDX-License-Identifier: ISC */
/*
 * transport.c - what every transport shares: an answer as it grows, and its end.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/transport.h"

void
answer_clear(struct answer *a)
{
	free(a->out);
	free(a->err);
	memset(a, 0, sizeof(*a));
}

enum answer_room
answer_add(struct answer_stream *s, const void *data, size_t len)
{
	size_t size = s->size == 0 ? 4096 : s->size;
	char  *p;

	if (len > ANSWER_MAX - s->len)
		return ANSWER_FLOOD;
	while (size < s->len + len + 1)
		size *= 2;
	if (size != s->size) {
		p = realloc(s->buf, size);
		if (p == NULL)
			return ANSWER_NO_MEMORY;
		s->buf = p;
		s->size = size;
	}
	if (len > 0)
		memcpy(s->buf + s->len, data, len);
	s->len += len;
	s->buf[s->len] = '\0';
	return ANSWER_FITS;
}
