/* SPDX-License-Identifier: ISC */
/*
 * A channel as the session's thread sees it: requests from the client, input, and the queue
 * of output.  At most as much is written as the client's window takes; the rest stays in the
 * queue and makes the writer wait.
 *
 * Every write may run callbacks, also those of other channels of this session.  Nothing here
 * holds a lock across a call of libssh, and channels are only unlinked by the session's loop.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/session.h"

#define WRITE_CHUNK	((size_t)32 * 1024)

static void
drained(void *arg)
{
	struct chan *ch = arg;

	conn_wake(ch->conn);	/* the client's data that did not fit is still in libssh */
}

static int
on_data(ssh_session session, ssh_channel channel, void *data, uint32_t len, int is_stderr, void *arg)
{
	struct chan *ch = arg;

	(void)session;
	(void)channel;
	if (is_stderr)
		return (int)len;
	if (ch->has_pty) {
		tty_input(ch, data, len);
		return (int)len;
	}
	return (int)stream_push(ch->in, data, len);
}

static void
on_eof(ssh_session session, ssh_channel channel, void *arg)
{
	struct chan *ch = arg;

	(void)session;
	(void)channel;
	stream_end(ch->in);
}

static void
on_close(ssh_session session, ssh_channel channel, void *arg)
{
	struct chan *ch = arg;

	(void)session;
	(void)channel;
	ch->closed = true;
}

static void
on_signal(ssh_session session, ssh_channel channel, const char *name, void *arg)
{
	struct chan *ch = arg;

	(void)session;
	(void)channel;
	cancel_set(ch->cancel, strcmp(name, "INT") == 0 ? CANCEL_INT : CANCEL_KILL);
	stream_wake(ch->in);
}

static int
on_pty(ssh_session session, ssh_channel channel, const char *term, int width, int height, int pxwidth,
    int pxheight, void *arg)
{
	struct chan *ch = arg;

	(void)session;
	(void)channel;
	(void)term;
	(void)width;
	(void)height;
	(void)pxwidth;
	(void)pxheight;
	if (ch->started)
		return -1;
	ch->has_pty = true;
	return 0;
}

static int
on_window(ssh_session session, ssh_channel channel, int width, int height, int pxwidth, int pxheight, void *arg)
{
	(void)session;
	(void)channel;
	(void)width;
	(void)height;
	(void)pxwidth;
	(void)pxheight;
	(void)arg;
	return 0;
}

static int
on_env(ssh_session session, ssh_channel channel, const char *name, const char *value, void *arg)
{
	struct chan *ch = arg;
	bool is_language = strcmp(name, "LANG") == 0 || strncmp(name, "LC_", 3) == 0;

	(void)session;
	(void)channel;
	if (is_language && ch->n_env < ENV_MAX && strlen(name) < sizeof(ch->env[0][0]) &&
	    strlen(value) < sizeof(ch->env[0][0])) {
		strcpy(ch->env[ch->n_env][0], name);
		strcpy(ch->env[ch->n_env++][1], value);
	}
	return 0;
}

static int
start(struct chan *ch, const char *command)
{
	if (ch->started)
		return -1;
	ch->command = command != NULL ? strdup(command) : NULL;
	if (command != NULL && ch->command == NULL)
		return -1;
	return chan_start(ch);
}

static int
on_exec(ssh_session session, ssh_channel channel, const char *command, void *arg)
{
	(void)session;
	(void)channel;
	return start(arg, command);
}

static int
on_shell(ssh_session session, ssh_channel channel, void *arg)
{
	(void)session;
	(void)channel;
	return start(arg, NULL);
}

static int
on_subsystem(ssh_session session, ssh_channel channel, const char *name, void *arg)
{
	(void)session;
	(void)channel;
	(void)name;
	(void)arg;
	return -1;		/* no sftp on this console */
}

static struct chan *
chan_new(struct conn *c)
{
	struct chan *ch = calloc(1, sizeof(*ch));

	if (ch == NULL)
		return NULL;
	ch->conn = c;
	ch->refs = 1;
	pthread_cond_init(&ch->changed, NULL);
	ch->cancel = cancel_new();
	ch->in = stream_queue(ch->cancel, drained, ch);
	ch->channel = ssh_channel_new(c->ssh);
	pthread_mutex_lock(&c->lock);
	c->refs++;
	pthread_mutex_unlock(&c->lock);
	if (ch->in == NULL || ch->cancel == NULL || ch->channel == NULL) {
		ssh_channel_free(ch->channel);
		ch->channel = NULL;
		chan_unref(ch);
		return NULL;
	}
	return ch;
}

ssh_channel
chan_open(ssh_session session, void *arg)
{
	struct conn *c = arg;
	struct chan *ch;

	(void)session;
	if (!c->authenticated || c->n_chans >= CHANNELS_MAX)
		return NULL;
	ch = chan_new(c);
	if (ch == NULL)
		return NULL;
	ch->callbacks = (struct ssh_channel_callbacks_struct){
		.userdata = ch,
		.channel_data_function = on_data,
		.channel_eof_function = on_eof,
		.channel_close_function = on_close,
		.channel_signal_function = on_signal,
		.channel_pty_request_function = on_pty,
		.channel_pty_window_change_function = on_window,
		.channel_env_request_function = on_env,
		.channel_exec_request_function = on_exec,
		.channel_shell_request_function = on_shell,
		.channel_subsystem_request_function = on_subsystem,
	};
	ssh_callbacks_init(&ch->callbacks);
	(void)ssh_set_channel_callbacks(ch->channel, &ch->callbacks);
	ch->next = c->chans;
	c->chans = ch;
	c->n_chans++;
	return ch->channel;
}

/* Takes back what on_data() had no room for. */
static void
pull_input(struct chan *ch)
{
	char buf[16384];
	size_t room;
	int n;

	if (ch->has_pty)
		return;
	while ((room = stream_room(ch->in)) > 0 && ssh_channel_poll(ch->channel, 0) > 0) {
		n = ssh_channel_read_nonblocking(ch->channel, buf,
		    (uint32_t)(room < sizeof(buf) ? room : sizeof(buf)), 0);
		if (n <= 0)
			break;
		(void)stream_push(ch->in, buf, (size_t)n);
	}
}

/* Sends one stream's queue as far as the window goes.  0 when all of it is out. */
static int
pump_stream(struct chan *ch, int is_stderr)
{
	struct sim_out *q = &ch->queue[is_stderr];
	char buf[WRITE_CHUNK];
	size_t n;
	int sent;

	for (;;) {
		uint32_t window = ssh_channel_window_size(ch->channel);

		pthread_mutex_lock(&ch->conn->lock);
		n = q->len < WRITE_CHUNK ? q->len : WRITE_CHUNK;
		n = n < window ? n : window;
		if (n != 0)
			memcpy(buf, q->data, n);
		sent = q->len == 0;
		pthread_mutex_unlock(&ch->conn->lock);
		if (n == 0)
			return sent ? 0 : -1;
		sent = is_stderr ? ssh_channel_write_stderr(ch->channel, buf, (uint32_t)n) :
		    ssh_channel_write(ch->channel, buf, (uint32_t)n);
		if (sent <= 0) {
			ch->closed = ch->closed || sent == SSH_ERROR;
			return -1;
		}
		pthread_mutex_lock(&ch->conn->lock);
		q->len -= (size_t)sent;
		memmove(q->data, q->data + sent, q->len);
		pthread_cond_broadcast(&ch->changed);
		pthread_mutex_unlock(&ch->conn->lock);
	}
}

void
chan_pump(struct chan *ch)
{
	bool finished;
	int status, left;

	if (ch->end_sent || ch->closed || !ch->started)
		return;
	pull_input(ch);
	pthread_mutex_lock(&ch->conn->lock);
	finished = ch->writers == 0;
	status = ch->status;
	pthread_mutex_unlock(&ch->conn->lock);
	left = pump_stream(ch, 1);
	left |= pump_stream(ch, 0);
	if (!finished || left != 0 || ch->conn->cut != 0)
		return;
	ch->end_sent = true;
	(void)ssh_channel_request_send_exit_status(ch->channel, status);
	(void)ssh_channel_send_eof(ch->channel);
	(void)ssh_channel_close(ch->channel);
}

bool
chan_is_over(const struct chan *ch)
{
	return ch->closed || ch->end_sent;
}

void
chan_gone(struct chan *ch)
{
	bool was_gone;

	pthread_mutex_lock(&ch->conn->lock);
	was_gone = ch->gone;
	ch->gone = true;
	pthread_cond_broadcast(&ch->changed);
	pthread_mutex_unlock(&ch->conn->lock);
	stream_end(ch->in);
	if (!was_gone && ch->has_pty && !ch->end_sent)
		cancel_set(ch->cancel, CANCEL_KILL);	/* SIGHUP; without a terminal it runs on */
}

void
chan_release(struct chan *ch)
{
	chan_gone(ch);
	ssh_remove_channel_callbacks(ch->channel, &ch->callbacks);
	ssh_channel_free(ch->channel);
	ch->channel = NULL;
	chan_unref(ch);
}

void
chan_echo(struct chan *ch, const char *s, size_t len)
{
	pthread_mutex_lock(&ch->conn->lock);
	if (!ch->gone && ch->queue[0].len < QUEUE_MAX)
		sim_out_write(&ch->queue[0], s, len);
	pthread_mutex_unlock(&ch->conn->lock);
}
