/* SPDX-License-Identifier: ISC */
/* The simulated file system: nothing leads out of its folder. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/sim.h"
#include "tests/simulator/vfs.h"
#include "tests/unit/simulator/front.h"

Test(vfs, folds_paths)
{
	static const char *const paths[][2] = {
		{ "f", "/home/padmin/f" }, { "../x/./y//z/", "/home/x/y/z" }, { "/../../..", "/" },
		{ "/a/../b", "/b" }, { ".", "/home/padmin" },
	};
	struct vfs_at at = { .cwd = "/home/padmin" };
	char abs[VFS_PATH_MAX], long_name[2000];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		cr_expect_eq(vfs_absolute(&at, paths[i][0], abs), 0);
		cr_expect_str_eq(abs, paths[i][1]);
	}
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	cr_expect_eq(vfs_absolute(&at, long_name, abs), -1);
	cr_expect_eq(vfs_absolute(&at, "", abs), -1);
}

Test(vfs, symbolic_links_stay_inside)
{
	struct front f;
	struct vfs_at at;
	char link[160];

	front_open(&f);
	at = (struct vfs_at){ .vfs = f.sim->vfs, .cwd = "/", .is_root = true };
	snprintf(link, sizeof(link), "%s/tmp/out", f.dir);
	cr_assert_eq(symlink("/etc/passwd", link), 0);
	snprintf(link, sizeof(link), "%s/tmp/up", f.dir);
	cr_assert_eq(symlink("../../../../../../../../etc", link), 0);
	cr_expect_eq(vfs_open(&at, "/tmp/out", O_RDONLY, 0), -1);
	cr_expect_eq(errno, ENOENT);
	cr_expect_eq(vfs_open(&at, "/tmp/up/passwd", O_RDONLY, 0), -1);
	cr_expect_eq(vfs_open(&at, "/tmp/up/new", O_WRONLY | O_CREAT, 0600), -1);
	cr_expect_eq(vfs_chmod(&at, "/tmp/out", 0777), -1);
	cr_expect_eq(vfs_unlink(&at, "/tmp/out"), 0);
	front_close(&f);
}

Test(vfs, padmin_reads_no_disk)
{
	struct vfs_at at;
	struct front f;
	char path[160];
	int fd;

	front_open(&f);
	snprintf(path, sizeof(path), "%s/dev/rlv00", f.dir);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	cr_assert_neq(fd, -1);
	(void)close(fd);
	at = (struct vfs_at){ .vfs = f.sim->vfs, .cwd = "/", .is_root = false };
	cr_expect_eq(vfs_open(&at, "/dev/rlv00", O_RDONLY, 0), -1);
	cr_expect_eq(errno, EACCES);
	at.is_root = true;
	fd = vfs_open(&at, "/dev/rlv00", O_RDONLY, 0);
	cr_expect_neq(fd, -1);
	(void)close(fd);
	front_close(&f);
}
