/* SPDX-License-Identifier: ISC */
/*
 * director_open.c - opening and closing everything that the director holds.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/director/director.h"
#include "spool/director/director_dirs.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"
#include "spool/query/director_query.h"
#include "spool/run/settle.h"

#define PATH_TEXT_MAX 4096

/* One director per state directory: the lock lives as long as this process. */
static int
take_lock(struct director *d, struct pd_err *e)
{
	d->lock = sys.openat(d->state_dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (d->lock == -1)
		return pd_fail_sys(e, PD_IO, "open %s/lock", d->conf->state);
	if (sys.flock(d->lock, LOCK_EX | LOCK_NB) == -1)
		return errno == EWOULDBLOCK
		    ? pd_fail(e, PD_CONFLICT, "another powerdirectord works on %s", d->conf->state)
		    : pd_fail_sys(e, PD_IO, "lock %s/lock", d->conf->state);
	return 0;
}

/* A job waits: into the scheduler with it. */
static void
on_queued(void *arg, const json_t *row)
{
	struct director *d = arg;
	struct sched_job job;
	struct pd_err	 e;

	runner_fill(d, row, &job);
	if (sched_add(d->sched, &job, &e) == -1)
		log_event(&d->log, LOG_ERR, "out-of-memory", "job", job.id, NULL);	/* the next start finds its row */
}

static const char *
wait_of(void *arg, const json_t *row)
{
	struct director *d = arg;
	const char	*wait;
	int		 is_platform;

	wait = runner_wait(d, row, d->wait_text, &is_platform);
	if (is_platform)
		contact_job_waits(d, field_text(row, "platform"));
	return wait;
}

static int
open_stores(struct director *d, struct pd_err *e)
{
	gid_t gid;

	if (director_group(d->conf, &gid, e) == -1)
		return -1;
	if ((d->state_dir = director_state_dir(d->conf, 0, e)) == -1 || take_lock(d, e) == -1)
		return -1;
	if (spool_open_for_director(&d->spool, d->conf->spool, gid, 0, e) == -1)
		return -1;
	d->spool.log_max = d->conf->log_size_mib * LOG_MIB;
	return store_open(d->conf->state, &d->store, e);
}

static int
open_parts(struct director *d, struct pd_err *e)
{
	const struct sched_limits limits = { d->conf->jobs_per_platform, d->conf->jobs_per_hmc, d->conf->jobs_total };

	if (identity_init(&d->identity, d->conf, &system_accounts, geteuid(), e) == -1)
		return -1;
	if ((d->sched = sched_new(&limits)) == NULL)
		return pd_fail_sys(e, PD_IO, "make the scheduler");
	if ((d->rate = rate_new()) == NULL)
		return pd_fail_sys(e, PD_IO, "make the table of requests");
	if (pool_init(&d->pool, d->conf->worker, d->conf->worker_idle_s, d->conf->worker_jobs, e) == -1)
		return -1;
	d->intake.spool = &d->spool;
	d->intake.identity = &d->identity;
	d->intake.admission = (struct admission){ d->conf, d->store, &d->tally };
	d->intake.log = &d->log;
	d->intake.queued = on_queued;
	d->intake.wait = wait_of;
	d->intake.arg = d;
	archive_init(&d->archive, d->store, d->state_dir);
	return intake_open(&d->intake, d->state_dir, e);
}

/* Only a hint: a gateway says "admit" on the socket, and the slow scan finds what nobody spoke for. */
static void
watch_new(struct director *d)
{
	char path[PATH_TEXT_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/new", d->conf->spool) < sizeof(path))
		d->watch = port_watch_dir(path);
}

int
director_open(struct director *d, const char *conf_path, const struct log *log, struct pd_err *e)
{
	memset(d, 0, sizeof(*d));
	d->conf_path = conf_path;
	d->log = *log;
	d->state_dir = d->lock = d->watch = d->intake.marker = d->server.sock = -1;
	d->spool = (struct spool){ -1, -1, -1, -1, -1, -1, -1, 0, 0, (gid_t)-1 };
	if (conf_load(conf_path, geteuid(), &d->conf, e) == -1 || conf_digest(d->conf, e) == -1 ||
	    open_stores(d, e) == -1 || open_parts(d, e) == -1 || lifecycle_start(d, e) == -1 ||
	    contact_open(d, e) == -1 || inventory_open(d, e) == -1)
		return -1;
	disk_open(d);	/* before recovery, which may start what was held */
	if (ends_open(d, e) == -1 || recovery_run(d, e) == -1)
		return -1;
	watch_new(d);
	d->server.answer = director_answer;
	d->server.arg = d;
	return query_server_open(&d->server, d->conf->socket, d->spool.gid == (gid_t)-1 ? 0600 : 0660, d->spool.gid, e);
}

void
director_close(struct director *d)
{
	struct unrecorded *u;

	while ((u = d->unrecorded) != NULL) {	/* their rows say running; their journals end them at the next start */
		d->unrecorded = u->next;
		json_decref(u->value);
		free(u);
	}
	settle_clear(d);
	if (d->conf != NULL)
		query_server_close(&d->server, d->conf->socket);
	pool_free(&d->pool);
	contact_close(d);
	absent_close(d);
	inventory_close(d);
	sched_free(d->sched);
	rate_free(d->rate);
	tally_clear(&d->tally);
	archive_close(&d->archive);
	verification_end(d);
	intake_close(&d->intake);
	drop_sweep_end(&d->sweep);
	store_close(d->store);
	spool_close(&d->spool);
	if (d->watch != -1)
		(void)sys.close(d->watch);
	if (d->lock != -1)
		(void)sys.close(d->lock);
	if (d->state_dir != -1)
		(void)sys.close(d->state_dir);
	conf_free(d->conf);
}
