/* SPDX-License-Identifier: ISC */
/*
 * archive.c - old records of the history go to files, and the chain goes on.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/history/archive.h"
#include "spool/history/history_source.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"

/* So that a file is worth its name: rotation begins when the oldest record is over its time by a twentieth. */
#define SLACK 20

void
archive_init(struct archive *a, struct store *st, int state_dir)
{
	*a = (struct archive){ .state = ARCHIVE_PRUNING, .st = st, .state_dir = state_dir, .dir = -1, .fd = -1 };
	(void)sys.mkdirat(state_dir, ARCHIVE_DIR, 0700);	/* later this is not ours to do; a failure is told when it is needed */
}

static void
give_up(struct archive *a)
{
	if (a->fd != -1)
		(void)sys.close(a->fd);
	if (a->dir != -1) {
		(void)sys.unlinkat(a->dir, ARCHIVE_PART, 0);
		(void)sys.close(a->dir);
	}
	EVP_MD_CTX_free(a->ctx);
	a->ctx = NULL;
	a->fd = a->dir = -1;
	a->state = ARCHIVE_IDLE;
}

void
archive_close(struct archive *a)
{
	if (a->st != NULL)
		give_up(a);
}

static void
before(char t[CLOCK_TEXT_LEN], int64_t age_s)
{
	(void)clock_text(t, clock_wall_ms() - age_s * 1000);
}

static int
ignore_line(void *arg, int64_t seq, const unsigned char *hash, const char *line, size_t len, struct pd_err *e)
{
	(void)arg, (void)seq, (void)hash, (void)line, (void)len, (void)e;
	return 0;
}

static int
is_due(const struct archive *a, int64_t base, int64_t keep_s, struct pd_err *e)
{
	char	t[CLOCK_TEXT_LEN];
	int64_t n;

	before(t, keep_s + keep_s / SLACK);
	return store_history_lines(a->st, base, t, 1, ignore_line, NULL, &n, e) == -1 ? -1 : n > 0;
}

/* Archives that no record knows: a crash came between their name and the transaction. */
static void
remove_leftovers(const struct archive *a, int64_t base)
{
	int	       fd = sys.openat(a->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR	      *dir = fd != -1 ? sys.fdopendir(fd) : NULL;
	struct dirent *entry;
	int64_t	       first, last;

	if (dir == NULL) {
		if (fd != -1)
			(void)sys.close(fd);
		return;
	}
	while ((entry = sys.readdir(dir)) != NULL)
		if (archive_name_parse(entry->d_name, &first, &last) && first > base)
			(void)sys.unlinkat(a->dir, entry->d_name, 0);
	(void)sys.closedir(dir);
	(void)sys.unlinkat(a->dir, ARCHIVE_PART, 0);
}

static int
open_part(struct archive *a, int64_t base, struct pd_err *e)
{
	a->dir = sys.openat(a->state_dir, ARCHIVE_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (a->dir == -1)
		return pd_fail_sys(e, PD_IO, "open the directory of the history's archives");
	remove_leftovers(a, base);
	a->fd = sys.openat(a->dir, ARCHIVE_PART, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (a->fd == -1)
		return pd_fail_sys(e, PD_IO, "make an archive of the history");
	if ((a->ctx = EVP_MD_CTX_new()) == NULL || EVP_DigestInit_ex(a->ctx, EVP_sha256(), NULL) != 1)
		return pd_fail(e, PD_IO, "no memory for an archive of the history");
	a->next_ms = 0;
	a->first = base + 1;
	a->last = base;
	a->state = ARCHIVE_WRITING;
	return 0;
}

static int
look(struct archive *a, int64_t keep_s, int64_t now_ms, struct pd_err *e)
{
	int64_t base;
	int	due;

	a->next_ms = now_ms + ARCHIVE_LOOK_MS;
	if (store_history_base(a->st, &base, e) == -1 || (due = is_due(a, base, keep_s, e)) == -1)
		return -1;
	if (!due)
		return 0;
	before(a->before_t, keep_s);
	return open_part(a, base, e);
}

static int
write_line(void *arg, int64_t seq, const unsigned char *hash, const char *line, size_t len, struct pd_err *e)
{
	struct archive *a = arg;

	if (seq != a->last + 1)
		return pd_fail(e, PD_BADDATA, "the history is not whole at record %lld, it is not archived",
		    (long long)a->last + 1);
	if (io_write_all(a->fd, line, len) == -1)
		return pd_fail_sys(e, errno == ENOSPC || errno == EDQUOT ? PD_NOSPACE : PD_IO, "write an archive of the history");
	if (EVP_DigestUpdate(a->ctx, line, len) != 1)
		return pd_fail(e, PD_BUG, "history: SHA-256 does not work");
	a->last = seq;
	memcpy(a->hash, hash, sizeof(a->hash));
	return 0;
}

/* Data, then name; what is durable under this name is whole. */
static int
publish(struct archive *a, char *name, size_t size, struct pd_err *e)
{
	(void)snprintf(name, size, ARCHIVE_NAME_FMT, (long long)a->first, (long long)a->last);
	if (sys.fchmod(a->fd, 0400) == -1 || sys.fsync(a->fd) == -1)
		return pd_fail_sys(e, errno == ENOSPC || errno == EDQUOT ? PD_NOSPACE : PD_IO, "make the archive %s durable", name);
	if (port_rename_noreplace(a->dir, ARCHIVE_PART, a->dir, name) == -1 || sys.fsync(a->dir) == -1 ||
	    sys.fsync(a->state_dir) == -1)
		return pd_fail_sys(e, PD_IO, "make the name of the archive %s durable", name);
	return 0;
}

static int
record(struct archive *a, const char *name, struct pd_err *e)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	char	      head[HISTORY_HASH_LEN + 1], digest[HISTORY_HASH_LEN + 1];
	unsigned      n = 0;
	json_t	     *what;
	int	      rv = -1;

	if (EVP_DigestFinal_ex(a->ctx, md, &n) != 1 || n != CHAIN_HASH)
		return pd_fail(e, PD_BUG, "history: SHA-256 does not work");
	chain_hex(md, digest);
	chain_hex(a->hash, head);
	what = json_pack("{s:I s:I s:s s:s s:s}", "first", (json_int_t)a->first, "last", (json_int_t)a->last, "file",
	    name, "sha256", digest, "head", head);
	if (store_begin(a->st, e) == 0 && store_history_rotate(a->st, a->last, a->hash, what, e) == 0)
		rv = store_commit(a->st, e);
	if (rv == -1)
		store_rollback(a->st);
	json_decref(what);
	return rv;
}

static int
write_some(struct archive *a, char *file, size_t size, struct pd_err *e)
{
	int64_t n;

	if (store_history_lines(a->st, a->last, a->before_t, ARCHIVE_ROWS, write_line, a, &n, e) == -1)
		return -1;
	if (sys.fdatasync(a->fd) == -1)	/* little at a time: one sync at the end would hold everybody up */
		return pd_fail_sys(e, PD_IO, "write an archive of the history");
	if (n == ARCHIVE_ROWS && a->last - a->first + 1 < ARCHIVE_RECORDS)
		return 0;
	if (publish(a, file, size, e) == -1 || record(a, file, e) == -1) {
		file[0] = '\0';
		return -1;
	}
	give_up(a);
	a->state = ARCHIVE_PRUNING;
	return 0;
}

static int
prune_some(struct archive *a, struct pd_err *e)
{
	int n, rv = -1;

	if (store_begin(a->st, e) == 0 && store_history_prune(a->st, ARCHIVE_ROWS, &n, e) == 0)
		rv = store_commit(a->st, e);
	if (rv == -1)
		store_rollback(a->st);
	else if (n < ARCHIVE_ROWS) {
		a->state = ARCHIVE_IDLE;
		a->next_ms = 0;	/* there may be more than one file's worth */
	}
	return rv;
}

int
archive_step(struct archive *a, int64_t keep_s, int64_t now_ms, char *file, size_t size, struct pd_err *e)
{
	int rv = 0;

	file[0] = '\0';
	if (a->next_ms > now_ms)
		return 0;
	switch (a->state) {
	case ARCHIVE_IDLE:
		if (keep_s > 0)
			rv = look(a, keep_s, now_ms, e);
		break;
	case ARCHIVE_WRITING:
		rv = write_some(a, file, size, e);
		break;
	case ARCHIVE_PRUNING:
		rv = prune_some(a, e);
		break;
	}
	if (rv == -1) {
		if (a->state != ARCHIVE_PRUNING)
			give_up(a);
		a->next_ms = now_ms + ARCHIVE_LOOK_MS;
	}
	return rv;
}

int64_t
archive_delay(const struct archive *a, int64_t keep_s, int64_t now_ms)
{
	if (a->state == ARCHIVE_IDLE && keep_s == 0)
		return -1;
	return a->next_ms > now_ms ? a->next_ms - now_ms : 0;
}
