/* SPDX-License-Identifier: ISC */
/*
 * store_system.c - managed systems, and what their consoles listed of them.
 *
 * A system's facts are what placement computes with; the inventory behind them is longer and asked for by few, so it
 * has a table of its own.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/moving.h"
#include "spool/admit/placement.h"
#include "spool/field.h"
#include "spool/store/store_sqlite.h"

static const struct column columns[] = {
	{ "name", COLUMN_TEXT }, { "platform", COLUMN_TEXT }, { "ident", COLUMN_TEXT },
	{ "level", COLUMN_TEXT }, { "facts", COLUMN_JSON }, { "seen_ms", COLUMN_INT },
	{ "drained_ms", COLUMN_INT }, { "drain_why", COLUMN_TEXT },
};
const struct table store_system_table = { "managed_system", "name", columns, sizeof(columns) / sizeof(columns[0]) };

static const struct column inventory_columns[] = {
	{ "system", COLUMN_TEXT }, { "seen_ms", COLUMN_INT }, { "found", COLUMN_JSON },
};
static const struct table inventory_table = { "inventory", "system", inventory_columns,
	sizeof(inventory_columns) / sizeof(inventory_columns[0]) };

static int
no_system(const char *name, struct pd_err *e)
{
	return pd_fail(e, PD_NOTFOUND, "there is no system %s", name);
}

/* The row of this key. */
static int
get(struct store *st, const struct table *t, const char *name, json_t **row, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	int		rv;

	*row = NULL;
	row_select(&sql, t);
	sql_add(&sql, "WHERE %s=?", t->key);
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	stmt_text(&q, name);
	rv = row_one(&q, t, row, e);
	return rv == 0 ? no_system(name, e) : rv == 1 ? 0 : -1;
}

int
store_system_put(struct store *st, const json_t *system, struct pd_err *e)
{
	if (row_text(system, "name") == NULL || row_text(system, "platform") == NULL)
		return pd_fail(e, PD_BUG, "database: a system needs a name and a platform");
	return row_upsert(st, &store_system_table, system, e);
}

int
store_system_get(struct store *st, const char *name, json_t **system, struct pd_err *e)
{
	return get(st, &store_system_table, name, system, e);
}

int
store_system_set(struct store *st, const char *name, const json_t *set, struct pd_err *e)
{
	json_t *row = NULL;

	if (store_must_be_begun(st, e) == -1 || store_system_get(st, name, &row, e) == -1)
		return -1;
	json_decref(row);
	return row_update(st, &store_system_table, "name", name, set, e);
}

int
store_system_list(struct store *st, const char *platform, json_t **systems, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	*systems = NULL;
	row_select(&sql, &store_system_table);
	sql_add(&sql, platform != NULL ? "WHERE platform=? ORDER BY name" : "ORDER BY name");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	if (platform != NULL)
		stmt_text(&q, platform);
	return row_all(&q, &store_system_table, systems, e);
}

int
store_system_of_platform(struct store *st, const json_t *platform, struct pd_err *e)
{
	const char   *name = field_text(platform, "name");
	const json_t *facts = json_object_get(platform, "facts");
	json_t	     *row = NULL, *ident;
	int	      rv;

	if (store_system_get(st, name, &row, e) == -1 && e->code != PD_NOTFOUND)
		return -1;
	if (row == NULL)
		row = json_pack("{s:s s:s}", "name", name, "platform", name);
	if (field_text(facts, "serial")[0] != '\0' &&
	    (ident = json_sprintf("%s*%s", field_text(facts, "type_model"), field_text(facts, "serial"))) != NULL)
		(void)json_object_set_new(row, "ident", ident);
	if (json_object_get(facts, "level") != NULL)
		(void)json_object_set(row, "level", json_object_get(facts, "level"));
	if (json_is_object(facts))
		(void)json_object_set(row, "facts", (json_t *)(uintptr_t)facts);
	rv = store_system_put(st, row, e);
	json_decref(row);
	return rv;
}

int
store_inventory_put(struct store *st, const char *system, int64_t seen_ms, const json_t *found, struct pd_err *e)
{
	json_t *row = json_pack("{s:s s:I s:O}", "system", system, "seen_ms", (json_int_t)seen_ms, "found", (json_t *)(uintptr_t)found);
	int	rv;

	if (row == NULL)
		return pd_fail(e, PD_IO, "no memory for the inventory of %s", system);
	rv = row_upsert(st, &inventory_table, row, e);
	json_decref(row);
	return rv;
}

int
store_inventory_get(struct store *st, const char *system, json_t **inventory, struct pd_err *e)
{
	return get(st, &inventory_table, system, inventory, e);
}

static int
add_pools(struct store *st, const char *system, struct held *held, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT json_extract(d.value,'$.pool'), sum(json_extract(d.value,'$.size')) FROM vm, json_each(vm.spec,'$.disks') d"
	    " WHERE vm.system=? GROUP BY 1", e) == -1)
		return -1;
	stmt_text(&q, system);
	while ((rv = stmt_step(&q, e)) == 1)
		if (sqlite3_column_type(q.s, 0) == SQLITE_TEXT)
			held_add_disks(held, (const char *)sqlite3_column_text(q.s, 0), sqlite3_column_int64(q.s, 1));
	stmt_close(&q);
	return rv;
}

int
store_system_usage(struct store *st, const char *system, struct held *held, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT count(*), sum(units), sum(memory) FROM vm WHERE system=?1 OR name IN (SELECT substr(name, length(?1)+9) FROM kept"
	    " WHERE name>='moving/'||?1||'/' AND name<'moving/'||?1||'0' AND value<>'')", e) == -1)
		return -1;
	stmt_text(&q, system);
	if ((rv = stmt_step(&q, e)) == 1) {
		held->partitions += sqlite3_column_int64(q.s, 0);
		held->units += sqlite3_column_int64(q.s, 1);
		held->memory += sqlite3_column_int64(q.s, 2);
	}
	stmt_close(&q);
	return rv == -1 ? -1 : add_pools(st, system, held, e);
}

static json_t *
licensed_row(struct stmt *q)
{
	const char *from = (const char *)sqlite3_column_text(q->s, 4);

	return json_pack("{s:s s:s s:s s:I s:o*}", "system", (const char *)sqlite3_column_text(q->s, 0), "product",
	    (const char *)sqlite3_column_text(q->s, 1), "pool", (const char *)sqlite3_column_text(q->s, 2), "units",
	    (json_int_t)sqlite3_column_int64(q->s, 3), "from", from == NULL ? NULL : json_pack("{s:s s:s}", "system", from, "pool",
	    (const char *)sqlite3_column_text(q->s, 5)));
}

int
store_licensed_units(struct store *st, json_t **rows, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	*rows = json_array();
	if (stmt_open(&q, st, "WITH v AS (SELECT name, units, ifnull(system,'') AS system, ifnull(json_extract(spec,'$.product'),'') AS product,"
	    " CASE json_extract(spec,'$.mode') WHEN 'ded' THEN '' ELSE ifnull(json_extract(spec,'$.proc_pool'),'" LICENSE_DEFAULT_POOL "') END AS pool,"
	    " json_extract(objects,'$.change.proc_pool') AS next FROM vm)"
	    " SELECT system, product, pool, sum(units), NULL, NULL FROM v GROUP BY 1, 2, 3"
	    " UNION ALL SELECT system, product, next, units, system, pool FROM v WHERE next IS NOT NULL"
	    " UNION ALL SELECT substr(k.name, 8, length(k.name)-8-length(v.name)), product, pool, units, system, pool"
	    " FROM kept k JOIN v ON substr(k.name,-length(v.name)-1)='/'||v.name WHERE k.name>='moving/' AND k.name<'moving0' AND k.value<>''", e) == -1)
		return -1;
	while ((rv = stmt_step(&q, e)) == 1)
		(void)json_array_append_new(*rows, licensed_row(&q));
	stmt_close(&q);
	return rv;
}

int
store_place_get(struct store *st, const char *platform, const char *vm, struct store_place *place, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	*place = (struct store_place){ 0 };
	if (stmt_open(&q, st,
		"SELECT p.kind='hmc', ifnull(v.system,'') FROM platform p LEFT JOIN vm v ON v.name=? AND v.platform=p.name"
		" WHERE p.name=?",
		e) == -1)
		return -1;
	stmt_text(&q, vm);
	stmt_text(&q, platform);
	if ((rv = stmt_step(&q, e)) == 1 && sqlite3_column_int(q.s, 0) != 0) {
		place->is_hmc = 1;
		(void)snprintf(place->system, sizeof(place->system), "%s", (const char *)sqlite3_column_text(q.s, 1));
	}
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

int
store_server_slots(struct store *st, const char *system, json_t **slots, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	*slots = json_array();
	if (stmt_open(&q, st, "SELECT json_extract(p.value,'$.id'), coalesce(json_extract(p.value,'$.slot'), json_extract(p.value,'$.wanted_slot'), -1)"
	    " FROM vm, json_each(vm.objects,'$.paths') p WHERE vm.system=?1"
	    " UNION ALL SELECT json_extract(p.value,'$.id'), coalesce(json_extract(p.value,'$.slot'), json_extract(p.value,'$.wanted_slot'), -1)"
	    " FROM vm, json_each(vm.objects,'$.fc') p WHERE vm.system=?1"
	    " UNION ALL SELECT 0, -1 FROM vm, json_each(vm.objects,'$.paths') WHERE vm.name IN (SELECT substr(name, length(?1)+9) FROM kept"
	    " WHERE name>='moving/'||?1||'/' AND name<'moving/'||?1||'0' AND value<>'')", e) == -1)
		return -1;
	stmt_text(&q, system);
	while ((rv = stmt_step(&q, e)) == 1)
		(void)json_array_append_new(*slots,
		    json_pack("{s:I s:I}", "id", (json_int_t)sqlite3_column_int64(q.s, 0), "slot",
			(json_int_t)sqlite3_column_int64(q.s, 1)));
	stmt_close(&q);
	return rv;
}

/* ---- VMs on their way, spool/admit/moving.h ---- */

static int
keep(struct store *st, const char *system, const char *vm, const char *job, struct pd_err *e)
{
	char key[MOVING_KEY_MAX];

	(void)snprintf(key, sizeof(key), "moving/%.31s/%.31s", system, vm);
	return store_kept_set(st, key, job, e);
}

int
moving_begin(struct store *st, const char *system, const char *vm, const char *job, struct pd_err *e)
{
	return keep(st, system, vm, job, e);
}

int
moving_end(struct store *st, const char *system, const char *vm, struct pd_err *e)
{
	return keep(st, system, vm, "", e);
}
