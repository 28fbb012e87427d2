/* SPDX-License-Identifier: ISC */
/*
 * Connections and channels.  One thread per connection runs its SSH session and is the only
 * one that calls libssh for it; every exec or shell has a worker thread that runs the
 * simulated shell and talks to the session through queues and an eventfd.
 */
#ifndef SIM_SESSION_H
#define SIM_SESSION_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <pthread.h>
#include <stdbool.h>

#include "tests/simulator/auth.h"
#include "tests/simulator/server.h"
#include "tests/simulator/shell/shell.h"

#define CHANNELS_MAX	10		/* per connection, as sshd's MaxSessions */
#define QUEUE_MAX	((size_t)1024 * 1024)	/* output of a channel that waits for the client */
#define LOGIN_GRACE_MS	60000
#define AUTH_TRIES_MAX	6
#define CONNECTIONS_MAX	1000

struct server {
	const struct site *site;
	const struct sim *sim;
	const struct auth *auth;
	ssh_bind	bind;
	int		listen_fd;
	pthread_mutex_t	lock;		/* connections and the counters */
	struct conn    *conns;
	int		n_conns;
	unsigned long	next_id;
	bool		stopping;
	bool		off;		/* takes no connection: the main loop's */
};

struct conn {
	struct server  *server;
	struct conn    *next;		/* under server->lock */
	unsigned long	id;
	ssh_session	ssh;
	ssh_event	event;
	int		wake_fd;
	struct ssh_server_callbacks_struct callbacks;
	char		user[64];
	char		peer[64];
	bool		authenticated;
	int		auth_failures;
	int		n_chans;	/* open ones */
	struct chan    *chans;		/* the session thread's */

	pthread_mutex_t	lock;		/* what follows, and the channels' shared part */
	int		refs;		/* the session thread and every channel */
	bool		woken;
	bool		stop;
	int		cut;		/* 0, or enum shell_cut + 1 */
};

#define ENV_MAX 8

struct chan {
	struct conn    *conn;
	struct chan    *next;
	ssh_channel	channel;
	struct ssh_channel_callbacks_struct callbacks;
	struct stream  *in;
	struct cancel  *cancel;
	bool		has_pty;
	bool		started;	/* there is a worker */
	char	       *command;	/* NULL: an interactive shell */
	char		env[ENV_MAX][2][64]; /* names and values of the language that the client asked for */
	int		n_env;
	struct sim_out	line;		/* of the terminal's line editing */
	bool		last_cr;
	bool		closed;		/* by the client; the session thread's */
	bool		end_sent;

	/* under conn->lock */
	int		refs;		/* session thread, worker, background jobs */
	int		writers;	/* who may still write: worker, background jobs */
	bool		gone;		/* nobody reads what is written */
	int		status;
	pthread_cond_t	changed;	/* room in the queue, or gone */
	struct sim_out	queue[2];	/* stdout, stderr */
};

/* session.c */
int	conn_start(struct server *srv, int fd, const char *peer);
void	conn_wake(struct conn *c);
void	conn_unref(struct conn *c);

/* channel.c: callbacks and the queue to the client. */
ssh_channel chan_open(ssh_session session, void *conn);
/* Sends what can be sent; called by the session thread after every event. */
void	chan_pump(struct chan *ch);
bool	chan_is_over(const struct chan *ch);
/* The connection or the client's side of the channel has ended. */
void	chan_gone(struct chan *ch);
void	chan_release(struct chan *ch);		/* the session thread's reference */
void	chan_echo(struct chan *ch, const char *s, size_t len);

/* channel_io.c: the worker's side. */
void	chan_unref(struct chan *ch);
extern const struct shell_io chan_io;	/* with arg to be set */
int	chan_start(struct chan *ch);

/* tty.c: bytes that somebody typed. */
void	tty_input(struct chan *ch, const char *data, size_t len);

#endif
