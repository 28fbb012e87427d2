/* SPDX-License-Identifier: ISC */
/*
 * drift_fc.c - what differs of a VM's virtual Fibre Channel adapters on a system of an HMC: the partition's, and those
 * of its profile, with which it starts.  An adapter is known by its client slot.
 *
 * No request brings one back: what was zoned are its names, and a new adapter has others.
 */
#include <stdio.h>
#include <string.h>

#include "spool/field.h"
#include "spool/platforms/drift.h"

#define TEXT_MAX 160

/* As the console prints them: "c05...,c05...". */
static char *
names_of(const json_t *adapter, char text[TEXT_MAX])
{
	(void)snprintf(text, TEXT_MAX, "%.32s,%.32s", field_text(adapter, "wwpn1"), field_text(adapter, "wwpn2"));
	return text;
}

static void
compare_now(struct drift *d, const json_t *adapter, const json_t *found)
{
	char what[64], wanted[2 * TEXT_MAX], names[TEXT_MAX], seen[2 * TEXT_MAX];

	(void)snprintf(what, sizeof(what), "Fibre Channel adapter %lld", (long long)drift_number(adapter, "index") + 1);
	(void)snprintf(wanted, sizeof(wanted), "%s through VIOS %lld in slot %lld", names_of(adapter, names),
	    (long long)field_number(adapter, "id"), (long long)field_number(adapter, "client_slot"));
	if (found == NULL)
		(void)snprintf(seen, sizeof(seen), "none");
	else
		(void)snprintf(seen, sizeof(seen), "%.80s through VIOS %lld in slot %lld", field_text(found, "names"),
		    (long long)drift_number(found, "vios"), (long long)drift_number(found, "slot"));
	if (strcmp(wanted, seen) != 0)
		(void)drift_add(d, what, wanted, seen, NULL);
}

/* The trap of virtual Fibre Channel: a profile with other names, which count from the next start on. */
static void
compare_profile(struct drift *d, const json_t *adapter, const char *elements)
{
	char what[64], names[TEXT_MAX], element[TEXT_MAX];
	int  is_there;

	(void)snprintf(element, sizeof(element), "%lld/client/%lld/", (long long)field_number(adapter, "client_slot"),
	    (long long)field_number(adapter, "id"));
	is_there = strstr(elements, element) != NULL;
	if (is_there && strstr(elements, names_of(adapter, names)) != NULL)
		return;
	(void)snprintf(what, sizeof(what), "Fibre Channel adapter %lld of the profile",
	    (long long)drift_number(adapter, "index") + 1);
	(void)drift_add(d, what, names_of(adapter, names), is_there ? "other port names" : "none", NULL);
}

static const char *
elements_of_profile(const struct drift *d)
{
	const json_t *row;
	size_t	      i;

	json_array_foreach(json_object_get(d->found, "fc_profiles"), i,
	    row) if (field_number(row, "id") == field_number(d->vm, "lpar_id") &&
	    strcmp(field_text(row, "name"), field_text(d->objects, "tag")) == 0) return field_text(row, "adapters");
	return NULL;
}

/* Those that nobody asked for; of a VM that was adopted nothing is known. */
static void
find_others(struct drift *d, const json_t *own, const json_t *found)
{
	const json_t *row;
	char	      what[64], seen[TEXT_MAX];
	size_t	      i;

	json_array_foreach(found, i, row) {
		if (field_number(row, "lpar") != field_number(d->vm, "lpar_id") ||
		    field_is_set(d->objects, "adopted") ||
		    field_find_number(own, "client_slot", drift_number(row, "slot")) != NULL)
			continue;
		(void)snprintf(what, sizeof(what), "Fibre Channel adapter in slot %lld", (long long)drift_number(row, "slot"));
		(void)snprintf(seen, sizeof(seen), "%.80s through VIOS %lld", field_text(row, "names"),
		    (long long)drift_number(row, "vios"));
		(void)drift_add(d, what, "none", seen, NULL);
	}
}

/* A partition that is off shows what it had when it was on; one that waits for its next start is in the profile alone. */
void
drift_fc(struct drift *d)
{
	const json_t *own = json_object_get(d->objects, "fc"), *found = json_object_get(d->found, "fc"), *adapter;
	const char   *elements = elements_of_profile(d);
	size_t	      i;

	if (!d->is_hmc || !json_is_integer(json_object_get(d->found, "fc_told")))
		return;
	json_array_foreach(own, i, adapter) {
		if (field_text(adapter, "wwpn1")[0] == '\0')
			continue;
		if (!d->is_off && !field_is_set(adapter, "pending"))
			compare_now(d, adapter,
			    drift_adapter(found, field_number(d->vm, "lpar_id"), field_number(adapter, "client_slot")));
		if (elements != NULL)
			compare_profile(d, adapter, elements);
	}
	if (!d->is_off)
		find_others(d, own, found);
}
