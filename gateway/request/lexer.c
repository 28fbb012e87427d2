/* SPDX-License-Identifier: ISC */
/*
 * lexer.c - the request line: words by POSIX quoting, and nothing else of a shell.
 *
 * sshd hands the client's words over joined with blanks; the client's own shell has removed one
 * level of quotes before.  What arrives here is split once, by these rules, and is never seen
 * by a shell.  $ ` * ; | and friends are ordinary characters; the arguments' types refuse them.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/request/lexer.h"
#include "spool/vis.h"

/* Bytes of the character at p as its first byte says; 1 when that is none. */
static size_t
char_len(unsigned char first, size_t left)
{
	size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;

	return n <= left ? n : 1;
}

int
lexer_check_bytes(const char *text, size_t len, struct pd_err *e)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t		     n;

	if (len > REQUEST_MAX)
		return pd_fail(e, PD_BADDATA, "the request has %zu bytes, at most %d are allowed", len, REQUEST_MAX);
	for (size_t i = 0; i < len; i += n) {
		n = char_len(p[i], len - i);
		if (p[i] == '\n' || p[i] == '\r')
			return pd_fail(e, PD_BADDATA, "line break at byte %zu of the request; write it on one line", i + 1);
		if ((p[i] < 0x20 && p[i] != '\t') || p[i] == 0x7f)
			return pd_fail(e, PD_BADDATA,
			    "control character \\x%02X at byte %zu of the request; leave it out", p[i], i + 1);
		if (!vis_is_utf8(text + i, n))
			return pd_fail(e, PD_BADDATA,
			    "byte \\x%02X at byte %zu of the request is not UTF-8; write names in plain letters", p[i],
			    i + 1);
		if (p[i] == 0xc2 && p[i + 1] < 0xa0)	/* C1: escapes to many terminals */
			return pd_fail(e, PD_BADDATA,
			    "control character U+%04X at byte %zu of the request; leave it out", p[i + 1], i + 1);
	}
	return 0;
}

/* Where the lexer stands. */
struct lexer {
	const char *p, *end, *start;
	char	   *out;	/* next free byte of the words' text */
};

static int
no_end(const struct lexer *l, const char *quote, struct pd_err *e)
{
	return pd_fail(e, PD_BADDATA, "the quote %c at byte %zu of the request has no end", *quote,
	    (size_t)(quote - l->start) + 1);
}

/* l->p is behind the opening '. */
static int
single_quoted(struct lexer *l, struct pd_err *e)
{
	const char *quote = l->p - 1;

	while (l->p < l->end && *l->p != '\'')
		*l->out++ = *l->p++;
	if (l->p == l->end)
		return no_end(l, quote, e);
	l->p++;
	return 0;
}

/* l->p is behind the opening ". */
static int
double_quoted(struct lexer *l, struct pd_err *e)
{
	const char *quote = l->p - 1;

	while (l->p < l->end && *l->p != '"') {
		if (*l->p == '\\' && l->p + 1 < l->end && strchr("\"\\$`", l->p[1]) != NULL)
			l->p++;
		*l->out++ = *l->p++;
	}
	if (l->p == l->end)
		return no_end(l, quote, e);
	l->p++;
	return 0;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One word from l->p, which is not a blank, to the next blank outside quotes. */
static int
one_word(struct lexer *l, struct pd_err *e)
{
	int rv = 0;

	while (rv == 0 && l->p < l->end && !is_blank(*l->p)) {
		if (*l->p == '\'') {
			l->p++;
			rv = single_quoted(l, e);
		} else if (*l->p == '"') {
			l->p++;
			rv = double_quoted(l, e);
		} else {
			if (*l->p == '\\' && ++l->p == l->end)
				return pd_fail(e, PD_BADDATA, "the request ends in a backslash");
			*l->out++ = *l->p++;
		}
	}
	*l->out++ = '\0';
	return rv;
}

static int
split(struct lexer *l, struct words *w, struct pd_err *e)
{
	for (;;) {
		while (l->p < l->end && is_blank(*l->p))
			l->p++;
		if (l->p == l->end)
			return 0;
		if (w->argc == LEXER_WORDS_MAX)
			return pd_fail(e, PD_USAGE, "the request has more than %d words", LEXER_WORDS_MAX);
		w->argv[w->argc++] = l->out;
		if (one_word(l, e) == -1)
			return -1;
	}
}

int
lexer_split(const char *text, size_t len, struct words *w, struct pd_err *e)
{
	struct lexer l = { .p = text, .end = text + len, .start = text };

	memset(w, 0, sizeof(*w));
	if (lexer_check_bytes(text, len, e) == -1)
		return -1;
	w->text = malloc(len + 2);	/* a word is never longer than what it is written as, and the last gets its NUL */
	w->argv = calloc(LEXER_WORDS_MAX + 1, sizeof(*w->argv));
	l.out = w->text;
	if (w->text == NULL || w->argv == NULL || split(&l, w, e) == -1) {
		if (w->text == NULL || w->argv == NULL)
			pd_fail(e, PD_IO, "no memory for the request");
		words_free(w);
		return -1;
	}
	return 0;
}

void
words_free(struct words *w)
{
	free(w->argv);
	free(w->text);
	memset(w, 0, sizeof(*w));
}
