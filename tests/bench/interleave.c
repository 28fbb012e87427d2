/* SPDX-License-Identifier: ISC */
/*
 * interleave.c - runs two commands in turn and compares how long they take.
 *
 *	bench-interleave [-j N] ROUNDS command A... -- command B...
 *
 * With -j, N of a command at once, until the last of them has ended.  Order A B B A, so that a drift of the machine hits both; standard streams are /dev/null.  Prints
 * one JSON object: medians and 99th percentiles in milliseconds, and the median of the ratios A/B of the pairs.
 * A command that fails ends the run with status 1: a refused request is not a fast one.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/timing.h"

extern char **environ;

static void
failed(char **argv)
{
	fprintf(stderr, "bench-interleave: failed:");
	for (; *argv != NULL; argv++)
		fprintf(stderr, " %s", *argv);
	fprintf(stderr, "\n");
	exit(1);
}

static double
run_ms(char **argv, int jobs)
{
	posix_spawn_file_actions_t fa;
	double			   began = timing_now_ms();
	pid_t			   pid;
	int			   status;

	(void)posix_spawn_file_actions_init(&fa);
	(void)posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	(void)posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < jobs; i++)
		if (posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ) != 0)
			failed(argv);
	for (int i = 0; i < jobs; i++)
		if (waitpid(-1, &status, 0) == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
			failed(argv);
	(void)posix_spawn_file_actions_destroy(&fa);
	return timing_now_ms() - began;
}

struct commands {
	char **a, **b;
	int    jobs;
};

static double
run_a(void *arg)
{
	const struct commands *c = arg;

	return run_ms(c->a, c->jobs);
}

static double
run_b(void *arg)
{
	const struct commands *c = arg;

	return run_ms(c->b, c->jobs);
}

int
main(int argc, char **argv)
{
	struct commands c = { .jobs = 1 };
	size_t		n;
	int		cut = 2;

	if (argc > 2 && strcmp(argv[1], "-j") == 0) {
		c.jobs = atoi(argv[2]);
		argv += 2, argc -= 2;
	}
	n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	while (cut < argc && strcmp(argv[cut], "--") != 0)
		cut++;
	if (n < 2 || c.jobs < 1 || cut < 3 || cut + 1 >= argc) {
		fprintf(stderr, "usage: bench-interleave [-j N] ROUNDS command A... -- command B...\n");
		return 64;
	}
	argv[cut] = NULL;
	c.a = argv + 2;
	c.b = argv + cut + 1;
	for (int warm = 0; warm < 3; warm++) {
		(void)run_a(&c);
		(void)run_b(&c);
	}
	timing_compare(n, run_a, run_b, &c);
	return 0;
}
