/* SPDX-License-Identifier: ISC */
/*
 * joblog.c - a job's events for people and followers: SPOOL/log/ID, one JSON object a line.
 *
 * Two processes append (director and worker), each line with one write(2) on an O_APPEND
 * descriptor.  The line that carries the file over its limit brings the note about the cap with
 * it, in the same write; so the note comes once without anybody keeping count.
 *
 * A crash in the middle of a write leaves a part of a line.  Who writes next ends it with TORN_MARK,
 * which no whole line has at its end: it is passed over by readers, and no half of a result counts as one.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/joblog.h"
#include "spool/json_bytes.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/os/sys.h"

#define TORN_MARK "~\n"

/* {"t":..,"event":..,fields...}; takes the reference to fields. */
static json_t *
event_object(const char *event, json_t *fields)
{
	char	now[CLOCK_TEXT_LEN];
	json_t *o = json_pack("{s:s, s:s}", "t", clock_text(now, clock_wall_ms()), "event", event);

	if (o != NULL && fields != NULL && json_object_update_missing(o, fields) == -1) {
		json_decref(o);
		o = NULL;
	}
	json_decref(fields);
	return o;
}

/* The object as a line in *buf, which grows from *len; takes the reference. */
static int
add_line(char **buf, size_t *len, json_t *o)
{
	char  *p = NULL;
	size_t n = o == NULL ? 0 : json_bytes(o, JSON_COMPACT, *len, &p);

	if (p != NULL) {
		if (*len > 0)
			memcpy(p, *buf, *len);
		free(*buf);
		*buf = p;
		*len += n;
		p[(*len)++] = '\n';
	}
	json_decref(o);
	return p == NULL ? -1 : 0;
}

static int
add_cap_note(char **buf, size_t *len)
{
	return add_line(buf, len, event_object("note", json_pack("{s:s, s:s}", "level", "warning", "text",
	    "This log is full; the job goes on.  Only its state and its result follow.")));
}

/* A part of a line would glue itself to the next event: take it back when nobody wrote behind it. */
static void
take_back(int fd, off_t before, size_t written)
{
	struct stat st;

	if (sys.fstat(fd, &st) == 0 && st.st_size == before + (off_t)written)
		(void)!sys.ftruncate(fd, before);
}

static int
write_lines(int fd, off_t before, const char *buf, size_t len, struct pd_err *e)
{
	ssize_t n;
	int	full;

	do
		n = sys.write(fd, buf, len);
	while (n == -1 && errno == EINTR);
	if (n == (ssize_t)len)
		return 0;
	if (n >= 0)		/* the reason comes with the next write, or the rest fits after all */
		if (io_write_all(fd, buf + n, len - (size_t)n) == 0)
			return 0;
	full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
	pd_fail_sys(e, full ? PD_NOSPACE : PD_IO, "write the job's log");
	if (n > 0)
		take_back(fd, before, (size_t)n);
	return -1;
}

/* The file ends within a line.  Not known is no: what it guards against is a crash. */
static int
is_torn(int fd, off_t size)
{
	char last = '\n';

	return size > 0 && sys.pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static int
end_torn_line(char **buf, size_t *len)
{
	*buf = strdup(TORN_MARK);
	*len = *buf != NULL ? strlen(*buf) : 0;
	return *buf != NULL ? 0 : -1;
}

int
joblog_event(int fd, int64_t max, const char *event, json_t *fields, struct pd_err *e)
{
	const int   is_result = strcmp(event, "result") == 0;
	const int   is_kept = is_result || strcmp(event, "state") == 0;
	struct stat st;
	char	   *buf = NULL;
	size_t	    len = 0;
	int	    rv = -1;

	if (max <= 0)
		max = LOG_FILE_MAX;
	if (sys.fstat(fd, &st) == -1) {
		json_decref(fields);
		return pd_fail_sys(e, PD_IO, "stat the job's log");
	}
	if (st.st_size >= max && !is_kept) {
		json_decref(fields);
		return 0;
	}
	if (is_torn(fd, st.st_size) && end_torn_line(&buf, &len) == -1) {
		json_decref(fields);
		return pd_fail_sys(e, PD_IO, "write the job's log");
	}
	if (add_line(&buf, &len, event_object(event, fields)) == -1)
		pd_fail(e, PD_BUG, "event %s is not JSON", event);
	else if (st.st_size < max && st.st_size + (off_t)len >= max && !is_result &&
	    add_cap_note(&buf, &len) == -1)
		pd_fail(e, PD_BUG, "the note about the log's end is not JSON");
	else
		rv = write_lines(fd, st.st_size, buf, len, e);
	free(buf);
	return rv;
}
