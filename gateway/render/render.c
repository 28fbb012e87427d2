/* SPDX-License-Identifier: ISC */
/*
 * render.c - a reply's value for people: which form it gets.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/verbs.h"

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

const char *
render_string(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

/* Verbs with a form of their own; is_list says for which shape of value. */
static const struct {
	const char *verb;
	int	    is_list;
	void	  (*render)(FILE *out, const json_t *value);
} forms[] = {
	{ "history", 1, render_history }, { "transcript", 1, render_transcript }, { "quota", 1, render_quota },
	{ "drift", 0, render_drift }, { "why", 0, render_why }, { "show-vm", 0, render_vm }, { "show-job", 0, render_job }, { "whoami", 0, render_whoami },
};

/* Verbs whose message says what became of it; the value is for programs. */
static int
is_told_by_message(const char *verb)
{
	const struct verb *v = verb_find(verb);
	const char	  *last = strrchr(verb, '-');

	return v != NULL && (v->kind == VERB_JOB || v->kind == VERB_RECORD || v->kind == VERB_FOLLOW ||
	    strcmp(verb, "verify-history") == 0 || (last != NULL && strcmp(last, "-job") == 0));
}

void
render_value(FILE *out, const char *verb, const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].verb, verb) == 0 && json_array_size(value) + json_object_size(value) > 0 &&
		    (forms[i].is_list ? is_table(value) : json_is_object(value))) {
			forms[i].render(out, value);
			return;
		}
	if (is_table(value))
		render_table(out, verb, value);
	else if (json_is_object(value) && is_told_by_message(verb))
		render_result(out, value);
	else if (json_is_object(value))
		render_show(out, value);
	else {
		render_cell(out, "", value, NULL);
		(void)fputc('\n', out);
	}
}

void
render_list(FILE *out, const char *verb, const char *text, size_t len)
{
	int	has_form = 0;
	json_t *value;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		has_form |= forms[i].is_list && strcmp(forms[i].verb, verb) == 0;
	if (!has_form && render_table_text(out, verb, text, len) == 0)
		return;
	value = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	render_value(out, verb, value);
	json_decref(value);
}
