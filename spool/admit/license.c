/* SPDX-License-Identifier: ISC */
/*
 * license.c - caps of processing units.
 */
#include <stdio.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/admit/license.h"
#include "spool/admit/placement.h"
#include "spool/field.h"

#define UNITS_LEAST 5	/* hundredths: less is no partition */

const char *
license_pool(const json_t *spec)
{
	const char *pool = field_text(spec, "proc_pool");

	if (strcmp(field_text(spec, "mode"), "ded") == 0)
		return "";
	return pool[0] != '\0' ? pool : LICENSE_DEFAULT_POOL;
}

int
license_used(const struct admitting *ad, json_t **used, struct pd_err *e)
{
	*used = NULL;
	return ad->a->conf->nlicenses == 0 ? 0 : store_licensed_units(ad->a->store, used, e);
}

static int
is_named(const struct pd_list *names, const char *name)
{
	return names->n == 0 || (name[0] != '\0' && policy_list_has(names, name));
}

static int
covers(const struct pd_license *l, const char *system, const char *product, const char *pool)
{
	return is_named(&l->systems, system) && is_named(&l->products, product) && is_named(&l->pools, pool);
}

/* A VM on its way, to another system or another pool, counts where it goes, but once for a license of both. */
static int64_t
used_of(const struct pd_license *l, const json_t *used)
{
	const json_t *row, *from;
	size_t	      i;
	int64_t	      units = 0;

	json_array_foreach(used, i, row) {
		from = json_object_get(row, "from");
		if (covers(l, field_text(row, "system"), field_text(row, "product"), field_text(row, "pool")) &&
		    (from == NULL ||
			!covers(l, field_text(from, "system"), field_text(row, "product"), field_text(from, "pool"))))
			units += field_number(row, "units");
	}
	return units;
}

static void
look_at(const struct pd_license *l, const json_t *used, const struct licensed *now, const struct licensed *then,
    json_t *barred)
{
	char	cap[24], is_used[24], asked[24], left[24], change[40];
	int64_t sum = used_of(l, used), more = then->units;

	if (now != NULL && covers(l, now->system, now->product, now->pool))
		more -= now->units;
	if (more <= 0 || sum + more <= l->units)
		return;
	(void)snprintf(change, sizeof(change), "--cpu %s", quota_units_text(left, sizeof(left), l->units - sum));
	placement_bar(barred, now == NULL && l->units - sum >= UNITS_LEAST ? change : NULL,
	    "license %.31s allows %s processing units: %s used, %s %sasked for", l->name,
	    quota_units_text(cap, sizeof(cap), l->units), quota_units_text(is_used, sizeof(is_used), sum),
	    quota_units_text(asked, sizeof(asked), more), more < then->units ? "more " : "");
}

void
license_bar(const struct pd_conf *conf, const json_t *used, const struct licensed *now, const struct licensed *then,
    json_t *barred)
{
	for (size_t i = 0; i < conf->nlicenses; i++)
		if (covers(&conf->licenses[i], then->system, then->product, then->pool))
			look_at(&conf->licenses[i], used, now, then, barred);
}

int
license_change(const struct admitting *ad, const json_t *vm, const json_t *spec, int64_t units, struct pd_err *e)
{
	const json_t   *before = json_object_get(vm, "spec"), *first;
	struct licensed now = { field_text(vm, "system"), field_text(before, "product"), license_pool(before),
		field_number(vm, "units") },
			then = now;
	json_t	       *used = NULL, *barred = json_array();
	int		rv = license_used(ad, &used, e);

	then.pool = license_pool(spec);
	then.units = units;
	license_bar(ad->a->conf, used, &now, &then, barred);
	if (rv == 0 && (first = json_array_get(barred, 0)) != NULL)
		rv = pd_fail(e, PD_CAPACITY, "%s", field_text(first, "why"));
	json_decref(barred);
	json_decref(used);
	return rv;
}
