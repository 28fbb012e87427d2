/* SPDX-License-Identifier: ISC */
/*
 * render_record.c - history, one line a record; a transcript as it would look on the console.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render.h"
#include "gateway/terminal.h"
#include "gateway/text.h"

#define TAB 8

static const char *
string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

/* key=value, in quotes when it has blanks; what is empty is left out. */
static void
pair(FILE *out, const char *key, const json_t *value, const json_t *row)
{
	char	   *text = text_of_value(key, value, row), *name = text_harmless(key, strlen(key));
	const char *quote = text != NULL && strchr(text, ' ') != NULL ? "\"" : "";

	if (text != NULL && name != NULL && text[0] != '\0' && strcmp(text, "-") != 0)
		(void)fprintf(out, "  %s=%s%s%s", name, quote, text, quote);
	free(text);
	free(name);
}

/* The members of "what" and, within it, of the request's arguments stand on the line like the record's own. */
static void
pairs(FILE *out, const json_t *object, int depth)
{
	const char *key;
	json_t	   *value;

	json_object_foreach((json_t *)object, key, value) {
		if (json_is_object(value) && depth < 2 && (strcmp(key, "what") == 0 || strcmp(key, "args") == 0))
			pairs(out, value, depth + 1);
		else
			pair(out, key, value, object);
	}
}

static void
one_record(FILE *out, const json_t *r)
{
	/* hash is for verify-history and --json: 64 characters that no person reads */
	static const char *const first[] = { "user", "verb", "vm", "job" }, *const said[] = { "t", "seq", "event", "hash" };
	json_t			*rest = json_copy((json_t *)r);

	render_cell(out, "t", json_object_get(r, "t"), r);
	(void)fputs("  #", out);
	render_cell(out, "seq", json_object_get(r, "seq"), r);
	(void)fputs("  ", out);
	render_cell(out, "event", json_object_get(r, "event"), r);
	for (size_t k = 0; k < sizeof(first) / sizeof(first[0]); k++) {
		pair(out, first[k], json_object_get(r, first[k]), r);
		json_object_del(rest, first[k]);
		json_object_del(rest, said[k]);
	}
	pairs(out, rest, 0);
	(void)fputc('\n', out);
	json_decref(rest);
}

void
render_history(FILE *out, const json_t *records)
{
	size_t	i;
	json_t *r;

	if (json_array_size(records) == 0)
		(void)fputs("no history\n", out);
	json_array_foreach(records, i, r)
		one_record(out, r);
}

/* Tabs become blanks: they are harmless, and columns stay columns. */
static void
expand_tabs(FILE *out, const char *line, size_t len)
{
	size_t column = 0, n;
	char  *text;

	while (len > 0) {
		for (n = 0; n < len && line[n] != '\t'; n++)
			;
		text = text_harmless(line, n);
		(void)fputs(text != NULL ? text : "", out);
		column += text != NULL ? terminal_columns(text) : 0;
		free(text);
		if (n < len) {
			(void)fprintf(out, "%*s", (int)(TAB - column % TAB), "");
			column += TAB - column % TAB;
			n++;
		}
		line += n;
		len -= n;
	}
}

static void
lines(FILE *out, const char *mark, const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		(void)fputs(mark, out);
		expand_tabs(out, text, len > 0 && text[len - 1] == '\r' ? len - 1 : len);
		(void)fputc('\n', out);
	}
}

static void
one_entry(FILE *out, const json_t *entry)
{
	char	   *command = text_harmless(string_of(entry, "command"), strlen(string_of(entry, "command")));
	const char *key;
	json_t	   *value;

	(void)fprintf(out, "%s %s\n", strcmp(string_of(entry, "as"), "root") == 0 ? "root#" : "padmin$",
	    command != NULL ? command : "");
	free(command);
	lines(out, "    ", string_of(entry, "out"));
	lines(out, "  ! ", string_of(entry, "err"));
	(void)fputs("  ->", out);
	json_object_foreach((json_t *)entry, key, value)
		if (strcmp(key, "command") != 0 && strcmp(key, "as") != 0 && strcmp(key, "out") != 0 && strcmp(key, "err") != 0)
			pair(out, key, value, entry);
	(void)fputs("\n", out);
}

void
render_transcript(FILE *out, const json_t *entries)
{
	size_t	i;
	json_t *entry;

	if (json_array_size(entries) == 0)
		(void)fputs("no commands\n", out);
	json_array_foreach(entries, i, entry) {
		if (i > 0)
			(void)fputc('\n', out);
		one_entry(out, entry);
	}
}
