/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_cache.c - sequences that a warm worker keeps.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "handlers/sequence/sequence_cache.h"
#include "handlers/sequence/sequence_model.h"
#include "tests/unit/scratch.h"

static struct sequence_cache c;
static struct pd_err	     e;

static void
tear_down(void)
{
	sequence_cache_clear(&c);
}

TestSuite(sequence_cache, .fini = tear_down);

static const struct sequence *
load(const char *path)
{
	const struct sequence *s;

	cr_assert_eq(sequence_cache_load(&c, path, &s, &e), 0, "%s", e.msg);
	return s;
}

Test(sequence_cache, a_file_that_has_not_changed_is_not_parsed_again)
{
	const struct sequence *start = load("templates/ivm/start-vm.seq"), *stop = load("templates/ivm/stop-vm.seq");

	cr_assert_str_eq(start->name, "start-vm");
	cr_assert_str_eq(stop->name, "stop-vm");
	cr_assert_eq(load("templates/ivm/stop-vm.seq"), stop);
	cr_assert_eq(load("templates/ivm/start-vm.seq"), start);
}

static void
write_file(const char *path, const char *verb, const struct timespec times[2])
{
	FILE *f = fopen(path, "w");

	fprintf(f, "sequence %s {\n\tkind = 'ivm'\n\tinputs = { 'vm' }\n\ton-failure = 'undo'\n\tstep one { set { vm.state = 'stopped' } }\n}\n"
	    "end = true\n", verb);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The same size and time: only that it had not settled keeps the first one from being taken for the second. */
Test(sequence_cache, a_file_that_may_still_be_changing_is_read_each_time)
{
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	char		      dir[SCRATCH_PATH], path[SCRATCH_PATH];

	scratch_make(dir);
	(void)scratch_path(path, dir, "x.seq");
	write_file(path, "start-vm", times);
	cr_assert_str_eq(load(path)->name, "start-vm");
	write_file(path, "reset-vm", times);
	cr_assert_str_eq(load(path)->name, "reset-vm");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(sequence_cache_load(&c, path, &(const struct sequence *){ NULL }, &e), -1);
	scratch_remove(dir);
}
