/* SPDX-License-Identifier: ISC */
/* For the tests of the simulator's shell: runs a script in a shell of its own, without SSH. */
#ifndef TEST_SIMULATOR_FRONT_H
#define TEST_SIMULATOR_FRONT_H

#include <stdbool.h>
#include <stddef.h>

struct front {
	struct sim     *sim;
	char		dir[64];	/* the root of the simulated file system */
	char	       *out, *err;	/* of the last script */
	size_t		out_len;
	int		status;
};

void	front_open(struct front *f);
void	front_close(struct front *f);
void	front_open_hmc(struct front *f);	/* its shell is an HMC's, its user hscroot */
/* in may be NULL. */
void	front_run(struct front *f, bool is_root, const char *in, const char *script);
void	front_fault(struct front *f, const char *spec);

/* One script by padmin or by root; fails the test when stdout, stderr or the status differ. */
void	expect_padmin(const char *script, const char *out, const char *err, int status);
void	expect_hmc(const char *script, const char *out, const char *err, int status);
void	expect_root(const char *script, const char *out, const char *err, int status);

#endif
