/* SPDX-License-Identifier: ISC */
/*
 * render_record.c - history, one line a record with the request in its user's words; a transcript as it would look on
 * the console.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"

#define TAB 8

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

static int
is_among(const char *const *keys, const char *key)
{
	for (; *keys != NULL; keys++)
		if (strcmp(*keys, key) == 0)
			return 1;
	return 0;
}

static void
pairs(FILE *out, const json_t *object, const char *const *known)
{
	const char *key;
	json_t	   *value;

	json_object_foreach((json_t *)object, key, value)
		if (!is_among(known, key))
			pair(out, key, value, object);
}

/* The request in the words of its user where the record has it, else the verb and what it concerned. */
static void
request(FILE *out, const json_t *r, const json_t *what)
{
	const char *verb = render_string(r, "verb"), *vm = render_string(r, "vm");
	int	    is_plan = json_is_true(json_object_get(what, "plan"));
	char	   *text;

	if (json_is_object(json_object_get(what, "args"))) {
		text = render_request(verb, json_object_get(what, "args"), render_string(what, "note"), is_plan);
		(void)fputs(text != NULL ? text : "", out);
	} else {
		text = text_harmless(verb, strlen(verb));
		(void)fprintf(out, "%s%s", text != NULL ? text : "", vm[0] != '\0' ? " " : "");
		free(text);
		text = text_harmless(vm, strlen(vm));
		(void)fprintf(out, "%s%s", text != NULL ? text : "", is_plan ? " --plan" : "");
	}
	free(text);
}

/* What is evidence only (rule, line, source, hashes) and what the request says stays in --json. */
static char *
details(const json_t *r)
{
	static const char *const in_record[] = { "t", "seq", "event", "user", "tenant", "verb", "vm", "job", "what",
		"hash", NULL };
	static const char *const in_what[] = { "args", "note", "plan", "code", "message", "journal", "rule", "line",
		"source", "attempt", "policy", "commands", NULL };
	const json_t *what = json_object_get(r, "what");
	const char   *message = render_string(what, "message"), *verb = render_string(r, "verb");
	int	      says_verb = verb[0] != '\0' && strncmp(message, verb, strlen(verb)) == 0;
	char	     *text = NULL, *safe = text_harmless(message, strlen(message));
	size_t	      size;
	FILE	     *out = open_memstream(&text, &size);

	if (out != NULL) {
		if (!says_verb)
			request(out, r, what);
		if (message[0] != '\0')
			(void)fprintf(out, "%s%s", says_verb || verb[0] == '\0' ? "" : ": ", safe != NULL ? safe : "");
		if (json_array_size(json_object_get(what, "commands")) > 0)
			(void)fprintf(out, "  commands=%zu", json_array_size(json_object_get(what, "commands")));
		if (json_integer_value(json_object_get(what, "attempt")) > 1)
			pair(out, "attempt", json_object_get(what, "attempt"), what);
		pairs(out, r, in_record);
		pairs(out, what, in_what);
		if (fclose(out) != 0) {
			free(text);
			text = NULL;
		}
	}
	free(safe);
	return text;
}

void
render_history(FILE *out, const json_t *records)
{
	json_t *rows = json_array(), *r, *row;
	size_t	i;
	char   *text;

	json_array_foreach(records, i, r) {
		row = json_object();
		json_object_set(row, "t", json_object_get(r, "t"));
		json_object_set(row, "seq", json_object_get(r, "seq"));
		json_object_set(row, "user", json_object_get(r, "user"));
		json_object_set(row, "event", json_object_get(r, "event"));
		json_object_set(row, "job", json_object_get(r, "job"));
		text = details(r);
		json_object_set_new(row, "what", json_string(text != NULL ? text + strspn(text, " ") : ""));
		free(text);
		json_array_append_new(rows, row);
	}
	render_table(out, "history", rows);
	json_decref(rows);
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

/* "2027-03-01T09:00:00Z, step disk, run, 12 ms" */
static void
heading(FILE *out, const json_t *entry)
{
	const json_t *ms = json_object_get(entry, "ms");

	(void)fputs("# ", out);
	if (json_object_get(entry, "t") != NULL) {
		render_cell(out, "t", json_object_get(entry, "t"), entry);
		(void)fputs("  ", out);
	}
	render_cell(out, "step", json_object_get(entry, "step"), entry);
	if (json_object_get(entry, "part") != NULL) {
		(void)fputs(", ", out);
		render_cell(out, "part", json_object_get(entry, "part"), entry);
	}
	if (json_is_number(ms))
		(void)fprintf(out, ", %.1f ms", json_number_value(ms));
	(void)fputc('\n', out);
}

/* Nothing is said of a command that went well. */
static void
outcome(FILE *out, const json_t *entry)
{
	static const char *const known[] = { "t", "step", "i", "part", "as", "command", "status", "out", "err", "ms",
		NULL };
	const json_t *status = json_object_get(entry, "status");
	char	     *text = NULL;
	size_t	      size;
	FILE	     *more;

	if (json_is_integer(status) && json_integer_value(status) != 0)
		(void)fprintf(out, "  -> exit status %lld\n", (long long)json_integer_value(status));
	else if (!json_is_integer(status) && json_object_get(entry, "signal") == NULL &&
	    json_object_get(entry, "lost") == NULL)
		(void)fputs("  -> no answer\n", out);
	if ((more = open_memstream(&text, &size)) == NULL)
		return;
	pairs(more, entry, known);
	if (fclose(more) == 0 && text[0] != '\0')
		(void)fprintf(out, "  ->%s\n", text + 1);
	free(text);
}

static void
one_entry(FILE *out, const json_t *entry)
{
	char *command = text_harmless(render_string(entry, "command"), strlen(render_string(entry, "command")));
	char  prompt[TEXT_PROMPT_MAX];

	heading(out, entry);
	(void)fprintf(out, "%s %s\n", text_prompt(render_string(entry, "as"), prompt), command != NULL ? command : "");
	free(command);
	lines(out, "    ", render_string(entry, "out"));
	lines(out, "  ! ", render_string(entry, "err"));
	outcome(out, entry);
}

void
render_transcript(FILE *out, const json_t *entries)
{
	size_t	i;
	json_t *entry;

	json_array_foreach(entries, i, entry) {
		if (i > 0)
			(void)fputc('\n', out);
		one_entry(out, entry);
	}
}
