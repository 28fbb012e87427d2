/* SPDX-License-Identifier: ISC */
/*
 * store_lease.c - whose lease asks for something next, and whose soon.
 *
 * A VM that a job has, or that is nobody's to touch now (creating, deleting, broken, missing), is left out: it is there
 * again when that is over.
 */
#include "spool/store/store_sqlite.h"

static const struct column columns[] = {
	{ "name", COLUMN_TEXT }, { "tenant", COLUMN_TEXT }, { "owner", COLUMN_TEXT }, { "state", COLUMN_TEXT }, { "lease_ms", COLUMN_INT },
	{ "lease_due_ms", COLUMN_INT }, { "lease_ended_ms", COLUMN_INT }, { "lease_tries", COLUMN_INT },
};
static const struct table lease_table = { "vm", "name", columns, sizeof(columns) / sizeof(columns[0]) };

int
store_lease_next(struct store *st, int is_off, json_t **vm, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	int		rv;

	*vm = NULL;
	row_select(&sql, &lease_table);
	sql_add(&sql, "INDEXED BY vm_lease WHERE lease_due_ms > 0 AND %s AND NOT EXISTS"
	    " (SELECT 1 FROM job INDEXED BY job_pending_vm WHERE job.vm=vm.name AND job." JOB_IS_PENDING ") ORDER BY lease_due_ms LIMIT 1",
	    is_off ? "state='stopped' AND lease_ended_ms=0" : "state IN ('running','stopped','open-firmware')");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	rv = row_one(&q, &lease_table, vm, e);
	return rv == -1 ? -1 : 0;
}

int
store_lease_soon(struct store *st, const char *tenant, const char *owner, int64_t before_ms, json_t **vms, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	*vms = NULL;
	row_select(&sql, &lease_table);
	sql_add(&sql, "INDEXED BY vm_lease_tenant WHERE tenant=? AND lease_due_ms > 0 AND lease_due_ms<=?%s ORDER BY lease_due_ms LIMIT ?",
	    owner != NULL ? " AND owner=?" : "");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	stmt_text(&q, tenant);
	stmt_int(&q, before_ms);
	if (owner != NULL)
		stmt_text(&q, owner);
	stmt_int(&q, LEASE_SOON_MOST);
	return row_all(&q, &lease_table, vms, e);
}

int
store_job_count_since(struct store *st, const char *user, int64_t since_ms, int64_t *n, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT count(*) FROM job INDEXED BY job_user WHERE user=? AND submitted>=?", e) == -1)
		return -1;
	stmt_text(&q, user);
	stmt_int(&q, since_ms);
	rv = stmt_step(&q, e);
	*n = rv == 1 ? sqlite3_column_int64(q.s, 0) : 0;
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}
