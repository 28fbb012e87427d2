/* SPDX-License-Identifier: ISC */
/*
 * vm_fc.c - through which VIOSes a VM gets its virtual Fibre Channel adapters.
 */
#include <string.h>

#include "handlers/vm/vm_fc.h"
#include "spool/field.h"

#define FC_SLOTS_LEAST 20	/* as vm_spec.c: no partition of ours has fewer */

static int
runs(const json_t *vios)
{
	return strcmp(field_text(vios, "state"), "Running") == 0 && strcmp(field_text(vios, "rmc"), "active") == 0;
}

static int
is_taken(const json_t *fc, const char *name)
{
	return field_find(fc, "name", name) != NULL;
}

/* The one that is named. */
static const json_t *
find(const json_t *vioses, const json_t *fc, const char *name, struct pd_err *e)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(vioses, i, vios) {
		if (strcmp(field_text(vios, "name"), name) != 0)
			continue;
		if (is_taken(fc, name))
			(void)pd_fail(e, PD_USAGE, "--fc: two adapters through %s; each is of another VIOS", name);
		else if (!runs(vios))
			(void)pd_fail(e, PD_BUSY, "VIOS %s cannot be asked now (state %s, RMC %s)", name,
			    field_text(vios, "state"), field_text(vios, "rmc"));
		else
			return vios;
		return NULL;
	}
	(void)pd_fail(e, PD_NOTFOUND, "--fc: the system has no VIOS %s", name);
	return NULL;
}

static int
is_named(const json_t *asked, const char *name)
{
	return field_find(asked, "vios", name) != NULL;
}

static size_t
adapters_through(const json_t *fc, const char *name)
{
	const json_t *adapter;
	size_t	      i, n = 0;

	json_array_foreach(fc, i, adapter)
		n += strcmp(field_text(adapter, "name"), name) == 0;
	return n;
}

/* Of those that neither have an adapter of this request nor are named for another one: the first with the fewest of what the VM has already. */
static const json_t *
choose(const json_t *vioses, const json_t *fc, const json_t *has, const json_t *asked, struct pd_err *e)
{
	const json_t *vios, *best = NULL;
	size_t	      i;

	json_array_foreach(vioses, i, vios) {
		const char *name = field_text(vios, "name");

		if (runs(vios) && !is_taken(fc, name) && !is_named(asked, name) &&
		    (best == NULL || adapters_through(has, name) < adapters_through(has, field_text(best, "name"))))
			best = vios;
	}
	if (best == NULL)
		(void)pd_fail(e, PD_CAPACITY,
		    "%zu virtual Fibre Channel adapters take as many VIOSes that run, and the system has fewer",
		    json_array_size(asked));
	return best;
}

static int
add(json_t *fc, const json_t *one, const json_t *vios, json_int_t index, json_int_t client_slot)
{
	json_t *adapter = json_pack("{s:I s:I}", "index", index, "client_slot", client_slot);

	if (vios != NULL)
		(void)json_object_update_new(adapter,
		    json_pack("{s:I s:s s:s}", "id", (json_int_t)field_number(vios, "id"), "name",
			field_text(vios, "name"), "profile", field_text(vios, "profile")));
	if (json_object_get(one, "port") != NULL)
		(void)json_object_set(adapter, "port", json_object_get(one, "port"));
	return json_array_append_new(fc, adapter);
}

/* An IVM has one VIOS, and one adapter of a partition is what its profile shows without doubt. */
static int
check_only_vios(const json_t *asked, const json_t *facts, struct pd_err *e)
{
	const char *name = field_text(json_array_get(asked, 0), "vios");

	if (json_array_size(asked) > 1)
		return pd_fail(e, PD_USAGE,
		    "--fc: a system with an Integrated Virtualization Manager has one VIOS, and a VM there one adapter");
	if (name[0] != '\0' && strcmp(name, field_text(facts, "vios_name")) != 0)
		return pd_fail(e, PD_NOTFOUND, "--fc: the system has no VIOS %s", name);
	return 0;
}

/* Where the adapter asked for has its number and its slot, beside what there is. */
struct has {
	const json_t *spec, *fc;
};

static int
has_number(const struct has *has, const json_t *made, const char *key, json_int_t n)
{
	return field_find_number(has->fc, key, n) != NULL || field_find_number(made, key, n) != NULL;
}

static json_int_t
free_index(const struct has *has, const json_t *made)
{
	json_int_t n = 0;

	while (has_number(has, made, "index", n))
		n++;
	return n;
}

/* From the first one that create-vm gives upwards; -1: none is free. */
static json_int_t
free_slot(const struct has *has, const json_t *made)
{
	json_int_t max_slots = (json_int_t)field_number(has->spec, "max_slots");

	if (max_slots == 0)	/* adopted */
		max_slots = FC_SLOTS_LEAST;
	for (json_int_t slot = FC_FIRST_SLOT; slot < max_slots; slot++)
		if (!has_number(has, made, "client_slot", slot) &&
		    field_find_number(json_object_get(has->spec, "paths"), "client_slot", slot) == NULL &&
		    field_find_number(json_object_get(has->spec, "networks"), "slot", slot) == NULL)
			return slot;
	return -1;
}

/* What is asked for, on the VIOSes that it is to have; has is what there is already. */
static int
make_all(json_t *fc, const json_t *asked, const json_t *vioses, const struct has *has, struct pd_err *e)
{
	const json_t *one, *vios = NULL;
	size_t	      i;

	json_array_foreach(asked, i, one) {
		const char *name = field_text(one, "vios");
		json_int_t  slot = free_slot(has, fc);

		if (slot == -1)
			return pd_fail(e, PD_NOSPACE, "the partition has no virtual slot left for a Fibre Channel adapter");
		if (json_array_size(vioses) > 0 &&
		    (vios = name[0] != '\0' ? find(vioses, fc, name, e) : choose(vioses, fc, has->fc, asked, e)) == NULL)
			return -1;
		if (add(fc, one, vios, free_index(has, fc), slot) == -1)
			return pd_fail(e, PD_BUG, "out of memory");
	}
	return 0;
}

int
vm_fc_make(json_t *spec, const json_t *args, const json_t *facts, struct pd_err *e)
{
	const json_t   *asked = json_object_get(args, "fc"), *vioses = json_object_get(facts, "vioses");
	struct has	has = { .spec = spec };
	json_t	       *fc;

	if (json_array_size(asked) == 0)
		return 0;
	if (json_array_size(vioses) == 0 && check_only_vios(asked, facts, e) == -1)
		return -1;
	if ((fc = json_array()) == NULL || json_object_set_new(spec, "fc", fc) == -1)
		return pd_fail(e, PD_BUG, "out of memory");
	return make_all(fc, asked, vioses, &has, e);
}

int
vm_fc_more(const json_t *args, const json_t *spec, const json_t *facts, json_t **fc, struct pd_err *e)
{
	const json_t   *asked = json_object_get(args, "fc"), *vioses = json_object_get(facts, "vioses");
	struct has	has = { .spec = spec, .fc = json_object_get(spec, "fc") };
	size_t		n = json_array_size(asked) + json_array_size(has.fc);
	json_t	       *made;

	*fc = NULL;
	if (json_array_size(vioses) == 0 && check_only_vios(asked, facts, e) == -1)
		return -1;
	if (n > (json_array_size(vioses) == 0 ? 1 : FC_MAX))
		return pd_fail(e, PD_DENIED, "a VM there has at most %d Fibre Channel adapter%s, and it would have %zu",
		    json_array_size(vioses) == 0 ? 1 : FC_MAX, json_array_size(vioses) == 0 ? "" : "s", n);
	if ((made = json_array()) == NULL)
		return pd_fail(e, PD_BUG, "out of memory");
	if (make_all(made, asked, vioses, &has, e) == -1) {
		json_decref(made);
		return -1;
	}
	*fc = made;
	return 0;
}

/* ---- on another system ---- */

/* Where an adapter of the same VIOS goes; else the first that runs and that nothing goes through yet. */
static const json_t *
counterpart(const json_t *fc, size_t nth, const json_t *vioses, const json_t *there)
{
	const char   *name = field_text(json_array_get(fc, nth), "name");
	const json_t *vios;
	size_t	      i;

	for (i = 0; i < nth; i++)
		if (strcmp(field_text(json_array_get(fc, i), "name"), name) == 0)
			return field_find(vioses, "name", field_text(json_array_get(there, i), "vios"));
	json_array_foreach(vioses, i, vios)
		if (runs(vios) && !is_named(there, field_text(vios, "name")))
			return vios;
	return NULL;
}

int
vm_fc_move(const json_t *fc, const json_t *facts, json_t **there, struct pd_err *e)
{
	const json_t *adapter, *vios;
	size_t	      i;

	if ((*there = json_array()) == NULL)
		return pd_fail(e, PD_BUG, "out of memory");
	json_array_foreach(fc, i, adapter) {
		if ((vios = counterpart(fc, i, json_object_get(facts, "vioses"), *there)) == NULL)
			break;
		(void)json_array_append_new(*there,
		    json_pack("{s:I s:I s:O s:O}", "nth", (json_int_t)i, "client_slot",
			(json_int_t)field_number(adapter, "client_slot"), "id", json_object_get(vios, "id"), "vios",
			json_object_get(vios, "name")));
	}
	if (json_array_size(*there) == json_array_size(fc))
		return 0;
	json_decref(*there);
	*there = NULL;
	return pd_fail(e, PD_CAPACITY,
	    "too few of its VIOSes run to have the Fibre Channel adapters on as many as they are on now");
}
