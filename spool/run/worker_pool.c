/* SPDX-License-Identifier: ISC */
/*
 * worker_pool.c - the director's worker processes: kept warm per platform, retired, reaped.
 */
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/director/console.h"
#include "spool/os/clock.h"
#include "spool/os/sandbox.h"
#include "spool/run/worker_pool.h"
#include "spool/run/worker_start.h"

#define WORKER_MESSAGE_MAX (1024 * 1024)	/* a result with every value that a sequence may capture */

int
pool_init(struct worker_pool *p, const char *program, int64_t idle_s, int64_t jobs, struct pd_err *e)
{
	memset(p, 0, sizeof(*p));
	p->idle_s = idle_s;
	p->jobs = jobs;
	if ((p->program = strdup(program)) == NULL)
		return pd_fail_sys(e, PD_IO, "keep the worker's path");
	return 0;
}

static void
free_worker(struct worker *w)
{
	if (w->sock != -1)
		(void)close(w->sock);
	wire_in_free(&w->in);
	console_free(w->console);
	free(w);
}

void
pool_free(struct worker_pool *p)
{
	struct worker *w;

	while ((w = p->workers) != NULL) {
		p->workers = w->next;
		free_worker(w);
	}
	free(p->program);
	p->program = NULL;
}

struct worker *
pool_add(struct worker_pool *p, const char *platform, struct pd_err *e)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		pd_fail_sys(e, PD_IO, "start a worker");
		return NULL;
	}
	if (worker_start(p->program, &w->pid, &w->sock, e) == -1) {
		free(w);
		return NULL;
	}
	wire_in_init(&w->in, WORKER_MESSAGE_MAX);
	(void)snprintf(w->platform, sizeof(w->platform), "%s", platform);
	w->idle_since_ms = clock_mono_ms();
	w->next = p->workers;
	p->workers = w;
	return w;
}

static struct worker *
find_idle(struct worker_pool *p, const char *platform)
{
	struct worker *w = p->workers;

	while (w != NULL && (w->sock == -1 || w->is_busy || strcmp(w->platform, platform) != 0))
		w = w->next;
	return w;
}

struct worker *
pool_take(struct worker_pool *p, const struct sched_job *job, struct pd_err *e)
{
	struct worker *w = find_idle(p, job->platform);

	if (w == NULL && (w = pool_add(p, job->platform, e)) == NULL)
		return NULL;
	w->is_busy = 1;
	w->job = *job;
	return w;
}

void
pool_give_back(struct worker *w)
{
	w->is_busy = 0;
}

int
pool_run(struct worker *w, const struct sched_job *job, json_t *msg, int journal, int log, struct pd_err *e)
{
	int fds[2] = { journal, log };

	w->is_busy = 1;
	w->job = *job;
	w->jobs++;
	w->is_stale |= job->is_registering;	/* it confines itself to the port of its first job, which may be a wrong one */
	return wire_send(w->sock, msg, fds, 2, e);
}

int
pool_tell(struct worker *w, const char *what, struct pd_err *e)
{
	return wire_send(w->sock, json_pack("{s:s}", "msg", what), NULL, 0, e);
}

void
pool_job_ended(struct worker_pool *p, struct worker *w, int64_t now_ms)
{
	w->is_busy = 0;
	w->idle_since_ms = now_ms;
	if (w->is_stale || (p->jobs > 0 && w->jobs >= p->jobs))
		pool_end(w, 0);
}

void
pool_end(struct worker *w, int kill_it)
{
	if (w->sock != -1)
		(void)close(w->sock);
	w->sock = -1;
	w->is_busy = 0;
	if (kill_it)
		(void)kill(w->pid, SIGKILL);
}

void
pool_retire(struct worker_pool *p, int64_t now_ms)
{
	for (struct worker *w = p->workers; w != NULL && p->idle_s > 0; w = w->next)
		if (w->sock != -1 && !w->is_busy && now_ms - w->idle_since_ms >= p->idle_s * 1000)
			pool_end(w, 0);
}

void
pool_retire_platform(struct worker_pool *p, const char *platform)
{
	for (struct worker *w = p->workers; w != NULL; w = w->next)
		if (w->sock != -1 && (platform == NULL || strcmp(w->platform, platform) == 0)) {
			if (w->is_busy)
				w->is_stale = 1;
			else
				pool_end(w, 0);
		}
}

int64_t
pool_delay(const struct worker_pool *p, int64_t now_ms)
{
	int64_t least = -1, left;

	for (const struct worker *w = p->workers; w != NULL && p->idle_s > 0; w = w->next) {
		if (w->sock == -1 || w->is_busy)
			continue;
		left = w->idle_since_ms + p->idle_s * 1000 - now_ms;
		if (left < 0)
			left = 0;
		if (least == -1 || left < least)
			least = left;
	}
	return least;
}

static void
log_end(const struct worker *w, int status, const struct log *log)
{
	char pid[24], sig[12];

	if (!WIFSIGNALED(status) || sandbox_why(WTERMSIG(status))[0] == '\0')
		return;
	(void)snprintf(pid, sizeof(pid), "%ld", (long)w->pid);
	(void)snprintf(sig, sizeof(sig), "%d", WTERMSIG(status));
	log_event(log, LOG_ERR, "worker-killed", "platform", w->platform, "pid", pid, "signal", sig, "why",
	    sandbox_why(WTERMSIG(status)), NULL);
}

/* One whose socket is still open is kept: its last message may be waiting in it. */
void
pool_reap(struct worker_pool *p, const struct log *log)
{
	struct worker **at = &p->workers, *w;
	int		status = 0;

	while ((w = *at) != NULL) {
		if (w->sock == -1 && waitpid(w->pid, &status, WNOHANG) != 0) {
			log_end(w, status, log);
			*at = w->next;
			free_worker(w);
		} else {
			at = &w->next;
		}
	}
}

size_t
pool_busy(const struct worker_pool *p)
{
	size_t n = 0;

	for (const struct worker *w = p->workers; w != NULL; w = w->next)
		n += w->sock != -1 && w->is_busy;
	return n;
}

struct worker *
pool_find(const struct worker_pool *p, const char *job_id)
{
	for (struct worker *w = p->workers; w != NULL; w = w->next)
		if (w->sock != -1 && w->is_busy && strcmp(w->job.id, job_id) == 0)
			return w;
	return NULL;
}
