/* SPDX-License-Identifier: ISC */
/*
 * watch.c - waiting for a job's end.
 *
 * Leaving never touches the job: whoever closes his laptop finds it again by its id.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/ask.h"
#include "gateway/follow/follow.h"
#include "gateway/follow/watch.h"
#include "gateway/render/progress.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/wire.h"

#define SILENCE_MS 15000	/* without an event: is the director still there? */
#define WAKES_MAX  10		/* in a second; a follower of a busy job then looks ten times a second, */
#define ERR_BUFFER (32 * 1024)	/* half a pipe: sshd sends what is there while the rest is read */
#define CALM_MS	   100		/* so that hundreds of them do not take the processor from the job */

static volatile sig_atomic_t stopped_by;

static void
note_signal(int sig)
{
	stopped_by = sig;
}

static void
catch_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = note_signal };	/* no SA_RESTART: poll() returns */

	(void)sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		(void)sigaction(sigs[i], &act, NULL);
}

/* One wait for one job. */
struct watch {
	const struct gateway *g;
	const char	     *id;
	struct follow	      f;
	struct progress	      p;
	int64_t		      end_ms;	/* monotonic, -1 = never */
	int64_t		      heard_ms;	/* the last event, or the last question after the director */
	int64_t		      second_ms;	/* begin of the second in which it woke so often */
	int		      wakes;
	int		      told_down;
	int		      may_watch;
};

static void
still_running(const struct watch *w, struct response *r, const char *why)
{
	response_code(r, PD_BUSY, "%s; job %s goes on; follow it with: follow %s", why, w->id, w->id);
	(void)strcpy(r->job, w->id);
}

/* Is it time to leave without a result? */
static int
must_leave(const struct watch *w, int is_gone, int64_t now, struct response *r)
{
	if (stopped_by == SIGINT) {
		response_code(r, PD_BUSY, "job %s goes on; follow it with: follow %s; cancel it with: cancel-job %s",
		    w->id, w->id, w->id);
		(void)strcpy(r->job, w->id);
		return 1;
	}
	if (stopped_by != 0 || is_gone) {
		still_running(w, r, "the connection was closed");
		return 1;
	}
	if (w->end_ms >= 0 && now >= w->end_ms) {
		still_running(w, r, "the job is not finished within the --timeout");
		return 1;
	}
	return 0;
}

/* A plan's commands join the result's value. */
static void
add_commands(struct response *r, json_t *commands)
{
	json_t *value;

	if (commands == NULL)
		return;
	value = json_is_object(r->value) ? json_copy(r->value) : json_object();
	json_object_set(value, "commands", commands);
	json_decref(r->value);
	r->value = value;
}

/* Shows what is there.  1 = the result was the last of it: undo-job and resume-job go on behind an earlier one. */
static int
take_events(struct watch *w, struct response *r)
{
	const int64_t now = clock_mono_ms();	/* of them all: they were there when it was asked for */
	struct event  ev;
	struct pd_err e;
	int	      rv, has_ended = 0, is_clear = 0;	/* is_clear: *r holds nothing from before */

	while ((rv = follow_next(&w->f, &ev, &e)) == 1) {
		w->heard_ms = now;
		w->told_down = 0;
		if (!is_clear)
			response_clear(r);
		has_ended = ev.kind == EVENT_RESULT;
		is_clear = !has_ended;
		if (has_ended)
			response_from_json(r, ev.json);
		else
			progress_event(&w->p, &ev, now);
		event_clear(&ev);
	}
	if (has_ended)
		add_commands(r, w->p.commands);
	else if (rv == 0)
		return 0;
	else
		response_error(r, &e);
	(void)strcpy(r->job, w->id);
	return 1;
}

/* A silent job is normal; a director that is gone is worth a line. */
static void
look_after_director(struct watch *w, int64_t now)
{
	struct event note = { .kind = EVENT_NOTE, .level = "warning", .text = "the director is not running; the job goes on when it is back" };
	struct pd_err why;
	int	      sock;

	if (now - w->heard_ms < SILENCE_MS)
		return;
	w->heard_ms = now;
	sock = wire_connect(w->g->conf->socket, 0, &why);
	if (sock != -1 || why.sys == EAGAIN) {	/* many are asking it: it is there */
		if (sock != -1)
			(void)close(sock);
		w->told_down = 0;
	} else if (!w->told_down) {
		progress_event(&w->p, &note, now);
		w->told_down = 1;
	}
}

/* The log appears when the director has taken the job in. */
static int
is_open(struct watch *w)
{
	struct pd_err e;

	if (w->f.fd != -1)
		return 1;
	if (follow_open(&w->f, w->g->conf->spool, w->id, w->may_watch, &e) == 0)
		return 1;
	follow_close(&w->f);
	return 0;
}

static void
calm_down(struct watch *w, int64_t now)
{
	if (now - w->second_ms >= 1000) {
		w->second_ms = now;
		w->wakes = 0;
	}
	if (++w->wakes > WAKES_MAX)
		(void)poll(NULL, 0, CALM_MS);	/* a signal ends it */
}

static void
wait_for_end(struct watch *w, struct response *r)
{
	int	gone = 0, limit;
	int64_t now;

	for (;;) {
		if (is_open(w) && take_events(w, r) == 1)
			return;
		now = clock_mono_ms();
		if (must_leave(w, gone, now, r))
			return;
		look_after_director(w, now);
		progress_tick(&w->p, now);
		limit = w->f.fd == -1 ? 2 * PORT_LOOK_MS : -1;
		if (w->end_ms >= 0 && (limit == -1 || w->end_ms - now < limit))
			limit = w->end_ms - now < 60000 ? (int)(w->end_ms - now) : 60000;
		(void)fflush(w->p.err);
		(void)fflush(w->p.out);
		gone = follow_wait(&w->f, limit) == -1;
		calm_down(w, now);
	}
}

static void
watch_until(const struct gateway *g, const char *id, int64_t end_ms, int is_silent, struct response *r)
{
	static char  err_buffer[ERR_BUFFER];	/* stderr's own to the end of the process */
	struct watch w = { .g = g, .id = id, .f = { .fd = -1, .watch = -1 }, .end_ms = end_ms };

	catch_signals();
	(void)setvbuf(stderr, err_buffer, _IOFBF, sizeof(err_buffer));	/* flushed before each wait, and at the end */
	w.heard_ms = clock_mono_ms();
	w.may_watch = follower_may_watch(&g->follower, id);
	progress_init(&w.p, stderr, stdout, g->launch.err_is_tty && !is_silent, is_silent, g->req.json || is_silent);
	wait_for_end(&w, r);
	if (g->req.verb->kind != VERB_FOLLOW && strcmp(r->word, "TRY_LATER") != 0)
		progress_total(&w.p, r->status, clock_mono_ms());
	progress_clear(&w.p);
	(void)fflush(stderr);
	follow_close(&w.f);
	follower_leave(&g->follower);
}

void
watch_job(const struct gateway *g, const char *id, struct response *r)
{
	int64_t end_ms = g->req.timeout_s < 0 ? -1 : clock_mono_ms() + g->req.timeout_s * 1000;

	stopped_by = 0;
	watch_until(g, id, end_ms, g->req.json && !g->launch.err_is_tty, r);
}

void
watch_next(const struct gateway *g, const char *id, int64_t end_ms, struct response *r)
{
	watch_until(g, id, end_ms, 1, r);
}
