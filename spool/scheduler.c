/* SPDX-License-Identifier: ISC */
/*
 * scheduler.c - which waiting job starts next.
 *
 * Everything hangs below its platform, because only jobs of one platform compete for its slots: a tenant that
 * keeps one platform busy loses nothing on another.
 *
 *	platform -> tenant (stride: the least pass is next, each turn adds STRIDE / weight)
 *		 -> user (the one served longest ago is next)
 *		 -> jobs, first come first served
 *
 * Passes and stamps outlive empty queues: a user who submits one job after the other gets
 * no head start each time.  The number of nodes is bounded by the members in the policy file.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/scheduler.h"

#define STRIDE 10000	/* divisible enough for weights 1..100 */

struct node {
	struct node	*next;
	struct sched_job job;
};

struct user {
	struct user *next;
	char	     name[JOB_USER_MAX + 1];
	int	     is_admin;
	uint64_t     served;	/* stamp of its last turn, 0 = never */
	struct node *head, *tail;
};

struct tenant {
	struct tenant *next;
	char	       name[SCHED_NAME_MAX];
	int	       weight;
	uint64_t       pass;
	struct user   *users;
};

struct platform {
	struct platform *next;
	char		 name[SCHED_NAME_MAX];
	int64_t		 running;
	uint64_t	 served, now;	/* stamp of its last turn; pass of its last tenant */
	struct tenant	*tenants;
};

struct busy {	/* a VM with a running job */
	struct busy *next;
	char	     vm[SCHED_NAME_MAX];
};

struct sched {
	struct sched_limits limits;
	struct platform	   *platforms;
	struct node	   *front;	/* resumed and delayed jobs, before all others */
	struct busy	   *busy;
	uint64_t	    stamp;
	size_t		    waiting, running;
};

struct sched *
sched_new(const struct sched_limits *limits)
{
	struct sched *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->limits = *limits;
	return s;
}

void
sched_set_limits(struct sched *s, const struct sched_limits *limits)
{
	s->limits = *limits;
}

static void
free_nodes(struct node *n)
{
	struct node *next;

	for (; n != NULL; n = next) {
		next = n->next;
		free(n);
	}
}

static void
free_tenant(struct tenant *t)
{
	struct user *u;

	while ((u = t->users) != NULL) {
		t->users = u->next;
		free_nodes(u->head);
		free(u);
	}
	free(t);
}

void
sched_free(struct sched *s)
{
	struct platform *p;
	struct tenant	*t;
	struct busy	*b;

	if (s == NULL)
		return;
	while ((p = s->platforms) != NULL) {
		s->platforms = p->next;
		while ((t = p->tenants) != NULL) {
			p->tenants = t->next;
			free_tenant(t);
		}
		free(p);
	}
	while ((b = s->busy) != NULL) {
		s->busy = b->next;
		free(b);
	}
	free_nodes(s->front);
	free(s);
}

static void
set_name(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size - 1);

	memcpy(dst, src, len);
	dst[len] = '\0';
}

static struct platform *
platform_of(struct sched *s, const char *name, int make)
{
	struct platform *p;

	for (p = s->platforms; p != NULL; p = p->next)
		if (strcmp(p->name, name) == 0)
			return p;
	if (!make || (p = calloc(1, sizeof(*p))) == NULL)
		return NULL;
	set_name(p->name, sizeof(p->name), name);
	p->next = s->platforms;
	s->platforms = p;
	return p;
}

static struct tenant *
tenant_of(struct platform *p, const char *name)
{
	struct tenant *t;

	for (t = p->tenants; t != NULL; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	set_name(t->name, sizeof(t->name), name);
	t->next = p->tenants;
	p->tenants = t;
	return t;
}

static struct user *
user_of(struct tenant *t, const char *name)
{
	struct user *u;

	for (u = t->users; u != NULL; u = u->next)
		if (strcmp(u->name, name) == 0)
			return u;
	if ((u = calloc(1, sizeof(*u))) == NULL)
		return NULL;
	set_name(u->name, sizeof(u->name), name);
	u->next = t->users;
	t->users = u;
	return u;
}

static int
tenant_has_jobs(const struct tenant *t)
{
	for (const struct user *u = t->users; u != NULL; u = u->next)
		if (u->head != NULL)
			return 1;
	return 0;
}

static int
add_in_turn(struct platform *p, struct node *n)
{
	struct tenant *t = tenant_of(p, n->job.tenant);
	struct user   *u = t != NULL ? user_of(t, n->job.user) : NULL;

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
	return 0;
}

static void
add_to_front(struct sched *s, struct node *n)
{
	struct node **at = &s->front;

	while (*at != NULL)
		at = &(*at)->next;
	*at = n;
}

int
sched_add(struct sched *s, const struct sched_job *job, struct pd_err *e)
{
	struct platform *p = platform_of(s, job->platform, 1);
	struct node	*n = calloc(1, sizeof(*n));

	if (p == NULL || n == NULL) {
		free(n);
		return pd_fail(e, PD_IO, "no memory for job %s in the queue", job->id);
	}
	n->job = *job;
	if (job->is_resumed || job->not_before_ms > 0) {
		add_to_front(s, n);
	} else if (add_in_turn(p, n) == -1) {
		free(n);
		return pd_fail(e, PD_IO, "no memory for job %s in the queue", job->id);
	}
	s->waiting++;
	return 0;
}

/* Takes n, which stands behind before (NULL: it is the first), out of a user's queue. */
static struct node *
unlink_node(struct user *u, struct node *before, struct node *n)
{
	if (before == NULL)
		u->head = n->next;
	else
		before->next = n->next;
	if (u->tail == n)
		u->tail = before;
	n->next = NULL;
	return n;
}

static struct node *
find_in_user(struct user *u, const char *id)
{
	struct node *before = NULL;

	for (struct node *n = u->head; n != NULL; before = n, n = n->next)
		if (strcmp(n->job.id, id) == 0)
			return unlink_node(u, before, n);
	return NULL;
}

static struct node *
find_in_front(struct sched *s, const char *id)
{
	for (struct node **at = &s->front; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->job.id, id) == 0) {
			struct node *n = *at;

			*at = n->next;
			return n;
		}
	return NULL;
}

int
sched_remove(struct sched *s, const char *id)
{
	struct node *n = find_in_front(s, id);

	for (struct platform *p = s->platforms; p != NULL && n == NULL; p = p->next)
		for (struct tenant *t = p->tenants; t != NULL && n == NULL; t = t->next)
			for (struct user *u = t->users; u != NULL && n == NULL; u = u->next)
				n = find_in_user(u, id);
	if (n == NULL)
		return 0;
	free(n);
	s->waiting--;
	return 1;
}

static int
vm_is_busy(const struct sched *s, const char *vm)
{
	for (const struct busy *b = s->busy; vm[0] != '\0' && b != NULL; b = b->next)
		if (strcmp(b->vm, vm) == 0)
			return 1;
	return 0;
}

/* Is there a slot for an administrator's (one more) or another's job? */
static int
has_slot(const struct sched *s, const struct platform *p, int is_admin)
{
	return p->running < s->limits.per_platform + is_admin && (int64_t)s->running < s->limits.total + is_admin;
}

static struct node *
first_of_user(const struct sched *s, const struct user *u, struct node **before)
{
	*before = NULL;
	for (struct node *n = u->head; n != NULL; *before = n, n = n->next)
		if (!vm_is_busy(s, n->job.vm))
			return n;
	return NULL;
}

struct pick {
	struct tenant *tenant;
	struct user   *user;
	struct node   *before, *node;
};

/* The user of the tenant who was served longest ago and has a job that can start. */
static int
pick_user(const struct sched *s, const struct platform *p, struct tenant *t, struct pick *pick)
{
	struct node *before, *n;

	pick->node = NULL;
	for (struct user *u = t->users; u != NULL; u = u->next) {
		if (u->head == NULL || !has_slot(s, p, u->is_admin))
			continue;
		if (pick->node != NULL && pick->user->served <= u->served)
			continue;
		if ((n = first_of_user(s, u, &before)) != NULL)
			*pick = (struct pick){ t, u, before, n };
	}
	return pick->node != NULL;
}

/* Tenants that had their turn but could not use it keep no claim on it: that would be a burst later. */
static void
level_passes(struct platform *p)
{
	for (struct tenant *t = p->tenants; t != NULL; t = t->next)
		if (t->pass < p->now)
			t->pass = p->now;
}

static struct node *
take_in_turn(struct sched *s, struct platform *p)
{
	struct pick best = { NULL, NULL, NULL, NULL }, pick;

	for (struct tenant *t = p->tenants; t != NULL; t = t->next)
		if ((best.node == NULL || t->pass < best.tenant->pass) && pick_user(s, p, t, &pick))
			best = pick;
	if (best.node == NULL)
		return NULL;
	p->now = best.tenant->pass;
	level_passes(p);
	best.tenant->pass += (uint64_t)(STRIDE / best.tenant->weight);
	best.user->served = ++s->stamp;
	return unlink_node(best.user, best.before, best.node);
}

static struct node *
take_from_front(struct sched *s, int64_t now_ms)
{
	for (struct node **at = &s->front; *at != NULL; at = &(*at)->next) {
		struct node	*n = *at;
		struct platform *p = platform_of(s, n->job.platform, 0);

		if (n->job.not_before_ms > now_ms || vm_is_busy(s, n->job.vm) || p == NULL ||
		    !has_slot(s, p, n->job.is_admin))
			continue;
		*at = n->next;
		return n;
	}
	return NULL;
}

/* Platforms take turns for what all of them together may run: the one served longest ago first. */
static struct node *
take_from_platforms(struct sched *s)
{
	uint64_t    after = 0;
	int	    is_first = 1;
	struct node *n;

	for (;;) {
		struct platform *next = NULL;

		for (struct platform *p = s->platforms; p != NULL; p = p->next)
			if ((is_first || p->served > after) && (next == NULL || p->served < next->served))
				next = p;
		if (next == NULL)
			return NULL;
		after = next->served;
		is_first = 0;
		for (struct platform *p = s->platforms; p != NULL; p = p->next)	/* several were never served: 0 */
			if (p->served == after && has_slot(s, p, 1) && (n = take_in_turn(s, p)) != NULL)
				return n;
	}
}

static int
count_as_running(struct sched *s, const struct sched_job *job)
{
	struct platform *p = platform_of(s, job->platform, 1);
	struct busy	*b;

	if (job->vm[0] != '\0') {
		if ((b = calloc(1, sizeof(*b))) == NULL)
			return -1;
		set_name(b->vm, sizeof(b->vm), job->vm);
		b->next = s->busy;
		s->busy = b;
	}
	p->running++;
	p->served = ++s->stamp;
	s->running++;
	return 0;
}

int
sched_next(struct sched *s, int64_t now_ms, struct sched_job *job)
{
	struct node *n = take_from_front(s, now_ms);

	if (n == NULL)
		n = take_from_platforms(s);
	if (n == NULL)
		return 0;
	if (count_as_running(s, &n->job) == -1) {
		n->next = NULL;
		add_to_front(s, n);	/* no memory: it keeps its place and is tried again */
		return 0;
	}
	*job = n->job;
	s->waiting--;
	free(n);
	return 1;
}

void
sched_ended(struct sched *s, const struct sched_job *job)
{
	struct platform *p = platform_of(s, job->platform, 0);

	if (p != NULL && p->running > 0)
		p->running--;
	if (s->running > 0)
		s->running--;
	for (struct busy **at = &s->busy; job->vm[0] != '\0' && *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->vm, job->vm) == 0) {
			struct busy *b = *at;

			*at = b->next;
			free(b);
			return;
		}
}

const char *
sched_wait(const struct sched *s, const struct sched_job *job)
{
	if (vm_is_busy(s, job->vm))
		return "another job of this VM";
	if ((int64_t)s->running >= s->limits.total + job->is_admin)
		return "other jobs";
	for (const struct platform *p = s->platforms; p != NULL; p = p->next)
		if (strcmp(p->name, job->platform) == 0 && !has_slot(s, p, job->is_admin))
			return "the platform's other jobs";
	return "";
}

int64_t
sched_delay(const struct sched *s, int64_t now_ms)
{
	int64_t least = -1;

	for (const struct node *n = s->front; n != NULL; n = n->next)
		if (n->job.not_before_ms > now_ms && (least == -1 || n->job.not_before_ms - now_ms < least))
			least = n->job.not_before_ms - now_ms;
	return least;
}

size_t
sched_waiting(const struct sched *s)
{
	return s->waiting;
}

size_t
sched_running(const struct sched *s)
{
	return s->running;
}
