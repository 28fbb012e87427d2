/* SPDX-License-Identifier: ISC */
/*
 * test_vm_change.c - from what a VM has and what is asked for to what it has then.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "handlers/vm/vm_change.h"

#define SHARED                                                                                                                            \
	"{\"mode\":\"shared\",\"sharing\":\"uncap\",\"weight\":128,\"units_min\":\"0.10\",\"units\":\"0.50\",\"units_max\":\"1.00\",\"procs_min\":1," \
	"\"procs\":1,\"procs_max\":2,\"memory_min\":256,\"memory\":1024,\"memory_max\":2048,\"disks\":[{\"size\":4096},{\"size\":1024}]}"
#define CAPPED                                                                                                                             \
	"{\"mode\":\"shared\",\"sharing\":\"cap\",\"units_min\":\"0.10\",\"units\":\"0.50\",\"units_max\":\"1.00\",\"procs_min\":1,\"procs\":1," \
	"\"procs_max\":2,\"memory_min\":256,\"memory\":1024,\"memory_max\":2048}"
#define DEDICATED                                                                                                                           \
	"{\"mode\":\"ded\",\"sharing\":\"keep_idle_procs\",\"procs_min\":1,\"procs\":2,\"procs_max\":4,\"memory_min\":256,\"memory\":1024,"      \
	"\"memory_max\":2048}"

/* The change as a JSON text to compare with; NULL and *e when it is refused. */
static json_t *
change(const char *spec_text, const char *args_text, struct pd_err *e)
{
	json_t *spec = json_loads(spec_text, 0, NULL), *args = json_loads(args_text, 0, NULL), *made = NULL;
	json_t *platform = json_pack("{s:{s:i s:i s:s}}", "facts", "region_size", 64, "memory", 32768, "units", "8.00");

	memset(e, 0, sizeof(*e));
	cr_assert(spec != NULL && args != NULL, "%s %s", spec_text, args_text);
	if (vm_change_sizes(spec, args, platform, &made, e) == -1)
		cr_expect_null(made);
	json_decref(spec);
	json_decref(args);
	json_decref(platform);
	return made;
}

static void
gives(const char *spec, const char *args, const char *expected)
{
	struct pd_err e;
	json_t	     *made = change(spec, args, &e), *want = json_loads(expected, 0, NULL), *v;
	const char   *key;

	cr_assert_not_null(made, "%s: %s", args, e.msg);
	json_object_foreach(want, key, v) {
		char *text = json_dumps(json_object_get(made, key), JSON_ENCODE_ANY);

		cr_expect(json_equal(v, json_object_get(made, key)), "%s: %s is %s", args, key, text != NULL ? text : "absent");
		free(text);
	}
	json_decref(made);
	json_decref(want);
}

static void
refused(const char *spec, const char *args, enum pd_code code, const char *text)
{
	struct pd_err e;
	json_t	     *made = change(spec, args, &e);

	cr_expect_null(made, "accepted: %s", args);
	cr_expect_eq(e.code, code, "%s: %s", args, e.msg);
	cr_expect_not_null(strstr(e.msg, text), "'%s' instead of '%s'", e.msg, text);
	json_decref(made);
}

Test(vm_change, what_is_not_asked_for_stays)
{
	gives(SHARED, "{\"memory\":{\"desired\":2048}}", "{\"memory_min\":256,\"memory\":2048,\"memory_max\":2048,\"memory_more\":1024,"
	    "\"units_min\":\"0.10\",\"units\":\"0.50\",\"units_max\":\"1.00\",\"procs_min\":1,\"procs\":1,\"procs_max\":2,\"weight\":128,"
	    "\"sharing\":\"uncap\",\"units_more\":\"0.00\",\"other_memory\":true,\"other_processors\":false}");
	gives(SHARED, "{\"weight\":0}", "{\"weight\":0,\"memory\":1024,\"other_memory\":false,\"other_processors\":false}");
	gives(DEDICATED, "{\"memory\":{\"desired\":512}}", "{\"mode\":\"ded\",\"sharing\":\"keep_idle_procs\",\"procs\":2,\"procs_max\":4,\"memory\":512,\"memory_more\":0}");
}

Test(vm_change, a_bound_moves_only_when_it_has_to)
{
	gives(SHARED, "{\"memory\":{\"desired\":2112}}", "{\"memory_min\":256,\"memory\":2112,\"memory_max\":4224}");
	gives(SHARED, "{\"memory\":{\"desired\":128}}", "{\"memory_min\":128,\"memory\":128,\"memory_max\":2048}");
	gives(SHARED, "{\"units\":{\"desired\":100}}", "{\"units_min\":\"0.10\",\"units\":\"1.00\",\"units_max\":\"1.00\",\"procs_max\":2,\"units_more\":\"0.50\"}");
	refused(SHARED, "{\"memory\":{\"min\":256,\"desired\":2112,\"max\":2048}}", PD_BADDATA, "ascending order");
}

Test(vm_change, virtual_processors_follow_units_that_are_too_many_for_them)
{
	gives(SHARED, "{\"units\":{\"desired\":180}}", "{\"units\":\"1.80\",\"procs\":2,\"procs_max\":2}");
	refused(SHARED, "{\"units\":{\"desired\":180},\"procs\":{\"desired\":1}}", PD_BADDATA, "more than 1 virtual processor can use");
	refused(SHARED, "{\"procs\":{\"desired\":6}}", PD_BADDATA, "too few for 6");
}

Test(vm_change, sharing_goes_both_ways)
{
	gives(SHARED, "{\"capped\":true}", "{\"sharing\":\"cap\",\"other_processors\":false}");
	gives(CAPPED, "{\"uncapped\":true,\"weight\":9}", "{\"sharing\":\"uncap\",\"weight\":9}");
	gives(CAPPED, "{\"uncapped\":true}", "{\"sharing\":\"uncap\",\"weight\":128}");
	gives(CAPPED, "{\"memory\":{\"desired\":512}}", "{\"sharing\":\"cap\"}");
	refused(CAPPED, "{\"weight\":9}", PD_USAGE, "a capped VM has no weight");
	refused(SHARED, "{\"capped\":true,\"weight\":9}", PD_USAGE, "--weight goes with uncapped");
	refused(SHARED, "{\"capped\":true,\"uncapped\":true}", PD_USAGE, "exclude each other");
	refused(DEDICATED, "{\"uncapped\":true}", PD_USAGE, "not with --dedicated");
	refused(DEDICATED, "{\"units\":{\"desired\":50}}", PD_USAGE, "--cpu goes with shared");
}

Test(vm_change, amounts_are_those_of_the_specification)
{
	struct pd_amounts a;
	json_t		 *spec = json_loads(SHARED, 0, NULL), *kept = json_loads("[{\"size\":512}]", 0, NULL);

	vm_change_amounts(spec, kept, &a);
	cr_expect_eq(a.units, 50);
	cr_expect_eq(a.procs, 1);
	cr_expect_eq(a.memory, 1024);
	cr_expect_eq(a.disk, 4096 + 1024 + 512, "a disk that is kept without being attached is counted");
	json_decref(spec);
	spec = json_loads(DEDICATED, 0, NULL);
	vm_change_amounts(spec, NULL, &a);
	cr_expect_eq(a.units, 200, "a processor of its own is 1.00");
	json_decref(spec);
	json_decref(kept);
}
