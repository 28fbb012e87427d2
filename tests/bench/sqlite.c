/* SPDX-License-Identifier: ISC */
/*
 * sqlite.c - how fast SQLite alone takes rows in durably: WAL, synchronous=FULL, 100 rows a transaction.
 *
 *	bench-sqlite FILE ROWS
 *
 * A job-like row: key, two indexed columns, 300 bytes.  Prints rows per second.
 */
#include <sqlite3.h>
#include <string.h>

#include "tests/bench/timing.h"

#define BATCH 100

static void
run(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "bench-sqlite: %s: %s\n", sql, why);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	long	      rows = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	char	      body[300], id[40];
	sqlite3	     *db;
	sqlite3_stmt *q;
	double	      began;

	if (rows < BATCH || sqlite3_open(argv[1], &db) != SQLITE_OK) {
		fprintf(stderr, "usage: bench-sqlite FILE ROWS\n");
		return 64;
	}
	run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, user TEXT, state TEXT, body BLOB);"
	    "CREATE INDEX IF NOT EXISTS job_user ON job(user); CREATE INDEX IF NOT EXISTS job_state ON job(state);");
	if (sqlite3_prepare_v2(db, "INSERT INTO job VALUES (?, 'alice', 'queued', ?)", -1, &q, NULL) != SQLITE_OK)
		return 1;
	memset(body, 'x', sizeof(body));
	began = timing_now_ms();
	for (long i = 0; i < rows; i++) {
		if (i % BATCH == 0)
			run(db, "BEGIN IMMEDIATE");
		(void)snprintf(id, sizeof(id), "%.0f-%010ld", began, i);
		(void)sqlite3_bind_text(q, 1, id, -1, SQLITE_STATIC);
		(void)sqlite3_bind_blob(q, 2, body, sizeof(body), SQLITE_STATIC);
		if (sqlite3_step(q) != SQLITE_DONE || sqlite3_reset(q) != SQLITE_OK)
			return 1;
		if (i % BATCH == BATCH - 1 || i == rows - 1)
			run(db, "COMMIT");
	}
	printf("%.0f\n", (double)rows * 1e3 / (timing_now_ms() - began));
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	return 0;
}
