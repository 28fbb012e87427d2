/* SPDX-License-Identifier: ISC */
/*
 * query_system.c - list-systems and show-system: the managed systems behind the consoles, from the store.
 *
 * "seen" says how old the figures are: when the console was asked last.  No console is asked here.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/placement.h"
#include "spool/query/query_verbs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Drained itself, or with its platform. */
static void
add_drained(json_t *to, const json_t *row, const json_t *platform)
{
	const json_t *who = field_number(row, "drained_ms") != 0 ? row : field_number(platform, "drained_ms") != 0 ? platform : NULL;

	if (who == NULL)
		return;
	(void)json_object_set_new(to, "state", json_string("drained"));
	set_time(to, "drained", field_number(who, "drained_ms"));
	if (field_text(who, "drain_why")[0] != '\0')
		(void)json_object_set(to, "why", json_object_get(who, "drain_why"));
}

static void
add_units(json_t *to, const json_t *facts, const char *key)
{
	int64_t units = placement_hundredths(facts, key);

	if (units >= 0)
		(void)json_object_set_new(to, key, json_integer(units));
}

json_t *
question_system(const struct question *x, const json_t *row, const json_t *platform)
{
	static const char *const keys[] = { "name", "platform", "ident", "level" };
	static const char *const counts[] = { "memory", "memory_free", "partitions", "max_lpars" };
	const json_t		*facts = json_object_get(row, "facts");
	json_t			*system = json_object(), *contact;

	set_copy(system, row, keys, COUNT(keys));
	(void)json_object_set_new(system, "state", json_string(field_number(row, "seen_ms") != 0 ? "up" : "never asked"));
	set_copy(system, facts, counts, COUNT(counts));
	add_units(system, facts, "units");
	add_units(system, facts, "units_free");
	set_time(system, "seen", field_number(row, "seen_ms"));
	add_drained(system, row, platform);
	if ((contact = x->q->contact != NULL ? x->q->contact(x->q->arg, field_text(row, "platform")) : NULL) != NULL)
		(void)json_object_update(system, contact);
	json_decref(contact);
	return system;
}

static json_t *
question_vms_of(const json_t *vms, const char *system)
{
	json_t	     *names = json_array();
	const json_t *vm;
	size_t	      i;

	json_array_foreach(vms, i, vm)
		if (strcmp(field_text(vm, "system"), system) == 0)
			(void)json_array_append(names, json_object_get(vm, "name"));
	return names;
}

int
query_list_systems(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char *wanted = json_string_value(json_object_get(x->args, "platform"));
	json_t	   *rows, *row, *platform = NULL;
	size_t	    i;
	int	    rv = 0;

	if (wanted != NULL && question_platform(x, wanted, e) == -1)
		return -1;
	if (store_system_list(x->q->store, wanted, &rows, e) == -1)
		return -1;
	a->value = json_array();
	json_array_foreach(rows, i, row) {
		if (!policy_list_has(&x->tenant->platforms, field_text(row, "platform")))
			continue;
		if ((rv = store_platform_get(x->q->store, field_text(row, "platform"), &platform, e)) == -1)
			break;
		(void)json_array_append_new(a->value, question_system(x, row, platform));
		json_decref(platform);
	}
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "system", "systems");
	json_decref(rows);
	return rv;
}

/* Only the pools that the tenant may use. */
static json_t *
pools_of(const struct question *x, const json_t *facts)
{
	json_t *list = json_array(), *pool;
	size_t	i;

	json_array_foreach(json_object_get(facts, "pools"), i, pool)
		if (policy_list_has(&x->tenant->pools, field_text(pool, "name")))
			(void)json_array_append(list, pool);
	return list;
}

int
query_show_system(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	static const char *const more[] = { "region_size", "default_pool", "vlans", "capabilities", "compat_modes" };
	const char		*name = field_text(x->args, "name");
	json_t			*row = NULL, *platform = NULL, *vms = NULL;
	int			 rv = store_system_get(x->q->store, name, &row, e);

	if (rv == 0 && policy_list_has(&x->tenant->platforms, field_text(row, "platform")))
		rv = store_platform_get(x->q->store, field_text(row, "platform"), &platform, e);
	else if (rv == 0 || e->code == PD_NOTFOUND)
		rv = pd_fail(e, PD_NOTFOUND, "there is no system \"%s\" for you; list-systems shows them", name);
	if (rv == 0 &&
	    (rv = store_vm_list(x->q->store, x->of_tenant, x->of_user, field_text(row, "platform"), &vms, e)) == 0) {
		a->value = question_system(x, row, platform);
		set_copy(a->value, json_object_get(row, "facts"), more, COUNT(more));
		(void)json_object_set_new(a->value, "pools", pools_of(x, json_object_get(row, "facts")));
		(void)json_object_set_new(a->value, "vms", question_vms_of(vms, name));
	}
	json_decref(row);
	json_decref(platform);
	json_decref(vms);
	return rv;
}
