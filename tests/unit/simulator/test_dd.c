/* SPDX-License-Identifier: ISC */
/* dd: bytes, records, holes, and the end of a disk. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/simulator/front.h"

/* A disk of the VIOS: a sparse file below /dev. */
static void
make_disk(const struct front *f, const char *name, off_t size)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/dev/%s", f->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	cr_assert_neq(fd, -1);
	cr_assert_eq(ftruncate(fd, size), 0);
	(void)close(fd);
}

static struct stat
stat_of(const struct front *f, const char *name)
{
	struct stat st = { 0 };
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	cr_assert_eq(stat(path, &st), 0, "%s", path);
	return st;
}

Test(dd, counts_records)
{
	expect_root("printf 12345 | dd bs=2 of=/tmp/f; cat /tmp/f", "12345",
	    "2+1 records in.\n2+1 records out.\n", 0);
	expect_root("echo 0123456789 > /tmp/f; dd if=/tmp/f bs=1 skip=2 count=3 2>/dev/null", "234", "", 0);
	expect_root("echo abcdef > /tmp/f; printf XY | dd of=/tmp/f bs=1 seek=2 conv=notrunc 2>/dev/null; cat /tmp/f", "abXYef\n", "", 0);
	expect_root("dd if=/dev/zero of=/tmp/f bs=1024k count=3; ls -l /tmp/f | awk '{print $5}'", "3145728\n",
	    "3+0 records in.\n3+0 records out.\n", 0);
}

Test(dd, copies_an_image_to_a_disk_and_back)
{
	struct front f;

	front_open(&f);
	make_disk(&f, "rlv00", 8 * 1024 * 1024);
	front_run(&f, true, NULL, "printf 'boot sector' > /tmp/img; dd if=/tmp/img of=/dev/rlv00 bs=8M > /dev/null 2> /tmp/log; "
	    "cat /tmp/log; dd if=/dev/rlv00 bs=11 count=1 2>/dev/null");
	cr_expect_str_eq(f.out, "0+1 records in.\n0+1 records out.\nboot sector");
	cr_expect_eq(stat_of(&f, "dev/rlv00").st_size, 8 * 1024 * 1024);
	front_close(&f);
}

Test(dd, keeps_holes)
{
	struct front f;

	front_open(&f);
	make_disk(&f, "rlv00", (off_t)1 << 34);
	make_disk(&f, "rlv01", (off_t)1 << 34);
	front_run(&f, true, NULL, "echo x | dd of=/dev/rlv00 bs=4096 seek=1000 conv=notrunc; dd if=/dev/rlv00 of=/dev/rlv01 bs=8M; "
	    "dd if=/dev/rlv01 bs=4096 skip=1000 count=1 | head -1");
	cr_expect_eq(f.status, 0);
	cr_expect(strstr(f.err, "2048+0 records in.\n2048+0 records out.\n") != NULL, "%s", f.err);
	cr_expect_eq(f.out[0], 'x');
	cr_expect_lt(stat_of(&f, "dev/rlv01").st_blocks, 4096);
	front_close(&f);
}

Test(dd, a_hole_replaces_what_was_there)
{
	struct front f;

	front_open(&f);
	make_disk(&f, "rlv00", 65536);
	make_disk(&f, "rlv01", 65536);
	front_run(&f, true, NULL, "echo old | dd of=/dev/rlv01 seek=4; dd if=/dev/rlv00 of=/dev/rlv01; grep -c old /dev/rlv01");
	cr_expect_str_eq(f.out, "0\n");
	front_close(&f);
}

Test(dd, a_disk_never_grows)
{
	struct front f;

	front_open(&f);
	make_disk(&f, "rlv00", 4096);
	front_run(&f, true, NULL, "dd if=/dev/zero of=/dev/rlv00 bs=1024");
	cr_expect_eq(f.status, 2);
	cr_expect(strstr(f.err, "dd: 0511-053 The write failed.\n") != NULL, "%s", f.err);
	cr_expect(strstr(f.err, "4+0 records out.\n") != NULL, "%s", f.err);
	front_run(&f, true, NULL, "dd if=/dev/zero of=/tmp/big bs=1024 count=8; dd if=/tmp/big of=/dev/rlv00 bs=1024");
	cr_expect_eq(f.status, 2);
	front_run(&f, true, NULL, "echo 0123456789 > /dev/rlv00; cp /tmp/big /dev/rlv00");
	cr_expect_neq(f.status, 0);
	cr_expect_eq(stat_of(&f, "dev/rlv00").st_size, 4096);
	front_close(&f);
}

Test(dd, says_what_it_cannot_open)
{
	expect_root("dd if=/none of=/tmp/x", "", "dd: 0511-049 Cannot open /none.\n"
	    "/none: A file or directory in the path name does not exist.\n", 2);
	expect_root("dd bs=0", "", "dd: 0511-046 The operand bs=0 is not valid.\n", 2);
	expect_root("dd bs=9999999999999999999", "", "dd: 0511-046 The operand bs=9999999999999999999 is not valid.\n", 2);
}
