/* SPDX-License-Identifier: ISC */
/*
 * inventory.c - when which console is asked, and on which worker.
 *
 * A run has an id like a job's, for the worker, and a journal in a file without a name: what it only asks need not
 * outlive it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/field.h"
#include "spool/id.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"
#include "spool/platforms/inventory_parts.h"
#include "spool/run/worker_vars.h"

#define JOURNAL	    "inventory"
#define JITTER	    20		/* per cent, up or down */
#define PUT_OFF_MS  1000	/* jobs wait: it is looked at again after */
#define FAILED_MS   10000	/* a worker could not be started, the console did not say what it should: again after, at least */

static int64_t
interval_ms(const struct director *d)
{
	return d->conf->inventory_every_s * 1000;
}

/* So that platforms that were registered together are not asked together for ever. */
static int64_t
next_ms(const struct director *d)
{
	uint32_t r;
	int64_t	 every = interval_ms(d);

	if (every == 0)
		return INT64_MAX;
	if (port_random(&r, sizeof(r)) == -1)
		r = UINT32_MAX / 2;
	return clock_mono_ms() + every - every * JITTER / 100 +
	    (int64_t)((double)r / UINT32_MAX * 2 * (double)every * JITTER / 100);
}

struct inventory *
inventory_find(const struct director *d, const char *platform)
{
	struct inventory *i = d->inventories;

	while (i != NULL && strcmp(i->platform, platform) != 0)
		i = i->next;
	return i;
}

struct inventory *
inventory_find_or_make(struct director *d, const char *platform)
{
	struct inventory *i = inventory_find(d, platform);

	if (i != NULL || (i = calloc(1, sizeof(*i))) == NULL)
		return i;
	(void)snprintf(i->platform, sizeof(i->platform), "%s", platform);
	i->due_ms = next_ms(d);
	i->next = d->inventories;
	d->inventories = i;
	return i;
}

/* After a start: when it was due anyway, as far as that is known, but not all at once. */
static int
take_up(struct director *d, const json_t *system, struct pd_err *e)
{
	struct inventory *i = inventory_find_or_make(d, field_text(system, "platform"));
	int64_t		  age = clock_wall_ms() - field_number(system, "seen_ms"), every = interval_ms(d);

	if (i == NULL)
		return pd_fail_sys(e, PD_IO, "keep the inventory of the platforms");
	if (every > 0 && age > 0 && i->due_ms != INT64_MAX)
		i->due_ms -= age < every * (100 - JITTER) / 100 ? age : every * (100 - JITTER) / 100;
	return 0;
}

int
inventory_open(struct director *d, struct pd_err *e)
{
	json_t *rows = NULL, *row;
	size_t	i;
	int	rv = 0;

	if (waiters_open(d, e) == -1 || store_system_list(d->store, NULL, &rows, e) == -1)
		return -1;
	json_array_foreach(rows, i, row)
		if (rv == 0)
			rv = take_up(d, row, e);
	json_decref(rows);
	return rv;
}

void
inventory_close(struct director *d)
{
	struct inventory *i;

	while ((i = d->inventories) != NULL) {
		d->inventories = i->next;
		free(i);
	}
	waiters_close(d);
}

void
inventory_registered(struct director *d, const char *platform)
{
	struct inventory *i = inventory_find_or_make(d, platform);

	if (i != NULL)
		i->due_ms = next_ms(d);
}

void
inventory_forget_times(struct director *d)
{
	for (struct inventory *i = d->inventories; i != NULL; i = i->next)
		i->due_ms = next_ms(d);
}

/* ---- a run ---- */

/* A file without a name: it goes with its descriptors. */
static int
open_journal(struct director *d, struct pd_err *e)
{
	int fd;

	(void)sys.unlinkat(d->state_dir, JOURNAL, 0);	/* a crash left it */
	fd = sys.openat(d->state_dir, JOURNAL, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return pd_fail_sys(e, PD_IO, "open the journal of an inventory");
	(void)sys.unlinkat(d->state_dir, JOURNAL, 0);
	return fd;
}

static int
give(struct director *d, const struct sched_job *job, json_t *msg, struct pd_err *e)
{
	struct worker *w = NULL;
	int	       journal = open_journal(d, e), log = -1, rv = -1;

	if (journal != -1 && (log = sys.open("/dev/null", O_WRONLY | O_CLOEXEC)) == -1)
		pd_fail_sys(e, PD_IO, "open /dev/null");
	if (log != -1 && (w = pool_take(&d->pool, job, e)) != NULL) {
		w->is_background = 1;
		rv = pool_run(w, job, msg, journal, log, e);
		if (rv == -1) {
			w->is_background = 0;
			pool_end(w, 1);
		}
	} else {
		json_decref(msg);
	}
	if (journal != -1)
		(void)sys.close(journal);
	if (log != -1)
		(void)sys.close(log);
	return rv;
}

static void
failed(struct director *d, struct inventory *i, const char *why)
{
	int64_t later = clock_mono_ms() + FAILED_MS;

	log_event(&d->log, LOG_WARNING, "inventory-failed", "platform", i->platform, "why", why, NULL);
	i->is_running = 0;
	i->failed_ms = i->asked_ms;
	(void)snprintf(i->why, sizeof(i->why), "%s", why);
	if (i->wanted_ms <= i->asked_ms)	/* who waits is told so, and asks again when it pleases him */
		i->wanted_ms = 0;
	i->due_ms = next_ms(d) > later ? next_ms(d) : later;
}

static void
forget(struct director *d, struct inventory *gone)
{
	struct inventory **at = &d->inventories;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone);
}

/* A kind of console without an inventory.seq is never asked. */
static int
has_sequence(const json_t *msg)
{
	int fd = sys.open(field_text(msg, "sequence"), O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		(void)sys.close(fd);
	return fd != -1;
}

/* 0: the platform is not registered any more, and i is gone. */
static int
start(struct director *d, struct inventory *i)
{
	struct sched_job job;
	struct pd_err	 e;
	json_t		*msg = NULL;

	memset(&job, 0, sizeof(job));
	(void)snprintf(job.platform, sizeof(job.platform), "%s", i->platform);
	job.began_ms = clock_mono_ms();
	i->asked_ms = clock_wall_ms();
	if (id_make(job.id, &e) == -1 ||
	    worker_inventory(d->conf, d->store, i->platform, job.id, i->with_details, &msg, &e) == -1) {
		if (e.code == PD_NOTFOUND) {
			forget(d, i);
			return 0;
		}
		failed(d, i, e.msg);
		return 1;
	}
	contact_start_with(d, msg, LOOKS_IN_TURN);
	if (!has_sequence(msg)) {
		log_event(&d->log, LOG_INFO, "no-inventory", "platform", i->platform, "kind",
		    field_text(json_object_get(msg, "platform"), "kind"), NULL);
		json_decref(msg);
		i->due_ms = INT64_MAX;
		i->wanted_ms = 0;
		return 1;
	}
	i->is_running = 1;
	i->is_parked = 0;
	if (give(d, &job, msg, &e) == -1)
		failed(d, i, e.msg);
	return 1;
}

/* Nobody is asked who has just not answered; jobs come first. */
static int64_t
not_before(const struct director *d, const struct inventory *i, int64_t now)
{
	const struct contact *c = contact_bad(d, i->platform);
	int64_t		      most_late = interval_ms(d) * INVENTORY_LATE;

	if (c != NULL && health_one_from(&c->health) > now)
		return health_one_from(&c->health);
	if (sched_waiting_for(d->sched, i->platform) > 0 && (interval_ms(d) == 0 || now < i->due_ms + most_late))
		return now + PUT_OFF_MS;
	return now;
}

/* When it is to begin; INT64_MAX: never, as things are. */
static int64_t
begins_at(const struct director *d, const struct inventory *i, int64_t now)
{
	int64_t due = i->wanted_ms != 0 ? now : i->due_ms, first;

	if (i->is_running || due == INT64_MAX)
		return INT64_MAX;
	if (due > now)
		return due;
	first = not_before(d, i, now);
	return first > now ? first : now;
}

/* ---- what a run brings ---- */

static void
run_is_over(struct director *d, struct inventory *i)
{
	i->is_running = 0;
	i->due_ms = next_ms(d);
	if (i->wanted_ms <= i->asked_ms)
		i->wanted_ms = 0;
}

static void
take_result(struct director *d, struct inventory *i, const struct sched_job *job, const json_t *msg)
{
	struct pd_err e;

	contact_heard(d, job, field_text(msg, "contact"), field_text(msg, "message"));
	contact_consoles(d, job, json_object_get(msg, "consoles"));
	run_is_over(d, i);
	if (strcmp(field_text(msg, "outcome"), "done") != 0) {
		if (i->is_parked)
			i->due_ms = clock_mono_ms() + PUT_OFF_MS;	/* a job needed its worker */
		else if (contact_bad(d, i->platform) == NULL)
			failed(d, i, field_text(msg, "message"));
		return;
	}
	if (i->wanted_ms == 0)
		i->with_details = 0;
	if (inventory_record(d->store, i->platform, json_object_get(msg, "value"), i->asked_ms, &e) == -1)
		failed(d, i, e.msg);
	else
		i->answered_ms = i->asked_ms;
}

/* The job that it made room for: to the front of the queue, where it was taken from. */
static void
pass_on(struct director *d, struct worker *w)
{
	struct sched_job next = w->next_job;
	struct pd_err	 e;

	if (!w->has_next)
		return;
	w->has_next = 0;
	sched_ended(d->sched, &next);
	next.not_before_ms = clock_mono_ms();
	if (sched_add(d->sched, &next, &e) == -1)
		log_event(&d->log, LOG_ERR, "out-of-memory", "job", next.id, NULL);	/* its row brings it back at the next start */
}

void
inventory_hear(struct director *d, struct worker *w, const json_t *msg)
{
	struct inventory *i = inventory_find(d, w->platform);
	struct sched_job  job = w->job;

	if (strcmp(field_text(msg, "msg"), "result") != 0)
		return;
	w->is_background = 0;
	pool_job_ended(&d->pool, w, clock_mono_ms());
	if (i != NULL && i->is_running)
		take_result(d, i, &job, msg);
	pass_on(d, w);
}

void
inventory_lost(struct director *d, struct worker *w)
{
	struct inventory *i = inventory_find(d, w->platform);

	w->is_background = 0;
	if (i != NULL && i->is_running) {
		run_is_over(d, i);
		failed(d, i, "its worker ended");
	}
	pass_on(d, w);
}

int
inventory_yields(struct director *d, const struct sched_job *job)
{
	struct inventory *i = inventory_find(d, job->platform);
	struct worker	 *busy = NULL;
	struct pd_err	  e;

	for (struct worker *w = d->pool.workers; w != NULL; w = w->next) {
		if (w->sock == -1 || strcmp(w->platform, job->platform) != 0)
			continue;
		if (!w->is_busy)
			return 0;	/* that one takes it */
		if (w->is_background && !w->is_stale && !w->has_next)
			busy = w;
	}
	if (busy == NULL || i == NULL || job->is_registering || pool_tell(busy, "park", &e) == -1)
		return 0;
	i->is_parked = 1;
	busy->has_next = 1;
	busy->next_job = *job;
	return 1;
}

/* ---- time ---- */

void
inventory_timers(struct director *d)
{
	int64_t		  now = clock_mono_ms();
	struct inventory *i = d->inventories, *next;

	for (; i != NULL && now >= d->hold_until_ms; i = next) {
		next = i->next;
		if (begins_at(d, i, now) <= now)
			(void)start(d, i);
	}
	waiters_serve(d, now);
}

int64_t
inventory_delay(const struct director *d, int64_t now_ms)
{
	int64_t least = waiters_end(d), at;

	for (const struct inventory *i = d->inventories; i != NULL; i = i->next)
		if ((at = begins_at(d, i, now_ms)) < least)
			least = at;
	if (least < d->hold_until_ms)
		least = d->hold_until_ms;
	return least == INT64_MAX ? -1 : least > now_ms ? least - now_ms : 0;
}
