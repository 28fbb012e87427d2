/* SPDX-License-Identifier: ISC */
/*
 * scheduler.c - which waiting job starts next: slots, one job a VM and a system, platforms in turn.
 *
 * Within a platform sched_turn.c decides; sched_parts.h has the whole picture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/run/sched_parts.h"

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

void
sched_free(struct sched *s)
{
	struct sched_platform *p;
	struct sched_node     *n;
	struct sched_busy     *b;

	if (s == NULL)
		return;
	while ((p = s->platforms) != NULL) {
		s->platforms = p->next;
		turn_free(p);
		free(p);
	}
	while ((b = s->busy) != NULL) {
		s->busy = b->next;
		free(b);
	}
	while ((n = s->front) != NULL) {
		s->front = n->next;
		free(n);
	}
	free(s);
}

static struct sched_platform *
find_platform(const struct sched *s, const char *name)
{
	struct sched_platform *p = s->platforms;

	while (p != NULL && strcmp(p->name, name) != 0)
		p = p->next;
	return p;
}

/* A new one comes before all that were served, behind those that were not. */
static struct sched_platform *
platform_of(struct sched *s, const char *name)
{
	struct sched_platform *p = find_platform(s, name), **at = &s->platforms;

	if (p != NULL || (p = calloc(1, sizeof(*p))) == NULL)
		return p;
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	p->gate.open_until_ms = INT64_MAX;
	while (*at != NULL && !(*at)->was_served)
		at = &(*at)->next;
	p->next = *at;
	*at = p;
	return p;
}

/* It was served: behind all others. */
static void
move_to_end(struct sched *s, struct sched_platform *p)
{
	struct sched_platform **at = &s->platforms;

	p->was_served = 1;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	while (*at != NULL)
		at = &(*at)->next;
	*at = p;
	p->next = NULL;
}

int
sched_gate(struct sched *s, const char *platform, const struct sched_gate *gate)
{
	struct sched_platform *p = platform_of(s, platform);

	if (p == NULL)
		return -1;
	p->gate = *gate;
	return 0;
}

int
sched_gate_is_open(const struct sched_platform *p, int64_t now_ms)
{
	return now_ms < p->gate.open_until_ms || (p->trying == 0 && now_ms >= p->gate.one_from_ms);
}

static void
add_to_front(struct sched *s, struct sched_node *n)
{
	struct sched_node **at = &s->front;

	while (*at != NULL && (*at)->job.arrival <= n->job.arrival)
		at = &(*at)->next;
	n->next = *at;
	*at = n;
}

int
sched_add(struct sched *s, const struct sched_job *job, struct pd_err *e)
{
	struct sched_platform *p = platform_of(s, job->platform);
	struct sched_node     *n = calloc(1, sizeof(*n));

	if (p == NULL || n == NULL) {
		free(n);
		return pd_fail(e, PD_IO, "no memory for job %s in the queue", job->id);
	}
	n->job = *job;
	n->job.is_trying = 0;
	p->is_hmc = job->is_hmc;
	if (n->job.arrival == 0)
		n->job.arrival = ++s->arrivals;
	if (job->is_resumed || job->not_before_ms > 0) {
		add_to_front(s, n);
	} else if (turn_add(p, n) == -1) {
		free(n);
		return pd_fail(e, PD_IO, "no memory for job %s in the queue", job->id);
	}
	s->waiting++;
	p->waiting++;
	return 0;
}

static void
release(struct sched *s, const struct sched_job *job)
{
	for (struct sched_busy **at = &s->busy; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->id, job->id) == 0) {
			struct sched_busy *b = *at;

			*at = b->next;
			free(b);
			s->frees++;
			return;
		}
}

/* From others, until release(). */
static int
keep(struct sched *s, const struct sched_job *job)
{
	struct sched_busy *b;

	release(s, job);	/* set aside, it has its VM already */
	if (job->vm[0] == '\0' && job->system[0] == '\0')
		return 0;
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return -1;
	(void)snprintf(b->id, sizeof(b->id), "%s", job->id);
	(void)snprintf(b->vm, sizeof(b->vm), "%s", job->vm);
	(void)snprintf(b->system, sizeof(b->system), "%s", job->system);
	(void)snprintf(b->to, sizeof(b->to), "%s", job->to);
	b->next = s->busy;
	s->busy = b;
	return 0;
}

/* It does not wait any more. */
static void
forget_waiting(struct sched *s, const struct sched_job *job)
{
	struct sched_platform *p = find_platform(s, job->platform);

	if (p != NULL)
		p->waiting--;
	s->waiting--;
}

static struct sched_node *
find_in_front(struct sched *s, const char *id)
{
	for (struct sched_node **at = &s->front; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->job.id, id) == 0) {
			struct sched_node *n = *at;

			*at = n->next;
			return n;
		}
	return NULL;
}

int
sched_remove(struct sched *s, const char *id)
{
	struct sched_node *n = find_in_front(s, id);

	for (struct sched_platform *p = s->platforms; p != NULL && n == NULL; p = p->next)
		n = turn_find(p, id);
	if (n == NULL)
		return 0;
	forget_waiting(s, &n->job);
	release(s, &n->job);
	free(n);
	return 1;
}

void
sched_each(const struct sched *s, const char *platform, int (*fn)(void *arg, const struct sched_job *job), void *arg)
{
	const struct sched_platform *p = find_platform(s, platform);

	for (const struct sched_node *n = s->front; n != NULL; n = n->next)
		if (strcmp(n->job.platform, platform) == 0 && fn(arg, &n->job) != 0)
			return;
	if (p != NULL)
		(void)turn_each(p, fn, arg);
}

size_t
sched_waiting_for(const struct sched *s, const char *platform)
{
	const struct sched_platform *p = find_platform(s, platform);

	return p != NULL ? p->waiting : 0;
}

static int
vm_is_busy(const struct sched *s, const struct sched_job *job)
{
	for (const struct sched_busy *b = s->busy; job->vm[0] != '\0' && b != NULL; b = b->next)
		if (strcmp(b->vm, job->vm) == 0 && strcmp(b->id, job->id) != 0)
			return 1;
	return 0;
}

static int
system_is_busy(const struct sched *s, const char *system)
{
	for (const struct sched_busy *b = s->busy; system[0] != '\0' && b != NULL; b = b->next)
		if (strcmp(b->system, system) == 0 || strcmp(b->to, system) == 0)
			return 1;
	return 0;
}

int
sched_is_kept(const struct sched *s, const struct sched_job *job)
{
	return vm_is_busy(s, job) || system_is_busy(s, job->system) || system_is_busy(s, job->to);
}

/* Is there a slot for an administrator's (one more) or another's job? */
int
sched_has_slot(const struct sched *s, const struct sched_platform *p, int is_admin)
{
	int64_t limit = p->is_hmc ? s->limits.per_hmc : s->limits.per_platform;

	return p->running < limit + is_admin && (int64_t)s->running < s->limits.total + is_admin;
}

static struct sched_node *
take_from_front(struct sched *s, int64_t now_ms)
{
	for (struct sched_node **at = &s->front; *at != NULL; at = &(*at)->next) {
		struct sched_node     *n = *at;
		struct sched_platform *p = find_platform(s, n->job.platform);

		if (n->job.not_before_ms > now_ms || sched_is_kept(s, &n->job) || p == NULL ||
		    !sched_has_slot(s, p, n->job.is_admin) || (!n->job.is_direct && !sched_gate_is_open(p, now_ms)) ||
		    (s->is_held && !n->job.is_resumed))
			continue;
		*at = n->next;
		return n;
	}
	return NULL;
}

/* Platforms take turns for what all of them together may run: the one served longest ago first. */
static struct sched_node *
take_from_platforms(struct sched *s, int64_t now_ms)
{
	struct sched_node *n = NULL;

	for (struct sched_platform *p = s->platforms; p != NULL && n == NULL; p = p->next)
		if (sched_has_slot(s, p, 1))
			n = turn_take(s, p, now_ms);
	return n;
}

static int
count_as_running(struct sched *s, struct sched_job *job, int64_t now_ms)
{
	struct sched_platform *p = platform_of(s, job->platform);

	if (p == NULL || keep(s, job) == -1)
		return -1;
	job->is_trying = !job->is_direct && now_ms >= p->gate.open_until_ms;
	job->began_ms = now_ms;
	p->trying += job->is_trying;
	p->running++;
	move_to_end(s, p);
	s->running++;
	return 0;
}

int
sched_goes_on(struct sched *s, const struct sched_job *job)
{
	struct sched_job again = *job;
	int		 rv = count_as_running(s, &again, 0);

	if (rv == 0 && again.is_trying != job->is_trying)	/* what it was let through as, not what it would be now */
		find_platform(s, job->platform)->trying += job->is_trying - again.is_trying;
	return rv;
}

void
sched_hold(struct sched *s, int is_held)
{
	s->is_held = is_held;
}

int
sched_next(struct sched *s, int64_t now_ms, struct sched_job *job)
{
	struct sched_node *n = take_from_front(s, now_ms);

	if (n == NULL && !s->is_held)
		n = take_from_platforms(s, now_ms);
	if (n == NULL)
		return 0;
	if (count_as_running(s, &n->job, now_ms) == -1) {
		add_to_front(s, n);	/* no memory: it keeps its place and is tried again */
		return 0;
	}
	*job = n->job;
	forget_waiting(s, job);
	free(n);
	return 1;
}

void
sched_answered(struct sched *s, struct sched_job *job)
{
	struct sched_platform *p = find_platform(s, job->platform);

	if (job->is_trying && p != NULL && p->trying > 0)
		p->trying--;
	job->is_trying = 0;
}

void
sched_ended(struct sched *s, const struct sched_job *job)
{
	struct sched_platform *p = find_platform(s, job->platform);

	if (p != NULL && p->running > 0)
		p->running--;
	if (p != NULL && job->is_trying && p->trying > 0)
		p->trying--;
	if (s->running > 0)
		s->running--;
	release(s, job);
}

void
sched_hurry(struct sched *s, const char *id)
{
	for (struct sched_node *n = s->front; n != NULL; n = n->next)
		if (strcmp(n->job.id, id) == 0)
			n->job.not_before_ms = 0;
}

int
sched_set_aside(struct sched *s, const struct sched_job *job, struct pd_err *e)
{
	struct sched_job kept = *job;

	sched_ended(s, job);
	kept.system[0] = kept.to[0] = '\0';	/* their other VMs do not wait for a VIOS that this one needs */
	if (sched_add(s, job, e) == -1)
		return -1;
	return !job->has_begun || keep(s, &kept) == 0 ? 0 :
	    pd_fail(e, PD_IO, "no memory for job %s in the queue", job->id);
}

const char *
sched_wait(const struct sched *s, const struct sched_job *job)
{
	const struct sched_platform *p = find_platform(s, job->platform);

	if (s->is_held && !job->is_resumed)
		return "room on PowerDirector's disk";
	if (vm_is_busy(s, job))
		return "another job of this VM";
	if (system_is_busy(s, job->system) || system_is_busy(s, job->to))
		return "another job of its system";
	if ((int64_t)s->running >= s->limits.total + job->is_admin)
		return "other jobs";
	return p != NULL && !sched_has_slot(s, p, job->is_admin) ? "the platform's other jobs" : "";
}

static void
sooner(int64_t *least, int64_t at_ms, int64_t now_ms)
{
	if (at_ms > now_ms && (*least == -1 || at_ms - now_ms < *least))
		*least = at_ms - now_ms;
}

int64_t
sched_delay(const struct sched *s, int64_t now_ms)
{
	int64_t least = -1;

	for (const struct sched_node *n = s->front; n != NULL; n = n->next)
		if (n->job.not_before_ms != SCHED_NEVER)
			sooner(&least, n->job.not_before_ms, now_ms);
	for (const struct sched_platform *p = s->platforms; p != NULL; p = p->next)
		if (p->waiting > 0 && now_ms >= p->gate.open_until_ms && p->gate.one_from_ms != INT64_MAX)
			sooner(&least, p->gate.one_from_ms, now_ms);
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
