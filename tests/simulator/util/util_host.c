/* SPDX-License-Identifier: ISC */
/*
 * awk, sed and gzip: this machine's programs, started without a shell, with an empty
 * environment and only their three streams open.  They never see a path of the simulated
 * file system: input comes through standard input, and programs that would open files or
 * start commands are refused (sed by its sandbox, awk by the check below).
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

#define ARGS_MAX	256
#define CANCEL_CHECK_MS	200	/* how often a program that is busy is checked for ^C */

struct pump {
	struct shell *sh;
	pid_t	      pid;
	int	      in, out, err;
	const char   *data;
	size_t	      left;
	bool	      killed;
};

static int
make_pipes(int fd[6])
{
	for (int i = 0; i < 6; i++)
		fd[i] = -1;
	for (int i = 0; i < 6; i += 2) {
		if (pipe2(fd + i, O_CLOEXEC) == -1)
			return -1;
	}
	return 0;
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static const char *
find_program(const char *name, char path[64])
{
	static const char *const dirs[] = { "/usr/bin", "/bin", "/usr/local/bin" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, 64, "%s/%s", dirs[i], name);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static pid_t
spawn(const char *name, char *const argv[], int in, int out, int err)
{
	char *const env[] = { NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, pipe_only;
	char path[64];
	pid_t pid = -1;

	if (find_program(name, path) == NULL)
		return -1;
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipe_only);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_adddup2(&fa, err, 2);
	posix_spawn_file_actions_addchdir_np(&fa, "/");
	if (posix_spawn(&pid, path, &fa, &attr, argv, env) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	return pid;
}

static void
pump_in(struct pump *p)
{
	ssize_t n = write(p->in, p->data, p->left);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		p->data += n;
		p->left -= (size_t)n;
	}
	if (n <= 0 || p->left == 0)
		close_fd(&p->in);
}

static void
pump_out(struct pump *p, int *fd, struct sim_out *to)
{
	char buf[65536];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n == -1 && errno == EINTR)
		return;
	if (n <= 0 || sim_out_write(to, buf, (size_t)n) == -1)
		close_fd(fd);
	if (to->failed && !p->killed) {
		(void)kill(p->pid, SIGKILL);
		p->killed = true;
	}
}

static void
pump(struct pump *p)
{
	while (p->out != -1 || p->err != -1) {
		struct pollfd fds[3] = {
			{ .fd = p->in, .events = POLLOUT }, { .fd = p->out, .events = POLLIN },
			{ .fd = p->err, .events = POLLIN },
		};

		(void)poll(fds, 3, CANCEL_CHECK_MS);
		if (!p->killed && cancel_state(p->sh->cancel) != CANCEL_NONE) {
			(void)kill(p->pid, SIGKILL);
			p->killed = true;
		}
		if (fds[0].revents != 0 && p->in != -1)
			pump_in(p);
		if (fds[1].revents != 0 && p->out != -1)
			pump_out(p, &p->out, p->sh->out);
		if (fds[2].revents != 0 && p->err != -1)
			pump_out(p, &p->err, p->sh->err);
	}
}

int
util_host_run(struct shell *sh, const struct util_host *h)
{
	struct pump p = { .sh = sh, .data = h->in, .left = h->in_len };
	int fd[6], status = 0;

	if (make_pipes(fd) == -1)
		goto fail;
	p.pid = spawn(h->name, h->argv, h->in_fd != -1 ? h->in_fd : fd[0], fd[3], fd[5]);
	if (p.pid == -1)
		goto fail;
	close_fd(&fd[0]);
	close_fd(&fd[3]);
	close_fd(&fd[5]);
	if (h->in_fd != -1 || h->in_len == 0)
		close_fd(&fd[1]);
	else
		(void)fcntl(fd[1], F_SETFL, O_NONBLOCK);
	p.in = fd[1];
	p.out = fd[2];
	p.err = fd[4];
	pump(&p);
	close_fd(&p.in);
	while (waitpid(p.pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
fail:
	for (int i = 0; i < 6; i++)
		close_fd(&fd[i]);
	sim_out_printf(sh->err, "ksh: %s: 0403-006 Execute permission denied.\n", h->name);
	return 126;
}

/* Does a '/' here start a regular expression?  Not after an operand. */
static bool
starts_regex(char before)
{
	return !(isalnum((unsigned char)before) || before == '_' || before == ')' || before == ']' ||
	    before == '$' || before == '"');
}

/* Skips a string or a regular expression; returns its last character. */
static const char *
skip_literal(const char *s, char quote)
{
	for (s++; *s != '\0' && *s != quote; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
	}
	return s;
}

static bool
is_forbidden_name(const char *s, size_t n)
{
	return (n == 6 && memcmp(s, "system", 6) == 0) || (n == 7 && memcmp(s, "getline", 7) == 0) ||
	    (n == 5 && memcmp(s, "close", 5) == 0) || (n == 6 && memcmp(s, "fflush", 6) == 0);
}

/* A program that starts no command and opens no file: no system(), getline, pipe or "print > file". */
static bool
awk_is_harmless(const char *s)
{
	char before = '\0';
	bool printing = false;
	int level = 0;

	for (; *s != '\0'; s++) {
		if (*s == '#') {
			s += strcspn(s, "\n");
			if (*s == '\0')
				break;
		}
		if (*s == '"' || (*s == '/' && starts_regex(before))) {
			s = skip_literal(s, *s);
			if (*s == '\0')
				return true;		/* awk will say that it is not closed */
		} else if (isalpha((unsigned char)*s) || *s == '_') {
			size_t n = 1;

			while (isalnum((unsigned char)s[n]) || s[n] == '_')
				n++;
			if (is_forbidden_name(s, n))
				return false;
			if ((n == 5 || n == 6) && strncmp(s, "printf", n) == 0) {
				printing = true;
				level = 0;
			}
			s += n - 1;
		} else if (*s == '|' && s[1] == '|') {
			s++;
		} else if (*s == '|' || (*s == '>' && printing && level == 0)) {
			return false;
		} else if (*s == ';' || *s == '}' || *s == '\n') {
			printing = false;
		}
		level += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		if (!isspace((unsigned char)*s))
			before = *s;
	}
	return true;
}

static int
refuse(struct shell *sh, const char *name)
{
	sim_out_printf(sh->err, "%s: this program is not allowed in the simulator\n", name);
	return 2;
}

/* Reads the operands, or standard input, and runs the program on that. */
static int
run_filter(struct shell *sh, const char *name, char **args, int n_files, char **files)
{
	struct util_host h = { .name = name, .argv = args, .in_fd = -1 };
	char *data;
	int status;

	if (util_read_input(sh, name, n_files, files, &data, &h.in_len) == -1)
		return 2;
	h.in = data;
	status = util_host_run(sh, &h);
	free(data);
	return status;
}

/* The text of "-f FILE", into *text. */
static int
program_file(struct shell *sh, const char *name, const char *path, char **text)
{
	size_t len;

	free(*text);
	*text = NULL;
	if (util_read_file(sh, path, text, &len) == 0)
		return 0;
	sim_out_printf(sh->err, "%s: 0602-502 Cannot find or open file %s.\n", name, path);
	return -1;
}

int
util_awk(struct shell *sh, int argc, char **argv)
{
	char dash[] = "-", end[] = "--", *args[ARGS_MAX], *files[ARGS_MAX], *text = NULL;
	int i, n = 0, n_files = 0, status = 2;

	if (argc > ARGS_MAX - 8)
		return 2;
	args[n++] = argv[0];
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (argv[i][1] == 'f') {
			if (program_file(sh, "awk", argv[i][2] != '\0' ? argv[i] + 2 :
			    i + 1 < argc ? argv[++i] : "", &text) == -1)
				goto out;
		} else if (argv[i][1] == 'F' || argv[i][1] == 'v') {
			args[n++] = argv[i];
			if (argv[i][2] == '\0' && i + 1 < argc)
				args[n++] = argv[++i];
		} else {
			goto usage;
		}
	}
	if (text == NULL && (i >= argc || (text = strdup(argv[i++])) == NULL))
		goto usage;
	if (!awk_is_harmless(text)) {
		status = refuse(sh, "awk");
		goto out;
	}
	args[n++] = end;
	args[n++] = text;
	for (; i < argc; i++) {
		if (strchr(argv[i], '=') != NULL && argv[i][0] != '/')
			args[n++] = argv[i];
		else if (strcmp(argv[i], "-") != 0)
			files[n_files++] = argv[i];
	}
	args[n++] = dash;
	args[n] = NULL;
	status = run_filter(sh, "awk", args, n_files, files);
	goto out;
usage:
	sim_out_puts(sh->err, "Usage: awk [-F Character][-v Variable=Value][-f File|Commands][Variable=Value|File ...]\n");
out:
	free(text);
	return status;
}

int
util_sed(struct shell *sh, int argc, char **argv)
{
	char sandbox[] = "--sandbox", e[] = "-e", *args[ARGS_MAX], *text = NULL;
	bool have_script = false;
	int i, n = 0, status = 2;

	if (argc > ARGS_MAX - 8)
		return 2;
	args[n++] = argv[0];
	args[n++] = sandbox;
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "-n") == 0) {
			args[n++] = argv[i];
		} else if (strcmp(argv[i], "-e") == 0 && i + 1 < argc) {
			args[n++] = e;
			args[n++] = argv[++i];
			have_script = true;
		} else if (strcmp(argv[i], "-f") == 0 && i + 1 < argc) {
			if (program_file(sh, "sed", argv[++i], &text) == -1)
				goto out;
			args[n++] = e;
			args[n++] = text;
			have_script = true;
		} else {
			i = argc;
			break;
		}
	}
	if (!have_script && i < argc) {
		args[n++] = e;
		args[n++] = argv[i++];
		have_script = true;
	}
	args[n] = NULL;
	if (have_script)
		status = run_filter(sh, "sed", args, argc - i, argv + i);
	else
		sim_out_puts(sh->err, "Usage: sed [-n] [-u] Script [File ...]\n"
		    "       sed [-n] [-u] [-e Script] ... [-f Script_file] ... [File ...]\n");
out:
	free(text);
	return status;
}

/* gzip -c and gunzip -c, of a file or of standard input. */
int
util_gzip(struct shell *sh, int argc, char **argv)
{
	bool expand = strcmp(argv[0], "gunzip") == 0, to_stdout = false;
	char c[] = "-c", d[] = "-d", n[] = "-n", name[] = "gzip", *args[] = { name, n, c, NULL, NULL };
	struct vfs_at at = shell_at(sh);
	struct util_host h = { .name = name, .argv = args, .in_fd = -1 };
	char *data = NULL;
	int i, status;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		to_stdout |= strchr(argv[i], 'c') != NULL;
		expand |= strchr(argv[i], 'd') != NULL;
	}
	if (expand)
		args[3] = d;
	if (i + 1 < argc || (i < argc && !to_stdout)) {
		sim_out_printf(sh->err, "%s: only -c is there, and one file\n", argv[0]);
		return 1;
	}
	if (i < argc) {
		h.in_fd = vfs_open(&at, argv[i], O_RDONLY, 0);
		if (h.in_fd == -1) {
			sim_out_printf(sh->err, "%s: %s: %s\n", argv[0], argv[i], vfs_strerror(errno));
			return 1;
		}
	} else if (stream_read_all(sh->in, &data, &h.in_len) == -1) {
		return 1;
	}
	h.in = data;
	status = util_host_run(sh, &h);
	if (h.in_fd != -1)
		(void)close(h.in_fd);
	free(data);
	return status;
}
