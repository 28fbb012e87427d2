/* SPDX-License-Identifier: ISC */
/*
 * test_json_cut.c - values cut out of JSON text.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "spool/json_cut.h"

/* In memory of exactly that length: a byte behind it that is read is found. */
static size_t
cut(const char *text, size_t len)
{
	char  *copy = malloc(len > 0 ? len : 1);
	size_t n;

	cr_assert_not_null(copy);
	memcpy(copy, text, len);
	n = json_cut(copy, len);
	free(copy);
	return n;
}

Test(json_cut, a_value_is_as_long_as_it_is)
{
	static const char *const good[] = { "null", "true", "false", "0", "-0", "12", "-999999999999999999", "0.5", "-1.25e-10", "1E+9", "\"\"",
		"\"web1\"", "\"a \\\"b\\\\ \\/\\b\\f\\n\\r\\t\\u001b\\u00e9\\uD7ff\\ue000\"", "\"M\xc3\xbcnchen \xf0\x9f\x98\x80\x7f\"", "[]", "{}", "[1]",
		"[1,[],{}]", "{\"a\":1,\"b\":[{\"c\":\"}]\"}],\"\":null}" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i]);
		char   more[256];

		cr_expect_eq(cut(good[i], len), len, "%s", good[i]);
		(void)snprintf(more, sizeof(more), "%s,\"x\"", good[i]);
		cr_expect_eq(cut(more, strlen(more)), len, "%s and what is behind it", good[i]);
		for (size_t n = 0; n < len; n++)	/* a number's beginning may be one */
			cr_expect(cut(good[i], n) == 0 || strchr("-0123456789", good[i][0]) != NULL, "%zu bytes of %s", n, good[i]);
	}
}

Test(json_cut, what_is_not_compact_json_is_refused)
{
	static const char *const bad[] = { "", " 1", "nul", "True", "+1", "01", "-", "-a", ".5", "1.", "1.e5", "1e", "1e+", "1e100", "1000000000000000000",
		"0.1234567890123456789", "\"", "\"a", "\"a\n\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\uDfff\"", "\"\\u0000\"", "\"\xff\"",
		"\"\xc3\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xe2\x82", "[", "[1", "[1,", "[1,]", "[,1]", "[1 ,2]", "[1, 2]", "[1}", "[1\"a\"]", "[\"a\"\"b\"]", "[[]{}]", "{\"a\":1\"b\":2}", "{", "{\"a\"", "{\"a\":",
		"{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" :1}", "{\"a\"}", "{\"a\":1]", "'a'", "]", "}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(cut(bad[i], strlen(bad[i])), 0, "%s", bad[i]);
	cr_expect_eq(cut("\"a\0b\"", 5), 0);
}

/* Every byte alone, in a string: taken is what jansson takes there. */
Test(json_cut, a_byte_in_a_string_is_taken_where_jansson_takes_it)
{
	for (int c = 0; c < 256; c++) {
		char	text[] = { '"', 'a', (char)c, 'b', '"' };
		json_t *v = json_loadb(text, sizeof(text), JSON_DECODE_ANY, NULL);

		cr_expect_eq(cut(text, sizeof(text)) == sizeof(text), v != NULL && c != '"', "%d", c);
		json_decref(v);
	}
}

Test(json_cut, levels_have_their_bound)
{
	char text[2 * JSON_CUT_DEPTH + 2];

	memset(text, '[', JSON_CUT_DEPTH + 1);
	memset(text + JSON_CUT_DEPTH + 1, ']', JSON_CUT_DEPTH + 1);
	cr_expect_eq(cut(text + 1, sizeof(text) - 2), sizeof(text) - 2);
	cr_expect_eq(cut(text, sizeof(text)), 0);
}

static struct json_piece
piece(const char *text)
{
	return (struct json_piece){ text, strlen(text) };
}

static int
is(struct json_piece p, const char *text)
{
	return p.len == strlen(text) && memcmp(p.p, text, p.len) == 0;
}

Test(json_cut, members_and_elements_come_one_after_the_other)
{
	struct json_walk  w;
	struct json_piece key, value;

	cr_assert_eq(json_walk_open(&w, piece("{\"a\":1,\"b \\\"\":[2,{}],\"\":\"x\"}"), '{'), 0);
	cr_assert_eq(json_walk_next(&w, &key, &value), 1);
	cr_expect(is(key, "a") && is(value, "1"));
	cr_assert_eq(json_walk_next(&w, &key, &value), 1);
	cr_expect(is(key, "b \\\"") && is(value, "[2,{}]"));
	cr_assert_eq(json_walk_next(&w, &key, &value), 1);
	cr_expect(is(key, "") && is(value, "\"x\""));
	cr_assert_eq(json_walk_next(&w, &key, &value), 0);
	cr_assert_eq(json_walk_open(&w, piece("[1,\"2\"]"), '['), 0);
	cr_assert_eq(json_walk_next(&w, &key, &value), 1);
	cr_expect(is(value, "1"));
	cr_assert_eq(json_walk_next(&w, &key, &value), 1);
	cr_expect(is(value, "\"2\""));
	cr_assert_eq(json_walk_next(&w, &key, &value), 0);
	cr_expect_eq(json_walk_open(&w, piece("[]"), '{'), -1);
	cr_expect_eq(json_walk_open(&w, piece("1"), '['), -1);
}

Test(json_cut, something_behind_the_end_is_no_end)
{
	struct json_walk  w;
	struct json_piece key, value;

	cr_assert_eq(json_walk_open(&w, piece("[]x"), '['), 0);
	cr_expect_eq(json_walk_next(&w, &key, &value), -1);
	cr_assert_eq(json_walk_open(&w, piece("{}}"), '{'), 0);
	cr_expect_eq(json_walk_next(&w, &key, &value), -1);
	cr_assert_eq(json_walk_open(&w, piece("[1}"), '['), 0);
	cr_assert_eq(json_walk_next(&w, &key, &value), 1);
	cr_expect_eq(json_walk_next(&w, &key, &value), -1);
}

Test(json_cut, elements_are_walked_where_they_stand)
{
	struct json_walk  w, in;
	struct json_piece key, value;

	cr_assert_eq(json_walk_open(&w, piece("[{\"a\":1},{}]"), '['), 0);
	cr_assert_eq(json_walk_down(&w, '{', &in), 1);
	cr_assert_eq(json_walk_next(&in, &key, &value), 1);
	cr_expect(is(key, "a") && is(value, "1"));
	cr_assert_eq(json_walk_next(&in, &key, &value), 0);
	json_walk_up(&w, &in);
	cr_assert_eq(json_walk_down(&w, '{', &in), 1);
	cr_assert_eq(json_walk_next(&in, &key, &value), 0);
	json_walk_up(&w, &in);
	cr_assert_eq(json_walk_down(&w, '{', &in), 0);

	static const char *const bad[] = { "[1]", "[{}", "[{},", "[{},]", "[{}{}]", "[{}]]", "[,{}]" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int rv;

		cr_assert_eq(json_walk_open(&w, piece(bad[i]), '['), 0);
		while ((rv = json_walk_down(&w, '{', &in)) == 1) {
			cr_assert_eq(json_walk_next(&in, &key, &value), 0);
			json_walk_up(&w, &in);
		}
		cr_expect_eq(rv, -1, "%s", bad[i]);
	}
}
