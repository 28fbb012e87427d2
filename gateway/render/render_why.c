/* SPDX-License-Identifier: ISC */
/*
 * render_why.c - why: one line for each system that was looked at.
 */
#include "gateway/render/render.h"

void
render_why(FILE *out, const json_t *decision)
{
	const json_t *change = json_object_get(decision, "change");

	render_table(out, "why", json_object_get(decision, "systems"));
	if (change != NULL)
		(void)fprintf(out, "\nIt would fit on %s %s.\n", render_string(change, "system"),
		    render_string(change, "options"));
}
