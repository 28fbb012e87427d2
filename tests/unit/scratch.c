/* SPDX-License-Identifier: ISC */
/*
 * scratch.c - a directory for one test, removed with all that is in it.
 */
#include <sys/stat.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/os/io.h"
#include "tests/unit/scratch.h"

void
scratch_make(char dir[SCRATCH_PATH])
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(dir, SCRATCH_PATH, "%s/pd-unit.XXXXXX", base != NULL ? base : "/tmp");
	cr_assert(mkdtemp(dir) != NULL, "cannot make %s", dir);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
scratch_remove(const char *dir)
{
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

char *
scratch_path(char buf[SCRATCH_PATH], const char *dir, const char *name)
{
	int n = snprintf(buf, SCRATCH_PATH, "%s/%s", dir, name);

	cr_assert(n > 0 && n < SCRATCH_PATH);
	return buf;
}

void
scratch_file(const char *dir, const char *name, const void *data, size_t len)
{
	char path[SCRATCH_PATH];
	int  fd = open(scratch_path(path, dir, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert(fd != -1 && io_write_all(fd, data, len) == 0 && close(fd) == 0, "cannot write %s", path);
}

int
scratch_open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}
