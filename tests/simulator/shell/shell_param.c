/* SPDX-License-Identifier: ISC */
/* Parameters: $name, and everything that may stand between braces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell_expansion.h"

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

const char *
expansion_value(struct shell *sh, const char *name, size_t len, char buf[32])
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
	expansion_put(x, value + from, n - from, quoted ? MARK_QUOTED : MARK_SPLIT);
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
			expansion_range(x, word, end, quoted);
	} else if (value != NULL) {
		expansion_put_value(x, value, quoted);
	} else if (op == '-') {
		expansion_range(x, word, end, quoted);
	} else if (copy != NULL && (v = shell_expand_one(x->sh, copy)) != NULL) {
		if (op == '=' && shell_is_name(name, len) && len < sizeof(var)) {
			snprintf(var, sizeof(var), "%.*s", (int)len, name);
			(void)shell_set(x->sh, var, v, false);
			expansion_put_value(x, v, quoted);
		} else {
			shell_error(x->sh, "%.*s: %s", (int)len, name,
			    *v != '\0' ? v : "0403-041 Parameter null or not set.");
			x->failed = true;
		}
	}
	free(v);
	free(copy);
}

size_t
expansion_name_len(const char *s, const char *end)
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
		expansion_put_value(x, result, quoted);
	else
		bad_substitution(x, op, end);
	free(first);
	free(with);
	free(result);
}

/* The inside of ${...}, from s to end. */
void
expansion_braces(struct expansion *x, const char *s, const char *end, bool quoted)
{
	char buf[32], *pattern;
	const char *value, *op;
	size_t len;

	if (*s == '#' && s + 1 < end) {
		len = expansion_name_len(s + 1, end);
		value = len != 0 ? expansion_value(x->sh, s + 1, len, buf) : NULL;
		snprintf(buf, sizeof(buf), "%zu", value != NULL ? strlen(value) : 0);
		if (len == 0 || s + 1 + len != end)
			bad_substitution(x, s, end);
		else
			expansion_put_value(x, buf, quoted);
		return;
	}
	len = expansion_name_len(s, end);
	op = s + len;
	if (len == 1 && (*s == '@' || *s == '*') && op == end) {
		expansion_put_args(x, *s == '@');
		return;
	}
	value = len != 0 ? expansion_value(x->sh, s, len, buf) : NULL;
	if (len != 0 && op == end) {
		expansion_put_value(x, value != NULL ? value : "", quoted);
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
