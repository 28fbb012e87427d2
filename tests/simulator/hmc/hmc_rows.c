/* SPDX-License-Identifier: ISC */
/* What the HMC's verbs share: rows, filters by partition, targets.  See rows.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rows.h"

struct row *
row_add(struct list *rows, struct hmc *h, struct cec *c, struct part *p)
{
	struct row *r = list_new(rows, sizeof(*r));

	r->h = h;
	r->c = c;
	r->p = p;
	r->cf = p == NULL ? NULL : &p->curr;
	return r;
}

bool
row_lpar_name(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->p != NULL)
		text_add(t, r->p->name);
	return r->p != NULL;
}

bool
row_lpar_id(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->p != NULL)
		text_printf(t, "%d", r->p->id);
	else
		text_add(t, "none");
	return true;
}

void
filter_lpar_name(const void *row, struct text *t)
{
	(void)row_lpar_name(row, t);
}

void
filter_lpar_id(const void *row, struct text *t)
{
	(void)row_lpar_id(row, t);
}

bool
exists_lpar_name(const void *arg, const char *value)
{
	return part_by_name(arg, value) != NULL;
}

bool
exists_lpar_id(const void *arg, const char *value)
{
	int id;

	return parse_int(value, 1, 65535, &id) && part_by_id(arg, id) != NULL;
}

const struct hmc_filter lpar_filters[2] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id },
};

struct cec *
hmc_system(struct sim_cmd *cmd, const struct opts *o)
{
	const char *m = opt_str(o, "-m");
	struct cec *c;

	if (m == NULL) {
		(void)hmc_missing(cmd, "-m");
		return NULL;
	}
	c = cec_find(cmd->hmc, m);
	if (c == NULL)
		(void)hmc_no_system(cmd, m);
	return c;
}

struct cec *
hmc_operating(struct sim_cmd *cmd, const struct opts *o)
{
	struct cec *c = hmc_system(cmd, o);

	if (c != NULL && !cec_operating(c)) {
		(void)hmc_fail(cmd, "HSCL0238", "This operation is only allowed when the managed system is in the "
		    "Operating state.");
		return NULL;
	}
	return c;
}

struct part *
hmc_target2(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const char *name_flag, const char *id_flag)
{
	const char *name = opt_str(o, name_flag), *id = opt_str(o, id_flag);
	struct part *p = NULL;
	char both[64];
	int n;

	if ((name == NULL) == (id == NULL)) {
		snprintf(both, sizeof(both), "%s, %s", name_flag, id_flag);
		(void)hmc_missing(cmd, both);
		return NULL;
	}
	if (name != NULL)
		p = part_by_name(c, name);
	else if (!parse_int(id, 1, 65535, &n))
		return hmc_missing(cmd, id_flag), NULL;
	else
		p = part_by_id(c, n);
	if (p == NULL)
		(void)(name != NULL ? hmc_no_partition(cmd, name) : hmc_no_partition_id(cmd, id));
	return p;
}

struct part *
hmc_target(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const char *flag)
{
	return hmc_target2(cmd, o, c, flag, "--id");
}

void
text_time(struct text *t, int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	char buf[32];

	gmtime_r(&s, &tm);
	strftime(buf, sizeof(buf), "%m/%d/%Y %H:%M:%S", &tm);
	text_add(t, buf);
}
