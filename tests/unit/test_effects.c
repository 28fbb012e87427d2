/* SPDX-License-Identifier: ISC */
/*
 * test_effects.c - what the start and the ends of jobs change in the store.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/effects/effects.h"
#include "spool/field.h"
#include "tests/unit/fixture_director.h"

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

TestSuite(effects, .init = set_up, .fini = tear_down);

/* Admits a job and returns its id. */
static const char *
admit(const char *user, const char *verb, const char *args)
{
	static char id[JOB_ID_LEN + 1];
	json_t	   *row = director_fixture_ask(&f, user, verb, args);

	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	(void)snprintf(id, sizeof(id), "%s", field_text(row, "id"));
	json_decref(row);
	return id;
}

static void
start(const char *id)
{
	json_t *row = NULL;

	cr_assert_eq(effects_start(f.st, id, NULL, &row, &f.e), 0, "%s", f.e.msg);
	cr_assert_str_eq(field_text(row, "state"), "running");
	json_decref(row);
}

static json_t *
end(const char *id, enum job_state state, const char *value)
{
	json_t	     *v = json_loads(value, 0, NULL), *row = NULL;
	struct ending ending = { .state = state, .err = { .code = state == JOB_DONE ? PD_OK : PD_FAILED }, .value = v };

	cr_assert_eq(effects_end(f.st, id, &ending, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(v);
	return row;
}

static void
run(const char *user, const char *verb, const char *args, enum job_state state, const char *value)
{
	const char *id = admit(user, verb, args);

	start(id);
	json_decref(end(id, state, value));
}

#define CREATE "{\"name\":\"web1\",\"disks\":[{\"size\":1024}]}"
#define WEB1   "{\"name\":\"web1\"}"
#define MADE   "{\"lpar_id\":7,\"state\":\"open-firmware\",\"objects\":{\"medium\":\"cfg\",\"networks\":[{\"mac\":\"AA\"}]}}"

static void
is_vm(const char *state)
{
	json_t *vm = director_fixture_vm(&f, "web1");

	cr_assert_not_null(vm);
	cr_expect_str_eq(field_text(vm, "state"), state);
	json_decref(vm);
}

Test(effects, a_start_counts_the_attempt_before_it)
{
	const char *id = admit("alice", "create-vm", CREATE);
	json_t	   *row;

	start(id);
	start(id);
	row = director_fixture_row(&f, id);
	cr_assert_eq(field_number(row, "attempts"), 2);
	cr_assert_neq(field_number(row, "started"), 0);
	cr_assert_eq(director_fixture_history(&f, "started"), 1);
	cr_assert_eq(director_fixture_history(&f, "resumed"), 1);
	json_decref(row);
}

Test(effects, a_created_vm_has_what_the_sequence_found)
{
	json_t *vm;

	run("alice", "create-vm", CREATE, JOB_DONE, MADE);
	vm = director_fixture_vm(&f, "web1");
	cr_assert_str_eq(field_text(vm, "state"), "open-firmware");
	cr_assert_eq(field_number(vm, "lpar_id"), 7);
	cr_assert_str_eq(field_text(json_object_get(vm, "objects"), "medium"), "cfg");
	cr_assert_neq(field_text(json_object_get(vm, "objects"), "tag")[0], '\0', "its tag stays");
	json_decref(vm);
}

Test(effects, a_failed_or_cancelled_creation_frees_the_name_and_a_stuck_one_does_not)
{
	run("alice", "create-vm", CREATE, JOB_FAILED, "{}");
	cr_assert_null(director_fixture_vm(&f, "web1"));
	run("alice", "create-vm", CREATE, JOB_CANCELLED, "{}");
	cr_assert_null(director_fixture_vm(&f, "web1"));
	run("alice", "create-vm", CREATE, JOB_STUCK, MADE);
	is_vm("broken");
}

/* How a job that ends well is told. */
static void
says(const char *verb, const char *args, const char *value, const char *text)
{
	const char *id = admit("alice", verb, args);
	json_t	   *row;

	start(id);
	row = end(id, JOB_DONE, value);
	cr_expect_str_eq(field_text(row, "message"), text);
	json_decref(row);
}

Test(effects, the_message_says_what_there_is_now)
{
	says("create-vm", CREATE, MADE, "web1 is created on power1 (partition 7); it has no operating system yet and waits in Open Firmware");
	says("start-vm", WEB1, "{\"state\":\"running\"}", "web1 is running");
	says("restart-vm", WEB1, "{\"state\":\"running\"}", "web1 is running again");
	says("stop-vm", WEB1, "{}", "web1 is stopped");
	says("delete-vm", WEB1, "{}", "web1 is deleted; 1 disk (1G) and 1G memory of power1 are free again");
	says("create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}],\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":24}]}",
	    "{\"lpar_id\":7,\"state\":\"running\"}", "web1 is running on power1 (partition 7): 10.0.10.5");
}

Test(effects, the_job_keeps_code_message_and_value)
{
	const char *id = admit("alice", "create-vm", CREATE);
	json_t	   *row;

	start(id);
	row = end(id, JOB_DONE, MADE);
	cr_assert_str_eq(field_text(row, "state"), "done");
	cr_assert_str_eq(field_text(row, "code"), "OK");
	cr_assert_neq(field_number(row, "finished"), 0);
	cr_assert_eq(field_number(json_object_get(row, "value"), "lpar_id"), 7);
	json_decref(row);
	row = end(id, JOB_FAILED, "{}");
	cr_assert_str_eq(field_text(row, "state"), "done", "the first end counts");
	json_decref(row);
	row = director_fixture_vm(&f, "web1");
	cr_assert_not_null(row);
	json_decref(row);
	cr_assert_eq(director_fixture_history(&f, "done"), 1);
}

Test(effects, start_and_stop_change_the_state)
{
	run("alice", "create-vm", CREATE, JOB_DONE, "{}");
	is_vm("running");
	run("alice", "stop-vm", WEB1, JOB_DONE, "{}");
	is_vm("stopped");
	run("alice", "start-vm", WEB1, JOB_DONE, "{\"state\":\"open-firmware\"}");
	is_vm("open-firmware");
	run("alice", "restart-vm", WEB1, JOB_FAILED, "{\"state\":\"stopped\"}");
	is_vm("stopped");
	run("alice", "start-vm", WEB1, JOB_FAILED, "{}");
	is_vm("stopped");
}

Test(effects, a_delete_marks_removes_or_gives_back)
{
	const char *id;

	run("alice", "create-vm", CREATE, JOB_DONE, "{\"state\":\"stopped\"}");
	id = admit("alice", "delete-vm", WEB1);
	is_vm("stopped");
	start(id);
	is_vm("deleting");
	start(id);	/* resumed: what was before is not forgotten */
	json_decref(end(id, JOB_FAILED, "{}"));
	is_vm("stopped");
	run("alice", "delete-vm", WEB1, JOB_STUCK, "{}");
	is_vm("broken");
	run("alice", "delete-vm", WEB1, JOB_DONE, "{}");
	cr_assert_null(director_fixture_vm(&f, "web1"));
}

/* Two deletions wait; between them the user makes another VM of this name. */
Test(effects, a_job_that_waited_changes_no_later_vm_of_the_same_name)
{
	static const char *const late_verbs[] = { "delete-vm", "start-vm" };

	for (size_t i = 0; i < 2; i++) {
		char	late[JOB_ID_LEN + 1];
		json_t *row = NULL, *vm;

		run("alice", "create-vm", CREATE, JOB_DONE, "{\"state\":\"stopped\"}");
		(void)snprintf(late, sizeof(late), "%s", admit("alice", late_verbs[i], WEB1));
		run("alice", "delete-vm", WEB1, JOB_DONE, "{}");
		run("alice", "create-vm", CREATE, JOB_DONE, "{\"state\":\"stopped\",\"lpar_id\":9}");
		if (i == 0)
			cr_expect_eq(effects_start(f.st, late, NULL, &row, &f.e), -1);
		else
			start(late);
		json_decref(end(late, JOB_DONE, "{\"state\":\"running\",\"lpar_id\":3}"));
		vm = director_fixture_vm(&f, "web1");
		cr_assert_not_null(vm, "%s", late_verbs[i]);
		cr_expect_eq(json_integer_value(json_object_get(vm, "lpar_id")), 9);
		cr_expect_str_eq(field_text(vm, "state"), "stopped");
		json_decref(vm);
		run("alice", "delete-vm", WEB1, JOB_DONE, "{}");
	}
}

Test(effects, a_failure_that_was_wished_is_a_cancellation)
{
	const char *id = admit("alice", "create-vm", CREATE);
	json_t	   *set = json_pack("{s:b}", "cancel", 1), *row;

	start(id);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_set(f.st, id, set, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	row = end(id, JOB_FAILED, "{}");
	cr_assert_str_eq(field_text(row, "state"), "cancelled");
	json_decref(row);
	json_decref(set);
}

Test(effects, a_plan_changes_no_vm_however_it_ends)
{
	struct job job;

	run("alice", "create-vm", CREATE, JOB_DONE, "{\"state\":\"running\"}");
	director_fixture_job(&job, "alice", "delete-vm", WEB1);
	job.is_plan = 1;
	json_decref(director_fixture_admit(&f, &job));
	start(job.id);
	is_vm("running");
	json_decref(end(job.id, JOB_DONE, "{}"));
	is_vm("running");
	job_clear(&job);
}

#define FACTS "{\"facts\":{\"pools\":[{\"name\":\"rootvg\"},{\"name\":\"data\"}],\"default_pool\":\"data\",\"memory\":64}}"
#define POWER2 "\"name\":\"power2\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\",\"host_key\":" \
	       "\"SHA256:2c4rJ0ZfCtTfN1VUcIlbWdYnW1hQ9FKhUIn2LjU6bXg\""

static json_t *
platform(const char *name)
{
	json_t *row = NULL;

	return store_platform_get(f.st, name, &row, &f.e) == 0 ? row : NULL;
}

Test(effects, a_registered_platform_has_facts_and_the_default_pool)
{
	json_t *p;

	run("admin", "register-platform", "{" POWER2 "}", JOB_DONE, FACTS);
	p = platform("power2");
	cr_assert_not_null(p);
	cr_assert_str_eq(json_string_value(json_array_get(json_object_get(p, "pools"), 0)), "data");
	cr_assert_eq(json_array_size(json_object_get(p, "pools")), 1);
	cr_assert_eq(field_number(p, "port"), 22);
	cr_assert_str_eq(field_text(p, "user"), "padmin");
	cr_assert_eq(field_number(json_object_get(p, "facts"), "memory"), 64);
	json_decref(p);
}

#define SYSTEM(serial) "{\"facts\":{\"pools\":[{\"name\":\"rootvg\"},{\"name\":\"data\"}],\"default_pool\":\"data\"," \
	"\"type_model\":\"8233-E8B\",\"serial\":\"" serial "\"}}"
#define NEW_KEY "\"name\":\"power2\",\"kind\":\"ivm\",\"address\":\"h2\",\"key\":\"power1\",\"replace\":true,\"host_key\":" \
	"\"SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""

Test(effects, a_replaced_registration_keeps_what_it_does_not_name_and_takes_no_other_system)
{
	const char *id;
	json_t	   *p, *row;
	int64_t	    registered;

	run("admin", "register-platform", "{" POWER2 ",\"pools\":[\"rootvg\"]}", JOB_DONE, SYSTEM("A"));
	p = platform("power2");
	registered = field_number(p, "registered_ms");
	json_decref(p);

	id = admit("admin", "register-platform", "{" NEW_KEY "}");
	start(id);
	row = end(id, JOB_DONE, SYSTEM("B"));
	cr_expect_str_eq(field_text(row, "code"), "CONFLICT");
	cr_expect_not_null(strstr(field_text(row, "message"), "8233-E8B B answers there"), "%s", field_text(row, "message"));
	json_decref(row);
	p = platform("power2");
	cr_expect_str_eq(field_text(p, "address"), "h");
	json_decref(p);

	run("admin", "register-platform", "{" NEW_KEY "}", JOB_DONE, SYSTEM("A"));
	p = platform("power2");
	cr_expect_str_eq(field_text(p, "address"), "h2");
	cr_expect_not_null(strstr(field_text(p, "host_key"), "bbbb"));
	cr_expect_str_eq(json_string_value(json_array_get(json_object_get(p, "pools"), 0)), "rootvg");
	cr_expect_eq(field_number(p, "registered_ms"), registered);
	json_decref(p);
}

Test(effects, a_platform_without_the_pool_asked_for_is_not_registered)
{
	const char *id = admit("admin", "register-platform", "{" POWER2 ",\"pools\":[\"rootvg\",\"nosuch\"]}");
	json_t	   *row;

	start(id);
	row = end(id, JOB_DONE, FACTS);
	cr_assert_str_eq(field_text(row, "state"), "failed");
	cr_assert_str_eq(field_text(row, "code"), "NOT_FOUND");
	cr_assert_not_null(strstr(field_text(row, "message"), "nosuch"));
	cr_assert_null(platform("power2"));
	json_decref(row);
}

Test(effects, a_check_refreshes_the_facts_and_a_failed_one_keeps_them)
{
	json_t *p;

	run("admin", "check-platform", "{\"name\":\"power1\"}", JOB_DONE, FACTS);
	run("admin", "check-platform", "{\"name\":\"power1\"}", JOB_FAILED, "{\"facts\":{}}");
	p = platform("power1");
	cr_assert_eq(field_number(json_object_get(p, "facts"), "memory"), 64);
	json_decref(p);
}

Test(effects, an_image_gets_the_size_of_its_file)
{
	json_t *image = NULL;

	run("admin", "register-image", "{\"name\":\"rhel6\",\"platform\":\"power1\",\"file\":\"/i/x.img\",\"os\":\"linux\"}", JOB_DONE,
	    "{\"size\":2048}");
	cr_assert_eq(store_image_get(f.st, "rhel6", "power1", &image, &f.e), 0);
	cr_assert_eq(field_number(image, "size"), 2048);
	cr_assert_str_eq(field_text(image, "first_boot"), "none");
	json_decref(image);
}
