/* SPDX-License-Identifier: ISC */
/* The two expansions of parameters that bash has and ksh has not. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"
#include "tests/simulator/text.h"

#define VALUE_MAX 65536	/* every position of a longer value is not tried */

/* How many bytes at s the pattern takes, the most it can; -1: it does not match there. */
static long
match_length(const char *pattern, char *s)
{
	for (size_t n = strlen(s) + 1; n-- > 0; ) {
		char saved = s[n];
		int matches;

		s[n] = '\0';
		matches = shell_match(pattern, s);
		s[n] = saved;
		if (matches)
			return (long)n;
	}
	return -1;
}

/* # and % in front of the pattern bind it to the beginning and to the end. */
static void
replace_in(char *value, const char *pattern, const char *with, bool all, struct text *out)
{
	char anchor = !all && (*pattern == '#' || *pattern == '%') ? *pattern++ : '\0';
	bool done = *pattern == '\0';

	for (char *s = value; ; s++) {
		long n = done ? -1 : match_length(pattern, s);

		if (anchor == '%' && n >= 0 && s[n] != '\0')
			n = -1;
		if (n > 0 || (n == 0 && anchor != '\0')) {
			text_add(out, with);
			s += n;
			done = !all;
			if (all && *s != '\0') {
				s--;
				continue;
			}
		}
		if (anchor == '#')
			done = true;
		if (*s == '\0')
			return;
		text_addc(out, *s);
	}
}

char *
shell_replace(struct shell *sh, const char *value, const char *pattern, const char *with, bool all)
{
	char *copy = strdup(value), *p = shell_expand_pattern(sh, pattern), *w = shell_expand_one(sh, with);
	struct text out = { 0 };

	if (copy != NULL && p != NULL && w != NULL && strlen(value) <= VALUE_MAX) {
		text_add(&out, "");
		replace_in(copy, p, w, all, &out);
	}
	free(copy);
	free(p);
	free(w);
	return out.p;
}

char *
shell_slice(struct shell *sh, const char *value, const char *bounds)
{
	long long from, n, len = (long long)strlen(value);
	const char *colon = strchr(bounds, ':');
	char *first = strndup(bounds, colon != NULL ? (size_t)(colon - bounds) : strlen(bounds)), *result = NULL;

	n = len;
	if (first == NULL || shell_arith(sh, first, &from) == -1 || (colon != NULL && shell_arith(sh, colon + 1, &n) == -1))
		goto out;
	if (from < 0)
		from += len;
	if (n < 0)
		n += len - from;
	if (from < 0 || from > len || n < 0)
		n = from = 0;
	result = strndup(value + from, (size_t)(n < len - from ? n : len - from));
out:
	free(first);
	return result;
}
