/* SPDX-License-Identifier: ISC */
/*
 * worker_start.c - fork and exec of one worker with its socket on descriptor 3 and nothing else.
 *
 * A program that cannot be executed is told here, by a pipe that closes itself at a successful exec:
 * it would otherwise look like a worker that dies in every job.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/signals.h"
#include "spool/run/worker_start.h"
#include "spool/run/workers.h"

extern char **environ;

#define ERROR_PIPE (WORKER_SOCKET + 1)	/* closed by the exec */

/* Nothing of the director's environment matters to a worker; a sanitizer's report goes where the others go. */
static void
make_environment(char *env[8])
{
	size_t n = 0;

	env[n++] = (char *)(uintptr_t)"PATH=/usr/bin:/bin";
	env[n++] = (char *)(uintptr_t)"LC_ALL=C";
#if defined(__SANITIZE_ADDRESS__)
	static const char *const names[] = { "ASAN_OPTIONS=", "LSAN_OPTIONS=", "UBSAN_OPTIONS=" };

	for (char **v = environ; *v != NULL; v++)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strncmp(*v, names[i], strlen(names[i])) == 0 && n < 7)
				env[n++] = *v;
#endif
	env[n] = NULL;
}

/* Both ends are moved up first, so that neither lands where the other one is. */
static int
place_descriptors(int sock, int pipe_end)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int high_sock = fcntl(sock, F_DUPFD_CLOEXEC, ERROR_PIPE + 1);
	int high_pipe = fcntl(pipe_end, F_DUPFD_CLOEXEC, ERROR_PIPE + 1);

	if (null == -1 || high_sock == -1 || high_pipe == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 || dup2(high_sock, WORKER_SOCKET) == -1 ||
	    dup2(high_pipe, ERROR_PIPE) == -1 || fcntl(ERROR_PIPE, F_SETFD, FD_CLOEXEC) == -1)
		return -1;
	port_close_from(ERROR_PIPE + 1);
	return 0;
}

static void __attribute__((noreturn))
become_worker(const char *program, int sock, int pipe_end)
{
	char *argv[] = { (char *)(uintptr_t)"powerdirector-worker", NULL }, *env[8];
	int   error;

	make_environment(env);
	signals_reset();
	signals_unblock();
	(void)setpgid(0, 0);	/* a terminal's ^C is for the director, who parks its workers */
	if (place_descriptors(sock, pipe_end) == 0)
		(void)execve(program, argv, env);
	error = errno;
	(void)!write(ERROR_PIPE, &error, sizeof(error));
	_exit(127);
}

/* errno of the failed exec, 0 when it worked. */
static int
exec_error(int fd)
{
	int error = 0;

	return io_read_all(fd, &error, sizeof(error)) == 1 ? error : 0;
}

static int
make_channels(int pair[2], int errors[2], struct pd_err *e)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
		return pd_fail_sys(e, PD_IO, "make a socket for a worker");
	if (pipe(errors) == -1) {
		pd_fail_sys(e, PD_IO, "make a pipe for a worker");
		(void)close(pair[0]);
		(void)close(pair[1]);
		return -1;
	}
	(void)fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(pair[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(errors[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(errors[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);	/* our end only: the worker's blocks */
	return 0;
}

int
worker_start(const char *program, pid_t *pid, int *sock, struct pd_err *e)
{
	int pair[2], errors[2], error = 0;

	if (make_channels(pair, errors, e) == -1)
		return -1;
	*pid = fork();
	if (*pid == 0)
		become_worker(program, pair[1], errors[1]);
	if (*pid == -1)
		error = errno;
	(void)close(pair[1]);
	(void)close(errors[1]);
	if (error == 0 && (error = exec_error(errors[0])) != 0)
		(void)waitpid(*pid, NULL, 0);
	(void)close(errors[0]);
	if (error != 0) {
		(void)close(pair[0]);
		errno = error;
		return pd_fail_sys(e, PD_IO, "start a worker, %s", program);
	}
	*sock = pair[0];
	return 0;
}
