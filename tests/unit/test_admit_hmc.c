/* SPDX-License-Identifier: ISC */
/*
 * test_admit_hmc.c - placement on the two systems of an HMC: what bars a system though memory and processing units are there, and that what is
 * left of it is given away once.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;

static void
put_platform(void)
{
	json_t *row = json_pack("{s:s s:s s:s s:i s:s s:s s:s s:[s] s:i s:{}}", "name", "hmc1", "kind", "hmc", "address", "192.0.2.2", "port", 22, "user",
	    "hscroot", "key", "hmc1", "host_key", "SHA256:y", "pools", "datavg", "registered_ms", 1, "facts");

	cr_assert_eq(store_platform_put(f.st, row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
}

/* A system with one VIOS, with room for everything. */
static void
put_system(const char *name)
{
	json_t *row = json_pack("{s:s s:s s:s s:{s:i s:i s:i s:s s:s s:i s:i s:s s:[{s:i s:s s:s s:s s:s s:[{s:s s:i s:i s:s}]}] s:[{s:s s:i s:i s:s}]}}",
	    "name", name, "platform", "hmc1", "ident", name, "facts", "memory", 65536, "memory_free", 60000, "region_size", 256, "units", "80.00",
	    "units_free", "80.00", "max_lpars", 400, "partitions", 1, "state", "Operating", "vioses", "id", 1, "name", "vios1", "state", "Running", "rmc",
	    "active", "profile", "p", "pools", "name", "datavg", "size", 1000000, "free", 1000000, "kind", "LVPOOL", "pools", "name", "datavg", "size",
	    1000000, "free", 1000000, "kind", "LVPOOL");

	cr_assert_eq(store_system_put(f.st, row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
}

static void
set_up(void)
{
	director_fixture_open(&f);
	f.conf->pending_per_user = f.conf->pending_total = 0;
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_platform_remove(f.st, "power1", &f.e), 0);
	put_platform();
	put_system("p9a");
	put_system("p9b");
	cr_assert_eq(store_commit(f.st, &f.e), 0);
}

static void
tear_down(void)
{
	director_fixture_close(&f);
}

TestSuite(admit_hmc, .init = set_up, .fini = tear_down);

/* One more fact of a system. */
static void
know(const char *system, const char *key, json_t *value)
{
	json_t *row = NULL;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_system_get(f.st, system, &row, &f.e), 0);
	(void)json_object_set_new(json_object_get(row, "facts"), key, value);
	cr_assert_eq(store_system_put(f.st, row, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(row);
}

/* As the end of a job leaves it. */
static void
set_vm(const char *name, json_t *set)
{
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_set(f.st, name, set, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(set);
}

/* Asked of a user: the system of the VM that is admitted, or the refusal. */
static const char *
ask(const char *user, const char *verb, const char *name, const char *args)
{
	static char result[300];
	json_t	   *row = director_fixture_ask(&f, user, verb, args), *vm = NULL;

	if (strcmp(field_text(row, "state"), "refused") == 0)
		(void)snprintf(result, sizeof(result), "%s", field_text(row, "message"));
	else if (strcmp(verb, "migrate-vm") == 0)
		(void)snprintf(result, sizeof(result), "%s", field_text(json_object_get(row, "args"), "placed"));
	else if ((vm = director_fixture_vm(&f, name)) != NULL)
		(void)snprintf(result, sizeof(result), "%s", field_text(vm, "system"));
	json_decref(vm);
	json_decref(row);
	return result;
}

static const char *
create(const char *name, const char *more)
{
	char args[400];

	(void)snprintf(args, sizeof(args), "{\"name\":\"%s\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":1024},\"units\":{\"desired\":50}%s}", name,
	    more);
	return ask("admin", "create-vm", name, args);
}

static void
expect_says(const char *said, const char *text)
{
	cr_expect_not_null(strstr(said, text), "no \"%s\" in \"%s\"", text, said);
}

/* ---- networks ---- */

#define OFFICE ",\"networks\":[{\"name\":\"office\"}]"

Test(admit_hmc, a_VM_goes_where_its_networks_are)
{
	know("p9a", "vlans", json_pack("[i i]", 1, 20));
	cr_expect_str_eq(create("a", ""), "p9a", "who wants no network");
	cr_expect_str_eq(create("b", OFFICE), "p9b");
	expect_says(create("c", OFFICE ",\"host\":\"p9a\""), "p9a: no VIOS carries VLAN 10 of network office: p9b has it");
	know("p9b", "vlans", json_array());
	expect_says(create("c", OFFICE), "p9a: no VIOS carries VLAN 10 of network office: no system has it; p9b: no VIOS carries");
	know("p9a", "vlans", json_pack("[i]", 10));
	cr_expect_str_eq(create("c", OFFICE), "p9a");
}

Test(admit_hmc, a_network_inside_a_system_needs_no_VIOS)
{
	know("p9a", "vlans", json_array());
	know("p9b", "vlans", json_array());
	f.conf->networks[0].is_internal = 1;
	cr_expect_str_eq(create("a", OFFICE), "p9a");
}

Test(admit_hmc, a_VM_gets_no_adapter_on_a_network_that_is_not_there)
{
	static const char args[] = "{\"name\":\"a\",\"networks\":[{\"name\":\"office\"}]}";

	cr_expect_str_eq(create("a", ",\"host\":\"p9a\""), "p9a");
	set_vm("a", json_pack("{s:s}", "state", "stopped"));
	know("p9a", "vlans", json_pack("[i]", 20));
	expect_says(ask("admin", "add-network", "a", args), "a is on p9a, and no VIOS carries VLAN 10 of network office: p9b has it");
	know("p9a", "vlans", json_pack("[i]", 10));
	cr_expect_str_eq(ask("admin", "add-network", "a", args), "p9a");
}
