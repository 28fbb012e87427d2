/* SPDX-License-Identifier: ISC */
/*
 * test_io.c - whole reads and writes, and opening what may be hostile.
 */
#include <sys/stat.h>
#include <sys/time.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/io.h"
#include "tests/unit/scratch.h"

static char dir[SCRATCH_PATH];
static int  dirfd_;

static void
setup(void)
{
	scratch_make(dir);
	dirfd_ = io_open_dir(dir, NULL);
	cr_assert(dirfd_ != -1);
}

static void
teardown(void)
{
	(void)close(dirfd_);
	scratch_remove(dir);
}

TestSuite(io, .init = setup, .fini = teardown);

Test(io, a_file_is_read_whole_and_ends_in_nul)
{
	char  *buf;
	size_t len;

	scratch_file(dir, "f", "a\0b", 3);
	cr_assert_eq(io_read_file(dirfd_, "f", 3, &buf, &len, NULL), 0);
	cr_assert_eq(len, 3);
	cr_assert_arr_eq(buf, "a\0b", 4);
	free(buf);
	scratch_file(dir, "empty", "", 0);
	cr_assert_eq(io_read_file(dirfd_, "empty", 3, &buf, &len, NULL), 0);
	cr_assert_eq(len, 0);
	cr_assert_eq(buf[0], '\0');
	free(buf);
}

Test(io, a_file_over_the_limit_or_missing_is_refused)
{
	struct pd_err e;
	char	     *buf;
	size_t	      len;

	scratch_file(dir, "f", "abcd", 4);
	cr_assert_eq(io_read_file(dirfd_, "f", 3, &buf, &len, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
	cr_assert_eq(io_read_file(dirfd_, "none", 3, &buf, &len, &e), -1);
	cr_assert_eq(e.code, PD_NOTFOUND);
}

Test(io, a_link_a_fifo_and_a_directory_are_refused_at_once, .timeout = 10)
{
	struct pd_err e;
	char	     *buf, path[SCRATCH_PATH];
	size_t	      len;

	scratch_file(dir, "f", "abcd", 4);
	cr_assert_eq(symlinkat("f", dirfd_, "link"), 0);
	cr_assert_eq(mkfifo(scratch_path(path, dir, "fifo"), 0600), 0);
	cr_assert_eq(mkdir(scratch_path(path, dir, "sub"), 0700), 0);
	cr_assert_eq(io_read_file(dirfd_, "link", 99, &buf, &len, &e), -1);
	cr_assert_eq(io_read_file(dirfd_, "fifo", 99, &buf, &len, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
	cr_assert_eq(io_read_file(dirfd_, "sub", 99, &buf, &len, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
}

Test(io, a_directory_behind_a_link_is_not_opened)
{
	char path[SCRATCH_PATH];

	cr_assert_eq(symlink(dir, scratch_path(path, dir, "link")), 0);
	cr_assert_eq(io_open_dir(path, NULL), -1);
	scratch_file(dir, "f", "", 0);
	cr_assert_eq(io_open_dir(scratch_path(path, dir, "f"), NULL), -1);
}

Test(io, making_a_directory_that_is_there_is_fine_but_a_file_in_its_place_is_not)
{
	char path[SCRATCH_PATH];

	scratch_path(path, dir, "sub");
	cr_assert_eq(io_make_dir(path, 0700, NULL), 0);
	cr_assert_eq(io_make_dir(path, 0700, NULL), 0);
	scratch_file(dir, "f", "", 0);
	cr_assert_eq(io_make_dir(scratch_path(path, dir, "f"), 0700, NULL), -1);
	cr_assert_eq(io_make_dir(scratch_path(path, dir, "no/such"), 0700, NULL), -1);
}

Test(io, reading_tells_all_end_and_cut_short_apart)
{
	int  p[2];
	char buf[8];

	cr_assert_eq(pipe(p), 0);
	cr_assert_eq(write(p[1], "12345678abc", 11), 11);
	(void)close(p[1]);
	cr_assert_eq(io_read_all(p[0], buf, 8), 1);
	cr_assert_arr_eq(buf, "12345678", 8);
	cr_assert_eq(io_read_all(p[0], buf, 8), -1);
	cr_assert_eq(errno, EPIPE);
	cr_assert_eq(io_read_all(p[0], buf, 8), 0);
	cr_assert_eq(io_read_all(-1, buf, 8), -1);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

static void *
read_slowly(void *arg)
{
	char   *buf = malloc(1 << 20);
	int	fd = *(int *)arg;
	ssize_t n, sum = 0;

	while ((n = read(fd, buf, 1000)) > 0 || (n == -1 && errno == EINTR))
		sum += n > 0 ? n : 0;
	free(buf);
	return (void *)(intptr_t)sum;
}

Test(io, writing_goes_through_short_writes_and_signals, .timeout = 30)
{
	struct sigaction sa = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct itimerval every = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	const size_t	 len = 1 << 20;
	char		*buf = calloc(1, len);
	int		 p[2];
	pthread_t	 t;
	void		*sum;

	cr_assert_eq(pipe(p), 0);
	(void)sigaction(SIGALRM, &sa, NULL);
	cr_assert_eq(pthread_create(&t, NULL, read_slowly, &p[0]), 0);
	(void)setitimer(ITIMER_REAL, &every, NULL);
	cr_assert_eq(io_write_all(p[1], buf, len), 0);
	(void)setitimer(ITIMER_REAL, &never, NULL);
	(void)close(p[1]);
	(void)pthread_join(t, &sum);
	cr_assert_eq((size_t)(intptr_t)sum, len);
	cr_assert_eq(io_write_all(-1, buf, 1), -1);
	free(buf);
}
