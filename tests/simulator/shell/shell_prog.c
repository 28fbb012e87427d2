/* SPDX-License-Identifier: ISC */
/* The memory of a parsed command: it is freed as a whole. */
#include <stdlib.h>

#include "tests/simulator/shell/shell_ast.h"

#define CHUNK_SIZE	4080

struct chunk {
	struct chunk *next;
	size_t	      used, size;
	max_align_t   data[];
};

void *
prog_alloc(struct prog *p, size_t len)
{
	struct chunk *c = p->chunks;
	void *ptr;

	len = (len + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (c == NULL || c->size - c->used < len) {
		size_t size = len > CHUNK_SIZE ? len : CHUNK_SIZE;

		c = calloc(1, sizeof(*c) + size);
		if (c == NULL)
			return NULL;
		c->size = size;
		c->next = p->chunks;
		p->chunks = c;
	}
	ptr = (char *)c->data + c->used;
	c->used += len;
	return ptr;
}

struct prog *
prog_ref(struct prog *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

void
prog_unref(struct prog *p)
{
	if (p == NULL || atomic_fetch_sub(&p->refs, 1) != 1)
		return;
	while (p->chunks != NULL) {
		struct chunk *next = p->chunks->next;

		free(p->chunks);
		p->chunks = next;
	}
	free(p);
}
