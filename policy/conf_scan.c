/* SPDX-License-Identifier: ISC */
/*
 * conf_scan.c - the strict look at the text of powerdirector.conf before libconfuse parses it.
 *
 *	file	 = *statement "end" "=" "true"
 *	statement = word "=" value / word [ word / string ] "{" *statement "}"
 *	value	 = word / string / "{" item *( "," item ) [ "," ] "}"
 *	item	 = word / string
 *	word	 = 1*( ALPHA / DIGIT / "_" / "." / ":" / "/" / "@" / "-" )	; no "//"
 *	string	 = "'" *printable "'" / DQUOTE *printable DQUOTE		; no backslash, no "${"
 *	comment	 = "#" up to the end of the line
 *
 * Words that nobody knows and values of the wrong shape are left to libconfuse.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/conf_scan.h"

#define DEPTH_MAX   4	/* tenant, quota: 2, and two to spare for a good message */
#define OPTIONS_MAX 64	/* different words in one section; there are at most 20 */

enum kind { END, WORD, STRING, OPEN, CLOSE, EQUALS, COMMA };

struct token {
	enum kind   kind;
	const char *text;
	size_t	    len;
	int	    line;
};

struct scan {
	const char	   *file;
	char		   *p, *end;
	int		    line;
	struct conf_titles *titles;
	struct pd_err	   *e;
};

static int fail(const struct scan *s, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int
fail(const struct scan *s, int line, const char *fmt, ...)
{
	char	text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pd_fail(s->e, PD_BADDATA, "%s:%d: %s", s->file, line, text);
}

static int
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("_.:/@-", c) != NULL);
}

static int
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Blanks, line ends and comments; comments become blanks. */
static void
skip(struct scan *s)
{
	for (; s->p < s->end && (is_space(*s->p) || *s->p == '#'); s->p++) {
		if (*s->p == '#') {
			while (s->p < s->end && *s->p != '\n')
				*s->p++ = ' ';
			if (s->p == s->end)
				return;
		}
		if (*s->p == '\n')
			s->line++;
	}
}

static int
scan_string(struct scan *s, struct token *t)
{
	char quote = *s->p++;

	t->kind = STRING;
	t->text = s->p;
	for (; s->p < s->end && *s->p != quote; s->p++) {
		if (*s->p == '\n')
			break;
		if (*s->p == '\\')
			return fail(s, s->line, "a backslash in quotes; there is nothing to escape, leave it out");
		if (*s->p < 0x20 || *s->p > 0x7e)
			return fail(s, s->line, "a byte in quotes that is not printable ASCII");
		if (*s->p == '$' && s->p[1] == '{')
			return fail(s, s->line, "\"${\" in a value; nothing is taken from the environment, write the value itself");
	}
	if (s->p == s->end || *s->p == '\n')
		return fail(s, s->line, "the quote %c is not closed in its line", quote);
	t->len = (size_t)(s->p - t->text);
	s->p++;
	return 0;
}

static int
scan_word(struct scan *s, struct token *t)
{
	t->kind = WORD;
	t->text = s->p;
	while (s->p < s->end && is_word_char(*s->p))
		s->p++;
	t->len = (size_t)(s->p - t->text);
	if (memmem(t->text, t->len, "//", 2) != NULL)
		return fail(s, s->line, "\"//\" outside quotes; comments begin with #, paths have single slashes");
	return 0;
}

static int
bad_byte(const struct scan *s)
{
	unsigned char c = (unsigned char)*s->p;

	if (c == '\r')
		return fail(s, s->line, "a carriage return; save the file with Unix line ends");
	if (c < 0x20 || c > 0x7e)
		return fail(s, s->line, "the byte 0x%02x outside quotes and comments", c);
	if (c == '+')
		return fail(s, s->line, "\"+\" outside quotes; a list is given once, with =");
	return fail(s, s->line, "\"%c\" outside quotes; put the value into single quotes, as in '*'", c);
}

static int
scan_mark(struct scan *s, struct token *t)
{
	static const char marks[] = "{}=,";
	static const enum kind kinds[] = { OPEN, CLOSE, EQUALS, COMMA };
	const char	      *at = *s->p != '\0' ? strchr(marks, *s->p) : NULL;

	if (at == NULL)
		return bad_byte(s);
	t->kind = kinds[at - marks];
	t->text = s->p++;
	t->len = 1;
	return 0;
}

static int
next(struct scan *s, struct token *t)
{
	int rv;

	skip(s);
	*t = (struct token){ END, "", 0, s->line };
	if (s->p == s->end)
		return 0;
	if (*s->p == '\'' || *s->p == '"')
		rv = scan_string(s, t);
	else if (is_word_char(*s->p))
		rv = scan_word(s, t);
	else
		return scan_mark(s, t);
	if (rv == 0 && s->p < s->end && !is_space(*s->p) && strchr("{}=,#", *s->p) == NULL)
		return *s->p == '\'' || *s->p == '"' || is_word_char(*s->p) ?
		    fail(s, s->line, "a blank is missing before or behind a quote") : bad_byte(s);
	return rv;
}

static int
unexpected(const struct scan *s, const struct token *t, const char *wanted)
{
	if (t->kind == END)
		return fail(s, t->line, "the file ends where %s should be", wanted);
	return fail(s, t->line, "\"%.*s\" where %s should be", (int)(t->len < 40 ? t->len : 40), t->text, wanted);
}

/* Behind "word = {" or "word =". */
static int
scan_list(struct scan *s, const struct token *name)
{
	struct token t;
	int	     n = 0;

	for (;; n++) {
		if (next(s, &t) == -1)
			return -1;
		if (t.kind == CLOSE && n > 0)
			return 0;	/* a comma behind the last value is fine */
		if (t.kind == CLOSE)
			return fail(s, t.line, "the list %.*s is empty; leave the option out", (int)name->len, name->text);
		if (t.kind != WORD && t.kind != STRING)
			return unexpected(s, &t, "a value of the list");
		if (next(s, &t) == -1)
			return -1;
		if (t.kind == CLOSE)
			return 0;
		if (t.kind != COMMA)
			return unexpected(s, &t, "\",\" or \"}\"");
	}
}

static int
scan_value(struct scan *s, const struct token *name)
{
	struct token t;

	if (next(s, &t) == -1)
		return -1;
	if (t.kind == OPEN)
		return scan_list(s, name);
	return t.kind == WORD || t.kind == STRING ? 0 : unexpected(s, &t, "a value");
}

static int
keep_title(struct scan *s, const struct token *kind)
{
	struct conf_titles *titles = s->titles;
	struct conf_title  *grown;

	if (titles->n == titles->size) {
		titles->size = titles->size * 2 + 16;
		grown = reallocarray(titles->list, titles->size, sizeof(*grown));
		if (grown == NULL)
			return pd_fail_sys(s->e, PD_IO, "parse %s", s->file);
		titles->list = grown;
	}
	titles->list[titles->n++] = (struct conf_title){ kind->text, kind->len, kind->line };
	return 0;
}

/* Words of one section, to find the second of two equal ones. */
struct seen {
	struct token words[OPTIONS_MAX];
	size_t	     n;
};

static int
once(const struct scan *s, struct seen *seen, const struct token *name)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->words[i].len == name->len && memcmp(seen->words[i].text, name->text, name->len) == 0)
			return fail(s, name->line, "%.*s is given twice, first in line %d; remove one",
			    (int)(name->len < 40 ? name->len : 40), name->text, seen->words[i].line);
	if (seen->n == OPTIONS_MAX)
		return fail(s, name->line, "too many options in one section");
	seen->words[seen->n++] = *name;
	return 0;
}

static int scan_section(struct scan *s, int depth, int open_line);

static int
scan_statement(struct scan *s, struct seen *seen, const struct token *name, int depth)
{
	struct token t;

	if (next(s, &t) == -1)
		return -1;
	if (t.kind == EQUALS)
		return once(s, seen, name) == -1 || scan_value(s, name) == -1 ? -1 : 0;
	if (t.kind == OPEN)
		return once(s, seen, name) == -1 ? -1 : scan_section(s, depth + 1, t.line);
	if (t.kind != WORD && t.kind != STRING)
		return unexpected(s, &t, "\"=\" or \"{\"");
	if (keep_title(s, name) == -1 || next(s, &t) == -1)
		return -1;
	return t.kind == OPEN ? scan_section(s, depth + 1, t.line) : unexpected(s, &t, "\"=\" or \"{\"");
}

/* Behind "{": up to its "}". */
static int
scan_section(struct scan *s, int depth, int open_line)
{
	struct seen  seen = { .n = 0 };
	struct token t;

	if (depth > DEPTH_MAX)
		return fail(s, open_line, "sections are nested too deeply");
	for (;;) {
		if (next(s, &t) == -1)
			return -1;
		if (t.kind == CLOSE)
			return 0;
		if (t.kind == END)
			return fail(s, open_line, "the \"{\" in this line is never closed; a \"}\" is missing or the file is cut off");
		if (t.kind != WORD)
			return unexpected(s, &t, "an option or \"}\"");
		if (scan_statement(s, &seen, &t, depth) == -1)
			return -1;
	}
}

static int
is_word(const struct token *t, const char *word)
{
	return t->kind == WORD && t->len == strlen(word) && memcmp(t->text, word, t->len) == 0;
}

/* Behind the word "end": "= true" and nothing more. */
static int
scan_end(struct scan *s, int line)
{
	struct token t;

	if (next(s, &t) == -1)
		return -1;
	if (t.kind != EQUALS)
		return unexpected(s, &t, "\"= true\"");
	if (next(s, &t) == -1)
		return -1;
	if (!is_word(&t, "true"))
		return unexpected(s, &t, "\"true\"");
	if (next(s, &t) == -1)
		return -1;
	if (t.kind != END)
		return fail(s, line, "end = true must be the last line, but line %d goes on", t.line);
	return 0;
}

static int
scan_file(struct scan *s)
{
	struct seen  seen = { .n = 0 };
	struct token t;

	for (;;) {
		if (next(s, &t) == -1)
			return -1;
		if (t.kind == END)
			return fail(s, t.line, "the last line must be: end = true (without it a file that was cut off would look complete)");
		if (t.kind == CLOSE)
			return fail(s, t.line, "a \"}\" without a \"{\"");
		if (t.kind != WORD)
			return unexpected(s, &t, "an option");
		if (is_word(&t, "end"))
			return scan_end(s, t.line);
		if (scan_statement(s, &seen, &t, 0) == -1)
			return -1;
	}
}

int
conf_scan(const char *file, char *text, size_t len, struct conf_titles *titles, struct pd_err *e)
{
	struct scan s = { .file = file, .p = text, .end = text + len, .line = 1, .titles = titles, .e = e };
	const char *nul = memchr(text, '\0', len);

	*titles = (struct conf_titles){ NULL, 0, 0 };
	if (nul != NULL) {
		for (const char *p = text; p < nul; p++)
			s.line += *p == '\n';
		return fail(&s, s.line, "a NUL byte; this is not a text file");
	}
	return scan_file(&s);
}
