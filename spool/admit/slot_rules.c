/* SPDX-License-Identifier: ISC */
/*
 * slot_rules.c - partition ids and virtual slots by the platform's rules.
 */
#include <string.h>

#include "spool/admit/slot_rules.h"
#include "spool/field.h"

#define NUMBER_MOST	  65535
#define CLIENT_SLOT_LEAST 2	/* 0 and 1 are serial adapters */

const struct pd_platform_rules *
slot_rules_of(const struct pd_conf *conf, const char *platform)
{
	for (size_t i = 0; i < conf->nrules; i++)
		if (strcmp(conf->rules[i].name, platform) == 0)
			return &conf->rules[i];
	return NULL;
}

/* ---- who has what ---- */

static int
has_number(const json_t *list, const char *key, int64_t n)
{
	const json_t *o;
	size_t	      i;

	json_array_foreach(list, i, o)
		if (key == NULL ? json_integer_value(o) == n : field_number(o, key) == n)
			return 1;
	return 0;
}

static int
id_is_taken(const json_t *facts, const json_t *vms, int64_t n)
{
	const json_t *vm;
	size_t	      i;

	if (has_number(json_object_get(facts, "lpar_ids"), NULL, n) ||
	    has_number(json_object_get(facts, "vioses"), "id", n))
		return 1;
	json_array_foreach(vms, i, vm)
		if (field_number(vm, "lpar_id") == n ||
		    (field_number(vm, "lpar_id") == 0 && field_number(json_object_get(vm, "spec"), "new_id") == n))
			return 1;
	return 0;
}

/* What a VM has on this VIOS, or is to have: for its disks and for its Fibre Channel. */
static int
has_slot(const json_t *of, int64_t vios, int64_t slot)
{
	static const char *const lists[] = { "paths", "fc" };
	const json_t		*path;
	size_t			 i;

	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
		json_array_foreach(json_object_get(of, lists[k]), i, path)
			if (field_number(path, "id") == vios &&
			    (field_number(path, "slot") == slot || field_number(path, "wanted_slot") == slot))
				return 1;
	return 0;
}

/* Spec is of the VM that is to be given one: it has others by then. */
static int
slot_is_taken(const json_t *vios, const json_t *vms, const json_t *spec, int64_t slot)
{
	const json_t *vm;
	size_t	      i;

	if (has_number(json_object_get(vios, "slots"), "slot", slot) || has_slot(spec, field_number(vios, "id"), slot))
		return 1;
	json_array_foreach(vms, i, vm)
		if (has_slot(json_object_get(vm, "spec"), field_number(vios, "id"), slot) ||
		    has_slot(json_object_get(vm, "objects"), field_number(vios, "id"), slot))
			return 1;
	return 0;
}

/* ---- rules ---- */

/* The system's first VIOS is 0: in the order of their partition ids. */
static int64_t
rank_of(const json_t *vioses, int64_t id)
{
	const json_t *vios;
	int64_t	      rank = 0;
	size_t	      i;

	json_array_foreach(vioses, i, vios)
		rank += field_number(vios, "id") < id;
	return rank;
}

/* Its slots are numbered from 0. */
static int64_t
highest_slot(const json_t *vios)
{
	int64_t n = field_number(vios, "max_slots");

	return n > 0 && n <= NUMBER_MOST ? n - 1 : NUMBER_MOST;
}

/* The slot of the VIOS: of a path, or of a Fibre Channel adapter. */
static int
set_server_slot(const struct pd_platform_rules *r, const json_t *facts, const json_t *vms, const json_t *spec,
    json_t *path, struct pd_err *e)
{
	const json_t *vioses = json_object_get(facts, "vioses");
	int64_t	      id = field_number(path, "id"), slot = r->server_slots.base + rank_of(vioses, id) * r->slot_offset;
	const json_t *vios = field_find_number(vioses, "id", id);
	int64_t	      most = highest_slot(vios);

	if (r->server_slots.base == 0)
		return 0;
	while (slot <= most && slot_is_taken(vios, vms, spec, slot))
		slot += r->server_slots.step;
	if (slot > most)
		return pd_fail(e, PD_CAPACITY,
		    "VIOS %s has no slot left that the rules for %s allow: its last one is %lld",
		    field_text(path, "name"), r->name, (long long)most);
	return json_object_set_new(path, "wanted_slot", json_integer((json_int_t)slot)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for slots");
}

static int
set_client_slot(const struct pd_platform_rules *r, json_t *path, struct pd_err *e)
{
	if (r->client_slots.base > 0)
		(void)json_object_set_new(path, "client_slot",
		    json_integer((json_int_t)r->client_slots.base +
			(json_int_t)field_number(path, "index") * (json_int_t)r->client_slots.step));
	if (field_number(path, "client_slot") > CLIENT_SLOT_MOST)
		return pd_fail(e, PD_CAPACITY,
		    "its disks go through more VIOSes than the rules for %s have client slots for", r->name);
	return 0;
}

/* A Fibre Channel adapter of the VM makes room where the rules put one for its disks. */
static int
move_client_slot(const struct pd_platform_rules *r, const json_t *spec, json_t *adapter, struct pd_err *e)
{
	const json_t *paths = json_object_get(spec, "paths"), *fc = json_object_get(spec, "fc");
	int64_t	      slot;

	if (!has_number(paths, "client_slot", field_number(adapter, "client_slot")))
		return 0;
	for (slot = CLIENT_SLOT_MOST; slot >= CLIENT_SLOT_LEAST; slot--)
		if (!has_number(paths, "client_slot", slot) && !has_number(fc, "client_slot", slot))
			break;
	if (slot < CLIENT_SLOT_LEAST)
		return pd_fail(e, PD_CAPACITY, "the rules for %s leave no client slot for its Fibre Channel adapters", r->name);
	return json_object_set_new(adapter, "client_slot", json_integer((json_int_t)slot)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for slots");
}

static int
set_id(const struct pd_platform_rules *r, const json_t *facts, const json_t *vms, json_t *spec, struct pd_err *e)
{
	int64_t id = r->lpar_ids.base;

	if (id == 0)
		return 0;
	while (id <= NUMBER_MOST && id_is_taken(facts, vms, id))
		id += r->lpar_ids.step;
	if (id > NUMBER_MOST)
		return pd_fail(e, PD_CAPACITY, "no partition id is left that the rules for %s allow", r->name);
	return json_object_set_new(spec, "new_id", json_integer((json_int_t)id)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for a partition id");
}

/* Those of the platform's that are on this system. */
static int
vms_of(struct store *st, const json_t *system, json_t **vms, struct pd_err *e)
{
	if (store_vm_list(st, NULL, NULL, field_text(system, "platform"), vms, e) == -1)
		return -1;
	for (size_t i = json_array_size(*vms); i-- > 0;)
		if (strcmp(field_text(json_array_get(*vms, i), "system"), field_text(system, "name")) != 0)
			(void)json_array_remove(*vms, i);
	return 0;
}

int
slot_rules_apply(const struct pd_platform_rules *r, struct store *st, const json_t *system, json_t *spec, struct pd_err *e)
{
	const json_t *facts = json_object_get(system, "facts");
	json_t	     *vms = NULL, *path;
	size_t	      i;
	int	      rv;

	if (r == NULL || json_array_size(json_object_get(spec, "paths")) == 0)
		return 0;
	if (vms_of(st, system, &vms, e) == -1)
		return -1;
	rv = set_id(r, facts, vms, spec, e);
	json_array_foreach(json_object_get(spec, "paths"), i, path)
		if (rv == 0 && (rv = set_client_slot(r, path, e)) == 0)
			rv = set_server_slot(r, facts, vms, spec, path, e);
	json_array_foreach(json_object_get(spec, "fc"), i, path)
		if (rv == 0 && (rv = move_client_slot(r, spec, path, e)) == 0)
			rv = set_server_slot(r, facts, vms, spec, path, e);
	json_decref(vms);
	return rv;
}

int
slot_rules_fc(const struct pd_platform_rules *r, struct store *st, const json_t *system, json_t *fc, struct pd_err *e)
{
	json_t *vms = NULL, *made, *adapter;
	size_t	i;
	int	rv = 0;

	if (r == NULL)
		return 0;
	if (vms_of(st, system, &vms, e) == -1)
		return -1;
	made = json_pack("{s:O}", "fc", fc);
	json_array_foreach(fc, i, adapter)
		if (rv == 0)
			rv = set_server_slot(r, json_object_get(system, "facts"), vms, made, adapter, e);
	json_decref(made);
	json_decref(vms);
	return rv;
}
