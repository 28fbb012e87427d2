/* SPDX-License-Identifier: ISC */
/*
 * query_lease.c - what is said of leases beside the VMs: whose is to end soon, and what comes then.
 *
 * The place of every warning: whoever tells owners in another way (mail, a page) asks store_lease_soon() the same.
 */
#include <stdio.h>
#include <string.h>

#include "spool/os/clock.h"
#include "spool/query/query_verbs.h"

static int64_t
warned_before(const struct question *x)
{
	const struct pd_lease *l = &x->tenant->lease;

	return x->q->now_ms + (l->line != 0 ? l->warning_s : LEASE_WARNING_S) * 1000;
}

/* Administrators see everybody's VMs: they are told of their own tenant's. */
void
question_add_leases(const struct question *x, char *message, size_t size)
{
	const char   *tenant = x->tenant->name, *name;
	json_t	     *vms = NULL;
	char	      text[CLOCK_TEXT_LEN];
	struct pd_err ignored;
	size_t	      n, len = strlen(message);

	if (store_lease_soon(x->q->store, tenant, x->of_user, warned_before(x), &vms, &ignored) == -1 ||
	    (n = json_array_size(vms)) == 0) {
		json_decref(vms);
		return;
	}
	name = field_text(json_array_get(vms, 0), "name");
	(void)clock_text(text, field_number(json_array_get(vms, 0), "lease_due_ms"));
	if (field_number(json_array_get(vms, 0), "lease_ended_ms") > 0)
		(void)snprintf(message + len, size - len, "; the lease of %s has ended and it is deleted %.19sZ", name, text);
	else
		(void)snprintf(message + len, size - len, "; the lease of %s ends %.19sZ", name, text);
	len = strlen(message);
	(void)snprintf(message + len, size - len, ": renew-vm %s", name);
	len = strlen(message);
	if (n > 1)
		(void)snprintf(message + len, size - len, ", and %zu%s more like it", n - 1, n == LEASE_SOON_MOST ? " or" : "");
	json_decref(vms);
}

void
question_add_lease(json_t *vm, const json_t *row)
{
	set_time(vm, "lease_ended", field_number(row, "lease_ended_ms"));
	if (field_number(row, "lease_ended_ms") > 0)
		set_time(vm, "lease_delete", field_number(row, "lease_due_ms"));
}
