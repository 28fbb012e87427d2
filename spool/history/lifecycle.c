/* SPDX-License-Identifier: ISC */
/*
 * lifecycle.c - the director's own beginning and end, and the policy it began with, in the history.
 *
 *	start		with the policy's digest
 *	policy		it is not the one that was in force last: changed while no director ran
 *	stop		the last record of a director that ended as it should
 *	unclean-end	at the next start, when the last record is not that: it was killed, or the machine was; what was only counted until then
 *			(spool/history/tally.h) is lost, and refusals of that time are in syslog alone
 */
#include <string.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/os/clock.h"

#define KEPT_POLICY "policy"

/* The time and number of a last record that is no stop. */
static int
find_unclean(struct store *st, json_t **what, struct pd_err *e)
{
	struct history_filter f = { .limit = 1 };
	json_t		     *records, *last;

	*what = NULL;
	if (store_history_list(st, &f, &records, e) == -1)
		return -1;
	last = json_array_get(records, 0);
	if (last != NULL && strcmp(field_text(last, "event"), "stop") != 0)
		*what = json_pack("{s:O s:O}", "last", json_object_get(last, "seq"), "last_t", json_object_get(last, "t"));
	json_decref(records);
	return 0;
}

static int
add(struct store *st, const char *event, json_t *what, struct pd_err *e)
{
	json_t *record = json_pack("{s:s s:o}", "event", event, "what", what);
	int	rv;

	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history");
	rv = store_history_add(st, record, e);
	json_decref(record);
	return rv;
}

static int
add_policy(struct director *d, struct pd_err *e)
{
	char old[65];

	if (store_kept_get(d->store, KEPT_POLICY, old, sizeof(old), e) == -1)
		return -1;
	if (strcmp(old, d->conf->digest) == 0)
		return 0;
	if (old[0] != '\0' && add(d->store, "policy", json_pack("{s:s s:s s:s s:s}", "old", old, "new", d->conf->digest, "file",
		d->conf->file, "cause", "start"), e) == -1)
		return -1;
	return store_kept_set(d->store, KEPT_POLICY, d->conf->digest, e);
}

static int
add_start(struct director *d, struct pd_err *e)
{
	json_t *unclean;

	if (find_unclean(d->store, &unclean, e) == -1)
		return -1;
	if (unclean != NULL && add(d->store, "unclean-end", unclean, e) == -1)
		return -1;
	return add_policy(d, e) == -1 ? -1 : add(d->store, "start", json_pack("{s:s s:s s:s}", "policy", d->conf->digest, "file",
	    d->conf->file, "version", PD_VERSION), e);
}

int
lifecycle_start(struct director *d, struct pd_err *e)
{
	if (store_begin(d->store, e) == 0 && add_start(d, e) == 0)
		return store_commit(d->store, e);
	store_rollback(d->store);
	return -1;
}

int
lifecycle_policy(struct director *d, json_t *what, const char *digest, struct pd_err *e)
{
	if (store_begin(d->store, e) == -1) {
		json_decref(what);
		return -1;
	}
	if (add(d->store, "policy", what, e) == 0 && store_kept_set(d->store, KEPT_POLICY, digest, e) == 0)
		return store_commit(d->store, e);
	store_rollback(d->store);
	return -1;
}

void
lifecycle_count(struct director *d, int all)
{
	struct pd_err e;

	if (tally_flush(&d->tally, d->conf, d->store, all, clock_mono_ms(), &e) == -1)
		log_event(&d->log, LOG_ERR, "history-failed", "why", e.msg, NULL);
}

/* Whose signal it was, as far as the kernel says. */
json_t *
lifecycle_cause(const struct director *d, const struct signal_note *cause)
{
	char	name[JOB_USER_MAX + 1] = "";
	json_t *what = json_pack("{s:s s:I s:I}", "cause", cause->what == 'H' ? "SIGHUP" : "SIGTERM", "uid",
	    (json_int_t)cause->uid, "pid", (json_int_t)cause->pid);

	if (d->identity.accounts->name_of(d->identity.accounts->arg, cause->uid, name, sizeof(name)) == 0)
		(void)json_object_set_new(what, "account", json_string(name));
	return what;
}

void
lifecycle_stop(struct director *d)
{
	json_t	     *what = lifecycle_cause(d, &d->stopped_by);
	struct pd_err e;

	(void)json_object_set_new(what, "unfinished", json_boolean(pool_busy(&d->pool) > 0));
	lifecycle_count(d, 1);
	if (director_record(d, json_pack("{s:s s:o}", "event", "stop", "what", what), &e) == 0)
		return;
	log_event(&d->log, LOG_ERR, "history-failed", "why", e.msg, NULL);
}
