/* SPDX-License-Identifier: ISC */
/*
 * scheduler.c - which waiting job starts next: slots, one job a VM, platforms in turn.
 *
 * Within a platform sched_turn.c decides; sched_parts.h has the whole picture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/sched_parts.h"

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
	if (n->job.arrival == 0)
		n->job.arrival = ++s->arrivals;
	if (job->is_resumed || job->not_before_ms > 0) {
		add_to_front(s, n);
	} else if (turn_add(p, n) == -1) {
		free(n);
		return pd_fail(e, PD_IO, "no memory for job %s in the queue", job->id);
	}
	s->waiting++;
	return 0;
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
	free(n);
	s->waiting--;
	return 1;
}

int
sched_vm_is_busy(const struct sched *s, const char *vm)
{
	for (const struct sched_busy *b = s->busy; vm[0] != '\0' && b != NULL; b = b->next)
		if (strcmp(b->vm, vm) == 0)
			return 1;
	return 0;
}

/* Is there a slot for an administrator's (one more) or another's job? */
int
sched_has_slot(const struct sched *s, const struct sched_platform *p, int is_admin)
{
	return p->running < s->limits.per_platform + is_admin && (int64_t)s->running < s->limits.total + is_admin;
}

static struct sched_node *
take_from_front(struct sched *s, int64_t now_ms)
{
	for (struct sched_node **at = &s->front; *at != NULL; at = &(*at)->next) {
		struct sched_node     *n = *at;
		struct sched_platform *p = find_platform(s, n->job.platform);

		if (n->job.not_before_ms > now_ms || sched_vm_is_busy(s, n->job.vm) || p == NULL ||
		    !sched_has_slot(s, p, n->job.is_admin))
			continue;
		*at = n->next;
		return n;
	}
	return NULL;
}

/* Platforms take turns for what all of them together may run: the one served longest ago first. */
static struct sched_node *
take_from_platforms(struct sched *s)
{
	struct sched_node *n = NULL;

	for (struct sched_platform *p = s->platforms; p != NULL && n == NULL; p = p->next)
		if (sched_has_slot(s, p, 1))
			n = turn_take(s, p);
	return n;
}

static int
count_as_running(struct sched *s, const struct sched_job *job)
{
	struct sched_platform *p = platform_of(s, job->platform);
	struct sched_busy     *b;

	if (p == NULL)
		return -1;
	if (job->vm[0] != '\0') {
		if ((b = calloc(1, sizeof(*b))) == NULL)
			return -1;
		(void)snprintf(b->vm, sizeof(b->vm), "%s", job->vm);
		b->next = s->busy;
		s->busy = b;
	}
	p->running++;
	move_to_end(s, p);
	s->running++;
	return 0;
}

int
sched_next(struct sched *s, int64_t now_ms, struct sched_job *job)
{
	struct sched_node *n = take_from_front(s, now_ms);

	if (n == NULL)
		n = take_from_platforms(s);
	if (n == NULL)
		return 0;
	if (count_as_running(s, &n->job) == -1) {
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
	struct sched_platform *p = find_platform(s, job->platform);

	if (p != NULL && p->running > 0)
		p->running--;
	if (s->running > 0)
		s->running--;
	for (struct sched_busy **at = &s->busy; job->vm[0] != '\0' && *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->vm, job->vm) == 0) {
			struct sched_busy *b = *at;

			*at = b->next;
			free(b);
			return;
		}
}

const char *
sched_wait(const struct sched *s, const struct sched_job *job)
{
	const struct sched_platform *p = find_platform(s, job->platform);

	if (sched_vm_is_busy(s, job->vm))
		return "another job of this VM";
	if ((int64_t)s->running >= s->limits.total + job->is_admin)
		return "other jobs";
	return p != NULL && !sched_has_slot(s, p, job->is_admin) ? "the platform's other jobs" : "";
}

int64_t
sched_delay(const struct sched *s, int64_t now_ms)
{
	int64_t least = -1;

	for (const struct sched_node *n = s->front; n != NULL; n = n->next)
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
