/* SPDX-License-Identifier: ISC */
/*
 * test_vm_spec.c - from what a tenant asks for to the numbers of a partition.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/vm/vm_spec.h"

static json_t *
platform(void)
{
	return json_pack("{s:s, s:[s,s], s:{s:i,s:i,s:s,s:[{s:s,s:i,s:s},{s:s,s:i,s:s},{s:s,s:i,s:s}]}}", "name", "power1", "pools", "datavg", "fpool",
	    "facts", "region_size", 64, "memory", 32768, "units", "8.00", "pools", "name", "rootvg", "size", 100000, "kind", "LVPOOL", "name",
	    "datavg", "size", 100000, "kind", "LVPOOL", "name", "fpool", "size", 50000, "kind", "FBPOOL");
}

static json_t *
make(const char *args_text, int with_image, struct pd_amounts *am, struct pd_err *e)
{
	json_t *args = json_loads(args_text, 0, NULL), *p = platform(), *spec = NULL;
	json_t *image = with_image ? json_pack("{s:s,s:s,s:i,s:s,s:s}", "name", "rhel6", "file", "/i", "size", 4096, "os", "linux", "first_boot", "agent") : NULL;

	memset(e, 0, sizeof(*e));
	cr_assert_not_null(args, "%s", args_text);
	if (vm_spec_make(args, "pd01234567", p, image, &spec, am, e) == -1)
		cr_expect_null(spec);
	json_decref(args);
	json_decref(p);
	json_decref(image);
	return spec;
}

static void
refused(const char *args, int with_image, enum pd_code code, const char *text)
{
	struct pd_amounts am;
	struct pd_err	  e;
	json_t		 *spec = make(args, with_image, &am, &e);

	cr_expect_null(spec, "accepted: %s", args);
	cr_expect_eq(e.code, code, "%s", e.msg);
	cr_expect_not_null(strstr(e.msg, text), "'%s' instead of '%s'", e.msg, text);
	json_decref(spec);
}

static void
expect(const json_t *spec, const char *json)
{
	json_t	   *want = json_loads(json, 0, NULL), *v;
	const char *key;

	cr_assert_not_null(want, "%s", json);
	cr_assert_not_null(spec);
	json_object_foreach(want, key, v) {
		char *text = json_dumps(json_object_get(spec, key), JSON_ENCODE_ANY | JSON_COMPACT);

		cr_expect(json_equal(v, json_object_get(spec, key)), "%s is %s", key, text == NULL ? "absent" : text);
		free(text);
	}
	json_decref(want);
}

Test(vm_spec, defaults)
{
	struct pd_amounts am;
	struct pd_err	  e;
	json_t		 *s = make("{\"name\":\"web_1\",\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":20,\"dns\":[\"10.0.0.1\"]}]}", 1, &am, &e);

	expect(s, "{\"name\":\"web_1\",\"tag\":\"pd01234567\",\"hostname\":\"web-1\",\"mode\":\"shared\",\"sharing\":\"uncap\",\"weight\":128,"
	    "\"units_min\":\"0.10\",\"units\":\"0.50\",\"units_max\":\"1.00\",\"procs_min\":1,\"procs\":1,\"procs_max\":2,"
	    "\"memory_min\":256,\"memory\":1024,\"memory_max\":2048,\"max_slots\":20,\"start\":true,\"configure\":true,\"wait_configured\":true,"
	    "\"disks\":[{\"index\":0,\"size\":4096,\"pool\":\"datavg\",\"kind\":\"lv\",\"bd\":\"pd01234567_0\"}],"
	    "\"pools\":[{\"pool\":\"datavg\",\"size\":4096}],"
	    "\"networks\":[{\"index\":0,\"slot\":15,\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":20,\"mask\":\"255.255.240.0\",\"dns1\":\"10.0.0.1\"}]}");
	cr_expect_eq(am.vms, 1);
	cr_expect_eq(am.units, 50);
	cr_expect_eq(am.procs, 1);
	cr_expect_eq(am.memory, 1024);
	cr_expect_eq(am.disk, 4096);
	json_decref(s);
}

Test(vm_spec, what_is_asked_for_is_taken)
{
	struct pd_amounts am;
	struct pd_err	  e;
	json_t		 *s = make("{\"name\":\"a\",\"units\":{\"min\":20,\"desired\":150,\"max\":400},\"procs\":{\"min\":2,\"desired\":3,\"max\":4},\"capped\":true,"
		"\"memory\":{\"min\":512,\"desired\":4096,\"max\":8192},\"disks\":[{\"size\":10},{\"size\":20,\"pool\":\"fpool\"},{\"size\":5}],\"no_start\":true}", 0, &am, &e);

	expect(s, "{\"sharing\":\"cap\",\"units_min\":\"0.20\",\"units\":\"1.50\",\"units_max\":\"4.00\",\"procs_min\":2,\"procs\":3,\"procs_max\":4,"
	    "\"memory_min\":512,\"memory\":4096,\"memory_max\":8192,\"start\":false,\"configure\":false,\"wait_configured\":false,"
	    "\"pools\":[{\"pool\":\"datavg\",\"size\":15},{\"pool\":\"fpool\",\"size\":20}]}");
	cr_expect_null(json_object_get(s, "weight"));
	cr_expect_eq(am.disk, 35);
	json_decref(s);
	s = make("{\"name\":\"a\",\"dedicated\":true,\"procs\":{\"desired\":2},\"disks\":[{\"size\":10}]}", 0, &am, &e);
	expect(s, "{\"mode\":\"ded\",\"sharing\":\"keep_idle_procs\",\"procs_min\":1,\"procs\":2,\"procs_max\":4}");
	cr_expect_null(json_object_get(s, "units"));
	cr_expect_eq(am.units, 200);
	json_decref(s);
}

Test(vm_spec, every_default_is_legal)
{
	for (int units = 5; units <= 3200; units += 5) {
		struct pd_amounts am;
		struct pd_err	  e;
		char		  args[120];
		json_t		 *s;

		snprintf(args, sizeof(args), "{\"name\":\"a\",\"units\":{\"desired\":%d},\"disks\":[{\"size\":1}]}", units);
		s = make(args, 0, &am, &e);
		cr_expect_eq(s != NULL, units >= 10, "%d: %s", units, e.msg);
		json_decref(s);
	}
}

Test(vm_spec, what_cannot_be_built_is_refused)
{
	refused("{\"name\":\"a\"}", 0, PD_USAGE, "needs a --disk");
	refused("{\"name\":\"a\",\"memory\":{\"desired\":1000},\"disks\":[{\"size\":1}]}", 0, PD_BADDATA, "the next is 1024M");
	refused("{\"name\":\"a\",\"memory\":{\"min\":2048,\"desired\":1024},\"disks\":[{\"size\":1}]}", 0, PD_BADDATA, "ascending");
	refused("{\"name\":\"a\",\"units\":{\"desired\":50},\"procs\":{\"desired\":6},\"disks\":[{\"size\":1}]}", 0, PD_BADDATA, "each needs 0.10");
	refused("{\"name\":\"a\",\"units\":{\"desired\":250},\"procs\":{\"desired\":2},\"disks\":[{\"size\":1}]}", 0, PD_BADDATA, "more than 2 virtual processors");
	refused("{\"name\":\"a\",\"units\":{\"min\":60,\"desired\":50},\"disks\":[{\"size\":1}]}", 0, PD_BADDATA, "ascending");
	refused("{\"name\":\"a\",\"disks\":[{\"size\":4095}]}", 1, PD_BADDATA, "needs 4096M");
	refused("{\"name\":\"a\",\"disks\":[{\"size\":10,\"pool\":\"rootvg\"}]}", 0, PD_NOTFOUND, "no storage pool 'rootvg'");
	refused("{\"name\":\"a\",\"disks\":[{\"size\":10,\"pool\":\"nosuch\"}]}", 0, PD_NOTFOUND, "no storage pool 'nosuch'");
	refused("{\"name\":\"a\",\"dedicated\":true,\"units\":{\"desired\":50},\"disks\":[{\"size\":1}]}", 0, PD_USAGE, "--procs");
	refused("{\"name\":\"a\",\"dedicated\":true,\"capped\":true,\"disks\":[{\"size\":1}]}", 0, PD_USAGE, "--dedicated");
	refused("{\"name\":\"a\",\"capped\":true,\"weight\":5,\"disks\":[{\"size\":1}]}", 0, PD_USAGE, "--weight");
	refused("{\"name\":\"a\",\"networks\":[{\"vlan\":1,\"ip\":\"10.0.0.1\",\"prefix\":8},{\"vlan\":2,\"ip\":\"10.0.0.1\",\"prefix\":8}]}", 1, PD_BADDATA, "two adapters");
	refused("{\"name\":\"a\",\"networks\":[{\"vlan\":1,\"ip\":\"10.0.0.1\"}]}", 1, PD_BADDATA, "10.0.0.1/24");
	refused("{\"name\":\"a\",\"networks\":[{\"name\":\"x\"}]}", 1, PD_BADDATA, "no VLAN");
	refused("{\"name\":\"a\",\"until\":\"configured\",\"disks\":[{\"size\":1}]}", 0, PD_USAGE, "configures itself");
	refused("{\"name\":\"a\",\"until\":\"running\",\"no_start\":true}", 1, PD_USAGE, "exclude");
	refused("{\"name\":\"a-\"}", 1, PD_USAGE, "--hostname");
}
