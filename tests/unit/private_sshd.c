/* SPDX-License-Identifier: ISC */
/*
 * private_sshd.c - an OpenSSH server for one test.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/clock.h"
#include "tests/unit/private_sshd.h"

#define SSHD	  "/usr/sbin/sshd"
#define KEYGEN	  "/usr/bin/ssh-keygen"
#define START_MS  20000

/* Runs a program to its end; its standard output (cut to size) into out, which may be NULL. */
static void
run(char *const argv[], char *out, size_t size)
{
	int	p[2], status;
	ssize_t n, len = 0;
	pid_t	pid;

	cr_assert_eq(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(p[1], STDOUT_FILENO);
		(void)close(p[0]);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	(void)close(p[1]);
	while (out != NULL && (n = read(p[0], out + len, size - 1 - (size_t)len)) > 0)
		len += n;
	(void)close(p[0]);
	if (out != NULL)
		out[len] = '\0';
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "%s failed", argv[0]);
}

static void
make_key(struct private_sshd *d, const char *name, const char *type)
{
	char  path[SCRATCH_PATH];
	char *argv[] = { (char *)KEYGEN, (char *)"-q", (char *)"-t", (char *)(uintptr_t)type, (char *)"-N", (char *)"", (char *)"-f",
		scratch_path(path, d->dir, name), NULL };

	run(argv, NULL, 0);
}

static void
fingerprint(struct private_sshd *d, const char *name, char *fp, size_t size)
{
	char  path[SCRATCH_PATH], out[300], *at;
	char *argv[] = { (char *)KEYGEN, (char *)"-l", (char *)"-f", scratch_path(path, d->dir, name), NULL };

	run(argv, out, sizeof(out));
	at = strstr(out, "SHA256:");
	cr_assert(at != NULL);
	(void)snprintf(fp, size, "%.*s", (int)strcspn(at, " \n"), at);
}

static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)port);
	return sin;
}

static int
free_port(void)
{
	struct sockaddr_in sin = loopback(0);
	socklen_t	   len = sizeof(sin);
	int		   s = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(s, (struct sockaddr *)&sin, sizeof(sin)), 0);
	cr_assert_eq(getsockname(s, (struct sockaddr *)&sin, &len), 0);
	(void)close(s);
	return ntohs(sin.sin_port);
}

static int
answers(int port)
{
	struct sockaddr_in sin = loopback(port);
	int		   s = socket(AF_INET, SOCK_STREAM, 0);
	int		   rv = connect(s, (struct sockaddr *)&sin, sizeof(sin));

	(void)close(s);
	return rv == 0;
}

/* 1 = it answers, 0 = it ended (the port was taken meanwhile, perhaps). */
static int
launch(struct private_sshd *d)
{
	char	config[SCRATCH_PATH], log[SCRATCH_PATH];
	char   *argv[] = { (char *)SSHD, (char *)"-D", (char *)"-f", config, (char *)"-E", log, NULL };
	int64_t until = clock_mono_ms() + START_MS;

	scratch_path(config, d->dir, "sshd_config");
	scratch_path(log, d->dir, "log");
	d->pid = fork();
	if (d->pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, 0);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		for (int fd = 3; fd < 256; fd++)	/* the test runner's own must not outlive it in a server */
			(void)close(fd);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	while (clock_mono_ms() < until) {
		if (waitpid(d->pid, NULL, WNOHANG) == d->pid) {
			d->pid = 0;
			return 0;
		}
		if (answers(d->port))
			return 1;
		(void)poll(NULL, 0, 5);
	}
	return 0;
}

static void
write_config(struct private_sshd *d, const char *more)
{
	char text[4096];
	int  n = snprintf(text, sizeof(text),
	     "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host_ed25519\nHostKey %s/host_ecdsa\n"
	     "AuthorizedKeysFile %s/authorized_keys\nStrictModes no\nUsePAM no\nLogLevel DEBUG1\nPidFile none\nMaxStartups 300\n"
	     "PermitRootLogin prohibit-password\n%s", d->port, d->dir, d->dir, d->dir, more);

	cr_assert(n > 0 && n < (int)sizeof(text));
	scratch_file(d->dir, "sshd_config", text, (size_t)n);
}

static void
make_files(struct private_sshd *d)
{
	char from[SCRATCH_PATH], to[SCRATCH_PATH];

	scratch_make(d->dir);
	make_key(d, "host_ed25519", "ed25519");
	make_key(d, "host_ecdsa", "ecdsa");
	make_key(d, "user", "ed25519");
	make_key(d, "other", "ed25519");
	fingerprint(d, "host_ed25519", d->host_key, sizeof(d->host_key));
	fingerprint(d, "host_ecdsa", d->other_host_key, sizeof(d->other_host_key));
	cr_assert_eq(rename(scratch_path(from, d->dir, "user.pub"), scratch_path(to, d->dir, "authorized_keys")), 0);
	scratch_path(d->user_key, d->dir, "user");
}

int
private_sshd_start(struct private_sshd *d, const char *config)
{
	const struct passwd *pw = getpwuid(getuid());

	memset(d, 0, sizeof(*d));
	if (access(SSHD, X_OK) == -1 || access(KEYGEN, X_OK) == -1 || pw == NULL)
		return 0;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(d->user, sizeof(d->user), "%s", pw->pw_name);
	if (getuid() == 0)
		(void)mkdir("/run/sshd", 0755);	/* root's sshd will not start without it */
	make_files(d);
	for (int tries = 0; tries < 5; tries++) {
		d->port = free_port();
		write_config(d, config);
		if (launch(d))
			return 1;
	}
	cr_assert(0, "sshd does not start, see %s/log", d->dir);
	return 0;
}

void
private_sshd_stop(struct private_sshd *d)
{
	if (d->pid > 0) {
		(void)kill(d->pid, SIGKILL);
		(void)waitpid(d->pid, NULL, 0);
		/* A process that it had just forked for a connection has the listener as well, for a moment. */
		for (int64_t until = clock_mono_ms() + START_MS; answers(d->port) && clock_mono_ms() < until;)
			(void)poll(NULL, 0, 5);
	}
	d->pid = 0;
}

void
private_sshd_start_again(struct private_sshd *d)
{
	cr_assert(launch(d), "sshd does not start again");
}

void
private_sshd_remove(struct private_sshd *d)
{
	private_sshd_stop(d);
	if (d->dir[0] != '\0')
		scratch_remove(d->dir);
}
