/* SPDX-License-Identifier: ISC */
/*
 * sched_turn.c - whose turn it is on one platform: tenants by weight, their users one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/run/sched_parts.h"

#define STRIDE 10000	/* divisible enough for weights 1..100 */

static struct sched_tenant *
tenant_of(struct sched_platform *p, const char *name)
{
	struct sched_tenant *t;

	for (t = p->tenants; t != NULL; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	(void)snprintf(t->name, sizeof(t->name), "%s", name);
	t->next = p->tenants;
	p->tenants = t;
	return t;
}

static struct sched_user *
user_of(struct sched_tenant *t, const char *name)
{
	struct sched_user *u;

	for (u = t->users; u != NULL; u = u->next)
		if (strcmp(u->name, name) == 0)
			return u;
	if ((u = calloc(1, sizeof(*u))) == NULL)
		return NULL;
	(void)snprintf(u->name, sizeof(u->name), "%s", name);
	u->next = t->users;
	t->users = u;
	return u;
}

static int
tenant_has_jobs(const struct sched_tenant *t)
{
	for (const struct sched_user *u = t->users; u != NULL; u = u->next)
		if (u->head != NULL)
			return 1;
	return 0;
}

int
turn_add(struct sched_platform *p, struct sched_node *n)
{
	struct sched_tenant *t = tenant_of(p, n->job.tenant);
	struct sched_user   *u = t != NULL ? user_of(t, n->job.user) : NULL;

	if (u == NULL)
		return -1;
	if (!tenant_has_jobs(t) && t->pass < p->now)
		t->pass = p->now;	/* no credit for the time it asked for nothing */
	t->weight = n->job.weight > 0 ? n->job.weight : 1;
	u->is_admin = n->job.is_admin;
	if (u->head == NULL)
		u->head = n;
	else
		u->tail->next = n;
	u->tail = n;
	p->direct += n->job.is_direct != 0;
	return 0;
}

/* Takes n, which stands behind before (NULL: it is the first), out of a user's queue. */
static struct sched_node *
unlink_node(struct sched_user *u, struct sched_node *before, struct sched_node *n)
{
	if (before == NULL)
		u->head = n->next;
	else
		before->next = n->next;
	if (u->tail == n)
		u->tail = before;
	if (u->barren == n)
		u->barren = before;
	n->next = NULL;
	return n;
}

static struct sched_node *
find_in_user(struct sched_user *u, const char *id)
{
	struct sched_node *before = NULL;

	for (struct sched_node *n = u->head; n != NULL; before = n, n = n->next)
		if (strcmp(n->job.id, id) == 0)
			return unlink_node(u, before, n);
	return NULL;
}

struct sched_node *
turn_find(struct sched_platform *p, const char *id)
{
	struct sched_node *n = NULL;

	for (struct sched_tenant *t = p->tenants; t != NULL && n == NULL; t = t->next)
		for (struct sched_user *u = t->users; u != NULL && n == NULL; u = u->next)
			n = find_in_user(u, id);
	if (n != NULL)
		p->direct -= n->job.is_direct != 0;
	return n;
}

int
turn_each(const struct sched_platform *p, int (*fn)(void *arg, const struct sched_job *job), void *arg)
{
	int rv = 0;

	for (const struct sched_tenant *t = p->tenants; t != NULL && rv == 0; t = t->next)
		for (const struct sched_user *u = t->users; u != NULL && rv == 0; u = u->next)
			for (const struct sched_node *n = u->head; n != NULL && rv == 0; n = n->next)
				rv = fn(arg, &n->job);
	return rv;
}

/*
 * A hundred thousand jobs may wait for one VM: what was found not to start is not looked at again, at each round of the
 * loop, before something has changed for it.
 */
static struct sched_node *
first_of_user(const struct sched *s, struct sched_user *u, int is_open, struct sched_node **before)
{
	struct sched_node *n;

	if (u->barren_frees != s->frees || u->barren_open != is_open)
		u->barren = NULL;
	u->barren_frees = s->frees;
	u->barren_open = is_open;
	n = u->barren != NULL ? u->barren->next : u->head;
	for (; n != NULL && ((!is_open && !n->job.is_direct) || sched_is_kept(s, &n->job)); n = n->next)
		u->barren = n;
	*before = u->barren;
	return n;
}

struct pick {
	struct sched_tenant *tenant;
	struct sched_user   *user;
	struct sched_node   *before, *node;
};

/* Does a claim (pass, stamp) with this job come before that one? */
static int
is_before(uint64_t claim, const struct sched_node *n, uint64_t other_claim, const struct sched_node *other)
{
	return claim != other_claim ? claim < other_claim : n->job.arrival < other->job.arrival;
}

/* The user of the tenant who was served longest ago and has a job that can start. */
static int
pick_user(const struct sched *s, const struct sched_platform *p, struct sched_tenant *t, int is_open, struct pick *pick)
{
	struct sched_node *before, *n;

	*pick = (struct pick){ NULL, NULL, NULL, NULL };
	for (struct sched_user *u = t->users; u != NULL; u = u->next) {
		if (u->head == NULL || !sched_has_slot(s, p, u->is_admin))
			continue;
		if (pick->node != NULL && pick->user->served < u->served)
			continue;	/* before its queue is walked */
		if ((n = first_of_user(s, u, is_open, &before)) != NULL &&
		    (pick->node == NULL || is_before(u->served, n, pick->user->served, pick->node)))
			*pick = (struct pick){ t, u, before, n };
	}
	return pick->node != NULL;
}

/* Tenants that had their turn but could not use it keep no claim on it: that would be a burst later. */
static void
level_passes(struct sched_platform *p)
{
	for (struct sched_tenant *t = p->tenants; t != NULL; t = t->next)
		if (t->pass < p->now)
			t->pass = p->now;
}

struct sched_node *
turn_take(struct sched *s, struct sched_platform *p, int64_t now_ms)
{
	struct pick best = { NULL, NULL, NULL, NULL }, pick;
	int	    is_open = sched_gate_is_open(p, now_ms);

	if (!is_open && p->direct == 0)
		return NULL;	/* ten thousand jobs may wait there */
	for (struct sched_tenant *t = p->tenants; t != NULL; t = t->next)
		if ((best.node == NULL || t->pass <= best.tenant->pass) && pick_user(s, p, t, is_open, &pick) &&
		    (best.node == NULL || is_before(t->pass, pick.node, best.tenant->pass, best.node)))
			best = pick;
	if (best.node == NULL)
		return NULL;
	p->now = best.tenant->pass;
	level_passes(p);
	best.tenant->pass += (uint64_t)(STRIDE / best.tenant->weight);
	best.user->served = ++s->stamp;
	p->direct -= best.node->job.is_direct != 0;
	return unlink_node(best.user, best.before, best.node);
}

static void
free_tenant(struct sched_tenant *t)
{
	struct sched_user *u;
	struct sched_node *n;

	while ((u = t->users) != NULL) {
		t->users = u->next;
		while ((n = u->head) != NULL) {
			u->head = n->next;
			free(n);
		}
		free(u);
	}
	free(t);
}

void
turn_free(struct sched_platform *p)
{
	struct sched_tenant *t;

	while ((t = p->tenants) != NULL) {
		p->tenants = t->next;
		free_tenant(t);
	}
}
