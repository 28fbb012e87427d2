/* SPDX-License-Identifier: ISC */
/*
 * neighbours.c - near and apart.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/admit/neighbours.h"
#include "spool/admit/placement.h"
#include "spool/field.h"

/* The VM that is placed, and those that are there (store_neighbours()). */
struct looking {
	const struct pd_conf *conf;
	struct neighbours    *n;
	const char	     *name, *group, *tenant, *owner;
	const char	     *asks;	/* the user */
	json_t		     *vms;
	int		      is_new;	/* the request can be another one */
};

/* ---- what is meant ---- */

static int
sees(const struct pd_conf *conf, const char *user, const json_t *vm)
{
	return admission_is_yours(conf, user, field_text(vm, "tenant"), field_text(vm, "owner"));
}

/* Is the VM of this name and group one of these {vm} and {group}? */
static int
is_one_of(const json_t *list, const char *name, const char *group)
{
	return field_find(list, "vm", name) != NULL || (group[0] != '\0' && field_find(list, "group", group) != NULL);
}

/* The names that create-vm was given, each as what it is; the first VM of a group may be apart from its group: nobody is there yet. */
static int
state_apart(const struct looking *l, const char *name, struct pd_err *e)
{
	json_t *list = json_object_get(l->n->stated, "apart_from");
	int	is_group = strcmp(l->group, name) == 0, is_vm = 0;
	json_t *vm;
	size_t	i;

	json_array_foreach(l->vms, i, vm) {
		is_vm |= strcmp(field_text(vm, "name"), name) == 0 && sees(l->conf, l->owner, vm);
		is_group |= strcmp(field_text(vm, "group"), name) == 0 && sees(l->conf, l->owner, vm);
	}
	if (is_vm)
		(void)json_array_append_new(list, json_pack("{s:s}", "vm", name));
	if (is_group)
		(void)json_array_append_new(list, json_pack("{s:s}", "group", name));
	return is_vm || is_group ? 0 :
	    pd_fail(e, PD_NOTFOUND, "--apart-from: there is no VM or group \"%s\" of yours; list-vms shows them", name);
}

static int
state(const struct looking *l, const json_t *args, struct pd_err *e)
{
	const char   *near = field_text(args, "near");
	const json_t *names = json_object_get(args, "apart_from"), *name, *vm = field_find(l->vms, "name", near);
	size_t	      i;

	if (near[0] != '\0' && (vm == NULL || !sees(l->conf, l->owner, vm)))
		return pd_fail(e, PD_NOTFOUND, "--near: there is no VM \"%s\" of yours; list-vms shows them", near);
	if (near[0] != '\0')
		(void)json_object_set_new(l->n->stated, "near", json_string(near));
	if (json_array_size(names) > 0)
		(void)json_object_set_new(l->n->stated, "apart_from", json_array());
	json_array_foreach(names, i, name)
		if (state_apart(l, json_string_value(name), e) == -1)
			return -1;
	return 0;
}

/* ---- what that bars ---- */

/* One of those that say the same is enough to know. */
static int
is_said(const json_t *list, const char *change)
{
	const json_t *bar;
	size_t	      i;

	json_array_foreach(list, i, bar)
		if (strcmp(field_text(bar, "change"), change != NULL ? change : "") == 0)
			return 1;
	return 0;
}

/* Not where the VM is. */
static void
keep_off(struct neighbours *n, const json_t *vm, const char *change, const char *why)
{
	const json_t *place;
	json_t	     *list;
	size_t	      i;

	json_array_foreach(json_object_get(vm, "places"), i, place) {
		if ((list = json_object_get(n->there, json_string_value(place))) == NULL) {
			list = json_array();
			(void)json_object_set_new(n->there, json_string_value(place), list);
		}
		if (!is_said(list, change))
			placement_bar(list, change, "%s", why);
	}
}

/* Only where the VM is. */
static void
keep_to(struct neighbours *n, const json_t *vm, const char *change, const char *why)
{
	(void)json_array_append_new(n->wanted,
	    json_pack("{s:O s:s s:s*}", "places", json_object_get(vm, "places"), "why", why, "change", change));
}

static const char *
first_place(const json_t *vm)
{
	const char *place = json_string_value(json_array_get(json_object_get(vm, "places"), 0));

	return place != NULL ? place : "";
}

/* What the VM itself says. */
static void
obey_own(const struct looking *l, const json_t *vm)
{
	const char *name = field_text(vm, "name");
	char	    why[120], change[64];

	if (!sees(l->conf, l->owner, vm))
		return;
	if (strcmp(field_text(l->n->stated, "near"), name) == 0) {
		(void)snprintf(why, sizeof(why), "%.31s is not there but on %.31s", name, first_place(vm));
		(void)snprintf(change, sizeof(change), "without --near %.31s", name);
		keep_to(l->n, vm, l->is_new ? change : NULL, why);
	}
	if (is_one_of(json_object_get(l->n->stated, "apart_from"), name, field_text(vm, "group"))) {
		(void)snprintf(why, sizeof(why), "%.31s is there", name);
		keep_off(l->n, vm, l->is_new ? "without --apart-from" : NULL, why);
	}
}

/* What another one says of its group: among those who know of each other. */
static void
obey_of_group(const struct looking *l, const json_t *vm)
{
	char why[120], change[64];

	if (l->group[0] == '\0' || field_find(json_object_get(vm, "apart_from"), "group", l->group) == NULL ||
	    !sees(l->conf, l->owner, vm))
		return;
	(void)snprintf(why, sizeof(why), "%.31s is to be apart from the group %.31s", field_text(vm, "name"), l->group);
	(void)snprintf(change, sizeof(change), "without --group %.31s", l->group);
	keep_off(l->n, vm, l->is_new ? change : NULL, why);
}

/* What another one says of it.  Who asks need not know of that one. */
static void
obey_others(const struct looking *l, const json_t *vm)
{
	const char *name = sees(l->conf, l->asks, vm) ? field_text(vm, "name") : "another VM";
	char	    why[120];

	if (!admission_is_yours(l->conf, field_text(vm, "owner"), l->tenant, l->owner))
		return;
	if (strcmp(field_text(vm, "near"), l->name) == 0) {
		(void)snprintf(why, sizeof(why), "%.31s is to be near %.31s, and is on %.31s", name, l->name, first_place(vm));
		keep_to(l->n, vm, NULL, why);
	}
	if (field_find(json_object_get(vm, "apart_from"), "vm", l->name) != NULL) {
		(void)snprintf(why, sizeof(why), "%.31s is to be apart from %.31s", name, l->name);
		keep_off(l->n, vm, NULL, why);
	}
	obey_of_group(l, vm);
}

static void
obey(const struct looking *l)
{
	const json_t *vm;
	size_t	      i;

	json_array_foreach(l->vms, i, vm)
		if (strcmp(field_text(vm, "name"), l->name) != 0) {
			obey_own(l, vm);
			obey_others(l, vm);
		}
}

/* ---- for all ---- */

/* Who may see everything may say that it has to be. */
static int
may_force(const struct admitting *ad, struct pd_err *e)
{
	return ad->tenant->role->scope == SCOPE_ALL ? 0 :
	    pd_fail(e, PD_DENIED, "--force, against what VMs say of being near or apart, is for administrators whose role has scope = all");
}

int
neighbours_make(struct admitting *ad, const json_t *vm, struct neighbours *n, struct pd_err *e)
{
	struct looking l = { .conf = ad->a->conf, .n = n, .asks = ad->job->user, .is_new = vm == NULL };
	const json_t  *spec = json_object_get(vm, "spec");
	int	       is_forced = field_is_set(ad->args, "force"), rv = -1;

	*n = (struct neighbours){ .stated = json_object(), .there = json_object(), .wanted = json_array() };
	l.name = field_text(vm != NULL ? vm : ad->args, "name");
	l.group = vm != NULL ? field_text(vm, "label") : field_text(ad->args, "group");
	l.tenant = vm != NULL ? field_text(vm, "tenant") : ad->tenant->name;
	l.owner = vm != NULL ? field_text(vm, "owner") : ad->job->user;
	if (n->stated == NULL || n->there == NULL || n->wanted == NULL)
		return pd_fail(e, PD_IO, "no memory to place the VM");
	if ((is_forced && may_force(ad, e) == -1) || store_neighbours(ad->a->store, &l.vms, e) == -1)
		goto out;
	if (vm == NULL && state(&l, ad->args, e) == -1)
		goto out;
	if (vm != NULL)
		(void)json_object_update_new(n->stated,
		    json_pack("{s:O* s:O*}", "near", json_object_get(spec, "near"), "apart_from",
			json_object_get(spec, "apart_from")));
	if (!is_forced)
		obey(&l);
	rv = 0;
out:
	json_decref(l.vms);
	return rv;
}

void
neighbours_clear(struct neighbours *n)
{
	json_decref(n->stated);
	json_decref(n->there);
	json_decref(n->wanted);
	n->stated = n->there = n->wanted = NULL;
}

static int
has_place(const json_t *places, const char *system)
{
	const json_t *place;
	size_t	      i;

	json_array_foreach(places, i, place)
		if (strcmp(json_string_value(place), system) == 0)
			return 1;
	return 0;
}

void
neighbours_bar(const struct neighbours *n, const char *system, json_t *barred)
{
	const json_t *wanted;
	size_t	      i;

	json_array_foreach(n->wanted, i, wanted)
		if (!has_place(json_object_get(wanted, "places"), system))
			(void)json_array_append(barred, (json_t *)(uintptr_t)wanted);
	if (json_object_get(n->there, system) != NULL)
		(void)json_array_extend(barred, json_object_get(n->there, system));
}
