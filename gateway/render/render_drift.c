/* SPDX-License-Identifier: ISC */
/*
 * render_drift.c - drift: what differs, what could not be compared, what is nobody's, and what brings it back.
 */
#include "gateway/render/render.h"

static void
table(FILE *out, const char *layout, const json_t *rows, int *is_first)
{
	if (json_array_size(rows) == 0)
		return;
	if (!*is_first)
		(void)fputc('\n', out);
	*is_first = 0;
	render_table(out, layout, rows);
}

static void
lines(FILE *out, const char *title, const json_t *list)
{
	const json_t *request;
	size_t	      i;

	if (json_array_size(list) > 0)
		(void)fputs(title, out);
	json_array_foreach(list, i, request) {
		(void)fputs("    ", out);
		render_cell(out, "request", request, NULL);
		(void)fputc('\n', out);
	}
}

void
render_drift(FILE *out, const json_t *value)
{
	int is_first = 1;

	table(out, "drift", json_object_get(value, "differences"), &is_first);
	table(out, "not compared", json_object_get(value, "not_compared"), &is_first);
	table(out, "partitions", json_object_get(value, "partitions"), &is_first);
	/* Fit to be copied behind "ssh HOST", or to be given to batch. */
	lines(out, "\nThis brings back what a request can bring back:\n", json_object_get(value, "repair"));
	lines(out, "\nThis an administrator does:\n", json_object_get(value, "by_hand"));
}
