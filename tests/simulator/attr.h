/* SPDX-License-Identifier: ISC */
/*
 * The attribute language of the partition verbs.
 * Output: rows printed by a table of attributes (-F, --header, --filter, quoting).
 * Input: configuration data, attr=value,attr=value in all the ways clients quote it.
 */
#ifndef PD_SIM_ATTR_H
#define PD_SIM_ATTR_H

#include <limits.h>

#include "console.h"
#include "model.h"
#include "opts.h"

enum attr_kind { A_STR, A_INT, A_UNITS, A_CONST, A_FN };

struct attr {
	const char *name;
	enum attr_kind kind;
	size_t off;
	const char *text; /* A_CONST */
	void (*get)(const struct world *w, const void *row, struct text *out);
	bool on_request; /* not printed without -F */
};

#define AT_STR(s, n, m)	  { n, A_STR, offsetof(struct s, m), NULL, NULL, false }
#define AT_INT(s, n, m)	  { n, A_INT, offsetof(struct s, m), NULL, NULL, false }
#define AT_UNITS(s, n, m) { n, A_UNITS, offsetof(struct s, m), NULL, NULL, false }
#define AT_CONST(n, t)	  { n, A_CONST, 0, t, NULL, false }
#define AT_FN(n, f)	  { n, A_FN, 0, NULL, f, false }
#define AT_FN_X(n, f)	  { n, A_FN, 0, NULL, f, true }
#define AT_CONST_X(n, t)  { n, A_CONST, 0, t, NULL, true }
#define NULL_INT	  (-1) /* prints as null; no attribute is negative */

/* One pair of configuration data; also one filter. */
struct pair {
	char *name;
	char op; /* '=', '+' for +=, '-' for -= */
	char *value;
};
struct pairs {
	struct pair p[128];
	int n;
	char bad[200];	    /* what is wrong, as a sentence */
	char bad_item[200]; /* the item that is no pair; empty when something else is wrong */
};
/* An item without '=' belongs to the list before it, or is an error. */
enum pairs_style { PAIRS_JOIN, PAIRS_STRICT };
int pairs_parse(struct pairs *ps, const char *data, enum pairs_style style);
void pairs_free(struct pairs *ps);
const char *pairs_get(const struct pairs *ps, const char *name); /* the last one wins; NULL */
/* Splits a list value at commas outside quotes; the items are strings of the list. */
void value_split(const char *value, struct list *items);

/* A listing: which rows there are, which filters apply to them. */
struct filter_def {
	const char *name;
	void (*get)(const struct world *w, const void *row, struct text *out);
};
struct listing {
	const struct attr *attr;
	size_t nattr;
	const struct filter_def *filter;
	size_t nfilter;
	size_t row_size;
};
/* Prints prefix and value; in quotes, those of the value doubled, when quote says so. */
void attr_print(struct sim_out *out, const char *prefix, const char *value, bool quote);
/* Is value one of the elements of this list? */
bool attr_is_one_of(const char *value, const char *list);

/* Rows are values of row_size bytes in a list; prints those which pass, frees nothing. */
int attr_list(struct sim_cmd *cmd, const struct opts *o, const struct listing *ls,
    const struct list *rows);

#define LISTING_PLAIN(a, type) { a, sizeof(a) / sizeof((a)[0]), NULL, 0, sizeof(type) } /* without filters */
#define LISTING(a, f, type) \
	{ a, sizeof(a) / sizeof((a)[0]), f, sizeof(f) / sizeof((f)[0]), sizeof(type) }

/* Prints "[id] text" on stderr and returns 1. */
int ivm_fail(struct sim_cmd *cmd, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What POWER8 says when an adapter was added all the same; returns 1. */
int ivm_eth_warning(struct sim_cmd *cmd);
#define IVM_USAGE   "VIOSE01040013-0001"
#define IVM_ATTR    "VIOSE01040014-0010"
#define IVM_VALUE   "VIOSE01040014-0011"
#define IVM_MISSING "VIOSE01040014-0012"
#define IVM_NOLPAR  "VIOSE010401A1-0042"
#define IVM_STATE   "VIOSE010401A1-0050"
#define IVM_SPACE   "VIOSE010401A1-0060"
#define IVM_EXISTS  "VIOSE010401A1-0070"
#define IVM_RMC	    "VIOSE01050010-0080"

#endif
