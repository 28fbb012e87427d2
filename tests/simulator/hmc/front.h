/* SPDX-License-Identifier: ISC */
/* The Virtual I/O Servers of an HMC as places where commands run: shell, files, processes. */
#ifndef PD_SIM_HMC_FRONT_H
#define PD_SIM_HMC_FRONT_H

#include "model.h"
#include "tests/simulator/shell/shell.h"

/* Gives every VIOS a front of its own; faults and transcript are those of the HMC's.  0 or -1 with errno. */
int hmc_fronts_open(struct hmc *h, const struct sim *front);
void hmc_fronts_close(struct hmc *h);

/*
 * One command line on a VIOS, as padmin, as viosvrcmd does it: no input, no terminal.  A line
 * that begins with "oem_setup_env &&" goes on as root.  Output and messages go to *out.
 * Without fronts (tests of the back) only the VIOS' own verbs work.  The lock is not held.
 */
int hmc_vios_exec(struct sim_cmd *cmd, struct part *vios, const char *line, struct sim_out *out);

#endif
