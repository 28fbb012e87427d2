/* SPDX-License-Identifier: ISC */
/*
 * inventory_wait.c - requests with --fresh: each waits until all its platforms were asked after it came, or one of them
 * does not tell.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/os/clock.h"
#include "spool/platforms/inventory_parts.h"

int
waiters_open(struct director *d, struct pd_err *e)
{
	if ((d->waiters = calloc(INVENTORY_WAITERS, sizeof(*d->waiters))) == NULL)
		return pd_fail_sys(e, PD_IO, "keep who waits for an inventory");
	return 0;
}

static void
forget_waiter(struct inventory_waiter *w)
{
	json_decref(w->arg);
	json_decref(w->platforms);
	*w = (struct inventory_waiter){ .ticket = 0 };
}

void
waiters_close(struct director *d)
{
	for (size_t w = 0; d->waiters != NULL && w < INVENTORY_WAITERS; w++)
		forget_waiter(&d->waiters[w]);
	free(d->waiters);
	d->waiters = NULL;
}

int64_t
waiters_end(const struct director *d)
{
	int64_t least = INT64_MAX;

	for (size_t k = 0; k < INVENTORY_WAITERS; k++)
		if (d->waiters[k].ticket != 0 && d->waiters[k].until_ms < least)
			least = d->waiters[k].until_ms;
	return least;
}

static int
is_answered(const struct director *d, const struct inventory_waiter *w)
{
	const struct inventory *i;
	const json_t	       *name;
	size_t			k;

	json_array_foreach(w->platforms, k, name)
		if ((i = inventory_find(d, json_string_value(name))) != NULL && i->answered_ms < w->since_ms)
			return 0;
	return 1;
}

static void
reply(struct director *d, struct inventory_waiter *w, const struct pd_err *why)
{
	json_t	*arg = w->arg, *answer;
	uint64_t ticket = w->ticket;

	w->arg = NULL;
	answer = w->answer(d, arg, why);
	forget_waiter(w);
	if (answer != NULL)
		query_server_reply(&d->server, ticket, answer, clock_mono_ms());
}

/* Whose console does not answer, and has nothing to do with those that do. */
static void
say_why_not(const struct director *d, const struct inventory_waiter *w, struct pd_err *e)
{
	const struct contact   *c;
	const struct inventory *i;
	const json_t	       *name;
	size_t			k;
	char			text[CONTACT_TEXT_MAX];

	json_array_foreach(w->platforms, k, name) {
		if ((i = inventory_find(d, json_string_value(name))) == NULL || i->answered_ms >= w->since_ms)
			continue;
		if ((c = contact_bad(d, i->platform)) != NULL)
			(void)pd_fail(e, PD_REMOTE, "%s", contact_text(c, text));
		else if (i->failed_ms >= w->since_ms)
			(void)pd_fail(e, PD_REMOTE,
			    "%s answers, but not with what it has: %s; without --fresh you get what was seen last",
			    i->platform, i->why);
		else
			(void)pd_fail_wait(e, PD_BUSY, (int)(INVENTORY_FRESH_MS / 1000),
			    "%s has not answered within %d s; without --fresh you get "
			    "what was seen last",
			    i->platform, INVENTORY_FRESH_MS / 1000);
		return;
	}
}

/* Does one of those that it waits for not answer at all, or has just not told what it was asked for? */
static int
is_hopeless(const struct director *d, const struct inventory_waiter *w)
{
	const struct inventory *i;
	const json_t	       *name;
	size_t			k;

	json_array_foreach(w->platforms, k, name)
		if ((i = inventory_find(d, json_string_value(name))) != NULL && !i->is_running && i->answered_ms < w->since_ms &&
		    (i->failed_ms >= w->since_ms || contact_bad(d, i->platform) != NULL))
			return 1;
	return 0;
}

void
waiters_serve(struct director *d, int64_t now_ms)
{
	struct pd_err why;

	for (size_t k = 0; k < INVENTORY_WAITERS; k++) {
		struct inventory_waiter *w = &d->waiters[k];

		if (w->ticket == 0)
			continue;
		if (is_answered(d, w)) {
			reply(d, w, NULL);
		} else if (w->until_ms <= now_ms || is_hopeless(d, w)) {
			say_why_not(d, w, &why);
			reply(d, w, &why);
		}
	}
}

int
inventory_fresh(struct director *d, const json_t *platforms, int details, inventory_answer *answer, json_t *arg, struct pd_err *e)
{
	struct inventory_waiter *w = d->waiters;
	struct inventory	*i;
	const json_t		*name;
	size_t			 k;

	while (w < d->waiters + INVENTORY_WAITERS && w->ticket != 0)
		w++;
	if (w == d->waiters + INVENTORY_WAITERS)
		return pd_fail_wait(e, PD_BUSY, 5,
		    "%d others wait for fresh figures already; without --fresh you get what was seen last",
		    INVENTORY_WAITERS);
	*w = (struct inventory_waiter){ .ticket = d->server.ticket, .answer = answer, .arg = arg,
		.platforms = json_deep_copy(platforms), .since_ms = clock_wall_ms(), .until_ms = clock_mono_ms() + INVENTORY_FRESH_MS };
	json_array_foreach(platforms, k, name)
		if ((i = inventory_find_or_make(d, json_string_value(name))) != NULL) {
			i->wanted_ms = w->since_ms;
			i->with_details |= details;
		}
	return 0;
}
