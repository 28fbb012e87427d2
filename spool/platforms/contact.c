/* SPDX-License-Identifier: ISC */
/*
 * contact.c - which platforms' consoles answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/platforms/contact.h"

#define KEPT_NAME_MAX  (SCHED_NAME_MAX + 8)
#define KEPT_VALUE_MAX 1024

static struct health_times
times_of(const struct director *d)
{
	return (struct health_times){ d->conf->retry_first_s * 1000, d->conf->retry_longest_s * 1000 };
}

static uint32_t
random32(void)
{
	uint32_t r;

	return port_random(&r, sizeof(r)) == 0 ? r : UINT32_MAX / 2;	/* without chance: the back-off itself */
}

struct contact *
contact_find(const struct director *d, const char *platform)
{
	struct contact *c = d->contacts;

	while (c != NULL && strcmp(c->platform, platform) != 0)
		c = c->next;
	return c;
}

static void
set_gate(struct director *d, const struct contact *c)
{
	const struct sched_gate gate = { health_open_until(&c->health), health_one_from(&c->health) };

	if (sched_gate(d->sched, c->platform, &gate) == -1)
		log_event(&d->log, LOG_ERR, "out-of-memory", "platform", c->platform, NULL);
}

static struct contact *
find_or_make(struct director *d, const char *platform)
{
	struct contact *c = contact_find(d, platform);

	if (c != NULL || (c = calloc(1, sizeof(*c))) == NULL)
		return c;
	(void)snprintf(c->platform, sizeof(c->platform), "%s", platform);
	c->next = d->contacts;
	d->contacts = c;
	return c;
}

static const char *
kept_name(const char *platform, char buf[KEPT_NAME_MAX])
{
	(void)snprintf(buf, KEPT_NAME_MAX, "health/%s", platform);
	return buf;
}

/* ---- over a restart ---- */

static int
restore(struct director *d, struct contact *c, const json_t *row, struct pd_err *e)
{
	char		    value[KEPT_VALUE_MAX], name[KEPT_NAME_MAX];
	struct health_times times = times_of(d);
	json_t		   *kept;

	if (store_kept_get(d->store, kept_name(c->platform, name), value, sizeof(value), e) == -1)
		return -1;
	kept = json_loads(value, 0, NULL);
	/* A platform that was removed and registered anew is another one. */
	if (kept != NULL && field_number(kept, "registered_ms") == field_number(row, "registered_ms")) {
		health_restore(&c->health, health_from_name(field_text(kept, "state")),
		    (int)field_number(kept, "cohorts"), field_number(kept, "since"), &times, clock_mono_ms(),
		    random32());
		(void)snprintf(c->why, sizeof(c->why), "%s", field_text(kept, "why"));
	}
	json_decref(kept);
	return 0;
}

int
contact_open(struct director *d, struct pd_err *e)
{
	json_t	       *rows = NULL, *row;
	size_t		i;
	int		rv = 0;
	struct contact *c;

	if (store_platform_list(d->store, &rows, e) == -1)
		return -1;
	json_array_foreach(rows, i, row) {
		if ((c = find_or_make(d, field_text(row, "name"))) == NULL)
			rv = pd_fail_sys(e, PD_IO, "keep the state of the platforms");
		else if (restore(d, c, row, e) == -1)
			rv = -1;
		if (rv == -1)
			break;
		set_gate(d, c);
	}
	json_decref(rows);
	return rv;
}

void
contact_close(struct director *d)
{
	struct contact *c;

	while ((c = d->contacts) != NULL) {
		d->contacts = c->next;
		free(c);
	}
}

/* ---- transitions ---- */

static int
keep(struct director *d, const struct contact *c, struct pd_err *e)
{
	char	name[KEPT_NAME_MAX], *text;
	json_t *row = NULL, *value;
	int	rv;

	if (!health_is_bad(&c->health))
		return store_kept_set(d->store, kept_name(c->platform, name), "", e);
	if (store_platform_get(d->store, c->platform, &row, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	value = json_pack("{s:s s:i s:I s:s s:I}", "state", health_name(c->health.state), "cohorts", c->health.cohorts,
	    "since", (json_int_t)c->health.since_wall_ms, "why", c->why, "registered_ms",
	    (json_int_t)field_number(row, "registered_ms"));
	text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
	rv = text != NULL ? store_kept_set(d->store, kept_name(c->platform, name), text, e) :
			    pd_fail(e, PD_IO, "no memory");
	free(text);
	json_decref(value);
	json_decref(row);
	return rv;
}

/* To the history, and kept for the next start. */
static void
record(struct director *d, struct contact *c)
{
	const char   *state = health_name(c->health.state);
	char	      event[32];
	struct pd_err e;
	json_t	     *history;

	(void)snprintf(event, sizeof(event), "platform-%s", state);
	history = json_pack("{s:s s:{s:s s:s}}", "event", event, "what", "platform", c->platform, "why", c->why);
	if (history != NULL && store_begin(d->store, &e) == 0 && store_history_add(d->store, history, &e) == 0 &&
	    keep(d, c, &e) == 0 && store_commit(d->store, &e) == 0) {
		c->is_unrecorded = 0;
	} else {
		store_rollback(d->store);
		log_event(&d->log, LOG_ERR, "history-failed", "platform", c->platform, "state", state, NULL);
		c->is_unrecorded = 1;
		d->retry_at_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
	}
	json_decref(history);
}

struct telling {
	struct director *d;
	char		 text[CONTACT_TEXT_MAX];
};

static int
tell_job(void *arg, const struct sched_job *job)
{
	struct telling *t = arg;
	struct pd_err	e;

	if (!job->is_direct)
		(void)job_log_event(&t->d->spool, job->id, "wait", json_pack("{s:s}", "wait", t->text), &e);
	return 0;
}

/* It went down, was refused, or came back. */
static void
tell(struct director *d, struct contact *c)
{
	struct telling t = { .d = d };
	int	       is_bad = health_is_bad(&c->health);
	char	       name[32];

	(void)snprintf(name, sizeof(name), "platform-%s", health_name(c->health.state));
	log_event(&d->log, is_bad ? LOG_WARNING : LOG_NOTICE, name, "platform", c->platform, "why", c->why, NULL);
	record(d, c);
	if (!is_bad)
		return;
	(void)contact_text(c, t.text);
	sched_each(d->sched, c->platform, tell_job, &t);
}

static int
is_registered(struct director *d, const char *platform)
{
	struct pd_err e;
	json_t	     *row = NULL;
	int	      rv = store_platform_get(d->store, platform, &row, &e) == 0;

	json_decref(row);
	return rv;
}

void
contact_heard(struct director *d, const struct sched_job *job, const char *word, const char *why)
{
	struct health_times times = times_of(d);
	struct contact	   *c = contact_find(d, job->platform);
	int64_t		    now = clock_mono_ms(), wall = clock_wall_ms();
	int		    was_bad, has_turned = 0;

	if (word[0] == '\0' || job->is_registering)
		return;
	if (c == NULL && (!is_registered(d, job->platform) || (c = find_or_make(d, job->platform)) == NULL))
		return;
	was_bad = health_is_bad(&c->health);
	if (strcmp(word, "answered") == 0)
		has_turned = health_answered(&c->health, now);
	else if (strcmp(word, "silent") == 0)
		has_turned = health_silent(&c->health, &times, job->began_ms, now, wall, random32());
	else if (strcmp(word, "refused") == 0)
		has_turned = health_refused(&c->health, wall);
	if (!health_is_bad(&c->health))
		c->why[0] = '\0';
	else if (c->health.state != HEALTH_REFUSED || strcmp(word, "refused") == 0)
		(void)snprintf(c->why, sizeof(c->why), "%s", why);
	if (!was_bad)
		c->expire_at_ms = 0;
	set_gate(d, c);
	if (has_turned)
		tell(d, c);
}

const struct contact *
contact_bad(const struct director *d, const char *platform)
{
	const struct contact *c = contact_find(d, platform);

	return c != NULL && health_is_bad(&c->health) ? c : NULL;
}

/* ---- deadlines ---- */

void
contact_job_waits(struct director *d, const char *platform)
{
	struct contact *c = contact_find(d, platform);
	int64_t		at = clock_mono_ms() + d->conf->platform_wait_s * 1000;

	if (c != NULL && c->expire_at_ms > at)
		c->expire_at_ms = at;
}

void
contact_forget_times(struct director *d)
{
	for (struct contact *c = d->contacts; c != NULL; c = c->next)
		c->expire_at_ms = 0;
}

struct sweep {
	const struct contact *c;
	int64_t		      now_wall_ms, wait_ms, left_ms;	/* until the next one's time is up */
	char		      id[CONTACT_ROUND][JOB_ID_LEN + 1];
	size_t		      n;
};

/* A job's time begins with its request, or when its platform stopped answering. */
static int
look_at(void *arg, const struct sched_job *job)
{
	struct sweep *s = arg;
	int64_t since = job->submitted_ms > s->c->health.since_wall_ms ? job->submitted_ms : s->c->health.since_wall_ms;
	int64_t	      left = since + s->wait_ms - s->now_wall_ms;

	if (job->is_direct || job->has_begun)
		return 0;	/* what has changed something waits to be ended properly, however long */
	if (left <= 0)
		memcpy(s->id[s->n++], job->id, sizeof(s->id[0]));
	else if (left < s->left_ms)
		s->left_ms = left;
	return s->n == CONTACT_ROUND;
}

static void
sweep(struct director *d, struct contact *c, int64_t now)
{
	struct sweep  s = { .c = c, .now_wall_ms = clock_wall_ms(), .wait_ms = d->conf->platform_wait_s * 1000, .left_ms = INT64_MAX };
	char	      text[CONTACT_TEXT_MAX];
	struct pd_err why;

	sched_each(d->sched, c->platform, look_at, &s);
	c->expire_at_ms = s.n == CONTACT_ROUND ? now : s.left_ms == INT64_MAX ? INT64_MAX : now + s.left_ms;
	(void)pd_fail(&why, PD_REMOTE, "waited in vain for %s; nothing was changed", contact_text(c, text));
	for (size_t i = 0; i < s.n; i++)
		if (runner_give_up(d, s.id[i], &why) == -1)
			c->expire_at_ms = now + DIRECTOR_RETRY_MS;
}

void
contact_timers(struct director *d)
{
	int64_t now = clock_mono_ms();

	for (struct contact *c = d->contacts; c != NULL; c = c->next) {
		if (c->is_unrecorded && d->retry_at_ms == 0)
			record(d, c);
		if (health_is_bad(&c->health) && c->expire_at_ms <= now)
			sweep(d, c, now);
	}
}

int64_t
contact_delay(const struct director *d, int64_t now_ms)
{
	int64_t least = -1, left;

	for (const struct contact *c = d->contacts; c != NULL; c = c->next) {
		if (!health_is_bad(&c->health) || c->expire_at_ms == INT64_MAX)
			continue;
		left = c->expire_at_ms > now_ms ? c->expire_at_ms - now_ms : 0;
		if (least == -1 || left < least)
			least = left;
	}
	return least;
}
