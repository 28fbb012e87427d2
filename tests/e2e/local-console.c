/* SPDX-License-Identifier: ISC */
/*
 * local-console.c - stands in for the VIOS's own programs where there is no VIOS: as whatever name it is run, it has the
 * simulated console run that command with its arguments and standard input, and prints and ends as that does.
 *
 * Beside it in its directory lie "target" (port and host key) and "key".  It is held to what the worker's sandbox leaves it.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/transport.h"
#include "spool/os/io.h"

#define FAILED 255

static int
directory(char dir[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);

	if (n <= 0)
		return -1;
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
	return 0;
}

/* As a person would write the word: in quotes only where it needs them. */
static char *
add_word(char *p, const char *word)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,=-";

	if (word[0] != '\0' && word[strspn(word, bare)] == '\0')
		return stpcpy(p, word);
	*p++ = '"';
	for (; *word != '\0'; word++) {
		if (strchr("\"\\$`", *word) != NULL)
			*p++ = '\\';
		*p++ = *word;
	}
	*p++ = '"';
	*p = '\0';
	return p;
}

static char *
command_line(char **argv)
{
	char  *name = strrchr(argv[0], '/'), *line, *p;
	size_t size = 1;

	argv[0] = name != NULL ? name + 1 : argv[0];
	for (char **w = argv; *w != NULL; w++)
		size += 2 * strlen(*w) + 3;
	if ((line = p = malloc(size)) == NULL)
		return NULL;
	for (char **w = argv; *w != NULL; w++) {
		if (w != argv)
			*p++ = ' ';
		p = add_word(p, *w);
	}
	return line;
}

static char *
input(void)
{
	struct answer_stream s = { 0 };
	char		     piece[4096];
	ssize_t		     n;

	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0)
		if (answer_add(&s, piece, (size_t)n) != ANSWER_FITS)
			return NULL;
	return s.buf;
}

static int
run(struct transport *t, char **argv, struct pd_err *e)
{
	char	     *line = command_line(argv), *in = input();
	struct answer a;
	int	      status = FAILED;

	if (line == NULL || t->run(t, line, in, 0, &a, e) == -1) {
		(void)fprintf(stderr, "local-console: %s\n", line == NULL ? "no memory" : e->msg);
		goto out;
	}
	(void)io_write_all(STDOUT_FILENO, a.out, a.out_len);
	(void)io_write_all(STDERR_FILENO, a.err, a.err_len);
	if (a.kind == ANSWER_EXIT)
		status = a.status;
	else
		(void)raise(SIGKILL);	/* whoever asked is not to take it for an answer */
	answer_clear(&a);
out:
	free(line);
	free(in);
	return status;
}

int
main(int argc, char **argv)
{
	char		  dir[PATH_MAX], path[PATH_MAX + 16], host_key[80];
	struct ssh_target target = { .address = "127.0.0.1", .user = "padmin", .host_key = host_key, .key_file = path };
	struct transport *t = NULL;
	struct pd_err	  e = { 0 };
	FILE		 *f = NULL;
	int		  status = FAILED;

	(void)signal(SIGPIPE, SIG_IGN);
	if (argc < 1 || directory(dir) == -1)
		return FAILED;
	(void)snprintf(path, sizeof(path), "%s/target", dir);
	if ((f = fopen(path, "r")) == NULL || fscanf(f, "%d %79s", &target.port, host_key) != 2) {
		(void)fprintf(stderr, "local-console: %s does not say where the console is\n", path);
	} else {
		(void)snprintf(path, sizeof(path), "%s/key", dir);
		if (ssh_transport(&target, &t, &e) == 0)
			status = run(t, argv, &e);
		else
			(void)fprintf(stderr, "local-console: %s\n", e.msg);
	}
	if (t != NULL)
		t->free(t);
	if (f != NULL)
		(void)fclose(f);
	return status;
}
