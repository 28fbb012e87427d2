/* SPDX-License-Identifier: ISC */
/*
 * verification.c - verify-history for somebody who waits for it, a few milliseconds at a time.
 *
 * The walk reads a snapshot through a connection of its own, so that neither what is written meanwhile nor an archiving
 * changes what it sees. One at a time: more would only make each slower.
 */
#include <stdio.h>

#include "spool/director/director.h"
#include "spool/os/clock.h"
#include "spool/query/query.h"

#define SLICE_US    2000	/* so long may a request have to wait for it */
#define AGAIN_S	    5
#define FILE_NAME   "powerdirector.db"
#define PATH_LEN    4096

int
verification_begin(struct director *d, const struct history_witness *w, struct pd_err *e)
{
	char path[PATH_LEN], archives[PATH_LEN];

	if (d->walk != NULL)
		return pd_fail_wait(e, PD_BUSY, AGAIN_S, "the history is being verified for somebody else");
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", d->conf->state, FILE_NAME) >= sizeof(path) ||
	    (size_t)snprintf(archives, sizeof(archives), "%s/%s", d->conf->state, ARCHIVE_DIR) >= sizeof(archives))
		return pd_fail(e, PD_BUG, "the state directory's path is too long");
	if (history_walk_begin(path, archives, w, &d->walk, e) == -1)
		return -1;
	d->walk_for = d->server.ticket;
	return 0;
}

void
verification_step(struct director *d)
{
	struct pd_err e;
	int	      rv;

	if (d->walk == NULL || (rv = history_walk_step(d->walk, SLICE_US, &e)) == 1)
		return;
	query_server_reply(&d->server, d->walk_for, query_proof(history_walk_proof(d->walk), rv == -1 ? &e : NULL), clock_mono_ms());
	verification_end(d);
}

void
verification_end(struct director *d)
{
	history_walk_end(d->walk);
	d->walk = NULL;
}
