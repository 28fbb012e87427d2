/* SPDX-License-Identifier: ISC */
/*
 * worker.h - the loop of powerdirector-worker: jobs of one platform, one after the other.
 */
#ifndef PD_HANDLERS_WORKER_H
#define PD_HANDLERS_WORKER_H

#include "spool/err.h"

/*
 * Called once, before the first order's work begins: from then on this process needs no other files than these two
 * directories (and what looks up names), and no other TCP port.  NULL = nothing is given up.
 */
typedef int worker_confine(const char *sequences, const char *keys, int port, struct pd_err *e);

/*
 * Serves the director at the other end of sock (spool/workers.h) until it closes.  0 = it closed; -1 = it said something that
 * cannot be understood, or the socket failed.
 *
 * The caller has blocked SIGTERM: while a job runs a pending one parks the job; while none runs
 * it is let through and does what its disposition says.
 */
int worker_serve(int sock, worker_confine *confine, struct pd_err *e);

#endif
