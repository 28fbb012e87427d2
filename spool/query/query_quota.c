/* SPDX-License-Identifier: ISC */
/*
 * query_quota.c - quota: what tenant and user use, and what they may use.
 */
#include <stddef.h>
#include <stdio.h>

#include "spool/query/query_verbs.h"

enum amount_unit { UNIT_COUNT, UNIT_HUNDREDTHS, UNIT_MIB };

static const struct {
	const char	*what;
	enum amount_unit unit;
	size_t		 offset;	/* in struct pd_amounts */
} amounts[] = {
	{ "vms", UNIT_COUNT, offsetof(struct pd_amounts, vms) },
	{ "units", UNIT_HUNDREDTHS, offsetof(struct pd_amounts, units) },
	{ "procs", UNIT_COUNT, offsetof(struct pd_amounts, procs) },
	{ "memory", UNIT_MIB, offsetof(struct pd_amounts, memory) },
	{ "disk", UNIT_MIB, offsetof(struct pd_amounts, disk) },
};

static int64_t
amount(const struct pd_amounts *a, size_t offset)
{
	return *(const int64_t *)(const void *)((const char *)a + offset);
}

static void
add_row(json_t *list, const char *whose, const char *what, enum amount_unit unit, int64_t used,
    int64_t limit)
{
	static const char *const names[] = { "count", "hundredths", "MiB" };

	(void)json_array_append_new(list, json_pack("{s:s s:s s:I s:o s:s}", "whose", whose, "what",
	    what, "used", (json_int_t)used,
	    "limit", limit < 0 ? json_null() : json_integer(limit), "unit", names[unit]));
}

static int
add_usage(const struct question *x, json_t *list, const char *whose, const char *user,
    const struct pd_amounts *limit, struct pd_err *e)
{
	struct pd_amounts used;

	if (store_usage(x->q->store, x->tenant->name, user, &used, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		add_row(list, whose, amounts[i].what, amounts[i].unit,
		    amount(&used, amounts[i].offset), amount(limit, amounts[i].offset));
	return 0;
}

int
query_quota(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	char	whose[128];
	int64_t pending;

	a->value = json_array();
	(void)snprintf(whose, sizeof(whose), "tenant %s", x->tenant->name);
	if (add_usage(x, a->value, whose, NULL, &x->tenant->quota, e) == -1)
		return -1;
	(void)snprintf(whose, sizeof(whose), "user %s", x->user);
	if (add_usage(x, a->value, whose, x->user, &x->tenant->user_quota, e) == -1 ||
	    store_job_count_pending(x->q->store, x->user, &pending, NULL, e) == -1)
		return -1;
	add_row(a->value, whose, "jobs", UNIT_COUNT, pending, x->q->conf->pending_per_user);
	return 0;
}
