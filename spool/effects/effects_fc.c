/* SPDX-License-Identifier: ISC */
/*
 * effects_fc.c - a VM's virtual Fibre Channel adapters in its row: spec.fc as they were asked for, objects.fc with what
 * the console has made of them (slots, device, port, both port names).  Both know an adapter by its client slot; one
 * that is to come is in spec.fc with "adding" (spool/admit/admit_fc.c).
 */
#include <stdio.h>
#include <string.h>

#include "spool/effects/effects_change.h"
#include "spool/field.h"

static void
drop_expected(struct change *c)
{
	json_t *list = json_object_get(c->spec, "fc");

	for (size_t i = json_array_size(list); i-- > 0;)
		if (json_object_get(json_array_get(list, i), "adding") != NULL)
			(void)json_array_remove(list, i);
}

static json_t *
new_adapters(const struct change *c)
{
	json_t *fc = json_object_get(c->value, "fc");

	return fc != NULL ? fc : json_object_get(c->change, "fc");
}

static json_t *
as_asked(const json_t *adapter)
{
	static const char *const keys[] = { "index", "client_slot", "id", "name", "profile", "port", "wanted_slot" };
	json_t			*asked = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(adapter, keys[i]) != NULL)
			(void)json_object_set(asked, keys[i], json_object_get(adapter, keys[i]));
	return asked;
}

/* In the place of what was known of it, should this be the end of a job that was stuck. */
static void
put(struct change *c, json_t *adapter)
{
	change_drop(json_object_get(c->objects, "fc"), "client_slot", json_object_get(adapter, "client_slot"));
	(void)json_array_append(change_list(c->objects, "fc"), adapter);
}

void
fc_added(struct change *c)
{
	json_t *adapter;
	size_t	i;

	drop_expected(c);
	json_array_foreach(new_adapters(c), i, adapter) {
		if (field_text(c->value, "pending")[0] != '\0')
			(void)json_object_set_new(adapter, "pending", json_true());
		put(c, adapter);
		(void)json_array_append_new(change_list(c->spec, "fc"), as_asked(adapter));
	}
}

void
fc_not_added(struct change *c)
{
	json_t *adapter;
	size_t	i;

	drop_expected(c);
	json_array_foreach(json_object_get(c->change, "fc"), i, adapter)
		change_drop(json_object_get(c->objects, "fc"), "client_slot", json_object_get(adapter, "client_slot"));
}

/* So that delete-vm looks for them. */
void
fc_maybe_added(struct change *c)
{
	json_t *adapter;
	size_t	i;

	json_array_foreach(new_adapters(c), i, adapter)
		put(c, adapter);
}

void
fc_removed(struct change *c)
{
	const json_t *slot = json_object_get(json_array_get(json_object_get(c->change, "fc"), 0), "client_slot");

	change_drop(json_object_get(c->spec, "fc"), "client_slot", slot);
	change_drop(json_object_get(c->objects, "fc"), "client_slot", slot);
}

void
fc_waits_no_more(struct change *c)
{
	json_t *adapter;
	size_t	i;

	json_array_foreach(json_object_get(c->objects, "fc"), i, adapter)
		(void)json_object_del(adapter, "pending");
}

void
say_fc_added(const struct change *c, char *text, size_t size)
{
	const json_t *fc = new_adapters(c), *first = json_array_get(fc, 0);
	const char   *vm = field_text(c->vm, "name"), *when = field_text(c->value, "pending")[0] != '\0' ? " from its next start on" : "";
	size_t	      n = json_array_size(fc);

	if (n == 1)
		(void)snprintf(text, size, "%s has Fibre Channel adapter %lld%s; zone %s and %s", vm,
		    (long long)field_number(first, "index") + 1, when, field_text(first, "wwpn1"),
		    field_text(first, "wwpn2"));
	else
		(void)snprintf(text, size,
		    "%s has %zu Fibre Channel adapters more%s; show-vm %s tells the port names to zone", vm, n, when,
		    vm);
}

void
say_fc_removed(const struct change *c, char *text, size_t size)
{
	const json_t *fc = json_array_get(json_object_get(c->change, "fc"), 0);

	(void)snprintf(text, size, "Fibre Channel adapter %lld of %s is removed: %s and %s need no zones any more",
	    (long long)field_number(c->args, "adapter"), field_text(c->vm, "name"), field_text(fc, "wwpn1"),
	    field_text(fc, "wwpn2"));
}
