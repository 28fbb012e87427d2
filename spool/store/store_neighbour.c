/* SPDX-License-Identifier: ISC */
/*
 * store_neighbour.c - what VMs say of being near or apart from each other: spec.near, the name of a VM, and
 * spec.apart_from, [{vm} or {group}].
 */
#include <string.h>

#include "spool/admit/moving.h"
#include "spool/field.h"
#include "spool/store/store_sqlite.h"

#define KEY_BEGIN "moving/"

static const char *
column(struct stmt *q, int i)
{
	const char *text = (const char *)sqlite3_column_text(q->s, i);

	return text != NULL ? text : "";
}

static json_t *
row_of(struct stmt *q)
{
	const char *near = column(q, 5), *apart = column(q, 6);

	return json_pack("{s:s s:s s:s s:s s:[s] s:s* s:o*}", "name", column(q, 0), "tenant", column(q, 1), "owner",
	    column(q, 2), "group", column(q, 3), "places", column(q, 4), "near", near[0] != '\0' ? near : NULL,
	    "apart_from", apart[0] != '\0' ? json_loads(apart, 0, NULL) : NULL);
}

/* "moving/SYSTEM/VM": it is to be there, too. */
static void
add_place(json_t *rows, const char *key)
{
	const char *system = key + strlen(KEY_BEGIN), *slash = strchr(system, '/');
	json_t	   *row = slash != NULL ? field_find(rows, "name", slash + 1) : NULL;

	if (row != NULL)
		(void)json_array_append_new(json_object_get(row, "places"), json_stringn(system, (size_t)(slash - system)));
}

static int
add_places(struct store *st, json_t *rows, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT name FROM kept WHERE name>='moving/' AND name<'moving0' AND value<>''", e) == -1)
		return -1;
	while ((rv = stmt_step(&q, e)) == 1)
		add_place(rows, column(&q, 0));
	stmt_close(&q);
	return rv;
}

int
store_neighbours(struct store *st, json_t **rows, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if ((*rows = json_array()) == NULL)
		return pd_fail(e, PD_IO, "no memory for the VMs that are there");
	if (stmt_open(&q, st, "SELECT name, tenant, owner, label, system, json_extract(spec,'$.near'), json_extract(spec,'$.apart_from') FROM vm"
	    " ORDER BY name", e) == -1)
		return -1;
	while ((rv = stmt_step(&q, e)) == 1)
		(void)json_array_append_new(*rows, row_of(&q));
	stmt_close(&q);
	return rv == -1 ? -1 : add_places(st, *rows, e);
}

static int
change(struct store *st, const char *sql, const char *old, const char *to, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, sql, e) == -1)
		return -1;
	stmt_text(&q, old);
	stmt_text(&q, to);
	rv = stmt_step(&q, e);
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

int
store_neighbour_renamed(struct store *st, const char *old, const char *to, struct pd_err *e)
{
	if (store_must_be_begun(st, e) == -1 ||
	    change(st, "UPDATE vm SET spec=json_set(spec,'$.near',?2) WHERE json_extract(spec,'$.near')=?1", old, to,
		e) == -1)
		return -1;
	return change(st, "UPDATE vm SET spec=json_set(spec,'$.apart_from',(SELECT json_group_array(CASE WHEN json_extract(a.value,'$.vm')=?1"
	    " THEN json_object('vm',?2) ELSE json(a.value) END) FROM json_each(vm.spec,'$.apart_from') a))"
	    " WHERE EXISTS (SELECT 1 FROM json_each(vm.spec,'$.apart_from') b WHERE json_extract(b.value,'$.vm')=?1)", old, to, e);
}
