/* SPDX-License-Identifier: ISC */
/*
 * rows.h - a list that is an answer: its rows as compact JSON text, written one behind the other, without a tree.
 *
 * "[{"name":"web1","procs":1},{"name":"web2","procs":2}]".  Keys are this program's own words.  A row that does not fit
 * any more is left out, and so are all behind it.  What is not UTF-8, and a lack of memory, stick and are told by
 * rows_end().
 */
#ifndef PD_SPOOL_ROWS_H
#define PD_SPOOL_ROWS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"

#define ROWS_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(9))	/* of values within; 3.215, not 3.2149999 */

struct rows {
	char  *text;	/* owned, not ended by a NUL */
	size_t len;	/* of what is written; 0: there is no list */
	size_t size;
	size_t max;	/* bytes */
	size_t n;	/* rows in it */
	size_t row_at;	/* where the row that is written now begins */
	int    is_full;
	int    has_failed;
};

/* A new list in the room of the last one; *r was {0} or used before. */
void rows_begin(struct rows *r, size_t max);
void rows_open(struct rows *r);
/* Members of the row that is open. */
void rows_text(struct rows *r, const char *key, const char *text);
void rows_number(struct rows *r, const char *key, int64_t n);
void rows_json(struct rows *r, const char *key, const char *json);	/* JSON text already, compact */
void rows_close(struct rows *r);
/* A whole one; value is an object. */
void rows_add(struct rows *r, const json_t *value);
/* After this it may be sent.  PD_IO; the list is gone then. */
int rows_end(struct rows *r, struct pd_err *e);
/* The list is as if it had never begun; its room stays when it is no more than usual. */
void rows_forget(struct rows *r);
void rows_free(struct rows *r);

/* As a value; NULL: no memory. */
json_t *rows_value(const struct rows *r);
/* The one row that was written into it, as a value; the list is ended and freed.  NULL with *e. */
json_t *rows_only(struct rows *r, struct pd_err *e);

#endif
