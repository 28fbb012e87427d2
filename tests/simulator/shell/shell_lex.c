/* SPDX-License-Identifier: ISC */
/*
 * The shell's tokenizer: operators, words (kept with their quotes) and here-documents.
 * It says T_MORE when the text ends where it may not, so that an interactive shell or one
 * that reads standard input can fetch another line and try again.
 */
#include <string.h>

#include "tests/simulator/shell/shell_lex.h"

char *
lex_copy(struct lexer *l, const char *s, size_t len)
{
	char *p = prog_alloc(l->prog, len + 1);

	if (p == NULL)
		return NULL;
	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

/* The end of a quoted string that starts at s; inside "..." substitutions are skipped whole. */
static const char *
skip_double(const char *s, const char *end, int depth)
{
	for (s++; s < end && *s != '"';) {
		if (*s == '\\') {
			s += 2;
		} else if (*s == '`' || (*s == '$' && s + 1 < end && (s[1] == '(' || s[1] == '{'))) {
			s = shell_skip(s, end, depth + 1);
			if (s == NULL)
				return NULL;
		} else {
			s++;
		}
	}
	return s < end ? s + 1 : NULL;
}

static const char *
skip_backquote(const char *s, const char *end)
{
	for (s++; s < end && *s != '`'; s++) {
		if (*s == '\\')
			s++;
	}
	return s < end ? s + 1 : NULL;
}

/* From an opening bracket to its partner, over quotes and nested ones. */
static const char *
skip_brackets(const char *s, const char *end, char open, char close, int depth)
{
	int level = 0;

	while (s < end) {
		if (*s == '\\') {
			s += 2;
		} else if (*s == '\'') {
			s = memchr(s + 1, '\'', (size_t)(end - s - 1));
			if (s == NULL)
				return NULL;
			s++;
		} else if (*s == '"' || *s == '`') {
			s = shell_skip(s, end, depth + 1);
			if (s == NULL)
				return NULL;
		} else {
			level += *s == open ? 1 : *s == close ? -1 : 0;
			s++;
			if (level == 0)
				return s;
		}
	}
	return NULL;
}

const char *
shell_skip(const char *s, const char *end, int depth)
{
	if (depth > SHELL_DEPTH_MAX)
		return NULL;
	if (*s == '"')
		return skip_double(s, end, depth);
	if (*s == '`')
		return skip_backquote(s, end);
	if (*s == '\'') {
		s = memchr(s + 1, '\'', (size_t)(end - s - 1));
		return s != NULL ? s + 1 : NULL;
	}
	if (*s == '$' && s + 1 < end && s[1] == '(')
		return skip_brackets(s + 1, end, '(', ')', depth);
	if (*s == '$' && s + 1 < end && s[1] == '{')
		return skip_brackets(s + 1, end, '{', '}', depth);
	return s + 1;
}

const char *
shell_skip_parentheses(const char *s, const char *end)
{
	return skip_brackets(s, end, '(', ')', 0);
}

static bool
ends_word(char c)
{
	return strchr(" \t\n;&|()<>", c) != NULL && c != '\0';
}

static void
lex_word(struct lexer *l)
{
	const char *start = l->s, *s = l->s, *next;
	bool digits = true;

	while (s < l->end && !ends_word(*s)) {
		if (*s < '0' || *s > '9')
			digits = false;
		if (*s == '\\') {
			next = s + 2 <= l->end ? s + 2 : NULL;
			if (next == NULL && l->at_end)
				next = l->end;
			if (!l->at_end && next == l->end && s[1] == '\n')
				next = NULL;	/* the line goes on */
		} else {
			next = shell_skip(s, l->end, 0);
		}
		if (next == NULL) {
			l->tok = l->at_end ? T_BAD : T_MORE;
			l->text = "quote";
			return;
		}
		s = next;
	}
	l->s = s;
	l->text = lex_copy(l, start, (size_t)(s - start));
	l->tok = digits && s < l->end && (*s == '<' || *s == '>') ? T_IO_NUMBER : T_WORD;
	if (l->text == NULL)
		l->tok = T_BAD;
}

static const struct {
	const char *text;
	enum token  tok;
} operators[] = {		/* longer ones first */
	{ "<<-", T_DLESSDASH }, { ";;", T_DSEMI }, { "&&", T_AND }, { "||", T_OR }, { "<<", T_DLESS },
	{ ">>", T_DGREAT }, { "<&", T_LESSAND }, { ">&", T_GREATAND }, { ">|", T_CLOBBER },
	{ "<>", T_LESSGREAT }, { ";", T_SEMI }, { "&", T_AMP }, { "|", T_PIPE }, { "(", T_LPAREN },
	{ ")", T_RPAREN }, { "<", T_LESS }, { ">", T_GREAT },
};
#define NOPERATORS (sizeof(operators) / sizeof(operators[0]))

static bool
lex_operator(struct lexer *l)
{
	for (size_t i = 0; i < NOPERATORS; i++) {
		size_t n = strlen(operators[i].text);

		if ((size_t)(l->end - l->s) >= n && memcmp(l->s, operators[i].text, n) == 0) {
			l->s += n;
			l->tok = operators[i].tok;
			return true;
		}
	}
	return false;
}

/* One line of a here-document: is it the delimiter? */
static bool
is_delimiter(const struct heredoc *h, const char *line, size_t n)
{
	while (h->strip_tabs && n > 0 && *line == '\t') {
		line++;
		n--;
	}
	return n == strlen(h->delimiter) && memcmp(line, h->delimiter, n) == 0;
}

/* Reads the body of a here-document at l->s.  0, or -1 when its end has not come yet. */
static int
read_heredoc(struct lexer *l, struct heredoc *h)
{
	char *body = prog_alloc(l->prog, (size_t)(l->end - l->s) + 1), *to = body;

	if (body == NULL)
		return -1;
	while (l->s < l->end) {
		const char *line = l->s, *nl = memchr(line, '\n', (size_t)(l->end - line));
		size_t n = nl != NULL ? (size_t)(nl - line) : (size_t)(l->end - line);

		if (nl == NULL && !l->at_end)
			return -1;
		l->s += n + (nl != NULL ? 1 : 0);
		l->line++;
		if (is_delimiter(h, line, n))
			goto done;
		while (h->strip_tabs && n > 0 && *line == '\t') {
			line++;
			n--;
		}
		memcpy(to, line, n);
		to += n;
		if (nl != NULL)
			*to++ = '\n';
	}
	if (!l->at_end)
		return -1;
done:
	*to = '\0';
	h->redir->target = body;
	return 0;
}

static void
lex_newline(struct lexer *l)
{
	struct heredoc *h;

	l->s++;
	l->line++;
	l->tok = T_NEWLINE;
	for (h = l->pending; h != NULL; h = h->next) {
		if (read_heredoc(l, h) == -1) {
			l->tok = T_MORE;
			return;
		}
	}
	l->pending = NULL;
}

/* At the end of the text; here-documents that have not begun are empty. */
static void
lex_end(struct lexer *l)
{
	struct heredoc *h;

	for (h = l->pending; h != NULL; h = h->next)
		h->redir->target = "";
	l->tok = l->pending != NULL && !l->at_end ? T_MORE : T_END;
	l->pending = NULL;
}

/* Returns whether the text ends in a line that goes on. */
static bool
skip_blanks(struct lexer *l)
{
	bool goes_on = false;

	while (l->s < l->end) {
		if (*l->s == ' ' || *l->s == '\t' || *l->s == '\r') {
			l->s++;
		} else if (l->s[0] == '\\' && l->s + 1 < l->end && l->s[1] == '\n') {
			l->s += 2;
			l->line++;
			goes_on = l->s == l->end;
		} else {
			break;
		}
	}
	if (l->s < l->end && *l->s == '#') {
		while (l->s < l->end && *l->s != '\n')
			l->s++;
	}
	return goes_on && !l->at_end;
}

void
lex_next(struct lexer *l)
{
	bool goes_on = skip_blanks(l);

	l->text = "";
	l->tok_start = l->s;
	if (goes_on)
		l->tok = T_MORE;
	else if (l->s >= l->end)
		lex_end(l);
	else if (*l->s == '\n')
		lex_newline(l);
	else if (!lex_operator(l))
		lex_word(l);
}

const char *
lex_name(const struct lexer *l)
{
	if (l->tok == T_WORD || l->tok == T_IO_NUMBER || l->tok == T_BAD)
		return l->text;
	if (l->tok == T_NEWLINE || l->tok == T_END || l->tok == T_MORE)
		return "newline or ;";
	for (size_t i = 0; i < NOPERATORS; i++) {
		if (operators[i].tok == l->tok)
			return operators[i].text;
	}
	return "?";
}

char *
lex_unquote(struct lexer *l, const char *word, bool *was_quoted)
{
	char *copy = prog_alloc(l->prog, strlen(word) + 1), *to = copy;
	char quote = '\0';

	*was_quoted = false;
	if (copy == NULL)
		return NULL;
	for (; *word != '\0'; word++) {
		if (*word == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*word == '\'' || *word == '"')) {
			quote = *word;
			*was_quoted = true;
		} else if (quote == '\0' && *word == '\\' && word[1] != '\0') {
			*to++ = *++word;
			*was_quoted = true;
		} else {
			*to++ = *word;
		}
	}
	*to = '\0';
	return copy;
}
