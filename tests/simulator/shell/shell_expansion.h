/* SPDX-License-Identifier: ISC */
/*
 * The parts of the expansion of words: what they share.  A word is turned into a buffer of
 * characters, each with a mark that says where it came from; splitting and globbing then look
 * only at the marks.  A MARK_KEEP entry has no character: it makes an empty quoted field count.
 * MARK_BREAK separates the fields of "$@".
 */
#ifndef SIM_SHELL_EXPANSION_H
#define SIM_SHELL_EXPANSION_H

#include "tests/simulator/shell/shell.h"

enum mark { MARK_PLAIN = 'p', MARK_QUOTED = 'q', MARK_SPLIT = 's', MARK_KEEP = 'k', MARK_BREAK = 'b' };

struct expansion {
	struct shell  *sh;
	struct sim_out text;
	struct sim_out marks;		/* as long as text */
	bool	       failed;
};

/* shell_expand.c */
void	expansion_put(struct expansion *x, const char *s, size_t len, enum mark mark);
void	expansion_put_value(struct expansion *x, const char *value, bool quoted);
void	expansion_put_args(struct expansion *x, bool separate);	/* $@ and $* */
void	expansion_range(struct expansion *x, const char *s, const char *end, bool quoted);

/* shell_param.c: $name and ${...} */
size_t	expansion_name_len(const char *s, const char *end);
const char *expansion_value(struct shell *sh, const char *name, size_t len, char buf[32]);	/* NULL: not set */
void	expansion_braces(struct expansion *x, const char *s, const char *end, bool quoted);	/* the inside */

/* shell_field.c: from marks to fields */
char   *expansion_collect(const struct expansion *x, size_t from, size_t to, bool escape);
int	expansion_split(struct expansion *x, struct fields *f);
void	expansion_free(struct expansion *x);

#endif
