/* SPDX-License-Identifier: ISC */
/*
 * list_rows.c - a list's text as rows of members.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/list_rows.h"
#include "spool/os/portable.h"

/* One more element of size bytes; the array, or NULL. */
static void *
grown(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room > 0 ? *room * 2 : 1024;
	void  *p;

	if (n < *room)
		return array;
	if ((p = port_grow(array, more, size)) != NULL)
		*room = more;
	return p;
}

static int
is_key(const struct list_rows *l, size_t i, struct json_piece key)
{
	return l->keys[i].len == key.len && memcmp(l->keys[i].p, key.p, key.len) == 0;
}

/* Its number; nkeys when there is no more place.  Rows are alike: it is most often the one behind the last. */
static size_t
number_of(struct list_rows *l, struct json_piece key, struct json_piece value, size_t guess)
{
	if (guess < l->nkeys && is_key(l, guess, key))
		return guess;
	for (size_t i = 0; i < l->nkeys; i++)
		if (is_key(l, i, key))
			return i;
	if (l->nkeys == LIST_KEYS_MAX)
		return LIST_KEYS_MAX;
	l->keys[l->nkeys] = key;
	l->samples[l->nkeys] = value;
	return l->nkeys++;
}

static int
add_member(struct list_rows *l, struct json_piece value, size_t key)
{
	struct list_member *p = grown(l->members, l->nmembers, &l->members_size, sizeof(*p));

	if (p == NULL)
		return -1;
	l->members = p;
	p[l->nmembers++] = (struct list_member){ .at = (uint32_t)(value.p - l->text), .len = (uint32_t)value.len, .key = (uint32_t)key };
	return 0;
}

static int
add_row(struct list_rows *l, struct json_walk *w)
{
	struct list_row	 *p = grown(l->rows, l->nrows, &l->rows_size, sizeof(*p));
	const char	 *begin = w->p - 1;
	struct json_piece key, value;
	size_t		  number, guess = 0, first = l->nmembers;
	int		  rv;

	if (p == NULL)
		return -1;
	l->rows = p;
	while ((rv = json_walk_next(w, &key, &value)) == 1) {
		number = number_of(l, key, value, guess);
		guess = number + 1;
		if (number < LIST_KEYS_MAX && add_member(l, value, number) == -1)
			return -1;
	}
	p[l->nrows++] = (struct list_row){ .at = (uint32_t)(begin - l->text), .len = (uint32_t)(w->p - begin), .first = first, .end = l->nmembers };
	return rv;
}

int
list_rows_read(struct list_rows *l, const char *text, size_t len)
{
	struct json_walk w, row;
	int		 rv;

	*l = (struct list_rows){ .text = text };
	if (len > UINT32_MAX || json_walk_open(&w, (struct json_piece){ text, len }, '[') == -1)
		return -1;
	while ((rv = json_walk_down(&w, '{', &row)) == 1) {
		if (add_row(l, &row) == -1)
			return -1;
		json_walk_up(&w, &row);
	}
	return rv;
}

void
list_rows_free(struct list_rows *l)
{
	free(l->members);
	free(l->rows);
	*l = (struct list_rows){ .text = NULL };
}
