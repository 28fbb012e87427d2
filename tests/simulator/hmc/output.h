/* SPDX-License-Identifier: ISC */
/*
 * Listings of an HMC: name=value,... in the order of the console's level, or the values of
 * -F with any delimiter.  A pair (a value with -F) that contains the delimiter stands in
 * quotes, quotes in it are doubled; nothing else is quoted.
 */
#ifndef SIM_HMC_OUTPUT_H
#define SIM_HMC_OUTPUT_H

#include <stdbool.h>

#include "tests/simulator/hmc/filter.h"

/* Levels: the number behind V in the console's version. */
enum { HMC_V7 = 7, HMC_V8, HMC_V9, HMC_V10, HMC_V11 };

/*
 * One attribute of a kind of object.  get appends the value; false: it does not apply to this
 * row, so the default line leaves it out and -F prints "null".  Empty strings, "none" and
 * "unavailable" are values like others.  Without get the value is text, without text it never applies.
 */
struct hmc_attr {
	const char *name;
	bool	  (*get)(const void *row, struct text *out);
	const char *text;
	bool	    quoted;	/* in the default line always, unless empty (addl_vlan_ids, wwpns) */
};

struct hmc_listing {
	const char *kind;			/* as in order.c: "lpar", "prof", "eth.lpar" */
	const struct hmc_attr *attr;		/* in any order */
	size_t		n_attr;
	const struct hmc_filter *filter;
	size_t		n_filter;
};
#define HMC_LISTING(kind, a, f) { kind, a, sizeof(a) / sizeof((a)[0]), f, sizeof(f) / sizeof((f)[0]) }

/* The options that every listing has, for its table of options. */
#define HMC_LISTING_OPTS { "-F", OPT_ANY }, { "--header", OPT_FLAG }, { "--filter", OPT_ONE }

/*
 * Prints those rows (pointers, of any type that the getters know) which pass the filters, in
 * their order, or "No results were found."  arg goes to the filters' exists().  The exit status.
 */
int	hmc_list(struct sim_cmd *cmd, const struct opts *o, int level, const struct hmc_listing *ls, const void *arg,
	    const struct list *rows);

/* A list value: adds an element; one that contains a comma gets quotes of its own. */
void	hmc_add_element(struct text *list, const char *element);
/* Two decimals at most, one at least: 0.5, 0.05, 2.0. */
void	hmc_add_units(struct text *t, int hundredths);

#endif
