/* SPDX-License-Identifier: ISC */
/*
 * plan.h - which system call of a program fails, and how.
 *
 * A program that is linked with sys_fault.c maps the file PROGRAM.plan beside itself, when there is one, and counts
 * its calls there: all its processes in one row, SQLite's among them.  Whoever started it reads the
 * counts while it runs and can end the fault.
 */
#ifndef PD_FAULT_PLAN_H
#define PD_FAULT_PLAN_H

#include <stdatomic.h>

#define PLAN_TRACE_MAX 65536

enum fault_call {
	CALL_OPEN, CALL_CLOSE, CALL_READ, CALL_WRITE, CALL_SEEK, CALL_TRUNCATE, CALL_SYNC, CALL_STAT, CALL_MODE, CALL_LOCK,
	CALL_MKDIR, CALL_LINK, CALL_UNLINK, CALL_RENAME, CALL_LIST, CALL_KINDS
};

enum fault_kind {
	FAULT_NONE,
	FAULT_EIO,		/* once */
	FAULT_EIO_ON,		/* from then on */
	FAULT_ENOSPC,
	FAULT_ENOSPC_ON,
	FAULT_EINTR,
	FAULT_SHORT,		/* half of a read or write; what follows goes well */
	FAULT_FULL,		/* half of a write, and ENOSPC for the rest; then there is room again */
	FAULT_KILL,		/* the process ends before the call */
	FAULT_TORN,		/* half of a write, then the process ends */
	FAULT_KINDS
};

struct plan {
	_Atomic unsigned      calls;	/* made so far */
	_Atomic unsigned      hits;	/* how many met the fault */
	unsigned	      at;	/* this call, from 1 */
	_Atomic unsigned      kind;	/* enum fault_kind */
	_Atomic unsigned char trace[PLAN_TRACE_MAX];	/* enum fault_call of call number i at [i] */
};

/* NULL: nothing is counted, nothing fails.  A test in the same process sets its own. */
extern struct plan *fault_plan;

/* Whether a call of this kind can fail so. */
int fault_applies(enum fault_kind kind, enum fault_call call);
/* Does it end the process? */
int	    fault_kills(enum fault_kind kind);
const char *fault_kind_name(enum fault_kind kind);
const char *fault_call_name(enum fault_call call);

/* For tables of calls: GO on, FAIL with errno set, or do HALF of it. */
enum fault_verdict { FAULT_GO, FAULT_FAIL, FAULT_HALF };
enum fault_verdict fault_meet(enum fault_call call);
/* After half of a write: ends the process when the plan says so. */
void fault_after_half(void);

#endif
