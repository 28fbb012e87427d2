/* SPDX-License-Identifier: ISC */
/*
 * runner_vios.c - jobs whose VIOS, one that is reached by SSH of its own, cannot be connected to.
 *
 * Its platform's console answers, and other jobs go on: each of these waits by itself, with a back-off as that of a
 * console, and holds its VM when it has changed something already.  What refuses our key, or has another host key, is
 * not tried again by time alone.  A check of the platform, or its registration, has all of them try at once.  Memory
 * only: a start of the director tries them all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/run/runner_parts.h"

struct absent {
	struct absent *next;
	char	       job[JOB_ID_LEN + 1], platform[SCHED_NAME_MAX];
	struct contact contact;		/* its name is "VIOS vios1 of hmc1" */
};

static struct absent **
find(struct director *d, const char *job)
{
	struct absent **at = &d->absent;

	while (*at != NULL && strcmp((*at)->job, job) != 0)
		at = &(*at)->next;
	return at;
}

void
absent_forget(struct director *d, const char *job)
{
	struct absent **at = find(d, job), *a = *at;

	if (a == NULL)
		return;
	*at = a->next;
	free(a);
}

void
absent_close(struct director *d)
{
	while (d->absent != NULL)
		absent_forget(d, d->absent->job);
}

const struct contact *
absent_contact(struct director *d, const char *job)
{
	const struct absent *a = *find(d, job);

	return a != NULL ? &a->contact : NULL;
}

/* What was found out, and from when on it is tried again. */
static void
hear(struct director *d, struct absent *a, const struct sched_job *job, const json_t *vios, const char *why)
{
	const struct health_times times = { d->conf->retry_first_s * 1000, d->conf->retry_longest_s * 1000 };
	const char		 *name = field_text(vios, "name");
	int64_t			  now = clock_mono_ms(), wall = clock_wall_ms();
	uint32_t		  chance;

	if (port_random(&chance, sizeof(chance)) != 0)
		chance = UINT32_MAX / 2;
	(void)snprintf(a->contact.platform, sizeof(a->contact.platform), "VIOS %.26s of %.26s", name, job->platform);
	(void)snprintf(a->contact.why, sizeof(a->contact.why), "%s", why);
	if (strcmp(field_text(vios, "contact"), "refused") == 0) {
		(void)health_refused(&a->contact.health, wall);
		return;
	}
	if (a->contact.health.state == HEALTH_REFUSED)
		a->contact.health.state = HEALTH_UNKNOWN;	/* tried all the same, and now it is silent: that may pass */
	(void)health_silent(&a->contact.health, &times, job->began_ms, now, wall, chance);
}

const struct contact *
absent_hear(struct director *d, const struct sched_job *job, const json_t *vios, const char *why)
{
	struct absent *a = *find(d, job->id);

	if (a == NULL) {
		if ((a = calloc(1, sizeof(*a))) == NULL)
			return NULL;
		(void)snprintf(a->job, sizeof(a->job), "%s", job->id);
		(void)snprintf(a->platform, sizeof(a->platform), "%s", job->platform);
		a->next = d->absent;
		d->absent = a;
	}
	hear(d, a, job, vios, why);
	return &a->contact;
}

int64_t
absent_until(const struct director *d, const struct sched_job *job, const struct contact *c)
{
	int64_t since = job->submitted_ms > c->health.since_wall_ms ? job->submitted_ms : c->health.since_wall_ms;
	int64_t left = since + d->conf->platform_wait_s * 1000 - clock_wall_ms(), end = clock_mono_ms() + left;

	if (job->has_begun)
		return c->health.next_ms;	/* it waits to be ended properly, however long */
	if (left <= 0)
		return 0;
	return c->health.next_ms < end ? c->health.next_ms : end;
}

void
absent_wake(struct director *d, const char *platform)
{
	for (struct absent *a = d->absent; a != NULL; a = a->next)
		if (strcmp(a->platform, platform) == 0)
			sched_hurry(d->sched, a->job);
}
