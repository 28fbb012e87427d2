/* SPDX-License-Identifier: ISC */
/*
 * nearest.c - what was probably meant by a mistyped word.
 */
#include <string.h>
#include <strings.h>

#include "gateway/request/nearest.h"
#include "gateway/verbs.h"

#define WORD_MAX 40
#define FAR	 99
#define NEAR	 3

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance, three rows of the table at a time. */
static int
edits(const char *a, size_t la, const char *b, size_t lb)
{
	int rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2], *swap;

	for (size_t j = 0; j <= lb; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= la; i++) {
		row[0] = (int)i;
		for (size_t j = 1; j <= lb; j++) {
			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		swap = before;
		before = last;
		last = row;
		row = swap;
	}
	return last[lb];
}

int
nearest_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return FAR;
	if (la >= 3 && la < lb && strncmp(a, b, la) == 0)
		return 1;
	return edits(a, la, b, lb);
}

/* Near enough to be worth naming: "ls" is not a mistyped "help". */
static int
is_near(const char *word, int distance)
{
	return distance <= NEAR && (size_t)distance * 2 <= strlen(word);
}

const char *
nearest(const char *word, const char *const *names)
{
	const char *best = NULL;
	int	    distance, least_so_far = FAR;

	for (; *names != NULL; names++) {
		distance = nearest_distance(word, *names);
		if (distance < least_so_far) {
			least_so_far = distance;
			best = *names;
		}
	}
	return is_near(word, least_so_far) ? best : NULL;
}

/* "LIST-VMS", and "vms" for "list-vms". */
static int
is_verb_in_other_words(const char *name, const char *verb)
{
	const char *dash = strchr(verb, '-');

	return strcasecmp(name, verb) == 0 ||
	    (dash != NULL && strcasecmp(name, dash + 1) == 0 && strncmp(verb, "list", 4) == 0);
}

const struct verb *
verb_nearest(const char *name)
{
	const struct verb *best = NULL;
	int		   distance, least_so_far = FAR;

	for (size_t i = 0; i < verbs_count; i++) {
		distance = is_verb_in_other_words(name, verbs[i].name) ? 0 : nearest_distance(name, verbs[i].name);
		if (distance < least_so_far) {
			least_so_far = distance;
			best = &verbs[i];
		}
	}
	return is_near(name, least_so_far) ? best : NULL;
}

const struct verb_arg *
verb_arg_find(const struct verb *v, const char *name)
{
	for (size_t i = 0; i < v->nargs; i++)
		if (strcmp(v->args[i].name, name) == 0)
			return &v->args[i];
	for (size_t i = 0; i < common_args_count; i++)
		if (strcmp(common_args[i].name, name) == 0)
			return (v->flags & VERB_CHANGES) || strcmp(name, "json") == 0 ? &common_args[i] : NULL;
	return NULL;
}
