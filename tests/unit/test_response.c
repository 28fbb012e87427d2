/* SPDX-License-Identifier: ISC */
/*
 * test_response.c - an answer as JSON: what a program reads from it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/render/response.h"

/* What is printed of an answer, which is released; hints, too. */
static const char *
printed_of(struct response *r, const char *verb, int as_json)
{
	static char text[40000];
	FILE	   *out = tmpfile();
	int	    real, real_err = dup(STDERR_FILENO);

	cr_assert_not_null(out);
	(void)fflush(stdout);
	real = dup(STDOUT_FILENO);
	cr_assert(dup2(fileno(out), STDOUT_FILENO) != -1 && dup2(fileno(out), STDERR_FILENO) != -1);
	cr_assert_eq(response_print(r, verb, as_json), 0);
	response_clear(r);
	cr_assert(dup2(real, STDOUT_FILENO) != -1 && dup2(real_err, STDERR_FILENO) != -1);
	(void)close(real);
	(void)close(real_err);
	rewind(out);
	text[fread(text, 1, sizeof(text) - 1, out)] = '\0';
	(void)fclose(out);
	return text;
}

/* What --json prints of a value, which is released. */
static const char *
printed(const char *verb, json_t *value)
{
	struct response r;

	response_init(&r);
	r.value = value;
	return printed_of(&r, verb, 1);
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

/* A list is printed alike, whether it comes as text or as a value. */
Test(response, a_list_as_text_is_printed_as_its_value_is)
{
	static const struct { const char *verb, *list; } cases[] = {
		{ "list-vms", "[{\"name\":\"web1\",\"memory\":512,\"addresses\":[\"10.0.0.1\"],\"seen\":\"2026-11-21T20:49:00.123Z\"},{\"name\":\"web2\"}]" },
		{ "list-vms", "[]" },
		{ "list-jobs", "[{\"id\":\"x\",\"state\":\"done\",\"message\":\"a \\\"b\\\"\"}]" },
		{ "history", "[{\"seq\":1,\"event\":\"start\",\"t\":\"2026-11-21T20:49:00.123Z\",\"what\":{\"file\":\"x\"}}]" },
		{ "quota", "[{\"whose\":\"blue\",\"what\":\"memory\",\"used\":512,\"limit\":4096,\"unit\":\"MiB\"}]" },
		{ "transcript", "[]" },
		{ "list-systems", "[\"no\",\"table\"]" },
	};
	struct response r;
	char		expected[4096];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int as_json = 0; as_json < 2; as_json++) {
			response_init(&r);
			(void)strcpy(r.message, "a hint");
			r.value = json_loads(cases[i].list, 0, NULL);
			(void)snprintf(expected, sizeof(expected), "%s", printed_of(&r, cases[i].verb, as_json));
			response_init(&r);
			(void)strcpy(r.message, "a hint");
			r.list = strdup(cases[i].list);
			r.list_len = strlen(cases[i].list);
			cr_expect_str_eq(printed_of(&r, cases[i].verb, as_json), expected);
		}
}

/* What was handed in has an id until the director says otherwise: another one, that of an earlier request, or none. */
Test(response, the_director_says_which_job_it_is_if_any)
{
	static const char id[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV", other[] = "01ARZ3NDEKTSV4RRFFQ69G5FAW";
	static const struct { const char *reply, *job; } cases[] = {
		{ "{\"code\":\"OK\",\"exit\":0}", id },
		{ "{\"code\":\"OK\",\"exit\":0,\"job\":\"01ARZ3NDEKTSV4RRFFQ69G5FAW\"}", other },
		{ "{\"code\":\"OK\",\"exit\":0,\"job\":\"no id\"}", id },
		{ "{\"code\":\"NO_SPACE\",\"exit\":75,\"job\":null}", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct response r;
		json_t	       *reply = json_loads(cases[i].reply, 0, NULL);

		response_init(&r);
		(void)strcpy(r.job, id);
		response_from_json(&r, reply);
		cr_expect_str_eq(r.job, cases[i].job, "%s", cases[i].reply);
		json_decref(reply);
		response_clear(&r);
	}
}
