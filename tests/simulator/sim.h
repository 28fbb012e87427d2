/* SPDX-License-Identifier: ISC */
/* What every part of a running simulator shares; made by main(), constant afterwards. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>

struct world;
struct hmc;
struct vfs;
struct faults;
struct transcript;
struct procs;

struct sim {
	struct world	  *world;	/* NULL for an HMC */
	struct hmc	  *hmc;		/* NULL for a VIOS, with IVM or without */
	struct vfs	  *vfs;
	struct faults	  *faults;
	struct transcript *transcript;
	struct procs	  *procs;
	bool		   is_bash;	/* the shell is an HMC's, not a VIOS' */
	const char	  *hostname;	/* of an HMC */
	unsigned	   latency_ms;
};

#endif
