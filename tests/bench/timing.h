/* SPDX-License-Identifier: ISC */
/*
 * timing.h - what the programs that measure share: a clock, medians, and the one line that they print.
 *
 * A and B are measured in turn, in the order A B B A, so that a drift of the machine hits both.
 */
#ifndef PD_TESTS_BENCH_TIMING_H
#define PD_TESTS_BENCH_TIMING_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double
timing_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static inline int
timing_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts v. */
static inline double
timing_percentile(double *v, size_t n, double p)
{
	qsort(v, n, sizeof(*v), timing_by_value);
	return v[(size_t)((double)(n - 1) * p)];
}

/* n pairs of milliseconds: medians, 99th percentiles, the median of their ratios. */
static inline void
timing_print(double *a, double *b, size_t n)
{
	double *ratio = calloc(n, sizeof(*ratio));

	if (ratio == NULL)
		exit(70);
	for (size_t i = 0; i < n; i++)
		ratio[i] = a[i] / b[i];
	printf("{\"a_p50\":%.4f,\"a_p99\":%.4f,\"b_p50\":%.4f,\"b_p99\":%.4f,\"ratio\":%.3f}\n",
	    timing_percentile(a, n, 0.5), timing_percentile(a, n, 0.99), timing_percentile(b, n, 0.5),
	    timing_percentile(b, n, 0.99), timing_percentile(ratio, n, 0.5));
	free(ratio);
}

/* Runs a() and b() n times each, in turn. */
static inline void
timing_compare(size_t n, double (*a)(void *arg), double (*b)(void *arg), void *arg)
{
	double *va = calloc(n, sizeof(*va)), *vb = calloc(n, sizeof(*vb));

	if (va == NULL || vb == NULL)
		exit(70);
	for (size_t i = 0; i < n; i++) {
		if (i % 2 == 0)
			va[i] = a(arg);
		vb[i] = b(arg);
		if (i % 2 != 0)
			va[i] = a(arg);
	}
	timing_print(va, vb, n);
	free(va);
	free(vb);
}

#endif
