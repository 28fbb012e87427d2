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

#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"

#define COLUMNS_MAX 32

struct layout {
	const char *verb;
	const char *keys;	/* in order; a key that no row has gets no column */
	const char *hidden;	/* not shown: other columns say it */
	const char *empty;	/* said when there are no rows */
};

static const struct layout layouts[] = {
	{ "list-vms", "name state units procs memory disk addresses image platform owner tenant system group console_name lease_end state_since", "units_text seen", "no VMs" },
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
	{ "units", "CPU" }, { "vms", "VMS" }, { "state_since", "SINCE" }, { "lease_end", "LEASE ENDS" }, { "first_boot", "FIRST BOOT" }, { "id", "JOB" },
	{ "before", "FIRST" }, { "t", "TIME" }, { "waits", "WAITS FOR" }, { "seq", "#" }, { "missing", "WHAT IS MISSING" }, { "options", "WOULD FIT WITH" }, { "max_lpars", "MAX" }, { "units_free", "CPU FREE" }, { "procs", "PROCS" },
};

struct column {
	const char    *key;
	char	       header[32];
	size_t	       width;	/* in columns of the terminal, as a cell's */
	enum text_unit unit;
	int	       is_number;
};

struct cell {
	char  *text;	/* NULL: out of memory, shown empty */
	size_t len, width;
};

struct table {
	struct column columns[COLUMNS_MAX];
	size_t	      n;
	struct cell  *cells;	/* row by row */
	size_t	      ncells;
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
	c->unit = text_unit_of(key);
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

static int
has_same_keys(json_t *a, json_t *b)
{
	void *i = json_object_iter(a), *j = json_object_iter(b);

	while (i != NULL && j != NULL && strcmp(json_object_iter_key(i), json_object_iter_key(j)) == 0) {
		i = json_object_iter_next(a, i);
		j = json_object_iter_next(b, j);
	}
	return i == NULL && j == NULL;
}

/* The rows whose keys are not those of the row before: the others bring no column.  A new array. */
static json_t *
rows_of_new_keys(const json_t *rows)
{
	json_t *some = json_array(), *row, *before = NULL;
	size_t	i;

	json_array_foreach(rows, i, row) {
		if (before == NULL || !has_same_keys(before, row))
			(void)json_array_append(some, row);
		before = row;
	}
	return some;
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

static void
fill_cell(struct column *c, struct cell *cell, const json_t *row)
{
	cell->text = text_in_unit(c->unit, c->key, json_object_get(row, c->key), row);
	if (cell->text == NULL)
		return;
	cell->len = strlen(cell->text);
	cell->width = terminal_columns(cell->text);
	if (cell->width > c->width)
		c->width = cell->width;
}

static int
fill(struct table *t, const json_t *rows)
{
	size_t	i;
	json_t *row;

	t->ncells = json_array_size(rows) * t->n;
	t->cells = calloc(t->ncells + 1, sizeof(*t->cells));
	if (t->cells == NULL)
		return -1;
	json_array_foreach(rows, i, row)
		for (size_t c = 0; c < t->n; c++)
			fill_cell(&t->columns[c], &t->cells[i * t->n + c], row);
	return 0;
}

static char *
blanks(char *p, size_t n)
{
	memset(p, ' ', n);
	return p + n;
}

/* Behind p there is room for the text, its column's width and two more bytes; the place behind what was written. */
static char *
write_cell(char *p, const struct column *c, const struct cell *cell, int is_last)
{
	size_t pad = c->width > cell->width ? c->width - cell->width : 0;

	if (c->is_number)
		p = blanks(p, pad);
	if (cell->len > 0)
		memcpy(p, cell->text, cell->len);
	p += cell->len;
	if (is_last) {
		*p = '\n';
		return p + 1;
	}
	return blanks(p, (c->is_number ? 0 : pad) + 2);
}

static char *
write_header(char *p, struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct column *c = &t->columns[i];
		struct cell    head = { .text = c->header, .len = strlen(c->header), .width = terminal_columns(c->header) };

		p = write_cell(p, c, &head, i + 1 == t->n);
	}
	return p;
}

/* As one piece: thousands of rows go out in few writes. */
static void
print(FILE *out, struct table *t)
{
	size_t room = 1;
	char  *text, *p;

	for (size_t i = 0; i < t->n; i++)
		room += (t->columns[i].width + 2) * (t->ncells / t->n + 1) + sizeof(t->columns[i].header);
	for (size_t i = 0; i < t->ncells; i++)
		room += t->cells[i].len;
	if ((text = malloc(room)) == NULL)
		return;
	p = write_header(text, t);
	for (size_t i = 0; i < t->ncells; i++)
		p = write_cell(p, &t->columns[i % t->n], &t->cells[i], (i + 1) % t->n == 0);
	(void)fwrite(text, 1, (size_t)(p - text), out);
	free(text);
}

void
render_table(FILE *out, const char *verb, const json_t *rows)
{
	const struct layout *l = layout_of(verb);
	struct table	     t = { .n = 0 };
	json_t		    *some;

	if (json_array_size(rows) == 0) {
		(void)fprintf(out, "%s\n", l->empty);
		return;
	}
	some = rows_of_new_keys(rows);
	choose_columns(&t, l, some);
	json_decref(some);
	if (fill(&t, rows) == -1)
		return;
	print(out, &t);
	for (size_t i = 0; i < t.ncells; i++)
		free(t.cells[i].text);
	free(t.cells);
}
