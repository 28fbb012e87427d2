/* SPDX-License-Identifier: ISC */
/*
 * ssh_link.h - the parts of the SSH transport among themselves; only handlers/ssh*.c include it.
 *
 * A link is one console with at most one SSH session.  All waiting is poll(2) on its socket with a
 * deadline, cut into slices so that stop() is asked about five times a second.
 */
#ifndef PD_HANDLERS_TRANSPORT_SSH_LINK_H
#define PD_HANDLERS_TRANSPORT_SSH_LINK_H

#include <libssh/libssh.h>
#include <stddef.h>
#include <stdint.h>

#include "handlers/transport/transport.h"

#define LINK_SLICE_MS	  200	/* between two questions to stop() */
#define LINK_FP_LEN	  64	/* "SHA256:" and 43 characters, with room */
#define LINK_CONNECT_MS	  15000	/* connect time limit when the target has none */
#define LINK_ALIVE_MS	  10000	/* silence after which a sign of life is asked for */
#define LINK_DEAD_MS	  30000	/* silence after which the peer is dead */

struct link {
	struct transport	  *t;		/* its stop() */
	char			  *address, *user, *key_file, *host_key;	/* owned */
	int			   port, connect_timeout_ms;
	int			   alive_ms, dead_ms;	/* LINK_ALIVE_MS, LINK_DEAD_MS; a test has less patience */
	ssh_session		   session;	/* NULL = not connected */
	ssh_event		   event;
	struct ssh_counter_struct *raw;		/* packets of this session; lives as long as it */
	int			   is_aside;	/* a command runs beside another one */
	int64_t			   meanwhile_ms;	/* when the transport's meanwhile() is called next, monotonic */
	unsigned		   family;	/* of host keys that the pinned one is in, link_open.c */
};

/* Whole milliseconds to wait for the next slice before deadline (-1 = none); 0 = it has passed. */
int link_slice(int64_t deadline);
int link_stopped(const struct link *l);

/* Connects a TCP socket to the link's address (non-blocking, NODELAY); -1 with PD_REMOTE. */
int link_tcp(const struct link *l, int64_t deadline, struct pd_err *e);

/* TCP, key exchange, host key compared with the pinned one, login.  On failure nothing is open. */
int  link_open(struct link *l, struct pd_err *e);
void link_close(struct link *l);
/* Asks for a sign of life: any packet that comes is one. */
void link_ask_alive(struct link *l);
/* Is the session still there?  Takes in what the peer said meanwhile. */
int  link_is_up(struct link *l);
/* Key exchange only, the fingerprint into fp; nothing stays open. */
int  link_fingerprint(struct link *l, char *fp, size_t size, struct pd_err *e);
/* Text of the session's last error, harmless to print. */
const char *link_error(const struct link *l, char *buf, size_t size);

/* Fingerprint of the connected server's key, as ssh-keygen -l prints it. */
int link_server_key(const struct link *l, char *fp, size_t size, struct pd_err *e);
/* Checks and loads the private key; the caller frees it. */
int link_load_key(const char *file, ssh_key *key, struct pd_err *e);

enum exec_result {
	EXEC_SENT,	/* the answer is filled in */
	EXEC_BUSY,	/* the server opens no further channel now */
	EXEC_GONE,	/* the session is dead and nothing was sent */
	EXEC_REFUSED	/* nothing was sent; *e says why */
};
/* One command with a terminal, ssh_attach.c; as transport.h's attach(). */
int link_attach(struct link *l, const char *command, struct attached *a, struct pd_err *e);
/* One command on the open session. */
enum exec_result link_exec(struct link *l, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e);

#endif
