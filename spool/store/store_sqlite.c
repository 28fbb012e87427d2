/* SPDX-License-Identifier: ISC */
/*
 * store_sqlite.c - the store on SQLite: opening, statements, errors.
 *
 * File: DIR/powerdirector.db, mode 0600, in WAL mode; tables in store_schema.c.  synchronous=FULL:
 * each commit is one fdatasync of the WAL, after which it survives a power cut.  The WAL stays when
 * the last user closes (PERSIST_WAL), so that a reader without the right to create files can open
 * the database at any time.  Recovery after a crash is SQLite's: the next open replays the WAL up to
 * the last whole commit.
 *
 * Single-threaded; one struct store per process, not used across fork().
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/io.h"
#include "spool/os/sys.h"
#include "spool/store/store_sqlite.h"

#define BUSY_TIMEOUT_MS 5000	/* a backup or a reader's recovery may hold a lock for a moment */
#define WAL_LIMIT	(64 * 1024 * 1024)	/* bytes that the WAL is cut to after a checkpoint */

static enum pd_code
code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return PD_NOSPACE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return PD_BUSY;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ?
		    PD_CONFLICT : PD_BUG;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return PD_BUG;
	default:
		return PD_IO;
	}
}

int
store_fail(struct store *st, int rc, const char *what, struct pd_err *e)
{
	int error = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN ?
	    sqlite3_system_errno(st->db) : 0;

	(void)pd_fail(e, code_of(rc), "database: %s: %s%s%s", what,
	    st->db != NULL ? sqlite3_errmsg(st->db) : sqlite3_errstr(rc),
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	if (e != NULL)
		e->sys = error;
	return -1;
}

/*
 * The file is made here and not by SQLite, which would take its mode from the umask; WAL and index
 * inherit the mode.  A link or anything else that is not our own regular file is refused.
 */
static int
make_file(const char *dir, struct pd_err *e)
{
	struct stat sb;
	int	    dirfd = -1, fd = -1, rv = -1;

	if (io_make_dir(dir, 0700, e) == -1 || (dirfd = io_open_dir(dir, e)) == -1)
		return -1;
	fd = sys.openat(dirfd, STORE_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd == -1)
		pd_fail_sys(e, PD_IO, "open %s/%s", dir, STORE_FILE);
	else if (sys.fstat(fd, &sb) == -1)
		pd_fail_sys(e, PD_IO, "look at %s/%s", dir, STORE_FILE);
	else if (!S_ISREG(sb.st_mode) || sb.st_nlink != 1 || (sb.st_mode & 022) != 0 ||
	    (sb.st_uid != geteuid() && geteuid() != 0))
		pd_fail(e, PD_DENIED,
		    "%s/%s must be a regular file with one name, ours, and not writable by others",
		    dir, STORE_FILE);
	else
		rv = 0;
	if (fd != -1)
		(void)sys.close(fd);
	(void)sys.close(dirfd);
	return rv;
}

static int
set_up(struct store *st, struct pd_err *e)
{
	static const char *const pragmas[] = {
		"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
		"PRAGMA temp_store = MEMORY",	/* what a mark keeps for the way back needs no file */
	};
	char	    limit[64];
	struct stmt q;
	int	    on = 1, rc;

	(void)sqlite3_extended_result_codes(st->db, 1);
	(void)sqlite3_busy_timeout(st->db, BUSY_TIMEOUT_MS);
	(void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* "x" is a name, never a text */
	(void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	if ((rc = sqlite3_file_control(st->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &on)) != SQLITE_OK)
		return store_fail(st, rc, "keep the write-ahead log", e);
	(void)snprintf(limit, sizeof(limit), "PRAGMA journal_size_limit = %d", WAL_LIMIT);
	for (size_t i = 0; i <= sizeof(pragmas) / sizeof(pragmas[0]); i++)
		if (stmt_open(&q, st, i == 0 ? limit : pragmas[i - 1], e) == -1 ||
		    stmt_run(&q, e) == -1)
			return -1;
	return 0;
}

int
store_open(const char *dir, struct store **stp, struct pd_err *e)
{
	struct store *st = NULL;
	char	     *path = NULL;
	size_t	      size = strlen(dir) + sizeof("/" STORE_FILE);
	int	      rc, rv = -1;

	*stp = NULL;
	if (make_file(dir, e) == -1)
		return -1;
	if ((st = calloc(1, sizeof(*st))) == NULL || (path = malloc(size)) == NULL) {
		pd_fail(e, PD_IO, "open the database: out of memory");
		goto out;
	}
	(void)snprintf(path, size, "%s/%s", dir, STORE_FILE);
	rc = sqlite3_open_v2(path, &st->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		store_fail(st, rc, path, e);
		goto out;
	}
	if (set_up(st, e) == -1 || store_schema(st, e) == -1)
		goto out;
	*stp = st;
	st = NULL;
	rv = 0;
out:
	free(path);
	store_close(st);
	return rv;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	for (size_t i = 0; i < STORE_STATEMENTS; i++)
		(void)sqlite3_finalize(st->kept[i]);
	(void)sqlite3_close(st->db);
	free(st);
}

/* FNV-1a: spreads statement texts over the places; nobody outside chooses them. */
static size_t
place_of(const char *sql)
{
	uint32_t h = 2166136261u;

	for (; *sql != '\0'; sql++)
		h = (h ^ (unsigned char)*sql) * 16777619u;
	return h % STORE_STATEMENTS;
}

/* A kept statement with this text, or an empty or idle place for it (the last one looked at is given up). */
static sqlite3_stmt **
find_place(struct store *st, const char *sql)
{
	sqlite3_stmt **p = NULL, **idle = NULL;

	for (size_t i = 0, at = place_of(sql); i < 8; i++) {
		p = &st->kept[(at + i) % STORE_STATEMENTS];
		if (*p == NULL)
			return p;
		if (!sqlite3_stmt_busy(*p)) {
			if (strcmp(sqlite3_sql(*p), sql) == 0)
				return p;
			idle = p;
		}
	}
	return idle;
}

int
stmt_open(struct stmt *q, struct store *st, const char *sql, struct pd_err *e)
{
	sqlite3_stmt **p = find_place(st, sql);
	int	       rc;

	*q = (struct stmt){ .st = st, .next = 1 };
	if (p == NULL)
		return pd_fail(e, PD_BUG, "database: too many statements at once");
	if (*p != NULL && strcmp(sqlite3_sql(*p), sql) != 0) {
		(void)sqlite3_finalize(*p);
		*p = NULL;
	}
	if (*p == NULL) {
		rc = sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, p, NULL);
		if (rc != SQLITE_OK)
			return store_fail(st, rc, "prepare", e);
	}
	q->s = *p;
	return 0;
}

int
stmt_open_text(struct stmt *q, struct store *st, const struct sql_text *t, struct pd_err *e)
{
	if (t->len >= sizeof(t->s)) {
		*q = (struct stmt){ .st = st };
		return pd_fail(e, PD_BUG, "database: statement of over %zu bytes", sizeof(t->s));
	}
	return stmt_open(q, st, t->s, e);
}

void
sql_add(struct sql_text *t, const char *fmt, ...)
{
	va_list ap;
	int	n;

	if (t->len >= sizeof(t->s))
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->s + t->len, sizeof(t->s) - t->len, fmt, ap);
	va_end(ap);
	t->len = n < 0 ? sizeof(t->s) : t->len + (size_t)n;
}

static void
bound(struct stmt *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
	q->next++;
}

void
stmt_text(struct stmt *q, const char *text)
{
	bound(q, text == NULL ? sqlite3_bind_null(q->s, q->next) :
	    sqlite3_bind_text(q->s, q->next, text, -1, SQLITE_STATIC));
}

void
stmt_int(struct stmt *q, int64_t n)
{
	bound(q, sqlite3_bind_int64(q->s, q->next, n));
}

void
stmt_blob(struct stmt *q, const void *data, size_t len)
{
	bound(q, sqlite3_bind_blob64(q->s, q->next, data, len, SQLITE_STATIC));
}

void
stmt_json(struct stmt *q, const json_t *value)
{
	char *text;

	if (value == NULL || json_is_null(value))
		bound(q, sqlite3_bind_null(q->s, q->next));
	else if ((text = store_canonical(value)) == NULL)
		bound(q, SQLITE_NOMEM);
	else
		bound(q, sqlite3_bind_text(q->s, q->next, text, -1, free));
}

int
stmt_step(struct stmt *q, struct pd_err *e)
{
	int rc = q->rc != SQLITE_OK ? q->rc : sqlite3_step(q->s);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return store_fail(q->st, rc, q->rc != SQLITE_OK ? "bind" : "step", e);
}

void
stmt_close(struct stmt *q)
{
	if (q->s == NULL)
		return;
	(void)sqlite3_reset(q->s);
	(void)sqlite3_clear_bindings(q->s);
	q->s = NULL;
}

int
stmt_run(struct stmt *q, struct pd_err *e)
{
	int rv;

	while ((rv = stmt_step(q, e)) == 1)
		;
	stmt_close(q);
	return rv;
}
