/* SPDX-License-Identifier: ISC */
/*
 * test_rows.c - lists as text.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "spool/query/rows.h"

#define MUCH (2 * 1024 * 1024)

static struct rows    r;
static struct pd_err e;

static void
teardown(void)
{
	rows_free(&r);
}

TestSuite(rows, .fini = teardown);

static void
expect(const char *text)
{
	cr_assert_eq(rows_end(&r, &e), 0, "%s", e.msg);
	cr_expect(r.len == strlen(text) && memcmp(r.text, text, r.len) == 0, "%.*s is not %s", (int)r.len, r.text, text);
}

Test(rows, members_are_written_as_json_has_them)
{
	static const struct { const char *text, *json; } texts[] = {
		{ "web1", "web1" }, { "", "" }, { "a \"b\" \\c", "a \\\"b\\\" \\\\c" }, { "x\ny\x1b", "x\\ny\\u001B" },
		{ "M\xc3\xbcnchen", "M\xc3\xbcnchen" }, { "~ {}[],:", "~ {}[],:" },
	};
	char expected[128];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rows_begin(&r, 1000);
		rows_open(&r);
		rows_text(&r, "t", texts[i].text);
		rows_close(&r);
		(void)snprintf(expected, sizeof(expected), "[{\"t\":\"%s\"}]", texts[i].json);
		expect(expected);
	}
	rows_begin(&r, 1000);
	expect("[]");
	rows_begin(&r, 1000);
	rows_open(&r);
	rows_close(&r);
	rows_open(&r);
	rows_number(&r, "a", 0);
	rows_number(&r, "b", INT64_MIN);
	rows_number(&r, "c", INT64_MAX);
	rows_json(&r, "d", "[\"10.0.0.1\"]");
	rows_close(&r);
	expect("[{},{\"a\":0,\"b\":-9223372036854775808,\"c\":9223372036854775807,\"d\":[\"10.0.0.1\"]}]");
}

Test(rows, values_join_rows_that_are_written)
{
	json_t *value = json_pack("{s:s s:f s:[n,b]}", "name", "web1", "ms", 3.215, "more", 1);

	rows_begin(&r, 1000);
	rows_add(&r, value);
	rows_open(&r);
	rows_text(&r, "name", "web2");
	rows_close(&r);
	rows_add(&r, value);
	cr_expect_eq(r.n, 3);
	expect("[{\"name\":\"web1\",\"ms\":3.215,\"more\":[null,true]},{\"name\":\"web2\"},{\"name\":\"web1\",\"ms\":3.215,\"more\":[null,true]}]");
	json_decref(value);
	value = rows_value(&r);
	cr_expect_eq(json_array_size(value), 3);
	json_decref(value);
}

/* "[" and two rows of 9 bytes with their comma take 20, and the bracket at the end one more. */
Test(rows, what_does_not_fit_is_left_out_and_all_behind_it)
{
	for (size_t max = 18; max <= 21; max++) {
		rows_begin(&r, max);
		for (int i = 0; i < 4; i++) {
			rows_open(&r);
			rows_text(&r, "n", i == 2 ? "0123456789" : "1");
			rows_close(&r);
		}
		cr_expect_eq(r.is_full, 1);
		cr_expect_eq(r.n, max < 21 ? 1 : 2, "%zu rows of %zu bytes", r.n, max);
		cr_assert_eq(rows_end(&r, &e), 0);
		cr_expect_leq(r.len, max);
	}
}

Test(rows, what_is_not_utf8_fails_the_list)
{
	rows_begin(&r, 1000);
	rows_open(&r);
	rows_text(&r, "name", "a\xff");
	rows_text(&r, "more", "b");
	rows_close(&r);
	cr_expect_eq(rows_end(&r, &e), -1);
	cr_expect_eq(e.code, PD_IO);
	cr_expect_eq(r.len, 0);
	rows_begin(&r, 1000);
	expect("[]");
}

Test(rows, a_list_that_was_long_gives_its_room_back)
{
	static char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	rows_begin(&r, 2 * MUCH);
	for (int i = 0; i < MUCH / 1000; i++) {
		rows_open(&r);
		rows_text(&r, "t", text);
		rows_close(&r);
	}
	cr_assert_eq(rows_end(&r, &e), 0);
	cr_expect_gt(r.size, MUCH - 1);
	rows_forget(&r);
	cr_expect(r.size == 0 && r.text == NULL && r.len == 0);
	rows_begin(&r, 1000);
	expect("[]");
	rows_forget(&r);
	cr_expect_gt(r.size, 0, "what is usual stays");
}
