/* SPDX-License-Identifier: ISC */
/*
 * fixture_conf.h - a configuration made by hand: two tenants with different scopes, administrators, and a tenant with one verb.
 *
 *	tenant	members		scope	sees
 *	blue	alice carol	own	image rhel6, platform power1
 *	red	bob dave	tenant	images sles* and rhel6, platforms power2 and power3
 *	ops	admin		all	everything
 *	green	eve		own	may only list-vms
 */
#ifndef PD_TESTS_UNIT_FIXTURE_CONF_H
#define PD_TESTS_UNIT_FIXTURE_CONF_H

#include "policy/conf.h"

#define FIXTURE_TENANT(NAME, ROLE, MEMBERS, NMEMBERS, IMAGES, NIMAGES, PLATFORMS, NPLATFORMS) {			\
	.name = (NAME), .role = (ROLE), .members = { (MEMBERS), (NMEMBERS) },					\
	.quota = { .vms = 10, .units = 1000, .procs = -1, .memory = 65536, .disk = -1 },			\
	.user_quota = { .vms = 5, .units = -1, .procs = -1, .memory = -1, .disk = -1 },				\
	.vm_limit = { -1, -1, -1, -1, -1 }, .images = { (IMAGES), (NIMAGES) },					\
	.platforms = { (PLATFORMS), (NPLATFORMS) }, .weight = 1 }

/* The lists are lent to one static configuration; nothing writes to them. */
static inline const struct pd_conf *
fixture_conf(void)
{
	static char *all[] = { (char *)"*" }, *one[] = { (char *)"list-vms" };
	static char *blue[] = { (char *)"alice", (char *)"carol" }, *red[] = { (char *)"bob", (char *)"dave" };
	static char *ops[] = { (char *)"admin" }, *green[] = { (char *)"eve" };
	static char *rhel6[] = { (char *)"rhel6" }, *sles[] = { (char *)"sles*", (char *)"rhel6" };
	static char *power1[] = { (char *)"power1" }, *power23[] = { (char *)"power2", (char *)"power3" };
	static struct pd_role roles[] = {
		{ .name = (char *)"own", .verbs = { all, 1 }, .scope = SCOPE_OWN },
		{ .name = (char *)"team", .verbs = { all, 1 }, .scope = SCOPE_TENANT },
		{ .name = (char *)"admin", .verbs = { all, 1 }, .scope = SCOPE_ALL },
		{ .name = (char *)"look", .verbs = { one, 1 }, .scope = SCOPE_OWN },
	};
	static struct pd_tenant tenants[] = {
		FIXTURE_TENANT((char *)"blue", &roles[0], blue, 2, rhel6, 1, power1, 1),
		FIXTURE_TENANT((char *)"red", &roles[1], red, 2, sles, 2, power23, 2),
		FIXTURE_TENANT((char *)"ops", &roles[2], ops, 1, all, 1, all, 1),
		FIXTURE_TENANT((char *)"green", &roles[3], green, 1, all, 1, all, 1),
	};
	static const struct pd_conf conf = { .jobs_per_platform = 2, .jobs_per_hmc = 2, .jobs_total = 8, .pending_per_user = 20, .history_page = 50, .history_witness = 1000,
		.roles = roles, .nroles = 4, .tenants = tenants, .ntenants = 4 };

	return &conf;
}

#endif
