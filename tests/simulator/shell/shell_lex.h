/* SPDX-License-Identifier: ISC */
/* Tokens of the shell's language; used by the parser alone. */
#ifndef SIM_SHELL_LEX_H
#define SIM_SHELL_LEX_H

#include "tests/simulator/shell/shell_ast.h"

enum token {
	T_END, T_NEWLINE, T_WORD, T_IO_NUMBER,
	T_SEMI, T_DSEMI, T_AMP, T_AND, T_OR, T_PIPE, T_LPAREN, T_RPAREN,
	T_LESS, T_GREAT, T_DGREAT, T_DLESS, T_DLESSDASH, T_LESSAND, T_GREATAND, T_CLOBBER, T_LESSGREAT,
	T_MORE, T_BAD,
};

struct heredoc {
	struct heredoc *next;
	struct redir   *redir;
	const char     *delimiter;
	bool		strip_tabs;
};

struct lexer {
	const char     *start, *s, *end;
	bool		at_end;		/* no more text will come */
	struct prog    *prog;
	enum token	tok;
	const char     *text;		/* of T_WORD and T_IO_NUMBER */
	const char     *tok_start;
	struct heredoc *pending;	/* here-documents whose bodies start after the next newline */
	int		line;
};

/* Reads the next token into l->tok. */
void	lex_next(struct lexer *l);
const char *lex_name(const struct lexer *l);
/* Copies of source text, with or without its quotes. */
char   *lex_copy(struct lexer *l, const char *s, size_t len);
char   *lex_unquote(struct lexer *l, const char *word, bool *was_quoted);

#endif
