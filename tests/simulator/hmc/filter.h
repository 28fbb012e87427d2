/* SPDX-License-Identifier: ISC */
/*
 * --filter "name=v1,v2,name2=v3" of an HMC's listings, in every quoting that clients use.
 * A row passes when, for each name, its value is one of those given.  A value that names
 * something which does not exist is an error, not an empty result.
 */
#ifndef SIM_HMC_FILTER_H
#define SIM_HMC_FILTER_H

#include <stdbool.h>

#include "tests/simulator/attr.h"

struct hmc_filter {
	const char *name;				/* lpar_names */
	/* The row's value; a list with commas passes when one of its elements is wanted. */
	void	  (*get)(const void *row, struct text *out);
	/* Is there such a thing at all?  NULL: not asked, an unknown value finds nothing. */
	bool	  (*exists)(const void *arg, const char *value);
	int	  (*missing)(struct sim_cmd *cmd, const char *value);	/* hmc_no_partition... */
};

/*
 * All --filter options of a command: 0, or 1 after the message.  pairs_free() in both cases.
 * arg is what exists() is called with, the managed system as a rule.
 */
int	hmc_filter_parse(struct sim_cmd *cmd, const struct opts *o, const struct hmc_filter *def, size_t n,
	    const void *arg, struct pairs *to);
bool	hmc_filter_passes(const struct pairs *wanted, const struct hmc_filter *def, size_t n, const void *row);

#endif
