/* SPDX-License-Identifier: ISC */
/*
 * store_kept.c - what has to be known at the next start.
 */
#include <stdio.h>

#include "spool/store/store_sqlite.h"

int
store_kept_get(struct store *st, const char *name, char *value, size_t size, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	value[0] = '\0';
	if (stmt_open(&q, st, "SELECT value FROM kept WHERE name=?", e) == -1)
		return -1;
	stmt_text(&q, name);
	if ((rv = stmt_step(&q, e)) == 1)
		(void)snprintf(value, size, "%s", (const char *)sqlite3_column_text(q.s, 0));
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

int
store_kept_set(struct store *st, const char *name, const char *value, struct pd_err *e)
{
	struct stmt q;

	if (store_must_be_begun(st, e) == -1)
		return -1;
	if (value[0] == '\0') {
		if (stmt_open(&q, st, "DELETE FROM kept WHERE name=?", e) == -1)
			return -1;
		stmt_text(&q, name);
		return stmt_run(&q, e);
	}
	if (stmt_open(&q, st,
		"INSERT INTO kept(name, value) VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value",
		e) == -1)
		return -1;
	stmt_text(&q, name);
	stmt_text(&q, value);
	return stmt_run(&q, e);
}
