/* SPDX-License-Identifier: ISC */
/*
 * wire.h - messages between our own processes on a local stream socket.
 *
 * A message is a u32 length, big-endian, and that many bytes: one JSON object.  Up to two
 * descriptors may ride on it (SCM_RIGHTS with the first byte).  Used on the query socket
 * (spool/query/query.h) and between director and worker (spool/run/workers.h).
 */
#ifndef PD_SPOOL_WIRE_H
#define PD_SPOOL_WIRE_H

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>

#include "spool/err.h"

#define WIRE_REQUEST_MAX (128 * 1024)
#define WIRE_REPLY_MAX	 (16 * 1024 * 1024)

/* Blocking; takes the reference to msg.  fds may be NULL. */
int wire_send(int sock, json_t *msg, const int *fds, size_t nfds, struct pd_err *e);

/*
 * Blocking; waits at most timeout_ms (-1 = for ever) for the whole message.  1 = got one (*msg is the caller's), 0 =
 * the peer closed, -1 = error (PD_BUSY: time is over).  fds gets up to nfds descriptors (close-on-exec), the rest of it
 * -1.
 */
int wire_recv(int sock, size_t max, int timeout_ms, json_t **msg, int *fds, size_t nfds, struct pd_err *e);

/*
 * The same without descriptors, for a reply that may be a long list: where "value" is an array in compact JSON it is
 * not read, but checked and handed over as text: *list, allocated, the caller's, and *msg has null there.  *list is
 * NULL where it is not.
 */
int wire_recv_list(int sock, size_t max, int timeout_ms, json_t **msg, char **list, size_t *list_len, struct pd_err *e);

/* For an event loop: bytes are fed as they come, whole messages are taken out. */
struct wire_in {
	char  *buf;
	size_t len, size, max;
};
void wire_in_init(struct wire_in *in, size_t max);
void wire_in_free(struct wire_in *in);
/* Reads what is there (non-blocking sock): 1 = go on, 0 = closed, -1 = error or a message over max. */
int wire_in_fill(struct wire_in *in, int sock, struct pd_err *e);
/* 1 = *msg is a whole message, 0 = none yet, -1 = not JSON. */
int wire_in_take(struct wire_in *in, json_t **msg, struct pd_err *e);

/* One message as bytes (allocated, the caller frees), for non-blocking senders. */
int wire_pack(const json_t *msg, char **buf, size_t *len, struct pd_err *e);
/* The same with a list as its last member, "value", which msg has not: compact JSON text, taken as it is.  list_len 0: there is none. */
int wire_pack_list(const json_t *msg, const char *list, size_t list_len, char **buf, size_t *len, struct pd_err *e);

/* Effective user of the peer, as the kernel knows it. */
int wire_peer_uid(int sock, uid_t *uid, struct pd_err *e);
/*
 * Blocking socket; waits at most timeout_ms (-1 = for ever) for a listener that is slow to take it, and as long for
 * each send later. PD_BUSY when there is none, or (e->sys is EAGAIN) it did not take the connection in time.
 */
int wire_connect(const char *path, int timeout_ms, struct pd_err *e);
/*
 * Blocking listener (an event loop sets O_NONBLOCK).  A stale socket of ours at path is replaced; one that is in use,
 * of another owner, or another kind of file is PD_CONFLICT.  gid (gid_t)-1 leaves the group.
 */
int wire_listen(const char *path, mode_t mode, gid_t gid, struct pd_err *e);

#endif
