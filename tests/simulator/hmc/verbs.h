/* SPDX-License-Identifier: ISC */
/*
 * The HMC's commands.  Each runs under the lock unless hmc_console.c says otherwise, prints,
 * and returns the exit status.
 */
#ifndef PD_SIM_HMC_VERBS_H
#define PD_SIM_HMC_VERBS_H

#include "../console.h"
#include "model.h"

int hmc_lshmc(struct sim_cmd *cmd);

#endif
