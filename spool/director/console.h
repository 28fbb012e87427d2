/* SPDX-License-Identifier: ISC */
/*
 * console.h - VMs' serial consoles in use (verb console): one person at a time for each VM.
 *
 * A session has a worker of its own, beside those of jobs.  The gateway's connection to our socket is handed to it, so that not a byte of the
 * console goes through the director.  The director keeps the place, asks the old session to end when another takes it over
 * (--steal), and writes both ends into the history.
 *
 *	STATE/consoles/VM.ID	what the console said in session ID, where the policy wants it (record-consoles); mode 0600, at most log-size
 */
#ifndef PD_SPOOL_DIRECTOR_CONSOLE_H
#define PD_SPOOL_DIRECTOR_CONSOLE_H

#include <jansson.h>
#include <stdint.h>

#include "spool/err.h"

struct director;
struct worker;

#define CONSOLES_MAX	  32	/* sessions at a time: each is a process and a connection */
#define CONSOLES_PER_USER 4

/* A session, lent to its worker (spool/run/worker_pool.h). */
struct console;

/*
 * Begins a session of user for a VM (a row) with sock, a connection of the query server, which is copied.  0: the
 * worker answers on it. PD_CONFLICT: somebody has it, and who.  PD_BUSY: with steal, the other one is ending; ask
 * again.
 */
int  console_open(struct director *d, const char *user, const json_t *vm, int steal, int sock, struct pd_err *e);
void console_read(struct director *d, struct worker *w);	/* its socket is readable */
void console_free(struct console *c);	/* NULL is fine */

#endif
