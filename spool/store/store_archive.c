/* SPDX-License-Identifier: ISC */
/*
 * store_archive.c - the history's rows as lines, and the rows that an archive has taken over.
 *
 * history_base is the last record that was archived.  It moves in the transaction that adds the record "rotated", which
 * names the archive, its SHA-256 and the hash of its last record; only then may the rows up to it go, in as many
 * transactions as it takes.  Whoever finds them half gone after a crash goes on: nothing looks at rows up to the base
 * any more.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/history/history_line.h"
#include "spool/store/store_chain.h"

int
chain_read_base(struct store *st, struct chain_head *base, struct pd_err *e)
{
	struct stmt q;
	int	    rv, has;

	memset(base, 0, sizeof(*base));
	if (stmt_open(&q, st, "SELECT count(*) FROM sqlite_schema WHERE name='history_base'", e) == -1)
		return -1;
	rv = stmt_step(&q, e);
	has = rv == 1 && sqlite3_column_int(q.s, 0) == 1;
	stmt_close(&q);
	if (rv == -1 || !has)	/* a copy of a file of version 1 */
		return rv == -1 ? -1 : 0;
	if (stmt_open(&q, st, "SELECT seq, hash FROM history_base WHERE one=1", e) == -1)
		return -1;
	rv = stmt_step(&q, e);
	if (rv == 1 && sqlite3_column_bytes(q.s, 1) == CHAIN_HASH) {
		base->seq = sqlite3_column_int64(q.s, 0);
		memcpy(base->hash, sqlite3_column_blob(q.s, 1), CHAIN_HASH);
		rv = 0;
	} else
		rv = rv == -1 ? -1 : pd_fail(e, PD_BADDATA, "the history's base is missing");
	stmt_close(&q);
	return rv;
}

int
store_history_base(struct store *st, int64_t *seq, struct pd_err *e)
{
	struct chain_head base;

	if (chain_read_base(st, &base, e) == -1)
		return -1;
	*seq = base.seq;
	return 0;
}

static int
give_row(const struct stmt *q, char *buf, history_line_fn *fn, void *arg, struct pd_err *e)
{
	size_t len = (size_t)sqlite3_column_bytes(q->s, 1);

	if (sqlite3_column_bytes(q->s, 2) != CHAIN_HASH || len == 0 || len > HISTORY_RECORD_MAX)
		return pd_fail(e, PD_BADDATA, "history: record %lld is not one", (long long)sqlite3_column_int64(q->s, 0));
	len = history_line_make(buf, sqlite3_column_blob(q->s, 2), (const char *)sqlite3_column_text(q->s, 1), len);
	return fn(arg, sqlite3_column_int64(q->s, 0), sqlite3_column_blob(q->s, 2), buf, len, e);
}

int
store_history_lines(struct store *st, int64_t after, const char *before_t, int64_t limit, history_line_fn *fn,
    void *arg, int64_t *n, struct pd_err *e)
{
	struct stmt q;
	char	   *buf = malloc(HISTORY_LINE_MAX);
	int	    rv;

	*n = 0;
	if (buf == NULL)
		return pd_fail(e, PD_IO, "history: out of memory");
	if (stmt_open(&q, st,
		"SELECT seq, record, hash, json_extract(record, '$.t') FROM history WHERE seq>? ORDER BY seq LIMIT ?",
		e) == -1) {
		free(buf);
		return -1;
	}
	stmt_int(&q, after);
	stmt_int(&q, limit);
	while ((rv = stmt_step(&q, e)) == 1) {
		const char *t = (const char *)sqlite3_column_text(q.s, 3);

		if (before_t != NULL && (t == NULL || strcmp(t, before_t) >= 0))
			break;
		if ((rv = give_row(&q, buf, fn, arg, e)) == -1)
			break;
		(*n)++;
	}
	stmt_close(&q);
	free(buf);
	return rv == -1 ? -1 : 0;
}

int
store_history_rotate(struct store *st, int64_t last, const unsigned char *hash, const json_t *what, struct pd_err *e)
{
	json_t	   *record = json_pack("{s:s s:O}", "event", "rotated", "what", (json_t *)(uintptr_t)what);
	struct stmt q;
	int	    rv;

	if (record == NULL)
		return pd_fail(e, PD_IO, "history: out of memory");
	rv = store_history_add(st, record, e);
	json_decref(record);
	if (rv == -1 || stmt_open(&q, st, "UPDATE history_base SET seq=?, hash=? WHERE one=1", e) == -1)
		return -1;
	stmt_int(&q, last);
	stmt_blob(&q, hash, CHAIN_HASH);
	return stmt_run(&q, e);
}

int
store_history_prune(struct store *st, int limit, int *n, struct pd_err *e)
{
	struct stmt q;

	*n = 0;
	if (store_must_be_begun(st, e) == -1 ||
	    stmt_open(&q, st,
		"DELETE FROM history WHERE seq IN (SELECT seq FROM history WHERE seq <= (SELECT seq FROM history_base)"
		" ORDER BY seq LIMIT ?)",
		e) == -1)
		return -1;
	stmt_int(&q, limit);
	if (stmt_run(&q, e) == -1)
		return -1;
	*n = sqlite3_changes(st->db);
	return 0;
}
