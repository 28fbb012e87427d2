/* SPDX-License-Identifier: ISC */
/*
 * test_response.c - an answer as JSON: what a program reads from it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/render/response.h"

/* What --json prints of a value, which is released. */
static const char *
printed(const char *verb, json_t *value)
{
	static char	text[40000];
	struct response r;
	FILE	       *out = tmpfile();
	int		real;

	cr_assert_not_null(out);
	(void)fflush(stdout);
	real = dup(STDOUT_FILENO);
	cr_assert_neq(dup2(fileno(out), STDOUT_FILENO), -1);
	response_init(&r);
	r.value = value;
	cr_assert_eq(response_print(&r, verb, 1), 0);
	response_clear(&r);
	cr_assert_neq(dup2(real, STDOUT_FILENO), -1);
	(void)close(real);
	rewind(out);
	text[fread(text, 1, sizeof(text) - 1, out)] = '\0';
	(void)fclose(out);
	return text;
}

Test(response, a_decimal_is_printed_as_it_was_meant)
{
	const char *text = printed("list-systems", json_pack("{s:f s:f s:f s:i}", "a", 0.57, "b", 3.215, "c", 12.0, "d", 50));

	cr_expect_not_null(strstr(text, "\"value\":{\"a\":0.57,\"b\":3.215,\"c\":12.0,\"d\":50}"), "%s", text);
}

/* Hundredths of a processor and thousandths of a second, each of them, and sums, which are never exact either. */
Test(response, no_decimal_shows_that_it_is_a_binary_fraction)
{
	json_t *values = json_array();
	char	want[20000] = "\"value\":[";
	double	sum = 0;

	for (int i = 1; i < 1000; i++) {
		size_t len = strlen(want);

		sum += 0.001;
		(void)json_array_append_new(values, json_real(i % 2 == 0 ? sum : i / 1000.0));
		(void)snprintf(want + len, sizeof(want) - len, "%g%s", i / 1000.0, i < 999 ? "," : "]");
	}
	cr_expect_not_null(strstr(printed("transcript", values), want), "not %s", want);
}
