/* SPDX-License-Identifier: ISC */
/*
 * admit_place_vios.c - what the VIOSes of a system can serve a VM with: the file of its image, and virtual slots.
 */
#include <string.h>

#include "spool/admit/admit_place.h"
#include "spool/admit/placement.h"
#include "spool/field.h"
#include "spool/platforms/slots.h"

/* Nobody has looked for an image of before. */
static int
has_image(const json_t *image, const char *system, const char *vios)
{
	const json_t *list = json_object_get(image, "vioses"), *one;
	size_t	      i;

	json_array_foreach(list, i, one)
		if (strcmp(field_text(one, "system"), system) == 0 && strcmp(field_text(one, "vios"), vios) == 0)
			return 1;
	return !json_is_array(list);
}

/* Copies in the place of those that the store's row has. */
int
place_vioses(const struct admitting *ad, const char *system, const json_t *image, json_t *facts, struct pd_err *e)
{
	json_t *vioses = json_array(), *ours = NULL, *vios, *copy;
	int64_t left;
	size_t	i;
	int rv = json_object_get(facts, "slots_ms") == NULL ? 0 : store_server_slots(ad->a->store, system, &ours, e);

	json_array_foreach(json_object_get(facts, "vioses"), i, vios) {
		copy = json_copy(vios);
		if (image != NULL)
			(void)json_object_set_new(copy, "has_image", json_boolean(has_image(image, system, field_text(vios, "name"))));
		if ((left = slots_left(vios, ours)) != -1)
			(void)json_object_set_new(copy, "slots_free", json_integer((json_int_t)left));
		(void)json_array_append_new(vioses, copy);
	}
	if (json_array_size(vioses) > 0)
		(void)json_object_set(facts, "vioses", vioses);
	json_decref(vioses);
	json_decref(ours);
	return rv;
}

/* What the VM has there: a path for its disks, Fibre Channel. */
static int
asked_of(const json_t *spec, const char *vios)
{
	static const char *const lists[] = { "paths", "fc" };
	int			 n = 0;

	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
		n += field_find(json_object_get(spec, lists[k]), "name", vios) != NULL;
	return n;
}

void
place_slots_bar(const json_t *facts, const json_t *spec, json_t *barred)
{
	const json_t *vios, *left;
	size_t	      i;

	json_array_foreach(json_object_get(facts, "vioses"), i, vios) {
		int asked = asked_of(spec, field_text(vios, "name"));

		left = json_object_get(vios, "slots_free");
		if (json_is_integer(left) && json_integer_value(left) < asked)
			placement_bar(barred, NULL, "VIOS %.31s has %d of its %d virtual slots left, %d asked for",
			    field_text(vios, "name"), (int)json_integer_value(left),
			    (int)field_number(vios, "max_slots"), asked);
	}
}

/* Which of its VIOSes serve a VM that comes the console decides: each path takes a slot of another one. */
void
place_moving_slots_bar(const json_t *facts, size_t paths, json_t *barred)
{
	const json_t *vios, *left;
	size_t	      i, with_slot = 0;

	json_array_foreach(json_object_get(facts, "vioses"), i, vios) {
		left = json_object_get(vios, "slots_free");
		with_slot += !json_is_integer(left) || json_integer_value(left) > 0;
	}
	if (json_array_size(json_object_get(facts, "vioses")) >= paths && with_slot < paths)
		placement_bar(barred, NULL, "%zu of its VIOSes have a virtual slot left, its disks go through %zu",
		    with_slot, paths);
}
