/* SPDX-License-Identifier: ISC */
/* The command line of powerdirector-sim. */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stddef.h>

#define OPT_PASSWORDS_MAX	64
#define OPT_FAULTS_MAX		64

struct options {
	const char *kind;
	char	    host[64];		/* numeric address */
	unsigned    port;		/* 0: any free one */
	const char *world_file;
	const char *state_dir;
	const char *authorized_keys;
	const char *host_key;
	const char *passwords[OPT_PASSWORDS_MAX];	/* "USER:PASS" */
	size_t	    n_passwords;
	const char *faults[OPT_FAULTS_MAX];
	size_t	    n_faults;
	double	    speed;
	unsigned    latency_ms;
};

/* Returns -1 to go on, or the exit status of a program that has said everything already. */
int	options_parse(struct options *o, int argc, char **argv);

#endif
