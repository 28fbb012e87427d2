/* SPDX-License-Identifier: ISC */
/*
 * sequence_text.h - the text of a sequence file as a tree of words, each with its line.
 *
 * The syntax is that of powerdirector.conf: `word = value`, `word = { value, value }`,
 * `word title { ... }`, comments with #, // and C's.  It is read here and not with libconfuse
 * because every mistake in a sequence, also one found later (a reference that nobody fills), must
 * be told with its line, which libconfuse does not keep; and because nothing may expand from
 * the environment.
 */
#ifndef PD_HANDLERS_SEQUENCE_SEQUENCE_TEXT_H
#define PD_HANDLERS_SEQUENCE_SEQUENCE_TEXT_H

#include <stddef.h>

#include "handlers/sequence/arena.h"
#include "spool/err.h"

#define SEQ_STRING_MAX 4096	/* bytes of one string: longer than any command line here */
#define SEQ_LIST_MAX   64
#define SEQ_DEPTH_MAX  6	/* sequence, step, probe, capture; and two to spare */
#define SEQ_NODES_MAX  4096

struct seq_node {
	const char	*word;
	const char	*title;		/* NULL = none */
	int		 line;
	int		 is_section, is_list;
	const char     **value;		/* of an option */
	size_t		 nvalues;
	struct seq_node *child;		/* of a section, in the file's order */
	struct seq_node *next;
};

/* Reads text into *first (NULL for an empty file); everything lives in the arena.  PD_BADDATA "FILE:LINE: ...". */
int sequence_text_read(struct arena *a, const char *file, const char *text, size_t len, struct seq_node **first,
    struct pd_err *e);

#endif
