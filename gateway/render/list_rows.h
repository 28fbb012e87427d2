/* SPDX-License-Identifier: ISC */
/*
 * list_rows.h - a list as it comes from the director, compact JSON text, as rows of members: where each value stands,
 * and under which key.
 *
 * Keys are numbered as they come, so that nobody looks for a key in a row.  Nothing is decoded.
 */
#ifndef PD_GATEWAY_LIST_ROWS_H
#define PD_GATEWAY_LIST_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "spool/json_cut.h"

#define LIST_KEYS_MAX 128	/* different ones; members of more are left out */

struct list_member {
	uint32_t at, len;	/* of the value, in the text: a reply is 16 MiB at most */
	uint32_t key;		/* below nkeys */
};

struct list_row {
	uint32_t at, len;
	size_t	 first, end;	/* its members */
};

struct list_rows {
	const char	   *text;	/* lent */
	struct json_piece   keys[LIST_KEYS_MAX];	/* as written, between the quotes */
	struct json_piece   samples[LIST_KEYS_MAX];	/* the first value of each */
	size_t		    nkeys;
	struct list_member *members;
	size_t		    nmembers, members_size;
	struct list_row	   *rows;
	size_t		    nrows, rows_size;
};

/* -1: it is not an array of objects that json_cut() takes, or there is no memory.  list_rows_free() in both cases; the text stays until then. */
int  list_rows_read(struct list_rows *l, const char *text, size_t len);
void list_rows_free(struct list_rows *l);

#endif
