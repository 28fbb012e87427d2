/* SPDX-License-Identifier: ISC */
/*
 * render_show.c - an object as "key: value" lines, aligned; what is nested stands indented below its key.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"

#define LABEL_WIDTH 14
#define DEPTH_MAX 6	/* deeper is printed on one line */

static void show(FILE *out, const json_t *object, int depth);

static char *
label(const char *key)
{
	char *text = text_harmless(key, strlen(key));

	for (char *p = text; p != NULL && *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return text;
}

static size_t
widest(const json_t *object)
{
	size_t	    width = 0, n;
	const char *key;
	json_t	   *value;
	char	   *text;

	json_object_foreach((json_t *)object, key, value) {
		text = label(key);
		n = text != NULL ? terminal_columns(text) : 0;
		if (n > width)
			width = n;
		free(text);
	}
	return width;
}

static int
is_list_of_objects(const json_t *value)
{
	return json_array_size(value) > 0 && json_is_object(json_array_get(value, 0));
}

/* Several lines of an answer, each on its own. */
static int
is_long_text(const json_t *value)
{
	return json_is_string(value) && strchr(json_string_value(value), '\n') != NULL;
}

static void
show_lines(FILE *out, const char *text, int indent)
{
	size_t len;
	char  *line;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		line = text_harmless(text, len);
		(void)fprintf(out, "%*s%s\n", indent, "", line != NULL ? line : "");
		free(line);
	}
}

static void
show_member(FILE *out, const char *key, const json_t *value, const json_t *object, size_t width, int depth)
{
	char   *text = label(key);
	size_t	i;
	json_t *item;

	(void)fprintf(out, "%*s%s:", depth * 2, "", text != NULL ? text : "");
	if (depth < DEPTH_MAX && json_is_object(value) && json_object_size(value) > 0) {
		(void)fputc('\n', out);
		show(out, value, depth + 1);
	} else if (is_list_of_objects(value)) {
		(void)fputc('\n', out);
		json_array_foreach(value, i, item) {
			(void)fprintf(out, "%*s", depth * 2 + 2, "");
			render_cell(out, "", item, NULL);
			(void)fputc('\n', out);
		}
	} else if (is_long_text(value)) {
		(void)fputc('\n', out);
		show_lines(out, json_string_value(value), depth * 2 + 2);
	} else {
		(void)fprintf(out, "%*s ", (int)(width - (text != NULL ? terminal_columns(text) : 0)), "");
		render_cell(out, key, value, object);
		(void)fputc('\n', out);
	}
	free(text);
}

static void
show(FILE *out, const json_t *object, int depth)
{
	size_t	    width = widest(object);
	const char *key;
	json_t	   *value;

	json_object_foreach((json_t *)object, key, value)
		show_member(out, key, value, object, width, depth);
}

void
render_show(FILE *out, const json_t *object)
{
	show(out, object, 0);
}

void
render_label(FILE *out, const char *label)
{
	if (label[0] == '\n') {
		(void)fputc('\n', out);
		label++;
	}
	(void)fprintf(out, "%s:%*s", label, LABEL_WIDTH - 1 - (int)strlen(label), "");
}

void
render_rest(FILE *out, const json_t *object, const char *const *known)
{
	json_t *rest = json_copy((json_t *)object);

	for (; *known != NULL; known++)
		(void)json_object_del(rest, *known);
	render_show(out, rest);
	json_decref(rest);
}
