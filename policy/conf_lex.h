/* SPDX-License-Identifier: ISC */
/*
 * conf_lex.h - words, strings and marks of powerdirector.conf; comments become blanks.
 */
#ifndef PD_POLICY_CONF_LEX_H
#define PD_POLICY_CONF_LEX_H

#include <stddef.h>

#include "spool/err.h"

enum conf_token_kind { CONF_END, CONF_WORD, CONF_STRING, CONF_OPEN, CONF_CLOSE, CONF_EQUALS, CONF_COMMA };

struct conf_token {
	enum conf_token_kind kind;
	const char	    *text;	/* in the lexer's text; of a string without its quotes */
	size_t		     len;
	int		     line;
};

struct conf_lexer {
	const char    *file;	/* for messages */
	char	      *p, *end;	/* what is left; *end is NUL */
	int	       line;
	struct pd_err *e;
};

/* Takes the next token; CONF_END at the end.  -1 with "FILE:LINE: ..." for a byte that has no place. */
int conf_lex(struct conf_lexer *lx, struct conf_token *t);

/* Fails with PD_BADDATA and "FILE:LINE: text". */
int conf_lex_fail(const struct conf_lexer *lx, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
