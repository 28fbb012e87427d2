/* SPDX-License-Identifier: ISC */
/* Who may log in: keys from files, passwords from the command line. */
#ifndef SIM_AUTH_H
#define SIM_AUTH_H

#include <libssh/libssh.h>
#include <stdbool.h>

#include "tests/simulator/options.h"
#include "tests/simulator/vfs.h"

struct auth {
	const struct options *opt;
	const struct vfs     *vfs;
	const char	     *admin;	/* the user who always exists: padmin, hscroot */
};

bool	auth_user_exists(const struct auth *a, const char *user);
bool	auth_password(const struct auth *a, const char *user, const char *password);
/* Reads the files again each time: mkauthkeys and tests change them. */
bool	auth_key(const struct auth *a, const char *user, ssh_key key);

/* Loads the host key, or makes one; writes its public half to STATE/host_key.pub.  NULL with err. */
ssh_key	auth_host_key(const struct options *opt, char *fingerprint, size_t size, char *err, size_t errlen);

#endif
