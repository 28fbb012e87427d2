/* SPDX-License-Identifier: ISC */
/*
 * Configuration data of an HMC: -i, a line of -f, -a.  attr=value,attr=value in any order; a
 * pair whose value has commas stands in quotes, or its value does; an element with commas has
 * doubled quotes of its own; attr+= adds to a list, attr-= takes away.  Blanks after commas and
 * at both ends do not count.  What is not of the form attr=value is an attribute that is unknown.
 */
#ifndef SIM_HMC_INPUT_H
#define SIM_HMC_INPUT_H

#include <stdbool.h>

#include "tests/simulator/attr.h"

/* 0, or 1 after the message; pairs_free() in both cases. */
int	hmc_record(struct sim_cmd *cmd, const char *data, struct pairs *to);
/* Every name must be one of these (NULL ends them), += and -= only of those with a '*' in front. */
int	hmc_record_check(struct sim_cmd *cmd, const struct pairs *ps, const char *const *names);

/* The record of -i, or each line of -f, until one fails; "missing -i, -f" unless there is exactly one of both. */
int	hmc_records(struct sim_cmd *cmd, const struct opts *o,
	    int (*one)(struct sim_cmd *cmd, const struct pairs *ps, void *arg), void *arg);

/*
 * Lists of adapters and slots, elements separated by '/'.  A field that is not given, because
 * it is empty or the element is shorter, matches anything: 4/server/5//2/0 is 4/server/5/lp1/2/0.
 */
bool	hmc_element_matches(const char *stored, const char *given);
/*
 * Applies op ('=', '+', '-') and a list value ("none" is the empty list) to elements, which are
 * allocated strings.  -1: an element to take away is not there; *to is then unchanged.
 */
int	hmc_elements_change(struct list *elements, char op, const char *value);
void	hmc_elements_print(const struct list *elements, struct text *out);	/* "none" when there is none */

#endif
