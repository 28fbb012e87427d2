/* SPDX-License-Identifier: ISC */
/*
 * arena.h - memory that is freed all at once: what a parsed sequence consists of.
 */
#ifndef PD_HANDLERS_SEQUENCE_ARENA_H
#define PD_HANDLERS_SEQUENCE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *last;
	size_t		    used, size;	/* of the last block */
};

/* Zeroed memory, aligned for anything; NULL when there is none. */
void *arena_get(struct arena *a, size_t size);
char *arena_text(struct arena *a, const char *s, size_t len);
void  arena_free(struct arena *a);

#endif
