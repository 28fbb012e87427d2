/* SPDX-License-Identifier: ISC */
/*
 * test_orphans.c - whose is what a console shows with our mark, and what the end of a cleaning releases.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/platforms/orphans.h"
#include "tests/unit/fixture_director.h"

#define CREATE "{\"name\":\"%s\",\"disks\":[{\"size\":1024}]}"
#define LEFT   "{\"left\":[{\"thing\":\"partition %s\",\"as\":\"padmin\",\"command\":\"rmsyscfg -r lpar --id 7\"}]}"

static struct director_fixture f;

static void
set_up(void)
{
	director_fixture_open(&f);
}

static void
tear_down(void)
{
	director_fixture_close(&f);
}

TestSuite(orphans, .init = set_up, .fini = tear_down);

static void
start(const char *id)
{
	json_t *row = NULL;

	cr_assert_eq(effects_start(f.st, id, NULL, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
}

static json_t *
end(const char *id, enum job_state state, json_t *value)
{
	struct ending ending = { .state = state, .err = { .code = state == JOB_DONE ? PD_OK : PD_FAILED }, .value = value };
	json_t	     *row = NULL;

	cr_assert_eq(effects_end(f.st, id, &ending, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(value);
	return row;
}

/* A job of verb on the VM that has come to this end; its row is the caller's. */
static json_t *
job(const char *verb, const char *vm, enum job_state state)
{
	char	args[120], left[200];
	json_t *row, *ended;

	(void)snprintf(args, sizeof(args), strcmp(verb, "create-vm") == 0 ? CREATE : "{\"name\":\"%s\"}", vm);
	(void)snprintf(left, sizeof(left), LEFT, vm);
	row = director_fixture_ask(&f, "alice", verb, args);
	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	start(field_text(row, "id"));
	ended = end(field_text(row, "id"), state, state == JOB_STUCK ? json_loads(left, 0, NULL) : json_object());
	json_decref(row);
	return ended;
}

/* What a console shows of one VM: partition, one disk, its medium. */
static json_t *
found(const char *name, const char *tag)
{
	json_t *all = json_pack("{s:[{s:i s:s s:s s:s}] s:[{s:s s:s s:[{s:s+}]}] s:[{s:s++}] s:[]}", "partitions", "id", 7, "name", name,
		"profile", tag, "state", "Running", "pools", "name", "datavg", "kind", "LVPOOL", "volumes", "name", tag, "_0", "media", "name",
		"config_", tag, ".iso", "sources");

	cr_assert_not_null(all);
	return all;
}

/* The decision of an orphans job on what is found (taken). */
static json_t *
decide(const char *args, json_t *shown, char id[JOB_ID_LEN + 1])
{
	json_t *row = director_fixture_ask(&f, "admin", "orphans", args), *decision = NULL;

	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	(void)snprintf(id, JOB_ID_LEN + 1, "%s", field_text(row, "id"));
	start(id);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(orphans_decide(f.st, row, shown, &decision, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(row);
	json_decref(shown);
	return decision;
}

static size_t
count(const json_t *decision)
{
	static const char *const lists[] = { "partitions", "volumes", "files", "media" };
	size_t			 n = 0;

	for (size_t i = 0; i < 4; i++)
		n += json_array_size(json_object_get(decision, lists[i]));
	return n;
}

static const json_t *
first(const json_t *decision, const char *list)
{
	return json_array_get(json_object_get(decision, list), 0);
}

static void
is_vm(const char *name, const char *state)
{
	json_t *vm = director_fixture_vm(&f, name);

	cr_expect_str_eq(vm != NULL ? field_text(vm, "state") : "none", state, "%s", name);
	json_decref(vm);
}

Test(orphans, what_a_vm_owns_is_never_shown)
{
	json_t *made = job("create-vm", "web1", JOB_DONE), *decision;
	char	id[JOB_ID_LEN + 1];

	decision = decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id);
	cr_expect_eq(count(decision), 0);
	cr_expect_eq(json_array_size(json_object_get(decision, "claims")), 0);
	is_vm("web1", "running");
	json_decref(decision);
	json_decref(made);
}

Test(orphans, what_a_job_under_way_makes_is_never_shown)
{
	json_t *row = director_fixture_ask(&f, "alice", "create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}"), *decision;
	char	id[JOB_ID_LEN + 1];

	start(field_text(row, "id"));
	decision = decide("{\"clean\":true}", found("web1", field_text(row, "tag")), id);
	cr_expect_eq(count(decision), 0);
	json_decref(decision);
	json_decref(row);
}

Test(orphans, what_a_stuck_creation_left_is_ours_and_its_row_is_claimed)
{
	json_t *made = job("create-vm", "web1", JOB_STUCK), *decision;
	char	id[JOB_ID_LEN + 1];

	decision = decide("{}", found("web1", field_text(made, "tag")), id);
	cr_expect_eq(count(decision), 3);
	cr_expect_str_eq(field_text(first(decision, "partitions"), "origin"), "ours");
	cr_expect_str_eq(field_text(first(decision, "volumes"), "job"), field_text(made, "id"));
	cr_expect_str_eq(field_text(first(decision, "volumes"), "pool"), "datavg");
	cr_expect_null(json_object_get(first(decision, "volumes"), "clean"), "only looked at");
	is_vm("web1", "broken");
	json_decref(decision);

	decision = decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id);
	cr_expect(field_is_set(first(decision, "media"), "clean"));
	is_vm("web1", "deleting");
	json_decref(decision);
	json_decref(made);
}

Test(orphans, a_vm_with_another_job_to_come_is_left_alone)
{
	json_t *made = job("create-vm", "web1", JOB_STUCK), *decision;
	char	id[JOB_ID_LEN + 1];

	json_decref(director_fixture_ask(&f, "alice", "delete-vm", "{\"name\":\"web1\"}"));
	decision = decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id);
	cr_expect_eq(count(decision), 0);
	is_vm("web1", "broken");
	json_decref(decision);
	json_decref(made);
}

Test(orphans, a_stuck_start_leaves_a_whole_vm_which_is_not_for_cleaning)
{
	json_t *made = job("create-vm", "web1", JOB_DONE), *stuck = job("start-vm", "web1", JOB_STUCK), *decision;
	char	id[JOB_ID_LEN + 1];

	decision = decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id);
	cr_expect_eq(count(decision), 0);
	cr_expect_str_eq(field_text(first(decision, "jobs"), "job"), field_text(stuck, "id"));
	cr_expect_str_eq(field_text(first(decision, "jobs"), "command"), "rmsyscfg -r lpar --id 7");
	is_vm("web1", "broken");
	json_decref(decision);
	json_decref(stuck);
	json_decref(made);
}

Test(orphans, what_no_job_here_made_or_under_another_name_is_unknown)
{
	json_t *made = job("create-vm", "web1", JOB_FAILED), *decision;
	char	id[JOB_ID_LEN + 1];

	decision = decide("{\"clean\":true}", found("web1", "pd0123abcd"), id);
	cr_expect_eq(count(decision), 3);
	cr_expect_str_eq(field_text(first(decision, "partitions"), "origin"), "unknown");
	cr_expect_null(json_object_get(first(decision, "volumes"), "clean"));
	json_decref(decision);
	json_decref(end(id, JOB_FAILED, json_object()));

	decision = decide("{\"clean\":true}", found("renamed", field_text(made, "tag")), id);
	cr_expect_str_eq(field_text(first(decision, "partitions"), "origin"), "unknown");
	cr_expect_str_eq(field_text(first(decision, "volumes"), "origin"), "ours");
	json_decref(decision);
	json_decref(made);
}

Test(orphans, what_only_looks_like_ours_is_not_shown)
{
	static const char *const names[] = { "pd", "pdprod", "pd0123abc", "pd0123abcde", "pd0123abcu", "pd0123ABCD", "xpd0123abcd" };
	char			 id[JOB_ID_LEN + 1];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		json_t *decision = decide("{}", found("web1", names[i]), id);

		cr_expect_eq(count(decision), 0, "%s", names[i]);
		json_decref(decision);
		json_decref(end(id, JOB_DONE, json_object()));
	}
}

/* ---- server adapters of a VIOS, which carry no mark ---- */

/* The row of a VM of which an HMC's system p9a has given partition 5, served by slot 12 of VIOS 1, its Fibre Channel by slot 22. */
static void
put_on_system(const char *name)
{
	json_t *vm = director_fixture_vm(&f, name);

	(void)json_object_update_new(vm, json_pack("{s:s s:i}", "system", "p9a", "lpar_id", 5));
	(void)json_object_update_new(json_object_get(vm, "objects"), json_pack("{s:[{s:i s:i}] s:[{s:i s:i}]}", "paths", "id", 1, "slot", 12, "fc", "id", 1,
	    "slot", 22));
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_put(f.st, vm, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(vm);
}

/* VIOS 1 of p9a has an adapter in that slot, with its entry in the profile; partition 5 is there with this profile, or not (NULL). */
static json_t *
found_adapter(int slot, const char *profile)
{
	json_t *system = json_pack("{s:s s:s s:[] s:[{s:i}] s:[{s:i s:i s:s}] s:{s:[{s:i s:s s:s s:[{s:i s:s s:s}]}]}}", "name", "p9a", "ident",
	    "9009-42A*13AB001", "partitions", "clients", "id", 1, "adapters", "vios", 1, "slot", slot, "lpar", "5", "facts", "vioses", "id", 1,
	    "name", "vios11", "profile", "default", "entries", "slot", slot, "lpar", "5", "client_slot", "2");

	cr_assert_not_null(system);
	if (profile != NULL) {
		(void)json_array_append_new(json_object_get(system, "clients"), json_pack("{s:i}", "id", 5));
		(void)json_array_append_new(json_object_get(system, "partitions"), json_pack("{s:i s:s s:s s:s}", "id", 5, "name", "web1", "profile",
		    profile, "state", "Not Activated"));
	}
	return json_pack("{s:[o]}", "systems", system);
}

/* The same as Fibre Channel adapter and entry: the console shows these in lists of their own. */
static json_t *
found_fc(int slot, const char *profile)
{
	json_t *shown = found_adapter(slot, profile), *system = json_array_get(json_object_get(shown, "systems"), 0);
	json_t *vios = json_array_get(json_object_get(json_object_get(system, "facts"), "vioses"), 0);

	(void)json_object_set(system, "fc_adapters", json_object_get(system, "adapters"));
	(void)json_object_del(system, "adapters");
	(void)json_object_set(vios, "fc_entries", json_object_get(vios, "entries"));
	(void)json_object_del(vios, "entries");
	return shown;
}

/* What is decided of the adapter: "ours", "unknown", or "" when it is not shown; its entry's the same. */
static void
listed_is(json_t *shown, const char *adapters, const char *entries, const char *origin)
{
	char	      id[JOB_ID_LEN + 1];
	json_t	     *decision = decide("{\"clean\":true}", shown, id);
	const json_t *vios = json_array_get(json_object_get(first(decision, "systems"), "vioses"), 0), *adapter = first(vios, adapters);

	cr_expect_str_eq(field_text(adapter, "origin"), origin);
	cr_expect_str_eq(field_text(first(vios, entries), "origin"), origin);
	cr_expect_eq(field_is_set(adapter, "clean"), strcmp(origin, "ours") == 0);
	json_decref(decision);
	json_decref(end(id, JOB_FAILED, json_object()));
}

static void
adapter_is(json_t *shown, const char *origin)
{
	listed_is(shown, "adapters", "entries", origin);
}

static void
fc_is(json_t *shown, const char *origin)
{
	listed_is(shown, "fc_adapters", "fc_entries", origin);
}

Test(orphans, the_adapter_of_a_partition_with_our_mark_is_as_the_partition)
{
	json_t *made = job("create-vm", "web1", JOB_STUCK);

	put_on_system("web1");
	adapter_is(found_adapter(13, field_text(made, "tag")), "ours");
	adapter_is(found_adapter(13, "pd0123abcd"), "unknown");
	fc_is(found_fc(13, field_text(made, "tag")), "ours");
	fc_is(found_fc(13, "pd0123abcd"), "unknown");
	json_decref(made);
}

Test(orphans, the_adapter_of_a_partition_that_is_gone_is_ours_when_its_slot_was_made_for_it)
{
	json_t *made = job("create-vm", "web1", JOB_STUCK);

	put_on_system("web1");
	adapter_is(found_adapter(12, NULL), "ours");
	adapter_is(found_adapter(13, NULL), "unknown");
	adapter_is(found_adapter(22, NULL), "unknown");	/* a slot of the other kind is none that was made for it */
	fc_is(found_fc(22, NULL), "ours");
	fc_is(found_fc(12, NULL), "unknown");
	json_decref(made);
}

Test(orphans, an_adapter_of_a_whole_vm_or_of_somebody_else_is_not_shown)
{
	json_t *made = job("create-vm", "web1", JOB_DONE);

	put_on_system("web1");
	adapter_is(found_adapter(12, field_text(made, "tag")), "");
	adapter_is(found_adapter(12, NULL), "");
	adapter_is(found_adapter(13, "theirs"), "");
	fc_is(found_fc(22, field_text(made, "tag")), "");
	fc_is(found_fc(22, NULL), "");
	fc_is(found_fc(13, "theirs"), "");
	json_decref(made);
}

/* The value of a sequence that has removed these things. */
static json_t *
removed(json_t *decision, int partitions, int volumes, int media)
{
	const struct { const char *list; int yes; } all[] = { { "partitions", partitions }, { "volumes", volumes }, { "media", media } };

	for (size_t i = 0; i < 3; i++)
		if (all[i].yes)
			(void)json_object_set_new((json_t *)(uintptr_t)first(decision, all[i].list), "removed", json_string("yes"));
	return json_pack("{s:o}", "orphans", decision);
}

Test(orphans, a_cleaning_releases_the_row_and_closes_the_stuck_job)
{
	json_t *made = job("create-vm", "web1", JOB_STUCK), *row;
	char	id[JOB_ID_LEN + 1];

	row = end(id, JOB_DONE, removed(decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id), 1, 1, 1));
	cr_expect_str_eq(field_text(row, "state"), "done");
	cr_expect_str_eq(field_text(row, "message"), "3 of 3 things on power1 removed");
	json_decref(row);
	is_vm("web1", "none");
	row = director_fixture_row(&f, field_text(made, "id"));
	cr_expect_str_eq(field_text(row, "state"), "failed");
	cr_expect_not_null(strstr(field_text(row, "message"), id), "%s", field_text(row, "message"));
	cr_expect_eq(director_fixture_history(&f, "failed"), 1);
	json_decref(row);
	json_decref(made);
}

Test(orphans, a_cleaning_that_leaves_something_releases_nothing)
{
	json_t *made = job("create-vm", "web1", JOB_STUCK), *row;
	char	id[JOB_ID_LEN + 1];

	row = end(id, JOB_DONE, removed(decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id), 1, 0, 1));
	cr_expect_str_eq(field_text(row, "state"), "failed");
	cr_expect_str_eq(field_text(row, "message"), "2 of 3 things on power1 removed");
	json_decref(row);
	is_vm("web1", "broken");
	row = director_fixture_row(&f, field_text(made, "id"));
	cr_expect_str_eq(field_text(row, "state"), "stuck");
	json_decref(row);
	json_decref(made);
}

Test(orphans, a_cleaning_that_breaks_off_gives_the_rows_back_and_says_what_jobs_left)
{
	static const enum job_state states[] = { JOB_FAILED, JOB_STUCK, JOB_CANCELLED };
	json_t			   *made = job("create-vm", "web1", JOB_STUCK);
	char			    id[JOB_ID_LEN + 1];

	for (size_t i = 0; i < 3; i++) {
		json_t	     *decision = decide("{\"clean\":true}", found("web1", field_text(made, "tag")), id), *row = end(id, states[i], json_object());
		const json_t *list = json_object_get(json_object_get(row, "value"), "orphans");

		cr_expect_str_neq(field_text(row, "state"), "stuck", "it has made nothing");
		cr_expect_eq(json_array_size(list), 1);
		cr_expect_str_eq(field_text(json_array_get(list, 0), "name"), "partition web1");
		is_vm("web1", "broken");
		json_decref(row);
		json_decref(decision);
	}
	json_decref(made);
}

Test(orphans, one_cleaning_at_a_time)
{
	json_t *one = director_fixture_ask(&f, "admin", "orphans", "{\"clean\":true}");
	json_t *two = director_fixture_ask(&f, "admin", "orphans", "{\"clean\":true,\"platform\":\"power1\"}");
	json_t *look = director_fixture_ask(&f, "admin", "orphans", "{}");
	json_t *none = director_fixture_ask(&f, "admin", "orphans", "{\"platform\":\"power9\"}");

	cr_expect_str_eq(field_text(one, "state"), "queued");
	cr_expect_str_eq(field_text(two, "code"), "CONFLICT");
	cr_expect_str_eq(field_text(look, "state"), "queued");
	cr_expect_str_eq(field_text(none, "code"), "NOT_FOUND");
	json_decref(one);
	json_decref(two);
	json_decref(look);
	json_decref(none);
}
