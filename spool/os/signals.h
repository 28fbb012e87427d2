/* SPDX-License-Identifier: ISC */
/*
 * signals.h - signals as notes on a pipe, so that poll() sees them; and what a process inherits of its parent's,
 * undone.
 *
 * The handler writes one note and nothing else; a pipe takes and gives it whole (it is far below PIPE_BUF).
 */
#ifndef PD_SPOOL_OS_SIGNALS_H
#define PD_SPOOL_OS_SIGNALS_H

#include <sys/types.h>

#include "spool/err.h"

struct signal_note {
	char  what;	/* 'T' for SIGTERM and SIGINT, 'H' for SIGHUP, 'C' for SIGCHLD */
	uid_t uid;	/* whose process sent it, and which one; 0 and 0 when it was the kernel */
	pid_t pid;
};

/* Installs the handlers, ignores SIGPIPE and SIGXFSZ.  The read end (non-blocking) or -1. */
int signals_open(struct pd_err *e);

/* Every signal does what it usually does; KILL and STOP refuse, which is as well. */
void signals_reset(void);
/* None is blocked any more. */
void signals_unblock(void);

#endif
