/* SPDX-License-Identifier: ISC */
/*
 * cell.c - one value of a list: where it is fit to print as it stands, it stays there; else it is read, and made by
 * text_in_unit().
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/cell.h"
#include "gateway/terminal.h"

/* Text between quotes that is what it says: nothing is escaped in it, and nothing has to be. */
static int
is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] < 0x20 || s[i] > 0x7e || s[i] == '\\')
			return 0;
	return 1;
}

/* "web1", or ["10.0.10.5"]: what is between the quotes.  0: it is something else. */
static int
plain_text(struct json_piece value, struct json_piece *text)
{
	if (value.len >= 4 && value.p[0] == '[' && value.p[1] == '"' &&
	    memchr(value.p + 2, '"', value.len - 2) == value.p + value.len - 2)
		value = (struct json_piece){ value.p + 1, value.len - 2 };
	if (value.len < 2 || value.p[0] != '"' || !is_plain(value.p + 1, value.len - 2))
		return 0;
	*text = (struct json_piece){ value.p + 1, value.len - 2 };
	return 1;
}

json_t *
cell_value(struct json_piece value)
{
	return value.len > 0 ? json_loadb(value.p, value.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
}

static char *
read_text(enum text_unit unit, const char *key, struct json_piece value, struct json_piece row)
{
	json_t *v = cell_value(value), *beside = unit == UNIT_BY_ROW ? cell_value(row) : NULL;
	char   *text = text_in_unit(unit, key, v, beside);

	json_decref(v);
	json_decref(beside);
	return text;
}

struct cell
cell_make(enum text_unit unit, const char *key, struct json_piece value, struct json_piece row)
{
	struct cell	  c = { .text = "" };
	struct json_piece text;

	if (unit == UNIT_NONE && plain_text(value, &text)) {
		c.text = text.p;
		c.len = c.width = (uint32_t)text.len;
		return c;
	}
	if (value.len >= 2 && value.p[0] == '"' && unit != UNIT_BY_ROW && is_plain(value.p + 1, value.len - 2))
		c.owned = text_of_string(value.p + 1, value.len - 2, unit);
	else
		c.owned = read_text(unit, key, value, row);
	if (c.owned == NULL)
		return c;
	c.text = c.owned;
	c.len = (uint32_t)strlen(c.text);
	c.width = (uint32_t)terminal_columns(c.text);
	return c;
}
