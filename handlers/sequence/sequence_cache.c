/* SPDX-License-Identifier: ISC */
/*
 * sequence_cache.c - sequences that a warm worker has parsed and checked already.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/sequence_cache.h"
#include "spool/os/clock.h"

static int
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void
forget(struct kept_sequence *k)
{
	free(k->path);
	sequence_free(k->seq);
	memset(k, 0, sizeof(*k));
}

static struct kept_sequence *
find(struct sequence_cache *c, const char *path)
{
	for (size_t i = 0; i < SEQUENCE_CACHE_MAX; i++)
		if (c->kept[i].path != NULL && strcmp(c->kept[i].path, path) == 0)
			return &c->kept[i];
	return NULL;
}

/* In the place of what was kept of this path, or of the one that was kept for longest.  0 = it is not kept. */
static int
keep(struct sequence_cache *c, struct kept_sequence *k, const char *path, const struct stat *st, struct sequence *s)
{
	int64_t changed_s = st->st_ctim.tv_sec > st->st_mtim.tv_sec ? st->st_ctim.tv_sec : st->st_mtim.tv_sec;

	if (clock_wall_ms() / 1000 - changed_s < SEQUENCE_SETTLED_S)
		return 0;
	if (k == NULL) {
		k = &c->kept[c->next];
		c->next = (c->next + 1) % SEQUENCE_CACHE_MAX;
		forget(k);
	}
	if ((k->path = strdup(path)) == NULL)
		return 0;
	k->st = *st;
	k->seq = s;
	return 1;
}

int
sequence_cache_load(struct sequence_cache *c, const char *path, const struct sequence **s, struct pd_err *e)
{
	struct kept_sequence *k = find(c, path);
	struct sequence	     *fresh;
	struct stat	      st;
	int		      has_stat = stat(path, &st) == 0;

	sequence_free(c->loose);
	c->loose = NULL;
	if (k != NULL && has_stat && is_same(&k->st, &st)) {
		*s = k->seq;
		return 0;
	}
	*s = NULL;
	if (k != NULL)
		forget(k);
	if (sequence_load(path, &fresh, e) == -1)
		return -1;
	*s = fresh;
	/* Looked at before it was read: what came between is seen at the next job. */
	if (!has_stat || !keep(c, k, path, &st, fresh))
		c->loose = fresh;
	return 0;
}

void
sequence_cache_clear(struct sequence_cache *c)
{
	for (size_t i = 0; i < SEQUENCE_CACHE_MAX; i++)
		forget(&c->kept[i]);
	sequence_free(c->loose);
	memset(c, 0, sizeof(*c));
}
