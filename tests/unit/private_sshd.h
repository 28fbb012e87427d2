/* SPDX-License-Identifier: ISC */
/*
 * private_sshd.h - an OpenSSH server for one test: loopback, a free port, keys of its own, the
 * calling user's account.  Works as root and as an ordinary user.
 */
#ifndef PD_TESTS_UNIT_PRIVATE_SSHD_H
#define PD_TESTS_UNIT_PRIVATE_SSHD_H

#include <sys/types.h>

#include "tests/unit/scratch.h"

struct private_sshd {
	char  dir[SCRATCH_PATH];	/* sshd_config, host_ed25519, host_ecdsa, user, other (+ .pub), authorized_keys, log */
	char  user[64];
	char  host_key[80], other_host_key[80];	/* "SHA256:..." of host_ed25519 and host_ecdsa */
	char  user_key[SCRATCH_PATH];
	int   port;
	pid_t pid;
};

/* Makes keys and starts the server with further lines for its configuration; 0 = there is no sshd here. */
int  private_sshd_start(struct private_sshd *d, const char *config);
/* Ends the listener; sessions live on.  private_sshd_start_again() has the same port and keys. */
void private_sshd_stop(struct private_sshd *d);
void private_sshd_start_again(struct private_sshd *d);
/* Ends everything and removes the directory. */
void private_sshd_remove(struct private_sshd *d);

#endif
