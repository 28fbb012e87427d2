/* SPDX-License-Identifier: ISC */
/*
 * rows.c - a list as text: each member is written once, where it goes out.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/query/rows.h"

#define FIRST_ROOM 4096
#define KEPT_ROOM  (1024 * 1024)	/* a list of some thousand rows; more is given back */

static char *
room(struct rows *r, size_t more)
{
	size_t size = r->size > 0 ? r->size : FIRST_ROOM;
	char  *p;

	while (size - r->len < more)
		size *= 2;
	if (size != r->size) {
		if ((p = realloc(r->text, size)) == NULL) {
			r->has_failed = 1;
			return NULL;
		}
		r->text = p;
		r->size = size;
	}
	return r->text + r->len;
}

static int
append(const char *text, size_t len, void *arg)
{
	struct rows *r = arg;
	char	    *p = room(r, len);

	if (p == NULL)
		return -1;
	memcpy(p, text, len);
	r->len += len;
	return 0;
}

static int
is_over(const struct rows *r)
{
	return r->is_full || r->has_failed;
}

void
rows_begin(struct rows *r, size_t max)
{
	r->len = r->n = r->row_at = 0;
	r->is_full = r->has_failed = 0;
	r->max = max;
	(void)append("[", 1, r);
}

void
rows_open(struct rows *r)
{
	r->row_at = r->len;
	if (!is_over(r))
		(void)append(r->n > 0 ? ",{" : "{", r->n > 0 ? 2 : 1, r);
}

/* In its quotes, and what follows it. */
static void
write_quoted(struct rows *r, const char *text, size_t len, char behind)
{
	char *p = room(r, len + 3);

	if (p == NULL)
		return;
	p[0] = '"';
	memcpy(p + 1, text, len);
	p[len + 1] = '"';
	p[len + 2] = behind;
	r->len += len + 3;
}

/* The comma between members is written behind each; rows_close() puts the brace in the place of the last one. */
static void
write_key(struct rows *r, const char *key)
{
	write_quoted(r, key, strlen(key), ':');
}

/* Needs no escape, and is UTF-8 certainly. */
static int
is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '"' || text[i] == '\\')
			return 0;
	return 1;
}

static void
write_value(struct rows *r, const json_t *value)
{
	if (value == NULL || json_dump_callback(value, append, r, ROWS_FLAGS | JSON_ENCODE_ANY) == -1)
		r->has_failed = 1;
}

void
rows_text(struct rows *r, const char *key, const char *text)
{
	size_t	len = strlen(text);
	json_t *value;

	if (is_over(r))
		return;
	write_key(r, key);
	if (is_plain(text, len)) {
		write_quoted(r, text, len, ',');
		return;
	}
	value = json_stringn(text, len);
	write_value(r, value);
	json_decref(value);
	(void)append(",", 1, r);
}

void
rows_number(struct rows *r, const char *key, int64_t n)
{
	char	 digits[24];
	char	*p = digits + sizeof(digits);
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;

	if (is_over(r))
		return;
	*--p = ',';
	do
		*--p = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		*--p = '-';
	write_key(r, key);
	(void)append(p, (size_t)(digits + sizeof(digits) - p), r);
}

void
rows_json(struct rows *r, const char *key, const char *json)
{
	if (is_over(r))
		return;
	write_key(r, key);
	(void)append(json, strlen(json), r);
	(void)append(",", 1, r);
}

static void
end_row(struct rows *r)
{
	if (r->len + 1 <= r->max) {	/* and the bracket at the end */
		r->n++;
		return;
	}
	r->len = r->row_at;
	r->is_full = 1;
}

void
rows_close(struct rows *r)
{
	if (is_over(r))
		return;
	if (r->text[r->len - 1] == ',')
		r->text[r->len - 1] = '}';
	else
		(void)append("}", 1, r);
	end_row(r);
}

void
rows_add(struct rows *r, const json_t *value)
{
	if (is_over(r))
		return;
	r->row_at = r->len;
	if (r->n > 0)
		(void)append(",", 1, r);
	write_value(r, value);
	end_row(r);
}

int
rows_end(struct rows *r, struct pd_err *e)
{
	if (!r->has_failed)
		(void)append("]", 1, r);
	if (!r->has_failed)
		return 0;
	rows_forget(r);
	return pd_fail(e, PD_IO, "the list cannot be written: no memory, or a text in it is not UTF-8");
}

void
rows_forget(struct rows *r)
{
	if (r->size > KEPT_ROOM)
		rows_free(r);
	r->len = r->n = 0;
}

void
rows_free(struct rows *r)
{
	free(r->text);
	*r = (struct rows){ .text = NULL };
}

json_t *
rows_value(const struct rows *r)
{
	return json_loadb(r->text, r->len, JSON_ALLOW_NUL, NULL);
}

json_t *
rows_only(struct rows *r, struct pd_err *e)
{
	json_t *list = NULL, *row = NULL;

	if (rows_end(r, e) == 0) {
		list = rows_value(r);
		if ((row = json_incref(json_array_get(list, 0))) == NULL)
			(void)pd_fail(e, PD_IO, "no memory");
	}
	json_decref(list);
	rows_free(r);
	return row;
}
