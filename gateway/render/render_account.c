/* SPDX-License-Identifier: ISC */
/*
 * render_account.c - quota and whoami.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"

static const struct {
	const char *key, *name, *one;
} amounts[] = {
	{ "vms", "VMs", "VM" }, { "units", "processing units", "processing units" },
	{ "procs", "virtual processors", "virtual processor" }, { "memory", "memory", "memory" }, { "disk", "disk", "disk" },
	{ "jobs", "unfinished jobs", "unfinished job" },
};
#define NAMOUNTS (sizeof(amounts) / sizeof(amounts[0]))

static const char *
amount_name(const char *key)
{
	for (size_t i = 0; i < NAMOUNTS; i++)
		if (strcmp(amounts[i].key, key) == 0)
			return amounts[i].name;
	return key;
}

static json_t *
quota_row(const json_t *row, const char *before)
{
	const json_t *used = json_object_get(row, "used"), *limit = json_object_get(row, "limit");
	const char   *whose = render_string(row, "whose");
	json_t	     *shown = json_object();

	json_object_set_new(shown, "whose", json_string(strcmp(whose, before) == 0 ? "" : whose));
	json_object_set_new(shown, "what", json_string(amount_name(render_string(row, "what"))));
	json_object_set(shown, "used", json_object_get(row, "used"));
	json_object_set(shown, "limit", json_object_get(row, "limit"));
	if (json_is_integer(used) && json_is_integer(limit) && json_integer_value(limit) >= 0)
		json_object_set_new(shown, "left", json_integer(json_integer_value(limit) > json_integer_value(used) ?
		    json_integer_value(limit) - json_integer_value(used) : 0));
	json_object_set(shown, "unit", json_object_get(row, "unit"));
	return shown;
}

/* The name of whose figures they are stands on the first line of each block only. */
void
render_quota(FILE *out, const json_t *rows)
{
	json_t	   *shown = json_array(), *row;
	const char *before = "";
	size_t	    i;

	json_array_foreach(rows, i, row) {
		json_array_append_new(shown, quota_row(row, before));
		before = render_string(row, "whose");
	}
	render_table(out, "quota", shown);
	json_decref(shown);
}

/* "4 VMs, 2.00 processing units, 8G memory"; "unlimited". */
static void
limits(FILE *out, const char *label, const json_t *who, const char *key, const char *first)
{
	const json_t *o = json_object_get(who, key), *n;
	const char   *before = first;
	char	     *text;

	render_label(out, label);
	if (json_object_size(o) == 0)
		(void)fputs("unlimited", out);
	for (size_t i = 0; i < NAMOUNTS; i++) {
		if ((n = json_object_get(o, amounts[i].key)) == NULL)
			continue;
		text = text_of_value(amounts[i].key, n, o);
		(void)fprintf(out, "%s%s %s", before, text != NULL ? text : "?",
		    json_integer_value(n) == 1 ? amounts[i].one : amounts[i].name);
		before = ", ";
		free(text);
	}
	(void)fputc('\n', out);
}

void
render_whoami(FILE *out, const json_t *who)
{
	static const char *const known[] = { "user", "tenant", "role", "identified_by", "from", "vms_and_jobs_seen",
		"tenant_may_use", "you_may_use", "one_vm_may_use", "commands", NULL };

	render_label(out, "user");
	render_cell(out, "user", json_object_get(who, "user"), who);
	render_label(out, "\ntenant");
	render_cell(out, "tenant", json_object_get(who, "tenant"), who);
	render_label(out, "\nrole");
	render_cell(out, "role", json_object_get(who, "role"), who);
	(void)fputs("; you see ", out);
	render_cell(out, "", json_object_get(who, "vms_and_jobs_seen"), who);
	(void)fputs(" VMs and jobs", out);
	render_label(out, "\nknown by");
	(void)fputs(strcmp(render_string(who, "identified_by"), "key") == 0 ? "your SSH key, from " : "your account, from ", out);
	render_cell(out, "from", json_object_get(who, "from"), who);
	(void)fputc('\n', out);
	limits(out, "tenant quota", who, "tenant_may_use", "");
	limits(out, "your quota", who, "you_may_use", "");
	limits(out, "each VM", who, "one_vm_may_use", "at most ");
	render_rest(out, who, known);
}
