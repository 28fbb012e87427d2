/* SPDX-License-Identifier: ISC */
/*
 * cell.h - one value of a list as a person reads it, from its JSON text.
 */
#ifndef PD_GATEWAY_CELL_H
#define PD_GATEWAY_CELL_H

#include <stdint.h>

#include "gateway/render/text.h"
#include "spool/json_cut.h"

struct cell {
	const char *text;	/* harmless; not ended by a NUL when it is not owned */
	uint32_t    len, width;	/* bytes, of a reply of 16 MiB at most; columns of the terminal */
	char	   *owned;	/* the text, where it does not stand in the JSON text; the caller's to free */
};

/* value.len 0: the row has none.  row: all of it, for those whose unit stands beside them.  Without memory it is empty. */
struct cell cell_make(enum text_unit unit, const char *key, struct json_piece value, struct json_piece row);

/* The value as a tree, for who needs one; NULL: there is none. */
json_t *cell_value(struct json_piece value);

#endif
