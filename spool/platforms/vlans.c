/* SPDX-License-Identifier: ISC */
/*
 * vlans.c - which VLANs lead out of a system.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/platforms/vlans.h"

#define VLAN_MOST    4094
#define USUAL_SWITCH "ETHERNET0"	/* the sequences name none, and this is the one that every system has */

static void
mark(char *has, const char *text)
{
	long vlan = strtol(text, NULL, 10);

	if (vlan >= 1 && vlan <= VLAN_MOST)
		has[vlan] = 1;
}

/* "10,20", or none. */
static void
mark_list(char *has, const char *list)
{
	for (const char *c = list; c != NULL; c = strchr(c, ','), c += c != NULL)
		mark(has, c);
}

static int
is_in_usual_switch(const json_t *adapter)
{
	const char *name = field_text(adapter, "switch");

	return name[0] == '\0' || strcmp(name, USUAL_SWITCH) == 0;
}

json_t *
vlans_of(const json_t *adapters)
{
	char	      has[VLAN_MOST + 1] = { 0 };
	json_t	     *list;
	const json_t *adapter;
	size_t	      i;

	if (json_array_size(adapters) == 0 || (list = json_array()) == NULL)
		return NULL;
	json_array_foreach(adapters, i, adapter) {
		if (strcmp(field_text(adapter, "trunk"), "1") != 0 || !is_in_usual_switch(adapter))
			continue;
		mark(has, field_text(adapter, "vlan"));
		mark_list(has, field_text(adapter, "more"));
	}
	for (int vlan = 1; vlan <= VLAN_MOST; vlan++)
		if (has[vlan])
			(void)json_array_append_new(list, json_integer(vlan));
	return list;
}

int
vlans_lack(const json_t *facts, json_int_t vlan)
{
	const json_t *list = json_object_get(facts, "vlans"), *one;
	size_t	      i;

	json_array_foreach(list, i, one)
		if (json_integer_value(one) == vlan)
			return 0;
	return json_is_array(list);
}
