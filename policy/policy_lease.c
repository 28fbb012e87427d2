/* SPDX-License-Identifier: ISC */
/*
 * policy_lease.c - how long a VM may be there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"

#define DAY_S  86400
#define HOUR_S 3600

char *
policy_lease_text(char buf[POLICY_LEASE_TEXT], int64_t seconds)
{
	if (seconds >= DAY_S && seconds % DAY_S == 0)
		(void)snprintf(buf, POLICY_LEASE_TEXT, "%" PRId64 "d", seconds / DAY_S);
	else if (seconds >= HOUR_S && seconds % HOUR_S == 0)
		(void)snprintf(buf, POLICY_LEASE_TEXT, "%" PRId64 "h", seconds / HOUR_S);
	else
		(void)snprintf(buf, POLICY_LEASE_TEXT, "%" PRId64 "s", seconds);
	return buf;
}

static int
check(const struct pd_tenant *asking, const struct pd_tenant *of, int64_t asked, struct pd_err *e)
{
	char may[POLICY_LEASE_TEXT], wants[POLICY_LEASE_TEXT];

	if (of->lease.line == 0 || asking->role->scope == SCOPE_ALL)
		return 0;
	(void)policy_lease_text(may, of->lease.longest_s);
	if (asked == 0)
		return pd_fail(e, PD_DENIED, "VMs of tenant %s have a lease, of at most %s at a time (line %d); an administrator can give one without",
		    of->name, may, of->lease.line);
	if (asked > of->lease.longest_s)
		return pd_fail(e, PD_DENIED,
		    "a lease of %s is longer than tenant %s may have at a time: %s (line %d); renew-vm renews it later",
		    policy_lease_text(wants, asked), of->name, may, of->lease.line);
	return 0;
}

int
policy_lease(const struct pd_tenant *asking, const struct pd_tenant *of, json_t *args, struct pd_err *e)
{
	const json_t *asked = json_object_get(args, "lease");
	int64_t seconds = asked != NULL ? json_integer_value(asked) : of->lease.line != 0 ? of->lease.default_s : 0;

	if (asked != NULL && check(asking, of, seconds, e) == -1)
		return -1;
	if (seconds == 0)
		(void)json_object_del(args, "lease");
	else if (json_object_set_new(args, "lease", json_integer(seconds)) == -1)
		return pd_fail(e, PD_IO, "no memory for a lease");
	return 0;
}
