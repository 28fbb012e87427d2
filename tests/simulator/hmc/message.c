/* SPDX-License-Identifier: ISC */
/* What an HMC says.  Wordings that no capture confirms are marked (unconfirmed): nothing may depend on them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/simulator/hmc/message.h"

int
hmc_fail(struct sim_cmd *cmd, const char *code, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n >= 0)
		sim_out_printf(cmd->out, "%s%s%s\n", code != NULL ? code : "", code != NULL ? " " : "", text);
	free(n >= 0 ? text : NULL);
	return 1;
}

int
hmc_missing(struct sim_cmd *cmd, const char *options)
{
	return hmc_fail(cmd, NULL, "The command entered is either missing a required parameter or a parameter value is "
	    "invalid. The parameters that are missing or have an invalid value are %s. Please check your entry and "
	    "retry the command.", options);
}

int
hmc_bad_parameter(struct sim_cmd *cmd, const char *parameter)
{
	/* After the first sentence (unconfirmed). */
	return hmc_fail(cmd, NULL, "An invalid parameter was entered.  The invalid parameter is %s.  Please correct your "
	    "entry and retry the command.", parameter);
}

int
hmc_bad_attribute(struct sim_cmd *cmd, const char *attribute)
{
	return hmc_fail(cmd, NULL, "An invalid attribute was entered.  The invalid attribute is %s.  Please correct your "
	    "entry and retry the command.", attribute);
}

int
hmc_bad_value(struct sim_cmd *cmd, const char *attribute)
{
	/* After the first words (unconfirmed). */
	return hmc_fail(cmd, NULL, "An attribute value is invalid.  The attribute with the invalid value is %s.  Please "
	    "correct your entry and retry the command.", attribute);
}

int
hmc_bad_data(struct sim_cmd *cmd)
{
	return hmc_fail(cmd, NULL, "The format of the configuration data is invalid.");
}

int
hmc_no_system(struct sim_cmd *cmd, const char *name)
{
	/* Code and text (unconfirmed). */
	return hmc_fail(cmd, "HSCL8018", "The managed system named %s was not found.  Please check your entry and retry "
	    "the command.", name);
}

int
hmc_no_partition(struct sim_cmd *cmd, const char *name)
{
	return hmc_fail(cmd, "HSCL8012", "The partition named %s was not found.  Please check your entry and retry the "
	    "command.", name);
}

int
hmc_no_partition_id(struct sim_cmd *cmd, const char *id)
{
	/* The second sentence (unconfirmed). */
	return hmc_fail(cmd, "HSCL8011", "The partition ID \"%s\" was not found.  Please check your entry and retry the "
	    "command.", id);
}

int
hmc_no_profile(struct sim_cmd *cmd, const char *name)
{
	/* The code is right, the text (unconfirmed). */
	return hmc_fail(cmd, "HSCL800F", "The partition profile named %s was not found.  Please check your entry and retry "
	    "the command.", name);
}

int
hmc_no_results(struct sim_cmd *cmd)
{
	sim_out_puts(cmd->out, "No results were found.\n");
	return 0;
}
