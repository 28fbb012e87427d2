/* SPDX-License-Identifier: ISC */
/*
 * condition.c - when a step is done, polled or refused.
 */
#include <string.h>

#include "handlers/sequence/condition.h"
#include "handlers/sequence/value_type.h"

#define TERMS_MAX  16
#define VALUES_MAX 8
#define TOKEN_MAX  128

struct parser {
	struct arena  *arena;
	const char    *file, *p;
	int	       line;
	char	       token[TOKEN_MAX];
	int	       quoted;
	struct pd_err *e;
};

static int
bad(struct parser *p, const char *what)
{
	return pd_fail(p->e, PD_BADDATA, "%s:%d: condition: %s", p->file, p->line, what);
}

static int
take_quoted(struct parser *p)
{
	const char *end = strchr(++p->p, '"');

	if (end == NULL || end - p->p >= TOKEN_MAX)
		return bad(p, "a quote is not closed");
	memcpy(p->token, p->p, (size_t)(end - p->p));
	p->token[end - p->p] = '\0';
	p->p = end + 1;
	p->quoted = 1;
	return 0;
}

/* The next token; "" at the end. */
static int
next(struct parser *p)
{
	size_t n;

	p->p += strspn(p->p, " \t");
	p->quoted = 0;
	p->token[0] = '\0';
	if (*p->p == '"')
		return take_quoted(p);
	if (*p->p == '|')
		n = 1;
	else if ((n = strspn(p->p, "=!<>")) == 0)
		n = strcspn(p->p, " \t=!<>|\"");
	if (n >= TOKEN_MAX)
		return bad(p, "a word is too long");
	memcpy(p->token, p->p, n);
	p->token[n] = '\0';
	p->p += n;
	return 0;
}

static int
is(const struct parser *p, const char *word)
{
	return !p->quoted && strcmp(p->token, word) == 0;
}

static int
find_op(const struct parser *p, enum cond_op *op)
{
	static const char *const names[] = { "", "==", "!=", "<", "<=", ">", ">=" };

	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is(p, names[i])) {
			*op = (enum cond_op)i;
			return 1;
		}
	}
	return 0;
}

static int
parse_value(struct parser *p, struct cond_value *v)
{
	json_int_t n;

	if (!p->quoted && (p->token[0] == '\0' || strpbrk(p->token, "=!<>|") != NULL))
		return bad(p, "a value is expected behind the operator");
	v->is_path = !p->quoted && strchr(p->token, '.') != NULL && !value_number(p->token, &n);
	if (v->is_path && !scope_path_is_valid(p->token))
		return bad(p, "no path of a value (a text with a dot stands in \"...\")");
	v->text = arena_text(p->arena, p->token, strlen(p->token));
	return v->text == NULL ? bad(p, "out of memory") : next(p);
}

static int
parse_values(struct parser *p, struct cond_term *t)
{
	struct cond_value v[VALUES_MAX];
	size_t		  n = 0;

	do {
		if (n == VALUES_MAX)
			return bad(p, "more than 8 values");
		if (next(p) == -1 || parse_value(p, &v[n++]) == -1)
			return -1;
	} while (is(p, "|"));
	if (n > 1 && t->op != COND_EQ && t->op != COND_NE)
		return bad(p, "several values go with == and != only");
	t->value = arena_get(p->arena, n * sizeof(*v));
	if (t->value == NULL)
		return bad(p, "out of memory");
	memcpy(t->value, v, n * sizeof(*v));
	t->nvalues = n;
	return 0;
}

static int
parse_term(struct parser *p, struct cond_term *t)
{
	if (is(p, "not")) {
		t->negated = 1;
		if (next(p) == -1)
			return -1;
	}
	if (p->quoted || !scope_path_is_valid(p->token))
		return bad(p, "the path of a value is expected");
	if ((t->path = arena_text(p->arena, p->token, strlen(p->token))) == NULL)
		return bad(p, "out of memory");
	if (next(p) == -1)
		return -1;
	if (!find_op(p, &t->op))
		return 0;
	return t->negated ? bad(p, "not goes with a single value; use !=") : parse_values(p, t);
}

int
cond_parse(struct arena *a, const char *file, int line, const char *text, struct cond *c, struct pd_err *e)
{
	struct parser	 p = { .arena = a, .file = file, .p = text, .line = line, .e = e };
	struct cond_term term[TERMS_MAX];

	memset(term, 0, sizeof(term));
	c->source = text;
	c->line = line;
	c->n = 0;
	do {
		if (c->n == TERMS_MAX)
			return bad(&p, "more than 16 terms");
		if (next(&p) == -1 || parse_term(&p, &term[c->n++]) == -1)
			return -1;
	} while (is(&p, "and"));
	if (p.quoted || p.token[0] != '\0')
		return bad(&p, "\"and\" or the end is expected");
	c->term = arena_get(a, c->n * sizeof(*term));
	if (c->term == NULL)
		return bad(&p, "out of memory");
	memcpy(c->term, term, c->n * sizeof(*term));
	return 0;
}

static int
is_true(const json_t *v)
{
	if (json_is_string(v))
		return json_string_length(v) > 0;
	if (json_is_array(v))
		return json_array_size(v) > 0;
	if (json_is_object(v))
		return json_object_size(v) > 0;
	return v != NULL && !json_is_false(v);
}

/* Does one comparison hold? */
static int
compare(const char *a, enum cond_op op, const char *b)
{
	json_int_t x = 0, y = 0;
	int	   numbers = value_number(a, &x) && value_number(b, &y);

	switch (op) {
	case COND_EQ:
		return numbers ? x == y : strcmp(a, b) == 0;
	case COND_NE:
		return numbers ? x != y : strcmp(a, b) != 0;
	case COND_LT:
		return numbers && x < y;
	case COND_LE:
		return numbers && x <= y;
	case COND_GT:
		return numbers && x > y;
	case COND_GE:
		return numbers && x >= y;
	default:
		return 0;
	}
}

static int
eval_term(const struct cond_term *t, const struct scope *s, int ahead)
{
	const json_t *left = scope_get(s, t->path);
	char	      a[VALUE_MAX], b[VALUE_MAX];
	int	      holds = t->op == COND_NE;

	if (left == NULL && ahead && t->is_captured)
		return -1;
	if (t->op == COND_BARE)
		return is_true(left) != t->negated;
	if (left == NULL)
		return t->op == COND_NE;
	value_as_text(a, left);
	for (size_t i = 0; i < t->nvalues; i++) {
		const json_t *right = t->value[i].is_path ? scope_get(s, t->value[i].text) : NULL;
		const char   *text = t->value[i].is_path ? value_as_text(b, right) : t->value[i].text;

		if (t->value[i].is_path && right == NULL) {
			if (ahead && t->value[i].is_captured)
				return -1;
			holds = t->op == COND_NE;
		} else {
			holds = compare(a, t->op, text);
		}
		if (holds != (t->op == COND_NE))
			break;
	}
	return holds;
}

int
cond_eval(const struct cond *c, const struct scope *s, int ahead)
{
	int all = 1;

	for (size_t i = 0; i < c->n; i++) {
		int holds = eval_term(&c->term[i], s, ahead);

		if (holds == 0)
			return 0;
		if (holds == -1)
			all = -1;
	}
	return all;
}
