/* SPDX-License-Identifier: ISC */
/* The words of an HMC's command: options in any order, the managed system by either of its names. */
#ifndef SIM_HMC_COMMAND_H
#define SIM_HMC_COMMAND_H

#include <stdbool.h>

#include "tests/simulator/console.h"
#include "tests/simulator/opts.h"

/*
 * Parses argv: -1 to go on, or the exit status after everything was said (usage without
 * arguments, --help, an unknown option, one of `required` missing).
 * required: options joined by blanks, "-r -m"; may be "".
 */
int	hmc_options(struct sim_cmd *cmd, struct opts *o, const struct optdef *def, const char *required, const char *usage);

/* Does -m name this system?  By name, or as type_model*serial. */
bool	hmc_is_system(const char *m, const char *name, const char *type_model, const char *serial);

/* Is the option's value one of these words ("lpar prof sys")?  Else 1 after "missing or invalid". */
int	hmc_one_of(struct sim_cmd *cmd, const struct opts *o, const char *flag, const char *words);

#endif
