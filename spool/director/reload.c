/* SPDX-License-Identifier: ISC */
/*
 * reload.c - SIGHUP: a new policy takes over when it is without a mistake; otherwise the old one
 * stays in force, and both the log and the history say so.
 *
 * Where the spool, the state and the socket are cannot change under a running director.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/director/director.h"

static int
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int
is_movable(const struct pd_conf *old, const struct pd_conf *new, struct pd_err *e)
{
	if (same_text(old->spool, new->spool) && same_text(old->state, new->state) &&
	    same_text(old->socket, new->socket) && same_text(old->spool_group, new->spool_group))
		return 0;
	return pd_fail(e, PD_CONFLICT, "%s: spool, state, socket and spool-group only change at a restart", new->file);
}

int
director_record(struct director *d, json_t *record, struct pd_err *e)
{
	int rv = -1;

	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history");
	if (store_begin(d->store, e) == 0 && store_history_add(d->store, record, e) == 0)
		rv = store_commit(d->store, e);
	if (rv == -1)
		store_rollback(d->store);
	json_decref(record);
	return rv;
}

/* The history first: a policy that nobody could ask about later must not be in force. */
static int
take_over(struct director *d, struct pd_conf *new, const struct identity *identity, const struct signal_note *cause,
    struct pd_err *e)
{
	struct sched_limits limits = { new->jobs_per_platform, new->jobs_per_hmc, new->jobs_total };
	char		   *program = strdup(new->worker);
	json_t		   *what;

	if (program == NULL)
		return pd_fail_sys(e, PD_IO, "keep the worker's path");
	what = lifecycle_cause(d, cause);
	(void)json_object_update_new(what, json_pack("{s:s s:s s:s}", "old", d->conf->digest, "new", new->digest, "file", new->file));
	if (lifecycle_policy(d, what, new->digest, e) == -1) {
		free(program);
		return -1;
	}
	sched_set_limits(d->sched, &limits);
	free(d->pool.program);
	d->pool.program = program;
	d->pool.idle_s = new->worker_idle_s;
	d->pool.jobs = new->worker_jobs;
	pool_retire_platform(&d->pool, NULL);	/* programs and keys may have changed with it */
	d->identity = *identity;
	d->intake.admission.conf = new;
	d->disks[0].path = new->spool;	/* the same texts, of the configuration that stays */
	d->disks[1].path = new->state;
	d->spool.log_max = new->log_size_mib * LOG_MIB;
	log_event(&d->log, LOG_NOTICE, "policy", "old", d->conf->digest, "new", new->digest, NULL);
	conf_free(d->conf);
	d->conf = new;
	contact_forget_times(d);
	inventory_forget_times(d);
	lease_again(d);
	return 0;
}

void
reload_conf(struct director *d, const struct signal_note *cause)
{
	struct pd_conf *new = NULL;
	struct identity identity;
	struct pd_err	e, ignored;
	json_t	       *what;

	if (conf_load(d->conf_path, geteuid(), &new, &e) == 0 && conf_digest(new, &e) == 0 &&
	    is_movable(d->conf, new, &e) == 0 &&
	    identity_init(&identity, new, d->identity.accounts, d->identity.self, &e) == 0 &&
	    take_over(d, new, &identity, cause, &e) == 0)
		return;
	log_event(&d->log, LOG_ERR, "policy-refused", "why", e.msg, "so", "the old one stays in force", "old",
	    d->conf->digest, "new", new != NULL ? new->digest : "", NULL);
	what = lifecycle_cause(d, cause);
	(void)json_object_update_new(what, json_pack("{s:s s:s s:s}", "why", e.msg, "old", d->conf->digest, "new",
	    new != NULL ? new->digest : ""));
	if (director_record(d, json_pack("{s:s s:o}", "event", "policy-refused", "what", what), &ignored) == -1)
		log_event(&d->log, LOG_ERR, "history-failed", "why", ignored.msg, NULL);
	conf_free(new);
}
