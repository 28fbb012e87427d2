/* SPDX-License-Identifier: ISC */
/*
 * store_copy.c - a database file opened to be read and never written.
 *
 * Beside a write-ahead log the file is one in use, or copied together with it: SQLite's locks are honoured.  Alone it
 * is a copy, and is opened as one that nobody changes, so that not even a lock file is made beside evidence.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/os/sys.h"
#include "spool/store/store_sqlite.h"

#define COPY_PATH_MAX	4096
#define COPY_BUSY_MS	5000

static int
has_log(const char *path)
{
	char	    name[COPY_PATH_MAX];
	struct stat sb;

	return (size_t)snprintf(name, sizeof(name), "%s-wal", path) < sizeof(name) && sys.stat(name, &sb) == 0;
}

/* SQLite takes options in a URI only: everything that could mean something there is written as %HH. */
static int
make_uri(const char *path, char *uri, size_t size)
{
	size_t n = (size_t)snprintf(uri, size, "file:");

	for (const char *p = path; *p != '\0'; p++) {
		if (n + sizeof("%HH?immutable=1") > size)
			return -1;
		n += (size_t)snprintf(uri + n, size - n, strchr("?#%", *p) != NULL ? "%%%02X" : "%c", (unsigned char)*p);
	}
	(void)snprintf(uri + n, size - n, has_log(path) ? "?mode=ro" : "?immutable=1");
	return 0;
}

int
store_open_copy(const char *path, struct store **stp, struct pd_err *e)
{
	struct store *st;
	struct stat   sb;
	char	      uri[3 * COPY_PATH_MAX];
	int	      rc;

	*stp = NULL;
	if (sys.stat(path, &sb) == -1)
		return pd_fail_sys(e, PD_NOTFOUND, "open %s", path);
	if (!S_ISREG(sb.st_mode) || make_uri(path, uri, sizeof(uri)) == -1)
		return pd_fail(e, PD_USAGE, "%s is no file that can be a database", path);
	if ((st = calloc(1, sizeof(*st))) == NULL)
		return pd_fail(e, PD_IO, "open the database: out of memory");
	rc = sqlite3_open_v2(uri, &st->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		store_fail(st, rc, path, e);
		store_close(st);
		return -1;
	}
	(void)sqlite3_extended_result_codes(st->db, 1);
	(void)sqlite3_busy_timeout(st->db, COPY_BUSY_MS);
	(void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	*stp = st;
	return 0;
}
