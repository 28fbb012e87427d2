/* SPDX-License-Identifier: ISC */
/*
 * history_line.h - one record of the history as a line of text: in an export, and in an archive.
 *
 *	{"hash":"64 lower-case hexadecimal digits","record":TEXT}
 *
 * TEXT is the record byte for byte as the chain's hash has it, so that another program needs no idea of how JSON is written: it hashes what
 * stands between column 85 and the last brace.  Records are one object without line breaks.
 */
#ifndef PD_SPOOL_HISTORY_HISTORY_LINE_H
#define PD_SPOOL_HISTORY_HISTORY_LINE_H

#include <stddef.h>

#include "spool/err.h"
#include "spool/store/store.h"

#define HISTORY_LINE_HEAD (sizeof("{\"hash\":\"\",\"record\":") - 1 + HISTORY_HASH_LEN)
#define HISTORY_LINE_MAX  (HISTORY_RECORD_MAX + HISTORY_LINE_HEAD + 2)	/* with its brace and line feed */

struct history_line {
	unsigned char hash[HISTORY_HASH_LEN / 2];
	const char   *text;	/* the record, in the line */
	size_t	      len;
};

/* buf has HISTORY_LINE_MAX bytes, the record at most HISTORY_RECORD_MAX.  The length, with the line feed. */
size_t history_line_make(char *buf, const unsigned char *hash, const char *record, size_t len);

/* One line without its line feed; out points into it.  PD_BADDATA. */
int history_line_parse(const char *line, size_t len, struct history_line *out, struct pd_err *e);

#endif
