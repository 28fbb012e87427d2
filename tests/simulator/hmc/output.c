/* SPDX-License-Identifier: ISC */
/* Listings of an HMC.  See output.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/hmc/message.h"
#include "tests/simulator/hmc/order.h"
#include "tests/simulator/hmc/output.h"

/* What a line shows: the columns, resolved once, and what stands between them. */
struct columns {
	const struct hmc_attr **attr;
	size_t	    n, size;
	struct text delimiter;
	struct text header;
	bool	    named;	/* attr=value: the default line */
};

static void
columns_free(struct columns *c)
{
	free(c->attr);
	text_free(&c->delimiter);
	text_free(&c->header);
}

static void
add_column(struct columns *c, const struct hmc_attr *a)
{
	if (c->n == c->size) {
		const struct hmc_attr **p;

		c->size = c->size == 0 ? 64 : 2 * c->size;
		p = reallocarray(c->attr, c->size, sizeof(void *));
		if (p == NULL)
			abort();
		c->attr = p;
	}
	c->attr[c->n++] = a;
}

static const struct hmc_attr *
find(const struct hmc_listing *ls, const char *name, size_t n)
{
	for (size_t i = 0; i < ls->n_attr; i++)
		if (strlen(ls->attr[i].name) == n && strncmp(ls->attr[i].name, name, n) == 0)
			return &ls->attr[i];
	return NULL;
}

static size_t
name_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

/* The delimiter is what stands between (or behind) the first names; a comma when there is one name alone. */
static void
set_delimiter(struct columns *c, const char *list)
{
	const char *p = list + name_length(list);
	size_t n = 0;

	while (p[n] != '\0' && name_length(p + n) == 0)
		n++;
	if (n == 0)
		text_add(&c->delimiter, ",");
	else
		text_addn(&c->delimiter, p, n);
}

/* name DELIMITER name...; a delimiter at the end is allowed.  Every name must be known. */
static int
columns_asked(struct sim_cmd *cmd, const struct hmc_listing *ls, const char *list, struct columns *c)
{
	const char *delimiter;

	text_add(&c->header, list);
	set_delimiter(c, list);
	delimiter = text_str(&c->delimiter);
	while (*list != '\0') {
		const char *end = strstr(list, delimiter);
		size_t n = end != NULL ? (size_t)(end - list) : strlen(list);
		const struct hmc_attr *a = find(ls, list, n);

		if (a == NULL) {
			struct text bad = { 0 };
			int rv;

			text_addn(&bad, list, n);
			rv = hmc_bad_attribute(cmd, text_str(&bad));
			text_free(&bad);
			return rv;
		}
		add_column(c, a);
		list += n + (end != NULL ? strlen(delimiter) : 0);
	}
	return 0;
}

/* An attribute that the model does not have at all is left out. */
static void
columns_default(const struct hmc_listing *ls, int level, struct columns *c)
{
	const char *order = hmc_order(ls->kind, level);

	text_add(&c->delimiter, ",");
	while (order != NULL && *order != '\0') {
		size_t n = strcspn(order, ",");
		const struct hmc_attr *a = find(ls, order, n);

		if (a != NULL) {
			text_printf(&c->header, "%s%s", c->n > 0 ? "," : "", a->name);
			add_column(c, a);
		}
		order += n + (order[n] == ',');
	}
}

/* -F name state: two words; the blank between them is the delimiter. */
static void
join_words(const struct opt *f, struct text *to)
{
	for (int i = 0; i < f->n; i++)
		text_printf(to, "%s%s", i > 0 ? " " : "", f->v[i]);
}

static int
columns_of(struct sim_cmd *cmd, const struct opts *o, int level, const struct hmc_listing *ls, struct columns *c)
{
	const struct opt *f = opt_find(o, "-F");
	struct text list = { 0 };
	int rv = 0;

	if (f == NULL && opt_has(o, "--header"))
		return hmc_missing(cmd, "-F");
	c->named = f == NULL;
	if (f != NULL)
		join_words(f, &list);
	if (list.n > 0)
		rv = columns_asked(cmd, ls, text_str(&list), c);
	else
		columns_default(ls, level, c);
	text_free(&list);
	return rv;
}

/* false: it does not apply. */
static bool
value_of(const struct hmc_attr *a, const void *row, struct text *t)
{
	text_clear(t);
	text_add(t, "");
	if (a->get != NULL)
		return a->get(row, t);
	if (a->text != NULL)
		text_add(t, a->text);
	return a->text != NULL;
}

static void
print_pair(struct sim_out *out, const struct hmc_attr *a, const char *value)
{
	struct text prefix = { 0 };

	text_printf(&prefix, "%s=", a->name);
	attr_print(out, text_str(&prefix), value, strchr(value, ',') != NULL || (a->quoted && *value != '\0'));
	text_free(&prefix);
}

static void
print_row(struct sim_out *out, const struct columns *c, const void *row)
{
	const char *delimiter = text_str(&c->delimiter);
	struct text t = { 0 };
	size_t printed = 0;

	for (size_t i = 0; i < c->n; i++) {
		bool applies = value_of(c->attr[i], row, &t);

		if (!applies && c->named)
			continue;
		if (printed++ > 0)
			sim_out_puts(out, delimiter);
		if (c->named)
			print_pair(out, c->attr[i], text_str(&t));
		else if (applies)
			attr_print(out, "", text_str(&t), strstr(text_str(&t), delimiter) != NULL);
		else
			sim_out_puts(out, "null");
	}
	sim_out_puts(out, "\n");
	text_free(&t);
}

static int
print_rows(struct sim_cmd *cmd, const struct columns *c, bool header, const struct pairs *wanted,
    const struct hmc_listing *ls, const struct list *rows)
{
	size_t printed = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (!hmc_filter_passes(wanted, ls->filter, ls->n_filter, rows->item[i]))
			continue;
		if (printed++ == 0 && header)
			sim_out_printf(cmd->out, "%s\n", text_str(&c->header));
		print_row(cmd->out, c, rows->item[i]);
	}
	return printed > 0 ? 0 : hmc_no_results(cmd);
}

int
hmc_list(struct sim_cmd *cmd, const struct opts *o, int level, const struct hmc_listing *ls, const void *arg,
    const struct list *rows)
{
	struct pairs *wanted = xcalloc(1, sizeof(*wanted));
	struct columns c = { 0 };
	int rv;

	rv = columns_of(cmd, o, level, ls, &c);
	if (rv == 0)
		rv = hmc_filter_parse(cmd, o, ls->filter, ls->n_filter, arg, wanted);
	if (rv == 0)
		rv = print_rows(cmd, &c, opt_has(o, "--header"), wanted, ls, rows);
	columns_free(&c);
	pairs_free(wanted);
	free(wanted);
	return rv;
}

void
hmc_add_element(struct text *list, const char *element)
{
	bool quote = strchr(element, ',') != NULL;

	text_printf(list, "%s%s%s%s", list->n > 0 ? "," : "", quote ? "\"" : "", element, quote ? "\"" : "");
}

void
hmc_add_units(struct text *t, int hundredths)
{
	text_printf(t, hundredths % 10 == 0 ? "%d.%d" : "%d.%02d", hundredths / 100,
	    hundredths % 10 == 0 ? hundredths % 100 / 10 : hundredths % 100);
}
