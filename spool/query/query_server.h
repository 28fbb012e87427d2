/* SPDX-License-Identifier: ISC */
/*
 * query_server.h - the director's local socket (spool/query/query.h), for many gateways at once.
 *
 * Nothing that a client does can hold up the loop or cost more than its bound: input is taken as it
 * comes and dropped at WIRE_REQUEST_MAX, garbage closes the connection, a reply that is not
 * read waits in its own buffer and stops that client only, silence ends by time, and when all
 * places are taken the one that was quiet for longest goes.
 */
#ifndef PD_SPOOL_QUERY_QUERY_SERVER_H
#define PD_SPOOL_QUERY_QUERY_SERVER_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/err.h"
#include "spool/query/rows.h"
#include "spool/wire.h"

#define QUERY_CLIENTS	128
#define QUERY_IDLE_MS	60000	/* a gateway's shell may think between two questions */
#define QUERY_UNREAD_MAX (64 * 1024 * 1024)	/* bytes that wait for their readers, of all clients */
#define QUERY_UNREAD_MS 15000	/* a reply must be taken within */

struct query_client {
	int	       fd;		/* -1 = this place is free */
	uid_t	       uid;		/* by the kernel's word */
	struct wire_in in;
	char	      *out;
	size_t	       out_len, out_at;
	int64_t	       last_ms;		/* when something moved */
	uint64_t       waits;		/* for the answer to this ticket, which takes longer; 0 = no */
};

struct query_server {
	int		    sock;
	struct query_client clients[QUERY_CLIENTS];
	const struct query_client *asking;	/* whose request is answered now */
	struct rows	    list;	/* of the reply that is made now (spool/query/query.h); it goes with the next one that is sent */
	uint64_t	    ticket;	/* of the request that is answered now; none is used twice */
	/*
	 * The answer to one request of this uid; NULL: close the connection; json_true(): query_server_reply() brings
	 * it later.  arg is the director.
	 */
	json_t *(*answer)(void *arg, uid_t uid, const json_t *request);
	void *arg;
};

int  query_server_open(struct query_server *q, const char *path, mode_t mode, gid_t gid, struct pd_err *e);
void query_server_close(struct query_server *q, const char *path);	/* path: the name to remove, may be NULL */
void query_server_accept(struct query_server *q, int64_t now_ms);
/* The client's socket is ready; reads and answers, or goes on writing. */
void query_server_serve(struct query_server *q, struct query_client *c, int64_t now_ms);
/* The answer to an earlier request; takes the reference.  Nobody may wait for it any more. */
void query_server_reply(struct query_server *q, uint64_t ticket, json_t *reply, int64_t now_ms);
void query_server_expire(struct query_server *q, int64_t now_ms);
int64_t query_server_delay(const struct query_server *q, int64_t now_ms);	/* until the next expiry; -1 = none */

#endif
