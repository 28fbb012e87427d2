/* SPDX-License-Identifier: ISC */
/*
 * json_bytes.h - a JSON value as bytes, in one go where it is short.
 */
#ifndef PD_SPOOL_JSON_BYTES_H
#define PD_SPOOL_JSON_BYTES_H

#include <jansson.h>

/*
 * Its text (flags as json_dumpb()) behind `head` bytes that are the caller's to fill; *buf is allocated.  Returns the
 * length of the text, in front of which and behind which nothing is written; room for one byte more is there.  0: no
 * memory, or no JSON text; *buf is NULL.
 */
size_t json_bytes(const json_t *value, size_t flags, size_t head, char **buf);

#endif
