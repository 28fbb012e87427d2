/* SPDX-License-Identifier: ISC */
/*
 * Expansion of words: quotes, command substitution, arithmetic.  Parameters are in
 * shell_param.c, splitting and file names in shell_field.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell_expansion.h"

void
expansion_put(struct expansion *x, const char *s, size_t len, enum mark mark)
{
	if (x->text.len + len > SHELL_FIELD_MAX) {
		if (!x->failed)
			shell_error(x->sh, "0403-029 There is not enough memory available now.");
		x->failed = true;
		return;
	}
	sim_out_write(&x->text, s, len);
	for (size_t i = 0; i < len; i++)
		sim_out_write(&x->marks, (const char[]){ (char)mark }, 1);
}

void
expansion_put_value(struct expansion *x, const char *value, bool quoted)
{
	expansion_put(x, value, strlen(value), quoted ? MARK_QUOTED : MARK_SPLIT);
}

void
expansion_put_args(struct expansion *x, bool separate)
{
	for (int i = 0; i < x->sh->n_args; i++) {
		if (i > 0)
			expansion_put(x, " ", 1, separate ? MARK_BREAK : MARK_QUOTED);
		expansion_put_value(x, x->sh->args[i], true);
		if (separate)
			expansion_put(x, "", 1, MARK_KEEP);
	}
}

/* Runs the text as a command and takes its output, without the newlines at the end. */
static void
substitute(struct expansion *x, const char *text, size_t len, bool quoted)
{
	struct sim_out out = { 0 };
	struct shell sub;

	if (x->sh->depth >= SHELL_DEPTH_MAX || shell_copy(&sub, x->sh) == -1) {
		x->failed = true;
		return;
	}
	sub.depth++;
	sub.out = &out;
	x->sh->status = shell_run_text(&sub, text, len);
	x->sh->aborted |= sub.aborted;
	while (out.len > 0 && out.data[out.len - 1] == '\n')
		out.len--;
	for (size_t i = 0; i < out.len; i++) {
		if (out.data[i] == '\0')	/* a shell drops them */
			out.data[i] = ' ';
	}
	expansion_put(x, out.data, out.len, quoted ? MARK_QUOTED : MARK_SPLIT);
	sim_out_free(&out);
	shell_fini(&sub);
}

/* `...`: a backslash in front of $, ` and \ goes away. */
static void
expand_backquote(struct expansion *x, const char **sp, const char *end, bool quoted)
{
	const char *stop = shell_skip(*sp, end, 0), *s;
	struct sim_out text = { 0 };

	if (stop == NULL) {
		x->failed = true;
		return;
	}
	for (s = *sp + 1; s < stop - 1; s++) {
		if (*s == '\\' && s + 1 < stop - 1 && (s[1] == '$' || s[1] == '`' || s[1] == '\\' ||
		    (quoted && s[1] == '"')))
			s++;
		sim_out_write(&text, s, 1);
	}
	substitute(x, text.data != NULL ? text.data : "", text.len, quoted);
	sim_out_free(&text);
	*sp = stop;
}

static void
expand_arith(struct expansion *x, const char *s, size_t len, bool quoted)
{
	struct expansion inner = { .sh = x->sh };
	char text[32];
	long long v;

	expansion_range(&inner, s, s + len, true);
	if (inner.failed || shell_arith(x->sh, inner.text.data != NULL ? inner.text.data : "", &v) == -1) {
		x->failed = true;
	} else {
		snprintf(text, sizeof(text), "%lld", v);
		expansion_put_value(x, text, quoted);
	}
	sim_out_free(&inner.text);
	sim_out_free(&inner.marks);
}

static void
expand_parenthesis(struct expansion *x, const char *s, const char *stop, bool quoted)
{
	if (s[2] == '(' && stop - s >= 5 && stop[-2] == ')')
		expand_arith(x, s + 3, (size_t)(stop - 2 - (s + 3)), quoted);
	else
		substitute(x, s + 2, (size_t)(stop - 1 - (s + 2)), quoted);
}

static void
expand_dollar(struct expansion *x, const char **sp, const char *end, bool quoted)
{
	const char *s = *sp, *stop, *value;
	char buf[32];
	size_t len;

	if (s + 1 < end && (s[1] == '(' || s[1] == '{')) {
		stop = shell_skip(s, end, 0);
		if (stop == NULL) {
			x->failed = true;
			return;
		}
		if (s[1] == '{')
			expansion_braces(x, s + 2, stop - 1, quoted);
		else
			expand_parenthesis(x, s, stop, quoted);
		*sp = stop;
		return;
	}
	len = expansion_name_len(s + 1, end);
	*sp = s + 1 + len;
	if (len == 0) {
		expansion_put(x, "$", 1, quoted ? MARK_QUOTED : MARK_PLAIN);
	} else if (len == 1 && (s[1] == '@' || s[1] == '*')) {
		expansion_put_args(x, s[1] == '@' || !quoted);
	} else {
		value = expansion_value(x->sh, s + 1, len, buf);
		expansion_put_value(x, value != NULL ? value : "", quoted);
	}
}

static void
expand_single(struct expansion *x, const char **sp, const char *end)
{
	const char *stop = memchr(*sp + 1, '\'', (size_t)(end - *sp - 1));

	if (stop == NULL) {
		x->failed = true;
		return;
	}
	expansion_put(x, "", 1, MARK_KEEP);
	expansion_put(x, *sp + 1, (size_t)(stop - *sp - 1), MARK_QUOTED);
	*sp = stop + 1;
}

static void
expand_double(struct expansion *x, const char **sp, const char *end)
{
	const char *stop = shell_skip(*sp, end, 0);

	if (stop == NULL) {
		x->failed = true;
		return;
	}
	/* "$@" without arguments is no field at all */
	if (!(stop - *sp == 4 && memcmp(*sp, "\"$@\"", 4) == 0))
		expansion_put(x, "", 1, MARK_KEEP);
	expansion_range(x, *sp + 1, stop - 1, true);
	*sp = stop;
}

/* A backslash: inside "..." it only quotes $ ` " \ and newline. */
static void
expand_backslash(struct expansion *x, const char **sp, const char *end, bool quoted)
{
	const char *s = *sp;

	if (s + 1 >= end) {
		expansion_put(x, s, 1, MARK_QUOTED);
		*sp = end;
		return;
	}
	*sp = s + 2;
	if (s[1] == '\n')
		return;
	if (quoted && strchr("$`\"\\", s[1]) == NULL)
		expansion_put(x, s, 2, MARK_QUOTED);
	else
		expansion_put(x, s + 1, 1, MARK_QUOTED);
}

void
expansion_range(struct expansion *x, const char *s, const char *end, bool quoted)
{
	while (s < end && !x->failed && !x->sh->aborted) {
		if (*s == '\\') {
			expand_backslash(x, &s, end, quoted);
		} else if (*s == '\'' && !quoted) {
			expand_single(x, &s, end);
		} else if (*s == '"' && !quoted) {
			expand_double(x, &s, end);
		} else if (*s == '`') {
			expand_backquote(x, &s, end, quoted);
		} else if (*s == '$') {
			expand_dollar(x, &s, end, quoted);
		} else {
			expansion_put(x, s, 1, quoted ? MARK_QUOTED : MARK_PLAIN);
			s++;
		}
	}
}

static void
expand_word(struct expansion *x, const char *word)
{
	const char *home;

	if (word[0] == '~' && (word[1] == '\0' || word[1] == '/') &&
	    (home = shell_get(x->sh, "HOME")) != NULL) {
		expansion_put(x, home, strlen(home), MARK_QUOTED);
		word++;
	}
	expansion_range(x, word, word + strlen(word), false);
}

int
shell_expand(struct shell *sh, const char *word, struct fields *to)
{
	struct expansion x = { .sh = sh };
	int rv = -1;

	expand_word(&x, word);
	if (!x.failed && expansion_split(&x, to) == 0)
		rv = 0;
	expansion_free(&x);
	return rv;
}

static char *
expand_whole(struct shell *sh, const char *word, bool escape)
{
	struct expansion x = { .sh = sh };
	char *s = NULL;

	expand_word(&x, word);
	if (!x.failed)
		s = expansion_collect(&x, 0, x.text.len, escape);
	expansion_free(&x);
	return s;
}

char *
shell_expand_one(struct shell *sh, const char *word)
{
	return expand_whole(sh, word, false);
}

char *
shell_expand_pattern(struct shell *sh, const char *word)
{
	return expand_whole(sh, word, true);
}

/* Like "..." except that a double quote is an ordinary character. */
char *
shell_expand_heredoc(struct shell *sh, const char *text)
{
	struct expansion x = { .sh = sh };
	const char *s = text, *end = text + strlen(text);
	char *result = NULL;

	while (s < end && !x.failed && !sh->aborted) {
		if (*s == '\\' && s + 1 < end && s[1] == '"') {
			expansion_put(&x, s, 2, MARK_QUOTED);
			s += 2;
		} else if (*s == '\\') {
			expand_backslash(&x, &s, end, true);
		} else if (*s == '$') {
			expand_dollar(&x, &s, end, true);
		} else if (*s == '`') {
			expand_backquote(&x, &s, end, true);
		} else {
			expansion_put(&x, s, 1, MARK_QUOTED);
			s++;
		}
	}
	if (!x.failed)
		result = expansion_collect(&x, 0, x.text.len, false);
	expansion_free(&x);
	return result;
}
