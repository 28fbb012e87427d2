/* SPDX-License-Identifier: ISC */
/*
 * test_slot_rules.c - partition ids and slots by rule: the first that nobody has, or is to have.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "spool/admit/slot_rules.h"
#include "tests/unit/fixture_store.h"

static struct fixture f;
static char name[] = "hmc1";
static size_t nfc;	/* so many Fibre Channel adapters chosen() asks for */

static void
set_up(void)
{
	fixture_open(&f);
	nfc = 0;
	fixture_put_platform(&f, "hmc1");
}

static void
tear_down(void)
{
	fixture_close(&f);
}

TestSuite(slot_rules, .init = set_up, .fini = tear_down);

static const struct pd_platform_rules rules = { name, 1, { 20, 5 }, { 100, 2 }, 1, { 4, 2 } };

/* A VM on the system p9b, half made or not. */
static void
put_vm(const char *vm_name, int64_t lpar_id, const char *spec)
{
	json_t *vm = fixture_vm(vm_name, "alice", "blue", "");

	(void)json_object_update_new(vm, json_pack("{s:s s:s s:I s:o}", "platform", "hmc1", "system", "p9b", "lpar_id", (json_int_t)lpar_id, "spec",
	    json_loads(spec, 0, NULL)));
	fixture_put_vm(&f, vm);
}

/* "20 4/100 6/101", the slots of Fibre Channel adapters behind it as " fc 102", or the error's code. */
static const char *
chosen(const struct pd_platform_rules *r, const char *facts, char out[200])
{
	struct pd_err e = { 0 };
	json_t	     *system = json_pack("{s:s s:s s:o}", "name", "p9b", "platform", "hmc1", "facts", json_loads(facts, 0, NULL)), *path;
	json_t	     *spec = json_loads("{\"paths\":[{\"index\":0,\"id\":1,\"name\":\"v1\",\"client_slot\":2},"
					"{\"index\":1,\"id\":2,\"name\":\"v2\",\"client_slot\":3}]}", 0, NULL);
	size_t	      i;

	(void)json_object_set_new(spec, "fc", json_array());
	for (i = 0; i < nfc; i++)
		(void)json_array_append_new(json_object_get(spec, "fc"), json_pack("{s:i s:i s:s s:i}", "index", (int)i, "id", (int)i + 1, "name", "v",
		    "client_slot", 10 + (int)i));
	if (slot_rules_apply(r, f.st, system, spec, &e) == -1) {
		(void)snprintf(out, 200, "%s", code_word(e.code));
	} else {
		(void)snprintf(out, 200, "%lld", (long long)json_integer_value(json_object_get(spec, "new_id")));
		json_array_foreach(json_object_get(spec, "paths"), i, path)
			(void)snprintf(out + strlen(out), 200 - strlen(out), " %lld/%lld", (long long)json_integer_value(json_object_get(path, "client_slot")),
			    (long long)json_integer_value(json_object_get(path, "wanted_slot")));
		json_array_foreach(json_object_get(spec, "fc"), i, path)
			(void)snprintf(out + strlen(out), 200 - strlen(out), " fc %lld", (long long)json_integer_value(json_object_get(path, "wanted_slot")));
	}
	json_decref(system);
	json_decref(spec);
	return out;
}

#define VIOSES "\"vioses\":[{\"id\":2,\"slots\":[{\"slot\":101}]},{\"id\":1,\"slots\":[]}]"

Test(slot_rules, each_vios_has_its_own_parity_and_what_is_in_use_is_passed_over)
{
	char out[200];

	cr_expect_str_eq(chosen(&rules, "{" VIOSES ",\"lpar_ids\":[1,2,20]}", out), "25 4/100 6/103", "%s", out);
}

Test(slot_rules, what_a_vm_is_to_have_is_nobody_elses)
{
	char out[200];

	put_vm("a", 0, "{\"new_id\":20,\"paths\":[{\"id\":1,\"wanted_slot\":100},{\"id\":2,\"wanted_slot\":103}]}");
	put_vm("b", 25, "{\"paths\":[{\"id\":1,\"slot\":102}]}");
	cr_expect_str_eq(chosen(&rules, "{" VIOSES "}", out), "30 4/104 6/105", "%s", out);
}

Test(slot_rules, fibre_channel_has_slots_of_the_same_row_and_none_twice)
{
	char out[200];

	nfc = 2;
	cr_expect_str_eq(chosen(&rules, "{" VIOSES "}", out), "20 4/100 6/103 fc 102 fc 105", "%s", out);
	put_vm("a", 20, "{\"fc\":[{\"id\":1,\"wanted_slot\":102},{\"id\":2,\"slot\":103}]}");
	cr_expect_str_eq(chosen(&rules, "{" VIOSES "}", out), "25 4/100 6/105 fc 104 fc 107", "%s", out);
}

Test(slot_rules, fibre_channel_of_a_vm_makes_room_for_its_disks)
{
	static const struct pd_platform_rules high = { name, 1, { 20, 5 }, { 0, 1 }, 0, { 11, 2 } };
	json_t *system = json_pack("{s:s s:s s:{}}", "name", "p9b", "platform", "hmc1", "facts");
	json_t *spec = json_loads("{\"paths\":[{\"index\":0,\"id\":1},{\"index\":1,\"id\":2}],\"fc\":[{\"id\":1,\"client_slot\":10},"
				  "{\"id\":2,\"client_slot\":11},{\"id\":3,\"client_slot\":12},{\"id\":4,\"client_slot\":13}]}", 0, NULL);
	static const int want[] = { 10, 14, 12, 9 };	/* 11 and 13 are its disks' */
	struct pd_err	 e = { 0 };

	cr_assert_eq(slot_rules_apply(&high, f.st, system, spec, &e), 0, "%s", e.msg);
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(json_integer_value(json_object_get(json_array_get(json_object_get(spec, "fc"), i), "client_slot")), want[i]);
	json_decref(system);
	json_decref(spec);
}

Test(slot_rules, an_id_of_a_vios_is_never_given_away)
{
	static const struct pd_platform_rules low = { name, 1, { 2, 1 }, { 0, 1 }, 0, { 0, 1 } };
	char				      out[200];

	cr_expect_str_eq(chosen(&low, "{" VIOSES "}", out), "3 2/0 3/0", "%s", out);
}

Test(slot_rules, without_rules_the_console_chooses)
{
	char out[200];

	cr_expect_str_eq(chosen(NULL, "{" VIOSES "}", out), "0 2/0 3/0", "%s", out);
}

Test(slot_rules, there_may_be_none_left)
{
	static const struct pd_platform_rules end = { name, 1, { 65535, 1 }, { 0, 1 }, 0, { 0, 1 } };
	char				      out[200];

	cr_expect_str_eq(chosen(&end, "{" VIOSES ",\"lpar_ids\":[65535]}", out), "NO_CAPACITY", "%s", out);
}
