/* SPDX-License-Identifier: ISC */
/*
 * test_query_vm.c - show-vm: how the platform makes a VM is for those only whose role sees everything.
 */
#include <criterion/criterion.h>

#include "spool/field.h"
#include "tests/unit/fixture_query.h"

static struct query_fixture f;

static void
set_up(void)
{
	query_fixture_open(&f);
}

static void
tear_down(void)
{
	query_fixture_close(&f);
}

TestSuite(query_vm, .init = set_up, .fini = tear_down);

static const char *const hosts[] = { "paths", "fc", "pools", "tag", "max_slots", "start", "configure", "wait_configured" };
#define NHOSTS (sizeof(hosts) / sizeof(hosts[0]))

/* A VM whose specification is as a job on an HMC leaves it. */
static void
put_vm(const char *name, const char *owner, const char *tenant)
{
	json_t *vm = fixture_vm(name, owner, tenant, NULL);
	json_t *more = json_pack("{s:[{s:s s:i}] s:[{s:s}] s:[{s:s}] s:s s:i s:b s:b s:b s:i}", "paths", "name", "vios11", "slot", 50, "fc", "vios", "vios11", "pools", "pool", "datavg",
	    "tag", "pd0000000001", "max_slots", 20, "start", 1, "configure", 1, "wait_configured", 1, "weight", 128);

	cr_assert_eq(json_object_update(json_object_get(vm, "spec"), more), 0);
	json_decref(more);
	fixture_put_vm(&f.store, vm);
}

static void
expect_hosts(const char *user, const char *name, int sees)
{
	json_t	     *value = query_value(&f, user, "show-vm", json_pack("{s:s}", "name", name));
	const json_t *spec = json_object_get(value, "spec");

	for (size_t i = 0; i < NHOSTS; i++) {
		cr_expect_eq(json_object_get(spec, hosts[i]) != NULL, sees, "%s and %s of the specification", user, hosts[i]);
		cr_expect_null(json_object_get(value, hosts[i]), "%s and %s beside the specification", user, hosts[i]);
	}
	cr_expect_eq(field_number(spec, "weight"), 128);
	cr_expect_str_eq(field_text(spec, "hostname"), name);
	cr_expect_eq(json_array_size(json_object_get(value, "disks")), 1);
	cr_expect_null(json_object_get(spec, "disks"), "it stands beside the rest");
	json_decref(value);
}

Test(query_vm, a_tenant_sees_what_is_his_and_not_how_the_platform_makes_it)
{
	put_vm("web8", "alice", "blue");
	put_vm("db8", "dave", "red");
	expect_hosts("alice", "web8", 0);
	expect_hosts("bob", "db8", 0);	/* of his tenant: he sees more VMs, not more of one */
	expect_hosts("admin", "web8", 1);
	expect_hosts("admin", "db8", 1);
}
