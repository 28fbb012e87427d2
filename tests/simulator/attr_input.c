/* SPDX-License-Identifier: ISC */
/*
 * Configuration data.  All of these mean the same to the console:
 *	name=VM1,virtual_eth_adapters="32/0/1//0/0,33/0/1//0/0"
 *	"name=VM1","virtual_eth_adapters=32/0/1//0/0,33/0/1//0/0"
 *	name=\"VM1\",...			(a quote that a shell left escaped)
 * Inside quotes a doubled quote is one quote of the value, which then protects the commas
 * of a list's element: "virtual_eth_adapters=""4/1/1/20,21/1/1"",5/0/1//0/0".
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"

/* Is there a quote at p, escaped or not?  Its length, or 0. */
static size_t
quote_at(const char *p)
{
	if (p[0] == '"')
		return 1;
	return p[0] == '\\' && p[1] == '"' ? 2 : 0;
}

/* Reads a quoted string whose opening quote was passed; NULL when it never ends. */
static const char *
take_quoted(const char *p, struct text *out)
{
	while (*p != '\0') {
		size_t q = quote_at(p);

		if (q == 0) {
			text_addc(out, *p++);
			continue;
		}
		p += q;
		q = quote_at(p);
		if (q == 0)
			return p;
		text_addc(out, '"');
		p += q;
	}
	return NULL;
}

/* One pair up to its comma. *outer: the whole pair stood in quotes. */
static const char *
take_item(const char *p, struct text *out)
{
	text_clear(out);
	while (p != NULL && *p != '\0' && *p != ',') {
		size_t q = quote_at(p);

		if (q > 0)
			p = take_quoted(p + q, out);
		else
			text_addc(out, *p++);
	}
	return p;
}

static int
pair_split(struct pairs *ps, const char *item, enum pairs_style style)
{
	struct pair *p = &ps->p[ps->n];
	const char *eq = strchr(item, '=');
	size_t n;

	if (style == PAIRS_JOIN && eq == NULL && ps->n > 0 && *item != '\0') { /* lpar_ids=1,2,3 without quotes */
		struct pair *last = &ps->p[ps->n - 1];
		struct text t = { 0 };

		text_printf(&t, "%s,%s", last->value, item);
		free(last->value);
		last->value = t.p;
		return 0;
	}
	if (eq == NULL || eq == item) {
		snprintf(ps->bad, sizeof(ps->bad), "\"%.100s\" is not of the form attribute=value", item);
		snprintf(ps->bad_item, sizeof(ps->bad_item), "%.190s", item);
		return -1;
	}
	n = (size_t)(eq - item);
	p->op = '=';
	if (n > 1 && (item[n - 1] == '+' || item[n - 1] == '-'))
		p->op = item[--n];
	while (n > 0 && isspace((unsigned char)*item)) {
		item++;
		n--;
	}
	p->name = strndup(item, n);
	p->value = xstrdup(eq + 1);
	ps->n++;
	return 0;
}

int
pairs_parse(struct pairs *ps, const char *data, enum pairs_style style)
{
	struct text t = { 0 };
	int rv = 0;

	memset(ps, 0, sizeof(*ps));
	while (rv == 0 && *data != '\0') {
		data = take_item(data, &t);
		if (data == NULL) {
			snprintf(ps->bad, sizeof(ps->bad), "a quotation mark is missing");
			rv = -1;
		} else if (ps->n == (int)(sizeof(ps->p) / sizeof(ps->p[0]))) {
			snprintf(ps->bad, sizeof(ps->bad), "too many attributes");
			rv = -1;
		} else {
			rv = pair_split(ps, text_str(&t), style);
			data += *data == ',';
		}
	}
	text_free(&t);
	return rv;
}

void
pairs_free(struct pairs *ps)
{
	for (int i = 0; i < ps->n; i++) {
		free(ps->p[i].name);
		free(ps->p[i].value);
	}
	ps->n = 0;
}

const char *
pairs_get(const struct pairs *ps, const char *name)
{
	for (int i = ps->n - 1; i >= 0; i--)
		if (strcmp(ps->p[i].name, name) == 0)
			return ps->p[i].value;
	return NULL;
}

void
value_split(const char *value, struct list *items)
{
	struct text t = { 0 };

	while (*value != '\0') {
		const char *next = take_item(value, &t);

		list_append(items, xstrdup(text_str(&t)));
		if (next == NULL)
			break;
		value = next + (*next == ',');
	}
	text_free(&t);
}
