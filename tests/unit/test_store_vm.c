/* SPDX-License-Identifier: ISC */
/*
 * test_store_vm.c - VMs, usage, addresses, platforms and images in the store.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "tests/unit/fixture_store.h"

static struct fixture f;

static void
set_up(void)
{
	fixture_open(&f);
	fixture_put_platform(&f, "power1");
	fixture_put_platform(&f, "power2");
}

static void
tear_down(void)
{
	fixture_close(&f);
}

TestSuite(store_vm, .init = set_up, .fini = tear_down);

/* Does one change in a transaction; the reference to row is taken. */
static int
change(int (*put)(struct store *, const json_t *, struct pd_err *), json_t *row)
{
	int rv;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	rv = put(f.st, row, &f.e);
	json_decref(row);
	if (rv == 0)
		return store_commit(f.st, &f.e);
	store_rollback(f.st);
	return -1;
}

static int
remove_by(int (*rm)(struct store *, const char *, struct pd_err *), const char *name)
{
	int rv;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	rv = rm(f.st, name, &f.e);
	if (rv == 0)
		return store_commit(f.st, &f.e);
	store_rollback(f.st);
	return -1;
}

Test(store_vm, a_vm_comes_back_as_it_was_put)
{
	json_t *vm = fixture_vm("web1", "alice", "blue", "10.0.10.5"), *back = NULL;

	(void)json_object_set_new(vm, "job", json_string("J"));
	(void)json_object_set_new(vm, "lpar_id", json_integer(7));
	(void)json_object_set_new(vm, "objects", json_pack("{s:[s]}", "disks", "x"));
	(void)json_object_update_new(vm, json_pack("{s:I s:I s:I s:i}", "lease_ms", (json_int_t)1800000000001, "lease_due_ms",
	    (json_int_t)1800000000002, "lease_ended_ms", (json_int_t)1800000000003, "lease_tries", 4));
	cr_assert_eq(change(store_vm_put, json_incref(vm)), 0, "%s", f.e.msg);
	cr_assert_eq(store_vm_get(f.st, "web1", &back, &f.e), 0);
	cr_assert(json_equal(vm, back), "%s", json_dumps(back, 0));
	json_decref(vm);
	json_decref(back);
}

Test(store_vm, put_replaces)
{
	json_t *vm = fixture_vm("web1", "alice", "blue", NULL), *back = NULL;

	cr_assert_eq(change(store_vm_put, json_incref(vm)), 0, "%s", f.e.msg);
	(void)json_object_set_new(vm, "state", json_string("stopped"));
	cr_assert_eq(change(store_vm_put, vm), 0);
	cr_assert_eq(store_vm_get(f.st, "web1", &back, &f.e), 0);
	cr_assert_str_eq(field_text(back, "state"), "stopped");
	json_decref(back);
}

Test(store_vm, set_changes_some_keys_of_a_vm_that_is_there)
{
	json_t *set = json_pack("{s:s s:i}", "state", "stopped", "state_ms", 9), *back = NULL,
	    *bad = json_pack("{s:{}}", "spec");

	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", "10.0.10.5"));
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_set(f.st, "web1", set, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_vm_set(f.st, "web2", set, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
	cr_assert_eq(store_vm_set(f.st, "web1", bad, &f.e), -1);
	cr_assert_eq(f.e.code, PD_BUG);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	cr_assert_eq(store_vm_get(f.st, "web1", &back, &f.e), 0);
	cr_assert_str_eq(field_text(back, "state"), "stopped");
	cr_assert_eq(field_number(back, "memory"), 4096);
	json_decref(back);
	json_decref(set);
	json_decref(bad);
}

Test(store_vm, an_unknown_vm_is_not_found)
{
	json_t *vm = NULL;

	cr_assert_eq(store_vm_get(f.st, "none", &vm, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
	cr_assert_null(vm);
	cr_assert_eq(remove_by(store_vm_remove, "none"), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(store_vm, a_vm_on_an_unknown_platform_is_our_bug)
{
	json_t *vm = fixture_vm("web1", "alice", "blue", NULL);

	(void)json_object_set_new(vm, "platform", json_string("none"));
	cr_assert_eq(change(store_vm_put, vm), -1);
	cr_assert_eq(f.e.code, PD_BUG, "%s", f.e.msg);
}

/* "web1 4096 [10.0.10.5] " */
static int
note_brief(void *arg, const struct vm_brief *vm, struct pd_err *e)
{
	char  *text = arg;
	size_t len = strlen(text);

	(void)e;
	(void)snprintf(text + len, 512 - len, "%s %s/%s %d %s%s ", vm->name, vm->tenant, vm->owner, (int)vm->memory, vm->console_name, vm->addresses);
	return strcmp(vm->name, "stop") == 0 ? pd_fail(e, PD_BUSY, "stopped") : 0;
}

static const char *
brief_list(const char *tenant)
{
	static char text[512];

	text[0] = '\0';
	cr_assert_eq(store_vm_each_brief(f.st, tenant, NULL, NULL, note_brief, text, &f.e), 0, "%s", f.e.msg);
	return text;
}

Test(store_vm, a_brief_list_has_what_a_list_shows_and_the_addresses_that_the_vm_has)
{
	json_t *vm = fixture_vm("web1", "alice", "blue", "10.0.10.5"), *more = fixture_vm("web2", "alice", "blue", NULL);
	char	one[512] = "";

	(void)json_array_append_new(json_object_get(json_object_get(vm, "spec"), "networks"),
	    json_pack("{s:i s:i s:s s:b}", "index", 1, "vlan", 20, "ip", "10.0.20.5", "adding", 1));
	fixture_put_vm(&f, vm);
	(void)json_object_set_new(more, "memory", json_integer(8192));
	(void)json_object_set_new(more, "console_name", json_string("WEB2"));
	fixture_put_vm(&f, more);
	fixture_put_vm(&f, fixture_vm("web3", "bob", "red", "10.0.10.6"));
	cr_expect_str_eq(brief_list("blue"), "web1 blue/alice 4096 [\"10.0.10.5\"] web2 blue/alice 8192 WEB2[] ", "one that a job is adding is not there yet");
	cr_expect_str_eq(brief_list("red"), "web3 red/bob 4096 [\"10.0.10.6\"] ");
	cr_assert_eq(store_vm_brief(f.st, "web2", note_brief, one, &f.e), 0, "%s", f.e.msg);
	cr_expect_str_eq(one, "web2 blue/alice 8192 WEB2[] ");
	cr_assert_eq(store_vm_brief(f.st, "web9", note_brief, one, &f.e), -1);
	cr_expect_eq(f.e.code, PD_NOTFOUND);
}

Test(store_vm, addresses_follow_the_specification_and_nothing_else_changes_them)
{
	json_t *vm = fixture_vm("web1", "alice", "blue", "10.0.10.5"), *set = json_pack("{s:s}", "state", "stopped");
	int	rv;

	fixture_put_vm(&f, json_incref(vm));
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	rv = store_vm_set(f.st, "web1", set, &f.e);
	cr_assert_eq(rv == 0 ? store_commit(f.st, &f.e) : rv, 0, "%s", f.e.msg);
	cr_expect_str_eq(brief_list(NULL), "web1 blue/alice 4096 [\"10.0.10.5\"] ");
	(void)json_array_append_new(json_object_get(json_object_get(vm, "spec"), "networks"), json_pack("{s:i s:s}", "vlan", 20, "ip", "10.0.20.5"));
	fixture_put_vm(&f, json_incref(vm));
	cr_expect_str_eq(brief_list(NULL), "web1 blue/alice 4096 [\"10.0.10.5\",\"10.0.20.5\"] ");
	(void)json_object_del(json_object_get(vm, "spec"), "networks");
	fixture_put_vm(&f, vm);
	cr_expect_str_eq(brief_list(NULL), "web1 blue/alice 4096 [] ");
	json_decref(set);
}

Test(store_vm, a_brief_list_ends_where_its_reader_says)
{
	char text[512] = "";

	fixture_put_vm(&f, fixture_vm("a", "alice", "blue", NULL));
	fixture_put_vm(&f, fixture_vm("stop", "alice", "blue", NULL));
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	cr_assert_eq(store_vm_each_brief(f.st, NULL, NULL, NULL, note_brief, text, &f.e), -1);
	cr_expect_eq(f.e.code, PD_BUSY);
	cr_expect_str_eq(text, "a blue/alice 4096 [] stop blue/alice 4096 [] ");
}

Test(store_vm, a_job_works_on_a_system_only_where_its_console_has_several)
{
	struct store_place place;
	json_t		  *hmc = NULL, *vm = fixture_vm("web2", "alice", "blue", NULL);

	cr_assert_eq(store_platform_get(f.st, "power1", &hmc, &f.e), 0);
	(void)json_object_update_new(hmc, json_pack("{s:s s:s}", "name", "hmc1", "kind", "hmc"));
	cr_assert_eq(change(store_platform_put, hmc), 0, "%s", f.e.msg);
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	(void)json_object_update_new(vm, json_pack("{s:s s:s}", "platform", "hmc1", "system", "p9a"));
	cr_assert_eq(change(store_system_put, json_pack("{s:s s:s}", "name", "p9a", "platform", "hmc1")), 0, "%s", f.e.msg);
	fixture_put_vm(&f, vm);

	cr_assert_eq(store_place_get(f.st, "hmc1", "web2", &place, &f.e), 0, "%s", f.e.msg);
	cr_expect(place.is_hmc);
	cr_expect_str_eq(place.system, "p9a");
	cr_assert_eq(store_place_get(f.st, "hmc1", "", &place, &f.e), 0);
	cr_expect(place.is_hmc && place.system[0] == '\0', "of no VM");
	cr_assert_eq(store_place_get(f.st, "power1", "web1", &place, &f.e), 0);
	cr_expect(!place.is_hmc && place.system[0] == '\0', "an IVM has one");
	cr_assert_eq(store_place_get(f.st, "none", "web1", &place, &f.e), 0);
	cr_expect(!place.is_hmc);
}

static size_t
how_many(const char *tenant, const char *owner, const char *platform)
{
	json_t *rows = NULL;
	size_t	n;

	cr_assert_eq(store_vm_list(f.st, tenant, owner, platform, &rows, &f.e), 0, "%s", f.e.msg);
	n = json_array_size(rows);
	json_decref(rows);
	return n;
}

Test(store_vm, lists_filter_by_tenant_owner_and_platform)
{
	json_t *vm = fixture_vm("db1", "bob", "red", NULL);
	int64_t n;

	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	fixture_put_vm(&f, fixture_vm("web2", "carol", "blue", NULL));
	(void)json_object_set_new(vm, "platform", json_string("power2"));
	fixture_put_vm(&f, vm);
	cr_expect_eq(how_many(NULL, NULL, NULL), 3);
	cr_expect_eq(how_many("blue", NULL, NULL), 2);
	cr_expect_eq(how_many("blue", "carol", NULL), 1);
	cr_expect_eq(how_many("red", "carol", NULL), 0);
	cr_expect_eq(how_many("blue", NULL, "power2"), 0);
	cr_expect_eq(how_many(NULL, NULL, "power2"), 1);
	cr_expect_eq(how_many("none", NULL, NULL), 0);
	cr_expect(store_vm_count(f.st, "power1", &n, &f.e) == 0 && n == 2);
}

Test(store_vm, P11_usage_is_the_sum_of_the_vms_being_created_included)
{
	json_t		 *vm = fixture_vm("web2", "carol", "blue", NULL);
	struct pd_amounts used;

	(void)json_object_set_new(vm, "state", json_string("creating"));
	(void)json_object_set_new(vm, "units", json_integer(125));
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	fixture_put_vm(&f, vm);
	fixture_put_vm(&f, fixture_vm("db1", "bob", "red", NULL));
	cr_assert_eq(store_usage(f.st, "blue", NULL, &used, &f.e), 0, "%s", f.e.msg);
	cr_expect(used.vms == 2 && used.units == 175 && used.procs == 2 && used.memory == 8192 &&
	    used.disk == 40960);
	cr_assert_eq(store_usage(f.st, "blue", "carol", &used, &f.e), 0);
	cr_expect(used.vms == 1 && used.units == 125);
	cr_assert_eq(store_usage(f.st, "blue", "bob", &used, &f.e), 0);
	cr_expect(used.vms == 0 && used.units == 0 && used.procs == 0 && used.memory == 0 &&
	    used.disk == 0);
}

Test(store_vm, an_address_has_one_owner_per_vlan)
{
	json_t *vm = fixture_vm("web2", "bob", "red", "10.0.10.5");

	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", "10.0.10.5"));
	cr_expect_eq(store_address_free(f.st, 10, "10.0.10.5", &f.e), -1);
	cr_expect_eq(f.e.code, PD_CONFLICT);
	cr_expect_null(strstr(f.e.msg, "web1"), "names nobody: %s", f.e.msg);
	cr_expect_eq(store_address_free(f.st, 11, "10.0.10.5", &f.e), 0);
	cr_expect_eq(store_address_free(f.st, 10, "10.0.10.6", &f.e), 0);
	cr_expect_eq(store_address_free(f.st, 10, "10.0.10", &f.e), -1);
	cr_expect_eq(f.e.code, PD_BADDATA);
	cr_assert_eq(change(store_vm_put, json_incref(vm)), -1);
	cr_assert_eq(f.e.code, PD_CONFLICT);
	cr_assert_not_null(strstr(f.e.msg, "10.0.10.5 on VLAN 10"), "%s", f.e.msg);
	cr_assert_eq(how_many(NULL, NULL, NULL), 1, "the row went with its address");
	cr_assert_eq(remove_by(store_vm_remove, "web1"), 0);
	cr_assert_eq(store_address_free(f.st, 10, "10.0.10.5", &f.e), 0,
	    "a removed VM frees its address");
	cr_assert_eq(change(store_vm_put, vm), 0);
}

Test(store_vm, a_put_gives_back_addresses_that_are_not_in_it_any_more)
{
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", "10.0.10.5"));
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", "10.0.10.7"));
	cr_assert_eq(store_address_free(f.st, 10, "10.0.10.5", &f.e), 0);
	cr_assert_eq(store_address_free(f.st, 10, "10.0.10.7", &f.e), -1);
}

Test(store_vm, a_platform_is_put_got_listed_and_replaced)
{
	json_t *p = NULL, *list = NULL;

	cr_assert_eq(store_platform_get(f.st, "power1", &p, &f.e), 0);
	cr_assert_str_eq(field_text(p, "host_key"), "SHA256:x");
	cr_assert_eq(field_number(p, "port"), 22);
	cr_assert_str_eq(json_string_value(json_array_get(json_object_get(p, "pools"), 0)), "rootvg");
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	(void)json_object_set_new(p, "address", json_string("10.0.0.6"));
	cr_assert_eq(change(store_platform_put, p), 0, "%s", f.e.msg);
	cr_assert_eq(how_many(NULL, NULL, "power1"), 1, "replacing a platform keeps its VMs");
	cr_assert_eq(store_platform_list(f.st, &list, &f.e), 0);
	cr_assert_eq(json_array_size(list), 2);
	cr_assert_str_eq(field_text(json_array_get(list, 0), "address"), "10.0.0.6");
	json_decref(list);
	cr_assert_eq(store_platform_get(f.st, "none", &p, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(store_vm, a_platform_with_vms_or_pending_jobs_stays)
{
	json_t *own = fixture_job(2, "admin", "ops", "", "running");

	fixture_put_image(&f, "rhel6", "power1");
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	cr_assert_eq(remove_by(store_platform_remove, "power1"), -1);
	cr_assert_eq(f.e.code, PD_CONFLICT);
	cr_assert_eq(remove_by(store_vm_remove, "web1"), 0);
	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	cr_assert_eq(remove_by(store_platform_remove, "power1"), -1);
	cr_assert_eq(f.e.code, PD_CONFLICT);
	cr_assert_eq(fixture_move(&f, 1, JOB_CANCELLED), 0);
	(void)json_object_set_new(own, "verb", json_string("remove-platform"));
	fixture_add_job(&f, own);
	cr_assert_eq(remove_by(store_platform_remove, "power1"), 0, "%s", f.e.msg);
	cr_assert_eq(remove_by(store_platform_remove, "power1"), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(store_vm, images_go_with_their_platform)
{
	json_t *list = NULL;

	fixture_put_image(&f, "rhel6", "power1");
	fixture_put_image(&f, "rhel6", "power2");
	cr_assert_eq(remove_by(store_platform_remove, "power1"), 0);
	cr_assert_eq(store_image_list(f.st, NULL, &list, &f.e), 0);
	cr_assert_eq(json_array_size(list), 1);
	json_decref(list);
}

static int
remove_rhel6(struct store *st, const char *platform, struct pd_err *e)
{
	return store_image_remove(st, "rhel6", platform[0] != '\0' ? platform : NULL, e);
}

Test(store_vm, an_image_on_several_platforms_needs_the_platform)
{
	json_t *i = NULL, *list = NULL;

	fixture_put_image(&f, "rhel6", "power1");
	cr_assert_eq(store_image_get(f.st, "rhel6", NULL, &i, &f.e), 0);
	cr_assert_str_eq(field_text(i, "file"), "/images/x.img");
	json_decref(i);
	fixture_put_image(&f, "rhel6", "power2");
	cr_assert_eq(store_image_get(f.st, "rhel6", NULL, &i, &f.e), -1);
	cr_assert_eq(f.e.code, PD_USAGE);
	cr_assert_not_null(strstr(f.e.msg, "--platform power1"), "%s", f.e.msg);
	cr_assert_eq(store_image_get(f.st, "rhel6", "power2", &i, &f.e), 0);
	json_decref(i);
	cr_assert_eq(store_image_get(f.st, "rhel6", "none", &i, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
	cr_assert_eq(remove_by(remove_rhel6, ""), -1);
	cr_assert_eq(f.e.code, PD_USAGE);
	cr_assert_eq(remove_by(remove_rhel6, "power2"), 0, "%s", f.e.msg);
	cr_assert_eq(remove_by(remove_rhel6, "power2"), -1);
	cr_assert_eq(store_image_list(f.st, "power1", &list, &f.e), 0);
	cr_assert_eq(json_array_size(list), 1);
	json_decref(list);
}

Test(store_vm, rows_without_their_names_are_our_bug)
{
	cr_expect(change(store_vm_put, json_object()) == -1 && f.e.code == PD_BUG);
	cr_expect(change(store_platform_put, json_object()) == -1 && f.e.code == PD_BUG);
	cr_expect(change(store_image_put, json_object()) == -1 && f.e.code == PD_BUG);
	cr_expect(change(store_vm_put, json_array()) == -1 && f.e.code == PD_BUG);
}
