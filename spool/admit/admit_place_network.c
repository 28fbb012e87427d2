/* SPDX-License-Identifier: ISC */
/*
 * admit_place_network.c - is the network there?  A VM's adapter on a VLAN that no VIOS of the system carries would
 * reach nobody outside.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/admit_place.h"
#include "spool/admit/placement.h"
#include "spool/field.h"
#include "spool/platforms/vlans.h"

#define NAMES_MAX 120

/* A network that is inside each system needs no VIOS.  An adopted VM's has no name. */
static int
is_internal(const struct pd_conf *conf, const char *name, int64_t vlan)
{
	for (size_t i = 0; i < conf->nnetworks; i++)
		if (conf->networks[i].is_internal && conf->networks[i].vlan == vlan &&
		    (name[0] == '\0' || strcmp(conf->networks[i].name, name) == 0))
			return 1;
	return 0;
}

static int
is_missing(const struct admitting *ad, const json_t *facts, const json_t *network)
{
	int64_t vlan = field_number(network, "vlan");

	return vlans_lack(facts, vlan) && !is_internal(ad->a->conf, field_text(network, "name"), vlan);
}

/* "power2, power3 have it": what the tenant may know of. */
static char *
who_has_it(const struct admitting *ad, const json_t *systems, const json_t *network, char *buf, size_t size)
{
	const json_t *system;
	size_t	      i, len = 0;
	int	      n = 0;

	buf[0] = '\0';
	json_array_foreach(systems, i, system) {
		if (is_missing(ad, json_object_get(system, "facts"), network) ||
		    !policy_list_has(&ad->tenant->platforms, field_text(system, "platform")))
			continue;
		if (len + PLATFORM_NAME_MAX + sizeof(", and others have it") < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%.31s", n > 0 ? ", " : "", field_text(system, "name"));
		n++;
	}
	(void)snprintf(buf + len, size - len, "%s", n == 0 ? "no system has it" : n == 1 ? " has it" : " have it");
	return buf;
}

void
place_networks_bar(const struct admitting *ad, const json_t *systems, const json_t *system, const json_t *networks, json_t *barred)
{
	const json_t *network;
	char	      names[NAMES_MAX];
	size_t	      i;

	json_array_foreach(networks, i, network)
		if (is_missing(ad, json_object_get(system, "facts"), network))
			placement_bar(barred, NULL, "no VIOS carries VLAN %d%s%.31s: %s", (int)field_number(network, "vlan"),
			    field_text(network, "name")[0] != '\0' ? " of network " : "", field_text(network, "name"),
			    who_has_it(ad, systems, network, names, sizeof(names)));
}

int
admission_networks_are_there(const struct admitting *ad, const json_t *vm, const json_t *networks, struct pd_err *e)
{
	json_t	     *systems = NULL, *barred = json_array();
	const json_t *system, *first;
	int	      rv = 0;

	if (barred == NULL)
		return pd_fail(e, PD_IO, "no memory for networks");
	if (store_system_list(ad->a->store, NULL, &systems, e) == -1) {
		json_decref(barred);
		return -1;
	}
	if ((system = field_find(systems, "name", field_text(vm, "system"))) != NULL)
		place_networks_bar(ad, systems, system, networks, barred);
	if ((first = json_array_get(barred, 0)) != NULL)
		rv = pd_fail(e, PD_CAPACITY, "%s is on %s, and %s", field_text(vm, "name"), field_text(vm, "system"),
		    field_text(first, "why"));
	json_decref(barred);
	json_decref(systems);
	return rv;
}
