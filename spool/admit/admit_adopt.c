/* SPDX-License-Identifier: ISC */
/*
 * admit_adopt.c - admission of adopt-vm: who is to own the partition, and may he have it there?
 *
 * How much it is only the console knows, so the quota is checked at the job's end (effects_adopt.c), by the figures
 * that the policy has now.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/admission.h"
#include "spool/field.h"

static json_t *
figures(const struct pd_amounts *a)
{
	return json_pack("[I,I,I,I,I]", (json_int_t)a->vms, (json_int_t)a->units, (json_int_t)a->procs,
	    (json_int_t)a->memory, (json_int_t)a->disk);
}

static int
platform_is_there(struct admitting *ad, const char *platform, struct pd_err *e)
{
	json_t *row = NULL;

	if (store_platform_get(ad->a->store, platform, &row, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "there is no platform \"%s\" for you", platform) : -1;
	json_decref(row);
	(void)snprintf(ad->platform, sizeof(ad->platform), "%.31s", platform);
	return 0;
}

/* Has its console listed a partition of this name there? */
static int
is_listed(struct store *st, const char *system, const char *name, struct pd_err *e)
{
	json_t	     *inventory = NULL;
	const json_t *lpar;
	size_t	      i;
	int	      is = 0;

	if (store_inventory_get(st, system, &inventory, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	json_array_foreach(json_object_get(json_object_get(inventory, "found"), "lpars"), i, lpar)
		is |= strcmp(field_text(lpar, "name"), name) == 0;
	json_decref(inventory);
	return is;
}

/* One of the platform's systems: the one that was named, the only one, or the only one with a partition of this name. */
static int
find_system(struct admitting *ad, const char *name, const char *platform, struct pd_err *e)
{
	const char *asked = field_text(ad->args, "system"), *one = NULL, *last = NULL, *another = NULL;
	json_t	   *systems = NULL, *system;
	size_t	    i;
	int	    rv = store_system_list(ad->a->store, platform, &systems, e), is = 0;

	json_array_foreach(systems, i, system) {
		last = field_text(system, "name");
		is = asked[0] != '\0' ? strcmp(asked, last) == 0 : json_array_size(systems) == 1 ? 1 :
		    is_listed(ad->a->store, last, name, e);
		if (is == -1)
			break;
		another = is && one != NULL ? last : another;
		one = is && one == NULL ? last : one;
	}
	if (rv == -1 || is == -1)
		rv = -1;
	else if (one == NULL && asked[0] != '\0')
		rv = pd_fail(e, PD_NOTFOUND, "there is no system \"%s\" on %s; list-systems shows them", asked, platform);
	else if (one == NULL)
		rv = pd_fail(e, PD_NOTFOUND, "no system of %s had a partition named %s when the console was asked last; list-systems --fresh asks again, "
		    "or name the system with --system", platform, name);
	else if (another != NULL)
		rv = pd_fail(e, PD_USAGE, "%s and %s of %s both have a partition named %s; say which one with --system",
		    one, another, platform, name);
	else if (json_object_set_new(ad->args, "system", json_string(one)) == -1)
		rv = pd_fail(e, PD_IO, "no memory for the system of %s", name);
	json_decref(systems);
	return rv;
}

static int
name_is_free(struct admitting *ad, const char *name, struct pd_err *e)
{
	json_t *vm = NULL;

	if (store_vm_get(ad->a->store, name, &vm, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	(void)pd_fail(e, PD_CONFLICT, "%s is a VM of %s already, on %s", name, field_text(vm, "owner"),
	    field_text(vm, "platform"));
	json_decref(vm);
	return -1;
}

int
admit_adopt_vm(struct admitting *ad, struct pd_err *e)
{
	const char	       *name = field_text(ad->args, "name"), *platform = field_text(ad->args, "platform");
	const char	       *owner = field_text(ad->args, "owner");
	const struct pd_tenant *t = policy_tenant(ad->a->conf, owner);
	int			rv;

	if (platform_is_there(ad, platform, e) == -1 || name_is_free(ad, name, e) == -1 ||
	    find_system(ad, name, platform, e) == -1)
		return -1;
	if (t == NULL)
		return pd_fail(e, PD_NOTFOUND, "the user %s is a member of no tenant; name one that the policy has", owner);
	if (!policy_list_has(&t->platforms, platform))
		return pd_fail(e, PD_DENIED,
		    "tenant %s of %s may not have VMs on %s; its platforms are in the policy, line %d", t->name, owner,
		    platform, t->line);
	if (policy_lease(ad->tenant, t, ad->args, e) == -1)
		return -1;
	rv = json_object_set_new(ad->args, "tenant", json_string(t->name));
	rv |= json_object_set_new(ad->args, "quota", figures(&t->quota));
	rv |= json_object_set_new(ad->args, "user_quota", figures(&t->user_quota));
	if (rv != 0)
		return pd_fail(e, PD_IO, "no memory for the quota of %s", owner);
	if (!ad->job->is_plan)
		(void)snprintf(ad->vm, sizeof(ad->vm), "%.31s", name);
	return 0;
}
