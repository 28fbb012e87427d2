/* SPDX-License-Identifier: ISC */
/*
 * render_request.c - a request as its user would type it, from its verb and typed arguments.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/request/value.h"

/* One word: in quotes when a shell would split it. */
static void
word(FILE *out, const char *text)
{
	char	   *safe = text_harmless(text, strlen(text));
	const char *quote = text[0] == '\0' || strpbrk(text, " \t\"'$&;|<>()*?#") != NULL ? "'" : "";

	(void)fprintf(out, " %s%s%s", quote, safe != NULL ? safe : "", quote);
	free(safe);
}

static void
argument(FILE *out, const struct verb_arg *a, const json_t *value)
{
	char text[VALUE_TEXT_MAX];

	if (a->type == ARG_FLAG) {
		if (json_is_true(value))
			(void)fprintf(out, " --%s", a->name);
		return;
	}
	if (value_to_word(a, value, text, sizeof(text)) == -1)
		return;
	if (!(a->flags & ARG_POSITIONAL))
		(void)fprintf(out, " --%s", a->name);
	word(out, text);
}

char *
render_request(const char *verb, const json_t *args, const char *note, int is_plan)
{
	const struct verb *v = verb_find(verb);
	const json_t	  *value, *item;
	char		  *text = NULL;
	size_t		   size, i;
	FILE		  *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	word(out, verb);
	for (size_t k = 0; v != NULL && k < v->nargs; k++) {
		value = json_object_get(args, v->args[k].key);
		if (value != NULL && (v->args[k].flags & ARG_REPEAT)) {
			json_array_foreach(value, i, item)
				argument(out, &v->args[k], item);
		} else if (value != NULL) {
			argument(out, &v->args[k], value);
		}
	}
	if (note != NULL && note[0] != '\0') {
		(void)fputs(" --note", out);
		word(out, note);
	}
	if (is_plan)
		(void)fputs(" --plan", out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	memmove(text, text + 1, strlen(text));	/* the blank before the verb */
	return text;
}
