/* SPDX-License-Identifier: ISC */
/*
 * powerdirector-worker.c - the process that talks to one platform's console for the director.
 *
 * Started by powerdirectord with one socket on descriptor 3 and nothing else.  It trusts nothing
 * that it inherits: descriptors, environment, signals, limits and directory are set first.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/worker.h"
#include "spool/journal.h"
#include "spool/os/portable.h"
#include "spool/os/sandbox.h"
#include "spool/os/signals.h"
#include "spool/run/workers.h"

#define EXIT_USAGE 64
#define EXIT_OURS  70	/* whatever came over the socket, our own programs sent it */
#define FILES_MAX  64	/* socket, session, journal, log, what a name lookup opens */

extern char **environ;

static const char usage[] =
	"powerdirector-worker is started by powerdirectord, one process per platform, and\n"
	"gets its work on a socket.  There is nothing to start by hand; to see what a job\n"
	"would do use --plan, for what one did use transcript.\n"
	"usage: powerdirector-worker --version | --help\n"
	"See powerdirector-worker(8).\n";

/* A closed descriptor 0-2 would be the next file that we open, and then printed into. */
static void
set_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		(void)close(fd);
	port_close_from(WORKER_SOCKET + 1);
}

/*
 * SIGTERM stays blocked: worker_serve() looks at it.  SIGINT and SIGHUP of a terminal go to the director's whole group;
 * the director tells us what follows from them.
 */
static void
set_signals(void)
{
	static const int ignored[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGHUP, SIGQUIT };
	sigset_t mask;

	signals_reset();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGTERM);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* The hard limit too, unless programs are to be started, which get it back (handlers/transport/local_start.c). */
static void
set_limit(int what, rlim_t value, int is_hard)
{
	struct rlimit rl;

	if (getrlimit(what, &rl) == -1)
		return;
	if (rl.rlim_max == RLIM_INFINITY || rl.rlim_max > value)
		rl.rlim_cur = value;
	else
		rl.rlim_cur = rl.rlim_max;
	if (is_hard)
		rl.rlim_max = rl.rlim_cur;
	(void)setrlimit(what, &rl);
}

static void
set_limits(int is_hard)
{
	set_limit(RLIMIT_NOFILE, FILES_MAX, is_hard);
	set_limit(RLIMIT_FSIZE, 2 * (rlim_t)JOURNAL_FILE_MAX, is_hard);
}

static int
set_process(void)
{
	static char *none[] = { NULL };

	set_descriptors();
	environ = none;
	set_signals();
	(void)umask(077);
	port_no_dump();
	port_die_with_parent(SIGTERM);
	set_limits(0);
	return chdir("/");
}

/* Where resolv.conf really is, when it is a link (systemd-resolved, NetworkManager, resolvconf). */
static const char *
resolver_directory(char *path)
{
	char *slash = realpath("/etc/resolv.conf", path) == NULL ? NULL : strrchr(path, '/');

	if (slash == NULL || slash == path)
		return "/etc";
	*slash = '\0';
	return path;
}

#define PATHS_MAX 40	/* ours, and the directories of local programs (CONSOLE_PROGRAMS_MAX) */

/* What is read from now on: sequences, the key, and what name service, C library and libcrypto look into; and programs. */
static int
confine_files(const struct worker_needs *needs, struct pd_err *e)
{
	char		    resolver[PATH_MAX];
	struct sandbox_path paths[PATHS_MAX] = {
		{ needs->sequences, SANDBOX_READ }, { needs->keys, SANDBOX_READ }, { "/etc", SANDBOX_READ }, { "/usr", SANDBOX_READ },
		{ "/lib", SANDBOX_READ }, { "/lib64", SANDBOX_READ }, { resolver_directory(resolver), SANDBOX_READ },
		{ "/dev/null", SANDBOX_READ }, { "/dev/urandom", SANDBOX_READ }, { "/proc/sys/crypto", SANDBOX_READ },
		{ "/sys/devices/system/cpu", SANDBOX_READ },
	};
	size_t n = 0;

	while (paths[n].path != NULL)
		n++;
	if (needs->nprograms > PATHS_MAX - n)
		return pd_fail(e, PD_BUG, "more directories of programs than the sandbox has room for");
	for (size_t i = 0; i < needs->nprograms; i++)
		paths[n++] = (struct sandbox_path){ needs->programs[i], SANDBOX_START };
	return sandbox_files(paths, n, 0, needs->ports, needs->nports, e);
}

/* One whose platform is this host goes on starting programs; the others never do. */
static int
confine(const struct worker_needs *needs, struct pd_err *e)
{
	if (needs->nprograms > 0)
		return confine_files(needs, e);
	set_limits(1);
	sandbox_limits();
	return confine_files(needs, e) == -1 ? -1 : sandbox_enter(SANDBOX_WORKER, e);
}

static int
has_socket(void)
{
	struct stat st;

	return fstat(WORKER_SOCKET, &st) == 0 && S_ISSOCK(st.st_mode);
}

int
main(int argc, char **argv)
{
	struct pd_err e = { 0 };

	if (argc < 1 || set_process() == -1)
		return EXIT_USAGE;
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("powerdirector-worker %s\n", PD_VERSION) < 0 || fflush(stdout) != 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return printf("%s", usage) < 0 || fflush(stdout) != 0;
	if (argc != 1 || !has_socket()) {
		(void)fprintf(stderr, "%s", usage);
		return EXIT_USAGE;
	}
	if (sandbox_enter(SANDBOX_LOCAL, &e) == -1 || worker_serve(WORKER_SOCKET, confine, &e) == -1) {
		(void)fprintf(stderr, "powerdirector-worker: %s\n", e.msg);
		return EXIT_OURS;
	}
	return 0;
}
