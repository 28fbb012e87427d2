/* SPDX-License-Identifier: ISC */
/* Failures on demand. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/fault.h"
#include "tests/unit/simulator/front.h"

/* Which of ten matches fire: "0100000000". */
static void
expect_hits(const char *spec, const char *pattern)
{
	struct faults *f = faults_new();
	struct fault_hit hit;
	char err[200] = "", got[11] = "";

	cr_assert_eq(faults_add(f, spec, err, sizeof(err)), 0, "%s", err);
	for (int i = 0; i < 10; i++) {
		faults_check(f, "other", &hit);
		cr_expect_eq(hit.action, FAULT_NONE);
		faults_check(f, "ioscli mklv rootvg 4G", &hit);
		got[i] = hit.action == FAULT_NONE ? '0' : '1';
	}
	cr_expect_str_eq(got, pattern, "%s: %s", spec, got);
	faults_free(f);
}

Test(fault, fires_when_it_is_told_to)
{
	expect_hits("match=mklv,action=refuse", "1111111111");
	expect_hits("match=mklv,nth=2,action=refuse", "0100000000");
	expect_hits("match=mklv,nth=2,times=3,action=refuse", "0111000000");
	expect_hits("match=mklv,times=3,action=refuse", "1110000000");
	expect_hits("match=mklv,from=9,action=refuse", "0000000011");
	expect_hits("match=^ioscli (mklv|rmlv) ,action=hang", "1111111111");
	expect_hits("match=^mklv,action=hang", "0000000000");
}

Test(fault, refuses_bad_specs)
{
	static const char *const bad[] = { "", "match=x", "action=refuse", "match=x,action=fly", "match=(,action=refuse",
		"match=x,action=refuse,status=256", "match=x,action=refuse,nth=-1", "match=x,action=refuse,action=hang",
		"match=x,nth=1,from=2,action=refuse", "x", "match=x,action=delay,ms=", "match=x,action=refuse,colour=red" };
	struct faults *f = faults_new();
	char err[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err[0] = '\0';
		cr_expect_eq(faults_add(f, bad[i], err, sizeof(err)), -1, "%s", bad[i]);
		cr_expect(strncmp(err, "fault: ", 7) == 0, "%s: %s", bad[i], err);
	}
	faults_free(f);
}

Test(fault, texts_and_patterns_may_hold_commas)
{
	struct faults *f = faults_new();
	struct fault_hit hit;
	char err[200];

	cr_assert_eq(faults_add(f, "match=a,b{2,3},action=refuse,status=7,stderr=[X-1] no, not\\nthat", err, sizeof(err)), 0);
	faults_check(f, "a,bb", &hit);
	cr_expect_eq(hit.action, FAULT_REFUSE);
	cr_expect_eq(hit.status, 7);
	cr_expect_str_eq(hit.stderr_text, "[X-1] no, not\nthat\n");
	faults_free(f);
}

Test(fault, hits_one_command_of_a_script)
{
	struct front f;

	front_open(&f);
	front_fault(&f, "match=^touch /tmp/b$,action=refuse,status=5,stderr=refused");
	front_run(&f, false, NULL, "x=b; oem_setup_env <<eof\ntouch /tmp/a; touch /tmp/$x; echo st=\\$?; touch /tmp/c; ls /tmp\neof");
	cr_expect_str_eq(f.out, "st=5\na\nc\n");
	cr_expect_str_eq(f.err, "refused\n");
	front_close(&f);
}

Test(fault, garble_runs_the_command_and_hides_its_answer)
{
	struct front f;

	front_open(&f);
	front_fault(&f, "match=^tee,action=garble");
	front_run(&f, false, NULL, "echo secret | tee f");
	cr_expect(strstr(f.out, "secret") == NULL);
	cr_expect_geq(f.out_len, 200);
	front_run(&f, false, NULL, "cat f");
	cr_expect_str_eq(f.out, "secret\n");
	front_close(&f);
}

Test(fault, flood_prints_megabytes)
{
	struct front f;

	front_open(&f);
	front_fault(&f, "match=^echo,action=flood");
	front_run(&f, false, NULL, "echo a | wc -c");
	cr_expect_gt(atol(f.out), 8 * 1024 * 1024);
	front_close(&f);
}

Test(fault, a_cut_before_has_no_effect_and_one_during_has)
{
	struct front f;

	front_open(&f);
	front_fault(&f, "match=^touch /tmp/a,action=cut-before");
	front_fault(&f, "match=^touch /tmp/b,action=cut-during");
	front_run(&f, true, NULL, "touch /tmp/a; touch /tmp/c");
	front_run(&f, true, NULL, "touch /tmp/b; touch /tmp/c");
	front_run(&f, true, NULL, "ls /tmp");
	cr_expect_str_eq(f.out, "b\n");
	front_close(&f);
}

Test(fault, file_replaces_all_and_a_bad_one_changes_nothing)
{
	char path[] = "/tmp/simfaults.XXXXXX", err[200];
	struct faults *f = faults_new();
	struct fault_hit hit;
	int fd = mkstemp(path);
	FILE *fp = fdopen(fd, "w");

	cr_assert_eq(faults_add(f, "match=old,action=refuse", err, sizeof(err)), 0);
	fputs("# comment\n\nmatch=new,action=delay,ms=5\n", fp);
	fflush(fp);
	cr_expect_eq(faults_load(f, path, err, sizeof(err)), 1);
	faults_check(f, "old", &hit);
	cr_expect_eq(hit.action, FAULT_NONE);
	faults_check(f, "new", &hit);
	cr_expect_eq(hit.action, FAULT_DELAY);
	fputs("nonsense\n", fp);
	fclose(fp);
	cr_expect_eq(faults_load(f, path, err, sizeof(err)), -1);
	faults_check(f, "new", &hit);
	cr_expect_eq(hit.action, FAULT_DELAY);
	(void)unlink(path);
	faults_free(f);
}
