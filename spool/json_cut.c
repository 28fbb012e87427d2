/* SPDX-License-Identifier: ISC */
/*
 * json_cut.c - one pass over compact JSON text; a pointer goes forward or the text is refused.
 */
#include <string.h>

#include "spool/json_cut.h"
#include "spool/vis.h"

#define DIGITS_MAX   18	/* below 2^63 */
#define EXPONENT_MAX 2	/* below what a double holds */

static const char *cut_value(const char *p, const char *end, int depth);

static int
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Behind the backslash. */
static const char *
cut_escape(const char *p, const char *end)
{
	if (p == end || *p == '\0' || strchr("\"\\/bfnrtu", *p) == NULL)
		return NULL;
	if (*p != 'u')
		return p + 1;
	if (end - p < 5 || !is_hex(p[1]) || !is_hex(p[2]) || !is_hex(p[3]) || !is_hex(p[4]))
		return NULL;
	if (((p[1] == 'd' || p[1] == 'D') && p[2] > '7') || memcmp(p + 1, "0000", 4) == 0)	/* half a character; none that a key may have */
		return NULL;
	return p + 5;
}

/* As many bytes as have the highest bit: whole characters. */
static const char *
cut_wide(const char *p, const char *end)
{
	const char *begin = p;

	while (p < end && ((unsigned char)*p & 0x80) != 0)
		p++;
	return vis_is_utf8(begin, (size_t)(p - begin)) ? p : NULL;
}

/* Characters that stand in a string as themselves, but for those above ASCII. */
#define SIXTEEN 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
static const unsigned char is_itself[256] = {
	[0x20] = 1, 1, ['"'] = 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	[0x30] = SIXTEEN, [0x40] = SIXTEEN,
	[0x50] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['\\'] = 0, 1, 1, 1,
	[0x60] = SIXTEEN, [0x70] = SIXTEEN,
};

/* Behind the first quote; the place behind the last. */
static const char *
cut_string(const char *p, const char *end)
{
	while (p != NULL) {
		while (p < end && is_itself[(unsigned char)*p])
			p++;
		if (p == end || (unsigned char)*p < 0x20)
			return NULL;
		if (*p == '"')
			return p + 1;
		p = *p == '\\' ? cut_escape(p + 1, end) : cut_wide(p, end);
	}
	return NULL;
}

/* At least one digit, at most so many. */
static const char *
cut_digits(const char *p, const char *end, int most)
{
	const char *begin = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p > begin && p - begin <= most ? p : NULL;
}

static const char *
cut_number(const char *p, const char *end)
{
	int is_zero;

	if (*p == '-')
		p++;
	is_zero = p < end && *p == '0';
	if ((p = cut_digits(p, end, is_zero ? 1 : DIGITS_MAX)) == NULL)
		return NULL;
	if (p < end && *p == '.' && (p = cut_digits(p + 1, end, DIGITS_MAX)) == NULL)
		return NULL;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p = cut_digits(p + (p < end && (*p == '+' || *p == '-')), end, EXPONENT_MAX);
	}
	return p;
}

static const char *
cut_word(const char *p, const char *end)
{
	static const char *const words[] = { "null", "true", "false" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(end - p) >= len && memcmp(p, words[i], len) == 0)
			return p + len;
	}
	return NULL;
}

static int
next(struct json_walk *w, int depth, struct json_piece *key, struct json_piece *value)
{
	const char *p = w->p, *end = w->end;

	if (p == end)
		return -1;
	if (*p == w->close) {
		w->p = p + 1;
		return 0;
	}
	if (!w->is_first && *p++ != ',')
		return -1;
	w->is_first = 0;
	if (w->close == '}') {
		key->p = p + 1;
		if (p == end || *p != '"' || (p = cut_string(p + 1, end)) == NULL || p == end || *p != ':')
			return -1;
		key->len = (size_t)(p++ - 1 - key->p);
	}
	value->p = p;
	if ((p = cut_value(p, end, depth)) == NULL)
		return -1;
	value->len = (size_t)(p - value->p);
	w->p = p;
	return 1;
}

/* An array or an object. */
static const char *
cut_many(const char *p, const char *end, int depth)
{
	struct json_walk  w = { .p = p + 1, .end = end, .close = *p == '{' ? '}' : ']', .is_first = 1 };
	struct json_piece key, value;
	int		  rv;

	while ((rv = next(&w, depth, &key, &value)) == 1)
		;
	return rv == 0 ? w.p : NULL;
}

static const char *
cut_value(const char *p, const char *end, int depth)
{
	if (p == end)
		return NULL;
	switch (*p) {
	case '"':
		return cut_string(p + 1, end);
	case '[':
	case '{':
		return depth < JSON_CUT_DEPTH ? cut_many(p, end, depth + 1) : NULL;
	case 'n':
	case 't':
	case 'f':
		return cut_word(p, end);
	default:
		return cut_number(p, end);
	}
}

size_t
json_cut(const char *text, size_t len)
{
	const char *p = cut_value(text, text + len, 0);

	return p != NULL ? (size_t)(p - text) : 0;
}

int
json_walk_open(struct json_walk *w, struct json_piece value, char open)
{
	if (value.len < 2 || value.p[0] != open)
		return -1;
	*w = (struct json_walk){ .p = value.p + 1, .end = value.p + value.len, .close = open == '{' ? '}' : ']', .is_first = 1 };
	return 0;
}

int
json_walk_next(struct json_walk *w, struct json_piece *key, struct json_piece *value)
{
	int rv = next(w, 1, key, value);

	return rv == 0 && w->p != w->end && !w->is_within ? -1 : rv;
}

int
json_walk_down(struct json_walk *w, char open, struct json_walk *in)
{
	const char *p = w->p, *end = w->end;

	if (p < end && *p == w->close) {
		w->p = p + 1;
		return w->p == end ? 0 : -1;
	}
	if (w->close != ']' || (!w->is_first && (p == end || *p++ != ',')) || p == end || *p != open)
		return -1;
	w->is_first = 0;
	*in = (struct json_walk){ .p = p + 1, .end = end, .close = open == '{' ? '}' : ']', .is_first = 1, .is_within = 1 };
	return 1;
}

void
json_walk_up(struct json_walk *w, const struct json_walk *in)
{
	w->p = in->p;
}
