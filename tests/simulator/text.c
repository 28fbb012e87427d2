/* SPDX-License-Identifier: ISC */
/* The simulator's growable strings and lists.  See text.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void
text_reserve(struct text *t, size_t more)
{
	size_t cap = t->cap == 0 ? 256 : t->cap;

	while (cap < t->n + more + 1)
		cap *= 2;
	if (cap == t->cap)
		return;
	t->p = realloc(t->p, cap);
	if (t->p == NULL)
		abort();
	t->cap = cap;
}

void
text_addn(struct text *t, const char *s, size_t n)
{
	text_reserve(t, n);
	if (n > 0)
		memcpy(t->p + t->n, s, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void
text_add(struct text *t, const char *s)
{
	text_addn(t, s, strlen(s));
}

void
text_addc(struct text *t, char c)
{
	text_addn(t, &c, 1);
}

void
text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	text_reserve(t, (size_t)n);
	va_start(ap, fmt);
	(void)vsnprintf(t->p + t->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)n;
}

void
text_clear(struct text *t)
{
	t->n = 0;
	if (t->p != NULL)
		t->p[0] = '\0';
}

void
text_free(struct text *t)
{
	free(t->p);
	memset(t, 0, sizeof(*t));
}

const char *
text_str(const struct text *t)
{
	return t->p == NULL ? "" : t->p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

char *
xstrdup(const char *s)
{
	char *p = strdup(s);

	if (p == NULL)
		abort();
	return p;
}

void
list_append(struct list *l, void *item)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 8 : l->cap * 2;
		l->item = reallocarray(l->item, l->cap, sizeof(*l->item));
		if (l->item == NULL)
			abort();
	}
	l->item[l->n++] = item;
}

void *
list_new(struct list *l, size_t size)
{
	void *p = xcalloc(1, size);

	list_append(l, p);
	return p;
}

void
list_remove(struct list *l, void *item)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->item[i] != item)
			continue;
		memmove(l->item + i, l->item + i + 1, (l->n - i - 1) * sizeof(*l->item));
		l->n--;
		free(item);
		return;
	}
}

void
list_free(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->item[i]);
	free(l->item);
	memset(l, 0, sizeof(*l));
}

bool
str_set(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);
	bool fits = n < size;

	if (!fits)
		n = size - 1;
	memmove(dst, src, n);
	dst[n] = '\0';
	return fits;
}
