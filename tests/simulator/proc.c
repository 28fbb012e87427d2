/* SPDX-License-Identifier: ISC */
/*
 * The process table.  Nothing of the simulated VIOS is a process of this machine: a command
 * is a function that runs in a thread.  What `ps -ef` shows, `kill` stops and the end of the
 * simulator interrupts is the list kept here.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/proc.h"

#define PID_FIRST	3407958		/* AIX hands out large, uneven process ids */

struct cancel {
	pthread_mutex_t	lock;
	pthread_cond_t	changed;
	enum cancel_why	why;
	atomic_int	refs;
};

struct proc {
	struct proc	*next;
	struct proc_info info;
	struct cancel	*cancel;
};

struct procs {
	pthread_mutex_t	lock;
	struct proc    *head;
	int		next_pid;
	pthread_cond_t	idle;
	int		n_threads;
	struct thread  *ended;		/* to be joined */
};

struct thread {
	struct thread  *next;
	struct procs   *procs;
	pthread_t	id;
	void	      (*run)(void *arg);
	void	       *arg;
};

static void
cond_init_monotonic(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

static struct timespec
time_after(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

struct cancel *
cancel_new(void)
{
	struct cancel *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	cond_init_monotonic(&c->changed);
	atomic_init(&c->refs, 1);
	return c;
}

struct cancel *
cancel_ref(struct cancel *c)
{
	atomic_fetch_add(&c->refs, 1);
	return c;
}

void
cancel_unref(struct cancel *c)
{
	if (c == NULL || atomic_fetch_sub(&c->refs, 1) != 1)
		return;
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void
cancel_set(struct cancel *c, enum cancel_why why)
{
	pthread_mutex_lock(&c->lock);
	if (why > c->why)
		c->why = why;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void
cancel_clear_int(struct cancel *c)
{
	pthread_mutex_lock(&c->lock);
	if (c->why == CANCEL_INT)
		c->why = CANCEL_NONE;
	pthread_mutex_unlock(&c->lock);
}

enum cancel_why
cancel_state(struct cancel *c)
{
	enum cancel_why why;

	pthread_mutex_lock(&c->lock);
	why = c->why;
	pthread_mutex_unlock(&c->lock);
	return why;
}

int
cancel_wait_ms(struct cancel *c, long ms)
{
	struct timespec until = time_after(ms > 0 ? ms : 0);
	int rv = 0;

	pthread_mutex_lock(&c->lock);
	while (c->why == CANCEL_NONE && rv == 0 && ms != 0) {
		if (ms < 0)
			pthread_cond_wait(&c->changed, &c->lock);
		else
			rv = pthread_cond_timedwait(&c->changed, &c->lock, &until);
	}
	rv = c->why != CANCEL_NONE ? -1 : 0;
	pthread_mutex_unlock(&c->lock);
	return rv;
}

struct procs *
procs_new(void)
{
	struct procs *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	cond_init_monotonic(&p->idle);
	p->next_pid = PID_FIRST;
	return p;
}

void
procs_free(struct procs *p)
{
	if (p == NULL)
		return;
	while (p->head != NULL)
		procs_remove(p, p->head->info.pid);
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* A thread has ended only when what libraries keep for it is gone, too: that is what joining waits for. */
static void
join_ended(struct procs *p)
{
	struct thread *t, *next;

	pthread_mutex_lock(&p->lock);
	t = p->ended;
	p->ended = NULL;
	pthread_mutex_unlock(&p->lock);
	for (; t != NULL; t = next) {
		next = t->next;
		pthread_join(t->id, NULL);
		free(t);
	}
}

static void *
thread_main(void *arg)
{
	struct thread *t = arg;
	struct procs *p = t->procs;

	t->run(t->arg);
	pthread_mutex_lock(&p->lock);
	t->next = p->ended;
	p->ended = t;
	if (--p->n_threads == 0)
		pthread_cond_broadcast(&p->idle);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

int
procs_thread(struct procs *p, size_t stack, void (*run)(void *arg), void *arg)
{
	struct thread *t = calloc(1, sizeof(*t));
	pthread_attr_t attr;
	int rv;

	join_ended(p);
	if (t == NULL)
		return -1;
	t->procs = p;
	t->run = run;
	t->arg = arg;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, stack);
	pthread_mutex_lock(&p->lock);	/* until the id is known, the thread cannot be joined */
	rv = pthread_create(&t->id, &attr, thread_main, t);
	if (rv == 0)
		p->n_threads++;
	pthread_mutex_unlock(&p->lock);
	pthread_attr_destroy(&attr);
	if (rv != 0)
		free(t);
	return rv == 0 ? 0 : -1;
}

int
procs_wait_idle(struct procs *p, long ms)
{
	struct timespec until = time_after(ms);
	int rv = 0;

	pthread_mutex_lock(&p->lock);
	while (p->n_threads > 0 && rv == 0)
		rv = pthread_cond_timedwait(&p->idle, &p->lock, &until);
	rv = p->n_threads > 0 ? -1 : 0;
	pthread_mutex_unlock(&p->lock);
	join_ended(p);
	return rv;
}

int
procs_add(struct procs *p, int ppid, const char *user, const char *tty, const char *cmd,
    struct cancel *c)
{
	struct proc *e = calloc(1, sizeof(*e));
	int pid;

	if (e == NULL)
		return -1;
	snprintf(e->info.user, sizeof(e->info.user), "%s", user);
	snprintf(e->info.tty, sizeof(e->info.tty), "%s", tty);
	snprintf(e->info.cmd, sizeof(e->info.cmd), "%s", cmd);
	e->info.ppid = ppid;
	e->info.started = time(NULL);
	e->cancel = cancel_ref(c);
	pthread_mutex_lock(&p->lock);
	pid = e->info.pid = p->next_pid;
	p->next_pid = p->next_pid > 60000000 ? PID_FIRST : p->next_pid + 2;
	e->next = p->head;
	p->head = e;
	pthread_mutex_unlock(&p->lock);
	return pid;
}

void
procs_remove(struct procs *p, int pid)
{
	struct proc **pp, *e = NULL;

	pthread_mutex_lock(&p->lock);
	for (pp = &p->head; *pp != NULL; pp = &(*pp)->next) {
		if ((*pp)->info.pid == pid) {
			e = *pp;
			*pp = e->next;
			break;
		}
	}
	pthread_mutex_unlock(&p->lock);
	if (e != NULL) {
		cancel_unref(e->cancel);
		free(e);
	}
}

int
procs_kill(struct procs *p, int pid, const char *user)
{
	struct proc *e;
	int rv = -1;

	pthread_mutex_lock(&p->lock);
	for (e = p->head; e != NULL; e = e->next) {
		if ((pid != 0 && e->info.pid != pid) || (user != NULL && strcmp(e->info.user, user) != 0))
			continue;
		cancel_set(e->cancel, CANCEL_KILL);
		rv = 0;
	}
	pthread_mutex_unlock(&p->lock);
	return rv;
}

void
procs_kill_all(struct procs *p)
{
	(void)procs_kill(p, 0, NULL);
}

struct proc_info *
procs_list(struct procs *p, size_t *n)
{
	struct proc_info *list;
	struct proc *e;
	size_t i = 0;

	pthread_mutex_lock(&p->lock);
	for (e = p->head; e != NULL; e = e->next)
		i++;
	*n = i;
	list = calloc(i + 1, sizeof(*list));
	if (list == NULL)
		*n = i = 0;
	for (e = p->head; e != NULL && i > 0; e = e->next)
		list[--i] = e->info;
	pthread_mutex_unlock(&p->lock);
	return list;
}
