/* SPDX-License-Identifier: ISC */
/*
 * The shell's parser: recursive descent from tokens to a tree, bounded in depth and length.
 * Grammar (lowest to highest): list = and-or separated by ; & newline; and-or = pipelines
 * joined by && ||; pipeline = [!] commands joined by |; command = simple or compound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell_parser.h"

#define CHAIN_MAX	200	/* commands joined by | && ||: the tree leans to the left there */

void *
parser_fail(struct parser *p, const char *token)
{
	if (p->failed)
		return NULL;
	p->failed = true;
	if (p->lex.tok == T_MORE || (p->lex.tok == T_END && !p->lex.at_end)) {
		p->more = true;
	} else {
		p->err->why = p->lex.tok == T_BAD ? SYNTAX_UNMATCHED : SYNTAX_UNEXPECTED;
		p->err->line = p->lex.line;
		snprintf(p->err->token, sizeof(p->err->token), "%.40s", token);
	}
	return NULL;
}

void *
parser_unexpected(struct parser *p)
{
	return parser_fail(p, lex_name(&p->lex));
}

void
parser_next(struct parser *p)
{
	if (p->failed)
		return;
	lex_next(&p->lex);
	if (p->lex.tok == T_MORE || p->lex.tok == T_BAD)
		parser_unexpected(p);
}

struct node *
parser_node(struct parser *p, enum node_type type, struct node *left, struct node *right)
{
	struct node *n;

	if (p->failed)
		return NULL;
	n = prog_alloc(p->lex.prog, sizeof(*n));
	if (n == NULL)
		return parser_fail(p, "memory");
	n->type = type;
	n->left = left;
	n->right = right;
	return n;
}

bool
parser_at(const struct parser *p, const char *word)
{
	return !p->failed && p->lex.tok == T_WORD && strcmp(p->lex.text, word) == 0;
}

static bool
at_closing_word(const struct parser *p)
{
	static const char *const words[] = {
		"then", "else", "elif", "fi", "do", "done", "esac", "}",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (parser_at(p, words[i]))
			return true;
	}
	return false;
}

void
parser_expect(struct parser *p, const char *word)
{
	if (parser_at(p, word))
		parser_next(p);
	else
		parser_unexpected(p);
}

void
parser_newlines(struct parser *p)
{
	while (!p->failed && p->lex.tok == T_NEWLINE)
		parser_next(p);
}

struct word *
parser_word(struct parser *p, struct word **list, const char *text)
{
	struct word *w = prog_alloc(p->lex.prog, sizeof(*w));

	if (w == NULL)
		return parser_fail(p, "memory");
	w->text = text;
	while (*list != NULL)
		list = &(*list)->next;
	*list = w;
	return w;
}

static void
add_heredoc(struct parser *p, struct redir *r, bool strip)
{
	struct heredoc *h = prog_alloc(p->lex.prog, sizeof(*h)), **pp = &p->lex.pending;

	if (h == NULL) {
		parser_fail(p, "memory");
		return;
	}
	h->redir = r;
	h->strip_tabs = strip;
	h->delimiter = lex_unquote(&p->lex, p->lex.text, &r->literal);
	r->target = "";
	while (*pp != NULL)
		pp = &(*pp)->next;
	*pp = h;
}

static bool
at_redir(const struct parser *p)
{
	return !p->failed && (p->lex.tok == T_IO_NUMBER ||
	    (p->lex.tok >= T_LESS && p->lex.tok <= T_LESSGREAT));
}

static bool
at_process(const struct parser *p)
{
	return !p->failed && p->lex.tok == T_LESS && p->lex.s < p->lex.end && *p->lex.s == '(';
}

/* < <(commands): the lexer stands at the parenthesis. */
static void
parse_process(struct parser *p, struct redir *r)
{
	const char *start = p->lex.s, *stop = shell_skip_parentheses(start, p->lex.end);

	if (stop == NULL) {
		p->lex.tok = p->lex.at_end ? T_BAD : T_MORE;
		parser_fail(p, "<(");
		return;
	}
	r->type = R_PROCESS;
	r->target = lex_copy(&p->lex, start + 1, (size_t)(stop - 1 - (start + 1)));
	if (r->target == NULL)
		parser_fail(p, "memory");
	p->lex.s = stop;
}

static void
parse_redir(struct parser *p, struct redir **list)
{
	struct redir *r = prog_alloc(p->lex.prog, sizeof(*r));
	enum token op;

	if (r == NULL) {
		parser_fail(p, "memory");
		return;
	}
	r->fd = -1;
	if (p->lex.tok == T_IO_NUMBER) {
		r->fd = p->lex.text[1] == '\0' ? p->lex.text[0] - '0' : 9;
		parser_next(p);
	}
	op = p->lex.tok;
	if (r->fd == -1)
		r->fd = op == T_LESS || op == T_DLESS || op == T_DLESSDASH || op == T_LESSAND ? 0 : 1;
	r->type = op == T_LESS || op == T_LESSGREAT ? R_IN : op == T_DGREAT ? R_APPEND :
	    op == T_DLESS || op == T_DLESSDASH ? R_HEREDOC :
	    op == T_LESSAND || op == T_GREATAND ? R_DUP : R_OUT;
	parser_next(p);
	if (op == T_LESS && at_process(p)) {
		parse_process(p, r);
	} else if (p->failed || (p->lex.tok != T_WORD && p->lex.tok != T_IO_NUMBER)) {
		parser_unexpected(p);
		return;
	} else {
		r->target = p->lex.text;
	}
	if (r->type == R_HEREDOC)
		add_heredoc(p, r, op == T_DLESSDASH);
	while (*list != NULL)
		list = &(*list)->next;
	*list = r;
	parser_next(p);
}

static bool
is_assignment(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return n != 0 && (s[0] < '0' || s[0] > '9') && s[n] == '=';
}

static struct node *
parse_simple(struct parser *p)
{
	struct node *n = parser_node(p, N_COMMAND, NULL, NULL);
	size_t count = 0;

	while (!p->failed) {
		if (at_redir(p)) {
			parse_redir(p, &n->redirs);
		} else if (p->lex.tok == T_WORD) {
			parser_word(p, n->words == NULL && is_assignment(p->lex.text) ?
			    &n->assigns : &n->words, p->lex.text);
			parser_next(p);
			if (++count > SHELL_WORDS_MAX)
				return parser_fail(p, "word");
		} else {
			break;
		}
	}
	if (!p->failed && n->words == NULL && n->assigns == NULL && n->redirs == NULL)
		return parser_unexpected(p);
	return p->failed ? NULL : n;
}

static struct node *
parse_command(struct parser *p)
{
	struct node *n;

	if (p->failed)
		return NULL;
	if (++p->depth > SHELL_DEPTH_MAX)
		return parser_fail(p, "nesting");
	if (at_closing_word(p)) {
		parser_unexpected(p);
		n = NULL;
	} else if (parser_at_compound(p)) {
		n = parser_compound(p);
		while (n != NULL && at_redir(p))
			parse_redir(p, &n->redirs);
	} else {
		n = parse_simple(p);
	}
	p->depth--;
	return p->failed ? NULL : n;
}

static struct node *
parse_pipeline(struct parser *p)
{
	struct node *n, *right;
	bool not = parser_at(p, "!");
	int chain = 0;

	if (not)
		parser_next(p);
	n = parse_command(p);
	while (!p->failed && p->lex.tok == T_PIPE) {
		if (++chain > CHAIN_MAX)
			return parser_fail(p, "|");
		parser_next(p);
		parser_newlines(p);
		right = parse_command(p);
		n = parser_node(p, N_PIPE, n, right);
	}
	return not ? parser_node(p, N_NOT, n, NULL) : n;
}

static struct node *
parse_and_or(struct parser *p)
{
	struct node *n = parse_pipeline(p), *right;
	enum node_type type;
	int chain = 0;

	while (!p->failed && (p->lex.tok == T_AND || p->lex.tok == T_OR)) {
		if (++chain > CHAIN_MAX)
			return parser_fail(p, lex_name(&p->lex));
		type = p->lex.tok == T_AND ? N_AND : N_OR;
		parser_next(p);
		parser_newlines(p);
		right = parse_pipeline(p);
		n = parser_node(p, type, n, right);
	}
	return n;
}

static struct node *
parse_background(struct parser *p, struct node *n, const char *start)
{
	n = parser_node(p, N_BACKGROUND, n, NULL);
	if (n != NULL)
		n->text = lex_copy(&p->lex, start, (size_t)(p->lex.tok_start - start));
	return n;
}

static bool
list_ends(const struct parser *p)
{
	return p->failed || p->lex.tok == T_END || p->lex.tok == T_RPAREN || p->lex.tok == T_DSEMI ||
	    at_closing_word(p);
}

struct node *
parser_list(struct parser *p, bool one_line)
{
	struct node *list = NULL, **tail = &list, *n;
	const char *start;

	if (!one_line)
		parser_newlines(p);
	while (!list_ends(p) && !(one_line && p->lex.tok == T_NEWLINE)) {
		start = p->lex.tok_start;
		n = parse_and_or(p);
		if (!p->failed && p->lex.tok == T_AMP)
			n = parse_background(p, n, start);
		if (p->failed)
			return NULL;
		/* a list leans to the right, so that running it is a loop */
		*tail = parser_node(p, N_SEQ, n, NULL);
		tail = &(*tail)->right;
		if (p->lex.tok == T_SEMI || p->lex.tok == T_AMP)
			parser_next(p);
		else if (p->lex.tok != T_NEWLINE)
			break;
		if (!one_line)
			parser_newlines(p);
	}
	return p->failed ? NULL : list;
}

enum parse_result
shell_parse(const char *text, size_t len, bool at_end, int line, struct prog **prog, size_t *used,
    struct parse_error *err)
{
	struct parser p = { .err = err };
	struct prog *g = calloc(1, sizeof(*g));

	*prog = NULL;
	if (g == NULL || len > SHELL_TEXT_MAX) {
		free(g);
		*err = (struct parse_error){ .why = SYNTAX_TOO_LONG };
		return PARSE_ERROR;
	}
	atomic_init(&g->refs, 1);
	p.lex = (struct lexer){ .start = text, .s = text, .end = text + len, .at_end = at_end,
		.prog = g, .line = line };
	parser_next(&p);
	g->root = parser_list(&p, true);
	if (!p.failed && p.lex.tok != T_NEWLINE && p.lex.tok != T_END)
		parser_unexpected(&p);
	if (p.failed) {
		prog_unref(g);
		return p.more ? PARSE_MORE : PARSE_ERROR;
	}
	*used = (size_t)(p.lex.s - text);
	*prog = g;
	return PARSE_OK;
}
