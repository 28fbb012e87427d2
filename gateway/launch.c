/* SPDX-License-Identifier: ISC */
/*
 * launch.c - the process state that a hostile caller may have prepared, made ours.
 *
 * In the setgid form the caller chooses everything that execve(2) hands over: argument count,
 * environment, descriptors, umask, limits, signal dispositions, mask and timers.  None of it is
 * trusted; tests/e2e/hostile-launch.sh tries each.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/launch.h"
#include "spool/os/portable.h"
#include "spool/os/signals.h"

#define FILES_WANTED 64		/* far more than we and PAM open */

extern char **environ;

/* A closed 0, 1 or 2 would be given to the next file that is opened, and our messages would go into it. */
static int
open_standard(struct pd_err *e)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", O_RDWR) != fd)
			return pd_fail_sys(e, PD_IO, "open /dev/null as descriptor %d", fd);
	return 0;
}

static void
set_signals(void)
{
	const struct itimerval off = { 0 };

	(void)setitimer(ITIMER_REAL, &off, NULL);
	(void)setitimer(ITIMER_VIRTUAL, &off, NULL);
	(void)setitimer(ITIMER_PROF, &off, NULL);
	signals_reset();
	(void)signal(SIGPIPE, SIG_IGN);		/* a write that fails says so by itself */
	(void)signal(SIGXFSZ, SIG_IGN);
	signals_unblock();
}

/* Soft limits go up to the hard ones; of descriptors a few are enough. */
static void
raise_limits(void)
{
	static const int which[] = { RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_AS };
	struct rlimit	 rl;

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		if (getrlimit(which[i], &rl) == 0 && rl.rlim_cur != rl.rlim_max) {
			rl.rlim_cur = rl.rlim_max;
			(void)setrlimit(which[i], &rl);
		}
	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < FILES_WANTED) {
		rl.rlim_cur = rl.rlim_max < FILES_WANTED ? rl.rlim_max : FILES_WANTED;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
}

/* The client's address is the first word of SSH_CONNECTION; anything but an address is dropped. */
static void
keep_source(struct launch *l, const char *connection)
{
	size_t len;

	if (connection == NULL)
		return;
	len = strspn(connection, "0123456789abcdefABCDEF.:%ghijklmnopqrstuvwxyz");
	if (len > 0 && len <= JOB_SOURCE_MAX && (connection[len] == ' ' || connection[len] == '\0')) {
		memcpy(l->source, connection, len);
		l->source[len] = '\0';
	}
}

/* secure_getenv() hides these from a set-id program; each is checked where it is used. */
static void
take_environment(struct launch *l)
{
	static char  path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C", zone[] = "TZ=UTC";
	static char *clean[] = { path, locale, zone, NULL };

	l->original = getenv("SSH_ORIGINAL_COMMAND");
	l->user_auth = getenv("SSH_USER_AUTH");
	keep_source(l, getenv("SSH_CONNECTION"));
	environ = clean;	/* the strings above stay where execve(2) has put them */
}

static void
look_at_terminal(struct launch *l)
{
	l->err_is_tty = isatty(STDERR_FILENO);
	l->has_tty = l->err_is_tty && isatty(STDIN_FILENO);
	if (!l->has_tty || ttyname_r(STDIN_FILENO, l->tty, sizeof(l->tty)) != 0)
		(void)snprintf(l->tty, sizeof(l->tty), "ssh");	/* as sshd tells PAM */
}

int
launch_clean(int argc, struct launch *l, struct pd_err *e)
{
	memset(l, 0, sizeof(*l));
	if (open_standard(e) == -1)
		return -1;
	port_close_from(3);
	(void)umask(077);
	set_signals();
	raise_limits();
	port_no_dump();
	l->setid = port_is_setid();
	take_environment(l);
	look_at_terminal(l);
	if (chdir("/") == -1)
		return pd_fail_sys(e, PD_IO, "change to /");
	if (argc < 1)
		return pd_fail(e, PD_USAGE, "started without a program name");
	return 0;
}
