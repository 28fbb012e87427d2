/* SPDX-License-Identifier: ISC */
/*
 * conf_scan.h - the strict look at the text of powerdirector.conf before libconfuse parses it.
 *
 * libconfuse 3.3 is generous where a policy must not be: a file cut off inside a section is
 * complete, the second of two equal options wins, a '*' outside quotes is dropped without a word,
 * ${NAME} is replaced from the environment, a NUL ends a value, comments count as two lines.
 * The scan lets through only texts that have one meaning, and keeps the lines of titled sections.
 */
#ifndef PD_POLICY_CONF_SCAN_H
#define PD_POLICY_CONF_SCAN_H

#include <stddef.h>

#include "spool/err.h"

/* "role operator {": its first word and its line.  The word is in the scanned text. */
struct conf_title {
	const char *kind;
	size_t	    kind_len;
	int	    line;
};

struct conf_titles {
	struct conf_title *list;	/* in the order of the file; owned */
	size_t		   n, size;
};

/*
 * Replaces comments in text (NUL behind len bytes) by blanks.  -1 with PD_BADDATA and "FILE:LINE: what is wrong, what
 * to write".  The caller frees titles->list, whatever comes back.
 */
int conf_scan(const char *file, char *text, size_t len, struct conf_titles *titles, struct pd_err *e);

#endif
