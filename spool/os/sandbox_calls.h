/* SPDX-License-Identifier: ISC */
/*
 * sandbox_calls.h - the system calls that each program may make.  Read by sandbox-filter.c, which is no part of the programs.
 *
 * How the tables came about: strace over the end-to-end tests, then what other C libraries, kernels and
 * processors use for the same functions (a name that the processor does not have is skipped).  What is in no table ends the
 * process; what has an errno is refused quietly, because a library tries it and has another way.
 * A filter is inherited: the director's holds in its workers too, so all that a worker needs stands in both.
 */
#ifndef PD_SPOOL_OS_SANDBOX_CALLS_H
#define PD_SPOOL_OS_SANDBOX_CALLS_H

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/sched.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>

#define CONDS_MAX 2

/* Calls (names between spaces), refused with this errno (0 = allowed), when all conditions hold: (argument number arg & mask) == value. */
struct rule {
	const char *calls;
	int	    answer;
	struct cond {
		unsigned arg;
		uint64_t mask, value;	/* mask 0: no condition */
	} when[CONDS_MAX];
};

#define ALLOW(calls)		{ calls, 0, { { 0, 0, 0 }, { 0, 0, 0 } } }
#define ALLOW_IF(calls, a)	{ calls, 0, { a, { 0, 0, 0 } } }
#define ALLOW_IF2(calls, a, b)	{ calls, 0, { a, b } }
#define REFUSE(calls, error)	{ calls, error, { { 0, 0, 0 }, { 0, 0, 0 } } }
#define REFUSE_IF(calls, error, a) { calls, error, { a, { 0, 0, 0 } } }

#define IS(arg, value)	 { arg, 0xffffffffu, (uint32_t)(value) }
#define NONE(arg, bits)	 { arg, (uint64_t)(bits), 0 }
#define TYPE(value)	 { 1, 0xf, (value) }	/* of socket(2), without its flags */
#define WRITING		 (O_ACCMODE | O_CREAT | O_TRUNC)

/* Every program: what it has open, memory (never writable and executable), time, signals to itself, its end. */
static const struct rule basics[] = {
	ALLOW("read readv write writev close lseek _llseek fcntl fcntl64"),
	ALLOW("fstat fstat64 fstatfs fstatfs64 newfstatat fstatat64 statx stat stat64 lstat lstat64"),
	ALLOW("poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64"),

	ALLOW("brk munmap mremap madvise"),
	ALLOW_IF("mmap mmap2 mprotect", NONE(2, PROT_EXEC)),
	REFUSE_IF("prctl", EINVAL, IS(0, 0x53564d41)),	/* PR_SET_VMA: glibc 2.39 names its memory */

	ALLOW("clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time"),
	ALLOW("nanosleep clock_nanosleep clock_nanosleep_time64 restart_syscall alarm setitimer"),

	ALLOW("rt_sigaction rt_sigprocmask rt_sigpending rt_sigreturn sigreturn sigaltstack"),
	ALLOW_IF("tgkill", IS(2, SIGABRT)),	/* abort(3): an assertion ends as what it is */

	ALLOW("futex futex_time64 set_robust_list rseq sched_yield sched_getaffinity getcpu membarrier"),
	ALLOW("getpid gettid getppid getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32"),
	ALLOW("getrandom uname sysinfo getrlimit ugetrlimit getrusage"),
	ALLOW_IF("prlimit64", NONE(2, UINT64_MAX)),	/* reads limits, sets none */
	ALLOW_IF("ioctl", IS(1, TCGETS)), ALLOW_IF("ioctl", IS(1, TIOCGWINSZ)), ALLOW_IF("ioctl", IS(1, FIONREAD)),
#if defined(TCGETS2)
	ALLOW_IF("ioctl", IS(1, TCGETS2)),
#endif
	ALLOW("exit exit_group"),

	/* New forms whose arguments a filter cannot see; libraries know the old ones. */
	REFUSE("clone3 openat2", ENOSYS),
};

static const struct rule read_files[] = {
	ALLOW_IF("open", NONE(1, WRITING)), ALLOW_IF("openat", NONE(2, WRITING)),
	ALLOW("access faccessat faccessat2 readlink readlinkat getcwd getdents getdents64 pread64 preadv statfs statfs64"),
	ALLOW("fadvise64 fadvise64_64 arm_fadvise64_64"),
};

static const struct rule write_files[] = {
	ALLOW("open openat creat umask pwrite64 pwritev fsync fdatasync sync_file_range sync_file_range2"),
	ALLOW("ftruncate ftruncate64 fallocate flock rename renameat renameat2 link linkat unlink unlinkat"),
	ALLOW("fchmod fchown fchown32"),
};

/* The caller's own terminal: what it echoes (TIOCSTI and its like stay forbidden). */
static const struct rule own_terminal[] = {
	ALLOW_IF("ioctl", IS(1, TCSETS)), ALLOW_IF("ioctl", IS(1, TCSETSW)), ALLOW_IF("ioctl", IS(1, TCSETSF)),
#if defined(TCSETS2)
	ALLOW_IF("ioctl", IS(1, TCSETS2)), ALLOW_IF("ioctl", IS(1, TCSETSW2)), ALLOW_IF("ioctl", IS(1, TCSETSF2)),
#endif
};

/* A socket that is there. */
static const struct rule talk[] = {
	ALLOW("connect send sendto sendmsg recv recvfrom recvmsg setsockopt getsockopt getsockname getpeername shutdown"),
};

static const struct rule local_sockets[] = {
	ALLOW_IF2("socket", IS(0, AF_UNIX), TYPE(SOCK_STREAM)), ALLOW_IF2("socket", IS(0, AF_UNIX), TYPE(SOCK_DGRAM)),
};

/* TCP for consoles, UDP for the name service; the list of interfaces, by which it would sort answers, is not needed. */
static const struct rule internet[] = {
	ALLOW_IF2("socket", IS(0, AF_INET), TYPE(SOCK_STREAM)), ALLOW_IF2("socket", IS(0, AF_INET), TYPE(SOCK_DGRAM)),
	ALLOW_IF2("socket", IS(0, AF_INET6), TYPE(SOCK_STREAM)), ALLOW_IF2("socket", IS(0, AF_INET6), TYPE(SOCK_DGRAM)),
	REFUSE_IF("socket", EAFNOSUPPORT, IS(0, AF_NETLINK)),
	REFUSE("bind", EACCES),
	ALLOW("sendmmsg recvmmsg recvmmsg_time64"),
};

/*
 * The site's name service modules (sssd, systemd, LDAP...) are loaded when an account or address is looked up; they ask
 * what they may and wait in their own ways.  Still no memory is writable and executable at once.
 */
static const struct rule name_service[] = {
	ALLOW_IF("mmap mmap2", NONE(2, PROT_WRITE)),
	ALLOW_IF("prctl", IS(0, PR_CAPBSET_READ)),
	ALLOW_IF("prctl", IS(0, PR_GET_SECUREBITS)),
	ALLOW_IF("prctl", IS(0, PR_GET_NO_NEW_PRIVS)),
	ALLOW_IF("prctl", IS(0, PR_GET_DUMPABLE)),
	ALLOW_IF("prctl", IS(0, PR_GET_NAME)),
	ALLOW_IF2("prctl", IS(0, PR_CAP_AMBIENT), IS(1, PR_CAP_AMBIENT_IS_SET)),
	ALLOW("epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd eventfd2 signalfd signalfd4"),
	ALLOW("timerfd_create timerfd_settime timerfd_settime64 timerfd_gettime timerfd_gettime64 times"),
	ALLOW("getgroups getgroups32 getresuid getresuid32 getresgid getresgid32 getpgrp getpgid getsid"),
	REFUSE("capget", EPERM),
};

/* New names in new/, a log that grows. */
static const struct rule watch[] = {
	ALLOW("inotify_init inotify_init1 inotify_add_watch inotify_rm_watch"),
};

/* The worker's own: journal and log, which are open, and Landlock, when it knows its platform. */
static const struct rule worker_own[] = {
	ALLOW("fsync fdatasync ftruncate ftruncate64 pwrite64"),
	REFUSE_IF("socket", EACCES, IS(0, AF_UNIX)),	/* name service daemons: then the files and the DNS are asked */
	ALLOW("landlock_create_ruleset landlock_add_rule landlock_restrict_self"),
	ALLOW_IF("prctl", IS(0, PR_SET_NO_NEW_PRIVS)),
};

/*
 * A worker before it knows its platform, and one of this host's own VIOS: programs are started, in groups of their own,
 * and sent signals.  What they may do is the same as the worker: a filter is inherited.
 */
static const struct rule local_own[] = {
	ALLOW("pipe pipe2 dup2 dup3 kill wait4 waitpid waitid fork"),
	ALLOW_IF("clone", NONE(0, ~(uint64_t)(CSIGNAL | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))),
	ALLOW("execve setpgid close_range umask arch_prctl set_tid_address setrlimit prlimit64 seccomp"),
};

/* The director's own, and what it does to become a worker: the start of a program. */
static const struct rule director_own[] = {
	ALLOW_IF2("socketpair", IS(0, AF_UNIX), TYPE(SOCK_STREAM)),
	ALLOW("accept accept4 pipe pipe2 dup dup2 dup3 mkdir mkdirat rmdir kill wait4 waitpid waitid"),
	REFUSE_IF("ioctl", ENOTTY, IS(1, 0x8004f50cu)),	/* SQLite asks for F2FS's atomic writes */
	ALLOW("fork"),
	ALLOW_IF("clone", NONE(0, ~(uint64_t)(CSIGNAL | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))),
	ALLOW("execve setpgid close_range chdir arch_prctl set_tid_address setrlimit prlimit64 seccomp"),
	ALLOW_IF("prctl", IS(0, PR_SET_NO_NEW_PRIVS)), ALLOW_IF("prctl", IS(0, PR_SET_DUMPABLE)),
	ALLOW_IF("prctl", IS(0, PR_SET_PDEATHSIG)),
	ALLOW("landlock_create_ruleset landlock_add_rule landlock_restrict_self"),
};

#if defined(PD_COVERAGE)
/* gcov writes its counts at the end of a process. */
static const struct rule coverage[] = { ALLOW("open openat mkdir ftruncate umask") };
#define COVERAGE , PART(coverage)
#else
#define COVERAGE
#endif

struct part {
	const struct rule *rules;
	size_t		   n;
};
#define PART(t) { t, sizeof(t) / sizeof((t)[0]) }
#define PARTS_MAX 10

/* In the order of enum sandbox_program. */
static const struct program {
	const char *name;
	struct part parts[PARTS_MAX];
} programs[] = {
	{ "gateway", { PART(basics), PART(read_files), PART(write_files), PART(local_sockets), PART(talk), PART(watch),
	    PART(own_terminal) COVERAGE } },
	{ "director", { PART(basics), PART(read_files), PART(write_files), PART(local_sockets), PART(internet), PART(talk),
	    PART(name_service), PART(watch), PART(director_own) COVERAGE } },
	{ "worker", { PART(basics), PART(read_files), PART(internet), PART(talk), PART(name_service), PART(worker_own) COVERAGE } },
	{ "local", { PART(basics), PART(read_files), PART(internet), PART(talk), PART(name_service), PART(worker_own),
	    PART(local_own) COVERAGE } },
};
#define NPROGRAMS (sizeof(programs) / sizeof(programs[0]))

#endif
