/* SPDX-License-Identifier: ISC */
/*
 * fuzz_history.c - any bytes as lines of an archive of the history, and as an archive's name.  A line that is one comes back byte for byte when
 * it is made again from what was read; a name that is one is the only way to write its two numbers.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/history/history_line.h"
#include "spool/history/history_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_line(const char *text, size_t len)
{
	struct history_line line;
	char		   *line_only = malloc(len > 0 ? len : 1), *again;

	if (line_only == NULL)
		abort();
	if (len > 0)
		memcpy(line_only, text, len);	/* so that a read behind it is seen */
	if (history_line_parse(line_only, len, &line, NULL) == 0) {
		again = malloc(HISTORY_LINE_MAX);
		if (again == NULL)
			abort();
		assert(line.len <= HISTORY_RECORD_MAX && line.text[0] == '{');
		assert(history_line_make(again, line.hash, line.text, line.len) == len + 1);
		assert(memcmp(again, line_only, len) == 0 && again[len] == '\n');
		free(again);
	}
	free(line_only);
}

static void
check_name(const char *name)
{
	char	again[ARCHIVE_NAME_MAX];
	int64_t first, last;

	if (!archive_name_parse(name, &first, &last))
		return;
	assert(first >= 1 && last >= first);
	(void)snprintf(again, sizeof(again), ARCHIVE_NAME_FMT, (long long)first, (long long)last);
	assert(strcmp(again, name) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	const char *line, *end;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_name(text);
	for (line = text; (end = memchr(line, '\n', size - (size_t)(line - text))) != NULL; line = end + 1)
		check_line(line, (size_t)(end - line));
	check_line(line, size - (size_t)(line - text));
	free(text);
	return 0;
}
