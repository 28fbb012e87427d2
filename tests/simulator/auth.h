/* SPDX-License-Identifier: ISC */
/* Who may log in: keys from files, passwords from the command line. */
#ifndef SIM_AUTH_H
#define SIM_AUTH_H

#include <libssh/libssh.h>
#include <stdbool.h>

#include "tests/simulator/lockout.h"
#include "tests/simulator/options.h"
#include "tests/simulator/vfs.h"

struct auth {
	const struct options *opt;
	const struct vfs     *vfs;
	const char	     *admin;	/* the user who always exists: padmin, hscroot */
	struct lockout	     *lockout;	/* NULL: wrong passwords lock nobody out */
};

bool	auth_user_exists(const struct auth *a, const char *user);
/* Counts wrong ones.  said: what is told to a user who is locked out, else empty. */
bool	auth_password(const struct auth *a, const char *user, const char *password, char said[128]);
/* Reads the files again each time: mkauthkeys and tests change them. */
bool	auth_key(const struct auth *a, const char *user, ssh_key key);

/* Loads the host key, or makes one; writes its public half to STATE/host_key.pub.  NULL with err. */
ssh_key	auth_host_key(const struct options *opt, char *fingerprint, size_t size, char *err, size_t errlen);

#endif
