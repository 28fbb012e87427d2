/* SPDX-License-Identifier: ISC */
/*
 * render_job.c - show-job, and what beside its message is shown of a finished job.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"

static const char *const known[] = { "id", "verb", "user", "tenant", "platform", "vm", "state", "plan", "code", "exit",
	"message", "submitted", "started", "finished", "args", "value", "note", "once", "source", "origin", "attempts",
	"cancel", "position", "waits", "reason", "history", NULL };

static void
line(FILE *out, const char *label, const json_t *job, const char *key)
{
	const json_t *value = json_object_get(job, key);

	if (value == NULL || (json_is_string(value) && json_string_length(value) == 0))
		return;
	render_label(out, label);
	render_cell(out, key, value, job);
	(void)fputc('\n', out);
}

static void
request(FILE *out, const json_t *job)
{
	char *text = render_request(render_string(job, "verb"), json_object_get(job, "args"),
	    render_string(job, "note"), json_is_true(json_object_get(job, "plan")));

	render_label(out, "request");
	(void)fprintf(out, "%s\n", text != NULL ? text : "");
	free(text);
}

/* "alice, tenant blue, from 127.0.0.1 with a key" */
static void
user(FILE *out, const json_t *job)
{
	render_label(out, "user");
	render_cell(out, "user", json_object_get(job, "user"), job);
	if (render_string(job, "tenant")[0] != '\0') {
		(void)fputs(", tenant ", out);
		render_cell(out, "tenant", json_object_get(job, "tenant"), job);
	}
	if (render_string(job, "source")[0] != '\0') {
		(void)fputs(", from ", out);
		render_cell(out, "source", json_object_get(job, "source"), job);
	}
	(void)fputc('\n', out);
}

static void
state(FILE *out, const json_t *job)
{
	const char *code = render_string(job, "code");
	long long   attempts = json_integer_value(json_object_get(job, "attempts"));

	render_label(out, "state");
	render_cell(out, "state", json_object_get(job, "state"), job);
	if (json_is_true(json_object_get(job, "cancel")) && strcmp(render_string(job, "state"), "cancelled") != 0)
		(void)fputs(", is being cancelled", out);
	if (json_object_get(job, "finished") != NULL && code[0] != '\0' && strcmp(code, "OK") != 0) {
		(void)fputs(", ", out);
		render_cell(out, "code", json_object_get(job, "code"), job);
	}
	if (attempts > 1)
		(void)fprintf(out, ", attempt %lld", attempts);
	(void)fputc('\n', out);
}

void
render_job(FILE *out, const json_t *job)
{
	line(out, "job", job, "id");
	request(out, job);
	user(out, job);
	state(out, job);
	line(out, "result", job, "message");
	line(out, "place", job, "position");
	line(out, "waits for", job, "waits");
	line(out, "platform", job, "platform");
	line(out, "VM", job, "vm");
	line(out, "once key", job, "once");
	line(out, "submitted", job, "submitted");
	line(out, "started", job, "started");
	line(out, "finished", job, "finished");
	render_rest(out, job, known);
}

/* LVPOOL and FBPOOL are the console's words. */
static const char *
kind_text(const char *kind)
{
	if (strcmp(kind, "LVPOOL") == 0)
		return "volumes";
	return strcmp(kind, "FBPOOL") == 0 ? "files" : kind;
}

static void
pools(FILE *out, const json_t *facts)
{
	json_t *rows = json_array(), *pool, *row;
	size_t	i;

	json_array_foreach(json_object_get(facts, "pools"), i, pool) {
		row = json_object();
		json_object_set(row, "pool", json_object_get(pool, "name"));
		json_object_set_new(row, "holds", json_string(kind_text(render_string(pool, "kind"))));
		json_object_set(row, "size", json_object_get(pool, "size"));
		json_object_set(row, "free", json_object_get(pool, "free"));
		json_array_append_new(rows, row);
	}
	if (json_array_size(rows) > 0)
		render_table(out, "storage pools", rows);
	json_decref(rows);
}

static void
orphans(FILE *out, const json_t *list)
{
	if (json_array_size(list) > 0)
		render_table(out, "orphans", list);
}

/* A platform that was asked shows its pools, and what no VM owns; of everything else the message is the result. */
void
render_result(FILE *out, const json_t *value)
{
	const json_t *facts = json_object_get(value, "facts");

	if (json_is_object(facts))
		pools(out, facts);
	orphans(out, json_object_get(value, "orphans"));
}
