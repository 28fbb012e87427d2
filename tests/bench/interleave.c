/* SPDX-License-Identifier: ISC */
/*
 * interleave.c - runs two commands in turn and compares how long they take.
 *
 *	bench-interleave ROUNDS command A... -- command B...
 *
 * Order A B B A, so that a drift of the machine hits both; standard streams are /dev/null.  Prints
 * one JSON object: medians and 99th percentiles in milliseconds, and the median of the ratios A/B of the pairs.
 * A command that fails ends the run with status 1: a refused request is not a fast one.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static double
run_ms(char **argv)
{
	posix_spawn_file_actions_t fa;
	double			   began = now_ms();
	pid_t			   pid;
	int			   status;

	(void)posix_spawn_file_actions_init(&fa);
	(void)posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	(void)posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) == -1 ||
	    !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "bench-interleave: %s failed\n", argv[0]);
		exit(1);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	return now_ms() - began;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
percentile(double *v, size_t n, double p)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[(size_t)((double)(n - 1) * p)];
}

int
main(int argc, char **argv)
{
	size_t	n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	double *a, *b, *ratio;
	int	cut = 2;

	while (cut < argc && strcmp(argv[cut], "--") != 0)
		cut++;
	if (n < 2 || cut < 3 || cut + 1 >= argc) {
		fprintf(stderr, "usage: bench-interleave ROUNDS command A... -- command B...\n");
		return 64;
	}
	argv[cut] = NULL;
	a = calloc(n, sizeof(*a));
	b = calloc(n, sizeof(*b));
	ratio = calloc(n, sizeof(*ratio));
	if (a == NULL || b == NULL || ratio == NULL)
		return 70;
	for (int warm = 0; warm < 3; warm++) {
		(void)run_ms(argv + 2);
		(void)run_ms(argv + cut + 1);
	}
	for (size_t i = 0; i < n; i++) {
		if (i % 2 == 0) {
			a[i] = run_ms(argv + 2);
			b[i] = run_ms(argv + cut + 1);
		} else {
			b[i] = run_ms(argv + cut + 1);
			a[i] = run_ms(argv + 2);
		}
		ratio[i] = a[i] / b[i];
	}
	printf("{\"a_p50\":%.3f,\"a_p99\":%.3f,\"b_p50\":%.3f,\"b_p99\":%.3f,\"ratio\":%.3f}\n",
	    percentile(a, n, 0.5), percentile(a, n, 0.99), percentile(b, n, 0.5), percentile(b, n, 0.99),
	    percentile(ratio, n, 0.5));
	free(a);
	free(b);
	free(ratio);
	return 0;
}
