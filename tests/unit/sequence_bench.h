/* SPDX-License-Identifier: ISC */
/*
 * sequence_bench.h - a sequence of templates/ivm on a fake console, with a journal in a file.
 *
 * Zeroed; fake_console_init() and perhaps some trouble; bench_run() looks what became of it in res; bench_close(), and
 * fake_console_clear() for the last one that has the console.
 */
#ifndef PD_TESTS_SEQUENCE_BENCH_H
#define PD_TESTS_SEQUENCE_BENCH_H

#include "fake_console.h"
#include "spool/journal.h"

struct bench {
	struct fake_console console;
	struct sequence	   *seq;
	char		    path[64];
	int		    fd;
	struct journal	    journal;
	struct run	    run;
	struct run_result   res;
};

/* Variables of create-vm for the VM web1, with two disks of a kind ("lv", "file"), configured at its first boot or not. */
json_t *vars_create(const char *kind, int configure);
/* Those of the other verbs: what the stored row of the created VM looks like. */
json_t *vars_stored(const json_t *value);

/* The run is prepared, and nothing sent.  Takes vars. */
void bench_open(struct bench *b, const char *verb, json_t *vars);
void bench_close(struct bench *b);
/* From the beginning to whatever end; no change without its intent in the journal (P3). */
void bench_run(struct bench *b, const char *verb, json_t *vars);
/* The job's worker died or parked: another one takes it up from the journal. */
void bench_resume(struct bench *b);
/* The console as another bench has left it: that one's is not used any more. */
void bench_take_over(struct bench *b, const struct bench *from);
void bench_expect_empty(struct bench *b, const char *what, size_t at);
/* How many commands an undisturbed create-vm sends. */
size_t bench_commands(const char *kind, int configure);

#endif
