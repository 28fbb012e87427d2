/* SPDX-License-Identifier: ISC */
/*
 * settle.c - what one round of the loop decides becomes durable together.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/os/clock.h"
#include "spool/query/director_query.h"
#include "spool/run/runner_parts.h"
#include "spool/run/settle.h"

/* A file that is read and not yet decided. */
struct settle_file {
	struct settle_file *next;
	struct dropped	    file;
	struct settle_asker asker;
	struct taken	    taken;	/* its jobs have rows, in the group */
	int		    has_failed;
	struct pd_err	    why;
};

/* An end that is in the group. */
struct ended {
	struct ended	  *next;
	struct unrecorded *end;
	json_t		  *row;
};

/* What is in the group, in the order in which it came. */
struct group {
	struct ended	   *ended, **ended_tail;
	struct settle_file *files, **files_tail;
	struct start	   *starts, **starts_tail;
	int		    has_new_names;
};

/* ---- put down ---- */

void
settle_end(struct director *d, const struct sched_job *job, const struct ending *ending)
{
	struct unrecorded *u = unrecorded_new(job, ending), **at = &d->ends;

	if (u == NULL) {
		runner_end_now(d, job, ending);
		return;
	}
	while (*at != NULL)
		at = &(*at)->next;
	*at = u;
}

int
settle_intake(struct director *d, struct dropped *file, const struct settle_asker *asker, struct pd_err *e)
{
	struct settle_file *f = calloc(1, sizeof(*f)), **at = &d->files;

	if (f == NULL)
		return pd_fail_sys(e, PD_IO, "take in job file %s", file->jobs[0].id);
	f->file = *file;
	f->asker = *asker;
	while (*at != NULL)
		at = &(*at)->next;
	*at = f;
	return 0;
}

static void
free_file(struct settle_file *f)
{
	taken_clear(&f->taken);
	dropped_clear(&f->file);
	free(f);
}

void
settle_clear(struct director *d)
{
	struct unrecorded  *u;
	struct settle_file *f;

	while ((u = d->ends) != NULL) {
		d->ends = u->next;
		unrecorded_free(u);
	}
	while ((f = d->files) != NULL) {
		d->files = f->next;
		free_file(f);
	}
}

/* ---- into the group ---- */

/* One whose record cannot be written is no hindrance to the others: it keeps its slot, and is tried again. */
static void
record_ends(struct director *d, struct group *g)
{
	struct unrecorded *u;
	struct ended	  *n;

	while ((u = d->ends) != NULL) {
		d->ends = u->next;
		u->next = NULL;
		if ((n = calloc(1, sizeof(*n))) != NULL && runner_end_record(d, u->job.id, &u->ending, &n->row) == 0) {
			sched_ended(d->sched, &u->job);
			n->end = u;
			*g->ended_tail = n;
			g->ended_tail = &n->next;
			continue;
		}
		free(n);
		runner_keep_end(d, &u->job, &u->ending);
		unrecorded_free(u);
	}
}

static void
decide_files(struct director *d, struct group *g)
{
	struct settle_file *f;

	while ((f = d->files) != NULL) {
		d->files = f->next;
		f->next = NULL;
		f->has_failed = intake_decide(&d->intake, &f->file, &f->taken, &f->why) == -1;
		*g->files_tail = f;
		g->files_tail = &f->next;
	}
}

static int
next_job(struct director *d, struct sched_job *job)
{
	int64_t now = clock_mono_ms();

	while (!d->is_stopping && now >= d->hold_until_ms && sched_next(d->sched, now, job))
		if (!inventory_yields(d, job))
			return 1;	/* else it comes back in a moment, to a worker that is warm */
	return 0;
}

static void
record_start(struct director *d, struct group *g, const struct sched_job *job)
{
	struct start *s = runner_start_record(d, job);

	if (s == NULL)
		return;
	g->has_new_names |= !s->is_named;
	*g->starts_tail = s;
	g->starts_tail = &s->next;
}

/*
 * A start may end its job at once (its VM is gone), and an end may free the slot for the next start.  Not for ever: who
 * asks on the sockets comes between, however many jobs end so.
 */
static void
fill(struct director *d, struct group *g, const struct sched_job *first)
{
	struct sched_job job;
	int		 n = first != NULL;

	if (first != NULL)
		record_start(d, g, first);
	do {
		record_ends(d, g);
		decide_files(d, g);
		for (; n < DIRECTOR_ROUND && next_job(d, &job); n++)
			record_start(d, g, &job);
	} while (d->ends != NULL);
	d->round_is_full = n == DIRECTOR_ROUND;
}

/* ---- it is durable ---- */

static void
tell_file(struct director *d, struct settle_file *f)
{
	const char *id = f->file.jobs[0].id;

	if (!f->has_failed)
		f->has_failed = intake_finish(&d->intake, d->spool.new, &f->file, &f->taken, &f->why) == -1;
	query_server_reply(&d->server, f->asker.ticket, f->has_failed ? director_not_taken(d, id, &f->why) :
	    director_taken(d, f->asker.user, id, f->asker.count, &f->taken), clock_mono_ms());
	free_file(f);
}

/* Files first: a job's log begins with its admission.  Then the workers, who work while the ends are told. */
static void
tell(struct director *d, struct group *g)
{
	struct settle_file *f;
	struct start	   *s;
	struct ended	   *n;

	while ((f = g->files) != NULL) {
		g->files = f->next;
		tell_file(d, f);
	}
	while ((s = g->starts) != NULL) {
		g->starts = s->next;
		runner_start_send(d, s);
	}
	while ((n = g->ended) != NULL) {
		g->ended = n->next;
		runner_end_tell(d, n->row);
		unrecorded_free(n->end);
		free(n);
	}
}

/* ---- it is not ---- */

/* What is put down, one by one: each succeeds or fails by itself. */
static void
each_alone(struct director *d)
{
	struct unrecorded  *u;
	struct settle_file *f;

	while ((u = d->ends) != NULL) {
		d->ends = u->next;
		runner_end_now(d, &u->job, &u->ending);
		unrecorded_free(u);
	}
	while ((f = d->files) != NULL) {
		d->files = f->next;
		f->has_failed = intake_decide(&d->intake, &f->file, &f->taken, &f->why) == -1;
		tell_file(d, f);
	}
}

static void
put_end_back(struct director *d, struct ended *n)
{
	json_decref(n->row);
	if (sched_goes_on(d->sched, &n->end->job) == -1)
		log_event(&d->log, LOG_ERR, "out-of-memory", "job", n->end->job.id, NULL);
	n->end->next = d->ends;
	d->ends = n->end;
	free(n);
}

static void
put_file_back(struct director *d, struct settle_file *f)
{
	for (size_t i = 0; i < f->taken.n; i++)
		if (f->taken.v[i].is_new)
			(void)sched_remove(d->sched, field_text(f->taken.v[i].row, "id"));
	taken_clear(&f->taken);
	f->next = d->files;
	d->files = f;
}

static void
give_up(struct director *d, struct group *g, const struct pd_err *why)
{
	struct settle_file *f;
	struct start	   *s;
	struct ended	   *n;

	store_group_rollback(d->store);
	log_event(&d->log, LOG_ERR, "commit-failed", "why", why->msg, NULL);
	disk_relieve(d);
	while ((s = g->starts) != NULL) {
		g->starts = s->next;
		runner_start_back(d, s, why);
	}
	while ((n = g->ended) != NULL) {
		g->ended = n->next;
		put_end_back(d, n);
	}
	while ((f = g->files) != NULL) {
		g->files = f->next;
		put_file_back(d, f);
	}
	each_alone(d);
}

void
settle_round(struct director *d)
{
	struct group	 g = { .ended = NULL };
	struct sched_job job;
	struct pd_err	 e;
	int		 is_idle = d->ends == NULL && d->files == NULL, has_job;

	g.ended_tail = &g.ended;
	g.files_tail = &g.files;
	g.starts_tail = &g.starts;
	d->round_is_full = 0;
	if (sched_waiting(d->sched) > 0 && !d->is_stopping)
		disk_look(d);
	has_job = is_idle && next_job(d, &job);
	if (is_idle && !has_job)
		return;
	if (store_group_begin(d->store, &e) == -1) {
		if (has_job)
			runner_try_later(d, &job, DIRECTOR_RETRY_MS, &e);
		give_up(d, &g, &e);
		return;
	}
	fill(d, &g, has_job ? &job : NULL);
	if ((g.has_new_names && job_journals_settle(&d->spool, &e) == -1) || store_group_commit(d->store, &e) == -1)
		give_up(d, &g, &e);
	else
		tell(d, &g);
}
