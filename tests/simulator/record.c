/* SPDX-License-Identifier: ISC */
/* Structs to JSON and back by a table.  See record.h. */
#include <string.h>

#include "model.h"
#include "record.h"

void
json_quote(struct text *t, const char *s)
{
	text_addc(t, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			text_addc(t, '\\');
		if (c < 0x20 || c >= 0x7f)
			text_printf(t, "\\u%04x", c);
		else
			text_addc(t, (char)c);
	}
	text_addc(t, '"');
}

static void
indent_by(struct text *t, int n)
{
	text_addc(t, '\n');
	while (n-- > 0)
		text_addc(t, ' ');
}

static void
list_write(struct text *t, const struct record *r, const struct list *l, int indent)
{
	text_addc(t, '[');
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			text_addc(t, ',');
		indent_by(t, indent + 1);
		record_write(t, r, l->item[i], indent + 1);
	}
	if (l->n > 0)
		indent_by(t, indent);
	text_addc(t, ']');
}

static void
field_write(struct text *t, const struct field *f, const void *obj, int indent)
{
	const char *p = (const char *)obj + f->off;
	char num[32];
	int n = 0;

	switch (f->kind) {
	case F_STR:
		json_quote(t, p);
		break;
	case F_INT:
		n = snprintf(num, sizeof(num), "%d", *(const int *)(const void *)p);
		break;
	case F_I64:
		n = snprintf(num, sizeof(num), "%lld", (long long)*(const int64_t *)(const void *)p);
		break;
	case F_STATE:
		json_quote(t, lpar_state_name(*(const enum lpar_state *)(const void *)p));
		break;
	case F_OBJ:
		record_write(t, f->sub, p, indent);
		break;
	case F_LIST:
		list_write(t, f->sub, (const struct list *)(const void *)p, indent);
		break;
	}
	text_addn(t, num, (size_t)n);
}

void
record_write(struct text *t, const struct record *r, const void *obj, int indent)
{
	text_addc(t, '{');
	for (size_t i = 0; i < r->n; i++) {
		if (i > 0)
			text_addc(t, ',');
		indent_by(t, indent + 1);
		text_addc(t, '"');
		text_add(t, r->field[i].name);
		text_add(t, "\": ");
		field_write(t, &r->field[i], obj, indent + 1);
	}
	indent_by(t, indent);
	text_addc(t, '}');
}

static int
list_read(const struct record *r, struct list *l, const json_t *j)
{
	size_t i;
	json_t *e;

	if (!json_is_array(j))
		return -1;
	json_array_foreach(j, i, e)
		if (record_read(r, list_new(l, r->size), e) == -1)
			return -1;
	return 0;
}

static int
state_read(enum lpar_state *s, const json_t *j)
{
	if (!json_is_string(j))
		return -1;
	for (int i = LS_OFF; i < LS_STATES; i++)
		if (strcmp(lpar_state_name((enum lpar_state)i), json_string_value(j)) == 0)
			*s = (enum lpar_state)i;
	return 0;
}

static int
field_read(const struct field *f, void *obj, const json_t *j)
{
	char *p = (char *)obj + f->off;

	switch (f->kind) {
	case F_STR:
		if (!json_is_string(j) || !str_set(p, f->size, json_string_value(j)))
			return -1;
		return 0;
	case F_INT:
		*(int *)(void *)p = (int)json_integer_value(j);
		return json_is_integer(j) ? 0 : -1;
	case F_I64:
		*(int64_t *)(void *)p = json_integer_value(j);
		return json_is_integer(j) ? 0 : -1;
	case F_STATE:
		return state_read((enum lpar_state *)(void *)p, j);
	case F_OBJ:
		return record_read(f->sub, p, j);
	case F_LIST:
		return list_read(f->sub, (struct list *)(void *)p, j);
	}
	return -1;
}

int
record_read(const struct record *r, void *obj, const json_t *j)
{
	if (!json_is_object(j))
		return -1;
	for (size_t i = 0; i < r->n; i++) {
		const json_t *v = json_object_get(j, r->field[i].name);

		if (v != NULL && field_read(&r->field[i], obj, v) == -1)
			return -1;
	}
	return 0;
}
