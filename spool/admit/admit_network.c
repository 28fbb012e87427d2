/* SPDX-License-Identifier: ISC */
/*
 * admit_network.c - admission of what changes a VM's network adapters.
 *
 * An adapter that is to come stands in spec.networks at once, with "adding": so its slot and its address are taken.  It
 * loses that word when the job is done, and goes when it is undone.
 */
#include <string.h>

#include "handlers/vm/vm_spec.h"
#include "spool/admit/admit_place.h"
#include "spool/field.h"

#define NETWORKS_MOST 8	/* as create-vm */

static json_t *
networks_of(const json_t *vm)
{
	json_t *spec = json_object_get(vm, "spec");

	if (!json_is_array(json_object_get(spec, "networks")))
		(void)json_object_set_new(spec, "networks", json_array());
	return json_object_get(spec, "networks");
}

static int
add_expected(struct admitting *ad, json_t *vm, const json_t *networks, struct pd_err *e)
{
	json_t *net, *copy;
	size_t	i;

	if (admission_addresses_are_free(ad, networks, e) == -1)
		return -1;
	json_array_foreach(networks, i, net) {
		copy = json_copy(net);
		if (json_object_set_new(copy, "adding", json_string(ad->job->id)) == -1 ||
		    json_array_append_new(networks_of(vm), copy) == -1)
			return pd_fail(e, PD_IO, "no memory for a change");
	}
	return 0;
}

int
admit_add_network(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL, *networks = NULL;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == -1 || vm_spec_more_networks(ad->args, json_object_get(vm, "spec"), &networks, e) == -1 ||
	    admission_networks_are_there(ad, vm, networks, e) == -1 || change_count(ad, "networks", json_array_size(networks_of(vm)) + json_array_size(networks), ad->tenant->max_networks, NETWORKS_MOST,
		e) == -1 || add_expected(ad, vm, networks, e) == -1)
		goto out;
	if (change_set(ad, json_pack("{s:O}", "networks", networks), e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
out:
	json_decref(networks);
	json_decref(vm);
	return rv;
}

static int
has_same_address(const json_t *a, const json_t *b)
{
	return field_number(a, "vlan") == field_number(b, "vlan") &&
	    strcmp(field_text(a, "ip"), field_text(b, "ip")) == 0;
}

/* What is asked for, in the place of the adapter that is there: its slot, and so its MAC address, stays. */
static int
make_now(struct admitting *ad, const json_t *vm, const json_t *old, json_t **now, struct pd_err *e)
{
	json_t *networks = NULL, *rest = json_deep_copy(json_object_get(vm, "spec")),
	       *list = json_object_get(rest, "networks"), *net;
	size_t	i;
	int	rv;

	json_array_foreach(list, i, net)
		if (field_number(net, "index") == field_number(old, "index")) {
			(void)json_array_remove(list, i);
			break;
		}
	rv = vm_spec_more_networks(ad->args, rest, &networks, e);
	*now = json_incref(json_array_get(networks, 0));
	if (*now != NULL) {
		(void)json_object_set(*now, "index", json_object_get(old, "index"));
		(void)json_object_set(*now, "slot", json_object_get(old, "slot"));
	}
	json_decref(networks);
	json_decref(rest);
	return rv;
}

int
admit_change_network(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL, *old, *now = NULL, *list = NULL;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == -1 ||
	    change_numbered(networks_of(vm), "adapter", field_number(ad->args, "adapter"), field_text(vm, "name"), &old, e) == -1 ||
	    make_now(ad, vm, old, &now, e) == -1)
		goto out;
	if (change_set(ad, json_pack("{s:O s:O}", "network", old, "now", now), e) == -1)
		goto out;
	list = json_pack("[O]", now);
	if (admission_networks_are_there(ad, vm, list, e) == -1)
		goto out;
	if (has_same_address(old, now))
		(void)json_array_clear(list);
	if (add_expected(ad, vm, list, e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
out:
	json_decref(list);
	json_decref(now);
	json_decref(vm);
	return rv;
}

int
admit_remove_network(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL, *old;
	int	rv = -1;

	if (change_begin(ad, &vm, e) == 0 &&
	    change_numbered(networks_of(vm), "adapter", field_number(ad->args, "adapter"), field_text(vm, "name"), &old, e) == 0 &&
	    change_set(ad, json_pack("{s:O}", "network", old), e) == 0)
		rv = change_reserve(ad, vm, NULL, e);
	json_decref(vm);
	return rv;
}
