/* SPDX-License-Identifier: ISC */
/*
 * conf_scan.c - the strict look at the text of powerdirector.conf before libconfuse parses it.
 *
 *	file	 = *statement "end" "=" "true"
 *	statement = word "=" value / word [ word / string ] "{" *statement "}"
 *	value	 = word / string / "{" item *( "," item ) [ "," ] "}"
 *	item	 = word / string
 *
 * Words and strings are those of conf_lex.c.  Words that nobody knows and values of the wrong shape are left to libconfuse.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/conf_lex.h"
#include "policy/conf_scan.h"
#include "spool/os/portable.h"

#define DEPTH_MAX   4	/* tenant, quota: 2, and two to spare for a good message */
#define OPTIONS_MAX 64	/* different words in one section; there are at most 20 */

struct scan {
	struct conf_lexer   lexer;
	struct conf_titles *titles;
};

static int
unexpected(const struct scan *s, const struct conf_token *t, const char *wanted)
{
	if (t->kind == CONF_END)
		return conf_lex_fail(&s->lexer, t->line, "the file ends where %s should be", wanted);
	return conf_lex_fail(&s->lexer, t->line, "\"%.*s\" where %s should be", (int)(t->len < 40 ? t->len : 40), t->text, wanted);
}

/* Behind "word = {" or "word =". */
static int
scan_list(struct scan *s, const struct conf_token *name)
{
	struct conf_token t;
	int		  n = 0;

	for (;; n++) {
		if (conf_lex(&s->lexer, &t) == -1)
			return -1;
		if (t.kind == CONF_CLOSE && n > 0)
			return 0;	/* a comma behind the last value is fine */
		if (t.kind == CONF_CLOSE)
			return conf_lex_fail(&s->lexer, t.line, "the list %.*s is empty; leave the option out",
			    (int)name->len, name->text);
		if (t.kind != CONF_WORD && t.kind != CONF_STRING)
			return unexpected(s, &t, "a value of the list");
		if (conf_lex(&s->lexer, &t) == -1)
			return -1;
		if (t.kind == CONF_CLOSE)
			return 0;
		if (t.kind != CONF_COMMA)
			return unexpected(s, &t, "\",\" or \"}\"");
	}
}

static int
scan_value(struct scan *s, const struct conf_token *name)
{
	struct conf_token t;

	if (conf_lex(&s->lexer, &t) == -1)
		return -1;
	if (t.kind == CONF_OPEN)
		return scan_list(s, name);
	return t.kind == CONF_WORD || t.kind == CONF_STRING ? 0 : unexpected(s, &t, "a value");
}

static int
keep_title(struct scan *s, const struct conf_token *kind)
{
	struct conf_titles *titles = s->titles;
	struct conf_title  *grown;

	if (titles->n == titles->size) {
		titles->size = titles->size * 2 + 16;
		grown = port_grow(titles->list, titles->size, sizeof(*grown));
		if (grown == NULL)
			return pd_fail_sys(s->lexer.e, PD_IO, "parse %s", s->lexer.file);
		titles->list = grown;
	}
	titles->list[titles->n++] = (struct conf_title){ kind->text, kind->len, kind->line };
	return 0;
}

/* Words of one section, to find the second of two equal ones. */
struct seen {
	struct conf_token words[OPTIONS_MAX];
	size_t		  n;
};

static int
once(const struct scan *s, struct seen *seen, const struct conf_token *name)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->words[i].len == name->len && memcmp(seen->words[i].text, name->text, name->len) == 0)
			return conf_lex_fail(&s->lexer, name->line, "%.*s is given twice, first in line %d; remove one",
			    (int)(name->len < 40 ? name->len : 40), name->text, seen->words[i].line);
	if (seen->n == OPTIONS_MAX)
		return conf_lex_fail(&s->lexer, name->line, "too many options in one section");
	seen->words[seen->n++] = *name;
	return 0;
}

static int scan_section(struct scan *s, int depth, int open_line);

static int
scan_statement(struct scan *s, struct seen *seen, const struct conf_token *name, int depth)
{
	struct conf_token t;

	if (conf_lex(&s->lexer, &t) == -1)
		return -1;
	if (t.kind == CONF_EQUALS)
		return once(s, seen, name) == -1 || scan_value(s, name) == -1 ? -1 : 0;
	if (t.kind == CONF_OPEN)
		return once(s, seen, name) == -1 ? -1 : scan_section(s, depth + 1, t.line);
	if (t.kind != CONF_WORD && t.kind != CONF_STRING)
		return unexpected(s, &t, "\"=\" or \"{\"");
	if (keep_title(s, name) == -1 || conf_lex(&s->lexer, &t) == -1)
		return -1;
	return t.kind == CONF_OPEN ? scan_section(s, depth + 1, t.line) : unexpected(s, &t, "\"=\" or \"{\"");
}

/* Behind "{": up to its "}". */
static int
scan_section(struct scan *s, int depth, int open_line)
{
	struct seen	  seen = { .n = 0 };
	struct conf_token t;

	if (depth > DEPTH_MAX)
		return conf_lex_fail(&s->lexer, open_line, "sections are nested too deeply");
	for (;;) {
		if (conf_lex(&s->lexer, &t) == -1)
			return -1;
		if (t.kind == CONF_CLOSE)
			return 0;
		if (t.kind == CONF_END)
			return conf_lex_fail(&s->lexer, open_line,
			    "the \"{\" in this line is never closed; a \"}\" is missing or the file is cut off");
		if (t.kind != CONF_WORD)
			return unexpected(s, &t, "an option or \"}\"");
		if (scan_statement(s, &seen, &t, depth) == -1)
			return -1;
	}
}

static int
is_word(const struct conf_token *t, const char *word)
{
	return t->kind == CONF_WORD && t->len == strlen(word) && memcmp(t->text, word, t->len) == 0;
}

/* Behind the word "end": "= true" and nothing more. */
static int
scan_end(struct scan *s, int line)
{
	struct conf_token t;

	if (conf_lex(&s->lexer, &t) == -1)
		return -1;
	if (t.kind != CONF_EQUALS)
		return unexpected(s, &t, "\"= true\"");
	if (conf_lex(&s->lexer, &t) == -1)
		return -1;
	if (!is_word(&t, "true"))
		return unexpected(s, &t, "\"true\"");
	if (conf_lex(&s->lexer, &t) == -1)
		return -1;
	if (t.kind != CONF_END)
		return conf_lex_fail(&s->lexer, line, "end = true must be the last line, but line %d goes on", t.line);
	return 0;
}

static int
scan_file(struct scan *s)
{
	struct seen	  seen = { .n = 0 };
	struct conf_token t;

	for (;;) {
		if (conf_lex(&s->lexer, &t) == -1)
			return -1;
		if (t.kind == CONF_END)
			return conf_lex_fail(&s->lexer, t.line,
			    "the last line must be: end = true (without it a file that was cut off would look complete)");
		if (t.kind == CONF_CLOSE)
			return conf_lex_fail(&s->lexer, t.line, "a \"}\" without a \"{\"");
		if (t.kind != CONF_WORD)
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
	struct scan s = { { .file = file, .p = text, .end = text + len, .line = 1, .e = e }, titles };
	const char *nul = memchr(text, '\0', len);

	*titles = (struct conf_titles){ NULL, 0, 0 };
	if (nul != NULL) {
		for (const char *p = text; p < nul; p++)
			s.lexer.line += *p == '\n';
		return conf_lex_fail(&s.lexer, s.lexer.line, "a NUL byte; this is not a text file");
	}
	return scan_file(&s);
}
