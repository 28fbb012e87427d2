/* SPDX-License-Identifier: ISC */
/*
 * signals.h - signals as bytes on a pipe, so that poll() sees them.
 *
 * The handler writes one byte and nothing else: 'T' for SIGTERM and SIGINT, 'H' for SIGHUP, 'C' for SIGCHLD.
 */
#ifndef PD_SPOOL_SIGNALS_H
#define PD_SPOOL_SIGNALS_H

#include "spool/err.h"

/* Installs the handlers, ignores SIGPIPE and SIGXFSZ.  The read end (non-blocking) or -1. */
int signals_open(struct pd_err *e);

#endif
