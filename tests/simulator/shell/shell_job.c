/* SPDX-License-Identifier: ISC */
/*
 * Background jobs: `command &`.  A job is a thread with a copy of the shell.  It keeps the
 * connection open as long as it may still write to it, like any process that inherited the
 * descriptors; with both streams redirected it outlives the connection.
 *
 * `&` returns only when the job's first command is in the process table: a script that polls
 * `ps -ef` right afterwards must find it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

#define JOB_STACK	((size_t)16 * 1024 * 1024)

struct shell_job {
	pthread_mutex_t	lock;
	pthread_cond_t	changed;
	int		refs;		/* the thread and the shell that started it */
	int		pid;
	bool		started, done;
	bool		holds;		/* the connection */
	struct shell	shell;
	struct shell_base base;
	struct shell_io	io;
	const struct node *node;
	struct prog    *prog;
};

static void
job_unref(struct shell_job *j)
{
	int refs;

	pthread_mutex_lock(&j->lock);
	refs = --j->refs;
	pthread_mutex_unlock(&j->lock);
	if (refs != 0)
		return;
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

/* The thread's last act, apart from giving up its reference. */
static void
job_done(struct shell_job *j)
{
	struct shell *sh = &j->shell;

	if (j->holds)
		shell_flush(sh);
	record_end(sh->sim->transcript, j->base.record, sh->status, NULL);
	stream_free(sh->in);
	cancel_unref(sh->cancel);
	shell_fini(sh);
	shell_base_fini(&j->base);
	prog_unref(j->prog);
	if (j->holds)
		j->io.release(j->io.arg);
	pthread_mutex_lock(&j->lock);
	j->started = j->done = true;
	pthread_cond_broadcast(&j->changed);
	pthread_mutex_unlock(&j->lock);
}

static void
job_main(void *arg)
{
	struct shell_job *j = arg;

	(void)shell_run_node(&j->shell, j->node, j->prog);
	job_done(j);
	job_unref(j);
}

/* Are both streams sent elsewhere by the command itself? */
static bool
is_redirected(const struct node *n)
{
	bool out = false, err = false;

	for (const struct redir *r = n->redirs; r != NULL; r = r->next) {
		bool away = r->type == R_OUT || r->type == R_APPEND;

		if (r->type == R_DUP)
			away = r->target[0] == '1' ? out : r->target[0] == '2' ? err : true;
		if (r->fd == 1)
			out = away;
		else if (r->fd == 2)
			err = away;
	}
	return out && err;
}

static int
discard(void *arg, const char *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
	return 0;
}

/* The job's own streams: the connection's when it holds it, else nothing. */
static void
job_streams(struct shell_job *j, const struct shell_io *io)
{
	if (j->holds)
		j->io = *io;
	shell_base_init(&j->base, j->holds ? &j->io : NULL);
	if (!j->holds)
		j->base.out.drain = j->base.err.drain = discard;
	j->shell.base = &j->base;
	j->shell.out = &j->base.out;
	j->shell.err = &j->base.err;
	j->shell.in = stream_memory("", 0);
	j->shell.cancel = cancel_new();
	j->shell.prompts = false;
	j->shell.job = j;
	j->shell.depth++;
}

static struct shell_job *
job_new(struct shell *sh, const struct node *n, struct prog *prog)
{
	struct shell_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	if (shell_copy(&j->shell, sh) == -1) {
		free(j);
		return NULL;
	}
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->changed, NULL);
	j->refs = 2;
	j->node = n;
	j->prog = prog_ref(prog);
	j->holds = !is_redirected(n) && sh->base->io != NULL;
	if (j->holds)
		sh->base->io->hold(sh->base->io->arg);
	job_streams(j, sh->base->io);
	j->base.record = record_new(sh->session, sh->user, "background", n->words != NULL ? n->words->text : "(...)");
	return j;
}

int
shell_job_start(struct shell *sh, const struct node *n, struct prog *prog)
{
	struct shell_job *j;

	/* output that goes into a pipe, a file or $(...): whoever reads it waits anyway */
	if (sh->n_jobs >= SHELL_JOBS_MAX || sh->depth >= SHELL_DEPTH_MAX || (!is_redirected(n) &&
	    (sh->out != &sh->base->out || sh->err != &sh->base->err)))
		return shell_run_node(sh, n, prog);
	shell_flush(sh);
	j = job_new(sh, n, prog);
	if (j == NULL)
		return 1;
	sh->jobs[sh->n_jobs++] = j;
	if (procs_thread(j->shell.sim->procs, JOB_STACK, job_main, j) == -1) {
		job_done(j);
		job_unref(j);
		shell_error(sh, "0403-013 There is not enough memory available to create the process.");
		return 1;
	}
	pthread_mutex_lock(&j->lock);
	while (!j->started)
		pthread_cond_wait(&j->changed, &j->lock);
	sh->last_bg = j->pid;
	pthread_mutex_unlock(&j->lock);
	if (sh->prompts)
		sim_out_printf(sh->err, "[%d]     %d\n", sh->n_jobs, sh->last_bg);
	return 0;
}

void
shell_job_running(struct shell *sh, int pid)
{
	struct shell_job *j = sh->job;

	if (j == NULL)
		return;
	pthread_mutex_lock(&j->lock);
	if (!j->started)
		j->pid = pid;
	j->started = true;
	pthread_cond_broadcast(&j->changed);
	pthread_mutex_unlock(&j->lock);
}

void
shell_jobs_wait(struct shell *sh)
{
	for (int i = 0; i < sh->n_jobs; i++) {
		struct shell_job *j = sh->jobs[i];

		pthread_mutex_lock(&j->lock);
		while (!j->done)
			pthread_cond_wait(&j->changed, &j->lock);
		pthread_mutex_unlock(&j->lock);
	}
	shell_jobs_forget(sh);
}

void
shell_jobs_forget(struct shell *sh)
{
	while (sh->n_jobs > 0)
		job_unref(sh->jobs[--sh->n_jobs]);
}
