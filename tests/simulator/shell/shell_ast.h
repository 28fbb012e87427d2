/* SPDX-License-Identifier: ISC */
/* The syntax tree of a shell command, and the parser that makes it. */
#ifndef SIM_SHELL_AST_H
#define SIM_SHELL_AST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define SHELL_TEXT_MAX	((size_t)128 * 1024)	/* one script; a real command line is far shorter */
#define SHELL_DEPTH_MAX	32			/* nesting of constructs, substitutions and shells */
#define SHELL_WORDS_MAX	4096			/* words of one command, before and after expansion */

enum node_type {
	N_COMMAND,		/* assignments, words, redirections */
	N_PIPE, N_AND, N_OR, N_SEQ, N_BACKGROUND, N_NOT,
	N_IF, N_WHILE, N_UNTIL, N_FOR, N_CASE, N_SUBSHELL, N_GROUP, N_ARITH, N_TEST,
};

enum redir_type { R_IN, R_OUT, R_APPEND, R_DUP, R_HEREDOC, R_PROCESS };

/* Words are kept as they stand in the source, quotes and all; expansion reads them again. */
struct word {
	struct word *next;
	const char  *text;
};

struct redir {
	struct redir   *next;
	enum redir_type type;
	int		fd;
	const char     *target;		/* word; R_HEREDOC: the body; R_PROCESS: the commands of < <(...) */
	bool		literal;	/* the here-document's delimiter was quoted */
};

struct case_item {
	struct case_item *next;
	struct word	 *patterns;
	struct node	 *body;
};

struct node {
	enum node_type	type;
	struct word    *assigns;	/* N_COMMAND: name=value */
	struct word    *words;		/* N_COMMAND, N_FOR, N_TEST; N_CASE: the subject */
	struct redir   *redirs;
	struct node    *left, *right;	/* operands; condition and body; N_IF: then */
	struct node    *other;		/* N_IF: else */
	struct case_item *items;
	const char     *text;		/* N_FOR: variable; N_ARITH: expression; N_BACKGROUND: source */
	bool		has_words;	/* N_FOR: "in" was there */
};

/* A parsed command owns all its memory and is shared by counting. */
struct prog {
	atomic_int	refs;
	struct chunk   *chunks;
	struct node    *root;		/* NULL: nothing but blanks and comments */
};

struct prog *prog_ref(struct prog *p);
void	prog_unref(struct prog *p);
void   *prog_alloc(struct prog *p, size_t len);

enum parse_result { PARSE_OK, PARSE_MORE, PARSE_ERROR };

struct parse_error {
	enum { SYNTAX_UNEXPECTED, SYNTAX_UNMATCHED, SYNTAX_TOO_LONG } why;
	int  line;
	char token[41];
};

/*
 * Parses one complete command, that is everything up to a newline outside of any construct.
 * *used tells how many bytes it took.  PARSE_MORE: the text ends inside a construct; never
 * returned when at_end is set.  On PARSE_ERROR *err says what is wrong.
 */
enum parse_result shell_parse(const char *text, size_t len, bool at_end, int line, struct prog **prog,
	    size_t *used, struct parse_error *err);

/* For the expansion: the end of a ${...}, $(...), `...` or "..." that starts at s, or NULL. */
const char *shell_skip(const char *s, const char *end, int depth);
/* The same for (...). */
const char *shell_skip_parentheses(const char *s, const char *end);

#endif
