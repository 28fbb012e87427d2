/* SPDX-License-Identifier: ISC */
/*
 * local_start.c - fork and exec of one of the console's programs: its three streams and nothing else of ours.
 *
 * A program that cannot be executed is told here, by a pipe that closes itself at a successful exec: its command was
 * not sent.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "handlers/transport/local.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/signals.h"

#define ERROR_FD 3	/* closed by the exec */

struct pipes {
	int in[2], out[2], err[2], error[2];
};

static void
close_both(int p[2])
{
	for (int i = 0; i < 2; i++)
		if (p[i] != -1)
			(void)close(p[i]);
}

static void
close_pipes(struct pipes *p)
{
	close_both(p->in);
	close_both(p->out);
	close_both(p->err);
	close_both(p->error);
}

static int
make_pipe(int p[2])
{
	if (pipe(p) == -1) {
		p[0] = p[1] = -1;
		return -1;
	}
	return fcntl(p[0], F_SETFD, FD_CLOEXEC) == -1 || fcntl(p[1], F_SETFD, FD_CLOEXEC) == -1 ? -1 : 0;
}

/* The worker's own limits are for its journal; backing files of disks are larger. */
static void
raise_limits(void)
{
	static const int which[] = { RLIMIT_FSIZE, RLIMIT_NOFILE };
	struct rlimit	 rl;

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		if (getrlimit(which[i], &rl) == 0 && rl.rlim_cur != rl.rlim_max) {
			rl.rlim_cur = rl.rlim_max;
			(void)setrlimit(which[i], &rl);
		}
}

/* The pipes' ends lie above ERROR_FD: 0 to 2 are open in every program of ours, and a worker's 3 is its socket. */
static void __attribute__((noreturn))
become(const char *path, char *const argv[], char *const env[], const struct pipes *p)
{
	int error;

	(void)setpgid(0, 0);
	signals_reset();	/* what the worker ignores and blocks, the console's programs expect as it usually is */
	signals_unblock();
	raise_limits();
	(void)umask(022);
	if (dup2(p->in[0], STDIN_FILENO) != -1 && dup2(p->out[1], STDOUT_FILENO) != -1 &&
	    dup2(p->err[1], STDERR_FILENO) != -1 && dup2(p->error[1], ERROR_FD) != -1 &&
	    fcntl(ERROR_FD, F_SETFD, FD_CLOEXEC) != -1) {
		port_close_from(ERROR_FD + 1);
		(void)execve(path, argv, env);
	}
	error = errno;
	(void)!write(ERROR_FD, &error, sizeof(error));
	_exit(127);
}

static int
make_pipes(struct pipes *p, struct pd_err *e)
{
	if (make_pipe(p->in) == 0 && make_pipe(p->out) == 0 && make_pipe(p->err) == 0 && make_pipe(p->error) == 0 &&
	    fcntl(p->in[1], F_SETFL, O_NONBLOCK) != -1 && fcntl(p->out[0], F_SETFL, O_NONBLOCK) != -1 &&
	    fcntl(p->err[0], F_SETFL, O_NONBLOCK) != -1)
		return 0;
	return pd_fail_sys(e, PD_BUSY, "make pipes for a program");
}

/* Takes our end out of the pipe. */
static int
keep(int *end)
{
	int fd = *end;

	*end = -1;
	return fd;
}

int
local_start(const char *path, char *const argv[], char *const env[], struct local_child *c, struct pd_err *e)
{
	struct pipes p = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	int	     error = 0, rv = -1;

	if (make_pipes(&p, e) == -1)
		goto out;
	c->pid = fork();
	if (c->pid == 0)
		become(path, argv, env, &p);
	if (c->pid == -1) {
		pd_fail_sys(e, PD_BUSY, "start %s", path);
		goto out;
	}
	(void)close(keep(&p.error[1]));
	if (io_read_all(p.error[0], &error, sizeof(error)) == 1) {
		(void)waitpid(c->pid, NULL, 0);
		errno = error;
		pd_fail_sys(e, PD_REMOTE, "run %s", path);
		goto out;
	}
	c->in = keep(&p.in[1]);
	c->out = keep(&p.out[0]);
	c->err = keep(&p.err[0]);
	rv = 0;
out:
	close_pipes(&p);
	return rv;
}
