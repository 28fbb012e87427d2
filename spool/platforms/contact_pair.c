/* SPDX-License-Identifier: ISC */
/*
 * contact_pair.c - which of two consoles of a platform answers.
 */
#include <stdio.h>
#include <string.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/platforms/contact.h"

static void
tell(const struct director *d, const struct contact *c, int which)
{
	const struct console_contact *one = &c->console[which];

	log_event(&d->log, health_is_bad(&one->health) ? LOG_WARNING : LOG_NOTICE, "console", "platform", c->platform,
	    "console", which == 0 ? "first" : "second", "state", health_name(one->health.state), "why", one->why, NULL);
}

static void
hear(const struct director *d, const struct contact *c, int which, struct console_contact *one,
    const struct sched_job *job, const json_t *told)
{
	struct health_times times = { d->conf->retry_first_s * 1000, d->conf->retry_longest_s * 1000 };
	const char	   *word = field_text(told, "contact");
	int64_t		    now = clock_mono_ms(), wall = clock_wall_ms();
	int		    was_bad = health_is_bad(&one->health);
	uint32_t	    chance;

	if (port_random(&chance, sizeof(chance)) != 0)
		chance = UINT32_MAX / 2;
	if (strcmp(word, "answered") == 0)
		(void)health_answered(&one->health, now);
	else if (strcmp(word, "silent") == 0)
		(void)health_silent(&one->health, &times, job->began_ms, now, wall, chance);
	else if (strcmp(word, "refused") == 0)
		(void)health_refused(&one->health, wall);
	else
		return;
	(void)snprintf(one->why, sizeof(one->why), "%s", field_text(told, "why"));
	if (was_bad != health_is_bad(&one->health))
		tell(d, c, which);
}

void
contact_consoles(struct director *d, const struct sched_job *job, const json_t *told)
{
	struct contact *c = contact_find(d, job->platform);

	for (int i = 0; i < 2 && c != NULL && !job->is_registering; i++)
		hear(d, c, i, &c->console[i], job, json_array_get(told, (size_t)i));
}

/* Is it worth a try, or known to be away for a while? */
static int
may_try(const struct console_contact *one, enum contact_looks looks)
{
	return looks == LOOKS_NOW || !health_is_bad(&one->health) ||
	    (one->health.state != HEALTH_REFUSED && clock_mono_ms() >= one->health.next_ms);
}

void
contact_start_with(const struct director *d, json_t *msg, enum contact_looks looks)
{
	json_t		     *platform = json_object_get(msg, "platform");
	const struct contact *c = contact_find(d, field_text(platform, "name"));
	int		      second = 0;

	if (field_text(platform, "second_address")[0] == '\0')
		return;
	if (c != NULL && health_is_bad(&c->console[0].health) && !health_is_bad(&c->console[1].health))
		second = looks == LOOKS_NOT || !may_try(&c->console[0], looks);
	(void)json_object_set_new(platform, "start_with", json_integer(second));
	if (looks != LOOKS_NOT && (c == NULL || may_try(&c->console[1], looks)))
		(void)json_object_set_new(platform, "ask_second", json_true());
}

static json_t *
describe(const struct console_contact *one)
{
	int64_t left = one->health.next_ms - clock_mono_ms();
	char	text[CLOCK_TEXT_LEN];
	json_t *o = json_pack("{s:s}", "state", health_name(one->health.state));

	if (!health_is_bad(&one->health))
		return o;
	(void)json_object_set_new(o, "since", json_string(clock_text(text, one->health.since_wall_ms)));
	(void)json_object_set_new(o, "why", json_string(one->why));
	if (one->health.state != HEALTH_REFUSED && left > 0)
		(void)json_object_set_new(o, "next", json_string(clock_text(text, clock_wall_ms() + left)));
	return o;
}

json_t *
contact_consoles_object(const struct contact *c)
{
	if (c->console[0].health.state == HEALTH_UNKNOWN && c->console[1].health.state == HEALTH_UNKNOWN)
		return NULL;
	return json_pack("[o,o]", describe(&c->console[0]), describe(&c->console[1]));
}
