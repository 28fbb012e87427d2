/* SPDX-License-Identifier: ISC */
/*
 * follow.c - a job's event log, read while it grows.
 *
 * In the beginning the log is looked at every few milliseconds: most requests are answered by then, and to give a watch
 * back takes the kernel ten.  Then it is watched.  The log is the truth and the watch is a hint: it is set before a
 * read, and when it says nothing the file is looked at again after a second.  Where there is none it is looked at after
 * PORT_LOOK_MS, and then after twice as long each time that nothing was there: who looks learns of an event after at
 * most as long again as it took to come, and hundreds of them cost next to nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/follow/event_scan.h"
#include "gateway/follow/follow.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"

#define CHUNK	  (128 * 1024)	/* read at once: a long log comes in few calls, and what is as large goes back to the system when it is freed */
#define LOOK_MS	  1000	/* again, although the watch is silent */
#define LOOK_MAX_MS 400	/* without a watch */
#define EARLY_MS  60	/* so long it is only looked at, */
#define EARLY_LOOKS 16	/* each time after this part of the time so far, and a millisecond */
#define STEPS_MAX 9999
#define MS_MAX	  (1000LL * 86400 * 366)

static const struct {
	const char     *name;
	enum event_kind kind;
} kinds[] = {
	{ "step", EVENT_STEP }, { "step-done", EVENT_STEP_DONE }, { "note", EVENT_NOTE }, { "command", EVENT_COMMAND },
	{ "state", EVENT_STATE }, { "wait", EVENT_WAIT }, { "admitted", EVENT_ADMITTED }, { "result", EVENT_RESULT },
};

enum event_kind
event_kind_of(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, name, len) == 0)
			return kinds[i].kind;
	return EVENT_OTHER;
}

void
event_set_numbers(struct event *ev, long long i, long long of, long long ms)
{
	ev->ms = ms >= 0 && ms <= MS_MAX ? ms : 0;
	ev->i = ev->of = 0;
	if (i >= 1 && i <= of && of <= STEPS_MAX) {
		ev->i = (int)i;
		ev->of = (int)of;
	}
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static long long
number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));	/* 0 where there is none */
}

static void
fill(struct event *ev, const json_t *o)
{
	ev->step = text_of(o, "step");
	ev->say = text_of(o, "say");
	ev->state = text_of(o, "state");
	ev->level = text_of(o, "level");
	ev->text = text_of(o, "text");
	ev->as = text_of(o, "as");
	ev->cmd = text_of(o, "cmd");
	ev->wait = text_of(o, "wait");
	ev->when = text_of(o, "when");
	ev->until = text_of(o, "until");
	ev->user = text_of(o, "user");
	ev->tenant = text_of(o, "tenant");
	event_set_numbers(ev, number_of(o, "i"), number_of(o, "of"), number_of(o, "ms"));
}

int
event_parse(const char *line, size_t len, struct event *ev, struct pd_err *e)
{
	const char *name;

	memset(ev, 0, sizeof(*ev));
	ev->json = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	name = json_string_value(json_object_get(ev->json, "event"));
	if (name == NULL) {
		event_clear(ev);
		return pd_fail(e, PD_BADDATA, "a line of the job's log is no event");
	}
	ev->kind = event_kind_of(name, strlen(name));
	fill(ev, ev->json);
	return 0;
}

void
event_clear(struct event *ev)
{
	json_decref(ev->json);
	memset(ev, 0, sizeof(*ev));
}

int
follow_open(struct follow *f, const char *spool, const char *id, int may_watch, struct pd_err *e)
{
	char	    path[4096];
	struct stat st;

	memset(f, 0, sizeof(*f));
	f->fd = f->watch = -1;
	f->look_ms = PORT_LOOK_MS;
	if (!id_is_valid(id))
		return pd_fail(e, PD_BUG, "follow a job without a whole id");
	if ((size_t)snprintf(path, sizeof(path), "%s/log/%s", spool, id) >= sizeof(path))
		return pd_fail(e, PD_BADDATA, "the spool's path is too long");
	f->fd = sys.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (f->fd == -1)
		return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : PD_IO, "open the log of job %s", id);
	if (sys.fstat(f->fd, &st) == -1 || !S_ISREG(st.st_mode))
		return pd_fail(e, PD_IO, "the log of job %s is no regular file", id);
	f->spool = spool;
	f->id = id;
	f->may_watch = may_watch;
	return 0;
}

void
follow_close(struct follow *f)
{
	if (f->fd != -1)
		(void)sys.close(f->fd);
	if (f->watch != -1)
		(void)sys.close(f->watch);
	free(f->buf);
	f->buf = NULL;
	f->fd = f->watch = -1;
}

/* Room for one more chunk behind what is unread: the beginning of one line. */
static int
make_room(struct follow *f, struct pd_err *e)
{
	char *bigger;

	if (f->start > 0) {
		memmove(f->buf, f->buf + f->start, f->len - f->start);
		f->len -= f->start;
		f->start = 0;
	}
	if (f->len > FOLLOW_LINE_MAX)
		return pd_fail(e, PD_BADDATA, "the job's log has a line of more than %d bytes", FOLLOW_LINE_MAX);
	if (f->size - f->len >= CHUNK)
		return 0;
	bigger = realloc(f->buf, f->size * 2 + CHUNK);
	if (bigger == NULL)
		return pd_fail(e, PD_IO, "no memory to follow the job");
	f->buf = bigger;
	f->size = f->size * 2 + CHUNK;
	return 0;
}

/* 1 = read something, 0 = nothing there. */
static int
read_more(struct follow *f, struct pd_err *e)
{
	ssize_t n;

	if (make_room(f, e) == -1)
		return -1;
	do
		n = sys.read(f->fd, f->buf + f->len, CHUNK);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return pd_fail_sys(e, PD_IO, "read the job's log");
	f->len += (size_t)n;
	f->at += n;
	if (n > 0)
		f->look_ms = PORT_LOOK_MS;
	return n > 0;
}

/* The next whole line, without its newline: 1, 0 = none yet. */
static int
next_line(struct follow *f, char **line, size_t *len, struct pd_err *e)
{
	char  *end = NULL;
	size_t looked = 0;	/* bytes of the line that hold no newline */
	int    rv;

	while (f->len == f->start + looked ||
	    (end = memchr(f->buf + f->start + looked, '\n', f->len - f->start - looked)) == NULL) {
		looked = f->len - f->start;
		rv = read_more(f, e);
		if (rv != 1)
			return rv;
	}
	*line = f->buf + f->start;
	*len = (size_t)(end - *line);
	f->start += *len + 1;
	return 1;
}

int
follow_next(struct follow *f, struct event *ev, struct pd_err *e)
{
	struct pd_err ignored;
	char	     *line;
	size_t	      len;
	int	      rv;

	/* One that is no event was torn by a crash: its writer has written it, or what came of it, again. */
	while ((rv = next_line(f, &line, &len, e)) == 1)
		if (event_scan(line, len, ev) || event_parse(line, len, ev, &ignored) == 0)
			return 1;
	return rv;
}

/* Hundreds of followers wait at a time: none of them holds more than the beginning of a line meanwhile. */
static void
forget_what_is_read(struct follow *f)
{
	if (f->start < f->len)
		return;
	free(f->buf);
	f->buf = NULL;
	f->start = f->len = f->size = 0;
}

static int
has_grown(const struct follow *f)
{
	struct stat st;

	return sys.fstat(f->fd, &st) == -1 || st.st_size > f->at;
}

/* Looks often until something is there, or the time for that is over: then the watch is set.  As follow_wait(). */
static int
wait_early(struct follow *f, int limit_ms)
{
	char path[4096];

	while (f->early_ms < EARLY_MS) {
		struct pollfd p = { .fd = STDOUT_FILENO };
		int	      ms = 1 + f->early_ms / EARLY_LOOKS, rv;

		if (limit_ms >= 0 && (limit_ms -= ms) < 0)
			return 0;
		f->early_ms += ms;
		if ((rv = poll(&p, 1, ms)) == 1 && p.revents & (POLLERR | POLLHUP | POLLNVAL))
			return -1;
		if (rv == -1 || has_grown(f))
			return 0;
	}
	if (f->may_watch && (size_t)snprintf(path, sizeof(path), "%s/log/%s", f->spool, f->id) < sizeof(path))
		f->watch = port_watch_file(path);
	f->may_watch = 0;
	return 0;
}

int
follow_wait(struct follow *f, int limit_ms)
{
	struct pollfd p[2] = { { .fd = STDOUT_FILENO }, { .fd = f->watch, .events = POLLIN } };
	int	      look = f->watch != -1 ? LOOK_MS : f->look_ms;

	forget_what_is_read(f);
	if (f->fd != -1 && (f->early_ms < EARLY_MS || f->may_watch))
		return wait_early(f, limit_ms);
	f->look_ms = f->look_ms < LOOK_MAX_MS / 2 ? f->look_ms * 2 : LOOK_MAX_MS;
	/* No events are asked for on stdout: only that its reader is gone is told. */
	if (poll(p, 2, limit_ms >= 0 && limit_ms < look ? limit_ms : look) <= 0)
		return 0;
	if (p[0].revents & (POLLERR | POLLHUP | POLLNVAL))
		return -1;
	if (p[1].revents != 0)
		port_watch_drain(f->watch);
	return 0;
}
