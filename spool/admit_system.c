/* SPDX-License-Identifier: ISC */
/*
 * admit_system.c - on which system of a console with several a new VM is made.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admission.h"
#include "spool/field.h"

/* The one with most free memory of those that take VMs; placement has finer reasons. */
static const json_t *
roomiest(const json_t *systems)
{
	const json_t *s, *best = NULL;
	int64_t	      most = -1;
	size_t	      i;

	json_array_foreach(systems, i, s) {
		const json_t *facts = json_object_get(s, "facts");
		int64_t	      free = field_number(facts, "memory_free");

		if (field_number(s, "drained_ms") != 0 || strcmp(field_text(facts, "state"), "Operating") != 0 || free <= most)
			continue;
		most = free;
		best = s;
	}
	return best;
}

int
admit_system(struct admitting *ad, json_t *platform, struct pd_err *e)
{
	json_t	     *systems = NULL;
	const json_t *system;
	int	      rv;

	if (strcmp(field_text(platform, "kind"), "hmc") != 0)
		return json_object_set(platform, "system", json_object_get(platform, "name"));
	if (store_system_list(ad->a->store, ad->platform, &systems, e) == -1)
		return -1;
	if ((system = roomiest(systems)) == NULL)
		rv = pd_fail(e, PD_CAPACITY, "no system of %s takes new VMs now; list-systems shows them", ad->platform);
	else
		rv = json_object_set(platform, "facts", json_object_get(system, "facts")) == -1 ||
			json_object_set(platform, "system", json_object_get(system, "name")) == -1
		    ? pd_fail(e, PD_IO, "no memory for the system of %s", ad->platform)
		    : 0;
	json_decref(systems);
	return rv;
}
