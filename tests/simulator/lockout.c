/* SPDX-License-Identifier: ISC */
/* Accounts that are locked after wrong passwords.  See lockout.h. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/lockout.h"

#define TRIES	   3
#define LOCKED_MS  300000
#define USERS_MAX  32	/* the oldest makes room */

struct account {
	char	user[64];
	int	failed;
	int64_t last_ms;
};

struct lockout {
	pthread_mutex_t lock;
	int64_t		locked_ms;
	struct account	account[USERS_MAX];
	size_t		n, next;
};

struct lockout *
lockout_new(double speed)
{
	struct lockout *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	(void)pthread_mutex_init(&l->lock, NULL);
	l->locked_ms = speed > 0 ? (int64_t)(LOCKED_MS / speed) : 0;
	return l;
}

void
lockout_free(struct lockout *l)
{
	if (l == NULL)
		return;
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The lock is held. */
static struct account *
find(struct lockout *l, const char *user)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->account[i].user, user) == 0)
			return &l->account[i];
	return NULL;
}

static struct account *
add(struct lockout *l, const char *user)
{
	struct account *a = &l->account[l->next];

	l->next = (l->next + 1) % USERS_MAX;
	l->n = l->n < USERS_MAX ? l->n + 1 : l->n;
	*a = (struct account){ .failed = 0 };
	snprintf(a->user, sizeof(a->user), "%s", user);
	return a;
}

bool
lockout_refuses(struct lockout *l, const char *user, char *text, size_t size)
{
	struct account *a;
	bool locked;

	if (l == NULL)
		return false;
	pthread_mutex_lock(&l->lock);
	a = find(l, user);
	if (a != NULL && a->failed >= TRIES && now_ms() - a->last_ms >= l->locked_ms)
		a->failed = 0;
	locked = a != NULL && a->failed >= TRIES;
	if (locked) {
		a->last_ms = now_ms();
		snprintf(text, size, "The account is locked due to %d failed logins.\n(%d minutes left to unlock)\n", TRIES,
		    LOCKED_MS / 60000);
	}
	pthread_mutex_unlock(&l->lock);
	return locked;
}

void
lockout_note(struct lockout *l, const char *user, bool right)
{
	struct account *a;

	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	a = find(l, user);
	if (a == NULL && !right)
		a = add(l, user);
	if (a != NULL) {
		a->failed = right ? 0 : a->failed + 1;
		a->last_ms = now_ms();
	}
	pthread_mutex_unlock(&l->lock);
}
