/* SPDX-License-Identifier: ISC */
/*
 * arena.c - memory that is freed all at once.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/arena.h"

#define BLOCK 8192	/* a sequence of 20 steps needs some 60 KiB */

struct arena_block {
	struct arena_block *before;
	_Alignas(max_align_t) char data[];
};

void *
arena_get(struct arena *a, size_t size)
{
	size_t align = _Alignof(max_align_t);
	char  *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
	if (a->last == NULL || a->size - a->used < size) {
		size_t		    room = size > BLOCK ? size : BLOCK;
		struct arena_block *b = calloc(1, sizeof(*b) + room);

		if (b == NULL)
			return NULL;
		b->before = a->last;
		a->last = b;
		a->used = 0;
		a->size = room;
	}
	p = a->last->data + a->used;
	a->used += size;
	return p;
}

char *
arena_text(struct arena *a, const char *s, size_t len)
{
	char *p = arena_get(a, len + 1);

	if (p != NULL)
		memcpy(p, s, len);
	return p;
}

void
arena_free(struct arena *a)
{
	while (a->last != NULL) {
		struct arena_block *b = a->last;

		a->last = b->before;
		free(b);
	}
	a->used = a->size = 0;
}
