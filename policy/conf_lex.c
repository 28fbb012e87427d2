/* SPDX-License-Identifier: ISC */
/*
 * conf_lex.c - words, strings and marks of powerdirector.conf.
 *
 *	word	 = 1*( ALPHA / DIGIT / "_" / "." / ":" / "/" / "@" / "-" )	; no "//"
 *	string	 = "'" *printable "'" / DQUOTE *printable DQUOTE		; no backslash, no "${"
 *	mark	 = "{" / "}" / "=" / ","
 *	comment	 = "#" up to the end of the line
 *
 * A subset of libconfuse's words in which its lexer and this one cannot differ.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/conf_lex.h"
#include "spool/os/portable.h"

int
conf_lex_fail(const struct conf_lexer *lx, int line, const char *fmt, ...)
{
	char	text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pd_fail(lx->e, PD_BADDATA, "%s:%d: %s", lx->file, line, text);
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
skip(struct conf_lexer *lx)
{
	for (; lx->p < lx->end && (is_space(*lx->p) || *lx->p == '#'); lx->p++) {
		if (*lx->p == '#') {
			while (lx->p < lx->end && *lx->p != '\n')
				*lx->p++ = ' ';
			if (lx->p == lx->end)
				return;
		}
		if (*lx->p == '\n')
			lx->line++;
	}
}

static int
scan_string(struct conf_lexer *lx, struct conf_token *t)
{
	char quote = *lx->p++;

	t->kind = CONF_STRING;
	t->text = lx->p;
	for (; lx->p < lx->end && *lx->p != quote; lx->p++) {
		if (*lx->p == '\n')
			break;
		if (*lx->p == '\\')
			return conf_lex_fail(lx, lx->line, "a backslash in quotes; there is nothing to escape, leave it out");
		if (*lx->p < 0x20 || *lx->p > 0x7e)
			return conf_lex_fail(lx, lx->line, "a byte in quotes that is not printable ASCII");
		if (*lx->p == '$' && lx->p[1] == '{')
			return conf_lex_fail(lx, lx->line,
			    "\"${\" in a value; nothing is taken from the environment, write the value itself");
	}
	if (lx->p == lx->end || *lx->p == '\n')
		return conf_lex_fail(lx, lx->line, "the quote %c is not closed in its line", quote);
	t->len = (size_t)(lx->p - t->text);
	lx->p++;
	return 0;
}

static int
scan_word(struct conf_lexer *lx, struct conf_token *t)
{
	t->kind = CONF_WORD;
	t->text = lx->p;
	while (lx->p < lx->end && is_word_char(*lx->p))
		lx->p++;
	t->len = (size_t)(lx->p - t->text);
	if (port_find(t->text, t->len, "//", 2) != NULL)
		return conf_lex_fail(lx, lx->line, "\"//\" outside quotes; comments begin with #, paths have single slashes");
	return 0;
}

static int
bad_byte(const struct conf_lexer *lx)
{
	unsigned char c = (unsigned char)*lx->p;

	if (c == '\r')
		return conf_lex_fail(lx, lx->line, "a carriage return; save the file with Unix line ends");
	if (c < 0x20 || c > 0x7e)
		return conf_lex_fail(lx, lx->line, "the byte 0x%02x outside quotes and comments", c);
	if (c == '+')
		return conf_lex_fail(lx, lx->line, "\"+\" outside quotes; a list is given once, with =");
	return conf_lex_fail(lx, lx->line, "\"%c\" outside quotes; put the value into single quotes, as in '*'", c);
}

static int
scan_mark(struct conf_lexer *lx, struct conf_token *t)
{
	static const char marks[] = "{}=,";
	static const enum conf_token_kind kinds[] = { CONF_OPEN, CONF_CLOSE, CONF_EQUALS, CONF_COMMA };
	const char	      *at = *lx->p != '\0' ? strchr(marks, *lx->p) : NULL;

	if (at == NULL)
		return bad_byte(lx);
	t->kind = kinds[at - marks];
	t->text = lx->p++;
	t->len = 1;
	return 0;
}

int
conf_lex(struct conf_lexer *lx, struct conf_token *t)
{
	int rv;

	skip(lx);
	*t = (struct conf_token){ CONF_END, "", 0, lx->line };
	if (lx->p == lx->end)
		return 0;
	if (*lx->p == '\'' || *lx->p == '"')
		rv = scan_string(lx, t);
	else if (is_word_char(*lx->p))
		rv = scan_word(lx, t);
	else
		return scan_mark(lx, t);
	if (rv == 0 && lx->p < lx->end && !is_space(*lx->p) && strchr("{}=,#", *lx->p) == NULL)
		return *lx->p == '\'' || *lx->p == '"' || is_word_char(*lx->p) ?
		    conf_lex_fail(lx, lx->line, "a blank is missing before or behind a quote") : bad_byte(lx);
	return rv;
}
