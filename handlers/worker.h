/* SPDX-License-Identifier: ISC */
/*
 * worker.h - the loop of powerdirector-worker: jobs of one platform, one after the other.
 */
#ifndef PD_HANDLERS_WORKER_H
#define PD_HANDLERS_WORKER_H

#include <stddef.h>

#include "handlers/transport/sessions.h"
#include "spool/err.h"

/* All that this process needs from its first order on, beside what looks up names. */
struct worker_needs {
	const char *sequences, *keys;	/* directories that it reads */
	int	    ports[SESSION_PORTS_MAX];	/* TCP, of the SSH servers of the console and of VIOSes, nports of them; none = this host */
	size_t	    nports;
	const char *const *programs;	/* then: directories with the console's programs, nprograms of them */
	size_t	    nprograms;
};

/* Called once, before the first order's work begins.  NULL = nothing is given up. */
typedef int worker_confine(const struct worker_needs *needs, struct pd_err *e);

/*
 * Serves the director at the other end of sock (spool/run/workers.h) until it closes.  0 = it closed; -1 = it said
 * something that cannot be understood, or the socket failed.
 *
 * The caller has blocked SIGTERM: while a job runs a pending one parks the job; while none runs
 * it is let through and does what its disposition says.
 */
int worker_serve(int sock, worker_confine *confine, struct pd_err *e);

#endif
