/* SPDX-License-Identifier: ISC */
/*
 * condition.h - when a step is done, polled or refused: `vm.mode == shared and image`.
 *
 *	condition = term *("and" term)
 *	term	  = ["not"] PATH / PATH OP VALUE *("|" VALUE)
 *	OP	  = == != < <= > >=
 *	VALUE	  = word / "..." / PATH (a word with a dot that is no number)
 * A bare PATH holds when there is a value that is not false and not empty.  < <= > >= compare numbers; == and != numbers
 * when both are, else texts.  With several values == holds for one of them, != for none of them.
 */
#ifndef PD_HANDLERS_SEQUENCE_CONDITION_H
#define PD_HANDLERS_SEQUENCE_CONDITION_H

#include <stddef.h>

#include "handlers/sequence/arena.h"
#include "handlers/sequence/scope.h"
#include "spool/err.h"

enum cond_op { COND_BARE, COND_EQ, COND_NE, COND_LT, COND_LE, COND_GT, COND_GE };

struct cond_value {
	const char *text;
	int	    is_path;
	int	    is_captured;	/* a step of the sequence makes it: it may come later */
};

struct cond_term {
	const char	  *path;
	int		   is_captured;
	int		   negated;
	enum cond_op	   op;
	struct cond_value *value;
	size_t		   nvalues;
};

struct cond {
	const char	 *source;
	int		  line;
	struct cond_term *term;
	size_t		  n;	/* 0 = always */
};

int cond_parse(struct arena *a, const char *file, int line, const char *text, struct cond *c, struct pd_err *e);

/* 1 holds, 0 does not (also when a compared value is missing), -1 not known: with ahead set, a value is missing that a step will capture. */
int cond_eval(const struct cond *c, const struct scope *s, int ahead);

#endif
