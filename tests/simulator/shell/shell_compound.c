/* SPDX-License-Identifier: ISC */
/* The shell's compound commands.  See shell_parser.h. */
#include <string.h>

#include "tests/simulator/shell/shell_parser.h"

/* "if" and "elif": condition, then-part, rest. */
static struct node *
parse_if(struct parser *p)
{
	struct node *n = parser_node(p, N_IF, NULL, NULL);

	parser_next(p);
	if (p->failed || ++p->depth > SHELL_DEPTH_MAX)
		return parser_fail(p, "elif");
	n->left = parser_list(p, false);
	parser_expect(p, "then");
	n->right = parser_list(p, false);
	if (parser_at(p, "elif")) {
		n->other = parse_if(p);
	} else {
		if (parser_at(p, "else")) {
			parser_next(p);
			n->other = parser_list(p, false);
		}
		parser_expect(p, "fi");
	}
	p->depth--;
	return n;
}

static struct node *
parse_do_group(struct parser *p)
{
	struct node *body;

	parser_newlines(p);
	parser_expect(p, "do");
	body = parser_list(p, false);
	parser_expect(p, "done");
	return body;
}

static struct node *
parse_while(struct parser *p, enum node_type type)
{
	struct node *n = parser_node(p, type, NULL, NULL);

	parser_next(p);
	if (p->failed)
		return NULL;
	n->left = parser_list(p, false);
	n->right = parse_do_group(p);
	return n;
}

static struct node *
parse_for(struct parser *p)
{
	struct node *n = parser_node(p, N_FOR, NULL, NULL);

	parser_next(p);
	if (p->failed || p->lex.tok != T_WORD)
		return parser_unexpected(p);
	n->text = p->lex.text;
	parser_next(p);
	parser_newlines(p);
	if (parser_at(p, "in")) {
		n->has_words = true;
		for (parser_next(p); !p->failed && p->lex.tok == T_WORD; parser_next(p))
			parser_word(p, &n->words, p->lex.text);
	}
	if (!p->failed && p->lex.tok == T_SEMI)
		parser_next(p);
	n->left = parse_do_group(p);
	return n;
}

static struct case_item *
parse_case_item(struct parser *p)
{
	struct case_item *item = prog_alloc(p->lex.prog, sizeof(*item));

	if (item == NULL)
		return parser_fail(p, "memory");
	if (p->lex.tok == T_LPAREN)
		parser_next(p);
	for (;;) {
		if (p->failed || p->lex.tok != T_WORD)
			return parser_unexpected(p);
		parser_word(p, &item->patterns, p->lex.text);
		parser_next(p);
		if (p->failed || p->lex.tok != T_PIPE)
			break;
		parser_next(p);
	}
	if (p->failed || p->lex.tok != T_RPAREN)
		return parser_unexpected(p);
	parser_next(p);
	item->body = parser_list(p, false);
	if (!p->failed && p->lex.tok == T_DSEMI)
		parser_next(p);
	else if (!parser_at(p, "esac"))
		return parser_unexpected(p);
	parser_newlines(p);
	return item;
}

static struct node *
parse_case(struct parser *p)
{
	struct node *n = parser_node(p, N_CASE, NULL, NULL);
	struct case_item **tail;

	parser_next(p);
	if (p->failed || p->lex.tok != T_WORD)
		return parser_unexpected(p);
	tail = &n->items;
	parser_word(p, &n->words, p->lex.text);
	parser_next(p);
	parser_newlines(p);
	parser_expect(p, "in");
	parser_newlines(p);
	while (!p->failed && !parser_at(p, "esac")) {
		*tail = parse_case_item(p);
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
	parser_expect(p, "esac");
	return n;
}

/* ((expression)): the lexer stands behind the first parenthesis. */
static struct node *
parse_arith(struct parser *p)
{
	struct node *n = parser_node(p, N_ARITH, NULL, NULL);
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
		return parser_fail(p, "((");
	}
	if (n == NULL || end[-1] != ')')
		return parser_fail(p, "((");
	n->text = lex_copy(&p->lex, start + 2, (size_t)(end - 1 - (start + 2)));
	p->lex.s = end + 1;
	parser_next(p);
	return n;
}

static struct node *
parse_subshell(struct parser *p)
{
	struct node *n;

	if (p->lex.s < p->lex.end && *p->lex.s == '(')
		return parse_arith(p);
	n = parser_node(p, N_SUBSHELL, NULL, NULL);
	parser_next(p);
	if (p->failed)
		return NULL;
	n->left = parser_list(p, false);
	if (p->failed || p->lex.tok != T_RPAREN)
		return parser_unexpected(p);
	parser_next(p);
	return n;
}

static struct node *
parse_group(struct parser *p)
{
	struct node *n = parser_node(p, N_GROUP, NULL, NULL);

	parser_next(p);
	if (p->failed)
		return NULL;
	n->left = parser_list(p, false);
	parser_expect(p, "}");
	return n;
}

/* [[ ... ]]: everything in between is a word, operators included. */
static struct node *
parse_test(struct parser *p)
{
	struct node *n = parser_node(p, N_TEST, NULL, NULL);

	for (parser_next(p); !p->failed && !parser_at(p, "]]"); parser_next(p)) {
		if (p->lex.tok == T_END)
			return parser_unexpected(p);
		if (p->lex.tok != T_NEWLINE)
			parser_word(p, &n->words, p->lex.tok == T_WORD || p->lex.tok == T_IO_NUMBER ?
			    p->lex.text : lex_name(&p->lex));
	}
	parser_next(p);
	return n;
}

struct node *
parser_compound(struct parser *p)
{
	if (p->lex.tok == T_LPAREN)
		return parse_subshell(p);
	if (parser_at(p, "if"))
		return parse_if(p);
	if (parser_at(p, "while"))
		return parse_while(p, N_WHILE);
	if (parser_at(p, "until"))
		return parse_while(p, N_UNTIL);
	if (parser_at(p, "for"))
		return parse_for(p);
	if (parser_at(p, "case"))
		return parse_case(p);
	if (parser_at(p, "{"))
		return parse_group(p);
	if (parser_at(p, "[["))
		return parse_test(p);
	return NULL;
}

bool
parser_at_compound(const struct parser *p)
{
	static const char *const words[] = { "if", "while", "until", "for", "case", "{", "[[" };

	if (!p->failed && p->lex.tok == T_LPAREN)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (parser_at(p, words[i]))
			return true;
	}
	return false;
}
