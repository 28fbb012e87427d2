/* SPDX-License-Identifier: ISC */
/*
 * Expansion of words: quotes, parameters, command substitution, arithmetic, field splitting
 * and file names.
 *
 * A word is turned into a buffer of characters, each with a mark that says where it came
 * from; splitting and globbing then look only at the marks.  A MARK_KEEP entry has no
 * character: it makes an empty quoted field count.  MARK_BREAK separates the fields of "$@".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell.h"

enum mark { MARK_PLAIN = 'p', MARK_QUOTED = 'q', MARK_SPLIT = 's', MARK_KEEP = 'k', MARK_BREAK = 'b' };

struct expansion {
	struct shell  *sh;
	struct sim_out text;
	struct sim_out marks;		/* as long as text */
	bool	       failed;
};

static void expand_range(struct expansion *x, const char *s, const char *end, bool quoted);
static void expand_dollar(struct expansion *x, const char **sp, const char *end, bool quoted);

int
fields_add(struct fields *f, char *owned)
{
	char **v;

	if (owned == NULL)
		return -1;
	if (f->n + 2 > f->size) {
		if (f->n >= SHELL_WORDS_MAX) {
			free(owned);
			return -1;
		}
		v = reallocarray(f->v, f->size * 2 + 16, sizeof(*v));
		if (v == NULL) {
			free(owned);
			return -1;
		}
		f->v = v;
		f->size = f->size * 2 + 16;
	}
	f->v[f->n++] = owned;
	f->v[f->n] = NULL;
	return 0;
}

void
fields_free(struct fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i]);
	free(f->v);
	*f = (struct fields){ 0 };
}

static void
put(struct expansion *x, const char *s, size_t len, enum mark mark)
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

static void
put_value(struct expansion *x, const char *value, bool quoted)
{
	put(x, value, strlen(value), quoted ? MARK_QUOTED : MARK_SPLIT);
}

static void
put_args(struct expansion *x, bool separate)
{
	for (int i = 0; i < x->sh->n_args; i++) {
		if (i > 0)
			put(x, " ", 1, separate ? MARK_BREAK : MARK_QUOTED);
		put_value(x, x->sh->args[i], true);
		if (separate)
			put(x, "", 1, MARK_KEEP);
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
	put(x, out.data, out.len, quoted ? MARK_QUOTED : MARK_SPLIT);
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

	expand_range(&inner, s, s + len, true);
	if (inner.failed || shell_arith(x->sh, inner.text.data != NULL ? inner.text.data : "", &v) == -1) {
		x->failed = true;
	} else {
		snprintf(text, sizeof(text), "%lld", v);
		put_value(x, text, quoted);
	}
	sim_out_free(&inner.text);
	sim_out_free(&inner.marks);
}

static const char *
special_value(struct shell *sh, char c, char buf[32])
{
	switch (c) {
	case '?':
		snprintf(buf, 32, "%d", sh->status);
		return buf;
	case '$':
		snprintf(buf, 32, "%d", sh->pid);
		return buf;
	case '!':
		snprintf(buf, 32, "%d", sh->last_bg);
		return sh->last_bg != 0 ? buf : "";
	case '#':
		snprintf(buf, 32, "%d", sh->n_args);
		return buf;
	case '-':
		return sh->prompts ? "ism" : "s";
	case '0':
		return shell_name(sh);
	default:
		return c >= '1' && c <= '9' && c - '0' <= sh->n_args ? sh->args[c - '1'] : NULL;
	}
}

static const char *
value_of(struct shell *sh, const char *name, size_t len, char buf[32])
{
	char copy[128];

	if (len == 1 && strchr("?$!#-0123456789", *name) != NULL)
		return special_value(sh, *name, buf);
	if (len >= sizeof(copy))
		return NULL;
	memcpy(copy, name, len);
	copy[len] = '\0';
	return shell_get(sh, copy);
}

static char *
copy_range(const char *s, const char *end)
{
	return strndup(s, (size_t)(end - s));
}

/* ${name#pattern} and its kin: cuts a matching part off value. */
static void
put_trimmed(struct expansion *x, const char *value, char op, bool longest, const char *pattern, bool quoted)
{
	size_t len = strlen(value), n = len, from = 0;
	char *copy = strdup(value);
	char *pat = shell_expand_pattern(x->sh, pattern);

	if (copy == NULL || pat == NULL || len > 65536) {
		x->failed = true;
		goto out;
	}
	for (size_t i = 0; i <= len; i++) {
		size_t cut = longest ? len - i : i;	/* bytes to take away */

		if (op == '#') {
			copy[cut] = '\0';
			if (shell_match(pat, copy)) {
				from = cut;
				break;
			}
			copy[cut] = value[cut];
		} else if (shell_match(pat, value + len - cut)) {
			n = len - cut;
			break;
		}
	}
	put(x, value + from, n - from, quoted ? MARK_QUOTED : MARK_SPLIT);
out:
	free(copy);
	free(pat);
}

/* ${name:-word} and its kin. */
static void
expand_default(struct expansion *x, const char *name, size_t len, const char *value, char op,
    const char *word, const char *end, bool quoted)
{
	char *copy = copy_range(word, end), *v = NULL, var[128];

	if (op == '+') {
		if (value != NULL)
			expand_range(x, word, end, quoted);
	} else if (value != NULL) {
		put_value(x, value, quoted);
	} else if (op == '-') {
		expand_range(x, word, end, quoted);
	} else if (copy != NULL && (v = shell_expand_one(x->sh, copy)) != NULL) {
		if (op == '=' && shell_is_name(name, len) && len < sizeof(var)) {
			snprintf(var, sizeof(var), "%.*s", (int)len, name);
			(void)shell_set(x->sh, var, v, false);
			put_value(x, v, quoted);
		} else {
			shell_error(x->sh, "%.*s: %s", (int)len, name,
			    *v != '\0' ? v : "0403-041 Parameter null or not set.");
			x->failed = true;
		}
	}
	free(v);
	free(copy);
}

static size_t
param_len(const char *s, const char *end)
{
	size_t n = 0;

	while (s + n < end && shell_is_name(s, n + 1))
		n++;
	return n != 0 ? n : s < end && strchr("?$!#-@*0123456789", *s) != NULL && *s != '\0' ? 1 : 0;
}

static void
bad_substitution(struct expansion *x, const char *s, const char *end)
{
	shell_error(x->sh, "${%.*s}: 0403-011 The specified substitution is not valid for this command.",
	    (int)(end - s), s);
	x->failed = true;
}

/* ${name/pattern/text}, ${name//pattern/text}, ${name:offset:length}; op stands behind the colon. */
static void
expand_bash(struct expansion *x, const char *value, const char *op, const char *end, bool quoted)
{
	bool all = *op == '/' && op + 1 < end && op[1] == '/', replaces = *op == '/';
	const char *from = op + (replaces ? 1 + all : 0), *stop = from;
	char *first, *with = NULL, *result = NULL;

	while (replaces && stop < end && *stop != '/')
		stop += *stop == '\\' && stop + 1 < end ? 2 : 1;
	if (!replaces || stop > end)
		stop = end;
	first = copy_range(from, stop);
	if (first != NULL && replaces)
		with = copy_range(stop < end ? stop + 1 : end, end);
	if (first != NULL && op[-1] == ':')
		result = shell_slice(x->sh, value, first);
	else if (with != NULL)
		result = shell_replace(x->sh, value, first, with, all);
	if (result != NULL)
		put_value(x, result, quoted);
	else
		bad_substitution(x, op, end);
	free(first);
	free(with);
	free(result);
}

/* The inside of ${...}, from s to end. */
static void
expand_braces(struct expansion *x, const char *s, const char *end, bool quoted)
{
	char buf[32], *pattern;
	const char *value, *op;
	size_t len;

	if (*s == '#' && s + 1 < end) {
		len = param_len(s + 1, end);
		value = len != 0 ? value_of(x->sh, s + 1, len, buf) : NULL;
		snprintf(buf, sizeof(buf), "%zu", value != NULL ? strlen(value) : 0);
		if (len == 0 || s + 1 + len != end)
			bad_substitution(x, s, end);
		else
			put_value(x, buf, quoted);
		return;
	}
	len = param_len(s, end);
	op = s + len;
	if (len == 1 && (*s == '@' || *s == '*') && op == end) {
		put_args(x, *s == '@');
		return;
	}
	value = len != 0 ? value_of(x->sh, s, len, buf) : NULL;
	if (len != 0 && op == end) {
		put_value(x, value != NULL ? value : "", quoted);
	} else if (len != 0 && (*op == '#' || *op == '%')) {
		bool longest = op + 1 < end && op[1] == *op;

		pattern = copy_range(op + 1 + longest, end);
		if (pattern != NULL)
			put_trimmed(x, value != NULL ? value : "", *op, longest, pattern, quoted);
		free(pattern);
	} else if (len != 0) {
		if (*op == ':') {
			op++;
			if (value != NULL && *value == '\0')
				value = NULL;
		}
		if (op < end && strchr("-=+?", *op) != NULL)
			expand_default(x, s, len, value, *op, op + 1, end, quoted);
		else if (x->sh->is_bash && op < end)
			expand_bash(x, value != NULL ? value : "", op, end, quoted);
		else
			bad_substitution(x, s, end);
	} else {
		bad_substitution(x, s, end);
	}
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
			expand_braces(x, s + 2, stop - 1, quoted);
		else
			expand_parenthesis(x, s, stop, quoted);
		*sp = stop;
		return;
	}
	len = param_len(s + 1, end);
	*sp = s + 1 + len;
	if (len == 0) {
		put(x, "$", 1, quoted ? MARK_QUOTED : MARK_PLAIN);
	} else if (len == 1 && (s[1] == '@' || s[1] == '*')) {
		put_args(x, s[1] == '@' || !quoted);
	} else {
		value = value_of(x->sh, s + 1, len, buf);
		put_value(x, value != NULL ? value : "", quoted);
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
	put(x, "", 1, MARK_KEEP);
	put(x, *sp + 1, (size_t)(stop - *sp - 1), MARK_QUOTED);
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
		put(x, "", 1, MARK_KEEP);
	expand_range(x, *sp + 1, stop - 1, true);
	*sp = stop;
}

/* A backslash: inside "..." it only quotes $ ` " \ and newline. */
static void
expand_backslash(struct expansion *x, const char **sp, const char *end, bool quoted)
{
	const char *s = *sp;

	if (s + 1 >= end) {
		put(x, s, 1, MARK_QUOTED);
		*sp = end;
		return;
	}
	*sp = s + 2;
	if (s[1] == '\n')
		return;
	if (quoted && strchr("$`\"\\", s[1]) == NULL)
		put(x, s, 2, MARK_QUOTED);
	else
		put(x, s + 1, 1, MARK_QUOTED);
}

static void
expand_range(struct expansion *x, const char *s, const char *end, bool quoted)
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
			put(x, s, 1, quoted ? MARK_QUOTED : MARK_PLAIN);
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
		put(x, home, strlen(home), MARK_QUOTED);
		word++;
	}
	expand_range(x, word, word + strlen(word), false);
}

static void
expansion_free(struct expansion *x)
{
	sim_out_free(&x->text);
	sim_out_free(&x->marks);
}

/* One field, from the marks between from and to; with escape, quoted characters get a backslash. */
static char *
collect(const struct expansion *x, size_t from, size_t to, bool escape)
{
	char *s = malloc((to - from) * 2 + 1), *p = s;

	if (s == NULL)
		return NULL;
	for (size_t i = from; i < to; i++) {
		char c = x->text.data[i], m = x->marks.data[i];

		if (m == MARK_KEEP)
			continue;
		if (escape && m == MARK_QUOTED && strchr("*?[]\\!-^", c) != NULL)
			*p++ = '\\';
		else if (escape && m != MARK_QUOTED && c == '\\')
			*p++ = '\\';
		*p++ = c;
	}
	*p = '\0';
	return s;
}

static bool
has_glob(const struct expansion *x, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (x->marks.data[i] != MARK_QUOTED && x->marks.data[i] != MARK_KEEP &&
		    strchr("*?[", x->text.data[i]) != NULL)
			return true;
	}
	return false;
}

static int
add_field(struct expansion *x, size_t from, size_t to, struct fields *f)
{
	size_t before = f->n;

	if (has_glob(x, from, to)) {
		char *pattern = collect(x, from, to, true);

		if (pattern == NULL || shell_glob(x->sh, pattern, f) == -1) {
			free(pattern);
			return -1;
		}
		free(pattern);
		if (f->n != before)
			return 0;
	}
	return fields_add(f, collect(x, from, to, false));
}

static bool
is_break(const struct expansion *x, size_t i, const char *ifs)
{
	return x->marks.data[i] == MARK_BREAK ||
	    (x->marks.data[i] == MARK_SPLIT && x->text.data[i] != '\0' &&
	    strchr(ifs, x->text.data[i]) != NULL);
}

/* A separator that is not white space ends a field even when the field is empty. */
static bool
is_hard_break(const struct expansion *x, size_t i)
{
	return x->marks.data[i] == MARK_SPLIT && strchr(" \t\n", x->text.data[i]) == NULL;
}

static int
split(struct expansion *x, struct fields *f)
{
	const char *ifs = shell_get(x->sh, "IFS");
	size_t i = 0, start;

	if (ifs == NULL)
		ifs = " \t\n";
	while (i < x->text.len) {
		while (i < x->text.len && is_break(x, i, ifs) && !is_hard_break(x, i))
			i++;
		if (i == x->text.len)
			break;
		start = i;
		while (i < x->text.len && !is_break(x, i, ifs))
			i++;
		if (add_field(x, start, i, f) == -1)
			return -1;
		while (i < x->text.len && is_break(x, i, ifs) && !is_hard_break(x, i))
			i++;
		if (i < x->text.len && is_break(x, i, ifs))
			i++;
	}
	return 0;
}

int
shell_expand(struct shell *sh, const char *word, struct fields *to)
{
	struct expansion x = { .sh = sh };
	int rv = -1;

	expand_word(&x, word);
	if (!x.failed && split(&x, to) == 0)
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
		s = collect(&x, 0, x.text.len, escape);
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
			put(&x, s, 2, MARK_QUOTED);
			s += 2;
		} else if (*s == '\\') {
			expand_backslash(&x, &s, end, true);
		} else if (*s == '$') {
			expand_dollar(&x, &s, end, true);
		} else if (*s == '`') {
			expand_backquote(&x, &s, end, true);
		} else {
			put(&x, s, 1, MARK_QUOTED);
			s++;
		}
	}
	if (!x.failed)
		result = collect(&x, 0, x.text.len, false);
	expansion_free(&x);
	return result;
}
