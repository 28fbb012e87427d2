/* SPDX-License-Identifier: ISC */
/* Standard input of a simulated command: bytes in memory, or a queue that somebody fills. */
#ifndef SIM_STREAM_H
#define SIM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct cancel;
struct stream;

#define STREAM_QUEUE_MAX	((size_t)4 * 1024 * 1024)
#define STREAM_LINE_MAX		((size_t)128 * 1024)
#define STREAM_ALL_MAX		((size_t)256 * 1024 * 1024)

/* Copies the bytes.  NULL when there is no memory. */
struct stream *stream_memory(const void *data, size_t len);
/*
 * drained(arg) is called, without any lock, whenever a reader made room.  Reads return -1 as
 * long as cancel is set, which must outlive the stream.
 */
struct stream *stream_queue(struct cancel *cancel, void (*drained)(void *arg), void *arg);
void	stream_free(struct stream *s);

/* The writer's side of a queue.  stream_push() returns how many bytes were taken. */
size_t	stream_push(struct stream *s, const void *data, size_t len);
size_t	stream_room(struct stream *s);		/* how many it would take now */
void	stream_end(struct stream *s);		/* nothing more will come */
void	stream_wake(struct stream *s);		/* after cancel_set(): a waiting read returns -1 */
void	stream_discard(struct stream *s);	/* drop what is queued */
/* One end of file that does not end the stream: ^D on a terminal. */
void	stream_soft_eof(struct stream *s);

/* The reader's side: bytes read, 0 at the end, -1 when interrupted. */
ssize_t	stream_read(struct stream *s, void *buf, size_t len);
/* A line with its newline, if it has one; allocated.  Same results as stream_read(). */
ssize_t	stream_getline(struct stream *s, char **line);
/* Everything up to the end; allocated and NUL-terminated.  0 or -1. */
int	stream_read_all(struct stream *s, char **data, size_t *len);
bool	stream_is_memory(const struct stream *s);
/* What a memory stream has left to read; stays valid until the next read. */
const char *stream_peek(const struct stream *s, size_t *len);

#endif
