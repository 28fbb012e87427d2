/* SPDX-License-Identifier: ISC */
/* echo, print, printf and expr. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/util/util.h"

/*
 * Writes s with its backslash sequences replaced.  Returns false when "\c" ended the output.
 */
static bool
put_escaped(struct sim_out *out, const char *s)
{
	static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
	const char *p;
	char c;

	for (; *s != '\0'; s++) {
		c = *s;
		if (c == '\\' && s[1] == 'c')
			return false;
		if (c == '\\' && s[1] == '0') {
			int n = 0, v = 0;

			for (s++; n < 4 && *s >= '0' && *s <= '7'; s++, n++)
				v = v * 8 + (*s - '0');
			s--;
			c = (char)v;
		} else if (c == '\\' && s[1] != '\0' && (p = strchr(from, s[1])) != NULL) {
			c = to[p - from];
			s++;
		}
		sim_out_write(out, &c, 1);
	}
	return true;
}

static int
put_words(struct shell *sh, int argc, char **argv, bool raw, bool newline)
{
	for (int i = 0; i < argc; i++) {
		if (i > 0)
			sim_out_write(sh->out, " ", 1);
		if (raw)
			sim_out_puts(sh->out, argv[i]);
		else if (!put_escaped(sh->out, argv[i]))
			return 0;
	}
	if (newline)
		sim_out_write(sh->out, "\n", 1);
	return 0;
}

int
util_echo(struct shell *sh, int argc, char **argv)
{
	bool raw = sh->is_bash, newline = true;
	int i = 1;

	/* bash knows -n and -e, and leaves backslashes alone without -e; ksh prints all words. */
	for (; sh->is_bash && i < argc && argv[i][0] == '-' && argv[i][1] != '\0' &&
	    argv[i][strspn(argv[i] + 1, "neE") + 1] == '\0'; i++) {
		newline = newline && strchr(argv[i], 'n') == NULL;
		raw = strchr(argv[i], 'e') != NULL ? false : strchr(argv[i], 'E') != NULL ? true : raw;
	}
	return put_words(sh, argc - i, argv + i, raw, newline);
}

int
util_print(struct shell *sh, int argc, char **argv)
{
	bool raw = false, newline = true;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		raw |= strpbrk(argv[i], "rR") != NULL;
		newline &= strchr(argv[i], 'n') == NULL;
	}
	return put_words(sh, argc - i, argv + i, raw, newline);
}

/* One conversion of printf with its flags; s points at '%'.  Returns what follows it. */
static const char *
put_conversion(struct shell *sh, const char *s, const char *arg)
{
	size_t n = 1 + strspn(s + 1, "-+ #0123456789.");
	char spec[32];

	if (n > 16 || s[n] == '\0' || strtol(s + 1 + strspn(s + 1, "-+ #0"), NULL, 10) > 1000)
		return s + strlen(s);
	memcpy(spec, s, n);
	strcpy(spec + n, s[n] == 's' ? "s" : s[n] == 'c' ? ".1s" : (char[]){ 'l', 'l', s[n], '\0' });
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* the flags were checked above, and the conversion fits the argument's type */
	if (s[n] == 'b')
		(void)put_escaped(sh->out, arg);
	else if (s[n] == 's' || s[n] == 'c')
		sim_out_printf(sh->out, spec, arg);
	else if (strchr("diouxX", s[n]) != NULL)
		sim_out_printf(sh->out, spec, strtoll(arg, NULL, 0));
	else
		sim_out_write(sh->out, s, n + 1);
#pragma GCC diagnostic pop
	return s + n + 1;
}

/* The format once; returns how many arguments it took. */
static int
put_format(struct shell *sh, const char *s, int argc, char **argv)
{
	int used = 0;

	while (*s != '\0') {
		if (s[0] == '%' && s[1] == '%') {
			sim_out_write(sh->out, "%", 1);
			s += 2;
		} else if (s[0] == '%') {
			s = put_conversion(sh, s, used < argc ? argv[used] : "");
			used++;
		} else {
			size_t n = s[0] == '\\' && s[1] != '\0' ? (s[1] == '0' ? 1 + strspn(s + 1, "01234567") : 2) : 1;
			char part[16];

			n = n < sizeof(part) ? n : sizeof(part) - 1;
			memcpy(part, s, n);
			part[n] = '\0';
			(void)put_escaped(sh->out, part);
			s += n;
		}
	}
	return used;
}

int
util_printf(struct shell *sh, int argc, char **argv)
{
	int i = 2, used;

	if (argc < 2) {
		sim_out_puts(sh->err, "Usage: printf Format [Argument ...]\n");
		return 1;
	}
	do {
		used = put_format(sh, argv[1], argc - i, argv + i);
		i += used;
	} while (used > 0 && i < argc && !sh->out->failed);
	return 0;
}

struct expr {
	struct shell *sh;
	char	    **v;
	int	      n, i, depth;
	bool	      failed;
};

static char *expr_or(struct expr *x);

static char *
expr_number(long long v)
{
	char *s;

	return asprintf(&s, "%lld", v) == -1 ? NULL : s;
}

static char *
expr_fail(struct expr *x)
{
	if (!x->failed)
		sim_out_puts(x->sh->err, "expr: 0402-050 Syntax error.\n");
	x->failed = true;
	return NULL;
}

static bool
is_number(const char *s)
{
	s += *s == '-';
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static const char *
expr_op(const struct expr *x, const char *const *ops)
{
	for (; x->i < x->n && *ops != NULL; ops++) {
		if (strcmp(x->v[x->i], *ops) == 0)
			return *ops;
	}
	return NULL;
}

static char *
expr_primary(struct expr *x)
{
	char *s;

	if (x->i >= x->n || ++x->depth > SHELL_DEPTH_MAX)
		return expr_fail(x);
	if (strcmp(x->v[x->i], "(") == 0 && x->i + 1 < x->n) {
		x->i++;
		s = expr_or(x);
		if (x->i >= x->n || strcmp(x->v[x->i], ")") != 0) {
			free(s);
			return expr_fail(x);
		}
		x->i++;
	} else {
		s = strdup(x->v[x->i++]);
	}
	x->depth--;
	return s;
}

/* string : pattern, anchored at the start; \(...\) gives the text, else the length. */
static char *
expr_match(const char *s, const char *pattern)
{
	regmatch_t m[2];
	regex_t re;
	char *full, *result = NULL;

	if (asprintf(&full, "^%s", pattern) == -1)
		return NULL;
	if (regcomp(&re, full, 0) == 0) {
		bool hit = regexec(&re, s, 2, m, 0) == 0;

		if (re.re_nsub > 0)
			result = hit && m[1].rm_so >= 0 ?
			    strndup(s + m[1].rm_so, (size_t)(m[1].rm_eo - m[1].rm_so)) : strdup("");
		else
			result = expr_number(hit ? m[0].rm_eo : 0);
		regfree(&re);
	}
	free(full);
	return result;
}

static char *
expr_compare(const char *op, const char *a, const char *b)
{
	int c;

	if (is_number(a) && is_number(b)) {
		long long x = strtoll(a, NULL, 10), y = strtoll(b, NULL, 10);

		c = x < y ? -1 : x > y;
	} else {
		c = strcmp(a, b);
	}
	return expr_number(op[0] == '=' ? c == 0 : op[0] == '!' ? c != 0 :
	    op[0] == '<' ? (op[1] == '=' ? c <= 0 : c < 0) : op[1] == '=' ? c >= 0 : c > 0);
}

static char *
expr_apply(struct expr *x, const char *op, const char *a, const char *b)
{
	unsigned long long ua, ub;
	long long y;

	if (op[0] == ':')
		return expr_match(a, b);
	if (strchr("=!<>", op[0]) != NULL)
		return expr_compare(op, a, b);
	if (op[0] == '|')
		return strdup(*a != '\0' && strcmp(a, "0") != 0 ? a : b);
	if (op[0] == '&')
		return strdup(*a != '\0' && strcmp(a, "0") != 0 && *b != '\0' && strcmp(b, "0") != 0 ? a : "0");
	if (!is_number(a) || !is_number(b))
		return expr_fail(x);
	ua = (unsigned long long)strtoll(a, NULL, 10);
	y = strtoll(b, NULL, 10);
	ub = (unsigned long long)y;
	if (op[0] == '+' || op[0] == '-' || op[0] == '*')
		return expr_number((long long)(op[0] == '+' ? ua + ub : op[0] == '-' ? ua - ub : ua * ub));
	if (y == 0)
		return expr_fail(x);
	if (y == -1)
		return expr_number(op[0] == '/' ? (long long)(0 - ua) : 0);
	return expr_number(op[0] == '/' ? (long long)ua / y : (long long)ua % y);
}

static char *
expr_level(struct expr *x, int level)
{
	static const char *const ops[][8] = {
		{ "|", NULL }, { "&", NULL }, { "=", "==", "!=", "<", "<=", ">", ">=", NULL },
		{ "+", "-", NULL }, { "*", "/", "%", NULL }, { ":", NULL },
	};
	char *a, *b, *r;
	const char *op;

	if (level == 6)
		return expr_primary(x);
	a = expr_level(x, level + 1);
	while (a != NULL && (op = expr_op(x, ops[level])) != NULL) {
		x->i++;
		b = expr_level(x, level + 1);
		r = b != NULL ? expr_apply(x, op, a, b) : NULL;
		free(a);
		free(b);
		a = r;
	}
	return a;
}

static char *
expr_or(struct expr *x)
{
	return expr_level(x, 0);
}

int
util_expr(struct shell *sh, int argc, char **argv)
{
	struct expr x = { .sh = sh, .v = argv + 1, .n = argc - 1 };
	char *result = expr_or(&x);
	int status;

	if (result != NULL && x.i < x.n)
		(void)expr_fail(&x);
	if (x.failed || result == NULL) {
		free(result);
		return 2;
	}
	sim_out_printf(sh->out, "%s\n", result);
	status = *result == '\0' || strcmp(result, "0") == 0;
	free(result);
	return status;
}
