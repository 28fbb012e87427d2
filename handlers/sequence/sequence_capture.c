/* SPDX-License-Identifier: ISC */
/*
 * sequence_capture.c - capture PATH { ... } of a sequence file.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/sequence_words.h"

static int
take_number(struct loader *l, const struct seq_node *n, void *to)
{
	char *end;
	long  v = strtol(n->value[0], &end, 10);

	if (*end != '\0' || v < 0 || v > CAPTURE_FIELDS_MAX)
		return seq_bad(l, n->line, "a small number is expected for", n->word);
	*(int *)to = (int)v;
	return 0;
}

static int
take_type(struct loader *l, const struct seq_node *n, void *to)
{
	const struct value_type *t = value_type_find(n->value[0]);

	if (t == NULL)
		return seq_bad(l, n->line, "unknown type", n->value[0]);
	*(const struct value_type **)to = t;
	return 0;
}

static int
take_from(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "stdout") != 0 && strcmp(n->value[0], "stderr") != 0)
		return seq_bad(l, n->line, "from is 'stdout' or 'stderr', not", n->value[0]);
	*(int *)to = n->value[0][3] == 'e';
	return 0;
}

/* FIELD OP TEXT: '2 ends-with -C{vm.server_slot}', 'any is {vm.name}', 'row contains records in' */
static int
parse_where(struct loader *l, int line, const char *text, struct capture_where *w)
{
	static const char *const ops[] = { "is", "is-not", "starts-with", "ends-with", "contains", "basename" };
	size_t			 f = strcspn(text, " "), o;
	const char		*op = text + f + strspn(text + f, " ");
	char			*end;

	if (strncmp(text, "any ", 4) == 0)
		w->field = -1;
	else if (strncmp(text, "row ", 4) == 0)
		w->field = 0;
	else if ((w->field = (int)strtol(text, &end, 10)) < 1 || *end != ' ' || w->field > CAPTURE_FIELDS_MAX)
		return seq_bad(l, line, "where begins with a field's number, any or row:", text);
	o = strcspn(op, " ");
	for (size_t i = 0; i < SEQ_COUNT(ops); i++) {
		if (strlen(ops[i]) == o && strncmp(ops[i], op, o) == 0 && op[o] == ' ') {
			w->op = (enum where_op)i;
			return place_parse(&l->s->arena, l->file, line, op + o + 1, PLACE_MESSAGE, &w->value, l->e);
		}
	}
	return seq_bad(l, line, "where knows is, is-not, starts-with, ends-with, contains, basename:", text);
}

static int
take_where(struct loader *l, const struct seq_node *n, void *to)
{
	struct capture *c = to;

	if (n->nvalues > CAPTURE_WHERE_MAX)
		return seq_bad(l, n->line, "more than 6 conditions in", n->word);
	for (size_t i = 0; i < n->nvalues; i++)
		if (parse_where(l, n->line, n->value[i], &c->where[c->nwhere++]) == -1)
			return -1;
	return 0;
}

/* 'size:size-mib' */
static int
take_table(struct loader *l, const struct seq_node *n, void *to)
{
	struct capture *c = to;

	if (n->nvalues == 0 || n->nvalues > CAPTURE_COLUMNS_MAX)
		return seq_bad(l, n->line, "1 to 24 columns are expected in", n->word);
	for (size_t i = 0; i < n->nvalues; i++) {
		const char	      *colon = strchr(n->value[i], ':');
		size_t		       len = colon == NULL ? strlen(n->value[i]) : (size_t)(colon - n->value[i]);
		struct capture_column *col = &c->column[c->ncolumns++];

		col->type = colon == NULL ? &value_text : value_type_find(colon + 1);
		if (col->type == NULL)
			return seq_bad(l, n->line, "unknown type", colon + 1);
		if ((col->name = arena_text(&l->s->arena, n->value[i], len)) == NULL)
			return seq_bad(l, n->line, "out of memory:", n->word);
		if (!scope_path_is_valid(col->name) || strchr(col->name, '.') != NULL)
			return seq_bad(l, n->line, "no name for a column:", n->value[i]);
	}
	return 0;
}

static const struct word capture_words[] = {
	{ "from", ONE, 0, take_from, offsetof(struct capture, from_err) },
	{ "split", ONE, 0, seq_take_text, offsetof(struct capture, split) },
	{ "skip", ONE, 0, take_number, offsetof(struct capture, skip) },
	{ "group", ONE, 0, take_number, offsetof(struct capture, group) },
	{ "where", LIST, 0, take_where, 0 },
	{ "field", ONE, 0, take_number, offsetof(struct capture, field) },
	{ "then-split", ONE, 0, seq_take_text, offsetof(struct capture, then_split) },
	{ "then-field", ONE, 0, take_number, offsetof(struct capture, then_field) },
	{ "last-split", ONE, 0, seq_take_text, offsetof(struct capture, last_split) },
	{ "last-field", ONE, 0, take_number, offsetof(struct capture, last_field) },
	{ "difference", ONE, 0, seq_take_text, offsetof(struct capture, difference) },
	{ "below", ONE, 0, seq_take_text, offsetof(struct capture, below) },
	{ "type", ONE, 0, take_type, offsetof(struct capture, type) },
	{ "optional", ONE, 0, seq_take_flag, offsetof(struct capture, optional) },
	{ "count", ONE, 0, seq_take_flag, offsetof(struct capture, count) },
	{ "most", ONE, 0, take_number, offsetof(struct capture, most) },
	{ "attributes", ONE, 0, seq_take_flag, offsetof(struct capture, attributes) },
	{ "table", LIST, 0, take_table, 0 },
	{ "message", ONE, 0, seq_take_message, offsetof(struct capture, message) },
};

static int
check_capture(struct loader *l, const struct capture *c)
{
	int needs_split = c->field > 0 || c->group > 0 || c->ncolumns > 0, has_parts = c->group == 1 && c->ncolumns > 0;

	for (size_t i = 0; i < c->nwhere; i++)
		needs_split |= c->where[i].field != 0;
	if (needs_split && c->split == NULL)
		return seq_bad(l, c->line, "split is missing in capture", c->path);
	if (c->then_split == NULL ? c->then_field != 0 : (c->then_field != 0) == has_parts || c->then_field > 64)
		return seq_bad(l, c->line,
		    "then-split goes with then-field (1 to 64), or with group = 1 and table, in capture", c->path);
	if ((c->last_split != NULL) != (c->last_field != 0) || c->last_field > 64 ||
	    (c->last_split != NULL && (c->then_field == 0 || has_parts)))
		return seq_bad(l, c->line, "last-split goes with last-field (1 to 64) and then-field in capture", c->path);
	if ((c->ncolumns > 0) + c->count + (c->field > 0) > 1)
		return seq_bad(l, c->line, "field, count and table exclude each other in capture", c->path);
	if (c->difference != NULL && (!scope_path_is_valid(c->difference) || c->count || c->ncolumns > 0 ||
	    (!c->type->is_number && strcmp(c->type->name, "units") != 0)))
		return seq_bad(l, c->line, "difference takes the path of a number, for one number, in capture", c->path);
	if (c->most > 0 && (c->field == 0 || c->split == NULL))
		return seq_bad(l, c->line, "most goes with field in capture", c->path);
	if (c->attributes && c->ncolumns == 0)
		return seq_bad(l, c->line, "attributes goes with table in capture", c->path);
	return 0;
}

int
seq_take_capture(struct loader *l, const struct seq_node *n, void *to)
{
	struct capture_list **tail = to, *item = seq_get(l, sizeof(*item));

	if (item == NULL)
		return -1;
	if (!scope_path_is_valid(n->title))
		return seq_bad(l, n->line, "no path for a value:", n->title);
	item->capture.path = n->title;
	item->capture.line = n->line;
	item->capture.type = &value_text;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = item;
	if (seq_take_all(l, n->child, capture_words, SEQ_COUNT(capture_words), "capture", &item->capture) == -1)
		return -1;
	return check_capture(l, &item->capture);
}
