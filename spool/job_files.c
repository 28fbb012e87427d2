/* SPDX-License-Identifier: ISC */
/*
 * job_files.c - a job's journal and log as the director opens and writes them.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/joblog.h"
#include "spool/journal.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"

#define TAIL_BYTES 4096	/* a result's line begins within this, or within its value: then the line before it does */

static enum pd_code
code_of_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? PD_NOSPACE : PD_IO;
}

static int
open_new(int dir, const char *id, int flags, mode_t mode, int *was_there, struct pd_err *e)
{
	int fd = sys.openat(dir, id, flags | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);

	*was_there = fd != -1;
	if (fd != -1 || errno != ENOENT)
		return fd != -1 ? fd : pd_fail_sys(e, PD_IO, "open the file of job %s", id);
	fd = sys.openat(dir, id, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return pd_fail_sys(e, code_of_errno(), "create the file of job %s", id);
	if (sys.fchmod(fd, mode) == -1) {
		pd_fail_sys(e, code_of_errno(), "create the file of job %s", id);
		(void)sys.close(fd);
		return -1;
	}
	return fd;
}

int
job_journal_open(const struct spool *s, const char *id, int *is_named, struct pd_err *e)
{
	/* Without O_APPEND: one writer at a time, which the lock sees to, and journal_load() writes in place. */
	int fd = open_new(s->journal, id, O_RDWR, 0600, is_named, e);

	if (fd != -1 && sys.flock(fd, LOCK_EX | LOCK_NB) == -1) {
		pd_fail_sys(e, errno == EWOULDBLOCK ? PD_BUSY : PD_IO, "lock the journal of job %s", id);
		(void)sys.close(fd);
		return -1;
	}
	return fd;
}

int
job_journals_settle(const struct spool *s, struct pd_err *e)
{
	return sys.fsync(s->journal) == 0 ? 0 : pd_fail_sys(e, code_of_errno(), "make the names of journals durable");
}

int
job_journal_settle(const struct spool *s, const char *id, struct pd_err *e)
{
	int fd = sys.openat(s->journal, id, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), rv = 0;

	if (fd == -1)
		return errno == ENOENT ? 0 : pd_fail_sys(e, PD_IO, "open the journal of job %s", id);
	if (sys.fdatasync(fd) == -1)
		rv = pd_fail_sys(e, code_of_errno(), "make the journal of job %s durable", id);
	(void)sys.close(fd);
	return rv;
}

/* Has a change been promised in it? */
static int
has_change(const json_t *records)
{
	const json_t *r;
	size_t	      i;

	json_array_foreach(records, i, r) {
		const char *part = field_text(r, "part");

		if (strcmp(part, "run") == 0 || strcmp(part, "undo") == 0)
			return 1;
	}
	return 0;
}

/* A damaged one has no records. */
int
job_journal_read(const struct spool *s, const char *id, char text[DIGEST_TEXT_LEN], json_t **records, struct pd_err *e)
{
	char  *buf = NULL;
	size_t len = 0;
	int    rv = 0;

	text[0] = '\0';
	*records = NULL;
	if (io_read_file(s->journal, id, JOURNAL_FILE_MAX, &buf, &len, e) == -1)
		return e->code == PD_IO ? -1 : 0;
	if (len > 0 && journal_parse(buf, len, records, e) == -1 && e->code == PD_IO)
		rv = -1;
	if (len > 0 && (*records == NULL || has_change(*records)) && digest_text(buf, len, text, NULL) == -1)
		text[0] = '\0';
	free(buf);
	return rv;
}

int
job_log_open(const struct spool *s, const char *id, struct pd_err *e)
{
	int ignored;

	/* The group is the directory's, which has its set-group-id bit (spool_dirs.c). */
	return open_new(s->log, id, O_RDWR | O_APPEND, s->gid == (gid_t)-1 ? 0600 : 0640, &ignored, e);
}

int
job_log_event(const struct spool *s, const char *id, const char *event, json_t *fields, struct pd_err *e)
{
	int fd = job_log_open(s, id, e), rv;

	if (fd == -1) {
		json_decref(fields);
		return -1;
	}
	rv = joblog_event(fd, s->log_max, event, fields, e);
	(void)sys.close(fd);
	return rv;
}

/* The last place of mark in buf, NULL when it has none. */
static const char *
last_mark(const char *buf, size_t len, const char *mark)
{
	const char *last = NULL, *at = buf;

	while ((at = port_find(at, len - (size_t)(at - buf), mark, strlen(mark))) != NULL)
		last = at++;
	return last;
}

/* Does the line that has a byte at `at` end as whole ones do?  A crash may have torn it (joblog.c). */
static int
is_whole_line(int fd, off_t at)
{
	char	buf[TAIL_BYTES], before = '\0', *end;
	ssize_t n;

	for (; (n = sys.pread(fd, buf, sizeof(buf), at)) > 0; at += n) {
		end = memchr(buf, '\n', (size_t)n);
		if (end != NULL)
			return (end > buf ? end[-1] : before) == '}';
		before = buf[n - 1];
	}
	return 0;
}

/*
 * Our own writer's lines: a user's text has its quotes escaped and cannot look like this.  A result with a state behind
 * it is that of an earlier end: undo-job or resume-job went on.
 */
int
job_log_has_result(const struct spool *s, const char *id)
{
	static const char mark[] = "\"event\":\"result\"", state[] = "\"event\":\"state\"";
	const char	 *result, *other;
	char		  buf[TAIL_BYTES + sizeof(mark)];
	int		  fd = sys.openat(s->log, id, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), found = -1;
	off_t		  at;
	ssize_t		  n;

	if (fd == -1)
		return 0;
	/* Backwards, in pieces that overlap by the mark; the log is capped (log-size). */
	for (at = sys.lseek(fd, 0, SEEK_END); at > 0 && found == -1;) {
		size_t want = sizeof(buf) - 1;

		at = at > TAIL_BYTES ? at - TAIL_BYTES : 0;
		if ((n = sys.pread(fd, buf, want, at)) <= 0)
			break;
		result = last_mark(buf, (size_t)n, mark);
		other = last_mark(buf, (size_t)n, state);
		if (result != NULL || other != NULL)
			found = result != NULL && (other == NULL || other < result) &&
			    is_whole_line(fd, at + (result - buf));
	}
	(void)sys.close(fd);
	return found == 1;
}

int
job_log_result(const struct spool *s, const json_t *row, const json_t *receipt, struct pd_err *e)
{
	const char *id = field_text(row, "id");
	json_t	   *fields, *value = json_object_get(row, "value");

	fields = json_pack("{s:s s:s s:I s:s s:s s:s}", "state", field_text(row, "state"), "code",
	    field_text(row, "code"), "exit", (json_int_t)field_number(row, "exit"), "message",
	    field_text(row, "message"), "user", field_text(row, "user"), "tenant", field_text(row, "tenant"));
	if (fields != NULL && value != NULL)
		(void)json_object_set(fields, "value", value);
	if (fields != NULL && receipt != NULL)
		(void)json_object_set_new(fields, "history", json_deep_copy(receipt));
	return job_log_event(s, id, "result", fields, e);
}
