/* SPDX-License-Identifier: ISC */
/*
 * store_pending.c - the jobs that have not ended, for a director that starts.
 *
 * There may be a hundred thousand: they are read one by one and without what only their start needs.
 */
#include "spool/store/store_sqlite.h"

static const struct column columns[] = {
	{ "id", COLUMN_TEXT }, { "verb", COLUMN_TEXT }, { "user", COLUMN_TEXT }, { "tenant", COLUMN_TEXT },
	{ "platform", COLUMN_TEXT }, { "vm", COLUMN_TEXT }, { "state", COLUMN_TEXT }, { "plan", COLUMN_BOOL },
	{ "submitted", COLUMN_INT }, { "started", COLUMN_INT }, { "attempts", COLUMN_INT }, { "cancel", COLUMN_BOOL },
};
static const struct table pending_table = { "job", "id", columns, sizeof(columns) / sizeof(columns[0]) };

int
store_job_each_pending(struct store *st, int (*fn)(void *arg, const json_t *row, struct pd_err *e), void *arg, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	row_select(&sql, &pending_table);
	sql_add(&sql, "INDEXED BY job_pending_user WHERE " JOB_IS_PENDING " ORDER BY seq");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	return row_each(&q, &pending_table, fn, arg, e);
}
