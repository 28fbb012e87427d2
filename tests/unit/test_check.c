/* SPDX-License-Identifier: ISC */
/*
 * test_check.c - powerdirectord --check and --init.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/director/check.h"
#include "tests/unit/fixture_director.h"

static struct director_fixture f;
static char		       said[4096];

static void
set_up(void)
{
	director_fixture_open(&f);
	director_fixture_worker(&f, "done", "{}");
	said[0] = '\0';
}

static void
tear_down(void)
{
	director_fixture_close(&f);
}

TestSuite(check, .init = set_up, .fini = tear_down);

static void
report(void *arg, const char *text)
{
	size_t len = strlen(said);

	(void)arg;
	(void)snprintf(said + len, sizeof(said) - len, "%s\n", text);
}

static void
in_dir(const char *name, char path[SCRATCH_PATH])
{
	(void)scratch_path(path, f.dir, name);
}

Test(check, a_good_installation_has_no_problem)
{
	cr_assert_eq(check_all(f.conf_path, report, NULL), 0, "%s", said);
}

Test(check, a_mistake_in_the_policy_is_named_with_its_line)
{
	FILE *conf = fopen(f.conf_path, "a");

	(void)fputs("nonsense = 1\n", conf);
	(void)fclose(conf);
	cr_assert_eq(check_all(f.conf_path, report, NULL), 1);
	cr_assert_not_null(strstr(said, f.conf_path));
}

Test(check, every_sequence_is_read_and_each_bad_one_is_named)
{
	char path[SCRATCH_PATH], kind[SCRATCH_PATH];

	in_dir("templates", path);
	(void)snprintf(kind, sizeof(kind), "%.240s/ivm", path);
	cr_assert_eq(mkdir(kind, 0700), 0);
	scratch_file(kind, "a.seq", "nonsense {\n", 11);
	scratch_file(kind, "b.seq", "more { nonsense }\n", 18);
	scratch_file(kind, "notes.txt", "x", 1);
	cr_assert_eq(check_all(f.conf_path, report, NULL), 2, "%s", said);
	cr_assert_not_null(strstr(said, "a.seq:"));
	cr_assert_not_null(strstr(said, "b.seq:"));
}

Test(check, directories_keys_and_worker_are_looked_at)
{
	char path[SCRATCH_PATH];

	in_dir("worker", path);
	cr_assert_eq(chmod(path, 0600), 0);
	in_dir("keys", path);
	cr_assert_eq(chmod(path, 0777), 0);
	in_dir("state", path);
	cr_assert_eq(chmod(path, 0755), 0);
	in_dir("spool/cur", path);
	cr_assert_eq(chmod(path, 0755), 0);
	cr_assert_eq(check_all(f.conf_path, report, NULL), 4, "%s", said);
	cr_assert_not_null(strstr(said, "worker"));
	cr_assert_not_null(strstr(said, "keys"));
	cr_assert_not_null(strstr(said, "state"));
	cr_assert_not_null(strstr(said, "cur"));
}

Test(check, init_makes_what_is_missing_and_can_be_repeated)
{
	director_fixture_release(&f);
	scratch_remove(f.conf->spool);
	scratch_remove(f.conf->state);
	cr_assert_neq(check_all(f.conf_path, report, NULL), 0);
	cr_assert_eq(check_init(f.conf_path, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(check_init(f.conf_path, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(check_all(f.conf_path, report, NULL), 0, "%s", said);
	director_fixture_reopen(&f);
}
