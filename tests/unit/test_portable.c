/* SPDX-License-Identifier: ISC */
/*
 * test_portable.c - the Linux calls and their fallbacks promise the same.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/portable.h"
#include "tests/unit/scratch.h"

static char dir[SCRATCH_PATH];
static int  top;

static void
setup(void)
{
	scratch_make(dir);
	top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(top != -1);
}

static void
teardown(void)
{
	(void)close(top);
	scratch_remove(dir);
}

TestSuite(portable, .init = setup, .fini = teardown);

Test(portable, a_rename_moves_the_file_with_its_one_name)
{
	struct stat st;

	scratch_file(dir, "a", "1", 1);
	cr_assert_eq(port_rename_noreplace(top, "a", top, "b"), 0);
	cr_assert_eq(fstatat(top, "a", &st, 0), -1);
	cr_assert_eq(fstatat(top, "b", &st, 0), 0);
	cr_assert_eq(st.st_nlink, 1);
}

Test(portable, a_directory_moves_too_and_never_replaces_not_even_an_empty_one)
{
	struct stat st;

	cr_assert_eq(mkdirat(top, "a", 0700), 0);
	cr_assert_eq(mkdirat(top, "a/inside", 0700), 0);
	cr_assert_eq(port_rename_noreplace(top, "a", top, "b"), 0);
	cr_assert_eq(fstatat(top, "b/inside", &st, 0), 0);
	cr_assert_eq(fstatat(top, "a", &st, 0), -1);
	cr_assert_eq(mkdirat(top, "c", 0700), 0);
	cr_assert_eq(port_rename_noreplace(top, "b", top, "c"), -1);
	cr_assert_eq(errno, EEXIST);
	cr_assert_eq(fstatat(top, "b/inside", &st, 0), 0);
}

Test(portable, a_rename_never_replaces)
{
	struct stat st;

	scratch_file(dir, "a", "1", 1);
	scratch_file(dir, "b", "22", 2);
	cr_assert_eq(port_rename_noreplace(top, "a", top, "b"), -1);
	cr_assert_eq(errno, EEXIST);
	cr_assert_eq(fstatat(top, "b", &st, 0), 0);
	cr_assert_eq(st.st_size, 2);
	cr_assert_eq(fstatat(top, "a", &st, 0), 0);
	cr_assert_eq(port_rename_noreplace(top, "none", top, "c"), -1);
	cr_assert_eq(errno, ENOENT);
}

Test(portable, a_directory_for_searching_serves_openat_and_no_link_leads_there)
{
	char path[SCRATCH_PATH];
	int  fd, file;

	scratch_file(dir, "f", "x", 1);
	fd = port_open_search(dir);
	cr_assert(fd != -1);
	file = openat(fd, "f", O_RDONLY | O_CLOEXEC);
	cr_assert(file != -1);
	(void)close(file);
	(void)close(fd);
	cr_assert_eq(symlink(dir, scratch_path(path, dir, "link")), 0);
	cr_assert_eq(port_open_search(path), -1);
	cr_assert_eq(port_open_search(scratch_path(path, dir, "f")), -1);
}

Test(portable, the_peer_of_a_local_socket_is_known_and_of_nothing_else)
{
	uid_t uid = (uid_t)-2;
	int   s[2], p[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	cr_assert_eq(port_peer_uid(s[0], &uid), 0);
	cr_assert_eq(uid, geteuid());
	cr_assert_eq(pipe(p), 0);
	cr_assert_eq(port_peer_uid(p[0], &uid), -1);
}

static int
is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 5000) == 1;
}

/* No watch is no failure where there are none at all, or others of this account have them all (fs.inotify.max_user_instances). */
static void
must_be_missing(void)
{
	if (errno == EMFILE)
		cr_skip_test("no watch is left");
	cr_assert_eq(errno, ENOSYS);
}

Test(portable, a_watch_wakes_on_growth_or_says_that_there_is_none)
{
	char path[SCRATCH_PATH];
	int  fd, w;

	scratch_file(dir, "log", "", 0);
	w = port_watch_file(scratch_path(path, dir, "log"));
	if (w == -1) {
		must_be_missing();
		return;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	cr_assert_eq(write(fd, "x", 1), 1);
	cr_assert(is_ready(w));
	port_watch_drain(w);
	cr_assert_eq(write(fd, "y", 1), 1);
	cr_assert(is_ready(w));
	(void)close(fd);
	(void)close(w);
	cr_assert_eq(port_watch_file(scratch_path(path, dir, "none")), -1);
}

Test(portable, a_watch_wakes_on_a_name_that_is_moved_in)
{
	char path[SCRATCH_PATH];
	int  w = port_watch_dir(dir);

	if (w == -1) {
		must_be_missing();
		port_watch_drain(w);
		return;
	}
	cr_assert_eq(mkdir(scratch_path(path, dir, "sub"), 0700), 0);
	port_watch_drain(w);
	scratch_file(path, "f", "", 0);
	cr_assert_eq(renameat(top, "sub/f", top, "f"), 0);
	cr_assert(is_ready(w));
	(void)close(w);
}

Test(portable, an_ordinary_process_is_not_setid)
{
	cr_assert_eq(port_is_setid(), 0);
}

/* Runs f in a process of its own; its exit status. */
static int
in_child(int (*f)(void))
{
	int   status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(f());
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
close_from_ten(void)
{
	if (dup2(2, 9) != 9 || dup2(2, 10) != 10 || dup2(2, 200) != 200)
		return 1;
	port_close_from(10);
	if (fcntl(9, F_GETFD) == -1)
		return 2;
	return fcntl(10, F_GETFD) == -1 && fcntl(200, F_GETFD) == -1 ? 0 : 3;
}

Test(portable, closing_from_a_number_spares_those_below)
{
	cr_assert_eq(in_child(close_from_ten), 0);
}

static int
has_no_core(void)
{
	struct rlimit rl;

	port_no_dump();
	return getrlimit(RLIMIT_CORE, &rl) == 0 && rl.rlim_cur == 0 && rl.rlim_max == 0 ? 0 : 1;
}

Test(portable, no_core_is_dumped)
{
	cr_assert_eq(in_child(has_no_core), 0);
}

#ifndef PD_PORTABLE
/* Parent and child; the child keeps the pipe's end open until it ends. */
static void __attribute__((noreturn))
parent_that_leaves(int fd)
{
	char c = 'x';

	if (fork() == 0) {
		port_die_with_parent(SIGKILL);
		(void)!write(fd, &c, 1);
		for (;;)
			(void)pause();
	}
	/* Leave when told: the reader has seen that the child is set up. */
	(void)raise(SIGSTOP);
	_exit(0);
}

Test(portable, a_child_ends_with_its_parent, .timeout = 20)
{
	int   p[2];
	char  c;
	pid_t pid;

	cr_assert_eq(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(p[0]);
		parent_that_leaves(p[1]);
	}
	(void)close(p[1]);
	cr_assert_eq(read(p[0], &c, 1), 1);
	cr_assert_eq(waitpid(pid, NULL, WUNTRACED), pid);
	cr_assert_eq(kill(pid, SIGCONT), 0);
	cr_assert_eq(read(p[0], &c, 1), 0);	/* end of file: nobody is left */
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
}
#endif

Test(portable, bytes_are_found_first_and_last_and_not_beyond)
{
	static const char in[] = "a//b\0//";

	cr_assert_eq(port_find(in, sizeof(in) - 1, "//", 2), in + 1);
	cr_assert_eq(port_find(in + 2, sizeof(in) - 3, "//", 2), in + 5);
	cr_assert_null(port_find(in + 2, 4, "//", 2));
	cr_assert_null(port_find(in, 1, "//", 2));
	cr_assert_eq(port_find(in, 8, "b\0/", 3), in + 3);
}

Test(portable, an_array_grows_and_never_wraps_around)
{
	char *p = port_grow(NULL, 3, 4);

	cr_assert_not_null(p);
	memcpy(p, "0123456789a", 12);
	p = port_grow(p, 1000, 4);
	cr_assert_str_eq(p, "0123456789a");
	cr_assert_null(port_grow(p, (size_t)-1 / 2, 4));
	cr_assert_eq(errno, ENOMEM);
	free(p);
}

Test(portable, random_bytes_differ_and_a_wiped_secret_is_gone)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 }, none[32] = { 0 };

	cr_assert_eq(port_random(a, sizeof(a)), 0);
	cr_assert_eq(port_random(b, sizeof(b)), 0);
	cr_assert_neq(memcmp(a, b, sizeof(a)), 0);
	port_wipe(a, sizeof(a) - 1);
	cr_assert_eq(memcmp(a, none, sizeof(a) - 1), 0);
	port_wipe(b, 0);
	cr_assert_neq(memcmp(b, none, sizeof(b)), 0);
}
