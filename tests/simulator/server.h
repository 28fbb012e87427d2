/* SPDX-License-Identifier: ISC */
/* The listening socket and the main loop. */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "tests/simulator/auth.h"
#include "tests/simulator/options.h"
#include "tests/simulator/sim.h"

/*
 * Listens, prints the ready line and serves until SIGTERM or SIGINT, which must be blocked in
 * all threads (with SIGHUP).  0, or -1 with err.
 */
int	server_run(const struct sim *sim, const struct auth *auth, const struct options *opt,
	    char *err, size_t errlen);

#endif
