/* SPDX-License-Identifier: ISC */
/*
 * capture.h - typed values out of what a console printed, the same way for every dialect:
 * rows, of which `where` picks, split into fields, of which one is taken and checked.
 */
#ifndef PD_HANDLERS_SEQUENCE_CAPTURE_H
#define PD_HANDLERS_SEQUENCE_CAPTURE_H

#include <jansson.h>
#include <stddef.h>

#include "handlers/sequence/place.h"
#include "handlers/sequence/scope.h"
#include "handlers/sequence/value_type.h"
#include "spool/err.h"

#define CAPTURE_FIELDS_MAX  2048	/* of one row; lsmap prints all devices of an adapter in one */
#define CAPTURE_ROWS_MAX    1024	/* of a table */
#define CAPTURE_COLUMNS_MAX 24
#define CAPTURE_WHERE_MAX   6

enum where_op { WHERE_IS, WHERE_NOT, WHERE_STARTS, WHERE_ENDS, WHERE_CONTAINS, WHERE_BASENAME };

struct capture_where {
	int	      field;	/* 0 = the whole row, -1 = any field */
	enum where_op op;
	struct place  value;
};

struct capture_column {
	const char		*name;
	const struct value_type *type;
};

struct capture {
	const char		*path;
	int			 line;
	int			 from_err;	/* standard error instead of output */
	const char		*split;		/* "," = comma list with quotes, " " = words, else that text; NULL = whole rows */
	int			 skip;		/* so many rows at the top are titles */
	int			 group;		/* every so many fields are a row of their own; 0 = no */
	struct capture_where	 where[CAPTURE_WHERE_MAX];
	size_t			 nwhere;
	int			 field;		/* 0 = the whole row */
	const char		*then_split;	/* splits the field once more */
	int			 then_field;
	const char		*last_split;	/* and what that gave, a third time */
	int			 last_field;
	const char		*difference;	/* taken is how far the number is from the one at this path; NULL = itself */
	const char		*below;		/* folder put before a value that is not absolute */
	const struct value_type *type;
	int			 optional, count;
	int			 most;		/* field: of the rows that fit the one with the largest number there is taken; 0 = the first one */
	int			 attributes;	/* fields are name=value; columns take theirs by name, wherever it stands */
	struct capture_column	 column[CAPTURE_COLUMNS_MAX];	/* a table of all rows */
	size_t			 ncolumns;
	struct place		 message;	/* when missing; source NULL = none */
};

/*
 * Takes the value out of an answer, sets it in the scope and in set (path -> value; an optional one that is missing:
 * null, and it is removed from the scope).  1 = taken or optional, 0 = missing (*e says what), -1 = there is something
 * else (PD_REMOTE).
 */
int capture_take(const struct capture *c, const char *out, const char *err, const struct scope *s, json_t *set,
    struct pd_err *e);

/* Splits s in place; returns how many fields there are (at most max are kept).  Fuzzed. */
size_t capture_split(char *s, const char *split, char **field, size_t max);

/*
 * The line of an answer that tells a person what went wrong, escaped into buf: for VIOS verbs the first nnnn-nnn
 * message behind the fixed banner, for partition verbs what follows [VIOSE...].  "" when the console said nothing.
 */
char *console_text(char *buf, size_t size, const char *out, const char *err);

#endif
