/* SPDX-License-Identifier: ISC */
/*
 * store_sqlite.h - what the files of the SQLite store share; nobody else includes this.
 *
 * struct stmt is a prepared statement in use: values are bound in order, the first failure to bind
 * sticks and is told by the next step.  Statements are kept by their text and used again. struct
 * table says how a row of a table and a JSON object correspond: columns and keys have the same
 * names.
 */
#ifndef PD_SPOOL_STORE_STORE_SQLITE_H
#define PD_SPOOL_STORE_STORE_SQLITE_H

#include <jansson.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/store/store.h"

#define STORE_FILE	 "powerdirector.db"
#define STORE_VERSION	 7		/* PRAGMA user_version */
#define STORE_APPLICATION 1346652498	/* PRAGMA application_id: the bytes "PDIR" */
#define STORE_STATEMENTS 64		/* kept ones; about 50 texts exist, rare ones push each other out */
#define STORE_SQL_MAX	 2048
#define STORE_LIST_MAX	 20000		/* rows of one list whose caller gives no limit: SPOOL_MAX_PENDING */

/* Words of the partial indexes: a query that repeats them word by word may use the index. */
#define JOB_IS_PENDING "state IN ('queued','running','undoing')"

struct store {
	sqlite3	     *db;
	sqlite3_stmt *kept[STORE_STATEMENTS];
	int	      is_grouped;	/* store_group_begin() */
	int	      is_part;		/* of a group, a transaction is begun */
};

/* Turns SQLite's result code into *e, "what" being what was tried; returns -1. */
int store_fail(struct store *st, int rc, const char *what, struct pd_err *e);
/* 0 inside a transaction, otherwise -1 with PD_BUG: nothing changes outside one. */
int store_must_be_begun(struct store *st, struct pd_err *e);

struct stmt {
	struct store *st;
	sqlite3_stmt *s;
	int	      next;	/* parameter that the next value goes to */
	int	      rc;	/* first failure of a bind */
};

/* sql must come from this program alone: values go through the functions below. */
int  stmt_open(struct stmt *q, struct store *st, const char *sql, struct pd_err *e);
/* NULL binds NULL; text must live until the close */
void stmt_text(struct stmt *q, const char *text);
void stmt_int(struct stmt *q, int64_t n);
void stmt_blob(struct stmt *q, const void *data, size_t len);
void stmt_json(struct stmt *q, const json_t *value);	/* as canonical JSON text; NULL binds NULL */
int  stmt_step(struct stmt *q, struct pd_err *e);	/* 1 = a row, 0 = no more, -1 */
void stmt_close(struct stmt *q);
int  stmt_run(struct stmt *q, struct pd_err *e);	/* steps to the end and closes */

/* A statement text under construction; too long is told by stmt_open_text(). */
struct sql_text {
	char   s[STORE_SQL_MAX];
	size_t len;
};
void sql_add(struct sql_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int  stmt_open_text(struct stmt *q, struct store *st, const struct sql_text *t, struct pd_err *e);

enum column_kind { COLUMN_TEXT, COLUMN_INT, COLUMN_BOOL, COLUMN_JSON };

struct column {
	const char	*name;
	enum column_kind kind;
};

struct table {
	const char	    *name;
	const char	    *key;	/* comma-separated primary key, the words of ON CONFLICT */
	const struct column *columns;
	size_t		     ncolumns;
};

/* Only known keys, each of its column's kind (or null)?  PD_BUG otherwise: rows are made by us. */
int row_check(const struct table *t, const json_t *row, struct pd_err *e);
/* PD_CONFLICT when there */
int row_insert(struct store *st, const struct table *t, const json_t *row, struct pd_err *e);
int row_upsert(struct store *st, const struct table *t, const json_t *row, struct pd_err *e);
/* Changes the keys that are in set, of the one row whose `key` is `value`. */
int row_update(struct store *st, const struct table *t, const char *key, const char *value,
    const json_t *set, struct pd_err *e);

/* "SELECT columns FROM table " at the begin of a text. */
void row_select(struct sql_text *sql, const struct table *t);
/* First row of such a statement, which is closed: 1 and *row, 0 = none, -1. */
int row_one(struct stmt *q, const struct table *t, json_t **row, struct pd_err *e);
/* All its rows as an array, in their order. */
int row_all(struct stmt *q, const struct table *t, json_t **rows, struct pd_err *e);

/* Each of its rows in turn, lent to fn, which asks the store nothing; -1 of fn ends it. */
int row_each(struct stmt *q, const struct table *t, int (*fn)(void *arg, const json_t *row, struct pd_err *e),
    void *arg, struct pd_err *e);

/* Value of a text key of a row, NULL when absent or empty. */
const char *row_text(const json_t *row, const char *key);

/* Canonical text of a JSON value: sorted keys, no blanks.  The caller frees it; NULL without memory. */
char *store_canonical(const json_t *value);

extern const struct table store_job_table, store_vm_table, store_platform_table, store_image_table, store_system_table;

/* Creates or upgrades the tables (store_schema.c). */
int store_schema(struct store *st, struct pd_err *e);

#endif
