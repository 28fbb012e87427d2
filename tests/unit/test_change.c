/* SPDX-License-Identifier: ISC */
/*
 * test_change.c - what changes a VM: counted when it is accepted, given back when it fails, one at a time, however it ends.
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

TestSuite(change, .init = set_up, .fini = tear_down);

static void
end(const char *id, enum job_state state, const char *value)
{
	json_t	     *v = json_loads(value, 0, NULL), *row = NULL;
	struct ending ending = { .state = state, .err = { .code = state == JOB_DONE ? PD_OK : PD_FAILED }, .value = v };

	cr_assert_eq(effects_end(f.st, id, &ending, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(v);
	json_decref(row);
}

/* Admitted and started; its id, which the next call overwrites. */
static const char *
begin(const char *verb, const char *args)
{
	static char id[JOB_ID_LEN + 1];
	json_t	   *row = director_fixture_ask(&f, "alice", verb, args);

	cr_assert_str_eq(field_text(row, "state"), "queued", "%s %s: %s", verb, args, field_text(row, "message"));
	(void)snprintf(id, sizeof(id), "%s", field_text(row, "id"));
	json_decref(row);
	cr_assert_eq(effects_start(f.st, id, NULL, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
	return id;
}

static void
refused(const char *user, const char *verb, const char *args, const char *text)
{
	json_t *row = director_fixture_ask(&f, user, verb, args);

	cr_expect_str_eq(field_text(row, "state"), "refused", "%s %s", verb, args);
	cr_expect_not_null(strstr(field_text(row, "message"), text), "%s: %s", verb, field_text(row, "message"));
	json_decref(row);
}

static int64_t
vm_number(const char *key)
{
	json_t *vm = director_fixture_vm(&f, "web1");
	int64_t n = field_number(vm, key);

	json_decref(vm);
	return n;
}

static json_t *
object(const char *key)
{
	json_t *vm = director_fixture_vm(&f, "web1"), *o = json_incref(json_object_get(json_object_get(vm, "objects"), key));

	json_decref(vm);
	return o;
}

#define WEB1  "{\"name\":\"web1\"}"
#define GROW  "{\"name\":\"web1\",\"memory\":{\"desired\":2048}}"
#define ON    "{\"state\":\"running\"}"
#define DISK  "{\"name\":\"web1\",\"disks\":[{\"size\":2048}]}"

/* 1G of memory, one disk of 1G, one adapter. */
static void
make_web1(void)
{
	end(begin("create-vm", "{\"name\":\"web1\",\"disks\":[{\"size\":1024}],\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":24}]}"), JOB_DONE,
	    "{\"lpar_id\":7,\"state\":\"running\",\"objects\":{\"networks\":[{\"index\":0,\"slot\":15,\"vlan\":10,\"mac\":\"AA\"}]}}");
}

Test(change, growth_is_counted_at_once_and_given_back_when_it_fails)
{
	const char *id;

	make_web1();
	id = begin("modify-vm", GROW);
	cr_expect_eq(vm_number("memory"), 2048);
	/* P11: of the quota's 4G there are 2G left. */
	refused("carol", "create-vm", "{\"name\":\"web2\",\"memory\":{\"desired\":3072},\"disks\":[{\"size\":64}]}", "2G used, 3G asked for, 1G over");
	end(id, JOB_FAILED, "{}");
	cr_expect_eq(vm_number("memory"), 1024);
	end(begin("modify-vm", GROW), JOB_CANCELLED, "{}");
	cr_expect_eq(vm_number("memory"), 1024);
	end(begin("modify-vm", GROW), JOB_DONE, ON);
	cr_expect_eq(vm_number("memory"), 2048);
}

Test(change, what_is_less_is_free_at_the_end_only)
{
	const char *id;

	make_web1();
	id = begin("modify-vm", "{\"name\":\"web1\",\"memory\":{\"desired\":512}}");
	cr_expect_eq(vm_number("memory"), 1024);
	end(id, JOB_DONE, ON);
	cr_expect_eq(vm_number("memory"), 512);
}

Test(change, what_it_still_runs_with_counts_until_it_has_been_off)
{
	json_t *pending;

	make_web1();
	end(begin("modify-vm", "{\"name\":\"web1\",\"memory\":{\"desired\":512},\"at_restart\":true}"), JOB_DONE, "{\"state\":\"running\",\"pending\":\"yes\"}");
	cr_expect_eq(vm_number("memory"), 1024);
	pending = object("pending");
	cr_expect_eq(field_number(pending, "memory"), 1024);
	json_decref(pending);
	end(begin("start-vm", WEB1), JOB_FAILED, "{}");
	cr_expect_eq(vm_number("memory"), 1024, "a start that failed has not taken it off");
	end(begin("stop-vm", WEB1), JOB_DONE, "{\"state\":\"stopped\"}");
	cr_expect_eq(vm_number("memory"), 512);
	cr_expect_null(object("pending"));
}

Test(change, one_at_a_time)
{
	const char *id;

	make_web1();
	id = begin("add-disk", DISK);
	refused("alice", "modify-vm", GROW, "is being changed by job");
	refused("alice", "rename-vm", "{\"name\":\"web1\",\"to\":\"web9\"}", "is being changed by job");
	end(id, JOB_FAILED, "{}");
	end(begin("modify-vm", GROW), JOB_DONE, ON);
}

Test(change, a_plan_reserves_nothing_and_holds_nobody_up)
{
	const char *id;
	struct job  plan;
	json_t	   *row;

	make_web1();
	id = begin("modify-vm", GROW);
	director_fixture_job(&plan, "alice", "add-disk", DISK);
	plan.is_plan = 1;
	row = director_fixture_admit(&f, &plan);
	job_clear(&plan);
	cr_expect_str_eq(field_text(row, "state"), "queued", "%s", field_text(row, "message"));
	cr_expect_eq(vm_number("disk"), 1024);
	json_decref(row);
	end(id, JOB_FAILED, "{}");
}

/* undo-job (JOB_UNDOING), resume-job (JOB_RUNNING) */
static void
take_up(const char *id, enum job_state state)
{
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_move(f.st, id, state, NULL, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
}

Test(change, a_stuck_one_keeps_what_was_reserved_until_it_is_undone)
{
	char	id[JOB_ID_LEN + 1];
	json_t *row = NULL, *kept;

	make_web1();
	(void)snprintf(id, sizeof(id), "%s", begin("add-disk", DISK));
	end(id, JOB_STUCK, "{\"state\":\"running\",\"left\":[]}");
	cr_expect_eq(vm_number("disk"), 3072);
	kept = object("detached");
	cr_expect_eq(json_array_size(kept), 1, "a delete-vm finds what may have been made");
	json_decref(kept);
	refused("alice", "modify-vm", GROW, "web1 is broken");
	take_up(id, JOB_UNDOING);
	end(id, JOB_FAILED, "{}");
	cr_expect_eq(vm_number("disk"), 1024);
	kept = object("detached");
	cr_expect_eq(json_array_size(kept), 0);
	json_decref(kept);
	row = director_fixture_vm(&f, "web1");
	cr_expect_str_eq(field_text(row, "state"), "running");
	cr_expect_null(json_object_get(json_object_get(row, "objects"), "change"));
	json_decref(row);
}

Test(change, a_disk_that_is_kept_counts_and_keeps_its_number)
{
	json_t *kept;

	make_web1();
	end(begin("remove-disk", "{\"name\":\"web1\",\"disk\":1}"), JOB_DONE, ON);
	cr_expect_eq(vm_number("disk"), 1024);
	kept = object("detached");
	cr_expect_eq(json_array_size(kept), 1);
	json_decref(kept);
	refused("alice", "extend-disk", "{\"name\":\"web1\",\"disk\":1,\"size\":2048}", "has no disk 1");
	end(begin("add-disk", DISK), JOB_DONE, ON);
	cr_expect_eq(vm_number("disk"), 3072);
	refused("alice", "remove-disk", "{\"name\":\"web1\",\"disk\":1}", "has no disk 1");
	end(begin("extend-disk", "{\"name\":\"web1\",\"disk\":2,\"size\":4096}"), JOB_DONE, ON);
	cr_expect_eq(vm_number("disk"), 1024 + 4096);
	end(begin("remove-disk", "{\"name\":\"web1\",\"disk\":2,\"destroy\":true}"), JOB_DONE, ON);
	cr_expect_eq(vm_number("disk"), 1024);
}

Test(change, an_address_is_reserved_from_the_beginning_and_free_when_it_fails)
{
	const char *net = "{\"name\":\"web1\",\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.6\",\"prefix\":24}]}";
	const char *other = "{\"name\":\"web2\",\"disks\":[{\"size\":64}],\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.6\",\"prefix\":24}]}";
	const char *id;

	make_web1();
	id = begin("add-network", net);
	refused("carol", "create-vm", other, "in use");
	end(id, JOB_FAILED, "{}");
	end(begin("create-vm", other), JOB_FAILED, "{}");
	end(begin("add-network", net), JOB_DONE, ON);
	refused("carol", "create-vm", other, "in use");
	end(begin("change-network", "{\"name\":\"web1\",\"adapter\":2,\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.7\",\"prefix\":24}]}"), JOB_DONE, ON);
	end(begin("create-vm", other), JOB_FAILED, "{}");
	end(begin("remove-network", "{\"name\":\"web1\",\"adapter\":2}"), JOB_DONE, ON);
	refused("alice", "remove-network", "{\"name\":\"web1\",\"adapter\":2}", "has no adapter 2");
}

static size_t
adapters(const char *of)
{
	json_t *vm = director_fixture_vm(&f, "web1");
	size_t	n = json_array_size(json_object_get(json_object_get(vm, of), "fc"));

	json_decref(vm);
	return n;
}

/* What delete-vm looks for is objects.fc. */
Test(change, a_fibre_channel_adapter_is_known_from_the_beginning_and_gone_when_it_fails)
{
	const char *fc = "{\"name\":\"web1\",\"fc\":[{}]}", *id;
	const char *made = "{\"state\":\"running\",\"fc\":[{\"index\":0,\"client_slot\":10,\"slot\":20,\"wwpn1\":\"c0\",\"wwpn2\":\"c1\"}]}";

	make_web1();
	id = begin("add-fc", fc);
	cr_expect_eq(adapters("spec"), 1);
	cr_expect_eq(adapters("objects"), 0);
	end(id, JOB_STUCK, made);
	cr_expect_eq(adapters("objects"), 1, "what may be there is not known");
	take_up(id, JOB_UNDOING);
	end(id, JOB_FAILED, "{}");
	cr_expect_eq(adapters("spec") + adapters("objects"), 0);
	id = begin("add-fc", fc);
	end(id, JOB_STUCK, "{\"state\":\"running\"}");
	take_up(id, JOB_UNDOING);
	end(id, JOB_STUCK, made);
	take_up(id, JOB_UNDOING);
	end(id, JOB_FAILED, "{}");
	cr_expect_eq(adapters("spec") + adapters("objects"), 0, "stuck for the second time");
	end(begin("add-fc", fc), JOB_DONE, made);
	cr_expect_eq(adapters("spec"), 1);
	cr_expect_eq(adapters("objects"), 1);
	refused("alice", "add-fc", fc, "at most 1 Fibre Channel adapter, and it would have 2");
	refused("alice", "remove-fc", "{\"name\":\"web1\",\"adapter\":2}", "has no Fibre Channel adapter 2");
	end(begin("remove-fc", "{\"name\":\"web1\",\"adapter\":1}"), JOB_FAILED, "{}");
	cr_expect_eq(adapters("objects"), 1);
	end(begin("remove-fc", "{\"name\":\"web1\",\"adapter\":1}"), JOB_DONE, ON);
	cr_expect_eq(adapters("spec") + adapters("objects"), 0);
}

static int
waits(void)
{
	json_t *fc = object("fc");
	int	is_set = field_is_set(json_array_get(fc, 0), "pending");

	json_decref(fc);
	return is_set;
}

Test(change, an_adapter_that_comes_with_the_next_start_waits_until_the_vm_was_off)
{
	make_web1();
	end(begin("add-fc", "{\"name\":\"web1\",\"fc\":[{}],\"at_restart\":true}"), JOB_DONE,
	    "{\"state\":\"running\",\"pending\":\"yes\",\"fc\":[{\"index\":0,\"client_slot\":10,\"wwpn1\":\"c0\",\"wwpn2\":\"c1\"}]}");
	cr_expect_eq(waits(), 1);
	end(begin("set-boot", "{\"name\":\"web1\",\"mode\":\"sms\"}"), JOB_DONE, ON);
	cr_expect_eq(waits(), 1);
	end(begin("stop-vm", WEB1), JOB_DONE, "{\"state\":\"stopped\"}");
	cr_expect_eq(waits(), 0);
}

Test(change, a_new_name_is_held_until_the_rename_ends)
{
	const char *rename = "{\"name\":\"web1\",\"to\":\"shop1\"}", *taken = "{\"name\":\"shop1\",\"disks\":[{\"size\":64}]}";
	const char *id;
	json_t	   *vm;

	make_web1();
	id = begin("rename-vm", rename);
	refused("alice", "create-vm", taken, "the name shop1 is taken");
	refused("alice", "start-vm", WEB1, "is being renamed by job");
	end(id, JOB_FAILED, "{}");
	end(begin("create-vm", taken), JOB_FAILED, "{}");
	end(begin("rename-vm", rename), JOB_DONE, ON);
	cr_expect_null(director_fixture_vm(&f, "web1"));
	vm = director_fixture_vm(&f, "shop1");
	cr_assert_not_null(vm);
	cr_expect_str_eq(field_text(json_object_get(vm, "spec"), "name"), "shop1");
	cr_expect_eq(field_number(vm, "lpar_id"), 7);
	json_decref(vm);
	refused("alice", "create-vm", taken, "you have a VM shop1 already");
}

Test(change, how_it_boots_is_what_set_boot_said)
{
	json_t *row;

	make_web1();
	end(begin("set-boot", "{\"name\":\"web1\",\"mode\":\"sms\"}"), JOB_DONE, ON);
	row = director_fixture_ask(&f, "alice", "start-vm", WEB1);
	cr_expect_str_eq(field_text(json_object_get(row, "args"), "mode"), "sms");
	json_decref(row);
}
