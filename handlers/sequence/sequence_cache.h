/* SPDX-License-Identifier: ISC */
/*
 * sequence_cache.h - sequences that a warm worker has parsed and checked already.
 *
 * A file counts as the one that was read when device, inode, size and both times are the same.  One that was changed
 * less than SEQUENCE_SETTLED_S before it was read is not kept: it may be changed again within the tick of its times.
 */
#ifndef PD_HANDLERS_SEQUENCE_SEQUENCE_CACHE_H
#define PD_HANDLERS_SEQUENCE_SEQUENCE_CACHE_H

#include <sys/stat.h>

#include "handlers/sequence/sequence.h"

#define SEQUENCE_CACHE_MAX 24	/* more than a kind has verbs */
#define SEQUENCE_SETTLED_S 2

/* All zero at first. */
struct sequence_cache {
	struct kept_sequence {
		char		*path;	/* NULL = a free place */
		struct stat	 st;
		struct sequence *seq;
	} kept[SEQUENCE_CACHE_MAX];
	size_t next;			/* the place that is given up next */
	struct sequence *loose;		/* lent and not kept */
};

/* As sequence_load(); *s is lent until the next call. */
int  sequence_cache_load(struct sequence_cache *c, const char *path, const struct sequence **s, struct pd_err *e);
void sequence_cache_clear(struct sequence_cache *c);

#endif
