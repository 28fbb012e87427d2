/* SPDX-License-Identifier: ISC */
/*
 * store_row.c - rows of a table to JSON objects and back.
 *
 * Absent texts and documents are NULL in the table and absent again when read; absent numbers are
 * 0 and absent booleans false.  Keys come from the table's description, values are bound.
 */
#include <assert.h>
#include <string.h>

#include "spool/store/store_sqlite.h"

#define COLUMNS_MAX 32	/* of our tables */

char *
store_canonical(const json_t *value)
{
	return json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
}

const char *
row_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL && text[0] != '\0' ? text : NULL;
}

static const struct column *
find_column(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	return NULL;
}

static int
fits(const struct column *c, const json_t *value)
{
	if (json_is_null(value))
		return 1;
	switch (c->kind) {
	case COLUMN_TEXT:
		return json_is_string(value) &&
		    strlen(json_string_value(value)) == json_string_length(value);
	case COLUMN_INT:
		return json_is_integer(value);
	case COLUMN_BOOL:
		return json_is_boolean(value);
	case COLUMN_JSON:
		return 1;
	}
	return 0;
}

int
row_check(const struct table *t, const json_t *row, struct pd_err *e)
{
	const struct column *c;
	const char	    *key;
	json_t		    *value;

	if (!json_is_object(row))
		return pd_fail(e, PD_BUG, "database: a row of %s must be an object", t->name);
	json_object_foreach((json_t *)row, key, value) {
		if ((c = find_column(t, key)) == NULL)
			return pd_fail(e, PD_BUG, "database: %s has no key %s", t->name, key);
		if (!fits(c, value))
			return pd_fail(e, PD_BUG, "database: %s.%s has the wrong type", t->name, key);
	}
	return 0;
}

static void
bind_column(struct stmt *q, const struct column *c, const json_t *value)
{
	switch (c->kind) {
	case COLUMN_TEXT:
		stmt_text(q, json_string_value(value));
		break;
	case COLUMN_INT:
		stmt_int(q, json_integer_value(value));
		break;
	case COLUMN_BOOL:
		stmt_int(q, json_is_true(value));
		break;
	case COLUMN_JSON:
		stmt_json(q, value);
		break;
	}
}

static void
insert_text(struct sql_text *sql, const struct table *t)
{
	sql_add(sql, "INSERT INTO %s(", t->name);
	for (size_t i = 0; i < t->ncolumns; i++)
		sql_add(sql, "%s\"%s\"", i > 0 ? "," : "", t->columns[i].name);
	sql_add(sql, ") VALUES(");
	for (size_t i = 0; i < t->ncolumns; i++)
		sql_add(sql, i > 0 ? ",?" : "?");
	sql_add(sql, ")");
}

static int
run_insert(struct store *st, const struct table *t, const struct sql_text *sql, const json_t *row,
    struct pd_err *e)
{
	struct stmt q;

	if (store_must_be_begun(st, e) == -1 || row_check(t, row, e) == -1 ||
	    stmt_open_text(&q, st, sql, e) == -1)
		return -1;
	for (size_t i = 0; i < t->ncolumns; i++)
		bind_column(&q, &t->columns[i], json_object_get(row, t->columns[i].name));
	return stmt_run(&q, e);
}

int
row_insert(struct store *st, const struct table *t, const json_t *row, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };

	insert_text(&sql, t);
	return run_insert(st, t, &sql, row, e);
}

int
row_upsert(struct store *st, const struct table *t, const json_t *row, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };

	insert_text(&sql, t);
	sql_add(&sql, " ON CONFLICT(%s) DO UPDATE SET ", t->key);
	for (size_t i = 0; i < t->ncolumns; i++)
		sql_add(&sql, "%s\"%s\"=excluded.\"%s\"", i > 0 ? "," : "", t->columns[i].name,
		    t->columns[i].name);
	return run_insert(st, t, &sql, row, e);
}

int
row_update(struct store *st, const struct table *t, const char *key, const char *value,
    const json_t *set, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	json_t	       *v;
	const char     *comma = "";

	if (store_must_be_begun(st, e) == -1 || row_check(t, set, e) == -1)
		return -1;
	if (json_object_size(set) == 0)
		return 0;
	sql_add(&sql, "UPDATE %s SET ", t->name);
	for (size_t i = 0; i < t->ncolumns; i++)	/* in the table's order: few different texts */
		if (json_object_get(set, t->columns[i].name) != NULL) {
			sql_add(&sql, "%s\"%s\"=?", comma, t->columns[i].name);
			comma = ",";
		}
	sql_add(&sql, " WHERE \"%s\"=?", key);
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	for (size_t i = 0; i < t->ncolumns; i++)
		if ((v = json_object_get(set, t->columns[i].name)) != NULL)
			bind_column(&q, &t->columns[i], v);
	stmt_text(&q, value);
	return stmt_run(&q, e);
}

void
row_select(struct sql_text *sql, const struct table *t)
{
	sql_add(sql, "SELECT ");
	for (size_t i = 0; i < t->ncolumns; i++)
		sql_add(sql, "%s\"%s\"", i > 0 ? "," : "", t->columns[i].name);
	sql_add(sql, " FROM %s ", t->name);
}

static json_t *
read_column(const struct stmt *q, int at, enum column_kind kind)
{
	const char *text = NULL;
	size_t	    len = 0;

	if (kind == COLUMN_INT)
		return json_integer(sqlite3_column_int64(q->s, at));
	if (kind == COLUMN_BOOL)
		return json_boolean(sqlite3_column_int(q->s, at));
	if ((text = (const char *)sqlite3_column_text(q->s, at)) != NULL)
		len = (size_t)sqlite3_column_bytes(q->s, at);
	if (kind == COLUMN_TEXT)
		return text == NULL ? NULL : json_stringn(text, len);
	return text == NULL ? NULL : json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

/* Is this what the row before had there?  Texts and numbers alone are compared: nobody changes them in place. */
static int
is_same(const struct stmt *q, int at, enum column_kind kind, const json_t *before)
{
	const char *text;

	if (kind == COLUMN_INT)
		return json_is_integer(before) && json_integer_value(before) == sqlite3_column_int64(q->s, at);
	if (kind != COLUMN_TEXT || !json_is_string(before) ||
	    (text = (const char *)sqlite3_column_text(q->s, at)) == NULL)
		return 0;
	return (size_t)sqlite3_column_bytes(q->s, at) == json_string_length(before) &&
	    memcmp(text, json_string_value(before), json_string_length(before)) == 0;
}

/* before: the values that the columns had last, lent by the rows that have them, NULL: none; rows of a list share what is the same in them. */
static json_t *
read_row(const struct stmt *q, const struct table *t, json_t **before, struct pd_err *e)
{
	json_t *row = json_object(), *value;

	for (size_t i = 0; i < t->ncolumns; i++) {
		if (sqlite3_column_type(q->s, (int)i) == SQLITE_NULL)
			continue;
		if (before != NULL && is_same(q, (int)i, t->columns[i].kind, before[i]))
			value = json_incref(before[i]);
		else
			value = read_column(q, (int)i, t->columns[i].kind);
		if (value == NULL ||
		    json_object_set_new_nocheck(row, t->columns[i].name, value) == -1) {
			(void)pd_fail(e, PD_IO, "database: %s.%s cannot be read", t->name,
			    t->columns[i].name);
			json_decref(row);
			return NULL;
		}
		if (before != NULL)
			before[i] = value;
	}
	return row;
}

int
row_one(struct stmt *q, const struct table *t, json_t **row, struct pd_err *e)
{
	int rv = stmt_step(q, e);

	*row = NULL;
	if (rv == 1 && (*row = read_row(q, t, NULL, e)) == NULL)
		rv = -1;
	stmt_close(q);
	return rv;
}

int
row_all(struct stmt *q, const struct table *t, json_t **rows, struct pd_err *e)
{
	json_t *row, *before[COLUMNS_MAX] = { NULL };
	int	rv;

	assert(t->ncolumns <= COLUMNS_MAX);
	*rows = json_array();
	while ((rv = stmt_step(q, e)) == 1) {
		if ((row = read_row(q, t, before, e)) == NULL) {
			rv = -1;
			break;
		}
		if (json_array_append_new(*rows, row) == -1) {
			rv = pd_fail(e, PD_IO, "database: out of memory");
			break;
		}
	}
	stmt_close(q);
	if (rv == -1) {
		json_decref(*rows);
		*rows = NULL;
	}
	return rv;
}

int
row_each(struct stmt *q, const struct table *t, int (*fn)(void *arg, const json_t *row, struct pd_err *e), void *arg,
    struct pd_err *e)
{
	json_t *row;
	int	rv;

	while ((rv = stmt_step(q, e)) == 1) {
		rv = (row = read_row(q, t, NULL, e)) == NULL ? -1 : fn(arg, row, e);
		json_decref(row);
		if (rv == -1)
			break;
	}
	stmt_close(q);
	return rv;
}
