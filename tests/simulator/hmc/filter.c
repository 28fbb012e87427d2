/* SPDX-License-Identifier: ISC */
/* Filters of an HMC's listings.  See filter.h. */
#include <string.h>

#include "tests/simulator/hmc/filter.h"
#include "tests/simulator/hmc/message.h"

static const struct hmc_filter *
find(const struct hmc_filter *def, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(def[i].name, name) == 0)
			return &def[i];
	return NULL;
}

/* Is everything there that the filter names? */
static int
check_values(struct sim_cmd *cmd, const struct hmc_filter *f, const char *value, const void *arg)
{
	struct list items = { 0 };
	int rv = 0;

	value_split(value, &items);
	if (items.n == 0)
		rv = hmc_bad_value(cmd, f->name);
	for (size_t i = 0; i < items.n && rv == 0; i++)
		if (f->exists != NULL && !f->exists(arg, items.item[i]))
			rv = f->missing(cmd, items.item[i]);
	list_free(&items);
	return rv;
}

static int
parse_one(struct sim_cmd *cmd, const char *data, struct pairs *to)
{
	if (pairs_parse(to, data + strspn(data, " "), PAIRS_JOIN) == 0)
		return 0;
	return to->bad_item[0] != '\0' ? hmc_bad_attribute(cmd, to->bad_item) : hmc_bad_data(cmd);
}

/* Several --filter options are one. */
static void
join_options(const struct opts *o, struct text *to)
{
	for (int i = 0; i < o->n; i++)
		if (strcmp(o->opt[i].flag, "--filter") == 0)
			text_printf(to, "%s%s", to->n > 0 ? "," : "", o->opt[i].v[0]);
}

int
hmc_filter_parse(struct sim_cmd *cmd, const struct opts *o, const struct hmc_filter *def, size_t n, const void *arg,
    struct pairs *to)
{
	struct text all = { 0 };
	int rv;

	join_options(o, &all);
	rv = parse_one(cmd, text_str(&all), to);
	text_free(&all);
	for (int i = 0; i < to->n && rv == 0; i++) {
		const struct hmc_filter *f = find(def, n, to->p[i].name);

		rv = f == NULL || to->p[i].op != '=' ? hmc_bad_attribute(cmd, to->p[i].name) :
		    check_values(cmd, f, to->p[i].value, arg);
	}
	return rv;
}

/* Does an element of the row's value, which may be a list, stand in the wanted list? */
static bool
any_wanted(const char *value, const char *wanted)
{
	struct list items = { 0 };
	bool found = false;

	if (strchr(value, ',') == NULL)
		return attr_is_one_of(value, wanted);
	value_split(value, &items);
	for (size_t i = 0; i < items.n && !found; i++)
		found = attr_is_one_of(items.item[i], wanted);
	list_free(&items);
	return found;
}

bool
hmc_filter_passes(const struct pairs *wanted, const struct hmc_filter *def, size_t n, const void *row)
{
	struct text t = { 0 };
	bool pass = true;

	for (int i = 0; i < wanted->n && pass; i++) {
		text_clear(&t);
		find(def, n, wanted->p[i].name)->get(row, &t);
		pass = any_wanted(text_str(&t), wanted->p[i].value);
	}
	text_free(&t);
	return pass;
}
