/* SPDX-License-Identifier: ISC */
/*
 * Two small containers that every part of the simulated machine uses: a growable
 * string and a growable list of pointers.  Running out of memory ends the program:
 * a simulator has nothing better to do.
 */
#ifndef PD_SIM_TEXT_H
#define PD_SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *p; /* always NUL terminated once something was added; NULL before */
	size_t n, cap;
};

void text_add(struct text *t, const char *s);
void text_addn(struct text *t, const char *s, size_t n);
void text_addc(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *t);
void text_free(struct text *t);
const char *text_str(const struct text *t); /* never NULL */

struct list {
	void **item;
	size_t n, cap;
};

/* Appends a zeroed object of `size` bytes, owned by the list, and returns it. */
void *list_new(struct list *l, size_t size);
void list_append(struct list *l, void *item);
void list_remove(struct list *l, void *item); /* takes it out and frees it */
void list_free(struct list *l);		      /* frees the items too */

void *xcalloc(size_t n, size_t size);
char *xstrdup(const char *s);

/* Copies what fits, always terminates; false when something was cut off. */
bool str_set(char *dst, size_t size, const char *src);

#endif
