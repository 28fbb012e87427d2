/* SPDX-License-Identifier: ISC */
/* The listening socket and the main loop. */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "tests/simulator/auth.h"
#include "tests/simulator/options.h"
#include "tests/simulator/sim.h"

/* One machine that answers: it has a port, files and users of its own. */
struct site {
	const struct sim *sim;
	struct auth	  auth;
	unsigned	  port;		/* 0: any free one */
	char		  name[64];	/* of a further site: STATE/port-NAME has its port; "" is the first */
	/* Is it switched on?  NULL: always. */
	int		(*up)(void *arg);
	void		 *arg;
};
#define SITES_MAX 32

/*
 * Listens for all sites, prints a line for each, the first site's last, and serves until SIGTERM
 * or SIGINT, which must be blocked in all threads (with SIGHUP).  0, or -1 with err.
 */
int	server_run(const struct site *sites, size_t n, const struct options *opt, char *err, size_t errlen);

#endif
