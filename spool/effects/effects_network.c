/* SPDX-License-Identifier: ISC */
/*
 * effects_network.c - a VM's adapters in its row: spec.networks as they were asked for, objects.networks with their MAC
 * addresses.  Both know an adapter by its slot; one that is to come is in spec.networks with "adding"
 * (spool/admit/admit_network.c).
 */
#include <stdio.h>
#include <string.h>

#include "spool/effects/effects_change.h"
#include "spool/field.h"

static void
drop_expected(struct change *c)
{
	json_t *list = json_object_get(c->spec, "networks");

	for (size_t i = json_array_size(list); i-- > 0;)
		if (json_object_get(json_array_get(list, i), "adding") != NULL)
			(void)json_array_remove(list, i);
}

static json_t *
without_mac(const json_t *net)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)net);

	(void)json_object_del(copy, "mac");
	return copy;
}

void
networks_added(struct change *c)
{
	json_t *nets = json_object_get(c->value, "networks"), *net;
	size_t	i;

	drop_expected(c);
	json_array_foreach(nets != NULL ? nets : json_object_get(c->change, "networks"), i, net) {
		(void)json_array_append(change_list(c->objects, "networks"), net);
		(void)json_array_append_new(change_list(c->spec, "networks"), without_mac(net));
	}
}

void
networks_not_added(struct change *c)
{
	drop_expected(c);
}

static json_t *
in_slot(json_t *list, const json_t *slot)
{
	json_t *net;
	size_t	i;

	json_array_foreach(list, i, net)
		if (json_equal(json_object_get(net, "slot"), slot))
			return net;
	return NULL;
}

/* In its place, so that its number stays where people saw it. */
static void
replace(json_t *list, const json_t *slot, json_t *now)
{
	json_t *net = in_slot(list, slot);

	if (net == NULL)
		return;
	(void)json_object_clear(net);
	(void)json_object_update(net, now);
}

void
network_changed(struct change *c)
{
	const json_t *slot = json_object_get(json_object_get(c->change, "network"), "slot");
	json_t	     *now = json_copy(json_object_get(c->change, "now"));
	json_t	     *mac = json_object_get(c->value, "mac");

	drop_expected(c);
	replace(json_object_get(c->spec, "networks"), slot, now);
	if (mac == NULL)	/* it did not have to be made anew */
		mac = json_object_get(in_slot(json_object_get(c->objects, "networks"), slot), "mac");
	if (mac != NULL)
		(void)json_object_set(now, "mac", mac);
	replace(json_object_get(c->objects, "networks"), slot, now);
	json_decref(now);
}

void
network_removed(struct change *c)
{
	const json_t *slot = json_object_get(json_object_get(c->change, "network"), "slot");

	change_drop(json_object_get(c->spec, "networks"), "slot", slot);
	change_drop(json_object_get(c->objects, "networks"), "slot", slot);
}

static void
add_address(const json_t *net, char *text, size_t size)
{
	size_t len = strlen(text);

	if (field_text(net, "ip")[0] != '\0')
		(void)snprintf(text + len, size - len, "; %s/%d is reserved for it, configure it in the guest",
		    field_text(net, "ip"), (int)field_number(net, "prefix"));
}

void
say_networks_added(const struct change *c, char *text, size_t size)
{
	const json_t *nets = json_object_get(c->change, "networks"), *net = json_array_get(nets, 0);
	size_t	      n = json_array_size(nets);

	if (n != 1) {
		(void)snprintf(text, size, "%s has %zu adapters more", field_text(c->vm, "name"), n);
		return;
	}
	(void)snprintf(text, size, "%s has adapter %lld on VLAN %lld", field_text(c->vm, "name"),
	    (long long)field_number(net, "index") + 1, (long long)field_number(net, "vlan"));
	add_address(net, text, size);
}

void
say_network_changed(const struct change *c, char *text, size_t size)
{
	const json_t *now = json_object_get(c->change, "now");

	(void)snprintf(text, size, "adapter %lld of %s is on VLAN %lld", (long long)field_number(c->args, "adapter"),
	    field_text(c->vm, "name"), (long long)field_number(now, "vlan"));
	add_address(now, text, size);
}

void
say_network_removed(const struct change *c, char *text, size_t size)
{
	(void)snprintf(text, size, "adapter %lld of %s on VLAN %lld is removed",
	    (long long)field_number(c->args, "adapter"), field_text(c->vm, "name"),
	    (long long)field_number(json_object_get(c->change, "network"), "vlan"));
}
