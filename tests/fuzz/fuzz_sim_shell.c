/* SPDX-License-Identifier: ISC */
/*
 * fuzz_sim_shell.c - any bytes as a command line of the simulated console: parsed whole, as an exec request, and line by
 * line, as somebody types; what is right one way is right the other way.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many bytes are commands; stops at the first mistake. */
static size_t
parse_all(const char *text, size_t len)
{
	struct prog *prog;
	struct parse_error err;
	size_t	     at = 0, used;

	while (at < len && shell_parse(text + at, len - at, true, 1, &prog, &used, &err) == PARSE_OK) {
		assert(used > 0 && used <= len - at);
		prog_unref(prog);
		at += used;
	}
	return at;
}

/* The same with one more line at a time. */
static size_t
parse_typed(const char *text, size_t len)
{
	struct prog	 *prog;
	enum parse_result r;
	struct parse_error err;
	size_t		  at = 0, end = 0, used;
	const char	 *nl;

	while (end < len) {
		nl = memchr(text + end, '\n', len - end);
		end = nl == NULL ? len : (size_t)(nl - text) + 1;
		while (at < end) {
			r = shell_parse(text + at, end - at, end == len, 1, &prog, &used, &err);
			if (r == PARSE_MORE)
				break;
			if (r == PARSE_ERROR)
				return at;
			assert(used > 0 && used <= end - at);
			prog_unref(prog);
			at += used;
		}
	}
	return at;
}

static void
match(char *text)
{
	char *s = strchr(text, '\n');

	if (s == NULL)
		return;
	*s = '\0';
	if (strlen(text) < 64 && strlen(s + 1) < 256)
		(void)shell_match(text, s + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char  *text;
	size_t whole;

	if (size > 4096 || (text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	whole = parse_all(text, size);
	assert((parse_typed(text, size) == size) == (whole == size));
	match(text);
	free(text);
	return 0;
}
