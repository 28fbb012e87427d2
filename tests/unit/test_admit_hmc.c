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

/* ---- near and apart, for as long as they are there ---- */

/* It runs, with nothing that would keep it where it is. */
static void
runs(const char *name)
{
	set_vm(name, json_pack("{s:s s:{}}", "state", "running", "objects"));
}

static const char *
migrate(const char *user, const char *name, const char *more)
{
	char args[200];

	(void)snprintf(args, sizeof(args), "{\"name\":\"%s\"%s}", name, more);
	return ask(user, "migrate-vm", name, args);
}

Test(admit_hmc, a_VM_is_not_put_where_another_one_wants_to_be_apart_from_it)
{
	cr_expect_str_eq(create("db1", ",\"host\":\"p9a\""), "p9a");
	cr_expect_str_eq(create("web1", ",\"apart_from\":[\"db1\",\"web\"],\"group\":\"web\""), "p9b");
	expect_says(create("web2", ",\"group\":\"web\",\"host\":\"p9b\""), "web1 is to be apart from the group web; it would fit on p9b without --group web");
	cr_expect_str_eq(create("web2", ",\"group\":\"web\""), "p9a");
	cr_expect_str_eq(create("web3", ",\"host\":\"p9b\""), "p9b", "of no group");
}

Test(admit_hmc, what_a_VM_was_created_with_counts_when_it_moves)
{
	static const char *const vms[] = { "db1", "web1", "app1" };

	cr_expect_str_eq(create("db1", ",\"host\":\"p9a\""), "p9a");
	cr_expect_str_eq(create("web1", ",\"apart_from\":[\"db1\"]"), "p9b");
	cr_expect_str_eq(create("app1", ",\"near\":\"db1\""), "p9a");
	for (size_t i = 0; i < 3; i++)
		runs(vms[i]);
	expect_says(migrate("admin", "web1", ""), "p9a: db1 is there");
	expect_says(migrate("admin", "web1", ",\"to\":\"p9a\""), "p9a: db1 is there");
	expect_says(migrate("admin", "app1", ""), "p9b: db1 is not there but on p9a");
	expect_says(migrate("admin", "db1", ""), "p9b: app1 is to be near db1, and is on p9a, web1 is to be apart from db1");
	cr_expect_str_eq(migrate("admin", "db1", ",\"force\":true"), "p9b");
	cr_expect_str_eq(create("db2", ",\"apart_from\":[\"db1\"],\"host\":\"auto\""), "no system has room; p9a: db1 is there; p9b: db1 is there; "
	    "it would fit on p9a without --apart-from", "on its way it is on both");
	cr_expect_str_eq(migrate("admin", "app1", ""), "p9b", "where db1 goes");
}

Test(admit_hmc, force_is_for_who_sees_everything)
{
	static const char args[] = "{\"name\":\"x\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":256},\"units\":{\"desired\":50},\"force\":true}";

	expect_says(ask("alice", "create-vm", "x", args), "for administrators");
	cr_expect_str_eq(ask("admin", "create-vm", "x", args), "p9a");
	cr_expect_str_eq(create("y", ",\"apart_from\":[\"x\"],\"host\":\"p9a\",\"force\":true"), "p9a");
}

/* Of two tenants: what one says binds the other only when its owner sees the other. */
Test(admit_hmc, others_VMs_are_bound_by_nothing_that_they_cannot_see)
{
	static const char of_alice[] = "{\"name\":\"a\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":256},\"units\":{\"desired\":50},"
				       "\"group\":\"g\",\"apart_from\":[\"g\"]}";
	static const char of_bob[] = "{\"name\":\"b\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":256},\"units\":{\"desired\":50},"
				     "\"group\":\"g\",\"host\":\"p9a\"}";

	cr_expect_str_eq(ask("alice", "create-vm", "a", of_alice), "p9a");
	cr_expect_str_eq(ask("bob", "create-vm", "b", of_bob), "p9a");
	cr_expect_str_eq(create("c", ",\"group\":\"h\",\"apart_from\":[\"h\",\"a\"]"), "p9b", "who sees all");
	runs("a");
	expect_says(migrate("alice", "a", ""), "p9b: another VM is to be apart from a");
	expect_says(migrate("admin", "a", ""), "p9b: c is to be apart from a");
	cr_expect_str_eq(ask("bob", "create-vm", "d", "{\"name\":\"d\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":256},\"group\":\"h\",\"host\":\"p9b\"}"), "p9b",
	    "the group h of others");
}

Test(admit_hmc, a_VM_that_is_renamed_is_still_the_one_that_is_meant)
{
	json_t *vm;

	cr_expect_str_eq(create("db1", ",\"host\":\"p9a\",\"group\":\"web1\""), "p9a");
	cr_expect_str_eq(create("web1", ",\"apart_from\":[\"db1\",\"web1\"],\"group\":\"web1\""), "p9b");
	cr_expect_str_eq(create("app1", ",\"near\":\"db1\""), "p9a");
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_neighbour_renamed(f.st, "db1", "db9", &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_neighbour_renamed(f.st, "web1", "web9", &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	vm = director_fixture_vm(&f, "web1");
	cr_expect_str_eq(field_text(json_array_get(json_object_get(json_object_get(vm, "spec"), "apart_from"), 0), "vm"), "db9");
	cr_expect_str_eq(field_text(json_array_get(json_object_get(json_object_get(vm, "spec"), "apart_from"), 1), "group"), "web1", "a group has its own name");
	json_decref(vm);
	vm = director_fixture_vm(&f, "app1");
	cr_expect_str_eq(field_text(json_object_get(vm, "spec"), "near"), "db9");
	json_decref(vm);
}

/* ---- licenses of a shared processor pool ---- */

static char *pools[] = { (char *)"db*" };
static struct pd_license cap = { .name = (char *)"db", .pools = { pools, 1 }, .units = 100 };

static void
license(struct pd_license **old, size_t *n)
{
	*old = f.conf->licenses;
	*n = f.conf->nlicenses;
	f.conf->licenses = &cap;
	f.conf->nlicenses = 1;
}

Test(admit_hmc, a_license_of_a_processor_pool_counts_what_is_in_it)
{
	struct pd_license *old;
	size_t		   n;

	license(&old, &n);
	cr_expect_str_eq(create("a", ",\"proc_pool\":\"db1\""), "p9a");
	cr_expect_str_eq(create("b", ",\"proc_pool\":\"db1\",\"host\":\"p9b\""), "p9b", "on all systems together");
	expect_says(create("c", ",\"proc_pool\":\"db2\""), "license db allows 1.00 processing units: 1.00 used, 0.50 asked for");
	cr_expect_str_eq(create("c", ""), "p9a", "in the default pool");
	cr_expect_str_eq(create("d", ",\"proc_pool\":\"web\""), "p9b");
	runs("a");
	runs("c");
	expect_says(ask("admin", "modify-vm", "a", "{\"name\":\"a\",\"units\":{\"desired\":60}}"), "1.00 used, 0.10 more asked for");
	expect_says(ask("admin", "modify-vm", "c", "{\"name\":\"c\",\"proc_pool\":\"db1\"}"), "1.00 used, 0.50 asked for");
	cr_expect_str_eq(ask("admin", "modify-vm", "a", "{\"name\":\"a\",\"units\":{\"desired\":20}}"), "p9a", "less is always possible");
	f.conf->licenses = old;
	f.conf->nlicenses = n;
}

/* Who is on the way into a pool counts there, and only once. */
Test(admit_hmc, a_VM_that_changes_its_pool_has_what_is_left_of_the_license)
{
	struct pd_license *old;
	size_t		   n;

	license(&old, &n);
	cr_expect_str_eq(create("a", ",\"host\":\"p9a\""), "p9a");
	cr_expect_str_eq(create("b", ",\"proc_pool\":\"db1\""), "p9b");
	runs("a");
	runs("b");
	cr_expect_str_eq(ask("admin", "modify-vm", "b", "{\"name\":\"b\",\"proc_pool\":\"db2\"}"), "p9b", "within the license");
	cr_expect_str_eq(ask("admin", "modify-vm", "a", "{\"name\":\"a\",\"proc_pool\":\"db2\"}"), "p9a");
	expect_says(create("c", ",\"proc_pool\":\"db1\""), "1.00 used, 0.50 asked for");
	f.conf->licenses = old;
	f.conf->nlicenses = n;
}

Test(admit_hmc, a_VM_moves_only_where_its_license_has_room)
{
	static char	  *there[] = { (char *)"p9b" };
	struct pd_license  of_p9b = { .name = (char *)"p9b", .systems = { there, 1 }, .units = 60 }, *old;
	size_t		   n;

	license(&old, &n);
	f.conf->licenses = &of_p9b;
	cr_expect_str_eq(create("a", ",\"host\":\"p9a\""), "p9a");
	cr_expect_str_eq(create("b", ",\"host\":\"p9a\""), "p9a");
	runs("a");
	runs("b");
	cr_expect_str_eq(migrate("admin", "a", ""), "p9b");
	expect_says(migrate("admin", "b", ""), "p9b: license p9b allows 0.60 processing units: 0.50 used, 0.50 asked for");
	f.conf->licenses = old;
	f.conf->nlicenses = n;
}

/* ---- what the VIOSes have ---- */

/* vios1 with room, and so many slots of its 20 in use; vios2 with less room. */
static void
have_two_vioses(const char *system, int in_use)
{
	json_t *vioses = json_array(), *slots = json_array();

	for (int i = 0; i < in_use; i++)
		(void)json_array_append_new(slots, json_pack("{s:i}", "slot", i));
	for (int id = 1; id <= 2; id++)
		(void)json_array_append_new(vioses, json_pack("{s:i s:o s:s s:s s:s s:i s:O s:[{s:s s:i s:i s:s}]}", "id", id, "name", json_sprintf("vios%d", id),
		    "state", "Running", "rmc", "active", "profile", "p", "max_slots", 20, "slots", slots, "pools", "name", "datavg", "size", 1000000, "free",
		    id == 1 ? 900000 : 1000, "kind", "LVPOOL"));
	json_decref(slots);
	know(system, "vioses", vioses);
	know(system, "slots_ms", json_integer(1));
}

/* Through which VIOS its disks go. */
static int64_t
path_of(const char *name)
{
	json_t *vm = director_fixture_vm(&f, name);
	int64_t id = field_number(json_array_get(json_object_get(json_object_get(vm, "spec"), "paths"), 0), "id");

	json_decref(vm);
	return id;
}

Test(admit_hmc, a_VIOS_serves_as_many_VMs_as_it_has_slots)
{
	have_two_vioses("p9a", 18);
	have_two_vioses("p9b", 20);
	cr_expect_str_eq(create("a", ""), "p9a");
	cr_expect_eq(path_of("a"), 1);
	cr_expect_str_eq(create("b", ""), "p9a");
	cr_expect_eq(path_of("b"), 1, "slots 18 and 19");
	cr_expect_str_eq(create("c", ""), "p9a");
	cr_expect_eq(path_of("c"), 2, "the other one, though it has less room");
	cr_expect_str_eq(create("d", ""), "p9a");
	expect_says(create("e", ""), "p9a: no VIOS of the system that has room in pool datavg has a virtual slot left; p9b: no VIOS");
	have_two_vioses("p9a", 17);
	cr_expect_str_eq(create("e", ""), "p9a", "somebody has taken an adapter away");
}

/* What the inventory has seen of a VM is not counted twice. */
Test(admit_hmc, a_VM_that_the_inventory_saw_is_one_of_those_in_use)
{
	know("p9b", "state", json_string("Standby"));
	have_two_vioses("p9a", 17);
	cr_expect_str_eq(create("a", ""), "p9a");
	set_vm("a", json_pack("{s:s s:{s:[{s:i s:i s:s}]}}", "state", "running", "objects", "paths", "id", 1, "slot", 16, "name", "vios1"));
	cr_expect_str_eq(create("b", ""), "p9a");
	cr_expect_str_eq(create("c", ""), "p9a");
	cr_expect_str_eq(create("d", ""), "p9a");
	cr_expect_eq(path_of("d"), 1);
	cr_expect_str_eq(create("e", ""), "p9a");
	cr_expect_eq(path_of("e"), 2);
}

Test(admit_hmc, fibre_channel_needs_slots_too)
{
	have_two_vioses("p9a", 19);
	have_two_vioses("p9b", 18);
	expect_says(create("a", ",\"fc\":[{\"vios\":\"vios1\"}],\"host\":\"p9a\""), "p9a: VIOS vios1 has 1 of its 20 virtual slots left, 2 asked for");
	cr_expect_str_eq(create("a", ",\"fc\":[{\"vios\":\"vios1\"}]"), "p9b");
}

Test(admit_hmc, a_VM_moves_only_where_a_VIOS_has_a_slot)
{
	have_two_vioses("p9a", 10);
	have_two_vioses("p9b", 18);
	cr_expect_str_eq(create("a", ",\"host\":\"p9a\""), "p9a");
	set_vm("a", json_pack("{s:s s:{s:[{s:i s:i} {s:i s:i}]}}", "state", "running", "objects", "paths", "id", 1, "slot", 11, "id", 2, "slot", 11));
	cr_expect_str_eq(create("b", ",\"host\":\"p9a\""), "p9a");
	set_vm("b", json_pack("{s:s s:{s:[{s:i s:i} {s:i s:i}]}}", "state", "running", "objects", "paths", "id", 1, "slot", 12, "id", 2, "slot", 12));
	cr_expect_str_eq(migrate("admin", "a", ""), "p9b");
	expect_says(migrate("admin", "b", ""), "p9b: 0 of its VIOSes have a virtual slot left, its disks go through 2");
}

Test(admit_hmc, rules_for_slots_end_where_the_VIOS_ends)
{
	static char		 name[] = "hmc1";
	struct pd_platform_rules rules = { name, 1, { 0, 1 }, { 16, 2 }, 1, { 0, 1 } }, *old = f.conf->rules;
	size_t			 n = f.conf->nrules;

	f.conf->rules = &rules;
	f.conf->nrules = 1;
	know("p9b", "state", json_string("Standby"));
	have_two_vioses("p9a", 10);
	cr_expect_str_eq(create("a", ""), "p9a", "16");
	cr_expect_str_eq(create("b", ""), "p9a", "18");
	expect_says(create("c", ",\"host\":\"p9a\""), "VIOS vios1 has no slot left that the rules for hmc1 allow: its last one is 19");
	f.conf->rules = old;
	f.conf->nrules = n;
}

/* ---- images ---- */

static void
put_image(json_t *vioses)
{
	json_t *image = json_pack("{s:s s:s s:s s:i s:s s:s s:o*}", "name", "rhel9", "platform", "hmc1", "file", "/x", "size", 10, "os", "linux", "first_boot",
	    "none", "vioses", vioses);

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_image_put(f.st, image, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(image);
}

#define RHEL9 ",\"image\":\"rhel9\""

Test(admit_hmc, the_first_disk_goes_through_a_VIOS_that_has_the_image)
{
	have_two_vioses("p9a", 2);
	have_two_vioses("p9b", 2);
	put_image(NULL);
	cr_expect_str_eq(create("a", RHEL9), "p9a", "of an image of before nothing is known");
	put_image(json_pack("[{s:s s:s} {s:s s:s}]", "system", "p9a", "vios", "vios2", "system", "p9b", "vios", "other"));
	cr_expect_str_eq(create("b", RHEL9), "p9a");
	cr_expect_eq(path_of("b"), 2);
	cr_expect_str_eq(create("c", RHEL9 ",\"disks\":[{\"size\":64},{\"size\":2000}]"), "p9a", "its other disk is where there is room");
	expect_says(create("d", RHEL9 ",\"host\":\"p9b\""), "has the image's file: an administrator copies it there and says so with register-image --replace");
	cr_expect_str_eq(create("e", ",\"host\":\"p9b\""), "p9b", "without an image");
}

/* A disk that all see is written by one that has it. */
Test(admit_hmc, a_whole_disk_is_written_through_a_VIOS_that_has_the_image)
{
	json_t *vioses = json_array(), *vm;

	for (int id = 1; id <= 2; id++)
		(void)json_array_append_new(vioses, json_pack("{s:i s:o s:s s:s s:s s:[{s:s s:i s:s}] s:[{s:s s:i}]}", "id", id, "name", json_sprintf("vios%d", id),
		    "state", "Running", "rmc", "active", "profile", "p", "disks", "name", "hdisk1", "size", 100, "lun", "L1", "free", "name", "hdisk1", "size", 100));
	know("p9a", "vioses", vioses);
	know("p9a", "pools", json_pack("[{s:s s:i s:i s:s}]", "name", "san", "size", 100, "free", 100, "kind", "PVPOOL"));
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	{
		json_t *row = NULL;

		cr_assert_eq(store_platform_get(f.st, "hmc1", &row, &f.e), 0);
		(void)json_object_set_new(row, "pools", json_pack("[s]", "san"));
		cr_assert_eq(store_platform_put(f.st, row, &f.e), 0);
		json_decref(row);
	}
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	put_image(json_pack("[{s:s s:s}]", "system", "p9b", "vios", "vios1"));
	expect_says(create("a", RHEL9 ",\"host\":\"p9a\""), "no VIOS that sees a free disk of pool san has the image's file");
	put_image(json_pack("[{s:s s:s}]", "system", "p9a", "vios", "vios2"));
	cr_expect_str_eq(create("a", RHEL9 ",\"host\":\"p9a\""), "p9a");
	vm = director_fixture_vm(&f, "a");
	for (size_t i = 0; i < 2; i++) {
		const json_t *path = json_array_get(json_object_get(json_object_get(vm, "spec"), "paths"), i);

		cr_expect_eq(field_is_set(json_array_get(json_object_get(path, "disks"), 0), "first"), strcmp(field_text(path, "name"), "vios2") == 0);
	}
	json_decref(vm);
}

/* ---- two at the same moment ---- */

/* Both in one transaction: how many are admitted. */
static int
both(const char *more)
{
	struct verdict verdicts[2];
	struct job     jobs[2];
	char	       args[400];
	int	       n = 0;

	for (int i = 0; i < 2; i++) {
		(void)snprintf(args, sizeof(args), "{\"name\":\"both%d\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":1024},\"units\":{\"desired\":50}%s}", i, more);
		director_fixture_job(&jobs[i], "admin", "create-vm", args);
	}
	cr_assert_eq(admission_decide(&f.admission, jobs, 2, verdicts, &f.e), 0, "%s", f.e.msg);
	for (int i = 0; i < 2; i++) {
		n += strcmp(field_text(verdicts[i].row, "state"), "queued") == 0;
		if (strcmp(field_text(verdicts[i].row, "state"), "queued") != 0)
			cr_expect_str_eq(field_text(verdicts[i].row, "code"), "NO_CAPACITY", "%s", field_text(verdicts[i].row, "message"));
		verdict_clear(&verdicts[i]);
		job_clear(&jobs[i]);
	}
	return n;
}

Test(admit_hmc, P11_of_two_at_once_one_has_the_last_slot)
{
	have_two_vioses("p9a", 19);
	know("p9b", "state", json_string("Standby"));
	cr_expect_eq(both(",\"disks\":[{\"size\":2000}]"), 1, "the other VIOS has no room");
}

Test(admit_hmc, P11_of_two_at_once_one_has_what_is_left_of_the_license)
{
	struct pd_license *old, tight = cap;
	size_t		   n;

	license(&old, &n);
	tight.units = 60;
	f.conf->licenses = &tight;
	cr_expect_eq(both(",\"proc_pool\":\"db1\""), 1);
	f.conf->licenses = old;
	f.conf->nlicenses = n;
}

Test(admit_hmc, P11_two_at_once_are_apart)
{
	know("p9b", "state", json_string("Standby"));
	cr_expect_eq(both(",\"group\":\"g\",\"apart_from\":[\"g\"]"), 1);
}
