/* SPDX-License-Identifier: ISC */
/*
 * store_transaction.c - transactions of the SQLite store, alone and in groups.
 *
 * Alone, each is BEGIN IMMEDIATE to COMMIT.  In a group the group is that, and each is a savepoint of it: what is
 * rolled back goes alone, what is committed waits for the group's commit to be durable, and is gone when that fails.
 */
#include "spool/store/store_sqlite.h"

#define PART "one"	/* the savepoint of a transaction in a group; that of a mark is another one */

static int
run_text(struct store *st, const char *sql, struct pd_err *e)
{
	struct stmt q;

	return stmt_open(&q, st, sql, e) == -1 ? -1 : stmt_run(&q, e);
}

int
store_must_be_begun(struct store *st, struct pd_err *e)
{
	if (sqlite3_get_autocommit(st->db) || (st->is_grouped && !st->is_part))
		return pd_fail(e, PD_BUG, "database: change outside a transaction");
	return 0;
}

static int
begin_part(struct store *st, struct pd_err *e)
{
	if (sqlite3_get_autocommit(st->db))	/* SQLite gave all of it up after an error: the group will not be committed */
		return pd_fail(e, PD_IO, "database: an error before this one ended the group");
	if (run_text(st, "SAVEPOINT " PART, e) == -1)
		return -1;
	st->is_part = 1;
	return 0;
}

int
store_begin(struct store *st, struct pd_err *e)
{
	if (st->is_part || (!st->is_grouped && !sqlite3_get_autocommit(st->db)))
		return pd_fail(e, PD_BUG, "database: a transaction inside a transaction");
	return st->is_grouped ? begin_part(st, e) : run_text(st, "BEGIN IMMEDIATE", e);
}

static void
roll_back_all(struct store *st)
{
	if (!sqlite3_get_autocommit(st->db))
		(void)sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}

static int
commit_all(struct store *st, struct pd_err *e)
{
	struct stmt q;
	int	    rc;

	/* SQLite gave the transaction up after an error that the caller passed over */
	if (sqlite3_get_autocommit(st->db))
		return pd_fail(e, PD_BUG, "database: commit without a transaction");
	if (stmt_open(&q, st, "COMMIT", e) == -1)
		return -1;
	rc = sqlite3_step(q.s);
	if (rc == SQLITE_DONE) {
		stmt_close(&q);
		return 0;
	}
	(void)store_fail(st, rc, "commit", e);
	stmt_close(&q);
	roll_back_all(st);
	/* A log that could not be synced may still hold the commit after a crash, unless the next one overwrites it. */
	if (e != NULL && (rc & 0xff) == SQLITE_IOERR)
		e->code = PD_UNKNOWN;
	return -1;
}

static int
commit_part(struct store *st, struct pd_err *e)
{
	if (!st->is_part || sqlite3_get_autocommit(st->db))
		return pd_fail(e, PD_BUG, "database: commit without a transaction");
	if (run_text(st, "RELEASE " PART, e) == -1) {
		store_rollback(st);
		return -1;
	}
	st->is_part = 0;
	return 0;
}

int
store_commit(struct store *st, struct pd_err *e)
{
	return st->is_grouped ? commit_part(st, e) : commit_all(st, e);
}

void
store_rollback(struct store *st)
{
	if (!st->is_grouped)
		roll_back_all(st);
	else if (st->is_part && !sqlite3_get_autocommit(st->db))
		(void)sqlite3_exec(st->db, "ROLLBACK TO " PART "; RELEASE " PART, NULL, NULL, NULL);
	st->is_part = 0;
}

int
store_group_begin(struct store *st, struct pd_err *e)
{
	if (store_begin(st, e) == -1)
		return -1;
	st->is_grouped = 1;
	return 0;
}

int
store_group_commit(struct store *st, struct pd_err *e)
{
	st->is_grouped = st->is_part = 0;
	return commit_all(st, e);
}

void
store_group_rollback(struct store *st)
{
	st->is_grouped = st->is_part = 0;
	roll_back_all(st);
}

int
store_mark(struct store *st, struct pd_err *e)
{
	return store_must_be_begun(st, e) == -1 ? -1 : run_text(st, "SAVEPOINT part", e);
}

int
store_unmark(struct store *st, struct pd_err *e)
{
	return run_text(st, "RELEASE part", e);
}

int
store_back(struct store *st, struct pd_err *e)
{
	return run_text(st, "ROLLBACK TO part", e) == -1 ? -1 : store_unmark(st, e);
}
