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

#include "gateway/render/cell.h"
#include "gateway/render/list_rows.h"
#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"
#include "spool/json_bytes.h"

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
	{ "drift", "vm what wanted found", "repair by_hand", "no drift" },
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
	char	      *key;
	char	       header[32];
	size_t	       width;	/* in columns of the terminal, as a cell's */
	enum text_unit unit;
	int	       is_number;
	struct cell    absent;	/* what a row shows that has no such key */
	struct cell    last;	/* the one above, and the value that it shows: alike values have one text */
	struct json_piece value;
	const struct list_row *row;	/* that has its cell: of a key that stands twice the first value counts */
};

struct table {
	const struct list_rows *rows;
	struct column columns[COLUMNS_MAX];
	size_t	      n;
	int	      column_of[LIST_KEYS_MAX];	/* -1: it has none */
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
has_word(const char *words, struct json_piece word)
{
	size_t n;

	for (; *words != '\0'; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (n == word.len && memcmp(words, word.p, n) == 0)
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

/* The key as it is meant, not as it is written. */
static char *
decoded(struct json_piece key)
{
	json_t *string = cell_value((struct json_piece){ key.p - 1, key.len + 2 });
	char   *text = string != NULL ? strdup(json_string_value(string)) : NULL;

	json_decref(string);
	return text;
}

static void
add_column(struct table *t, size_t key)
{
	static const struct json_piece none = { .p = "" };
	struct column *c = &t->columns[t->n];
	json_t	      *sample;

	if (t->column_of[key] != -1 || t->n == COLUMNS_MAX || (c->key = decoded(t->rows->keys[key])) == NULL)
		return;
	t->column_of[key] = (int)t->n++;
	c->unit = text_unit_of(c->key);
	sample = cell_value(t->rows->samples[key]);
	c->is_number = text_is_number(c->key, sample);
	json_decref(sample);
	c->absent = cell_make(c->unit == UNIT_BY_ROW ? UNIT_NONE : c->unit, c->key, none, none);
	set_header(c);
	c->width = terminal_columns(c->header);
}

/* Those that the layout names, in its order; then the others, but what is hidden. */
static void
choose_columns(struct table *t, const struct layout *l)
{
	const struct list_rows *rows = t->rows;
	size_t			n;

	for (size_t i = 0; i < LIST_KEYS_MAX; i++)
		t->column_of[i] = -1;
	for (const char *p = l->keys; *p != '\0'; p += n + (p[n] == ' ')) {
		n = strcspn(p, " ");
		for (size_t i = 0; i < rows->nkeys; i++)
			if (rows->keys[i].len == n && memcmp(rows->keys[i].p, p, n) == 0)
				add_column(t, i);
	}
	for (size_t i = 0; i < rows->nkeys; i++)
		if (!has_word(l->hidden, rows->keys[i]))
			add_column(t, i);
}

static void
fill_cell(struct column *c, struct cell *cell, struct json_piece value, struct json_piece row)
{
	if (c->unit != UNIT_BY_ROW && c->value.len == value.len && memcmp(c->value.p, value.p, value.len) == 0) {
		*cell = c->last;
		cell->owned = NULL;	/* the other one's */
		return;
	}
	*cell = cell_make(c->unit, c->key, value, row);
	c->last = *cell;
	c->value = value;
}

static void
fill_row(struct table *t, const struct list_row *row, struct cell *cells)
{
	const char *text = t->rows->text;

	for (size_t i = 0; i < t->n; i++) {
		cells[i] = t->columns[i].absent;
		cells[i].owned = NULL;
	}
	for (size_t i = row->first; i < row->end; i++) {
		const struct list_member *m = &t->rows->members[i];
		int			  at = t->column_of[m->key];

		if (at == -1 || t->columns[at].row == row)
			continue;
		t->columns[at].row = row;
		fill_cell(&t->columns[at], &cells[at], (struct json_piece){ text + m->at, m->len }, (struct json_piece){ text + row->at, row->len });
	}
	for (size_t i = 0; i < t->n; i++)
		if (cells[i].width > t->columns[i].width)
			t->columns[i].width = cells[i].width;
}

static int
fill(struct table *t)
{
	t->ncells = t->rows->nrows * t->n;
	t->cells = calloc(t->ncells + 1, sizeof(*t->cells));
	if (t->cells == NULL)
		return -1;
	for (size_t i = 0; i < t->rows->nrows; i++)
		fill_row(t, &t->rows->rows[i], &t->cells[i * t->n]);
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
		struct cell    head = { .text = c->header, .len = (uint32_t)strlen(c->header), .width = (uint32_t)terminal_columns(c->header) };

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

static void
free_table(struct table *t)
{
	for (size_t i = 0; t->cells != NULL && i < t->ncells; i++)
		free(t->cells[i].owned);
	free(t->cells);
	for (size_t i = 0; i < t->n; i++) {
		free(t->columns[i].key);
		free(t->columns[i].absent.owned);
	}
}

int
render_table_text(FILE *out, const char *verb, const char *text, size_t len)
{
	const struct layout *l = layout_of(verb);
	struct list_rows     rows;
	struct table	     t = { .rows = &rows };
	int		     rv = list_rows_read(&rows, text, len);

	if (rv == 0 && rows.nrows == 0) {
		(void)fprintf(out, "%s\n", l->empty);
	} else if (rv == 0) {
		choose_columns(&t, l);
		if (fill(&t) == 0)
			print(out, &t);
		free_table(&t);
	}
	list_rows_free(&rows);
	return rv;
}

void
render_table(FILE *out, const char *verb, const json_t *rows)
{
	char  *text;
	size_t len = json_bytes(rows, JSON_COMPACT, 0, &text);

	if (len > 0)
		(void)render_table_text(out, verb, text, len);
	free(text);
}
