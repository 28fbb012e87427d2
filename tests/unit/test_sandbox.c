/* SPDX-License-Identifier: ISC */
/*
 * The sandboxes themselves, each call in a process of its own: what no program of ours does ends it, what
 * it has to do works.  tests/e2e/83-sandbox.sh looks at the real programs.
 */
#include <criterion/criterion.h>

#if defined(PD_SANDBOX)
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <asm/ioctls.h>
#include <linux/sched.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/sandbox.h"
#include "tests/unit/scratch.h"

#define GATEWAY	 (1u << SANDBOX_GATEWAY)
#define DIRECTOR (1u << SANDBOX_DIRECTOR)
#define WORKER	 (1u << SANDBOX_WORKER)
#define LOCAL	 (1u << SANDBOX_LOCAL)
#define ALL	 (GATEWAY | DIRECTOR | WORKER | LOCAL)

static const char *const names[] = { "gateway", "director", "worker", "local worker" };
#define PROGRAMS (sizeof(names) / sizeof(names[0]))

/* Number and arguments; the result is looked at when the process survives. */
struct attempt {
	const char *what;
	unsigned    who;
	long	    nr, a[6];
};

#define PTR(p) (long)(p)
static const char *const argv_true[] = { "true", NULL };
static const char *const no_env[] = { NULL };

static const struct attempt forbidden[] = {
	{ "starts a program", GATEWAY | WORKER, SYS_execve, { PTR("/bin/true"), PTR(argv_true), PTR(no_env) } },
	{ "starts a program by descriptor", ALL, SYS_execveat, { -1, PTR("/bin/true"), PTR(argv_true), PTR(no_env), 0 } },
	{ "forks", GATEWAY | WORKER, SYS_clone, { SIGCHLD } },
	{ "makes a user namespace with a child", ALL, SYS_clone, { CLONE_NEWUSER | SIGCHLD } },
	{ "makes a thread", ALL, SYS_clone, { CLONE_VM | CLONE_THREAD | CLONE_SIGHAND } },
	{ "leaves its namespaces", ALL, SYS_unshare, { CLONE_NEWUSER } },
	{ "enters a namespace", ALL, SYS_setns, { 0, 0 } },
	{ "traces", ALL, SYS_ptrace, { PTRACE_TRACEME } },
	{ "reads another's memory", ALL, SYS_process_vm_readv, { 1 } },
	{ "writes another's memory", ALL, SYS_process_vm_writev, { 1 } },
	{ "kills", GATEWAY | WORKER, SYS_kill, { 1, 0 } },
	{ "kills a thread", ALL, SYS_tgkill, { 1, 1, SIGKILL } },
	{ "mounts", ALL, SYS_mount, { PTR("none"), PTR("/"), PTR("tmpfs") } },
	{ "changes its root", ALL, SYS_chroot, { PTR("/") } },
	{ "changes its uid", ALL, SYS_setresuid, { 0, 0, 0 } },
	{ "changes its gid", ALL, SYS_setresgid, { 0, 0, 0 } },
	{ "changes its groups", ALL, SYS_setgroups, { 0, 0 } },
	{ "takes capabilities", ALL, SYS_capset, { 0, 0 } },
	{ "changes its personality", ALL, SYS_personality, { 0 } },
	{ "loads a module", ALL, SYS_init_module, { 0, 0, 0 } },
	{ "loads BPF", ALL, SYS_bpf, { 0, 0, 0 } },
	{ "uses io_uring", ALL, SYS_io_uring_setup, { 1, 0 } },
	{ "uses keys", ALL, SYS_keyctl, { 0 } },
	{ "counts events", ALL, SYS_perf_event_open, { 0 } },
	{ "handles page faults", ALL, SYS_userfaultfd, { 0 } },
	{ "opens a file by handle", ALL, SYS_open_by_handle_at, { 0 } },
	{ "makes a device", ALL, SYS_mknodat, { AT_FDCWD, PTR("/x"), S_IFCHR, 0 } },
	{ "makes a symbolic link", ALL, SYS_symlinkat, { PTR("/x"), AT_FDCWD, PTR("/x") } },
	{ "changes a mode by name", ALL, SYS_fchmodat, { AT_FDCWD, PTR("/nonexistent"), 0777 } },
	{ "changes an owner by name", ALL, SYS_fchownat, { AT_FDCWD, PTR("/nonexistent"), 0, 0, 0 } },
	{ "makes a directory", GATEWAY | WORKER | LOCAL, SYS_mkdirat, { AT_FDCWD, PTR("/nonexistent/x"), 0700 } },
	{ "types on the terminal", ALL, SYS_ioctl, { 0, TIOCSTI, PTR("x") } },
	{ "can be dumped again", GATEWAY | WORKER | LOCAL, SYS_prctl, { PR_SET_DUMPABLE, 1 } },
	{ "keeps capabilities", ALL, SYS_prctl, { PR_SET_KEEPCAPS, 1 } },
	{ "raises a limit", GATEWAY | WORKER, SYS_prlimit64, { 0, 0, PTR(no_env), 0 } },
	{ "writable and executable memory", ALL, SYS_mmap, { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 } },
	{ "maps a program", GATEWAY, SYS_mmap, { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 } },
	{ "makes memory executable", ALL, SYS_mprotect, { 0, 4096, PROT_READ | PROT_EXEC } },
	{ "a packet socket", ALL, SYS_socket, { AF_PACKET, SOCK_RAW, 0 } },
	{ "a raw socket", ALL, SYS_socket, { AF_INET, SOCK_RAW, IPPROTO_TCP } },
	{ "a virtual machine's socket", ALL, SYS_socket, { AF_VSOCK, SOCK_STREAM, 0 } },
	{ "an internet socket", GATEWAY, SYS_socket, { AF_INET, SOCK_STREAM, 0 } },
	{ "an interface list", GATEWAY, SYS_socket, { AF_NETLINK, SOCK_RAW, 0 } },
	{ "waits for connections", GATEWAY | WORKER | LOCAL, SYS_listen, { -1, 1 } },
	{ "accepts a connection", GATEWAY | WORKER | LOCAL, SYS_accept4, { -1, 0, 0, 0 } },
	{ "a pair of sockets", GATEWAY | WORKER | LOCAL, SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0, 0 } },
#if !defined(PD_COVERAGE)
	{ "opens for writing", WORKER | LOCAL, SYS_openat, { AT_FDCWD, PTR("/dev/null"), O_WRONLY, 0 } },
	{ "opens for reading and writing", WORKER | LOCAL, SYS_openat, { AT_FDCWD, PTR("/dev/null"), O_RDWR, 0 } },
	{ "makes a file", WORKER | LOCAL, SYS_openat, { AT_FDCWD, PTR("/nonexistent/x"), O_RDONLY | O_CREAT, 0600 } },
	{ "an unnamed file", WORKER | LOCAL, SYS_openat, { AT_FDCWD, PTR("/tmp"), O_TMPFILE | O_RDWR, 0600 } },
#endif
	{ "renames", WORKER | LOCAL, SYS_renameat2, { AT_FDCWD, PTR("/nonexistent/x"), AT_FDCWD, PTR("/nonexistent/y"), 0 } },
	{ "removes", WORKER | LOCAL, SYS_unlinkat, { AT_FDCWD, PTR("/nonexistent/x"), 0 } },
	{ "links", WORKER | LOCAL, SYS_linkat, { AT_FDCWD, PTR("/nonexistent/x"), AT_FDCWD, PTR("/nonexistent/y"), 0 } },
	{ "watches files", WORKER | LOCAL, SYS_inotify_init1, { 0 } },
};

/* Calls that a library tries and can do without: refused, but the process goes on. */
static const struct {
	struct attempt attempt;
	int	       error;
} refused[] = {
	{ { "a call that is newer than the filter", ALL, 2000, { 0 } }, ENOSYS },
	{ { "clone3", ALL, SYS_clone3, { 0 } }, ENOSYS },
	{ { "openat2", ALL, SYS_openat2, { 0 } }, ENOSYS },
	{ { "an interface list", DIRECTOR | WORKER | LOCAL, SYS_socket, { AF_NETLINK, SOCK_RAW, 0 } }, EAFNOSUPPORT },
	{ { "the director's socket", WORKER | LOCAL, SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } }, EACCES },
	{ { "a port of its own", WORKER | LOCAL, SYS_bind, { -1, 0, 0 } }, EACCES },
};

static int
ended(pid_t pid)
{
	int status = -1;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* Its exit status: 0, or the errno of the call. */
static int
try_in(enum sandbox_program program, const struct attempt *t)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (sandbox_enter(program, NULL) == -1)
			_exit(254);
		errno = 0;
		if (syscall(t->nr, t->a[0], t->a[1], t->a[2], t->a[3], t->a[4], t->a[5]) == -1)
			_exit(errno);
		_exit(0);
	}
	return ended(pid);
}

static int
has_seccomp(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != -1;
}

Test(sandbox, a_forbidden_call_ends_the_process)
{
	if (!has_seccomp())
		cr_skip_test("this kernel has no seccomp");
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		for (unsigned p = 0; p < PROGRAMS; p++) {
			int status = (forbidden[i].who & 1u << p) == 0 ? SIGSYS : try_in((enum sandbox_program)p, &forbidden[i]);

			cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "the %s %s: status %x", names[p],
			    forbidden[i].what, (unsigned)status);
		}
}

Test(sandbox, what_a_library_can_do_without_is_refused)
{
	if (!has_seccomp())
		cr_skip_test("this kernel has no seccomp");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		for (unsigned p = 0; p < PROGRAMS; p++) {
			int status = (refused[i].attempt.who & 1u << p) == 0 ? W_EXITCODE(refused[i].error, 0) :
				try_in((enum sandbox_program)p, &refused[i].attempt);

			cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == refused[i].error, "the %s: %s: status %x", names[p],
			    refused[i].attempt.what, (unsigned)status);
		}
}

static int
starts_a_program(enum sandbox_program program)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (sandbox_enter(program, NULL) == -1)
			_exit(254);
		pid = fork();
		if (pid == 0)
			(void)execl("/bin/true", "true", (char *)NULL);
		_exit(pid == -1 ? 253 : ended(pid) != 0);
	}
	return ended(pid);
}

Test(sandbox, the_director_and_a_local_worker_start_programs)
{
	cr_expect_eq(starts_a_program(SANDBOX_DIRECTOR), 0);
	cr_expect_eq(starts_a_program(SANDBOX_LOCAL), 0);
}

/* Each worker begins with the wider filter; the narrow one then counts. */
Test(sandbox, a_worker_of_another_host_gives_programs_up)
{
	int   status;
	pid_t pid = fork();

	if (!has_seccomp())
		cr_skip_test("this kernel has no seccomp");
	if (pid == 0) {
		if (sandbox_enter(SANDBOX_LOCAL, NULL) == -1 || sandbox_enter(SANDBOX_WORKER, NULL) == -1)
			_exit(254);
		(void)fork();
		_exit(0);
	}
	status = ended(pid);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "status %x", (unsigned)status);
}

/* The modules of this machine's nsswitch.conf are loaded here, and ask what they ask. */
Test(sandbox, the_director_and_the_worker_look_names_up)
{
	for (int p = SANDBOX_DIRECTOR; p <= SANDBOX_LOCAL; p++) {
		pid_t pid = fork();
		int   status;

		if (pid == 0) {
			struct addrinfo *list;

			if (sandbox_enter((enum sandbox_program)p, NULL) == -1)
				_exit(254);
			(void)getpwuid(4711);
			(void)getpwnam("nobody-of-that-name");
			(void)getgrnam("no-group-of-that-name");
			_exit(getaddrinfo("localhost", "22", NULL, &list) == 0 ? 0 : 1);
		}
		status = ended(pid);
		cr_expect_eq(status, 0, "the %s: status %x", names[p], (unsigned)status);
	}
}

Test(sandbox, an_assertion_ends_as_what_it_is)
{
	pid_t pid = fork();
	int   status;

	if (pid == 0) {
		if (sandbox_enter(SANDBOX_WORKER, NULL) == -1)
			_exit(254);
		abort();
	}
	status = ended(pid);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %x", (unsigned)status);
}

#if !defined(PD_COVERAGE)
static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

static void
enter_scratch(char dir[SCRATCH_PATH])
{
	scratch_make(dir);
	cr_assert_eq(chdir(dir), 0);
}

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	cr_assert(fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	(void)close(fd);
}

/* 0, or the errno of an open(); a file of its own each time. */
static int
opening(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd == -1)
		return errno;
	(void)close(fd);
	return 0;
}

/* The line that is wrong, as exit status. */
#define MUST(expected, value) do { if ((value) != (expected)) _exit(__LINE__ % 250 + 1); } while (0)

static void
try_files(const char *read_dir, const char *a, const char *b)
{
	const struct sandbox_path paths[] = { { "read", SANDBOX_READ }, { a, SANDBOX_FILE }, { b, SANDBOX_FILE }, { "none", SANDBOX_WRITE } };

	MUST(0, sandbox_files(paths, 4, 0, NULL, 0, NULL));
	MUST(0, opening("read/file", O_RDONLY));
	MUST(0, opening(read_dir, O_RDONLY | O_DIRECTORY));
	MUST(EACCES, opening("read/file", O_WRONLY));
	MUST(EACCES, opening("read/new", O_WRONLY | O_CREAT));
	MUST(EACCES, opening("/etc/passwd", O_RDONLY));
	MUST(EACCES, opening(".", O_RDONLY | O_DIRECTORY));
	MUST(0, opening("a/job", O_WRONLY | O_CREAT | O_EXCL));
	MUST(EACCES, opening("a/job", O_RDONLY));
	MUST(0, rename("a/job", "b/job"));
	MUST(-1, rename("b/job", "read/job"));
	MUST(-1, symlink("/etc", "a/link"));
	MUST(-1, mkdir("a/dir", 0700));
	MUST(0, unlink("b/job"));
	_exit(0);
}

Test(sandbox, only_the_files_of_the_list_are_reached)
{
	char  dir[SCRATCH_PATH];
	int   status;
	pid_t pid;

	if (landlock_version() < 2)
		cr_skip_test("this kernel has no Landlock, or an old one");
	enter_scratch(dir);
	cr_assert(mkdir("read", 0700) == 0 && mkdir("a", 0700) == 0 && mkdir("b", 0700) == 0);
	put("read/file", "x");
	if ((pid = fork()) == 0)
		try_files("read", "a", "b");
	status = ended(pid);
	cr_assert_eq(status, 0, "line %d", WEXITSTATUS(status) - 1);
	scratch_remove(dir);
}

/* Exit status of a program, 250 when it cannot be started. */
static int
start(const char *path)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl(path, "true", (char *)NULL);
		_exit(250);
	}
	return WEXITSTATUS(ended(pid));
}

Test(sandbox, a_local_worker_starts_the_programs_of_its_directories_and_no_others)
{
	struct sandbox_path paths[] = { { "console", SANDBOX_START }, { "/lib", SANDBOX_READ }, { "/lib64", SANDBOX_READ },
		{ "/usr", SANDBOX_READ }, { "/etc", SANDBOX_READ } };
	char		    dir[SCRATCH_PATH];
	int		    status;
	pid_t		    pid;

	if (landlock_version() < 2)
		cr_skip_test("this kernel has no Landlock, or an old one");
	enter_scratch(dir);
	cr_assert(mkdir("console", 0700) == 0 && system("cp /bin/true console/lssyscfg && cp /bin/true other") == 0);
	if ((pid = fork()) == 0) {
		MUST(0, sandbox_files(paths, sizeof(paths) / sizeof(paths[0]), 0, NULL, 0, NULL));
		MUST(0, sandbox_enter(SANDBOX_LOCAL, NULL));
		MUST(0, start("console/lssyscfg"));
		MUST(250, start("./other"));
		MUST(250, start("/bin/true"));
		MUST(250, start("/bin/sh"));
		_exit(0);
	}
	status = ended(pid);
	cr_assert_eq(status, 0, "line %d", WEXITSTATUS(status) - 1);
	scratch_remove(dir);
}

Test(sandbox, the_director_reads_everything_and_writes_what_is_its_own)
{
	const struct sandbox_path paths[] = { { "own", SANDBOX_WRITE } };
	char			  dir[SCRATCH_PATH];
	int			  status;
	pid_t			  pid;

	if (landlock_version() < 2)
		cr_skip_test("this kernel has no Landlock, or an old one");
	enter_scratch(dir);
	cr_assert(mkdir("own", 0700) == 0 && mkdir("other", 0700) == 0);
	if ((pid = fork()) == 0) {
		MUST(0, sandbox_files(paths, 1, 1, NULL, 0, NULL));
		MUST(0, opening("/etc/passwd", O_RDONLY));
		MUST(0, opening("own/file", O_RDWR | O_CREAT));
		MUST(0, mkdir("own/dir", 0700));
		MUST(0, mkfifo("own/fifo", 0600));
		MUST(0, rename("own/fifo", "own/dir/fifo"));
		MUST(EACCES, opening("other/file", O_RDWR | O_CREAT));
		MUST(-1, rename("own/file", "other/file"));
		_exit(0);
	}
	status = ended(pid);
	cr_assert_eq(status, 0, "line %d", WEXITSTATUS(status) - 1);
	scratch_remove(dir);
}

static int
listening(struct sockaddr_in *in)
{
	socklen_t len = sizeof(*in);
	int	  s = socket(AF_INET, SOCK_STREAM, 0);

	memset(in, 0, sizeof(*in));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert(s != -1 && bind(s, (struct sockaddr *)in, len) == 0 && listen(s, 4) == 0);
	cr_assert_eq(getsockname(s, (struct sockaddr *)in, &len), 0);
	return s;
}

static int
connecting(const struct sockaddr_in *in)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return connect(s, (const struct sockaddr *)in, sizeof(*in)) == 0 ? 0 : errno;
}

Test(sandbox, only_the_platforms_ports_are_reached)
{
	struct sockaddr_in ours, its_vios, other;
	int		   status, a, b, c, ports[2];
	pid_t		   pid;

	if (landlock_version() < 4)
		cr_skip_test("this kernel's Landlock knows no TCP ports");
	a = listening(&ours);
	b = listening(&other);
	c = listening(&its_vios);
	ports[0] = ntohs(ours.sin_port);
	ports[1] = ntohs(its_vios.sin_port);
	if ((pid = fork()) == 0) {
		MUST(0, sandbox_files(NULL, 0, 0, ports, 2, NULL));
		MUST(0, sandbox_enter(SANDBOX_WORKER, NULL));
		MUST(0, connecting(&ours));
		MUST(0, connecting(&its_vios));
		MUST(EACCES, connecting(&other));
		_exit(0);
	}
	status = ended(pid);
	(void)close(a);
	(void)close(b);
	(void)close(c);
	cr_assert_eq(status, 0, "line %d", WEXITSTATUS(status) - 1);
}
#endif
#else
Test(sandbox, is_not_in_this_build)
{
	cr_skip_test("these programs were built without a sandbox");
}
#endif
