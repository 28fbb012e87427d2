/* SPDX-License-Identifier: ISC */
/*
 * $((...)), ((...)) and let: 64 bit integers that wrap, the operators of C without the comma
 * and the ternary ones' side effects.  Names stand for their value, or 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

#define ARITH_DEPTH	64

struct arith {
	struct shell *sh;
	const char   *s;
	int	      depth;
	bool	      failed;
};

static long long arith_ternary(struct arith *a);
static long long arith_assign(struct arith *a);

static void
skip(struct arith *a)
{
	a->s += strspn(a->s, " \t\n");
}

static long long
arith_fail(struct arith *a, const char *what)
{
	if (!a->failed)
		shell_error(a->sh, "%s: 0403-053 Expression is not complete; more tokens expected.", what);
	a->failed = true;
	return 0;
}

static bool
accept(struct arith *a, const char *op)
{
	size_t n = strlen(op);

	skip(a);
	if (strncmp(a->s, op, n) != 0)
		return false;
	a->s += n;
	return true;
}

static size_t
name_len(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return n != 0 && (s[0] < '0' || s[0] > '9') ? n : 0;
}

static long long
value_of(struct arith *a, const char *name)
{
	const char *v = shell_get(a->sh, name);
	struct arith inner = { .sh = a->sh, .s = v, .depth = a->depth + 1 };
	long long n;

	if (v == NULL || *v == '\0')
		return 0;
	if (inner.depth > ARITH_DEPTH)
		return arith_fail(a, name);
	n = arith_ternary(&inner);
	skip(&inner);
	if (inner.failed || *inner.s != '\0')
		return arith_fail(a, v);
	return n;
}

static void
assign(struct arith *a, const char *name, long long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", value);
	if (!a->failed)
		(void)shell_set(a->sh, name, text, false);
}

static long long
arith_number(struct arith *a)
{
	char *end;
	unsigned long long v = strtoull(a->s, &end, 0);

	if (*end == '#') {		/* base#number */
		int base = v >= 2 && v <= 36 ? (int)v : 10;

		a->s = end + 1;
		v = strtoull(a->s, &end, base);
	}
	if (end == a->s)
		return arith_fail(a, a->s);
	a->s = end;
	return (long long)v;
}

static long long
arith_primary(struct arith *a)
{
	char name[64];
	size_t n;
	long long v;

	skip(a);
	if (*a->s == '$')		/* an unexpanded "$x" of ((...)) */
		a->s++;
	if (accept(a, "(")) {
		v = arith_assign(a);
		return accept(a, ")") ? v : arith_fail(a, a->s);
	}
	n = name_len(a->s);
	if (n == 0)
		return arith_number(a);
	if (n >= sizeof(name))
		return arith_fail(a, a->s);
	memcpy(name, a->s, n);
	name[n] = '\0';
	a->s += n;
	v = value_of(a, name);
	if (accept(a, "++")) {
		assign(a, name, (long long)((unsigned long long)v + 1));
	} else if (accept(a, "--")) {
		assign(a, name, (long long)((unsigned long long)v - 1));
	}
	return v;
}

static long long
arith_unary(struct arith *a)
{
	long long v;

	if (++a->depth > ARITH_DEPTH)
		return arith_fail(a, a->s);
	skip(a);
	if (*a->s == '-' && a->s[1] != '-') {
		a->s++;
		v = (long long)(0 - (unsigned long long)arith_unary(a));
	} else if (*a->s == '+' && a->s[1] != '+') {
		a->s++;
		v = arith_unary(a);
	} else if (*a->s == '!' && a->s[1] != '=') {
		a->s++;
		v = !arith_unary(a);
	} else if (*a->s == '~') {
		a->s++;
		v = ~arith_unary(a);
	} else {
		v = arith_primary(a);
	}
	a->depth--;
	return v;
}

static const struct {
	const char *op;
	int	    level;
} binary[] = {			/* longer ones first */
	{ "||", 1 }, { "&&", 2 }, { "==", 6 }, { "!=", 6 }, { "<<", 8 }, { ">>", 8 }, { "<=", 7 },
	{ ">=", 7 }, { "<", 7 }, { ">", 7 }, { "|", 3 }, { "^", 4 }, { "&", 5 }, { "+", 9 }, { "-", 9 },
	{ "*", 10 }, { "/", 10 }, { "%", 10 },
};

static const char *
peek_binary(struct arith *a, int *level)
{
	skip(a);
	for (size_t i = 0; i < sizeof(binary) / sizeof(binary[0]); i++) {
		if (strncmp(a->s, binary[i].op, strlen(binary[i].op)) == 0) {
			*level = binary[i].level;
			return binary[i].op;
		}
	}
	return NULL;
}

static long long
divide(struct arith *a, char op, long long x, long long y)
{
	if (y == 0) {
		if (!a->failed)
			shell_error(a->sh, "0403-054 Cannot divide by zero.");
		a->failed = true;
		return 0;
	}
	if (y == -1)
		return op == '%' ? 0 : (long long)(0 - (unsigned long long)x);
	return op == '%' ? x % y : x / y;
}

static long long
apply(struct arith *a, const char *op, long long x, long long y)
{
	unsigned long long ux = (unsigned long long)x, uy = (unsigned long long)y;

	if (op[1] == '=')
		return op[0] == '=' ? x == y : op[0] == '!' ? x != y : op[0] == '<' ? x <= y : x >= y;
	if (op[1] != '\0')
		return op[0] == '|' ? x || y : op[0] == '&' ? x && y :
		    op[0] == '<' ? (long long)(ux << (uy & 63)) : x >> (uy & 63);
	switch (op[0]) {
	case '+':
		return (long long)(ux + uy);
	case '-':
		return (long long)(ux - uy);
	case '*':
		return (long long)(ux * uy);
	case '/':
	case '%':
		return divide(a, op[0], x, y);
	case '<':
		return x < y;
	case '>':
		return x > y;
	case '|':
		return x | y;
	case '&':
		return x & y;
	default:
		return x ^ y;
	}
}

static long long
arith_binary(struct arith *a, int min_level)
{
	long long left = arith_unary(a), right;
	const char *op;
	int level;

	while (!a->failed && (op = peek_binary(a, &level)) != NULL && level >= min_level) {
		a->s += strlen(op);
		right = arith_binary(a, level + 1);
		left = apply(a, op, left, right);
	}
	return left;
}

static long long
arith_ternary(struct arith *a)
{
	long long c = arith_binary(a, 1), x, y;

	if (!accept(a, "?"))
		return c;
	if (++a->depth > ARITH_DEPTH)
		return arith_fail(a, a->s);
	x = arith_ternary(a);
	if (!accept(a, ":"))
		return arith_fail(a, a->s);
	y = arith_ternary(a);
	a->depth--;
	return c ? x : y;
}

/* name = value and name op= value; anything else is an expression. */
static long long
arith_assign(struct arith *a)
{
	const char *start = a->s, *p;
	char name[64], op[2] = { 0, 0 };
	long long v;
	size_t n;

	skip(a);
	n = name_len(a->s);
	p = a->s + n + strspn(a->s + n, " \t\n");
	if (n != 0 && n < sizeof(name) && *p != '\0') {
		memcpy(name, a->s, n);
		name[n] = '\0';
		if (strchr("+-*/%&|^", *p) != NULL && p[1] == '=')
			op[0] = *p++;
		if (p[0] == '=' && p[1] != '=') {
			a->s = p + 1;
			if (++a->depth > ARITH_DEPTH)
				return arith_fail(a, a->s);
			v = arith_assign(a);
			a->depth--;
			if (op[0] != 0)
				v = apply(a, op, value_of(a, name), v);
			assign(a, name, v);
			return v;
		}
	}
	a->s = start;
	return arith_ternary(a);
}

int
shell_arith(struct shell *sh, const char *expr, long long *value)
{
	struct arith a = { .sh = sh, .s = expr };

	*value = 0;
	skip(&a);
	if (*a.s == '\0')
		return 0;
	*value = arith_assign(&a);
	while (!a.failed && accept(&a, ","))
		*value = arith_assign(&a);
	skip(&a);
	if (!a.failed && *a.s != '\0')
		arith_fail(&a, expr);
	return a.failed ? -1 : 0;
}
