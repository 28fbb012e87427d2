/* SPDX-License-Identifier: ISC */
/*
 * A channel as its worker sees it: the thread that runs one exec request or one interactive
 * shell, and what the shell calls to write, to cut the connection and to wait for its end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/session.h"

#define WORKER_STACK	((size_t)16 * 1024 * 1024)

void
chan_unref(struct chan *ch)
{
	struct conn *c = ch->conn;
	int refs;

	pthread_mutex_lock(&c->lock);
	refs = --ch->refs;
	pthread_mutex_unlock(&c->lock);
	if (refs != 0)
		return;
	stream_free(ch->in);
	cancel_unref(ch->cancel);
	sim_out_free(&ch->line);
	sim_out_free(&ch->queue[0]);
	sim_out_free(&ch->queue[1]);
	pthread_cond_destroy(&ch->changed);
	free(ch->command);
	free(ch);
	conn_unref(c);
}

/* A terminal shows "\n" as a carriage return and a line feed. */
static void
queue_text(struct chan *ch, int is_stderr, const char *data, size_t len)
{
	const char *nl;

	if (!ch->has_pty) {
		sim_out_write(&ch->queue[is_stderr], data, len);
		return;
	}
	while (len > 0 && (nl = memchr(data, '\n', len)) != NULL) {
		size_t n = (size_t)(nl - data);

		sim_out_write(&ch->queue[0], data, n);
		sim_out_write(&ch->queue[0], "\r\n", 2);
		data += n + 1;
		len -= n + 1;
	}
	sim_out_write(&ch->queue[0], data, len);
}

static int
io_write(void *arg, int is_stderr, const char *data, size_t len)
{
	struct chan *ch = arg;
	bool gone;

	pthread_mutex_lock(&ch->conn->lock);
	while (!ch->gone && ch->queue[0].len + ch->queue[1].len >= QUEUE_MAX)
		pthread_cond_wait(&ch->changed, &ch->conn->lock);
	gone = ch->gone;
	if (!gone)
		queue_text(ch, is_stderr, data, len);
	pthread_mutex_unlock(&ch->conn->lock);
	if (!gone)
		conn_wake(ch->conn);
	return gone ? -1 : 0;
}

static void
io_hold(void *arg)
{
	struct chan *ch = arg;

	pthread_mutex_lock(&ch->conn->lock);
	ch->refs++;
	ch->writers++;
	pthread_mutex_unlock(&ch->conn->lock);
}

static void
io_release(void *arg)
{
	struct chan *ch = arg;

	pthread_mutex_lock(&ch->conn->lock);
	ch->writers--;
	pthread_mutex_unlock(&ch->conn->lock);
	conn_wake(ch->conn);
	chan_unref(ch);
}

static void
io_wait_gone(void *arg)
{
	struct chan *ch = arg;

	pthread_mutex_lock(&ch->conn->lock);
	while (!ch->gone)
		pthread_cond_wait(&ch->changed, &ch->conn->lock);
	pthread_mutex_unlock(&ch->conn->lock);
}

/* Returns when the connection is closed, so that nothing runs past the cut. */
static void
io_cut(void *arg, enum shell_cut how)
{
	struct chan *ch = arg;

	pthread_mutex_lock(&ch->conn->lock);
	if (ch->conn->cut == 0)
		ch->conn->cut = (int)how + 1;
	pthread_mutex_unlock(&ch->conn->lock);
	conn_wake(ch->conn);
	io_wait_gone(ch);
}

static int
io_gone(void *arg)
{
	struct chan *ch = arg;
	bool gone;

	pthread_mutex_lock(&ch->conn->lock);
	gone = ch->gone;
	pthread_mutex_unlock(&ch->conn->lock);
	return gone;
}

const struct shell_io chan_io = {
	.write = io_write, .hold = io_hold, .release = io_release, .cut = io_cut, .gone = io_gone,
	.wait_gone = io_wait_gone,
};

static void
greet(struct shell *sh, const struct chan *ch)
{
	time_t now = time(NULL);
	char when[64];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%a %b %e %H:%M:%S UTC %Y", &tm);
	sim_out_printf(sh->out, "Last login: %s on %s from %s\n", when, ch->has_pty ? "/dev/pts/0" : "ssh",
	    ch->conn->peer);
}

static void
run_login(struct shell *sh, const struct chan *ch)
{
	sh->is_login = true;
	/* bash reads a script, without a word of its own, when there is no terminal: ssh -T hmc <<EOF */
	sh->is_script = sh->is_bash && !ch->has_pty;
	sh->prompts = !sh->is_script;
	if (!sh->is_script)
		greet(sh, ch);
	(void)shell_run_input(sh);
}

static void
run_exec(struct shell *sh, struct chan *ch, struct shell_base *base)
{
	const struct sim *sim = sh->sim;

	base->record = record_new(sh->session, sh->user, "exec", ch->command);
	if (sim->latency_ms != 0)
		(void)cancel_wait_ms(ch->cancel, (long)sim->latency_ms);
	if (!shell_stopped(sh))
		(void)shell_run_text(sh, ch->command, strlen(ch->command));
	shell_flush(sh);
	if (cancel_state(ch->cancel) != CANCEL_NONE && sh->status == 0)
		sh->status = 130;
	record_end(sim->transcript, base->record, sh->status,
	    io_gone(ch) ? "the client had gone" : NULL);
	base->record = NULL;
}

static void
run_worker(struct chan *ch)
{
	const struct sim *sim = ch->conn->server->sim;
	struct shell_io io = chan_io;
	struct shell_base base;
	struct shell sh;

	io.arg = ch;
	shell_base_init(&base, &io);
	if (shell_init(&sh, sim, &base, ch->cancel, ch->in, ch->conn->user, false) == 0) {
		sh.session = ch->conn->id;
		sh.has_tty = ch->has_pty;
		for (int i = 0; i < ch->n_env; i++)
			(void)shell_set(&sh, ch->env[i][0], ch->env[i][1], true);
		sh.pid = procs_add(sim->procs, 1, sh.user, sh.has_tty ? "pts/0" : "-", sh.is_bash ? "-bash" : "-rksh", ch->cancel);
		if (ch->command != NULL)
			run_exec(&sh, ch, &base);
		else
			run_login(&sh, ch);
		procs_remove(sim->procs, sh.pid);
	}
	shell_flush(&sh);
	pthread_mutex_lock(&ch->conn->lock);
	ch->status = sh.status & 255;
	pthread_mutex_unlock(&ch->conn->lock);
	shell_fini(&sh);
	shell_base_fini(&base);
}

static void
worker_main(void *arg)
{
	struct chan *ch = arg;

	run_worker(ch);
	io_release(ch);
}

int
chan_start(struct chan *ch)
{
	ch->started = true;
	io_hold(ch);
	if (procs_thread(ch->conn->server->sim->procs, WORKER_STACK, worker_main, ch) == 0)
		return 0;
	io_release(ch);
	return -1;
}
