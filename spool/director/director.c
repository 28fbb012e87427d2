/* SPDX-License-Identifier: ISC */
/*
 * director.c - the loop: what woke us, what to do next, when to wake at the latest.
 *
 * Idle means blocked in poll(): the next time-out is the earliest of those that somebody waits for,
 * and the slow scan of new/.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/director/console.h"
#include "spool/director/director.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/run/settle.h"

#define SCAN_CROWD 1000	/* names that stay in new/ */
#define SWEEP_MS (60 * 60 * 1000)	/* tmp/ is swept so often */
#define SWEEP_AGE_S (36 * 60 * 60)	/* maildir's age for what nobody finishes any more */
#define SWEEP_CROWD_S (10 * 60)		/* the age, and the time until the next sweep, while tmp/ is crowded */

enum source { SRC_SIGNAL, SRC_WATCH, SRC_SOCKET, SRC_CLIENT, SRC_WORKER };

struct slot {
	enum source	     source;
	struct query_client *client;
	struct worker	    *worker;
};

/* What poll() is asked about, and what each entry stands for; made anew each time. */
struct round {
	struct pollfd *fds;
	struct slot   *slots;
	size_t	       n, size;
};

static int
add(struct round *r, int fd, short events, struct slot slot)
{
	if (fd == -1)
		return 0;
	if (r->n == r->size) {
		size_t	       size = r->size > 0 ? 2 * r->size : 32;
		struct pollfd *fds = port_grow(r->fds, size, sizeof(*fds));
		struct slot   *slots;

		if (fds == NULL)
			return -1;
		r->fds = fds;
		if ((slots = port_grow(r->slots, size, sizeof(*slots))) == NULL)
			return -1;
		r->slots = slots;
		r->size = size;
	}
	r->fds[r->n] = (struct pollfd){ .fd = fd, .events = events };
	r->slots[r->n++] = slot;
	return 0;
}

static int
collect(struct director *d, int signals, struct round *r, struct pd_err *e)
{
	int rv;

	r->n = 0;
	rv = add(r, signals, POLLIN, (struct slot){ SRC_SIGNAL, NULL, NULL });
	for (struct worker *w = d->pool.workers; w != NULL && rv == 0; w = w->next)
		rv = add(r, w->sock, POLLIN, (struct slot){ SRC_WORKER, NULL, w });
	if (!d->is_stopping && rv == 0)
		rv = add(r, d->watch, POLLIN, (struct slot){ SRC_WATCH, NULL, NULL });
	if (rv == 0)
		rv = add(r, d->server.sock, POLLIN, (struct slot){ SRC_SOCKET, NULL, NULL });
	for (size_t i = 0; i < QUERY_CLIENTS && rv == 0; i++) {
		struct query_client *c = &d->server.clients[i];

		rv = add(r, c->fd, (short)(c->waits != 0 ? 0 : c->out != NULL ? POLLOUT : POLLIN),
		    (struct slot){ SRC_CLIENT, c, NULL });
	}
	return rv == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the sockets to watch");
}

static void
sooner(int64_t *timeout, int64_t other)
{
	if (other >= 0 && other < *timeout)
		*timeout = other;
}

static int
next_timeout(const struct director *d, int64_t now)
{
	int64_t timeout = d->scan_at_ms > now ? d->scan_at_ms - now : 0;

	sooner(&timeout, d->sweep_at_ms > now ? d->sweep_at_ms - now : 0);

	if (d->is_stopping) {
		timeout = d->stop_at_ms > now ? d->stop_at_ms - now : 0;
	} else {
		sooner(&timeout, sched_delay(d->sched, now));
		sooner(&timeout, pool_delay(&d->pool, now));
		sooner(&timeout, contact_delay(d, now));
		sooner(&timeout, inventory_delay(d, now));
		sooner(&timeout, lease_delay(d, now));
		if (d->hold_until_ms > now)
			sooner(&timeout, d->hold_until_ms - now);
	}
	if (d->retry_at_ms != 0)
		sooner(&timeout, d->retry_at_ms > now ? d->retry_at_ms - now : 0);
	sooner(&timeout, query_server_delay(&d->server, now));
	sooner(&timeout, tally_delay(&d->tally, now));
	if (d->walk != NULL || d->round_is_full)
		timeout = 0;
	if (!d->is_stopping)
		sooner(&timeout, archive_delay(&d->archive, d->conf->keep_history_s, now));
	return timeout > INT_MAX ? INT_MAX : (int)timeout;
}

/*
 * Names that cannot be cleared away (another user's directories with something in them) cost time at each scan and
 * bring nothing: where they are many, scans get a tenth of the director's time.
 */
static int64_t
rest_after(const struct director *d)
{
	return d->intake.flood.stay_now < SCAN_CROWD ? 0 : 9 * d->scan_spent_ms;
}

/* More may be there, and the sockets get their turn before it. */
static void
scan(struct director *d)
{
	int64_t	      now = clock_mono_ms();
	struct pd_err e;
	int	      n;

	disk_look(d);
	if (disk_is_low(d)) {	/* what lies in new/ was accepted: it waits for room, it is not refused */
		d->scan_at_ms = now + DIRECTOR_FULL_MS;
		return;
	}
	d->scan_at_ms = now + DIRECTOR_SCAN_MS;
	if (!intake_scan_goes_on(&d->intake))
		d->names_came = 0;
	n = intake_scan(&d->intake, d->spool.new, DIRECTOR_ROUND, &e);
	d->scan_spent_ms += clock_mono_ms() - now;
	if (n == -1) {
		d->scan_at_ms = now + DIRECTOR_RETRY_MS;
		log_event(&d->log, LOG_ERR, "intake-failed", "why", e.msg, NULL);
		disk_look(d);
	} else if (intake_scan_goes_on(&d->intake)) {
		d->scan_at_ms = now;
	} else {
		d->scan_not_before_ms = now + rest_after(d);
		d->scan_spent_ms = 0;
		if (d->names_came)	/* behind where the scan stood already */
			d->scan_at_ms = now + DIRECTOR_HINT_MS;
		if (d->scan_at_ms < d->scan_not_before_ms)
			d->scan_at_ms = d->scan_not_before_ms;
	}
}

static void
begin_stop(struct director *d, const struct signal_note *note)
{
	d->stopped_by = *note;
	log_event(&d->log, LOG_NOTICE, "stopping", NULL);
	d->is_stopping = 1;
	d->stop_at_ms = clock_mono_ms() + DIRECTOR_PARK_MS;
	runner_park(d);
}

/* 1 = end at once: a second SIGTERM.  What runs is safe in its journal. */
static int
on_signals(struct director *d, int fd)
{
	struct signal_note note;

	while (read(fd, &note, sizeof(note)) == (ssize_t)sizeof(note)) {
		if (note.what == 'T' && d->is_stopping)
			return 1;
		if (note.what == 'T')
			begin_stop(d, &note);
		else if (note.what == 'H' && !d->is_stopping)
			reload_conf(d, &note);
	}	/* SIGCHLD only has to wake us */
	return 0;
}

/*
 * Clients and workers of this round may go while it is served: a client's place then has no descriptor or a new one,
 * which is harmless (its socket does not block); a worker is only forgotten by pool_reap(), at the end of a round.
 */
static void
serve(struct director *d, const struct pollfd *p, const struct slot *slot)
{
	int64_t now = clock_mono_ms();

	switch (slot->source) {
	case SRC_SIGNAL:
		break;
	case SRC_WATCH:
		port_watch_drain(p->fd);
		d->names_came = 1;
		if (d->scan_at_ms > now + DIRECTOR_HINT_MS)
			d->scan_at_ms = now + DIRECTOR_HINT_MS > d->scan_not_before_ms ? now + DIRECTOR_HINT_MS : d->scan_not_before_ms;
		break;
	case SRC_SOCKET:
		query_server_accept(&d->server, now);
		break;
	case SRC_CLIENT:
		if (slot->client->fd == p->fd)
			query_server_serve(&d->server, slot->client, now);
		break;
	case SRC_WORKER:
		if (slot->worker->sock == p->fd && slot->worker->console != NULL)
			console_read(d, slot->worker);
		else if (slot->worker->sock == p->fd)
			runner_read(d, slot->worker);
		break;
	}
}

/* A crowd in tmp/ is nobody's work: gateways need milliseconds there.  Then it is swept sooner, and of what is younger. */
static void
sweep(struct director *d, int64_t now)
{
	char	      names[24];
	struct pd_err e;
	int	      rv = drop_sweep(&d->spool, &d->sweep, d->tmp_is_crowded ? SWEEP_CROWD_S : SWEEP_AGE_S, &e);

	if (rv == 1)
		return;	/* sweep_at_ms has passed: it goes on in the next round */
	if (rv == -1)
		log_event(&d->log, LOG_WARNING, "sweep-failed", "why", e.msg, NULL);
	d->tmp_is_crowded = rv == 0 && d->sweep.left > SPOOL_MAX_PENDING;
	d->sweep_at_ms = now + (d->tmp_is_crowded ? SWEEP_CROWD_S * 1000 : SWEEP_MS);
	if (!d->tmp_is_crowded)
		return;
	(void)snprintf(names, sizeof(names), "%lld", (long long)d->sweep.left);
	log_event(&d->log, LOG_WARNING, "tmp-crowded", "names", names, NULL);
}

static void
archive_some(struct director *d, int64_t now)
{
	char	      file[ARCHIVE_NAME_MAX];
	struct pd_err e;

	if (archive_step(&d->archive, d->conf->keep_history_s, now, file, sizeof(file), &e) == -1)
		log_event(&d->log, LOG_ERR, "archive-failed", "why", e.msg, NULL);
	else if (file[0] != '\0')
		log_event(&d->log, LOG_NOTICE, "history", "archived", file, NULL);
}

/* What is due by time. */
static void
run_timers(struct director *d)
{
	int64_t	      now = clock_mono_ms();
	struct pd_err e;

	if (d->retry_at_ms != 0 && d->retry_at_ms <= now) {
		d->retry_at_ms = 0;
		runner_record(d);
		if (d->intake.is_behind && recovery_look(d, &e) == -1)
			log_event(&d->log, LOG_WARNING, "look-failed", "why", e.msg, NULL);
	}
	query_server_expire(&d->server, now);
	if (tally_delay(&d->tally, now) == 0)
		lifecycle_count(d, 0);
	verification_step(d);
	if (d->is_stopping)
		return;
	contact_timers(d);
	inventory_timers(d);
	archive_some(d, now);
	pool_retire(&d->pool, now);
	if (d->scan_at_ms <= now)
		scan(d);
	if (d->sweep_at_ms <= now)
		sweep(d, now);
}

/* 1 = the loop ends. */
static int
is_over(const struct director *d)
{
	return d->is_stopping && (pool_busy(&d->pool) == 0 || clock_mono_ms() >= d->stop_at_ms);
}

static int
run_round(struct director *d, struct round *r, int ready)
{
	int ends = 0;

	/* Workers first: the slot that one of them frees is the one that the next job gets. */
	for (size_t i = 1; i < r->n && ready > 0; i++)
		if (r->fds[i].revents != 0)
			serve(d, &r->fds[i], &r->slots[i]);
	if (r->fds[0].revents != 0)
		ends = on_signals(d, r->fds[0].fd);
	run_timers(d);
	settle_round(d);
	lease_round(d);
	pool_reap(&d->pool, &d->log);
	ends_note(d);
	witness_tell(d);
	return ends || is_over(d);
}

int
director_run(struct director *d, int signals, struct pd_err *e)
{
	struct round r = { NULL, NULL, 0, 0 };
	int	     ready, rv = -1;

	log_event(&d->log, LOG_NOTICE, "ready", "socket", d->conf->socket, "policy", d->conf->digest, NULL);
	settle_round(d);
	lease_round(d);
	for (;;) {
		if (d->intake.is_behind && d->retry_at_ms == 0)
			d->retry_at_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
		if (collect(d, signals, &r, e) == -1)
			break;
		ready = poll(r.fds, (nfds_t)r.n, next_timeout(d, clock_mono_ms()));
		if (ready == -1 && errno != EINTR) {
			pd_fail_sys(e, PD_IO, "wait for something to do");
			break;
		}
		if (run_round(d, &r, ready) == 1) {
			rv = 0;
			break;
		}
	}
	if (rv == 0)
		lifecycle_stop(d);
	log_event(&d->log, LOG_NOTICE, "ended", "unfinished", pool_busy(&d->pool) > 0 ? "yes" : "no", NULL);
	free(r.fds);
	free(r.slots);
	return rv;
}
