/* SPDX-License-Identifier: ISC */
/*
 * exec.c - what libssh alone does on sessions that are open: one console command after the other.
 *
 *	bench-exec pair ROUNDS KEY PORT COMMAND -- program...	the program in turn with one command
 *	bench-exec loop SECONDS KEY COMMAND PORT...		a session for each port, each in a process of its own; commands per second
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <libssh/libssh.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/timing.h"

extern char **environ;

static void
fail(const char *what)
{
	fprintf(stderr, "bench-exec: %s\n", what);
	exit(1);
}

static ssh_session
open_session(const char *port_text, const char *key_file)
{
	ssh_session s = ssh_new();
	ssh_key	    key;
	int	    port = atoi(port_text), yes = 1, no = 0;

	if (s == NULL || ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_HOST, "127.0.0.1") != SSH_OK || ssh_options_set(s, SSH_OPTIONS_PORT, &port) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_USER, "padmin") != SSH_OK || ssh_options_set(s, SSH_OPTIONS_NODELAY, &yes) != SSH_OK ||
	    ssh_pki_import_privkey_file(key_file, NULL, NULL, NULL, &key) != SSH_OK)
		fail("set up a session");
	if (ssh_connect(s) != SSH_OK || ssh_userauth_publickey(s, NULL, key) != SSH_AUTH_SUCCESS)
		fail(ssh_get_error(s));
	ssh_key_free(key);
	return s;
}

static void
run_command(ssh_session s, const char *command)
{
	ssh_channel c = ssh_channel_new(s);
	char	    buf[4096];
	int	    n;

	if (c == NULL || ssh_channel_open_session(c) != SSH_OK || ssh_channel_request_exec(c, command) != SSH_OK)
		fail(ssh_get_error(s));
	while ((n = ssh_channel_read(c, buf, sizeof(buf), 0)) > 0)
		;
	if (n < 0 || ssh_channel_get_exit_status(c) != 0)
		fail("the command failed");
	(void)ssh_channel_close(c);
	ssh_channel_free(c);
}

struct pair {
	ssh_session s;
	const char *command;
	char	  **program;
};

static double
ours(void *arg)
{
	struct pair		  *p = arg;
	posix_spawn_file_actions_t fa;
	double			   began = timing_now_ms();
	pid_t			   pid;
	int			   status;

	(void)posix_spawn_file_actions_init(&fa);
	for (int fd = 0; fd < 3; fd++)
		(void)posix_spawn_file_actions_addopen(&fa, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawnp(&pid, p->program[0], &fa, NULL, p->program, environ) != 0 || waitpid(pid, &status, 0) == -1 ||
	    status != 0)
		fail("the program failed");
	(void)posix_spawn_file_actions_destroy(&fa);
	return timing_now_ms() - began;
}

static double
theirs(void *arg)
{
	struct pair *p = arg;
	double	     began = timing_now_ms();

	run_command(p->s, p->command);
	return timing_now_ms() - began;
}

static int
run_pair(int argc, char **argv)
{
	struct pair p;
	size_t	    n = strtoul(argv[2], NULL, 10);

	if (argc < 8 || n < 2 || strcmp(argv[6], "--") != 0)
		fail("usage: bench-exec pair ROUNDS KEY PORT COMMAND -- program...");
	p = (struct pair){ open_session(argv[4], argv[3]), argv[5], argv + 7 };
	for (int warm = 0; warm < 5; warm++) {
		(void)ours(&p);
		(void)theirs(&p);
	}
	timing_compare(n, ours, theirs, &p);
	ssh_disconnect(p.s);
	ssh_free(p.s);
	return 0;
}

/* One session: counts until the end, and writes the count. */
static void
loop(const char *port, const char *key, const char *command, double ms, int out)
{
	ssh_session s = open_session(port, key);
	double	    end;
	long	    n;

	for (n = 0; n < 3; n++)
		run_command(s, command);
	end = timing_now_ms() + ms;
	for (n = 0; timing_now_ms() < end; n++)
		run_command(s, command);
	if (write(out, &n, sizeof(n)) != sizeof(n))
		_exit(1);
	_exit(0);
}

static int
run_loop(int argc, char **argv)
{
	double ms = strtod(argv[2], NULL) * 1e3;
	long   sum = 0, n;
	int    out[2], status;

	if (argc < 6 || pipe(out) == -1)
		fail("usage: bench-exec loop SECONDS KEY COMMAND PORT...");
	for (int i = 5; i < argc; i++)
		if (fork() == 0)
			loop(argv[i], argv[3], argv[4], ms, out[1]);
	for (int i = 5; i < argc; i++) {
		if (wait(&status) == -1 || status != 0 || read(out[0], &n, sizeof(n)) != sizeof(n))
			fail("a session failed");
		sum += n;
	}
	printf("%.1f\n", (double)sum * 1e3 / ms);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 4 && strcmp(argv[1], "pair") == 0)
		return run_pair(argc, argv);
	if (argc > 4 && strcmp(argv[1], "loop") == 0)
		return run_loop(argc, argv);
	fprintf(stderr, "usage: bench-exec pair|loop ...\n");
	return 64;
}
