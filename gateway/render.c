/* SPDX-License-Identifier: ISC */
/*
 * render.c - a reply's value for people: which form it gets.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render.h"
#include "gateway/text.h"

void
render_cell(FILE *out, const char *key, const json_t *value, const json_t *row)
{
	char *text = text_of_value(key, value, row);

	(void)fputs(text != NULL ? text : "", out);
	free(text);
}

static int
is_table(const json_t *value)
{
	size_t	i;
	json_t *row;

	json_array_foreach(value, i, row)
		if (!json_is_object(row))
			return 0;
	return json_is_array(value);
}

void
render_value(FILE *out, const char *verb, const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return;
	if (strcmp(verb, "history") == 0 && is_table(value))
		render_history(out, value);
	else if (strcmp(verb, "transcript") == 0 && is_table(value))
		render_transcript(out, value);
	else if (is_table(value))
		render_table(out, verb, value);
	else if (json_is_object(value))
		render_show(out, value);
	else {
		render_cell(out, "", value, NULL);
		(void)fputc('\n', out);
	}
}
