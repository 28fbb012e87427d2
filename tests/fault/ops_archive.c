/* SPDX-License-Identifier: ISC */
/*
 * ops_archive.c - the history's operations: old records go to a file, and all of them are exported.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/history/archive.h"
#include "spool/history/history_source.h"
#include "spool/os/io.h"
#include "tests/fault/ops_store.h"

#define OLD	6	/* records that are due */
#define NEW	2
#define KEEP_S	(24 * 60 * 60)
#define STEPS	20	/* of an archive; eight do it */

static const char *
below(const char *dir, const char *name)
{
	static char path[OP_PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

void
history_prepare(const char *dir)
{
	struct store *st;
	struct pd_err e;

	if (mkdir(below(dir, "state/" ARCHIVE_DIR), 0700) == -1)
		exit(70);
	must(store_open(below(dir, "state"), &st, &e), &e);
	must(store_begin(st, &e), &e);
	for (int i = 0; i < OLD + NEW; i++) {
		json_t *record = json_pack("{s:s s:s s:{s:i}}", "event", "query", "user", "admin", "what", "n", i);

		if (i < OLD)
			(void)json_object_set_new(record, "t", json_string("2020-01-01T00:00:00.000Z"));
		must(store_history_add(st, record, &e), &e);
		json_decref(record);
	}
	must(store_commit(st, &e), &e);
	store_close(st);
}

/* ---- archive: P6 ---- */

/* Until nothing is due: 0; *name is what was archived last. */
static int
archive_all(struct store *st, int state_dir, char *name, size_t size, struct pd_err *e)
{
	struct archive a;
	char	       file[ARCHIVE_NAME_MAX];
	int	       rv = 0;

	archive_init(&a, st, state_dir);
	for (int i = 0; i < STEPS && rv == 0; i++) {
		rv = archive_step(&a, KEEP_S, 0, file, sizeof(file), e);
		if (file[0] != '\0')
			(void)snprintf(name, size, "%s", file);
	}
	archive_close(&a);
	return rv;
}

void
archive_run(const char *dir, struct told *t)
{
	struct store *st;
	struct pd_err e;
	char	      name[ARCHIVE_NAME_MAX] = "";
	int	      state_dir;

	if (store_open(below(dir, "state"), &st, &e) == -1 || (state_dir = io_open_dir(below(dir, "state"), &e)) == -1)
		return;
	(void)archive_all(st, state_dir, name, sizeof(name), &e);
	if (name[0] != '\0')
		t->is_done[0] = op_now();
	store_close(st);
}

/* Nothing but the one archive. */
static int
archives_are(const char *dir, const char *name)
{
	DIR	      *d = opendir(below(dir, "state/" ARCHIVE_DIR));
	struct dirent *entry;
	int	       n = 0;

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			n += strcmp(entry->d_name, name) == 0 ? 1 : 100;
	if (d != NULL)
		(void)closedir(d);
	return n == 1;
}

/* All records, from the first on, out of the archive and the database. */
static int
is_proven(const char *dir, struct history_proof *proof, struct pd_err *e)
{
	struct history_walk *walk;
	char		     archives[OP_PATH];
	int		     rv;

	(void)snprintf(archives, sizeof(archives), "%s/state/" ARCHIVE_DIR, dir);
	if (history_walk_begin(below(dir, "state/powerdirector.db"), archives, NULL, &walk, e) == -1)
		return -1;
	while ((rv = history_walk_step(walk, INT64_MAX / 2, e)) == 1)
		;
	*proof = *history_walk_proof(walk);
	history_walk_end(walk);
	return rv;
}

int
archive_check(const char *dir, const struct told *t, int is_cut)
{
	struct history_proof proof;
	struct store	    *st;
	struct pd_err	     e;
	char		     name[ARCHIVE_NAME_MAX], ignored[ARCHIVE_NAME_MAX];
	int64_t		     base, first_base;
	int		     state_dir;

	(void)is_cut;
	if (store_open(below(dir, "state"), &st, &e) == -1 || store_history_base(st, &first_base, &e) == -1)
		return op_wrong("P6: the store cannot be opened: %s", e.msg);
	if (t->is_done[0] && first_base != OLD)
		return op_wrong("P6: records were told to be archived up to %d, the base is %lld", OLD, (long long)first_base);
	if (is_proven(dir, &proof, &e) == -1 || proof.first != 0 || proof.records < OLD + NEW)
		return op_wrong("P6: as it was left, the history is proven from %lld to %lld: %s", (long long)proof.first + 1,
		    (long long)proof.records, e.msg);
	if ((state_dir = io_open_dir(below(dir, "state"), &e)) == -1 || archive_all(st, state_dir, ignored, sizeof(ignored), &e) == -1 ||
	    store_history_base(st, &base, &e) == -1)
		return op_wrong("P6: the archive is not finished: %s", e.msg);
	(void)snprintf(name, sizeof(name), ARCHIVE_NAME_FMT, 1LL, (long long)OLD);
	if (base != OLD || !archives_are(dir, name))
		return op_wrong("P6: the base is %lld, and %s is not what is archived", (long long)base, name);
	if (is_proven(dir, &proof, &e) == -1 || proof.first != 0 || proof.records < OLD + NEW)
		return op_wrong("P6: with its archive the history is proven from %lld to %lld: %s", (long long)proof.first + 1,
		    (long long)proof.records, e.msg);
	store_close(st);
	(void)close(state_dir);
	return 0;
}

/* ---- export: P6 ---- */

static int
count_line(void *arg, int64_t seq, const unsigned char *hash, const char *line, size_t len, struct pd_err *e)
{
	int64_t *last = arg;

	(void)hash, (void)line, (void)len;
	if (seq != *last + 1)
		return pd_fail(e, PD_BADDATA, "record %lld follows record %lld", (long long)seq, (long long)*last);
	*last = seq;
	return 0;
}

/* What --export-history does: all or a failure, never less and told to be all. */
void
export_run(const char *dir, struct told *t)
{
	struct store *st = NULL;
	struct pd_err e;
	int64_t	      base, n, last = 0;

	if (store_open_copy(below(dir, "state/powerdirector.db"), &st, &e) == 0 && store_history_base(st, &base, &e) == 0 &&
	    store_history_lines(st, base, NULL, INT64_MAX, count_line, &last, &n, &e) == 0) {
		t->is_done[0] = op_now();
		t->is_done[1] = last == OLD + NEW && n == last;
	}
	store_close(st);
}

int
export_check(const char *dir, const struct told *t, int is_cut)
{
	struct history_proof proof;
	struct pd_err	     e;

	(void)is_cut;
	if (t->is_done[0] && !t->is_done[1])
		return op_wrong("P6: an export was told to be whole and is not");
	if (is_proven(dir, &proof, &e) == -1 || proof.records != OLD + NEW)
		return op_wrong("P6: an export changed the history: %s", e.msg);
	return 0;
}
