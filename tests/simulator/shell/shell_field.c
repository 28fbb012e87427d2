/* SPDX-License-Identifier: ISC */
/* Fields: where an expanded word is cut into words, and which of them name files. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell_expansion.h"

int
fields_add(struct fields *f, char *owned)
{
	char **v;

	if (owned == NULL)
		return -1;
	if (f->n + 2 > f->size) {
		if (f->n >= SHELL_WORDS_MAX) {
			free(owned);
			return -1;
		}
		v = reallocarray(f->v, f->size * 2 + 16, sizeof(*v));
		if (v == NULL) {
			free(owned);
			return -1;
		}
		f->v = v;
		f->size = f->size * 2 + 16;
	}
	f->v[f->n++] = owned;
	f->v[f->n] = NULL;
	return 0;
}

void
fields_free(struct fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i]);
	free(f->v);
	*f = (struct fields){ 0 };
}

void
expansion_free(struct expansion *x)
{
	sim_out_free(&x->text);
	sim_out_free(&x->marks);
}

/* One field, from the marks between from and to; with escape, quoted characters get a backslash. */
char *
expansion_collect(const struct expansion *x, size_t from, size_t to, bool escape)
{
	char *s = malloc((to - from) * 2 + 1), *p = s;

	if (s == NULL)
		return NULL;
	for (size_t i = from; i < to; i++) {
		char c = x->text.data[i], m = x->marks.data[i];

		if (m == MARK_KEEP)
			continue;
		if (escape && m == MARK_QUOTED && strchr("*?[]\\!-^", c) != NULL)
			*p++ = '\\';
		else if (escape && m != MARK_QUOTED && c == '\\')
			*p++ = '\\';
		*p++ = c;
	}
	*p = '\0';
	return s;
}

static bool
has_glob(const struct expansion *x, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (x->marks.data[i] != MARK_QUOTED && x->marks.data[i] != MARK_KEEP &&
		    strchr("*?[", x->text.data[i]) != NULL)
			return true;
	}
	return false;
}

static int
add_field(struct expansion *x, size_t from, size_t to, struct fields *f)
{
	size_t before = f->n;

	if (has_glob(x, from, to)) {
		char *pattern = expansion_collect(x, from, to, true);

		if (pattern == NULL || shell_glob(x->sh, pattern, f) == -1) {
			free(pattern);
			return -1;
		}
		free(pattern);
		if (f->n != before)
			return 0;
	}
	return fields_add(f, expansion_collect(x, from, to, false));
}

static bool
is_break(const struct expansion *x, size_t i, const char *ifs)
{
	return x->marks.data[i] == MARK_BREAK ||
	    (x->marks.data[i] == MARK_SPLIT && x->text.data[i] != '\0' &&
	    strchr(ifs, x->text.data[i]) != NULL);
}

/* A separator that is not white space ends a field even when the field is empty. */
static bool
is_hard_break(const struct expansion *x, size_t i)
{
	return x->marks.data[i] == MARK_SPLIT && strchr(" \t\n", x->text.data[i]) == NULL;
}

int
expansion_split(struct expansion *x, struct fields *f)
{
	const char *ifs = shell_get(x->sh, "IFS");
	size_t i = 0, start;

	if (ifs == NULL)
		ifs = " \t\n";
	while (i < x->text.len) {
		while (i < x->text.len && is_break(x, i, ifs) && !is_hard_break(x, i))
			i++;
		if (i == x->text.len)
			break;
		start = i;
		while (i < x->text.len && !is_break(x, i, ifs))
			i++;
		if (add_field(x, start, i, f) == -1)
			return -1;
		while (i < x->text.len && is_break(x, i, ifs) && !is_hard_break(x, i))
			i++;
		if (i < x->text.len && is_break(x, i, ifs))
			i++;
	}
	return 0;
}
