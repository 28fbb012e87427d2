/* SPDX-License-Identifier: ISC */
/*
 * export.c - an answer that is too long for one: asked for page by page, its lines written as they come.
 *
 * Nothing is kept of what was written.  Lines go out byte for byte, because a hash covers them; only on a terminal they
 * are made harmless.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/ask.h"
#include "gateway/gateway.h"
#include "gateway/render/text.h"
#include "spool/field.h"

static int
write_line(const json_t *line, int is_tty)
{
	const char *text = json_string_value(line);
	size_t	    len = json_string_length(line);
	char	   *safe;
	int	    rv;

	if (text == NULL)
		return -1;
	if (!is_tty)
		return fwrite(text, 1, len, stdout) == len && putchar('\n') != EOF ? 0 : -1;
	safe = text_harmless(text, len);
	rv = safe != NULL && puts(safe) != EOF ? 0 : -1;
	free(safe);
	return rv;
}

/* One page behind *after, which moves to its end.  1 = there may be more, 0 = that was all, -1 with *r. */
static int
next_page(const struct gateway *g, int64_t *after, int is_tty, struct response *r)
{
	json_t	     *msg = ask_new(g, "query"), *reply, *args = json_copy(g->req.args), *row;
	struct pd_err e;
	size_t	      i;

	(void)json_object_set_new(args, "after", json_integer(*after));
	(void)json_object_set_new(msg, "verb", json_string(g->req.verb->name));
	(void)json_object_set_new(msg, "args", args);
	if (ask_director(g, msg, ASK_LIMIT_MS, &reply, NULL, &e) == -1) {
		response_error(r, &e);
		return -1;
	}
	response_from_json(r, reply);
	json_decref(reply);
	if (r->status != 0)
		return -1;
	json_array_foreach(r->value, i, row) {
		if (field_number(row, "seq") <= *after || write_line(json_object_get(row, "line"), is_tty) == -1) {
			response_code(r, PD_IO, "the records behind %lld could not be written", (long long)*after);
			return -1;
		}
		*after = field_number(row, "seq");
	}
	return json_array_size(r->value) > 0;
}

void
gateway_export(struct gateway *g, struct response *r)
{
	const int is_tty = isatty(STDOUT_FILENO);
	int64_t	  after = json_integer_value(json_object_get(g->req.args, "after"));
	int	  rv;

	while ((rv = next_page(g, &after, is_tty, r)) == 1)
		response_clear(r);
	if (rv == -1)
		return;
	response_clear(r);
	r->is_told = 1;
}
