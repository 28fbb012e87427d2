/* SPDX-License-Identifier: ISC */
/*
 * The rows that the HMC's listings are made of, the getters' small change, and how a verb
 * finds the system and the partition that its options name.
 */
#ifndef PD_SIM_HMC_ROWS_H
#define PD_SIM_HMC_ROWS_H

#include "command.h"
#include "input.h"
#include "message.h"
#include "model.h"
#include "output.h"

struct row {
	struct hmc *h;
	struct cec *c;
	struct part *p;		     /* NULL: nobody's */
	const struct config *cf;     /* of the profile, or the current one */
	const struct profile *f;
	const struct vadapter *a;
	const void *x;		     /* pool, switch, slot, event... */
	int n;			     /* slot number, index */
};

/* Getters of one expression over `r`. */
#define GET(fn, body) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		(void)r; \
		body; \
		return true; \
	}
#define GET_STR(fn, e)	 GET(fn, text_add(t, e))
#define GET_INT(fn, e)	 GET(fn, text_printf(t, "%d", e))
#define GET_UNITS(fn, e) GET(fn, hmc_add_units(t, e))

struct row *row_add(struct list *rows, struct hmc *h, struct cec *c, struct part *p); /* cf is the current one */

/* lpar_names and lpar_ids, as most listings have them. */
extern const struct hmc_filter lpar_filters[2];
bool row_lpar_name(const void *row, struct text *t);
bool row_lpar_id(const void *row, struct text *t);
/* For filters of other tables. */
void filter_lpar_name(const void *row, struct text *t);
void filter_lpar_id(const void *row, struct text *t);
bool exists_lpar_name(const void *arg, const char *value);
bool exists_lpar_id(const void *arg, const char *value);

/* NULL after the message: -m is missing, or no such system. */
struct cec *hmc_system(struct sim_cmd *cmd, const struct opts *o);
/* The same, and the system must be Operating (HSCL0238). */
struct cec *hmc_operating(struct sim_cmd *cmd, const struct opts *o);
/* The partition of -p or -n (flag) or --id; NULL after the message. */
struct part *hmc_target(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const char *flag);
struct part *hmc_target2(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const char *name_flag,
    const char *id_flag);

void text_time(struct text *t, int64_t ms); /* MM/DD/YYYY HH:MM:SS */

#endif
