/* SPDX-License-Identifier: ISC */
/*
 * Listings.  Without -F: attr=value,... with a pair that has a comma in quotes.  With
 * -F a,b:c only the values, with the separators of the list echoed.  A quote inside a
 * quoted value is doubled.  Nothing matched: a message on stderr, status 0.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"

int
ivm_fail(struct sim_cmd *cmd, const char *id, const char *fmt, ...)
{
	char msg[600];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	sim_out_printf(cmd->err, "[%s] %s\n", id, msg);
	return 1;
}

static void
attr_value(const struct world *w, const struct attr *a, const void *row, struct text *out)
{
	const char *p = (const char *)row + a->off;
	int v;

	text_clear(out);
	text_add(out, "");
	switch (a->kind) {
	case A_STR:
		text_add(out, p);
		break;
	case A_INT:
	case A_UNITS:
		v = *(const int *)(const void *)p;
		if (v == NULL_INT)
			text_add(out, "null");
		else if (a->kind == A_INT)
			text_printf(out, "%d", v);
		else
			text_printf(out, "%d.%02d", v / 100, v % 100);
		break;
	case A_CONST:
		text_add(out, a->text);
		break;
	case A_FN:
		a->get(w, row, out);
		break;
	}
}

void
attr_print(struct sim_out *out, const char *prefix, const char *value, bool quote)
{
	if (!quote) {
		sim_out_printf(out, "%s%s", prefix, value);
		return;
	}
	sim_out_printf(out, "\"%s", prefix);
	for (; *value != '\0'; value++)
		sim_out_printf(out, *value == '"' ? "\"%c" : "%c", *value);
	sim_out_puts(out, "\"");
}

/* A comma or a quote asks for quotes, whatever separates the values. */
static void
print_quoted(struct sim_out *out, const char *prefix, const char *value, char sep)
{
	attr_print(out, prefix, value, strpbrk(value, ",\"") != NULL || strchr(value, sep) != NULL);
}

static const struct attr *
attr_find(const struct listing *ls, const char *name, size_t n)
{
	for (size_t i = 0; i < ls->nattr; i++)
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

/* Every name of the -F list must be known before anything is printed. */
static int
fields_check(struct sim_cmd *cmd, const struct listing *ls, const char *list)
{
	if (*list == '\0')
		return ivm_fail(cmd, IVM_ATTR, "The attribute list is empty.");
	while (*list != '\0') {
		size_t n = name_length(list);

		if (n == 0 || attr_find(ls, list, n) == NULL)
			return ivm_fail(cmd, IVM_ATTR, "The attribute name \"%.*s\" is not valid.",
			    (int)strcspn(list, ",: "), list);
		list += n;
		if (*list != '\0')
			list++;
	}
	return 0;
}

static void
print_fields(struct sim_cmd *cmd, const struct listing *ls, const char *list, const void *row)
{
	struct text t = { 0 };

	while (*list != '\0') {
		size_t n = name_length(list);

		attr_value(cmd->world, attr_find(ls, list, n), row, &t);
		list += n;
		print_quoted(cmd->out, "", text_str(&t), *list == '\0' ? ',' : *list);
		if (*list != '\0')
			sim_out_write(cmd->out, list++, 1);
	}
	sim_out_puts(cmd->out, "\n");
	text_free(&t);
}

static void
print_all(struct sim_cmd *cmd, const struct listing *ls, const void *row, bool names)
{
	struct text t = { 0 };
	char prefix[NAME_SIZE + 8] = "";
	bool first = true;

	for (size_t i = 0; i < ls->nattr; i++) {
		const struct attr *a = &ls->attr[i];

		if (a->on_request)
			continue;
		if (!first)
			sim_out_puts(cmd->out, ",");
		first = false;
		if (names)
			snprintf(prefix, sizeof(prefix), "%s=", a->name);
		attr_value(cmd->world, a, row, &t);
		print_quoted(cmd->out, prefix, text_str(&t), ',');
	}
	sim_out_puts(cmd->out, "\n");
	text_free(&t);
}

static const struct filter_def *
filter_find(const struct listing *ls, const char *name)
{
	for (size_t i = 0; i < ls->nfilter; i++)
		if (strcmp(ls->filter[i].name, name) == 0)
			return &ls->filter[i];
	return NULL;
}

bool
attr_is_one_of(const char *value, const char *list)
{
	struct list items = { 0 };
	bool found = false;

	value_split(list, &items);
	for (size_t i = 0; i < items.n; i++)
		if (strcmp(items.item[i], value) == 0)
			found = true;
	list_free(&items);
	return found;
}

static bool
row_passes(struct sim_cmd *cmd, const struct listing *ls, const struct pairs *f, const void *row)
{
	struct text t = { 0 };
	bool pass = true;

	for (int i = 0; i < f->n && pass; i++) {
		text_clear(&t);
		filter_find(ls, f->p[i].name)->get(cmd->world, row, &t);
		pass = attr_is_one_of(text_str(&t), f->p[i].value);
	}
	text_free(&t);
	return pass;
}

/* All --filter options together. */
static int
filters_parse(struct sim_cmd *cmd, const struct opts *o, const struct listing *ls, struct pairs *f)
{
	struct text t = { 0 };
	int rv = 0;

	for (int i = 0; i < o->n; i++)
		if (strcmp(o->opt[i].flag, "--filter") == 0)
			text_printf(&t, "%s%s", t.n > 0 ? "," : "", o->opt[i].v[0]);
	if (pairs_parse(f, text_str(&t), PAIRS_JOIN) == -1)
		rv = ivm_fail(cmd, IVM_VALUE, "The filter is not valid: %s.", f->bad);
	for (int i = 0; i < f->n && rv == 0; i++)
		if (filter_find(ls, f->p[i].name) == NULL || f->p[i].op != '=')
			rv = ivm_fail(cmd, IVM_ATTR, "The filter \"%s\" is not valid.", f->p[i].name);
	text_free(&t);
	return rv;
}

static void
print_header(struct sim_cmd *cmd, const struct listing *ls, const char *list)
{
	if (list != NULL) {
		sim_out_printf(cmd->out, "%s\n", list);
		return;
	}
	for (size_t i = 0, k = 0; i < ls->nattr; i++)
		if (!ls->attr[i].on_request)
			sim_out_printf(cmd->out, "%s%s", k++ > 0 ? "," : "", ls->attr[i].name);
	sim_out_puts(cmd->out, "\n");
}

int
attr_list(struct sim_cmd *cmd, const struct opts *o, const struct listing *ls,
    const struct list *rows)
{
	const char *list = opt_str(o, "-F");
	struct pairs *f = xcalloc(1, sizeof(*f));
	size_t printed = 0;
	int rv = 1;

	if (list != NULL && fields_check(cmd, ls, list) != 0)
		goto out;
	if (filters_parse(cmd, o, ls, f) != 0)
		goto out;
	if (opt_has(o, "--header") && !opt_has(o, "-F")) {
		rv = ivm_fail(cmd, IVM_USAGE, "The --header option requires the -F option.");
		goto out;
	}
	for (size_t i = 0; i < rows->n; i++) {
		if (!row_passes(cmd, ls, f, rows->item[i]))
			continue;
		if (printed++ == 0 && opt_has(o, "--header"))
			print_header(cmd, ls, list);
		if (list != NULL)
			print_fields(cmd, ls, list, rows->item[i]);
		else
			print_all(cmd, ls, rows->item[i], !opt_has(o, "-F"));
	}
	if (printed == 0)
		sim_out_puts(cmd->err, "[VIOSI01040010-0003] No results were found.\n");
	rv = 0;
out:
	pairs_free(f);
	free(f);
	return rv;
}
