/* SPDX-License-Identifier: ISC */
/*
 * sequence_words.h - tables of words, with which each section of a sequence file is read.
 *
 * Shared by the files that fill struct sequence, and by nobody else.
 */
#ifndef PD_HANDLERS_SEQUENCE_SEQUENCE_WORDS_H
#define PD_HANDLERS_SEQUENCE_SEQUENCE_WORDS_H

#include <stddef.h>

#include "handlers/sequence/sequence_model.h"

struct loader {
	struct sequence *s;
	const char	*file;
	struct pd_err	*e;
};

enum form { ONE, LIST, SECTION, TITLED };

struct word {
	const char *name;
	enum form   form;
	int	    many;
	int	  (*take)(struct loader *l, const struct seq_node *n, void *to);
	size_t	    offset;	/* of the member that take() fills */
};

#define SEQ_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Fails with FILE:LINE: what 'word'. */
int seq_bad(struct loader *l, int line, const char *what, const char *word);
/* Zeroed memory that lives as long as the sequence; NULL is an error that is told. */
void *seq_get(struct loader *l, size_t size);

/* Refuses what is unknown in a section, said twice or of the wrong form; hands the rest to the word's function. */
int seq_take_all(struct loader *l, const struct seq_node *first, const struct word *words, size_t count,
    const char *where, void *to);

/* Values that several sections have; to is what the comment says. */
int seq_take_text(struct loader *l, const struct seq_node *n, void *to);		/* const char * */
int seq_take_flag(struct loader *l, const struct seq_node *n, void *to);		/* int */
int seq_take_seconds(struct loader *l, const struct seq_node *n, void *to);		/* long */
int seq_take_message(struct loader *l, const struct seq_node *n, void *to);		/* struct place */
int seq_take_cond(struct loader *l, const struct seq_node *n, void *to);		/* struct cond */
int seq_take_commands(struct loader *l, const struct seq_node *n, void *to);	/* struct commands */
int seq_take_as(struct loader *l, const struct seq_node *n, void *to);		/* struct commands */

/* sequence_carry.c: carry NAME { ... }; to is the head of a list of struct carrier. */
int seq_take_carrier(struct loader *l, const struct seq_node *n, void *to);
/* Puts commands that have a carrier into it; once, when all their words are read. */
int seq_carry(struct loader *l, struct commands *c);

/* sequence_capture.c: capture PATH { ... }; to is the head of a struct capture_list. */
int seq_take_capture(struct loader *l, const struct seq_node *n, void *to);

#endif
