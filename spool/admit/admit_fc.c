/* SPDX-License-Identifier: ISC */
/*
 * admit_fc.c - admission of what changes a VM's virtual Fibre Channel adapters.
 *
 * As with networks, an adapter that is to come stands in spec.fc at once, with "adding": so its slots are taken.
 */
#include <string.h>

#include "handlers/vm/vm_fc.h"
#include "spool/admit/admission.h"
#include "spool/admit/slot_rules.h"
#include "spool/field.h"

static json_t *
fc_of(const json_t *vm)
{
	json_t *spec = json_object_get(vm, "spec");

	if (!json_is_array(json_object_get(spec, "fc")))
		(void)json_object_set_new(spec, "fc", json_array());
	return json_object_get(spec, "fc");
}

/* On an IVM the system's row may not be there: it has no rules for slots either. */
static int
choose_slots(struct admitting *ad, const json_t *vm, json_t *fc, struct pd_err *e)
{
	const struct pd_platform_rules *rules = slot_rules_of(ad->a->conf, ad->platform);
	json_t			       *system = NULL;
	int				rv;

	if (rules == NULL)
		return 0;
	if (store_system_get(ad->a->store, field_text(vm, "system"), &system, e) == -1)
		return -1;
	rv = slot_rules_fc(rules, ad->a->store, system, fc, e);
	json_decref(system);
	return rv;
}

static int
add_expected(struct admitting *ad, json_t *vm, const json_t *fc, struct pd_err *e)
{
	json_t *adapter, *copy;
	size_t	i;

	json_array_foreach(fc, i, adapter) {
		copy = json_copy(adapter);
		if (json_object_set_new(copy, "adding", json_string(ad->job->id)) == -1 ||
		    json_array_append_new(fc_of(vm), copy) == -1)
			return pd_fail(e, PD_IO, "no memory for a change");
	}
	return 0;
}

int
admit_add_fc(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL, *platform = NULL, *fc = NULL;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == -1 || change_platform(ad, vm, &platform, e) == -1 ||
	    change_features(ad, vm, platform, e) == -1 ||
	    vm_fc_more(ad->args, json_object_get(vm, "spec"), json_object_get(platform, "facts"), &fc, e) == -1 ||
	    choose_slots(ad, vm, fc, e) == -1 || add_expected(ad, vm, fc, e) == -1)
		goto out;
	if (change_set(ad, json_pack("{s:O}", "fc", fc), e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
out:
	json_decref(fc);
	json_decref(platform);
	json_decref(vm);
	return rv;
}

/* As its jobs have left it: with its names, its port and its device. */
int
admit_remove_fc(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL, *old;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == 0 &&
	    change_numbered(json_object_get(json_object_get(vm, "objects"), "fc"), "Fibre Channel adapter",
		field_number(ad->args, "adapter"), field_text(vm, "name"), &old, e) == 0 &&
	    change_set(ad, json_pack("{s:[O]}", "fc", old), e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
	json_decref(vm);
	return rv;
}
