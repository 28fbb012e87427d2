/* SPDX-License-Identifier: ISC */
/* The parts of the shell's parser: what they share.  Only shell_parse.c and shell_compound.c use it. */
#ifndef SIM_SHELL_PARSER_H
#define SIM_SHELL_PARSER_H

#include "tests/simulator/shell/shell_lex.h"

struct parser {
	struct lexer	lex;
	int		depth;
	bool		failed;
	bool		more;		/* failed because the text ended */
	struct parse_error *err;
};

/* Both note the first failure alone and return NULL. */
void   *parser_fail(struct parser *p, const char *token);
void   *parser_unexpected(struct parser *p);	/* the current token */
void	parser_next(struct parser *p);
struct node *parser_node(struct parser *p, enum node_type type, struct node *left, struct node *right);
/* Is the current token this reserved word?  Only asked where a command may start. */
bool	parser_at(const struct parser *p, const char *word);
void	parser_expect(struct parser *p, const char *word);
void	parser_newlines(struct parser *p);
struct word *parser_word(struct parser *p, struct word **list, const char *text);
/* one_line: stop at the first newline (a complete command); else newlines separate. */
struct node *parser_list(struct parser *p, bool one_line);

/* shell_compound.c: if, while, for, case, (...), {...}, ((...)), [[...]] */
bool	parser_at_compound(const struct parser *p);
struct node *parser_compound(struct parser *p);

#endif
