/* SPDX-License-Identifier: ISC */
/*
 * transport.h - how a command reaches a console and its answer comes back.
 *
 * An interface, so that the sequence engine can be tested without a network; ssh.c is the one
 * for consoles, local_run.c the one on the console itself.  Blocking, one command at a time, not shared between
 * processes.
 */
#ifndef PD_HANDLERS_TRANSPORT_TRANSPORT_H
#define PD_HANDLERS_TRANSPORT_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"

#define ANSWER_MAX (4 * 1024 * 1024)	/* bytes of one stream that are kept; more is PD_REMOTE "answers without end" */

/* Three different results of a command; PD_ fields of an error are a fourth: it was not sent. */
enum answer_kind {
	ANSWER_EXIT,	/* it ended with status */
	ANSWER_SIGNAL,	/* it was ended by signal */
	ANSWER_LOST	/* the channel ended without either: the outcome is unknown */
};

struct answer {
	enum answer_kind kind;
	int		 status;
	char		 signal[16];
	char		*out, *err;	/* NUL-terminated; owned */
	size_t		 out_len, err_len;
	int64_t		 us;		/* microseconds from asking for a channel to its end */
	char		 why[160];	/* ANSWER_LOST: time limit, connection cut, ... */
};
void answer_clear(struct answer *a);

/* A stream of an answer as it comes in; buf is NUL-terminated and owned. */
struct answer_stream {
	char  *buf;
	size_t len, size;
};
enum answer_room { ANSWER_FITS, ANSWER_FLOOD /* beyond ANSWER_MAX */, ANSWER_NO_MEMORY };
enum answer_room answer_add(struct answer_stream *s, const void *data, size_t len);

/* Is there a console?  Only connecting and answers tell; a lost answer says nothing. */
enum contact {
	CONTACT_NONE,		/* not known */
	CONTACT_ANSWERED,
	CONTACT_SILENT,		/* it cannot be connected to: later perhaps */
	CONTACT_REFUSED		/* host key or authentication: not before a person has acted */
};

/*
 * A command with a terminal whose other end is a person's connection.  What either says is held in a buffer of a fixed
 * size: one that does not read stops the other.
 */
struct attached {
	int	    sock;	/* the person's; does not block, both directions */
	int	    wake;	/* poll()ed beside: then the transport's stop() is asked at once */
	/* Called once, when the command has begun; -1 ends it. */
	int	  (*begun)(void *arg);
	/* What the command says, on its way to the person. */
	void	  (*said)(void *arg, const char *data, size_t len);
	void	   *arg;
	const char *why;	/* out: how it ended */
};
#define ATTACHED_LEFT "left"	/* the person's connection has ended */

struct transport {
	/*
	 * Runs command, writes input (may be NULL) to its standard input and closes it.  0 and *a filled; or -1 when
	 * nothing was sent (PD_REMOTE: cannot connect; PD_BUSY: the console runs no further command now; PD_DENIED:
	 * host key or authentication refused, never to be retried; PD_BADDATA: a command that this transport can never
	 * run; PD_NOTFOUND: not as long as its program is missing).  timeout_ms 0 or less is no limit.  After
	 * ANSWER_LOST the connection is dropped and the next run() makes a new one.
	 */
	int (*run)(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a,
	    struct pd_err *e);
	/* Optional: connects when there is no connection.  0, or -1 as run() when nothing was sent. */
	int (*open)(struct transport *t, struct pd_err *e);
	/* Optional: a person's session with one command, see struct attached.  0 and a->why filled, or -1 as run(). */
	int (*attach)(struct transport *t, const char *command, struct attached *a, struct pd_err *e);
	void (*free)(struct transport *t);
	void *state;
	enum contact contact;	/* what open() and run() found last */
	char moved[240];	/* another console is used from now on: why, for people; whoever tells them empties it */
	/*
	 * Optional, set by the caller between two run(): called now and then, about every meanwhile_ms, while run()
	 * waits for the end of its command.  There, and only there, aside() runs one command more beside that one, on
	 * the same connection: as run(), and a lost answer of it ends nothing else.
	 */
	void (*meanwhile)(void *meanwhile_arg);
	void *meanwhile_arg;
	int   meanwhile_ms;
	int (*aside)(struct transport *t, const char *command, int timeout_ms, struct answer *a, struct pd_err *e);
	/*
	 * Optional, set by the caller between two run(): asked about five times a second while run() waits.  Non-zero
	 * ends the command (it is sent a TERM): ANSWER_LOST with why "stopped", or -1 PD_REMOTE when nothing was sent
	 * yet.
	 */
	int (*stop)(void *stop_arg);
	void *stop_arg;
};

/* What a platform's registration says of its SSH server. */
struct ssh_target {
	const char *address, *user, *key_file, *host_key;	/* host_key "SHA256:...", "" = take and report only, no login */
	int	    port;
	int	    connect_timeout_ms;
};

/* Connects lazily at the first run() and again after a lost connection.  The strings are copied.  The process ignores SIGPIPE. */
int ssh_transport(const struct ssh_target *target, struct transport **t, struct pd_err *e);

/*
 * Two consoles of the same systems as one (handlers/transport/pair.c): the one that is in use answers, and when nothing
 * could be sent to it the other one from then on.  A command whose answer was lost is not sent to the other: the state
 * is read there first, as after any lost answer.  contact is that of both: silent or refused only when neither lets us
 * in.  Takes both transports.
 */
int  pair_transport(struct transport *first, const char *first_name, struct transport *second, const char *second_name,
     struct transport **t, struct pd_err *e);
void pair_use(struct transport *t, int which);	/* 0 or 1, at the beginning of a job; forgets what was found out */
/* One of them by itself, and what was found out about it since: contact, and why when it is silent or refused. */
struct transport *pair_each(struct transport *t, int which, enum contact *contact, const char **why);

/* Connects, reads the server's host key as "SHA256:..." into fp and closes, without logging in. */
int ssh_host_key(const struct ssh_target *target, char *fp, size_t size, struct pd_err *e);

/*
 * On the VIOS itself: the console's programs are run without SSH and without a shell.  A command is split into words as
 * the console's shell would (handlers/transport/local.h) and its program looked up in dirs, which are copied; the
 * environment is fixed: PATH is dirs and the system's own.  Each command is a process group; what is lost (time limit,
 * stop, answers without end) is ended with TERM, then KILL.  A command whose worker dies goes on.  The process ignores
 * SIGPIPE and starts no other children.
 */
int local_transport(const char *const *dirs, size_t n, struct transport **t, struct pd_err *e);

#endif
