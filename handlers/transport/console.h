/* SPDX-License-Identifier: ISC */
/*
 * console.h - a VM's serial console for a person: the worker's part of the verb console (spool/director/console.h).
 */
#ifndef PD_HANDLERS_TRANSPORT_CONSOLE_H
#define PD_HANDLERS_TRANSPORT_CONSOLE_H

#include <jansson.h>
#include <stdint.h>

#include "handlers/sequence/sequence.h"
#include "handlers/transport/transport.h"

struct console_session {
	int	    sock;		/* the gateway's connection; does not block */
	int	    record;		/* what the console says is appended here, -1 = not; its first record_max bytes */
	int64_t	    record_max;
	int	    wake;		/* the director's socket */
	const char *sequence;		/* its results "attach" and "detach" are the commands */
	json_t	   *vars;
	int	  (*stop)(void *arg);
	void	   *stop_arg;
	int64_t	    said;		/* bytes; the rest is console_serve.c's own */
};

/*
 * The gateway hears how it went in one message of spool/wire.h, {"code","exit","message"}; after an OK the console's
 * bytes follow in both directions until somebody ends it.  The terminal is then closed at the console.  *res: done with
 * {why,bytes}, or failed.
 */
void console_serve(struct transport *t, struct console_session *s, struct run_result *res);
/* It cannot be: that one message. */
void console_refuse(const struct console_session *s, const struct pd_err *e);

#endif
