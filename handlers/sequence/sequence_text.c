/* SPDX-License-Identifier: ISC */
/*
 * sequence_text.c - the text of a sequence file as a tree of words, each with its line.
 *
 *	file	= *entry
 *	entry	= word "=" value / word "=" "{" [value *("," value)] [","] "}" / word [value] "{" *entry "}"
 *	value	= word / '...' / "..."
 * In both kinds of strings \\ and a backslash before the quote stand for the character; a backslash at the end of a line joins
 * the next one, without its leading blanks; other backslashes are themselves (commands are full of them).
 */
#include <stdint.h>
#include <string.h>

#include "handlers/sequence/sequence_text.h"
#include "spool/vis.h"

enum token { T_END, T_WORD, T_STRING, T_OPEN, T_CLOSE, T_ASSIGN, T_COMMA, T_BAD };

struct reader {
	struct arena  *arena;
	const char    *file, *p, *end;
	int	       line;
	size_t	       nodes;
	enum token     token;
	char	       text[SEQ_STRING_MAX + 1];	/* of T_WORD and T_STRING */
	size_t	       len;
	struct pd_err *e;
};

static int
bad(struct reader *r, const char *what)
{
	r->token = T_BAD;
	return pd_fail(r->e, PD_BADDATA, "%s:%d: %s", r->file, r->line, what);
}

static int
is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	    c == '.';
}

static int
skip_comment(struct reader *r)
{
	for (r->p += 2; r->p < r->end; r->p++) {
		if (*r->p == '\n')
			r->line++;
		if (*r->p == '*' && r->p + 1 < r->end && r->p[1] == '/') {
			r->p += 2;
			return 0;
		}
	}
	return bad(r, "a comment is not closed");
}

static int
skip_blanks(struct reader *r)
{
	while (r->p < r->end) {
		if (*r->p == '\n') {
			r->line++;
			r->p++;
		} else if (*r->p == ' ' || *r->p == '\t' || *r->p == '\r') {
			r->p++;
		} else if (*r->p == '#' || (*r->p == '/' && r->p + 1 < r->end && r->p[1] == '/')) {
			while (r->p < r->end && *r->p != '\n')
				r->p++;
		} else if (*r->p == '/' && r->p + 1 < r->end && r->p[1] == '*') {
			if (skip_comment(r) == -1)
				return -1;
		} else {
			break;
		}
	}
	return 0;
}

static int
put(struct reader *r, char c)
{
	if (r->len == SEQ_STRING_MAX)
		return bad(r, "a string is longer than 4096 bytes");
	r->text[r->len++] = c;
	return 0;
}

/* A backslash inside a string: 1 = it and what follows were taken, 0 = it stands for itself. */
static int
take_escape(struct reader *r, char quote)
{
	if (r->p + 1 >= r->end)
		return 0;
	if (r->p[1] == quote || r->p[1] == '\\') {
		if (put(r, r->p[1]) == -1)
			return -1;
		r->p += 2;
		return 1;
	}
	if (r->p[1] != '\n')
		return 0;
	for (r->p += 2, r->line++; r->p < r->end && (*r->p == ' ' || *r->p == '\t');)
		r->p++;
	return 1;
}

static int
take_string(struct reader *r)
{
	char quote = *r->p++;
	int  rv;

	for (r->len = 0; r->p < r->end && *r->p != quote;) {
		if (*r->p == '\\' && (rv = take_escape(r, quote)) != 0) {
			if (rv == -1)
				return -1;
			continue;
		}
		if (*r->p == '\n')
			return bad(r, "a string is not closed on its line (a backslash at the end joins lines)");
		if ((unsigned char)*r->p < 0x20 && *r->p != '\t')
			return bad(r, "a control character in a string");
		if (quote == '"' && *r->p == '$')
			return bad(r, "$ inside \"...\": nothing expands here, use '...'");
		if (put(r, *r->p++) == -1)
			return -1;
	}
	if (r->p >= r->end)
		return bad(r, "a string is not closed");
	r->p++;
	if (!vis_is_utf8(r->text, r->len))
		return bad(r, "a string is not UTF-8");
	r->token = T_STRING;
	return 0;
}

static int
take_word(struct reader *r)
{
	for (r->len = 0; r->p < r->end && is_word((unsigned char)*r->p);)
		if (put(r, *r->p++) == -1)
			return -1;
	if (r->len == 0)
		return bad(r, "a character that has no meaning here; strings stand in '...'");
	r->token = T_WORD;
	return 0;
}

static int
next(struct reader *r)
{
	static const char marks[] = "{}=,";
	static const enum token of[] = { T_OPEN, T_CLOSE, T_ASSIGN, T_COMMA };
	const char *m;

	r->len = 0;
	if (skip_blanks(r) == -1)
		return -1;
	if (r->p == r->end) {
		r->token = T_END;
		return 0;
	}
	if (*r->p != '\0' && (m = strchr(marks, *r->p)) != NULL) {
		r->token = of[m - marks];
		r->p++;
		return 0;
	}
	if (*r->p == '\'' || *r->p == '"') {
		if (take_string(r) == -1)
			return -1;
	} else if (take_word(r) == -1) {
		return -1;
	}
	r->text[r->len] = '\0';
	return 0;
}

static const char *
keep(struct reader *r)
{
	const char *s = arena_text(r->arena, r->text, r->len);

	if (s == NULL)
		pd_fail(r->e, PD_BUG, "%s:%d: out of memory", r->file, r->line);
	return s;
}

/* The values behind "=": one, or a list in braces. */
static int
read_values(struct reader *r, struct seq_node *n)
{
	const char *value[SEQ_LIST_MAX];
	size_t	    count = 0;

	if (next(r) == -1)
		return -1;
	n->is_list = r->token == T_OPEN;
	if (n->is_list && next(r) == -1)
		return -1;
	while (r->token == T_WORD || r->token == T_STRING) {
		if (count == SEQ_LIST_MAX)
			return bad(r, "a list has more than 64 values");
		if ((value[count++] = keep(r)) == NULL || next(r) == -1)
			return -1;
		if (!n->is_list)
			break;
		if (r->token == T_COMMA) {
			if (next(r) == -1)
				return -1;
		} else if (r->token != T_CLOSE) {
			return bad(r, "a comma or } is expected in a list");
		}
	}
	if (n->is_list ? r->token != T_CLOSE : count == 0)
		return bad(r, "a value is expected behind =");
	if (n->is_list && next(r) == -1)
		return -1;
	n->value = arena_get(r->arena, (count + 1) * sizeof(*n->value));
	if (n->value == NULL)
		return bad(r, "out of memory");
	memcpy(n->value, value, count * sizeof(*value));
	n->nvalues = count;
	return 0;
}

static int read_entries(struct reader *r, struct seq_node **first, int depth);

/* word = ..., or word [title] { ... }; the word is the current token. */
static int
read_entry(struct reader *r, struct seq_node *n, int depth)
{
	n->line = r->line;
	if (r->token != T_WORD)
		return bad(r, r->token == T_STRING ? "a word is expected, not a string" : "a word is expected");
	if ((n->word = keep(r)) == NULL || next(r) == -1)
		return -1;
	if (r->token == T_ASSIGN)
		return read_values(r, n);
	n->is_section = 1;
	if (r->token == T_WORD || r->token == T_STRING) {
		if ((n->title = keep(r)) == NULL || next(r) == -1)
			return -1;
	}
	if (r->token != T_OPEN)
		return bad(r, "= or { is expected");
	if (next(r) == -1 || read_entries(r, &n->child, depth + 1) == -1)
		return -1;
	if (r->token != T_CLOSE)
		return bad(r, "} is missing: the file is cut off");
	return next(r);
}

static int
read_entries(struct reader *r, struct seq_node **first, int depth)
{
	struct seq_node **tail = first;

	if (depth > SEQ_DEPTH_MAX)
		return bad(r, "sections are nested too deeply");
	while (r->token != T_END && r->token != T_CLOSE) {
		struct seq_node *n = arena_get(r->arena, sizeof(*n));

		if (n == NULL || ++r->nodes > SEQ_NODES_MAX)
			return bad(r, "too much in one file");
		if (read_entry(r, n, depth) == -1)
			return -1;
		*tail = n;
		tail = &n->next;
	}
	return 0;
}

int
sequence_text_read(struct arena *a, const char *file, const char *text, size_t len, struct seq_node **first,
    struct pd_err *e)
{
	struct reader r = { .arena = a, .file = file, .p = text, .end = text + len, .line = 1, .e = e };

	*first = NULL;
	if (len > 0 && memchr(text, '\0', len) != NULL)
		return bad(&r, "a NUL byte in the file");
	if (next(&r) == -1 || read_entries(&r, first, 0) == -1)
		return -1;
	if (r.token != T_END)
		return bad(&r, "} without its {");
	return 0;
}
