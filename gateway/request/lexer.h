/* SPDX-License-Identifier: ISC */
/*
 * lexer.h - the request line: words by POSIX quoting, and nothing else of a shell.
 */
#ifndef PD_GATEWAY_REQUEST_LEXER_H
#define PD_GATEWAY_REQUEST_LEXER_H

#include <stddef.h>

#include "gateway/request/args.h"
#include "spool/err.h"

#define LEXER_WORDS_MAX 256

struct words {
	int    argc;
	char **argv;	/* argc words and a NULL; into text */
	char  *text;
};

/*
 * Splits len bytes.  Blanks and tabs separate; '...' is literal; "..." keeps all but \", \\, \$ and \`; a backslash
 * keeps the next character.  Nothing expands, no character is an operator or a comment.  Refused with the position
 * (first byte = 1): NUL, line breaks and other control characters, bytes that are not UTF-8, a quote without its end,
 * more than REQUEST_MAX bytes or LEXER_WORDS_MAX words. PD_BADDATA, too many words PD_USAGE; *w then holds nothing.
 */
int  lexer_split(const char *text, size_t len, struct words *w, struct pd_err *e);
void words_free(struct words *w);

/* The same rules for a text that is already one word, or is no words at all: only bytes and length are checked. */
int lexer_check_bytes(const char *text, size_t len, struct pd_err *e);

#endif
