/* SPDX-License-Identifier: ISC */
/*
 * What an HMC says.  Every failure is a line on stdout, nothing on stderr, status 1; coded
 * messages are "HSCLxxxx Text.  Second sentence.", errors of parameters have no code.
 * All functions return 1, so that "return hmc_no_system(cmd, m);" reads well.
 */
#ifndef SIM_HMC_MESSAGE_H
#define SIM_HMC_MESSAGE_H

#include "tests/simulator/console.h"

/* code: "HSCL8012", or NULL for a message without one. */
int	hmc_fail(struct sim_cmd *cmd, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* options: those which are missing or wrong, as "-m" or "-r, -m". */
int	hmc_missing(struct sim_cmd *cmd, const char *options);
int	hmc_bad_parameter(struct sim_cmd *cmd, const char *parameter);	/* an option that the verb has not */
int	hmc_bad_attribute(struct sim_cmd *cmd, const char *attribute);	/* of -F, --filter, -i, -a */
int	hmc_bad_value(struct sim_cmd *cmd, const char *attribute);
int	hmc_bad_data(struct sim_cmd *cmd);				/* a quotation mark is missing */

int	hmc_no_system(struct sim_cmd *cmd, const char *name);		/* HSCL8018 */
int	hmc_no_partition(struct sim_cmd *cmd, const char *name);	/* HSCL8012 */
int	hmc_no_partition_id(struct sim_cmd *cmd, const char *id);	/* HSCL8011 */
int	hmc_no_profile(struct sim_cmd *cmd, const char *name);		/* HSCL800F */
int	hmc_no_results(struct sim_cmd *cmd);				/* not a failure: returns 0 */

#endif
