/* SPDX-License-Identifier: ISC */
/*
 * render_table.c - an array of objects as columns.
 *
 * The layouts name the order of the columns and their headers; keys that they do not know follow
 * behind.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render.h"
#include "gateway/terminal.h"
#include "gateway/text.h"

#define COLUMNS_MAX 32

struct layout {
	const char *verb;
	const char *keys;	/* in order; a key that no row has gets no column */
	const char *hidden;	/* not shown: other columns say it */
	const char *empty;	/* said when there are no rows */
};

static const struct layout layouts[] = {
	{ "list-vms", "name state units procs memory disk addresses image platform owner tenant system group console_name state_since", "units_text seen", "no VMs" },
	{ "list-images", "name os size first_boot platform description", "", "no images" },
	{ "list-jobs", "id verb vm user state submitted message waits", "tenant platform started finished plan code exit reason", "no jobs" },
	{ "batch", "line job command code message", "value exit v", "no requests" },
	{ "list-platforms", "name kind address level state since next vms jobs queued registered drained why", "", "no platforms" },
	{ "list-systems", "name platform ident level state memory memory_free units units_free partitions max_lpars seen drained since next why", "", "no systems" },
	{ "why", "system fits memory_free units_free partitions_free down missing options", "platform left_permille", "no systems" },
	{ "quota", "whose what used limit left", "unit used_text limit_text", "no quota" },
	{ "history", "t seq user event job what", "", "no history" },
	{ "transcript", "", "", "no commands" },
	{ "disks of a VM", "disk size pool backing_device", "", "no disks" },
	{ "disks that a VM keeps", "kept size pool", "", "no disks" },
	{ "fibre channel of a VM", "fc vios port wwpn second_wwpn", "", "no Fibre Channel adapters" },
	{ "networks of a VM", "adapter network vlan address gateway mac", "", "no networks" },
	{ "drift", "vm what wanted found", "repair", "no drift" },
	{ "not compared", "vm why", "", "nothing" },
	{ "partitions", "name id state system platform", "", "no partitions" },
	{ "orphans", "kind name system vios removed origin vm job why as before command", "platform pool tag state", "nothing" },
	{ "storage pools", "pool holds size free", "", "no storage pools" },
};
static const struct layout other = { "", "name id", "", "nothing" };

/* Headers that are not the key in capitals. */
static const struct {
	const char *key, *header;
} headers[] = {
	{ "units", "CPU" }, { "vms", "VMS" }, { "state_since", "SINCE" }, { "first_boot", "FIRST BOOT" }, { "id", "JOB" },
	{ "before", "FIRST" }, { "t", "TIME" }, { "waits", "WAITS FOR" }, { "seq", "#" }, { "missing", "WHAT IS MISSING" }, { "options", "WOULD FIT WITH" }, { "max_lpars", "MAX" }, { "units_free", "CPU FREE" }, { "procs", "PROCS" },
};

struct column {
	const char *key;
	char	    header[32];
	size_t	    width;
	int	    is_number;
};

struct table {
	struct column columns[COLUMNS_MAX];
	size_t	      n;
	char	    **cells;	/* row by row */
};

static const struct layout *
layout_of(const char *verb)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (strcmp(layouts[i].verb, verb) == 0)
			return &layouts[i];
	return &other;
}

static int
has_word(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (; *words != '\0'; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (n == len && memcmp(words, word, n) == 0)
			return 1;
	}
	return 0;
}

static void
set_header(struct column *c)
{
	char *safe;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (strcmp(headers[i].key, c->key) == 0) {
			(void)snprintf(c->header, sizeof(c->header), "%s", headers[i].header);
			return;
		}
	safe = text_harmless(c->key, strlen(c->key));
	(void)snprintf(c->header, sizeof(c->header), "%.31s", safe != NULL ? safe : "");
	free(safe);
	for (char *p = c->header; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : (char)toupper((unsigned char)*p);
}

static void
add_column(struct table *t, const char *key, const json_t *sample)
{
	struct column *c;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->columns[i].key, key) == 0)
			return;
	if (t->n == COLUMNS_MAX)
		return;
	c = &t->columns[t->n++];
	memset(c, 0, sizeof(*c));
	c->key = key;
	c->is_number = text_is_number(key, sample);
	set_header(c);
	c->width = terminal_columns(c->header);
}

/* The key as it stands in some row, so that it lives as long as the rows. */
static const char *
key_in_rows(const json_t *rows, const char *word, size_t len, const json_t **sample)
{
	size_t	    i;
	const char *key;
	json_t	   *row, *value;

	json_array_foreach(rows, i, row)
		json_object_foreach(row, key, value)
			if (strlen(key) == len && memcmp(key, word, len) == 0) {
				*sample = value;
				return key;
			}
	return NULL;
}

static void
choose_columns(struct table *t, const struct layout *l, const json_t *rows)
{
	const char   *p, *key;
	size_t	      n, i;
	json_t	     *row, *value;
	const json_t *sample = NULL;

	for (p = l->keys; *p != '\0'; p += n + (p[n] == ' ')) {
		n = strcspn(p, " ");
		if ((key = key_in_rows(rows, p, n, &sample)) != NULL)
			add_column(t, key, sample);
	}
	json_array_foreach(rows, i, row)
		json_object_foreach(row, key, value)
			if (!has_word(l->hidden, key))
				add_column(t, key, value);
}

static int
fill(struct table *t, const json_t *rows)
{
	size_t	i, width;
	json_t *row;
	char   *text;

	t->cells = calloc(json_array_size(rows) * t->n + 1, sizeof(*t->cells));
	if (t->cells == NULL)
		return -1;
	json_array_foreach(rows, i, row)
		for (size_t c = 0; c < t->n; c++) {
			text = text_of_value(t->columns[c].key, json_object_get(row, t->columns[c].key), row);
			t->cells[i * t->n + c] = text;
			width = text != NULL ? terminal_columns(text) : 0;
			if (width > t->columns[c].width)
				t->columns[c].width = width;
		}
	return 0;
}

static void
print_cell(FILE *out, const struct column *c, const char *text, int is_last)
{
	size_t used = terminal_columns(text), pad = c->width > used ? c->width - used : 0;

	if (c->is_number)
		(void)fprintf(out, "%*s%s", (int)pad, "", text);
	else
		(void)fprintf(out, "%s%*s", text, is_last ? 0 : (int)pad, "");
	(void)fputs(is_last ? "\n" : "  ", out);
}

void
render_table(FILE *out, const char *verb, const json_t *rows)
{
	const struct layout *l = layout_of(verb);
	struct table	     t = { .n = 0 };
	const char	    *text;

	if (json_array_size(rows) == 0) {
		(void)fprintf(out, "%s\n", l->empty);
		return;
	}
	choose_columns(&t, l, rows);
	if (fill(&t, rows) == -1)
		return;
	for (size_t c = 0; c < t.n; c++)
		print_cell(out, &t.columns[c], t.columns[c].header, c + 1 == t.n);
	for (size_t i = 0; i < json_array_size(rows) * t.n; i++) {
		text = t.cells[i] != NULL ? t.cells[i] : "";
		print_cell(out, &t.columns[i % t.n], text, (i + 1) % t.n == 0);
		free(t.cells[i]);
	}
	free(t.cells);
}
