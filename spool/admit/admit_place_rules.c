/* SPDX-License-Identifier: ISC */
/*
 * admit_place_rules.c - which systems a new VM may not be on: --near, --apart-from, licenses.
 */
#include <stdio.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/admit/admit_place.h"
#include "spool/admit/placement.h"
#include "spool/field.h"

#define UNITS_LEAST 5	/* hundredths: less is no partition */

/* The caller's VM of that name, or any of the group; NULL at the end.  Others' VMs are not there. */
static int
is_meant(const struct admitting *ad, const json_t *vm, const char *name, int or_group)
{
	return (strcmp(field_text(vm, "name"), name) == 0 || (or_group && strcmp(field_text(vm, "label"), name) == 0)) &&
	    admission_is_yours(ad->a->conf, ad->job->user, field_text(vm, "tenant"), field_text(vm, "owner"));
}

static int
set_near(struct admitting *ad, struct place_rules *r, const json_t *vms, struct pd_err *e)
{
	const json_t *vm;
	size_t	      i;

	if (r->near_vm[0] == '\0')
		return 0;
	json_array_foreach(vms, i, vm)
		if (is_meant(ad, vm, r->near_vm, 0)) {
			(void)snprintf(r->near_system, sizeof(r->near_system), "%.31s", field_text(vm, "system"));
			return 0;
		}
	return pd_fail(e, PD_NOTFOUND, "--near: there is no VM \"%s\" of yours; list-vms shows them", r->near_vm);
}

/* The first VM of a group may be apart from its group: nobody is there yet. */
static int
set_apart(struct admitting *ad, struct place_rules *r, const json_t *vms, const char *name, struct pd_err *e)
{
	const json_t *vm;
	size_t	      i;
	int	      n = 0;

	json_array_foreach(vms, i, vm)
		if (is_meant(ad, vm, name, 1)) {
			(void)json_object_set(r->apart, field_text(vm, "system"), json_object_get(vm, "name"));
			n++;
		}
	return n > 0 || strcmp(r->group, name) == 0 ? 0 :
	    pd_fail(e, PD_NOTFOUND, "--apart-from: there is no VM or group \"%s\" of yours; list-vms shows them", name);
}

int
place_rules_make(struct admitting *ad, struct place_rules *r, struct pd_err *e)
{
	const json_t *names = json_object_get(ad->args, "apart_from"), *name;
	json_t	     *vms = NULL;
	size_t	      i;
	int	      rv = 0;

	*r = (struct place_rules){ .group = field_text(ad->args, "group"), .near_vm = field_text(ad->args, "near"), .apart = json_object() };
	if (ad->a->conf->nlicenses > 0 && store_licensed_units(ad->a->store, &r->licensed, e) == -1)
		return -1;
	if (r->near_vm[0] == '\0' && json_array_size(names) == 0)
		return 0;
	if (store_vm_list(ad->a->store, NULL, NULL, NULL, &vms, e) == -1)
		return -1;
	rv = set_near(ad, r, vms, e);
	json_array_foreach(names, i, name)
		if (rv == 0)
			rv = set_apart(ad, r, vms, json_string_value(name), e);
	json_decref(vms);
	return rv;
}

void
place_rules_clear(struct place_rules *r)
{
	json_decref(r->apart);
	json_decref(r->licensed);
	r->apart = r->licensed = NULL;
}

/* ---- licenses ---- */

static int
covers(const struct pd_license *l, const char *system, const char *product)
{
	return (l->systems.n == 0 || policy_list_has(&l->systems, system)) &&
	    (l->products.n == 0 || (product[0] != '\0' && policy_list_has(&l->products, product)));
}

/* A VM on its way counts where it goes, but once for a license of both. */
static int64_t
used_of(const struct pd_license *l, const json_t *licensed)
{
	const json_t *row;
	size_t	      i;
	int64_t	      units = 0;

	json_array_foreach(licensed, i, row)
		if (covers(l, field_text(row, "system"), field_text(row, "product")) &&
		    (field_text(row, "from")[0] == '\0' || !covers(l, field_text(row, "from"), field_text(row, "product"))))
			units += field_number(row, "units");
	return units;
}

static void
look_at_license(const struct pd_license *l, int64_t used, int64_t units, json_t *barred)
{
	char cap[24], is_used[24], asked[24], left[24], change[40];

	if (used + units <= l->units)
		return;
	(void)snprintf(change, sizeof(change), "--cpu %s", quota_units_text(left, sizeof(left), l->units - used));
	placement_bar(barred, l->units - used >= UNITS_LEAST ? change : NULL, "license %.31s allows %s processing units: %s used, %s asked for", l->name,
	    quota_units_text(cap, sizeof(cap), l->units), quota_units_text(is_used, sizeof(is_used), used),
	    quota_units_text(asked, sizeof(asked), units));
}

void
place_rules_bar(const struct admitting *ad, const struct place_rules *r, const char *system, const json_t *image, int64_t units, json_t *barred)
{
	const struct pd_conf *conf = ad->a->conf;
	const char	     *there = field_text(r->apart, system), *product = field_text(image, "product");
	char		      change[64];

	if (r->near_system[0] != '\0' && strcmp(r->near_system, system) != 0) {
		(void)snprintf(change, sizeof(change), "without --near %.31s", r->near_vm);
		placement_bar(barred, change, "%.31s is not there but on %.31s", r->near_vm, r->near_system);
	}
	if (there[0] != '\0')
		placement_bar(barred, "without --apart-from", "%.31s is there", there);
	for (size_t i = 0; i < conf->nlicenses; i++)
		if (covers(&conf->licenses[i], system, product) && (r->from == NULL || !covers(&conf->licenses[i], r->from, product)))
			look_at_license(&conf->licenses[i], used_of(&conf->licenses[i], r->licensed), units, barred);
}
