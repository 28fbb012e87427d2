/* SPDX-License-Identifier: ISC */
/*
 * Structs as JSON objects, driven by a table of their members: one description serves
 * writing and reading.  Tables are in the alphabetical order of the names, so that the
 * text is sorted.
 */
#ifndef PD_SIM_RECORD_H
#define PD_SIM_RECORD_H

#include <jansson.h>
#include <stddef.h>

#include "text.h"

enum field_kind { F_STR, F_INT, F_I64, F_STATE, F_OBJ, F_LIST };

struct record;
struct field {
	const char *name;
	enum field_kind kind;
	size_t off, size;
	const struct record *sub; /* F_OBJ, F_LIST */
};
struct record {
	size_t size;
	const struct field *field;
	size_t n;
};

#define R_STR(s, m)	  { #m, F_STR, offsetof(struct s, m), sizeof(((struct s *)0)->m), NULL }
#define R_INT(s, m)	  { #m, F_INT, offsetof(struct s, m), sizeof(int), NULL }
#define R_I64(s, m)	  { #m, F_I64, offsetof(struct s, m), sizeof(int64_t), NULL }
#define R_OBJ(s, m, sub)  { #m, F_OBJ, offsetof(struct s, m), 0, &(sub) }
#define R_LIST(s, m, sub) { #m, F_LIST, offsetof(struct s, m), 0, &(sub) }
#define RECORD(s, f)	  { sizeof(struct s), f, sizeof(f) / sizeof((f)[0]) }

void json_quote(struct text *t, const char *s);
void record_write(struct text *t, const struct record *r, const void *obj, int indent);
/* Members that are missing keep their value; unknown ones are ignored. -1: wrong type. */
int record_read(const struct record *r, void *obj, const json_t *j);

#endif
