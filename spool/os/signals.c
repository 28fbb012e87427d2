/* SPDX-License-Identifier: ISC */
/*
 * signals.c - see signals.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "spool/os/signals.h"

/* The one thing that a handler needs; set before the first handler is installed. */
static volatile sig_atomic_t pipe_end = -1;

static void
handle(int sig, siginfo_t *info, void *context)
{
	int		   saved = errno;
	struct signal_note note = { .what = sig == SIGHUP ? 'H' : sig == SIGCHLD ? 'C' : 'T' };

	(void)context;
	if (info != NULL && (info->si_code == SI_USER || info->si_code == SI_QUEUE)) {
		note.uid = info->si_uid;
		note.pid = info->si_pid;
	}
	(void)!write(pipe_end, &note, sizeof(note));	/* full: many are there to be read already */
	errno = saved;
}

static int
set_up(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ? -1 : 0;
}

void
signals_reset(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	(void)sigemptyset(&sa.sa_mask);
	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &sa, NULL);
}

void
signals_unblock(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

int
signals_open(struct pd_err *e)
{
	static const int handled[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction sa = { .sa_sigaction = handle, .sa_flags = SA_RESTART | SA_SIGINFO };
	int		 fds[2];

	if (pipe(fds) == -1 || set_up(fds[0]) == -1 || set_up(fds[1]) == -1)
		return pd_fail_sys(e, PD_IO, "make the pipe for signals");
	pipe_end = fds[1];
	(void)sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		if (sigaction(handled[i], &sa, NULL) == -1)
			return pd_fail_sys(e, PD_IO, "handle signals");
	sa.sa_flags = SA_RESTART;
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	(void)sigaction(SIGXFSZ, &sa, NULL);	/* a limit is an error of write(2), not our end */
	signals_unblock();	/* whoever started us may have blocked some */
	return fds[0];
}
