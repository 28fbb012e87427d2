/* SPDX-License-Identifier: ISC */
/*
 * test_inventory.c - what an inventory changes in the store, and what it leaves alone.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/platforms/inventory.h"
#include "spool/platforms/slots.h"
#include "tests/unit/fixture_store.h"

#define TAG "pd00000001"

static struct fixture f;
static int64_t	      asked;

static void
set_up(void)
{
	json_t *vm;

	fixture_open(&f);
	fixture_put_platform(&f, "power1");
	vm = fixture_vm("web1", "alice", "blue", NULL);
	(void)json_object_update_new(vm, json_pack("{s:i s:s s:{s:s} s:i}", "lpar_id", 2, "system", "power1", "objects", "tag", TAG, "state_ms", 1));
	fixture_put_vm(&f, vm);
	asked = clock_wall_ms();
}

static void
tear_down(void)
{
	fixture_close(&f);
}

TestSuite(inventory, .init = set_up, .fini = tear_down);

/* A console with its own partition and one more. */
static json_t *
console(const char *name, const char *state, const char *profile)
{
	return json_pack("{s:{s:s s:s s:s s:i s:i s:s s:s} s:[{s:i s:s s:s s:s s:s} {s:i s:s s:s s:s s:s}] s:[{s:i s:s}] s:[{s:i s:s s:s s:s}]}",
	    "facts", "type_model", "8246-L2D", "serial", "06052EA", "level", "2.2.2.1", "memory", 65536, "memory_free", 50000, "units", "16.00",
	    "units_free", "10.00", "lpars",
	    "id", 1, "name", "vios", "state", "Running", "env", "vioserver", "profile", "vios",
	    "id", 2, "name", name, "state", state, "env", "aixlinux", "profile", profile,
	    "memory", "id", 2, "run", "4096", "processors", "id", 2, "run_units", "0.50", "run_procs", "1", "mode", "shared");
}

/* What an inventory of power1 does that says so; takes found. */
static int
put(json_t *found)
{
	json_t *value = json_pack("{s:o}", "found", found);
	int	rv = inventory_record(f.st, "power1", value, asked, &f.e);

	json_decref(value);
	return rv;
}

static void
record(json_t *found)
{
	cr_assert_eq(put(found), 0, "%s", f.e.msg);
}

static void
expect_vm(const char *state, const char *console_name)
{
	json_t *vm = NULL;

	cr_assert_eq(store_vm_get(f.st, "web1", &vm, &f.e), 0);
	cr_expect_str_eq(field_text(vm, "state"), state);
	cr_expect_str_eq(field_text(vm, "console_name"), console_name);
	cr_expect_eq(field_number(vm, "memory"), 4096, "what quota counts stays");
	json_decref(vm);
}

static int
events(const char *event)
{
	struct history_filter filter = { .limit = 100 };
	json_t		     *records = NULL, *r;
	size_t		      i;
	int		      n = 0;

	cr_assert_eq(store_history_list(f.st, &filter, &records, &f.e), 0);
	json_array_foreach(records, i, r)
		n += strcmp(field_text(r, "event"), event) == 0;
	json_decref(records);
	return n;
}

Test(inventory, a_vm_is_shown_as_the_console_has_it)
{
	record(console("web1", "Not Activated", TAG));
	expect_vm("stopped", "");
	record(console("web1", "Open Firmware", TAG));
	expect_vm("open-firmware", "");
	record(console("web1", "Starting", TAG));
	expect_vm("open-firmware", "");
	record(console("web1", "Running", TAG));
	expect_vm("running", "");
	cr_expect_eq(events("vm-missing") + events("vm-back") + events("vm-renamed"), 0, "power is no event");
}

/* Trunk adapters say which VLANs a system's VIOSes carry; who has told of no adapters leaves it open. */
Test(inventory, the_VLANs_of_trunk_adapters_are_facts_of_the_system)
{
	json_t *found = console("web1", "Running", TAG), *row = NULL, *expected = json_pack("[i i i i]", 1, 10, 20, 4093);

	record(json_deep_copy(found));
	cr_assert_eq(store_system_get(f.st, "power1", &row, &f.e), 0);
	cr_expect_null(json_object_get(json_object_get(row, "facts"), "vlans"));
	json_decref(row);
	(void)json_object_set_new(found, "adapters", json_pack("[{s:i s:s s:s s:s} {s:i s:s s:s s:s s:s} {s:i s:s s:s s:s} {s:i s:s s:s s:s s:s}]",
	    "lpar", 1, "trunk", "1", "vlan", "4093", "more", "20,10", "lpar", 1, "trunk", "1", "vlan", "1", "more", "none", "switch", "ETHERNET0",
	    "lpar", 2, "trunk", "0", "vlan", "30", "more", "", "lpar", 1, "trunk", "1", "vlan", "40", "more", "50", "switch", "OTHER"));
	record(json_deep_copy(found));
	cr_assert_eq(store_system_get(f.st, "power1", &row, &f.e), 0);
	cr_expect(json_equal(json_object_get(json_object_get(row, "facts"), "vlans"), expected));
	json_decref(row);
	(void)json_object_del(found, "adapters");
	record(found);
	cr_assert_eq(store_system_get(f.st, "power1", &row, &f.e), 0);
	cr_expect(json_equal(json_object_get(json_object_get(row, "facts"), "vlans"), expected), "what was not told stays as it was");
	json_decref(row);
	json_decref(expected);
}

/* Of the slots that a console of several systems lists, those of VIOSes stay, and they stay when they are not told. */
Test(inventory, the_virtual_slots_of_VIOSes_are_facts_of_the_system)
{
	json_t *value = json_pack("{s:{} s:[{s:s s:s s:s s:s s:s s:{s:[{s:i s:s}]} s:[] s:[{s:i s:i} {s:i s:i} {s:i s:i}] s:[{s:i s:i} {s:i s:i}]}]}", "facts", "systems",
	    "name", "p9", "ident", "9009*1", "type_model", "9009", "serial", "1", "state", "Operating", "facts", "vioses", "id", 1, "name", "vios1", "lpars", "slots", "lpar", 1,
	    "slot", 0, "lpar", 1, "slot", 7, "lpar", 3, "slot", 8, "slot_limits", "id", 3, "most", 20, "id", 1, "most", 400);
	json_t *row = NULL, *expected = json_pack("[{s:i s:s s:[{s:i} {s:i}] s:i}]", "id", 1, "name", "vios1", "slots", "slot", 0, "slot", 7, "max_slots", 400);

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_remove(f.st, "web1", &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	cr_expect_eq(slots_are_due(f.st, "power1", asked, &f.e), 0, "no system of an HMC");
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(inventory_record(f.st, "power1", value, asked, &f.e), 0, "%s", f.e.msg);
		cr_assert_eq(store_system_get(f.st, "p9", &row, &f.e), 0);
		cr_expect(json_equal(json_object_get(json_object_get(row, "facts"), "vioses"), expected), "%d", i);
		json_decref(row);
		(void)json_object_del(json_array_get(json_object_get(value, "systems"), 0), "slots");
		(void)json_object_del(json_array_get(json_object_get(value, "systems"), 0), "slot_limits");
	}
	cr_assert_eq(store_inventory_get(f.st, "p9", &row, &f.e), 0);
	cr_expect_null(json_object_get(json_object_get(row, "found"), "slots"), "those of others are not kept");
	cr_expect_eq(slots_are_due(f.st, "power1", asked + 3599999, &f.e), 0);
	cr_expect_eq(slots_are_due(f.st, "power1", asked + 3600000, &f.e), 1, "an hour later");
	cr_expect_eq(slots_are_due(f.st, "power1", asked - 1, &f.e), 1, "the clock was put back");
	(void)json_object_set_new(json_object_get(json_array_get(json_object_get(value, "systems"), 0), "facts"), "vioses", json_pack("[{s:i s:s s:i s:[{s:i} {s:i}]}]",
	    "id", 1, "name", "vios1", "max_slots", 35, "slots", "slot", 0, "slot", 7));
	cr_assert_eq(inventory_record(f.st, "power1", value, asked, &f.e), 0, "%s", f.e.msg);
	cr_expect_eq(slots_are_due(f.st, "power1", asked, &f.e), 0, "32 are left");
	(void)json_object_set_new(json_array_get(json_object_get(json_object_get(json_array_get(json_object_get(value, "systems"), 0), "facts"), "vioses"), 0),
	    "max_slots", json_integer(34));
	cr_assert_eq(inventory_record(f.st, "power1", value, asked, &f.e), 0, "%s", f.e.msg);
	cr_expect_eq(slots_are_due(f.st, "power1", asked, &f.e), 1, "and 31 are few");
	json_decref(row);
	json_decref(expected);
	json_decref(value);
}

Test(inventory, a_renamed_vm_is_known_by_its_mark)
{
	record(console("other", "Running", TAG));
	expect_vm("running", "other");
	record(console("other", "Running", TAG));
	cr_expect_eq(events("vm-renamed"), 1, "once");
	record(console("web1", "Running", TAG));
	expect_vm("running", "");
}

Test(inventory, another_partition_with_its_number_is_not_the_vm)
{
	record(console("other", "Running", "by-hand"));
	expect_vm("missing", "");
	cr_expect_eq(events("vm-missing"), 1);
	record(console("other", "Running", "by-hand"));
	cr_expect_eq(events("vm-missing"), 1, "once");
	record(console("web1", "Not Activated", TAG));
	expect_vm("stopped", "");
	cr_expect_eq(events("vm-back"), 1);
}

Test(inventory, what_a_job_has_touched_meanwhile_stays)
{
	json_t *set = json_pack("{s:I}", "finished", (json_int_t)clock_wall_ms() + 1000);
	char	id[JOB_ID_LEN + 1];

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	record(console("web1", "Not Activated", TAG));
	expect_vm("running", "");
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_move(f.st, fixture_id(id, 1), JOB_CANCELLED, set, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	record(console("web1", "Not Activated", TAG));
	expect_vm("running", "");
	asked = clock_wall_ms() + 2000;
	record(console("web1", "Not Activated", TAG));
	expect_vm("stopped", "");
	json_decref(set);
}

Test(inventory, states_of_jobs_are_theirs)
{
	static const char *const states[] = { "creating", "deleting", "broken" };

	for (size_t i = 0; i < 3; i++) {
		json_t *set = json_pack("{s:s}", "state", states[i]);

		cr_assert_eq(store_begin(f.st, &f.e), 0);
		cr_assert_eq(store_vm_set(f.st, "web1", set, &f.e), 0);
		cr_assert_eq(store_commit(f.st, &f.e), 0);
		record(console("web1", "Not Activated", TAG));
		expect_vm(states[i], "");
		json_decref(set);
	}
}

Test(inventory, figures_are_dated_and_say_what_is_ours)
{
	json_t	     *row = NULL, *inventory = NULL;
	const json_t *held;

	record(console("web1", "Running", TAG));
	cr_assert_eq(store_system_get(f.st, "power1", &row, &f.e), 0);
	held = json_object_get(json_object_get(row, "facts"), "held");
	cr_expect_eq(field_number(row, "seen_ms"), asked);
	cr_expect_str_eq(field_text(row, "ident"), "8246-L2D*06052EA");
	cr_expect_eq(field_number(held, "memory"), 4096);
	cr_expect_eq(field_number(held, "units"), 50);
	cr_expect_eq(field_number(held, "partitions"), 1);
	cr_expect_eq(field_number(json_object_get(held, "pools"), "rootvg"), 20480);
	cr_assert_eq(store_inventory_get(f.st, "power1", &inventory, &f.e), 0);
	cr_expect_eq(json_array_size(json_object_get(json_object_get(inventory, "found"), "lpars")), 2, "others' partitions, too");
	json_decref(row);
	json_decref(inventory);
}

Test(inventory, another_system_at_the_address_is_not_believed)
{
	json_t *found = console("web1", "Not Activated", TAG);

	record(console("web1", "Running", TAG));
	(void)json_object_set_new(json_object_get(found, "facts"), "serial", json_string("0000000"));
	cr_expect_eq(put(found), -1);
	cr_expect_eq(f.e.code, PD_CONFLICT);
	expect_vm("running", "");
}

Test(inventory, an_answer_without_figures_changes_nothing)
{
	cr_expect_eq(put(json_object()), -1);
	cr_expect_eq(inventory_record(f.st, "power1", NULL, asked, &f.e), -1);
	expect_vm("running", "");
}

/* ---- a console of several systems ---- */

static json_t *
managed(const char *name, const char *serial, const char *state, const char *web1)
{
	json_t *system = json_pack("{s:s s:s s:s s:s s:o}", "name", name, "serial", serial, "state", state, "type_model", "9009-42A", "ident",
	    json_sprintf("9009-42A*%s", serial));

	if (strcmp(state, "Operating") != 0)
		return system;
	(void)json_object_update_new(system, json_pack("{s:{s:s s:i s:i s:[{s:i s:s s:s s:s s:[{s:s s:i s:i}]}]} s:[{s:i s:s s:s s:s s:s}]}", "facts",
	    "max_lpars", "400", "memory", 65536, "memory_free", 50000, "vioses", "id", 1, "name", "vios1", "state", "Running", "rmc", "active",
	    "pools", "name", "rootvg", "size", 9000, "free", 5000, "lpars", "id", 2, "name", "web1", "env", "aixlinux", "state", web1, "profile", TAG));
	return system;
}

static int
put_systems(json_t *systems)
{
	json_t *value = json_pack("{s:o}", "systems", systems);
	int	rv = inventory_record(f.st, "hmc1", value, asked, &f.e);

	json_decref(value);
	return rv;
}

static int64_t
fact(const char *system, const char *key)
{
	json_t *row = NULL;
	int64_t n;

	cr_assert_eq(store_system_get(f.st, system, &row, &f.e), 0, "%s", f.e.msg);
	n = field_number(json_object_get(row, "facts"), key);
	json_decref(row);
	return n;
}

static void
put_hmc(const char *name)
{
	json_t *p = json_pack("{s:s s:s}", "name", name, "kind", "hmc");

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_platform_put(f.st, p, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(p);
}

Test(inventory, each_system_of_a_console_gets_its_own_figures_and_VMs)
{
	json_t *vm = fixture_vm("db1", "alice", "blue", NULL);

	put_hmc("hmc1");
	cr_assert_eq(put_systems(json_pack("[o o]", managed("p9a", "AAA", "Operating", "Running"), managed("p9b", "BBB", "Operating", "Running"))), 0, "%s",
	    f.e.msg);
	cr_expect_eq(fact("p9a", "max_lpars"), 400);
	cr_expect_eq(fact("p9b", "memory_free"), 50000);
	(void)json_object_update_new(vm, json_pack("{s:i s:s s:s s:{s:s} s:i}", "lpar_id", 2, "platform", "hmc1", "system", "p9b", "objects", "tag", TAG,
	    "state_ms", 1));
	fixture_put_vm(&f, vm);
	/* Partition 2 of the other system is another one. */
	cr_assert_eq(put_systems(json_pack("[o o]", managed("p9a", "AAA", "Operating", "Not Activated"), managed("p9b", "BBB", "Operating", "Running"))), 0);
	cr_assert_eq(store_vm_get(f.st, "db1", &vm, &f.e), 0);
	cr_expect_str_eq(field_text(vm, "state"), "running");
	json_decref(vm);
	cr_assert_eq(put_systems(json_pack("[o o]", managed("p9a", "AAA", "Operating", "Running"), managed("p9b", "BBB", "Operating", "Not Activated"))), 0);
	cr_assert_eq(store_vm_get(f.st, "db1", &vm, &f.e), 0);
	cr_expect_str_eq(field_text(vm, "state"), "stopped");
	json_decref(vm);
}

Test(inventory, a_system_that_is_off_keeps_what_it_told, .description = "P9: its VIOSes stay known")
{
	json_t *row = NULL;

	put_hmc("hmc1");
	cr_assert_eq(put_systems(json_pack("[o]", managed("p9a", "AAA", "Operating", "Running"))), 0, "%s", f.e.msg);
	cr_assert_eq(put_systems(json_pack("[o]", managed("renamed", "AAA", "Power Off", ""))), 0, "%s", f.e.msg);
	cr_assert_eq(store_system_get(f.st, "p9a", &row, &f.e), 0, "it is known by its ident");
	cr_expect_eq(json_array_size(json_object_get(json_object_get(row, "facts"), "vioses")), 1);
	cr_expect_str_eq(field_text(json_object_get(row, "facts"), "state"), "Power Off");
	json_decref(row);
}

Test(inventory, a_system_of_another_platform_is_not_taken)
{
	json_t *value;

	put_hmc("hmc1");
	cr_assert_eq(put_systems(json_pack("[o]", managed("p9a", "AAA", "Operating", "Running"))), 0, "%s", f.e.msg);
	put_hmc("hmc2");
	value = json_pack("{s:[o]}", "systems", managed("p9a", "AAA", "Operating", "Running"));
	cr_expect_eq(inventory_record(f.st, "hmc2", value, asked, &f.e), -1);
	json_decref(value);
	cr_expect_eq(f.e.code, PD_CONFLICT);
	cr_expect_not_null(strstr(f.e.msg, "managed through the platform hmc1"), "%s", f.e.msg);
}
