/* SPDX-License-Identifier: ISC */
/*
 * worker_start.h - fork and exec of one worker with its socket on descriptor 3 and nothing else.
 */
#ifndef PD_SPOOL_RUN_WORKER_START_H
#define PD_SPOOL_RUN_WORKER_START_H

#include <sys/types.h>

#include "spool/err.h"

/* *sock is the director's end: non-blocking, close-on-exec, the caller's. */
int worker_start(const char *program, pid_t *pid, int *sock, struct pd_err *e);

#endif
