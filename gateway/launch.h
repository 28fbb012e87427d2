/* SPDX-License-Identifier: ISC */
/*
 * launch.h - the process state that a hostile caller may have prepared, made ours.
 */
#ifndef PD_GATEWAY_LAUNCH_H
#define PD_GATEWAY_LAUNCH_H

#include "spool/err.h"
#include "spool/job.h"

/* What is kept of the environment and the terminal. */
struct launch {
	int	    setid;	/* more rights than the caller has */
	const char *original;	/* SSH_ORIGINAL_COMMAND, NULL when there is none */
	const char *user_auth;	/* SSH_USER_AUTH: path of sshd's list of passed authentications, or NULL */
	char	    source[JOB_SOURCE_MAX + 1];	/* client address, "" when local */
	char	    tty[64];	/* name of the terminal, "ssh" without one */
	int	    has_tty;	/* stdin and stderr are a terminal: there is somebody to ask */
	int	    err_is_tty;
};

/*
 * The first call of main(): opens descriptors 0-2, closes all others, resets umask, signals, timers and limits, forbids
 * dumps, reads the SSH_* variables and then empties the environment, goes to /.  PD_USAGE when there is no argv[0].
 */
int launch_clean(int argc, struct launch *l, struct pd_err *e);

#endif
