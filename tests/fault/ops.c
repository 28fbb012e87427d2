/* SPDX-License-Identifier: ISC */
/*
 * ops.c - submit, journal append, log append; those of the director's store are in ops_store.c and ops_archive.c.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/follow/follow.h"
#include "spool/drop.h"
#include "spool/job_files.h"
#include "spool/joblog.h"
#include "spool/journal.h"
#include "spool/os/sys.h"
#include "tests/fault/ops_store.h"

#define RECORDS 4

static int __attribute__((format(printf, 1, 2)))
wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	return -1;
}

static const char *
below(const char *dir, const char *name)
{
	static char path[OP_PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int
count_names(int dirfd)
{
	int	       n = 0, fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY);
	DIR	      *d = fdopendir(fd);
	struct dirent *entry;

	while ((entry = readdir(d)) != NULL)
		n += entry->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void
tell(struct told *t, int part, int rv, const struct pd_err *e)
{
	if (rv == 0)
		t->is_done[part] = op_now();
	else if (e->code != PD_UNKNOWN)
		t->is_failed[part] = op_now();
}

/* ---- submit: P1, P2 ---- */

void
op_make_spool(const char *dir)
{
	struct spool  s;
	struct pd_err e;

	if (spool_open_for_director(&s, below(dir, "spool"), (gid_t)-1, 1, &e) == -1) {
		fprintf(stderr, "%s\n", e.msg);
		exit(70);
	}
	spool_close(&s);
}

static void
submit_run(const char *dir, struct told *t)
{
	struct job    job = op_job();
	struct spool  s;
	struct pd_err e;
	int	      rv = spool_open_for_drop(&s, below(dir, "spool"), &e);

	if (rv == 0) {
		rv = drop_submit(&s, &job, &e);
		tell(t, 0, rv, &e);
		spool_close(&s);
	} else {
		tell(t, 0, rv, &e);
	}
}

static int
submit_check(const char *dir, const struct told *t, int is_cut)
{
	struct drop_sweep sweep = { 0 };
	struct spool	  s;
	struct dropped	  d;
	struct pd_err	  e;
	int		  n;

	(void)is_cut;
	if (spool_open_for_director(&s, below(dir, "spool"), (gid_t)-1, 0, &e) == -1)
		return wrong("the spool cannot be opened: %s", e.msg);
	n = count_names(s.new);
	if (n > 1 || (n == 0 && t->is_done[0]) || (n == 1 && t->is_failed[0]))
		return wrong("P1, P2: %d files in new/, told %s", n, t->is_done[0] ? "done" : t->is_failed[0] ? "failed" : "nothing");
	if (n == 1 && drop_read(s.new, OP_ID, s.gid, &d, &e) == -1)
		return wrong("P1: the file in new/ is not whole: %s", e.msg);
	if (n == 1 && (d.n != 1 || strcmp(d.jobs[0].verb, "check-platform") != 0))
		return wrong("P1: the file in new/ holds another job");
	while ((n = drop_sweep(&s, &sweep, -100, &e)) == 1)
		;
	if (n == -1 || count_names(s.tmp) != 0)
		return wrong("tmp/ cannot be swept");
	drop_sweep_end(&sweep);
	return 0;
}

/* ---- journal append: P1, P3 ---- */

static json_t *
record(int i)
{
	return json_pack("{s:s s:s s:i}", "k", "intent", "step", "make-lpar", "i", i);
}

static void
journal_prepare(const char *dir)
{
	struct journal j;
	json_t	      *records, *r = record(0);
	struct pd_err  e;
	int	       fd = open(below(dir, "d/journal"), O_RDWR | O_CREAT, 0600);

	if (journal_load(&j, fd, 1, &records, &e) == -1 || journal_append(&j, r, 1, &e) == -1)
		exit(70);
	json_decref(records);
	json_decref(r);
	(void)close(fd);
}

static void
journal_run(const char *dir, struct told *t)
{
	struct journal j;
	json_t	      *records, *r;
	struct pd_err  e;
	int	       fd = sys.open(below(dir, "d/journal"), O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1 || journal_load(&j, fd, 1, &records, &e) == -1)
		return;
	json_decref(records);
	for (int i = 1; i <= RECORDS; i++) {	/* a worker goes on: what cannot be intended is not done */
		r = record(i);
		if (journal_append(&j, r, 1, &e) == 0)
			t->is_done[i] = op_now();
		json_decref(r);
	}
	(void)sys.close(fd);
}

static int
journal_check(const char *dir, const struct told *t, int is_cut)
{
	struct journal j;
	json_t	      *records = NULL, *r;
	struct pd_err  e;
	size_t	       i;
	int	       last = -1, is_there[RECORDS + 1] = { 0 };

	(void)is_cut;
	for (int round = 0; round < 2; round++) {	/* what a recovery has left is loaded like anything else */
		int fd = open(below(dir, "d/journal"), O_RDWR);

		json_decref(records);
		if (journal_load(&j, fd, 1, &records, &e) == -1)
			return wrong("P1: the journal cannot be loaded: %s", e.msg);
		(void)close(fd);
	}
	json_array_foreach(records, i, r) {
		int n = (int)json_integer_value(json_object_get(r, "i"));

		if (n <= last || n > RECORDS)
			return wrong("P3: record %d stands behind record %d", n, last);
		last = n;
		is_there[n] = 1;
	}
	for (int n = 0; n <= RECORDS; n++)
		if ((n == 0 || t->is_done[n]) && !is_there[n])
			return wrong("P3: record %d was durable and is not there", n);
	for (int n = 1; n < last; n++)
		if (t->has_ended && is_there[n] && !t->is_done[n])
			return wrong("P3: record %d was told to have failed and stands before others", n);
	json_decref(records);
	return 0;
}

/* ---- log append ---- */

static void
log_prepare(const char *dir)
{
	int fd = open(below(dir, "d/log"), O_RDWR | O_CREAT | O_APPEND, 0600);

	(void)joblog_event(fd, 0, "note", json_pack("{s:i}", "n", 0), NULL);
	(void)close(fd);
}

static void
log_run(const char *dir, struct told *t)
{
	struct pd_err e;
	int	      fd = sys.open(below(dir, "d/log"), O_RDWR | O_APPEND | O_CLOEXEC);

	for (int i = 1; fd != -1 && i <= RECORDS; i++)
		if (joblog_event(fd, 0, "note", json_pack("{s:i}", "n", i), &e) == 0)
			t->is_done[i] = op_now();
	if (fd != -1)
		(void)sys.close(fd);
}

/* Nothing in it is synced: after a power cut only its shape is promised. */
static int
log_check(const char *dir, const struct told *t, int is_cut)
{
	char	    *line = NULL;
	size_t	     room = 0;
	ssize_t	     got;
	int	     fd = open(below(dir, "d/log"), O_RDWR | O_APPEND), last = -1, is_there[RECORDS + 2] = { 0 };
	FILE	    *log = fdopen(fd, "r");
	struct event ev;

	(void)joblog_event(fd, 0, "note", json_pack("{s:i}", "n", RECORDS + 1), NULL);
	rewind(log);
	while ((got = getline(&line, &room, log)) > 0) {	/* zeros may be in it, where a block was not written */
		size_t len = (size_t)got - 1;
		int    n;

		if (event_parse(line, len, &ev, NULL) == -1) {
			if (len > 0 && line[len - 1] == '~')
				continue;
			return wrong("a line of the log is neither an event nor ended as a torn one: %s", line);
		}
		n = (int)json_integer_value(json_object_get(ev.json, "n"));
		if (n <= last || n > RECORDS + 1)
			return wrong("event %d stands behind event %d", n, last);
		is_there[last = n] = 1;
		event_clear(&ev);
	}
	for (int n = 1; n <= RECORDS + 1; n++)
		if ((n > RECORDS || (t->is_done[n] && !is_cut)) && !is_there[n])
			return wrong("event %d is not there", n);
	free(line);
	(void)fclose(log);
	return 0;
}

static const char *const spool_dirs[] = { "spool", "spool/tmp", "spool/new", "spool/cur", "spool/done", "spool/bad",
	"spool/journal", "spool/log", NULL };
static const char *const one_dir[] = { "d", NULL };
static const char *const all_dirs[] = { "state", "spool", "spool/tmp", "spool/new", "spool/cur", "spool/done", "spool/bad",
	"spool/journal", "spool/log", NULL };
static const char *const archive_dirs[] = { "state", "state/archive", NULL };

const struct op ops[] = {
	{ "submit", "one job into new/", op_make_spool, submit_run, submit_check, spool_dirs, 0, 1 },
	{ "journal", "four records", journal_prepare, journal_run, journal_check, one_dir, 0, 1 },
	{ "log", "four events", log_prepare, log_run, log_check, one_dir, 0, 1 },
	{ "intake", "one job from new/ to its row", intake_prepare, intake_run, intake_check, all_dirs, 0, 0 },
	{ "move", "two states of a job, with their history", move_prepare, move_run, move_check, all_dirs, 0, 0 },
	{ "archive", "old records of the history to a file", history_prepare, archive_run, archive_check, archive_dirs, 0, 0 },
	{ "export", "the history as lines", history_prepare, export_run, export_check, archive_dirs, 1, 0 },
	{ "round", "a start and an intake, with one commit", round_prepare, round_run, round_check, all_dirs, 0, 0 },
	{ "lease", "a job of the director's own, for a lease", lease_prepare, lease_run, lease_check, all_dirs, 0, 0 },
};
const size_t nops = sizeof(ops) / sizeof(ops[0]);
