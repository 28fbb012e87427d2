/* SPDX-License-Identifier: ISC */
/*
 * history_source.c - the history's records in their order, from its archives and from the database.
 *
 * Memory is bounded: one line.  A line that is none comes as a row without a hash, which nothing follows.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/history/history_source.h"
#include "spool/os/sys.h"

static const char rows_text[] = "SELECT seq, record, hash FROM history WHERE seq>? ORDER BY seq";

int
archive_name_parse(const char *name, int64_t *first, int64_t *last)
{
	char	  again[ARCHIVE_NAME_MAX];
	long long a, b;

	if (sscanf(name, "history-%12lld-%12lld.jsonl", &a, &b) != 2 || a < 1 || b < a)
		return 0;
	(void)snprintf(again, sizeof(again), ARCHIVE_NAME_FMT, a, b);
	*first = a;
	*last = b;
	return strcmp(again, name) == 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* All archives of the directory that end at or before the base. */
static int
list_archives(struct history_source *s, int64_t base, struct pd_err *e)
{
	int	       fd = sys.openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR	      *dir = fd != -1 ? sys.fdopendir(fd) : NULL;
	struct dirent *entry;
	int64_t	       first, last;

	if (dir == NULL || (s->names = calloc(ARCHIVES_MAX, sizeof(*s->names))) == NULL) {
		pd_fail_sys(e, PD_IO, "list the history's archives");
		if (dir != NULL)
			(void)sys.closedir(dir);
		else if (fd != -1)
			(void)sys.close(fd);
		return -1;
	}
	while (s->nnames < ARCHIVES_MAX && (entry = sys.readdir(dir)) != NULL)
		if (archive_name_parse(entry->d_name, &first, &last) && last <= base)
			(void)snprintf(s->names[s->nnames++], ARCHIVE_NAME_MAX, "%.63s", entry->d_name);
	(void)sys.closedir(dir);
	qsort(s->names, s->nnames, sizeof(*s->names), by_name);
	return 0;
}

/* From record 1 to the base without a gap? */
static int
are_complete(const struct history_source *s, int64_t base)
{
	int64_t at = 0, first, last;

	for (size_t i = 0; i < s->nnames; i++) {
		if (!archive_name_parse(s->names[i], &first, &last) || first != at + 1)
			return 0;
		at = last;
	}
	return at == base;
}

int
source_open(struct history_source *s, struct store *st, const char *archives, struct chain_head *first, struct pd_err *e)
{
	struct chain_head base;

	memset(s, 0, sizeof(*s));
	memset(first, 0, sizeof(*first));
	s->st = st;
	s->dir = -1;
	if ((s->digests = json_object()) == NULL)
		return pd_fail(e, PD_IO, "history: out of memory");
	if (chain_read_base(st, &base, e) == -1)
		return -1;
	if (base.seq == 0)
		return 0;
	s->dir = archives != NULL ? sys.open(archives, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (s->dir != -1 && list_archives(s, base.seq, e) == -1)
		return -1;
	if (s->nnames == 0 || !are_complete(s, base.seq)) {
		s->nnames = 0;
		*first = base;
	}
	return 0;
}

static void
close_file(struct history_source *s)
{
	if (s->file != NULL)
		(void)fclose(s->file);
	s->file = NULL;
	EVP_MD_CTX_free(s->ctx);
	s->ctx = NULL;
}

void
source_close(struct history_source *s)
{
	close_file(s);
	if (s->is_open)
		stmt_close(&s->q);
	if (s->dir != -1)
		(void)sys.close(s->dir);
	json_decref(s->digests);
	free(s->line);
	free(s->names);
	memset(s, 0, sizeof(*s));
	s->dir = -1;
}

static int
open_file(struct history_source *s, struct pd_err *e)
{
	const char *name = s->names[s->at];
	int	    fd = sys.openat(s->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int64_t	    last;

	if (fd == -1 || (s->file = fdopen(fd, "r")) == NULL) {
		pd_fail_sys(e, PD_IO, "open the archive %s", name);
		if (fd != -1)
			(void)sys.close(fd);
		return -1;
	}
	if ((s->ctx = EVP_MD_CTX_new()) == NULL || EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL) != 1)
		return pd_fail(e, PD_IO, "history: out of memory");
	(void)archive_name_parse(name, &s->next, &last);
	return 0;
}

static int
end_file(struct history_source *s, struct pd_err *e)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	char	      hex[HISTORY_HASH_LEN + 1];
	unsigned      n = 0;

	if (ferror(s->file))
		return pd_fail_sys(e, PD_IO, "read the archive %s", s->names[s->at]);
	if (EVP_DigestFinal_ex(s->ctx, md, &n) != 1 || n != CHAIN_HASH)
		return pd_fail(e, PD_BUG, "history: SHA-256 does not work");
	chain_hex(md, hex);
	(void)json_object_set_new(s->digests, s->names[s->at], json_string(hex));
	close_file(s);
	s->at++;
	return 0;
}

/* A line longer than any record comes as its beginning, which is none. */
static int
read_line(struct history_source *s, size_t *len, struct pd_err *e)
{
	int c = EOF;

	if (s->line == NULL && (s->line = malloc(HISTORY_LINE_MAX + 1)) == NULL)
		return pd_fail(e, PD_IO, "history: out of memory");
	for (*len = 0; *len < HISTORY_LINE_MAX && (c = getc_unlocked(s->file)) != EOF;) {
		s->line[(*len)++] = (char)c;
		if (c == '\n')
			break;
	}
	s->line[*len] = '\0';
	if (*len > 0 && EVP_DigestUpdate(s->ctx, s->line, *len) != 1)
		return pd_fail(e, PD_BUG, "history: SHA-256 does not work");
	return *len > 0;
}

static int
next_of_file(struct history_source *s, struct row *r, struct pd_err *e)
{
	size_t len = 0;
	int    rv = read_line(s, &len, e);

	if (rv != 1)
		return rv == -1 ? -1 : end_file(s, e);
	*r = (struct row){ .seq = s->next++, .text = "" };
	/* A last line without its end is cut. */
	if (s->line[len - 1] == '\n' && history_line_parse(s->line, len - 1, &s->parsed, NULL) == 0) {
		r->text = s->parsed.text;
		r->len = s->parsed.len;
		r->hash = s->parsed.hash;
	}
	return 1;
}

static int
next_of_store(struct history_source *s, struct row *r, struct pd_err *e)
{
	struct chain_head base;
	int		  rv;

	if (!s->is_open) {
		if (chain_read_base(s->st, &base, e) == -1 || stmt_open(&s->q, s->st, rows_text, e) == -1)
			return -1;
		s->is_open = 1;
		/* Rows up to the base may be there still, or half gone; without a base whatever was put before record 1 counts. */
		stmt_int(&s->q, base.seq > 0 ? base.seq : INT64_MIN);
	}
	if ((rv = stmt_step(&s->q, e)) != 1)
		return rv;
	*r = (struct row){ .seq = sqlite3_column_int64(s->q.s, 0), .text = (const char *)sqlite3_column_text(s->q.s, 1) };
	r->len = r->text != NULL ? (size_t)sqlite3_column_bytes(s->q.s, 1) : 0;
	if (r->text == NULL)
		r->text = "";
	if (sqlite3_column_bytes(s->q.s, 2) == CHAIN_HASH)
		r->hash = sqlite3_column_blob(s->q.s, 2);
	return 1;
}

int
source_next(struct history_source *s, struct row *r, struct pd_err *e)
{
	int rv;

	while (s->at < s->nnames) {
		if (s->file == NULL && open_file(s, e) == -1)
			return -1;
		if ((rv = next_of_file(s, r, e)) != 0)
			return rv;
	}
	return next_of_store(s, r, e);
}
