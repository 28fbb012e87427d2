/* SPDX-License-Identifier: ISC */
/*
 * test_drain.c - platforms and systems that take no new VMs, platforms that go, and what the history has of it.
 */
#include <string.h>

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

TestSuite(drain, .init = set_up, .fini = tear_down);

static void
expect(const char *verb, const char *args, const char *code, const char *text)
{
	json_t *row = director_fixture_ask(&f, "admin", verb, args);

	cr_expect_str_eq(field_text(row, "code"), code, "%s %s: %s", verb, args, field_text(row, "message"));
	cr_expect_not_null(strstr(field_text(row, "message"), text), "%s %s: %s", verb, args, field_text(row, "message"));
	json_decref(row);
}

static int64_t
drained_ms(int (*get)(struct store *, const char *, json_t **, struct pd_err *))
{
	json_t *row = NULL;
	int64_t ms;

	cr_assert_eq(get(f.st, "power1", &row, &f.e), 0, "%s", f.e.msg);
	ms = field_number(row, "drained_ms");
	json_decref(row);
	return ms;
}

Test(drain, a_platform_is_drained_and_resumed_and_the_history_says_why)
{
	int64_t since;

	expect("drain-platform", "{\"name\":\"power1\",\"why\":\"new memory\"}", "OK", "takes no new VMs");
	since = drained_ms(store_platform_get);
	cr_expect_neq(since, 0);
	cr_expect_eq(drained_ms(store_system_get), 0, "the platform was drained, not its system");
	cr_expect_eq(director_fixture_history(&f, "platform-drained"), 1);
	expect("drain-platform", "{\"name\":\"power1\",\"why\":\"and new disks\"}", "OK", "takes no new VMs");
	cr_expect_eq(drained_ms(store_platform_get), since, "it is drained since the first time");
	expect("resume-platform", "{\"name\":\"power1\"}", "OK", "takes new VMs again");
	cr_expect_eq(drained_ms(store_platform_get), 0);
	cr_expect_eq(director_fixture_history(&f, "platform-resumed"), 1);
	expect("resume-platform", "{\"name\":\"power1\"}", "OK_NO_CHANGE", "is not drained");
	cr_expect_eq(director_fixture_history(&f, "platform-resumed"), 1);
}

Test(drain, a_system_is_drained_for_itself_and_named_when_its_platform_is_resumed)
{
	expect("drain-platform", "{\"name\":\"power1\",\"system\":\"power1\"}", "OK", "power1");
	cr_expect_neq(drained_ms(store_system_get), 0);
	cr_expect_eq(drained_ms(store_platform_get), 0);
	expect("resume-platform", "{\"name\":\"power1\"}", "OK_NO_CHANGE", "its system power1 is still drained");
	expect("resume-platform", "{\"name\":\"power1\",\"system\":\"power1\"}", "OK", "again");
	cr_expect_eq(drained_ms(store_system_get), 0);
}

Test(drain, what_is_not_there_cannot_be_drained)
{
	expect("drain-platform", "{\"name\":\"power9\"}", "NOT_FOUND", "power9");
	expect("drain-platform", "{\"name\":\"power1\",\"system\":\"sys9\"}", "NOT_FOUND", "sys9");
	expect("resume-platform", "{\"name\":\"power9\"}", "NOT_FOUND", "power9");
	cr_expect_eq(director_fixture_history(&f, "platform-drained"), 0);
}

Test(drain, an_updated_platform_stays_drained)
{
	json_t *row = NULL;

	expect("drain-platform", "{\"name\":\"power1\",\"system\":\"power1\",\"why\":\"x\"}", "OK", "power1");
	cr_assert_eq(store_platform_get(f.st, "power1", &row, &f.e), 0);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_platform_put(f.st, row, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	cr_expect_neq(drained_ms(store_system_get), 0);
	json_decref(row);
}

Test(drain, a_platform_with_VMs_is_not_removed_and_they_are_named)
{
	json_decref(director_fixture_ask(&f, "alice", "create-vm", CREATE("web1")));
	json_decref(director_fixture_ask(&f, "alice", "create-vm", CREATE("web2")));
	expect("remove-platform", "{\"name\":\"power1\"}", "CONFLICT", "2 VMs: web1, web2");
	cr_expect_eq(director_fixture_history(&f, "platform-removed"), 0);
}

Test(drain, a_removed_platform_takes_its_system_along_and_the_history_stays)
{
	json_t *row = NULL;

	expect("remove-platform", "{\"name\":\"power1\"}", "OK", "not registered any more");
	cr_expect_eq(store_system_get(f.st, "power1", &row, &f.e), -1);
	cr_expect_eq(f.e.code, PD_NOTFOUND);
	cr_expect_eq(director_fixture_history(&f, "platform-removed"), 1);
}

Test(drain, a_second_console_is_refused_where_there_can_be_none)
{
	expect("register-platform", "{\"name\":\"p2\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\",\"second_address\":\"h2\"}", "USAGE",
	    "--second-address is for the kind hmc");
	expect("register-platform", "{\"name\":\"p2\",\"kind\":\"ivm\",\"address\":\"h\",\"key\":\"power1\",\"vios_access\":[{\"name\":\"v1\",\"address\":\"h\"}]}", "USAGE",
	    "--vios-access is for the kind hmc");
}
