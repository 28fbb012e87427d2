/* SPDX-License-Identifier: ISC */
/*
 * ops.h - operations of the library that a promise rests on, each with what must be true after it was disturbed.
 *
 * An operation works below a directory of its own.  prepare() makes the directory's state before it; run() does it, in a process
 * that may end anywhere; check() lets everything recover that recovers at a start, in another process, and looks.
 */
#ifndef PD_FAULT_OPS_H
#define PD_FAULT_OPS_H

#include <stddef.h>

#define OP_ACKS	   8
#define OP_ID	   "01M7ZZZZZZEKTSV4RRFFQ69G5F"
#define OP_PATH	   512

/* What the operation told its caller, in memory that both processes share. */
struct told {
	unsigned is_done[OP_ACKS];	/* part i was told to be done; the number of calls by then, from 1 */
	unsigned is_failed[OP_ACKS];	/* part i was told to have failed, with nothing left of it */
	unsigned has_ended;		/* run() came to its end */
};

struct op {
	const char *name, *what;
	void (*prepare)(const char *dir);
	void (*run)(const char *dir, struct told *told);
	/* 0, or -1 with what is wrong on stdout.  is_cut: a power cut, after which also names may be as before. */
	int (*check)(const char *dir, const struct told *told, int is_cut);
	const char *const *dirs;	/* below dir, NULL at the end; the first is made before prepare() */
	int only_reads;			/* a power cut finds nothing of it */
	int is_small;			/* a power cut may tear its writes at every byte, not at every block alone */
};

extern const struct op ops[];
extern const size_t    nops;

/* The number of calls so far, from 1: whoever drives the operations has it. */
unsigned op_now(void);

#endif
