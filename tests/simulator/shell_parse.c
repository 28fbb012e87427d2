/* SPDX-License-Identifier: ISC */
/*
 * The shell's parser: recursive descent from tokens to a tree, bounded in depth and length.
 * Grammar (lowest to highest): list = and-or separated by ; & newline; and-or = pipelines
 * joined by && ||; pipeline = [!] commands joined by |; command = simple or compound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell_lex.h"

#define CHUNK_SIZE	4080
#define CHAIN_MAX	200	/* commands joined by | && ||: the tree leans to the left there */

struct chunk {
	struct chunk *next;
	size_t	      used, size;
	max_align_t   data[];
};

struct parser {
	struct lexer	lex;
	int		depth;
	bool		failed;
	bool		more;		/* failed because the text ended */
	struct parse_error *err;
};

static struct node *parse_list(struct parser *p, bool one_line);

void *
prog_alloc(struct prog *p, size_t len)
{
	struct chunk *c = p->chunks;
	void *ptr;

	len = (len + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (c == NULL || c->size - c->used < len) {
		size_t size = len > CHUNK_SIZE ? len : CHUNK_SIZE;

		c = calloc(1, sizeof(*c) + size);
		if (c == NULL)
			return NULL;
		c->size = size;
		c->next = p->chunks;
		p->chunks = c;
	}
	ptr = (char *)c->data + c->used;
	c->used += len;
	return ptr;
}

struct prog *
prog_ref(struct prog *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

void
prog_unref(struct prog *p)
{
	if (p == NULL || atomic_fetch_sub(&p->refs, 1) != 1)
		return;
	while (p->chunks != NULL) {
		struct chunk *next = p->chunks->next;

		free(p->chunks);
		p->chunks = next;
	}
	free(p);
}

static void *
fail(struct parser *p, const char *token)
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

static void *
unexpected(struct parser *p)
{
	return fail(p, lex_name(&p->lex));
}

static void
next(struct parser *p)
{
	if (p->failed)
		return;
	lex_next(&p->lex);
	if (p->lex.tok == T_MORE || p->lex.tok == T_BAD)
		unexpected(p);
}

static struct node *
node_new(struct parser *p, enum node_type type, struct node *left, struct node *right)
{
	struct node *n;

	if (p->failed)
		return NULL;
	n = prog_alloc(p->lex.prog, sizeof(*n));
	if (n == NULL)
		return fail(p, "memory");
	n->type = type;
	n->left = left;
	n->right = right;
	return n;
}

/* Is the current token this reserved word?  Only asked where a command may start. */
static bool
at_word(const struct parser *p, const char *word)
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
		if (at_word(p, words[i]))
			return true;
	}
	return false;
}

static void
expect_word(struct parser *p, const char *word)
{
	if (at_word(p, word))
		next(p);
	else
		unexpected(p);
}

static void
skip_newlines(struct parser *p)
{
	while (!p->failed && p->lex.tok == T_NEWLINE)
		next(p);
}

static struct word *
word_append(struct parser *p, struct word **list, const char *text)
{
	struct word *w = prog_alloc(p->lex.prog, sizeof(*w));

	if (w == NULL)
		return fail(p, "memory");
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
		fail(p, "memory");
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
		fail(p, "<(");
		return;
	}
	r->type = R_PROCESS;
	r->target = lex_copy(&p->lex, start + 1, (size_t)(stop - 1 - (start + 1)));
	if (r->target == NULL)
		fail(p, "memory");
	p->lex.s = stop;
}

static void
parse_redir(struct parser *p, struct redir **list)
{
	struct redir *r = prog_alloc(p->lex.prog, sizeof(*r));
	enum token op;

	if (r == NULL) {
		fail(p, "memory");
		return;
	}
	r->fd = -1;
	if (p->lex.tok == T_IO_NUMBER) {
		r->fd = p->lex.text[1] == '\0' ? p->lex.text[0] - '0' : 9;
		next(p);
	}
	op = p->lex.tok;
	if (r->fd == -1)
		r->fd = op == T_LESS || op == T_DLESS || op == T_DLESSDASH || op == T_LESSAND ? 0 : 1;
	r->type = op == T_LESS || op == T_LESSGREAT ? R_IN : op == T_DGREAT ? R_APPEND :
	    op == T_DLESS || op == T_DLESSDASH ? R_HEREDOC :
	    op == T_LESSAND || op == T_GREATAND ? R_DUP : R_OUT;
	next(p);
	if (op == T_LESS && at_process(p)) {
		parse_process(p, r);
	} else if (p->failed || (p->lex.tok != T_WORD && p->lex.tok != T_IO_NUMBER)) {
		unexpected(p);
		return;
	} else {
		r->target = p->lex.text;
	}
	if (r->type == R_HEREDOC)
		add_heredoc(p, r, op == T_DLESSDASH);
	while (*list != NULL)
		list = &(*list)->next;
	*list = r;
	next(p);
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
	struct node *n = node_new(p, N_COMMAND, NULL, NULL);
	size_t count = 0;

	while (!p->failed) {
		if (at_redir(p)) {
			parse_redir(p, &n->redirs);
		} else if (p->lex.tok == T_WORD) {
			word_append(p, n->words == NULL && is_assignment(p->lex.text) ?
			    &n->assigns : &n->words, p->lex.text);
			next(p);
			if (++count > SHELL_WORDS_MAX)
				return fail(p, "word");
		} else {
			break;
		}
	}
	if (!p->failed && n->words == NULL && n->assigns == NULL && n->redirs == NULL)
		return unexpected(p);
	return p->failed ? NULL : n;
}

/* "if" and "elif": condition, then-part, rest. */
static struct node *
parse_if(struct parser *p)
{
	struct node *n = node_new(p, N_IF, NULL, NULL);

	next(p);
	if (p->failed || ++p->depth > SHELL_DEPTH_MAX)
		return fail(p, "elif");
	n->left = parse_list(p, false);
	expect_word(p, "then");
	n->right = parse_list(p, false);
	if (at_word(p, "elif")) {
		n->other = parse_if(p);
	} else {
		if (at_word(p, "else")) {
			next(p);
			n->other = parse_list(p, false);
		}
		expect_word(p, "fi");
	}
	p->depth--;
	return n;
}

static struct node *
parse_do_group(struct parser *p)
{
	struct node *body;

	skip_newlines(p);
	expect_word(p, "do");
	body = parse_list(p, false);
	expect_word(p, "done");
	return body;
}

static struct node *
parse_while(struct parser *p, enum node_type type)
{
	struct node *n = node_new(p, type, NULL, NULL);

	next(p);
	if (p->failed)
		return NULL;
	n->left = parse_list(p, false);
	n->right = parse_do_group(p);
	return n;
}

static struct node *
parse_for(struct parser *p)
{
	struct node *n = node_new(p, N_FOR, NULL, NULL);

	next(p);
	if (p->failed || p->lex.tok != T_WORD)
		return unexpected(p);
	n->text = p->lex.text;
	next(p);
	skip_newlines(p);
	if (at_word(p, "in")) {
		n->has_words = true;
		for (next(p); !p->failed && p->lex.tok == T_WORD; next(p))
			word_append(p, &n->words, p->lex.text);
	}
	if (!p->failed && p->lex.tok == T_SEMI)
		next(p);
	n->left = parse_do_group(p);
	return n;
}

static struct case_item *
parse_case_item(struct parser *p)
{
	struct case_item *item = prog_alloc(p->lex.prog, sizeof(*item));

	if (item == NULL)
		return fail(p, "memory");
	if (p->lex.tok == T_LPAREN)
		next(p);
	for (;;) {
		if (p->failed || p->lex.tok != T_WORD)
			return unexpected(p);
		word_append(p, &item->patterns, p->lex.text);
		next(p);
		if (p->failed || p->lex.tok != T_PIPE)
			break;
		next(p);
	}
	if (p->failed || p->lex.tok != T_RPAREN)
		return unexpected(p);
	next(p);
	item->body = parse_list(p, false);
	if (!p->failed && p->lex.tok == T_DSEMI)
		next(p);
	else if (!at_word(p, "esac"))
		return unexpected(p);
	skip_newlines(p);
	return item;
}

static struct node *
parse_case(struct parser *p)
{
	struct node *n = node_new(p, N_CASE, NULL, NULL);
	struct case_item **tail;

	next(p);
	if (p->failed || p->lex.tok != T_WORD)
		return unexpected(p);
	tail = &n->items;
	word_append(p, &n->words, p->lex.text);
	next(p);
	skip_newlines(p);
	expect_word(p, "in");
	skip_newlines(p);
	while (!p->failed && !at_word(p, "esac")) {
		*tail = parse_case_item(p);
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
	expect_word(p, "esac");
	return n;
}

/* ((expression)): the lexer stands behind the first parenthesis. */
static struct node *
parse_arith(struct parser *p)
{
	struct node *n = node_new(p, N_ARITH, NULL, NULL);
	const char *start = p->lex.tok_start, *s, *end = NULL;
	int level = 0;

	for (s = start; s < p->lex.end; s++) {
		level += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		if (level == 0) {
			end = s;
			break;
		}
	}
	if (end == NULL) {
		p->lex.tok = p->lex.at_end ? T_BAD : T_MORE;
		return fail(p, "((");
	}
	if (n == NULL || end[-1] != ')')
		return fail(p, "((");
	n->text = lex_copy(&p->lex, start + 2, (size_t)(end - 1 - (start + 2)));
	p->lex.s = end + 1;
	next(p);
	return n;
}

static struct node *
parse_subshell(struct parser *p)
{
	struct node *n;

	if (p->lex.s < p->lex.end && *p->lex.s == '(')
		return parse_arith(p);
	n = node_new(p, N_SUBSHELL, NULL, NULL);
	next(p);
	if (p->failed)
		return NULL;
	n->left = parse_list(p, false);
	if (p->failed || p->lex.tok != T_RPAREN)
		return unexpected(p);
	next(p);
	return n;
}

static struct node *
parse_group(struct parser *p)
{
	struct node *n = node_new(p, N_GROUP, NULL, NULL);

	next(p);
	if (p->failed)
		return NULL;
	n->left = parse_list(p, false);
	expect_word(p, "}");
	return n;
}

/* [[ ... ]]: everything in between is a word, operators included. */
static struct node *
parse_test(struct parser *p)
{
	struct node *n = node_new(p, N_TEST, NULL, NULL);

	for (next(p); !p->failed && !at_word(p, "]]"); next(p)) {
		if (p->lex.tok == T_END)
			return unexpected(p);
		if (p->lex.tok != T_NEWLINE)
			word_append(p, &n->words, p->lex.tok == T_WORD || p->lex.tok == T_IO_NUMBER ?
			    p->lex.text : lex_name(&p->lex));
	}
	next(p);
	return n;
}

static struct node *
parse_compound(struct parser *p)
{
	if (p->lex.tok == T_LPAREN)
		return parse_subshell(p);
	if (at_word(p, "if"))
		return parse_if(p);
	if (at_word(p, "while"))
		return parse_while(p, N_WHILE);
	if (at_word(p, "until"))
		return parse_while(p, N_UNTIL);
	if (at_word(p, "for"))
		return parse_for(p);
	if (at_word(p, "case"))
		return parse_case(p);
	if (at_word(p, "{"))
		return parse_group(p);
	if (at_word(p, "[["))
		return parse_test(p);
	return NULL;
}

static bool
at_compound(const struct parser *p)
{
	static const char *const words[] = { "if", "while", "until", "for", "case", "{", "[[" };

	if (!p->failed && p->lex.tok == T_LPAREN)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (at_word(p, words[i]))
			return true;
	}
	return false;
}

static struct node *
parse_command(struct parser *p)
{
	struct node *n;

	if (p->failed)
		return NULL;
	if (++p->depth > SHELL_DEPTH_MAX)
		return fail(p, "nesting");
	if (at_closing_word(p)) {
		unexpected(p);
		n = NULL;
	} else if (at_compound(p)) {
		n = parse_compound(p);
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
	bool not = at_word(p, "!");
	int chain = 0;

	if (not)
		next(p);
	n = parse_command(p);
	while (!p->failed && p->lex.tok == T_PIPE) {
		if (++chain > CHAIN_MAX)
			return fail(p, "|");
		next(p);
		skip_newlines(p);
		right = parse_command(p);
		n = node_new(p, N_PIPE, n, right);
	}
	return not ? node_new(p, N_NOT, n, NULL) : n;
}

static struct node *
parse_and_or(struct parser *p)
{
	struct node *n = parse_pipeline(p), *right;
	enum node_type type;
	int chain = 0;

	while (!p->failed && (p->lex.tok == T_AND || p->lex.tok == T_OR)) {
		if (++chain > CHAIN_MAX)
			return fail(p, lex_name(&p->lex));
		type = p->lex.tok == T_AND ? N_AND : N_OR;
		next(p);
		skip_newlines(p);
		right = parse_pipeline(p);
		n = node_new(p, type, n, right);
	}
	return n;
}

static struct node *
parse_background(struct parser *p, struct node *n, const char *start)
{
	n = node_new(p, N_BACKGROUND, n, NULL);
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

/* one_line: stop at the first newline (a complete command); else newlines separate. */
static struct node *
parse_list(struct parser *p, bool one_line)
{
	struct node *list = NULL, **tail = &list, *n;
	const char *start;

	if (!one_line)
		skip_newlines(p);
	while (!list_ends(p) && !(one_line && p->lex.tok == T_NEWLINE)) {
		start = p->lex.tok_start;
		n = parse_and_or(p);
		if (!p->failed && p->lex.tok == T_AMP)
			n = parse_background(p, n, start);
		if (p->failed)
			return NULL;
		/* a list leans to the right, so that running it is a loop */
		*tail = node_new(p, N_SEQ, n, NULL);
		tail = &(*tail)->right;
		if (p->lex.tok == T_SEMI || p->lex.tok == T_AMP)
			next(p);
		else if (p->lex.tok != T_NEWLINE)
			break;
		if (!one_line)
			skip_newlines(p);
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
	next(&p);
	g->root = parse_list(&p, true);
	if (!p.failed && p.lex.tok != T_NEWLINE && p.lex.tok != T_END)
		unexpected(&p);
	if (p.failed) {
		prog_unref(g);
		return p.more ? PARSE_MORE : PARSE_ERROR;
	}
	*used = (size_t)(p.lex.s - text);
	*prog = g;
	return PARSE_OK;
}
