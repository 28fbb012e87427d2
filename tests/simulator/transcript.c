/* SPDX-License-Identifier: ISC */
/*
 * The transcript.  Each line is an object with the keys
 *	time (RFC 3339, UTC, ms: when it was received), session, user, kind, command,
 *	stdout, stderr (64 KiB of each; "truncated": true when there was more), status, ms,
 *	ran: [{user, command, status, ms, fault}...] the simple commands that ran inside,
 *	note (only when the answer did not reach the client).
 * Bytes that are not UTF-8 stand as \xHH.  A line is one write(2) to a file opened with
 * O_APPEND, so lines of different threads never mix.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulator/console.h"
#include "tests/simulator/transcript.h"

#define STREAM_KEPT	(64 * 1024)
#define RAN_MAX		4000

struct transcript {
	int	fd;
};

struct record {
	pthread_mutex_t	lock;
	json_t	       *obj;
	json_t	       *ran;
	struct timespec	start;
	struct sim_out	text[2];
	int		truncated;
};

struct transcript *
transcript_open(const char *state_dir)
{
	struct transcript *t = calloc(1, sizeof(*t));
	char *path = NULL;

	if (t == NULL)
		return NULL;
	t->fd = -1;
	if (asprintf(&path, "%s/transcript.jsonl", state_dir) != -1)
		t->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	if (t->fd == -1) {
		free(t);
		return NULL;
	}
	return t;
}

void
transcript_close(struct transcript *t)
{
	if (t == NULL)
		return;
	(void)close(t->fd);
	free(t);
}

/* The length of the UTF-8 sequence at s, 0 when it is none. */
static size_t
utf8_len(const unsigned char *s, size_t left)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
	    s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	if (n == 0 || n > left || s[0] == 0)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static json_t *
text_json(const char *data, size_t len)
{
	const unsigned char *s = (const unsigned char *)data;
	struct sim_out out = { 0 };
	json_t *j;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(s + i, len - i);

		if (n != 0) {
			sim_out_write(&out, s + i, n);
			i += n;
		} else {
			sim_out_printf(&out, "\\x%02X", s[i]);
			i++;
		}
	}
	j = json_stringn(out.data != NULL ? out.data : "", out.len);
	sim_out_free(&out);
	return j;
}

static json_t *
now_json(void)
{
	struct timespec now;
	char day[32], text[48];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03ldZ", day, now.tv_nsec / 1000000);
	return json_string(text);
}

struct record *
record_new(unsigned long session, const char *user, const char *kind, const char *command)
{
	struct record *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	clock_gettime(CLOCK_MONOTONIC, &r->start);
	r->obj = json_object();
	r->ran = json_array();
	json_object_set_new(r->obj, "time", now_json());
	json_object_set_new(r->obj, "session", json_integer((json_int_t)session));
	json_object_set_new(r->obj, "user", json_string(user));
	json_object_set_new(r->obj, "kind", json_string(kind));
	json_object_set_new(r->obj, "command", text_json(command, strlen(command)));
	return r;
}

void
record_output(struct record *r, int is_stderr, const char *data, size_t len)
{
	struct sim_out *out = &r->text[is_stderr != 0];

	pthread_mutex_lock(&r->lock);
	if (len > STREAM_KEPT - out->len) {
		len = STREAM_KEPT - out->len;
		r->truncated = 1;
	}
	sim_out_write(out, data, len);
	pthread_mutex_unlock(&r->lock);
}

void
record_ran(struct record *r, const char *user, const char *command, int status, double ms,
    const char *fault)
{
	json_t *o = json_object();

	json_object_set_new(o, "user", json_string(user));
	json_object_set_new(o, "command", text_json(command, strlen(command)));
	json_object_set_new(o, "status", json_integer(status));
	json_object_set_new(o, "ms", json_real(ms));
	if (fault != NULL)
		json_object_set_new(o, "fault", json_string(fault));
	pthread_mutex_lock(&r->lock);
	if (json_array_size(r->ran) < RAN_MAX)
		json_array_append_new(r->ran, o);
	else
		json_decref(o);
	pthread_mutex_unlock(&r->lock);
}

static void
record_free(struct record *r)
{
	json_decref(r->obj);
	sim_out_free(&r->text[0]);
	sim_out_free(&r->text[1]);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static void
write_line(struct transcript *t, json_t *obj)
{
	char *s = json_dumps(obj, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	size_t len;

	if (s == NULL)
		return;
	len = strlen(s);
	s[len] = '\n';		/* the terminating NUL is not needed any more */
	while (write(t->fd, s, len + 1) == -1 && errno == EINTR)
		;
	free(s);
}

void
record_end(struct transcript *t, struct record *r, int status, const char *note)
{
	struct timespec now;
	double ms;

	if (r == NULL)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (double)(now.tv_sec - r->start.tv_sec) * 1e3 + (double)(now.tv_nsec - r->start.tv_nsec) / 1e6;
	json_object_set_new(r->obj, "stdout", text_json(r->text[0].data, r->text[0].len));
	json_object_set_new(r->obj, "stderr", text_json(r->text[1].data, r->text[1].len));
	if (r->truncated)
		json_object_set_new(r->obj, "truncated", json_true());
	json_object_set_new(r->obj, "status", json_integer(status));
	json_object_set_new(r->obj, "ms", json_real(ms));
	json_object_set_new(r->obj, "ran", r->ran);
	if (note != NULL)
		json_object_set_new(r->obj, "note", json_string(note));
	if (t != NULL)
		write_line(t, r->obj);
	record_free(r);
}
