/* SPDX-License-Identifier: ISC */
/*
 * admit_lease.c - renew-vm, and the jobs that the director makes at the end of a lease.
 *
 * A job of the director comes the way of all jobs but for its file and for what only makes sense for a user: role,
 * pending jobs, quota (it takes nothing).  Its row, and that the lease has begun what it is for, are one transaction:
 * after a crash it is there once or not at all.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/admission.h"
#include "spool/field.h"
#include "spool/lease/lease.h"
#include "spool/os/clock.h"

/* The policy may know the VM's tenant no more: then nobody's terms hold. */
static const struct pd_tenant *
tenant_of(const struct admitting *ad, const json_t *vm)
{
	const struct pd_tenant *t = policy_tenant_by_name(ad->a->conf, field_text(vm, "tenant"));

	return t != NULL ? t : ad->tenant;
}

static void
say_end(struct admitting *ad, const json_t *vm, int64_t end)
{
	const char *name = field_text(vm, "name");
	char	    text[CLOCK_TEXT_LEN];
	int	    is_off = field_number(vm, "lease_ended_ms") > 0 && strcmp(field_text(vm, "state"), "stopped") == 0;

	if (end == 0)
		(void)snprintf(ad->said, sizeof(ad->said), "%s has no lease any more%s%s", name,
		    is_off ? "; it is off, start it with: start-vm " : "", is_off ? name : "");
	else
		(void)snprintf(ad->said, sizeof(ad->said), "the lease of %s ends %.19sZ%s%s", name,
		    clock_text(text, end), is_off ? "; it is off, start it with: start-vm " : "", is_off ? name : "");
}

/* Without a wish nobody loses what he has. */
static int
is_long_enough(struct admitting *ad, const json_t *vm, int64_t end)
{
	char text[CLOCK_TEXT_LEN];

	if (json_object_get(ad->job->args, "lease") != NULL || field_number(vm, "lease_ended_ms") > 0 ||
	    field_number(vm, "lease_ms") < end)
		return 0;
	(void)snprintf(ad->said, sizeof(ad->said), "the lease of %s ends %.19sZ already, which is not sooner",
	    field_text(vm, "name"), clock_text(text, field_number(vm, "lease_ms")));
	ad->code = PD_NO_CHANGE;
	return 1;
}

static int
renew(struct admitting *ad, const json_t *vm, struct pd_err *e)
{
	const struct lease_by	by = { vm, ad->job->user, ad->job->id, ad->job->verb };
	const struct pd_tenant *t = tenant_of(ad, vm);
	int64_t			seconds, end;

	if (json_object_get(ad->args, "lease") == NULL && t->lease.line == 0)
		return pd_fail(e, PD_USAGE,
		    "the policy has no lease terms for tenant %s; say how long: renew-vm %s --lease 30d", t->name,
		    field_text(vm, "name"));
	if (policy_lease(ad->tenant, t, ad->args, e) == -1)
		return -1;
	seconds = field_number(ad->args, "lease");
	end = seconds > 0 ? clock_wall_ms() + seconds * 1000 : 0;
	if (is_long_enough(ad, vm, end))
		return 0;
	say_end(ad, vm, end);
	return lease_set(ad->a->store, &by, end, e);
}

int
admit_renew_vm(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL;
	int	rv = admission_take_vm(ad, &vm, e);

	if (rv == 0)
		rv = renew(ad, vm, e);
	ad->state = JOB_DONE;
	json_decref(vm);
	return rv;
}

int
admission_is_leased(const json_t *vm, struct pd_err *e)
{
	char text[CLOCK_TEXT_LEN];

	if (field_number(vm, "lease_ended_ms") == 0)
		return 0;
	return pd_fail(e, PD_CONFLICT, "the lease of %s ended %.19sZ, it stays off; renew it first: renew-vm %s",
	    field_text(vm, "name"), clock_text(text, field_number(vm, "lease_ms")), field_text(vm, "name"));
}

/* ---- the director's own ---- */

int
admit_lease_check(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL;

	if (store_vm_get(ad->a->store, field_text(ad->args, "name"), &vm, e) == -1)
		return -1;
	ad->verb = verb_find(ad->job->verb);
	ad->tenant = policy_tenant_by_name(ad->a->conf, field_text(vm, "tenant"));
	(void)snprintf(ad->why.rule, sizeof(ad->why.rule), "lease of tenant %.40s", field_text(vm, "tenant"));
	ad->why.line = ad->tenant != NULL ? ad->tenant->lease.line : 0;
	json_decref(vm);
	return 0;
}

static int
begin(struct admitting *ad, const json_t *vm, struct pd_err *e)
{
	const struct lease_by by = { vm, ad->job->user, ad->job->id, ad->job->verb };
	const char	     *name = field_text(vm, "name");
	int64_t		      tries = field_number(vm, "lease_tries");
	json_t		     *set = json_pack("{s:I s:I}", "lease_tries", (json_int_t)tries + 1, "lease_due_ms",
				 (json_int_t)clock_wall_ms() + (json_int_t)lease_back_off_ms(ad->a->conf, tries));
	int rv = set != NULL ? store_vm_set(ad->a->store, name, set, e) : pd_fail(e, PD_IO, "no memory for a lease");
	char		      text[CLOCK_TEXT_LEN];

	json_decref(set);
	if (rv == -1 || tries > 0 || strcmp(ad->job->verb, "delete-vm") != 0)
		return rv;
	return lease_record(ad->a->store, &by, "lease-over", json_pack("{s:s}", "end",
	    clock_text(text, field_number(vm, "lease_ms"))), e);
}

/* Again in the transaction: is this what the lease asks for? */
int
admit_lease(struct admitting *ad, struct pd_err *e)
{
	json_t *vm = NULL;
	int	rv = admission_take_vm(ad, &vm, e);

	if (rv == 0)
		rv = json_object_set(ad->args, "lease_end", json_object_get(vm, "lease_ms")) == 0 ? begin(ad, vm, e) :
		    pd_fail(e, PD_IO, "no memory for a lease");
	json_decref(vm);
	return rv;
}
