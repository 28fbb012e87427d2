/* SPDX-License-Identifier: ISC */
/*
 * sandbox.h - what a program gives up once it has what it needs, so that whoever takes it over gets little.
 *
 * Linux: no new privileges, a seccomp filter (sandbox_calls.h says which calls each program may make; any
 * other ends the process with SIGSYS) and, where the kernel has it, Landlock for files and TCP ports.
 * libseccomp makes the filters when the programs are built (sandbox-filter.c); none of them links it.  Elsewhere, with
 * PORTABLE=1 or SANDBOX=no, without libseccomp and under AddressSanitizer, which has calls of its own, sandbox_enter()
 * does nothing and sandbox_text() says so.
 */
#ifndef PD_SPOOL_OS_SANDBOX_H
#define PD_SPOOL_OS_SANDBOX_H

#include <stddef.h>

#include "spool/err.h"

/*
 * SANDBOX_LOCAL is a worker that may start programs: each worker until it knows its platform, then only one whose
 * platform is this host's own VIOS; the others enter SANDBOX_WORKER on top.
 */
enum sandbox_program { SANDBOX_GATEWAY, SANDBOX_DIRECTOR, SANDBOX_WORKER, SANDBOX_LOCAL };

/* What may be done with a file, or with all that is below a directory. */
#define SANDBOX_READ  1u
#define SANDBOX_WRITE 2u	/* and make, remove and rename */
#define SANDBOX_FILE  4u	/* write, make and remove regular files, rename them between such directories; not read */
#define SANDBOX_START 8u	/* read, and start as a program; a file's own loader (spool/os/landlock.c) comes with the first one */

struct sandbox_path {
	const char *path;	/* one that is not there is passed over */
	unsigned    may;
};

/*
 * The seccomp filter, for good and for every thread; with it no set-id program raises rights any more.  A kernel
 * without seccomp is no error.  PD_IO: it is there and refuses.
 */
int sandbox_enter(enum sandbox_program program, struct pd_err *e);

/*
 * Files: those of the list and no others (with keep_reading, reading stays free: only what changes something is
 * restricted).  nports > 0: TCP connections to these ports only, and to 53, the name service's.  0 also when the kernel
 * has no Landlock, or one older than 5.19, which could not rename between directories.  Before sandbox_enter() for the
 * gateway and the director, whose filters do not allow it, after it for the worker, which learns its platform later.
 */
int sandbox_files(const struct sandbox_path *paths, size_t n, int keep_reading, const int *ports, size_t nports, struct pd_err *e);

/* Hard limits: 0 processes to start, and address space of 2 GiB, far more than a gateway or worker ever needs. */
void sandbox_limits(void);

/* What this build has, for --version and --check. */
const char *sandbox_text(void);

/* In words, when sig is what ended a process of ours because of its sandbox; otherwise "". */
const char *sandbox_why(int sig);

#endif
