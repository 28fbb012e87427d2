/* SPDX-License-Identifier: ISC */
/*
 * Standard input of a simulated command.  A memory stream holds the output of the command
 * before it in a pipeline, a here-document or a file; a queue holds what an SSH client sends
 * and blocks its reader until something comes.  A queue is bounded: what does not fit stays
 * with the writer, who is told when there is room again.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/proc.h"
#include "tests/simulator/stream.h"

struct stream {
	pthread_mutex_t	lock;
	pthread_cond_t	filled;
	char	       *buf;
	size_t		pos;		/* next byte to read */
	size_t		len;		/* end of the bytes */
	size_t		size;
	bool		is_memory;
	bool		ended;
	bool		soft_eof;
	struct cancel  *cancel;		/* the only place that says whether a read is interrupted */
	void	      (*drained)(void *arg);
	void	       *arg;
};

static struct stream *
stream_new(void)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->filled, NULL);
	return s;
}

struct stream *
stream_memory(const void *data, size_t len)
{
	struct stream *s = stream_new();

	if (s == NULL)
		return NULL;
	s->is_memory = true;
	s->ended = true;
	if (len != 0 && stream_push(s, data, len) != len) {
		stream_free(s);
		return NULL;
	}
	return s;
}

struct stream *
stream_queue(struct cancel *cancel, void (*drained)(void *arg), void *arg)
{
	struct stream *s = stream_new();

	if (s != NULL) {
		s->cancel = cancel;
		s->drained = drained;
		s->arg = arg;
	}
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	pthread_cond_destroy(&s->filled);
	pthread_mutex_destroy(&s->lock);
	free(s->buf);
	free(s);
}

/* Makes room behind the queued bytes; returns how many of len fit. */
static size_t
make_room(struct stream *s, size_t len)
{
	size_t max = s->is_memory ? STREAM_ALL_MAX : STREAM_QUEUE_MAX;
	size_t held = s->len - s->pos, size;
	char *p;

	if (len > max - held)
		len = max - held;
	if (s->pos != 0 && (s->pos == s->len || s->size - s->len < len)) {
		memmove(s->buf, s->buf + s->pos, held);
		s->pos = 0;
		s->len = held;
	}
	if (s->size - s->len >= len)
		return len;
	for (size = s->size != 0 ? s->size : 4096; size < s->len + len; size *= 2)
		;
	p = realloc(s->buf, size);
	if (p == NULL)
		return s->size - s->len;
	s->buf = p;
	s->size = size;
	return len;
}

size_t
stream_push(struct stream *s, const void *data, size_t len)
{
	pthread_mutex_lock(&s->lock);
	len = make_room(s, len);
	if (len != 0)
		memcpy(s->buf + s->len, data, len);
	s->len += len;
	pthread_cond_broadcast(&s->filled);
	pthread_mutex_unlock(&s->lock);
	return len;
}

size_t
stream_room(struct stream *s)
{
	size_t room;

	pthread_mutex_lock(&s->lock);
	room = STREAM_QUEUE_MAX - (s->len - s->pos);
	pthread_mutex_unlock(&s->lock);
	return room;
}

static void
set_flag(struct stream *s, bool *flag)
{
	pthread_mutex_lock(&s->lock);
	*flag = true;
	pthread_cond_broadcast(&s->filled);
	pthread_mutex_unlock(&s->lock);
}

void
stream_end(struct stream *s)
{
	set_flag(s, &s->ended);
}

void
stream_soft_eof(struct stream *s)
{
	set_flag(s, &s->soft_eof);
}

void
stream_wake(struct stream *s)
{
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->filled);
	pthread_mutex_unlock(&s->lock);
}

void
stream_discard(struct stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->pos = s->len = 0;
	pthread_mutex_unlock(&s->lock);
}

/*
 * Waits until there is something to read (1), the end (0) or an interruption (-1).
 * With newline set, "something" means a whole line, or as much as a line may hold.
 */
static int
wait_filled(struct stream *s, bool newline)
{
	for (;;) {
		size_t held = s->len - s->pos;

		if (s->cancel != NULL && cancel_state(s->cancel) != CANCEL_NONE)
			return -1;
		if (held != 0 && (!newline || held >= STREAM_LINE_MAX ||
		    memchr(s->buf + s->pos, '\n', held) != NULL))
			return 1;
		if (s->ended || s->soft_eof) {
			s->soft_eof = false;
			return held != 0 ? 1 : 0;
		}
		pthread_cond_wait(&s->filled, &s->lock);
	}
}

static void
tell_drained(struct stream *s)
{
	if (s->drained != NULL)
		s->drained(s->arg);
}

ssize_t
stream_read(struct stream *s, void *buf, size_t len)
{
	ssize_t n;

	pthread_mutex_lock(&s->lock);
	n = wait_filled(s, false);
	if (n == 1) {
		n = (ssize_t)(len < s->len - s->pos ? len : s->len - s->pos);
		memcpy(buf, s->buf + s->pos, (size_t)n);
		s->pos += (size_t)n;
	}
	pthread_mutex_unlock(&s->lock);
	if (n > 0)
		tell_drained(s);
	return n;
}

ssize_t
stream_getline(struct stream *s, char **line)
{
	ssize_t n;
	char *nl, *p;

	*line = NULL;
	pthread_mutex_lock(&s->lock);
	n = wait_filled(s, true);
	if (n == 1) {
		size_t held = s->len - s->pos;

		nl = memchr(s->buf + s->pos, '\n', held);
		n = (ssize_t)(nl != NULL ? (size_t)(nl - (s->buf + s->pos)) + 1 : held);
		p = malloc((size_t)n + 1);
		if (p == NULL) {
			n = -1;
		} else {
			memcpy(p, s->buf + s->pos, (size_t)n);
			p[n] = '\0';
			*line = p;
			s->pos += (size_t)n;
		}
	}
	pthread_mutex_unlock(&s->lock);
	if (n > 0)
		tell_drained(s);
	return n;
}

int
stream_read_all(struct stream *s, char **data, size_t *len)
{
	char *p = NULL, *q;
	size_t have = 0, size = 0;
	ssize_t n;

	for (;;) {
		if (have + 65536 + 1 > size) {
			size = size != 0 ? size * 2 : 128 * 1024;
			if (have > STREAM_ALL_MAX || (q = realloc(p, size)) == NULL)
				break;
			p = q;
		}
		n = stream_read(s, p + have, 65536);
		if (n == -1)
			break;
		if (n == 0) {
			p[have] = '\0';
			*data = p;
			*len = have;
			return 0;
		}
		have += (size_t)n;
	}
	free(p);
	*data = NULL;
	*len = 0;
	return -1;
}

bool
stream_is_memory(const struct stream *s)
{
	return s->is_memory;
}

const char *
stream_peek(const struct stream *s, size_t *len)
{
	*len = s->len - s->pos;
	return s->buf != NULL ? s->buf + s->pos : "";
}
