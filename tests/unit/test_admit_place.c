/* SPDX-License-Identifier: ISC */
/*
 * test_admit_place.c - create-vm on several systems: restrictions, neighbours, licenses, and that room is given away once.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;

/* power1 and power2 with so much memory (MiB) free; the fixture's power1 has told nothing of that before. */
static void
have_systems(int memory1, int memory2)
{
	const int memory[] = { memory1, memory2 };

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	for (int i = 0; i < 2; i++) {
		char	name[] = "power1";
		json_t *row;

		name[5] = (char)('1' + i);
		row = json_pack("{s:s s:s s:s s:i s:s s:s s:s s:[s] s:i s:{s:i s:i s:i s:s s:s s:i s:[{s:s s:i s:i s:s}]}}", "name", name, "kind", "ivm",
		    "address", "192.0.2.1", "port", 22, "user", "padmin", "key", "power1", "host_key", "SHA256:x", "pools", "rootvg",
		    "registered_ms", 1, "facts", "memory", 65536, "memory_free", memory[i], "region_size", 64, "units", "80.00", "units_free",
		    "80.00", "max_lpars", 400, "pools", "name", "rootvg", "size", 1000000, "free", 1000000, "kind", "LVPOOL");
		cr_assert_eq(store_platform_put(f.st, row, &f.e), 0, "%s", f.e.msg);
		json_decref(row);
	}
	cr_assert_eq(store_commit(f.st, &f.e), 0);
}

static void
set_up(void)
{
	director_fixture_open(&f);
	f.conf->pending_per_user = f.conf->pending_total = 0;
	have_systems(8192, 8192);
}

static void
tear_down(void)
{
	director_fixture_close(&f);
}

TestSuite(admit_place, .init = set_up, .fini = tear_down);

/* Admitted: the system; else the refusal's code. */
static const char *
create(const char *name, const char *more)
{
	static char result[64];
	char	    args[400];
	json_t	   *row;

	(void)snprintf(args, sizeof(args), "{\"name\":\"%s\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":1024},\"units\":{\"desired\":50}%s}", name,
	    more);
	row = director_fixture_ask(&f, "admin", "create-vm", args);
	if (strcmp(field_text(row, "state"), "refused") == 0) {
		(void)snprintf(result, sizeof(result), "%s", field_text(row, "code"));
	} else {
		json_t *vm = director_fixture_vm(&f, name);

		(void)snprintf(result, sizeof(result), "%s", field_text(vm, "system"));
		cr_expect_str_eq(field_text(row, "platform"), field_text(vm, "platform"));
		json_decref(vm);
	}
	json_decref(row);
	return result;
}

Test(admit_place, VMs_are_spread_unless_the_request_says_where)
{
	cr_expect_str_eq(create("a", ""), "power1");
	cr_expect_str_eq(create("b", ""), "power2");
	cr_expect_str_eq(create("c", ""), "power1");
	cr_expect_str_eq(create("d", ",\"host\":\"power1\""), "power1");
	cr_expect_str_eq(create("e", ",\"platform\":\"power1\""), "power1");
	cr_expect_str_eq(create("g", ",\"host\":\"auto\""), "power2");
	cr_expect_str_eq(create("h", ",\"host\":\"power9\""), "NOT_FOUND");
	cr_expect_str_eq(create("i", ",\"platform\":\"power9\""), "NOT_FOUND");
	cr_expect_str_eq(create("j", ",\"host\":\"power1\",\"platform\":\"power2\""), "NOT_FOUND");
}

Test(admit_place, packed_VMs_stay_together_until_it_is_full)
{
	f.conf->placement = PLACEMENT_PACK;
	for (int i = 0; i < 8; i++)
		cr_expect_str_eq(create((char[]){ (char)('a' + i), '\0' }, ""), "power1", "%d", i);
	cr_expect_str_eq(create("x", ""), "power2");
}

Test(admit_place, neighbours_are_near_or_apart)
{
	cr_expect_str_eq(create("db1", ",\"host\":\"power2\",\"group\":\"db\""), "power2");
	cr_expect_str_eq(create("app1", ",\"near\":\"db1\""), "power2");
	cr_expect_str_eq(create("db2", ",\"group\":\"db\",\"apart_from\":[\"db\"]"), "power1");
	cr_expect_str_eq(create("db3", ",\"group\":\"db\",\"apart_from\":[\"db\"]"), "NO_CAPACITY");
	cr_expect_str_eq(create("w", ",\"apart_from\":[\"db1\"]"), "power1");
	cr_expect_str_eq(create("q1", ",\"group\":\"q\",\"apart_from\":[\"q\"]"), "power1", "the first of its group");
	cr_expect_str_eq(create("n", ",\"near\":\"nobody\""), "NOT_FOUND");
	cr_expect_str_eq(create("m", ",\"apart_from\":[\"nobody\"]"), "NOT_FOUND");
}

/* Somebody else's VM is no neighbour that one may ask for. */
Test(admit_place, others_VMs_are_not_there)
{
	json_t *row;

	cr_expect_str_eq(create("db1", ""), "power1");
	row = director_fixture_ask(&f, "alice", "create-vm",
	    "{\"name\":\"x\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":1024},\"near\":\"db1\"}");
	cr_expect_str_eq(field_text(row, "code"), "NOT_FOUND");
	json_decref(row);
}

Test(admit_place, a_drained_system_gets_no_new_VM)
{
	json_decref(director_fixture_ask(&f, "admin", "drain-platform", "{\"name\":\"power1\",\"why\":\"new memory\"}"));
	cr_expect_str_eq(create("a", ""), "power2");
	cr_expect_str_eq(create("b", ",\"host\":\"power1\""), "NO_CAPACITY");
	json_decref(director_fixture_ask(&f, "admin", "resume-platform", "{\"name\":\"power1\"}"));
	cr_expect_str_eq(create("c", ""), "power1");
}

/* P11: whatever is asked at once, in whatever order, a system's room is given away once. */
Test(admit_place, P11_no_system_is_overbooked)
{
	int  on[2] = { 0, 0 }, refused = 0;
	char name[16];

	for (int i = 0; i < 100; i++) {
		const char *where;

		(void)snprintf(name, sizeof(name), "v%d", i);
		where = create(name, i % 3 == 0 ? ",\"host\":\"power2\"" : "");
		if (strcmp(where, "NO_CAPACITY") == 0)
			refused++;
		else
			on[where[5] - '1']++;
	}
	cr_expect_eq(on[0], 8);
	cr_expect_eq(on[1], 8);
	cr_expect_eq(refused, 84);
}

Test(admit_place, a_license_caps_what_it_covers_and_says_the_figures)
{
	static char	  *products[] = { (char *)"db2*" };
	struct pd_license  cap = { .name = (char *)"db2", .products = { products, 1 }, .units = 100 }, *old = f.conf->licenses;
	size_t		   n = f.conf->nlicenses;
	json_t		  *image, *row;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	for (int i = 0; i < 2; i++) {
		image = json_pack("{s:s s:s s:s s:i s:s s:s s:s}", "name", "db", "platform", i == 0 ? "power1" : "power2", "file", "/x", "size", 10, "os",
		    "linux", "first_boot", "none", "product", "db2-11");
		cr_assert_eq(store_image_put(f.st, image, &f.e), 0, "%s", f.e.msg);
		json_decref(image);
	}
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	f.conf->licenses = &cap;
	f.conf->nlicenses = 1;
	cr_expect_str_eq(create("a", ",\"image\":\"db\""), "power1");
	cr_expect_str_eq(create("b", ",\"image\":\"db\""), "power2");
	row = director_fixture_ask(&f, "admin", "create-vm",
	    "{\"name\":\"c\",\"disks\":[{\"size\":64}],\"memory\":{\"desired\":1024},\"units\":{\"desired\":50},\"image\":\"db\"}");
	cr_expect_str_eq(field_text(row, "code"), "NO_CAPACITY");
	cr_expect_not_null(strstr(field_text(row, "message"), "license db2 allows 1.00 processing units: 1.00 used, 0.50 asked for"), "%s",
	    field_text(row, "message"));
	cr_expect_not_null(json_object_get(json_object_get(row, "value"), "placement"), "why has something to show");
	cr_expect_str_eq(create("d", ""), "power1", "another image is not covered");
	f.conf->licenses = old;
	f.conf->nlicenses = n;
	json_decref(row);
}
