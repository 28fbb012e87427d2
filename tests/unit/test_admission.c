/* SPDX-License-Identifier: ISC */
/*
 * test_admission.c - one transaction decides: policy, quota, names, addresses, once-keys, whose VM it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "tests/unit/fixture_director.h"

#define CREATE(NAME) "{\"name\":\"" NAME "\",\"disks\":[{\"size\":1024}],\"memory\":{\"desired\":1024}}"

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

TestSuite(admission, .init = set_up, .fini = tear_down);

static void
expect(const char *user, const char *verb, const char *args, const char *state, const char *code, const char *text)
{
	json_t *row = director_fixture_ask(&f, user, verb, args);

	cr_expect_str_eq(field_text(row, "state"), state, "%s %s: %s", verb, args, field_text(row, "message"));
	cr_expect_str_eq(field_text(row, "code"), code, "%s %s: %s", verb, args, field_text(row, "message"));
	cr_expect_not_null(strstr(field_text(row, "message"), text), "%s %s: %s", verb, args, field_text(row, "message"));
	json_decref(row);
}

/* A VM that is there and runs. */
static void
have_vm(const char *user, const char *name)
{
	char	args[160];
	json_t *row, *vm;

	(void)snprintf(args, sizeof(args), "{\"name\":\"%s\",\"disks\":[{\"size\":1024}],\"memory\":{\"desired\":1024}}", name);
	row = director_fixture_ask(&f, user, "create-vm", args);
	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	vm = director_fixture_vm(&f, name);
	(void)json_object_set_new(vm, "state", json_string("running"));
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_vm_put(f.st, vm, &f.e), 0);
	cr_assert_eq(store_job_move(f.st, field_text(row, "id"), JOB_DONE, NULL, &f.e), 0);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(vm);
	json_decref(row);
}

Test(admission, an_admitted_create_reserves_its_name_amounts_and_tag)
{
	json_t *row = director_fixture_ask(&f, "alice", "create-vm", CREATE("web1")), *vm = director_fixture_vm(&f, "web1");
	char	tag[11];

	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	cr_assert_str_eq(field_text(row, "platform"), "power1", "the only one is chosen");
	cr_assert_str_eq(field_text(row, "tenant"), "blue");
	cr_assert_not_null(vm);
	cr_assert_str_eq(field_text(vm, "state"), "creating");
	cr_assert_str_eq(field_text(vm, "job"), field_text(row, "id"));
	cr_assert_eq(field_number(vm, "memory"), 1024);
	admission_tag(field_text(row, "id"), tag);
	cr_assert_str_eq(field_text(json_object_get(vm, "objects"), "tag"), tag);
	cr_assert_str_eq(field_text(json_object_get(vm, "spec"), "tag"), tag);
	cr_assert_eq(director_fixture_history(&f, "admitted"), 1);
	json_decref(row);
	json_decref(vm);
}

Test(admission, the_same_file_again_changes_nothing)
{
	struct job     job;
	struct verdict v;

	director_fixture_job(&job, "alice", "create-vm", CREATE("web1"));
	json_decref(director_fixture_admit(&f, &job));
	cr_assert_eq(admission_decide(&f.admission, &job, 1, &v, &f.e), 0);
	cr_assert_eq(v.is_new, 0);
	cr_assert_str_eq(field_text(v.row, "state"), "queued");
	cr_assert_eq(director_fixture_history(&f, "admitted"), 1);
	verdict_clear(&v);
	job_clear(&job);
}

Test(admission, a_refusal_is_a_row_with_its_reason_and_reserves_nothing)
{
	json_t *row = director_fixture_ask(&f, "alice", "create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}],\"platform\":\"nosuch\"}");

	cr_assert_str_eq(field_text(row, "state"), "refused");
	cr_assert_eq(field_number(row, "exit"), 66);
	cr_assert_neq(field_number(row, "finished"), 0);
	cr_assert_null(director_fixture_vm(&f, "web1"));
	cr_assert_eq(director_fixture_history(&f, "refused"), 1);
	cr_assert_eq(director_fixture_history(&f, "admitted"), 0);
	json_decref(row);
}

Test(admission, policy_and_arguments_are_checked_again)
{
	expect("mallory", "create-vm", CREATE("a"), "refused", "DENIED_POLICY", "");
	expect("bob", "register-platform", "{\"name\":\"p\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\"}", "refused",
	    "DENIED_POLICY", "");
	expect("alice", "no-such-verb", "{}", "refused", "USAGE", "no-such-verb");
	expect("alice", "list-vms", "{}", "refused", "USAGE", "list-vms");
	expect("alice", "create-vm", "{\"name\":\"a,b\",\"disks\":[{\"size\":1024}]}", "refused", "USAGE", "name");
	expect("alice", "create-vm", "{\"name\":\"a\",\"disks\":[{\"size\":1024}],\"evil\":1}", "refused", "USAGE", "evil");
	expect("alice", "create-vm", "{\"name\":\"a\",\"disks\":[{\"size\":1024}],\"networks\":[{\"vlan\":666}]}", "refused",
	    "NOT_FOUND", "network");
}

Test(admission, quota_of_user_and_tenant_is_exact)
{
	expect("alice", "create-vm", CREATE("a1"), "queued", "QUEUED", "");
	expect("alice", "create-vm", CREATE("a2"), "queued", "QUEUED", "");
	expect("alice", "create-vm", CREATE("a3"), "refused", "OVER_QUOTA", "user alice");
	expect("carol", "create-vm", "{\"name\":\"c1\",\"disks\":[{\"size\":1024}],\"memory\":{\"desired\":2112}}", "refused", "OVER_QUOTA",
	    "tenant blue");
	expect("carol", "create-vm", "{\"name\":\"c1\",\"disks\":[{\"size\":1024}],\"memory\":{\"desired\":2048}}", "queued", "QUEUED", "");
}

Test(admission, a_name_is_taken_once_in_the_whole_installation)
{
	expect("alice", "create-vm", CREATE("web1"), "queued", "QUEUED", "");
	expect("alice", "create-vm", CREATE("web1"), "refused", "CONFLICT", "is being created by job");
	expect("bob", "create-vm", CREATE("web1"), "refused", "CONFLICT", "is taken");
}

Test(admission, an_address_is_reserved_once)
{
	expect("alice", "create-vm", "{\"name\":\"a\",\"disks\":[{\"size\":1024}],\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":24}]}",
	    "queued", "QUEUED", "");
	expect("bob", "create-vm", "{\"name\":\"b\",\"disks\":[{\"size\":1024}],\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":24}]}",
	    "refused", "CONFLICT", "10.0.10.5");
	cr_assert_null(director_fixture_vm(&f, "b"));
}

Test(admission, too_many_pending_jobs_are_told_to_try_later)
{
	for (int i = 0; i < 5; i++)
		expect("admin", "check-platform", "{\"name\":\"power1\"}", "queued", "QUEUED", "");
	expect("admin", "check-platform", "{\"name\":\"power1\"}", "refused", "TRY_LATER", "5 are allowed");
}

Test(admission, anothers_vm_is_not_there_in_the_same_words)
{
	json_t *others, *none;
	char	*text;

	have_vm("alice", "web1");
	others = director_fixture_ask(&f, "carol", "start-vm", "{\"name\":\"web1\"}");
	none = director_fixture_ask(&f, "carol", "start-vm", "{\"name\":\"web2\"}");
	cr_assert_str_eq(field_text(others, "code"), "NOT_FOUND");
	text = strdup(field_text(others, "message"));
	*(strstr(text, "web1") + 3) = '2';
	cr_assert_str_eq(text, field_text(none, "message"));
	free(text);
	json_decref(others);
	json_decref(none);
	expect("bob", "delete-vm", "{\"name\":\"web1\"}", "refused", "NOT_FOUND", "");
	expect("admin", "delete-vm", "{\"name\":\"web1\"}", "queued", "QUEUED", "");
}

Test(admission, a_vm_that_is_being_created_is_a_conflict_and_one_with_a_job_queues)
{
	expect("alice", "create-vm", CREATE("web1"), "queued", "QUEUED", "");
	expect("alice", "delete-vm", "{\"name\":\"web1\"}", "refused", "CONFLICT", "is being created by job");
	have_vm("alice", "web2");
	expect("alice", "stop-vm", "{\"name\":\"web2\"}", "queued", "QUEUED", "");
	expect("alice", "start-vm", "{\"name\":\"web2\"}", "queued", "QUEUED", "");
}

Test(admission, a_repeated_once_key_is_answered_by_the_first_job)
{
	struct job     first, again, other;
	struct verdict v;

	director_fixture_job(&first, "admin", "check-platform", "{\"name\":\"power1\"}");
	director_fixture_job(&again, "admin", "check-platform", "{\"name\":\"power1\"}");
	director_fixture_job(&other, "admin", "create-vm", CREATE("x"));
	(void)strcpy(first.once, "key-1");
	(void)strcpy(again.once, "key-1");
	(void)strcpy(other.once, "key-1");
	json_decref(director_fixture_admit(&f, &first));
	for (int i = 0; i < 2; i++) {	/* from the request and, the second time, from the row */
		cr_assert_eq(admission_decide(&f.admission, &again, 1, &v, &f.e), 0);
		cr_assert_not_null(v.first);
		cr_assert_str_eq(field_text(v.first, "id"), first.id);
		verdict_clear(&v);
	}
	cr_assert_eq(admission_decide(&f.admission, &other, 1, &v, &f.e), 0);
	cr_assert_null(v.first);
	cr_assert_str_eq(field_text(v.row, "code"), "CONFLICT");
	cr_assert_null(director_fixture_vm(&f, "x"));
	verdict_clear(&v);
	job_clear(&first);
	job_clear(&again);
	job_clear(&other);
}

Test(admission, a_refused_request_may_be_repeated_with_its_key)
{
	struct job job;
	json_t	  *row;

	for (int i = 0; i < 2; i++) {
		director_fixture_job(&job, "alice", "start-vm", "{\"name\":\"nosuch\"}");
		(void)strcpy(job.once, "key-1");
		row = director_fixture_admit(&f, &job);
		cr_assert_str_eq(field_text(row, "code"), "NOT_FOUND");
		json_decref(row);
		job_clear(&job);
	}
}

Test(admission, a_plan_reserves_nothing_and_keeps_its_numbers)
{
	struct job job;
	json_t	  *row;

	director_fixture_job(&job, "alice", "create-vm", CREATE("web1"));
	job.is_plan = 1;
	row = director_fixture_admit(&f, &job);
	cr_assert_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	cr_assert_str_eq(field_text(row, "vm"), "");
	cr_assert(json_is_object(json_object_get(json_object_get(row, "args"), "spec")));
	cr_assert_null(director_fixture_vm(&f, "web1"));
	json_decref(row);
	job_clear(&job);
}

Test(admission, platforms_and_images_are_registered_once_and_removed_when_unused)
{
	expect("admin", "register-platform", "{\"name\":\"power1\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\"}", "refused", "CONFLICT",
	    "registered already");
	expect("admin", "register-platform", "{\"name\":\"power1\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\",\"replace\":true}",
	    "queued", "QUEUED", "");
	expect("admin", "register-platform", "{\"name\":\"power2\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\",\"replace\":true}",
	    "refused", "NOT_FOUND", "to replace");
	expect("admin", "register-platform", "{\"name\":\"power2\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"nosuch\"}", "refused", "USAGE",
	    "nosuch");
	expect("admin", "register-platform", "{\"name\":\"power2\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\"}", "queued", "QUEUED", "");
	have_vm("alice", "web1");
	expect("admin", "remove-platform", "{\"name\":\"power1\"}", "refused", "CONFLICT", "VM");
	expect("admin", "remove-platform", "{\"name\":\"nosuch\"}", "refused", "NOT_FOUND", "for you");
	expect("admin", "remove-image", "{\"name\":\"nosuch\"}", "refused", "NOT_FOUND", "for you");
}

Test(admission, what_only_changes_the_store_is_done_at_once)
{
	json_t *image = json_pack("{s:s s:s s:s s:i s:s s:s s:s s:i}", "name", "rhel6", "platform", "power1", "file", "/i", "size", 10, "os",
	    "linux", "first_boot", "none", "description", "", "registered_ms", 1), *row = NULL;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_image_put(f.st, image, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	json_decref(image);
	expect("admin", "remove-image", "{\"name\":\"rhel6\"}", "done", "OK", "is not offered any more");
	cr_assert_eq(store_image_get(f.st, "rhel6", "power1", &row, &f.e), -1);
	expect("admin", "remove-platform", "{\"name\":\"power1\"}", "done", "OK", "is not registered any more");
	expect("alice", "create-vm", CREATE("web1"), "refused", "NOT_FOUND", "no platform");
}

Test(admission, a_verb_marked_by_the_policy_needs_the_second_authentication)
{
	static char *again[] = { (char *)"start-vm" };
	struct job   job;
	json_t	    *row;

	f.conf->roles[0].again = (struct pd_list){ again, 1 };
	have_vm("alice", "web1");
	row = director_fixture_ask(&f, "alice", "start-vm", "{\"name\":\"web1\"}");
	cr_expect_str_eq(field_text(row, "state"), "refused");
	cr_expect_str_eq(field_text(row, "code"), "DENIED_POLICY");
	cr_expect_not_null(strstr(field_text(row, "message"), "second authentication"));
	cr_expect_str_eq(field_text(row, "tenant"), "blue", "who sees the tenant's jobs sees the refusal");
	json_decref(row);
	director_fixture_job(&job, "alice", "start-vm", "{\"name\":\"web1\"}");
	job.again = 1;
	row = director_fixture_admit(&f, &job);
	cr_assert_str_eq(field_text(row, "state"), "queued");
	json_decref(row);
	job_clear(&job);
	f.conf->roles[0].again = (struct pd_list){ NULL, 0 };
}
