/* SPDX-License-Identifier: ISC */
/*
 * sandbox.c - seccomp filter and limits.  The filters are tables made at build time by sandbox-filter.c.
 *
 * Kernels: seccomp filters 3.5, SECCOMP_RET_KILL_PROCESS 4.14; an older one ends the thread, which is the process.
 */
#include <sys/resource.h>

#include <signal.h>

#include "spool/os/sandbox.h"

#if defined(PD_SANDBOX)
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <unistd.h>

#include "sandbox_filters.h"	/* generated, in the build directory */

int
sandbox_enter(enum sandbox_program program, struct pd_err *e)
{
	const struct sock_fprog *filter = &sandbox_filters[program];
	long			 rv;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return pd_fail_sys(e, PD_IO, "give up new privileges");
	/* A PAM or name service module may have left a thread: the filter is for all or not at all. */
	rv = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, filter);
	if (rv == 0 || (rv == -1 && (errno == ENOSYS || errno == EINVAL)))
		return 0;
	if (rv > 0)
		return pd_fail(e, PD_IO, "enter the sandbox: thread %ld of a library has one of its own", rv);
	return pd_fail_sys(e, PD_IO, "enter the sandbox");
}
#else
int
sandbox_enter(enum sandbox_program program, struct pd_err *e)
{
	(void)program;
	(void)e;
	return 0;
}
#endif

static void
lower(int what, rlim_t value)
{
	struct rlimit rl;

	if (getrlimit(what, &rl) == -1)
		return;
	if (rl.rlim_max == RLIM_INFINITY || rl.rlim_max > value)
		rl.rlim_max = value;
	if (rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur > rl.rlim_max)
		rl.rlim_cur = rl.rlim_max;
	(void)setrlimit(what, &rl);
}

void
sandbox_limits(void)
{
#if defined(__SANITIZE_ADDRESS__)	/* looks for leaks in a process of its own, and its shadow memory is 20 TiB */
	(void)lower;
#else
#if defined(RLIMIT_NPROC)
	lower(RLIMIT_NPROC, 0);
#endif
#if !defined(PD_SANDBOX_NO)	/* valgrind's memory is too large as well */
	lower(RLIMIT_AS, (rlim_t)2 << 30);
#endif
#endif
}

const char *
sandbox_text(void)
{
#if defined(PD_SANDBOX)
	return "seccomp filter, Landlock";
#elif defined(PD_PORTABLE)
	return "none (built with PORTABLE=1)";
#elif defined(__SANITIZE_ADDRESS__)
	return "none (built with AddressSanitizer)";
#elif defined(PD_SANDBOX_NO)
	return "none (built with SANDBOX=no)";
#elif !defined(__linux__)
	return "none (this system has no seccomp)";
#else
	return "none (built without libseccomp)";
#endif
}

const char *
sandbox_why(int sig)
{
#if defined(SIGSYS)
	if (sig == SIGSYS)
		return "it made a system call that its sandbox forbids; the kernel's audit log names the call";
#else
	(void)sig;
#endif
	return "";
}
