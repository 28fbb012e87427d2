/* SPDX-License-Identifier: ISC */
/*
 * admit_vm.c - admission of what concerns VMs: create-vm's reservations, and whose VM it is.
 *
 * The row of the VM that is to be is the reservation: of its name, of its share of the quota and
 * of its addresses.  It goes when the job fails (spool/effects/effects.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/admit/admission.h"
#include "spool/admit/admit_place.h"
#include "spool/field.h"
#include "spool/os/clock.h"

/* Only the tenant's pools, so that its default is the first of the platform's that it may use. */
int
admission_limit_pools(const struct admitting *ad, json_t *platform, struct pd_err *e)
{
	json_t *pools = json_object_get(platform, "pools"), *allowed = json_array(), *pool;
	size_t	i;

	json_array_foreach(pools, i, pool)
		if (policy_list_has(&ad->tenant->pools, json_string_value(pool)))
			(void)json_array_append(allowed, pool);
	if (json_array_size(pools) > 0 && json_array_size(allowed) == 0) {
		json_decref(allowed);
		return pd_fail(e, PD_NOTFOUND, "there is no storage pool for you on %s, ask an administrator",
		    field_text(platform, "name"));
	}
	return json_object_set_new(platform, "pools", allowed) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for pools");
}

/* What is not asked for cannot be too much of it, however much of it is used. */
static struct pd_amounts
limits_that_count(const struct pd_amounts *limit, const struct pd_amounts *more)
{
	return (struct pd_amounts){ more->vms > 0 ? limit->vms : -1, more->units > 0 ? limit->units : -1,
		more->procs > 0 ? limit->procs : -1, more->memory > 0 ? limit->memory : -1,
		more->disk > 0 ? limit->disk : -1 };
}

static int
check_quota(const struct admitting *ad, const struct pd_tenant *t, const char *user, const struct pd_amounts *whole,
    const struct pd_amounts *more, struct pd_err *e)
{
	struct pd_amounts	used, none = { 0, 0, 0, 0, 0 }, limit = limits_that_count(&t->vm_limit, more);
	char			whose[80];

	limit.vms = -1;
	(void)snprintf(whose, sizeof(whose), "one VM of tenant %.60s", t->name);
	if (quota_check(&limit, &none, whole, whose, e) == -1) {
		e->code = PD_DENIED;	/* a limit, not a quota: deleting VMs would not help */
		return -1;
	}
	(void)snprintf(whose, sizeof(whose), "user %s", user);
	limit = limits_that_count(&t->user_quota, more);
	if (store_usage(ad->a->store, t->name, user, &used, e) == -1 ||
	    quota_check(&limit, &used, more, whose, e) == -1)
		return -1;
	(void)snprintf(whose, sizeof(whose), "tenant %.60s", t->name);
	limit = limits_that_count(&t->quota, more);
	if (store_usage(ad->a->store, t->name, NULL, &used, e) == -1)
		return -1;
	return quota_check(&limit, &used, more, whose, e);
}

int
admission_quota(const struct admitting *ad, const struct pd_amounts *whole, const struct pd_amounts *more, struct pd_err *e)
{
	return check_quota(ad, ad->tenant, ad->job->user, whole, more, e);
}

int
admission_quota_of(const struct admitting *ad, const json_t *vm, const struct pd_amounts *whole,
    const struct pd_amounts *more, struct pd_err *e)
{
	const struct pd_tenant *t = policy_tenant_by_name(ad->a->conf, field_text(vm, "tenant"));

	return check_quota(ad, t != NULL ? t : ad->tenant, field_text(vm, "owner"), whole, more, e);
}

/* A rename that is under way holds its new name, which no row has yet. */
static int
is_promised(struct admitting *ad, const char *name, struct pd_err *e)
{
	char key[ADMISSION_NAME_KEY_MAX], job[JOB_ID_LEN + 1];

	if (store_kept_get(ad->a->store, admission_name_key(key, name), job, sizeof(job), e) == -1)
		return -1;
	return job[0] == '\0' ? 0 : pd_fail(e, PD_CONFLICT, "the name %s is taken, choose another", name);
}

char *
admission_name_key(char key[ADMISSION_NAME_KEY_MAX], const char *name)
{
	(void)snprintf(key, ADMISSION_NAME_KEY_MAX, "name:%.31s", name);
	return key;
}

int
admission_name_is_free(struct admitting *ad, const char *name, struct pd_err *e)
{
	json_t *vm = NULL;
	int	rv = 0;

	if (is_promised(ad, name, e) == -1)
		return -1;
	if (store_vm_get(ad->a->store, name, &vm, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	if (!admission_is_yours(ad->a->conf, ad->job->user, field_text(vm, "tenant"), field_text(vm, "owner")))
		rv = pd_fail(e, PD_CONFLICT, "the name %s is taken, choose another", name);
	else if (strcmp(field_text(vm, "state"), "creating") == 0)
		rv = pd_fail(e, PD_CONFLICT, "%s is being created by job %s", name, field_text(vm, "job"));
	else
		rv = pd_fail(e, PD_CONFLICT, "you have a VM %s already", name);
	json_decref(vm);
	return rv;
}

int
admission_addresses_are_free(const struct admitting *ad, const json_t *networks, struct pd_err *e)
{
	const json_t *n;
	size_t	      i;

	json_array_foreach(networks, i, n) {
		const char *ip = field_text(n, "ip");

		if (ip[0] != '\0' && store_address_free(ad->a->store, (int)field_number(n, "vlan"), ip, e) == -1)
			return -1;
	}
	return 0;
}

static int
reserve(struct admitting *ad, const struct place *c, struct pd_err *e)
{
	const struct pd_amounts *more = &c->amounts;
	json_int_t		 now = (json_int_t)clock_wall_ms();
	json_t			*row;
	int			 rv;

	if (field_text(c->image, "product")[0] != '\0')	/* licenses count it for as long as the VM is there */
		(void)json_object_set(c->spec, "product", json_object_get(c->image, "product"));
	row = json_pack("{s:s s:s s:s s:s s:s s:s s:I s:I s:I s:I s:I s:O s:{s:s s:O* s:O* s:O*} s:I s:s s:s s:s}", "name", ad->vm, "tenant",
	    ad->tenant->name, "owner", ad->job->user, "platform", ad->platform, "image", field_text(ad->args, "image"),
	    "state", "creating", "state_ms", now, "units", (json_int_t)more->units, "procs", (json_int_t)more->procs,
	    "memory", (json_int_t)more->memory, "disk", (json_int_t)more->disk, "spec", c->spec, "objects", "tag", ad->tag,
	    /* what it may have when its workers are lost and cannot say what they made */
	    "disks", json_object_get(c->spec, "disks"), "paths", json_object_get(c->spec, "paths"), "fc", json_object_get(c->spec, "fc"), "created_ms", now, "job", ad->job->id,
	    "system", c->system, "label", field_text(ad->args, "group"));
	if (row == NULL)
		return pd_fail(e, PD_IO, "no memory for the row of VM %s", ad->vm);
	rv = store_vm_put(ad->a->store, row, e);
	json_decref(row);
	return rv;
}

/* A plan says where it would go. */
static int
plan(struct admitting *ad, const struct place *p, struct pd_err *e)
{
	(void)json_object_set(ad->args, "spec", p->spec);
	return json_object_set_new(ad->args, "placed", json_string(p->system)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the plan");
}

int
admit_create_vm(struct admitting *ad, struct pd_err *e)
{
	struct place p = { .platform = NULL };
	const char  *name = field_text(ad->args, "name");
	int	     rv = -1;

	/* The name first: nobody should complete a request only to learn that. */
	if (admission_name_is_free(ad, name, e) == -1 || admit_place(ad, &p, e) == -1)
		goto out;
	p.amounts.vms = 1;
	if (admission_quota(ad, &p.amounts, &p.amounts, e) == -1 ||
	    admission_addresses_are_free(ad, json_object_get(p.spec, "networks"), e) == -1)
		goto out;
	/* A plan reserves nothing and has no VM: neither its end nor its scheduling may touch one of this name. */
	if (ad->job->is_plan) {
		rv = plan(ad, &p, e);
		goto out;
	}
	(void)snprintf(ad->vm, sizeof(ad->vm), "%.31s", name);
	rv = reserve(ad, &p, e);
out:
	place_clear(&p);
	return rv;
}

static int
admission_find_vm(const struct admitting *ad, const char *name, json_t **vm, struct pd_err *e)
{
	if (store_vm_get(ad->a->store, name, vm, e) == -1) {
		if (e->code != PD_NOTFOUND)
			return -1;
	} else if (ad->job->origin == JOB_BY_DIRECTOR || admission_is_yours(ad->a->conf, ad->job->user, field_text(*vm, "tenant"), field_text(*vm, "owner"))) {
		return 0;
	}
	json_decref(*vm);
	*vm = NULL;
	return pd_fail(e, PD_NOTFOUND, "there is no VM \"%s\" of yours; list-vms shows them", name);
}

int
admission_take_vm(struct admitting *ad, json_t **vm, struct pd_err *e)
{
	const char   *name = field_text(ad->args, "name"), *state, *tag;
	const json_t *change;

	if (admission_find_vm(ad, name, vm, e) == -1)
		return -1;
	state = field_text(*vm, "state");
	tag = field_text(json_object_get(*vm, "objects"), "tag");
	(void)snprintf(ad->platform, sizeof(ad->platform), "%.31s", field_text(*vm, "platform"));
	if (!ad->job->is_plan)	/* a plan waits for nothing that happens to the VM */
		(void)snprintf(ad->vm, sizeof(ad->vm), "%.31s", name);
	if (tag[0] != '\0')
		(void)snprintf(ad->tag, sizeof(ad->tag), "%.63s", tag);
	if (strcmp(state, "creating") == 0)
		return pd_fail(e, PD_CONFLICT, "%s is being created by job %s", name, field_text(*vm, "job"));
	if (strcmp(state, "deleting") == 0)
		return pd_fail(e, PD_CONFLICT, "%s is being deleted by job %s", name, field_text(*vm, "job"));
	change = json_object_get(json_object_get(*vm, "objects"), "change");
	if (strcmp(field_text(change, "verb"), "rename-vm") == 0 && !ad->job->is_plan)
		return pd_fail(e, PD_CONFLICT, "%s is being renamed by job %s", name, field_text(change, "job"));
	/* Its row has what it had on the system that it may have left: what it has where it is now only that job can find out. */
	if (strcmp(field_text(change, "verb"), "migrate-vm") == 0 && strcmp(state, "broken") == 0 && !ad->job->is_plan)
		return pd_fail(e, PD_CONFLICT,
		    "%s was left between two systems: an administrator ends the job that moves it first (resume-job %s)",
		    name, field_text(change, "job"));
	return 0;
}

int
admit_vm_verb(struct admitting *ad, struct pd_err *e)
{
	json_t	   *vm = NULL, *mode;
	const char *verb = ad->job->verb;
	int	    rv = admission_take_vm(ad, &vm, e);

	if (rv == 0 && (strcmp(verb, "start-vm") == 0 || strcmp(verb, "restart-vm") == 0))
		rv = admission_is_leased(vm, e);
	/* set-boot said how it starts. */
	mode = rv == 0 ? json_object_get(json_object_get(vm, "spec"), "boot_mode") : NULL;
	if (mode != NULL && json_object_get(ad->args, "mode") == NULL &&
	    (strcmp(verb, "start-vm") == 0 || strcmp(verb, "restart-vm") == 0))
		(void)json_object_set(ad->args, "mode", mode);
	json_decref(vm);
	return rv;
}
