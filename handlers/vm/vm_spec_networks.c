/* SPDX-License-Identifier: ISC */
/*
 * vm_spec_networks.c - the network adapters of a specification: their slots, VLANs and addresses.
 */
#include <arpa/inet.h>
#include <string.h>

#include "handlers/vm/vm_spec_parts.h"
#include "spool/field.h"

#define FIRST_SLOT	 15	/* of network adapters, as the original product did: below are disks and reserve */
#define LOWEST_SLOT	 5	/* the console keeps those below for itself and the first disk */
#define SLOTS_LEAST	 20

json_int_t
spec_free_index(const json_t *list, const json_t *other)
{
	json_int_t n = 0;

	while (field_find_number(list, "index", n) != NULL || field_find_number(other, "index", n) != NULL)
		n++;
	return n;
}

json_t *
spec_behind(const json_t *list, size_t n)
{
	json_t *made = json_array();

	for (size_t i = n; i < json_array_size(list); i++)
		json_array_append(made, json_array_get(list, i));
	return made;
}

static int
set_address(struct maker *m, json_t *net, const json_t *asked)
{
	json_int_t	prefix = field_number(asked, "prefix");
	struct in_addr	mask;
	char		buf[INET_ADDRSTRLEN];
	const json_t   *dns = json_object_get(asked, "dns"), *other;
	size_t		i;

	if (prefix < 1 || prefix > 32)
		return pd_fail(m->e, PD_BADDATA, "--network: %s needs its number of network bits, as in %s/24",
		    field_text(asked, "ip"), field_text(asked, "ip"));
	json_array_foreach(json_object_get(m->spec, "networks"), i,
	    other) if (strcmp(field_text(other, "ip"), field_text(asked, "ip")) == 0) return pd_fail(m->e, PD_BADDATA,
	    "--network: two adapters with the address %s", field_text(asked, "ip"));
	mask.s_addr = htonl(~(uint32_t)0 << (32 - prefix));
	json_object_set_new(net, "ip", json_string(field_text(asked, "ip")));
	json_object_set_new(net, "prefix", json_integer(prefix));
	json_object_set_new(net, "mask", json_string(inet_ntop(AF_INET, &mask, buf, sizeof(buf))));
	if (field_text(asked, "gateway")[0] != '\0')
		json_object_set_new(net, "gateway", json_string(field_text(asked, "gateway")));
	if (json_is_string(json_array_get(dns, 0)))
		json_object_set(net, "dns1", json_array_get(dns, 0));
	if (json_is_string(json_array_get(dns, 1)))
		json_object_set(net, "dns2", json_array_get(dns, 1));
	return 0;
}

static int
add_network(struct maker *m, const json_t *asked, json_int_t index, json_int_t slot, int *has_address)
{
	json_int_t vlan = field_number(asked, "vlan");
	json_t	  *net;

	if (vlan < 1 || vlan > 4094)
		return pd_fail(m->e, PD_BADDATA, "--network: adapter %d has no VLAN", (int)index + 1);
	net = json_pack("{s:I, s:I, s:I}", "index", index, "slot", slot, "vlan", vlan);
	if (field_text(asked, "name")[0] != '\0')
		json_object_set(net, "name", json_object_get(asked, "name"));
	if (field_text(asked, "ip")[0] != '\0') {
		*has_address = 1;
		if (set_address(m, net, asked) == -1) {
			json_decref(net);
			return -1;
		}
	}
	return json_array_append_new(json_object_get(m->spec, "networks"), net) == -1 ? pd_fail(m->e, PD_BUG, "out of memory") : 0;
}

int
spec_make_networks(struct maker *m, int *has_address)
{
	const json_t *networks = json_object_get(m->args, "networks"), *asked;
	size_t	      i;

	json_object_set_new(m->spec, "networks", json_array());
	json_array_foreach(networks, i, asked)
		if (add_network(m, asked, (json_int_t)i, FIRST_SLOT + (json_int_t)i, has_address) == -1)
			return -1;
	json_object_set_new(m->spec, "max_slots",
	    json_integer(FIRST_SLOT + (json_int_t)i > SLOTS_LEAST ? FIRST_SLOT + (json_int_t)i : SLOTS_LEAST));
	return 0;
}

/* From the first one that create-vm gives upwards, then what is between the disks' slots and that; -1: none is free. */
static json_int_t
free_slot(const json_t *networks, const json_t *spec)
{
	const json_t *paths = json_object_get(spec, "paths"), *fc = json_object_get(spec, "fc");
	json_int_t    has = field_number(spec, "max_slots"), max_slots = has > 0 ? has : SLOTS_LEAST;

	for (json_int_t slot = FIRST_SLOT; slot < max_slots; slot++)
		if (field_find_number(networks, "slot", slot) == NULL)
			return slot;
	for (json_int_t slot = LOWEST_SLOT; slot < FIRST_SLOT; slot++)
		if (field_find_number(networks, "slot", slot) == NULL &&
		    field_find_number(paths, "client_slot", slot) == NULL &&
		    field_find_number(fc, "client_slot", slot) == NULL)
			return slot;
	return -1;
}

int
vm_spec_more_networks(const json_t *args, const json_t *spec, json_t **networks, struct pd_err *e)
{
	struct maker  m = { .args = args, .e = e, .spec = json_object() };
	json_t	     *all = json_deep_copy(json_object_get(spec, "networks"));
	size_t	      i, before = json_array_size(all);
	const json_t *asked;
	int	      ignored, rv = 0;

	*networks = NULL;
	if (all == NULL)
		all = json_array();
	json_object_set_new(m.spec, "networks", all);
	json_array_foreach(json_object_get(args, "networks"), i, asked) {
		json_int_t slot = free_slot(all, spec);

		if (rv == 0 && slot == -1)
			rv = pd_fail(e, PD_NOSPACE, "the partition has no virtual slot left for a network adapter");
		if (rv == 0)
			rv = add_network(&m, asked, spec_free_index(all, NULL), slot, &ignored);
	}
	if (rv == 0)
		*networks = spec_behind(all, before);
	json_decref(m.spec);
	return rv;
}
