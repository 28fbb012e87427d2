/* SPDX-License-Identifier: ISC */
/*
 * Life of the simulated machine: open, close, lock, clock, and the timer thread which
 * makes things happen (a partition comes up, a guest stops itself) when nobody asks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "machine.h"
#include "model.h"

int64_t
world_now(const struct world *w)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + w->skip_ms;
}

int64_t
world_span(const struct world *w, double seconds)
{
	return w->speed <= 0 ? 0 : (int64_t)(seconds * 1000 / w->speed);
}

void
world_changed(struct world *w)
{
	w->dirty = true;
}

void
world_path(const struct world *w, const char *path, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s", w->fs, path[0] == '/' ? "" : "/", path);
}

int
world_mkdirs(const char *path)
{
	char dir[8192];

	if (!str_set(dir, sizeof(dir), path))
		return -1;
	for (char *p = dir + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(dir, 0755) == -1 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return 0;
}

/* Sleeps until the next event is due or somebody changed something. */
static void *
timer_main(void *arg)
{
	struct world *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t due = guest_tick(w);

		world_save(w);
		machine_sleep(&w->wake, &w->lock, due, w->skip_ms);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static int
world_fill(struct world *w, const char *world_file, char *err, size_t errlen)
{
	char *state = machine_read(w->file);
	int rv;

	if (state != NULL) {
		rv = world_restore(w, state, err, errlen);
		free(state);
		return rv;
	}
	if (world_file == NULL) {
		snprintf(err, errlen, "no state in %s and no description of a world", w->state_dir);
		return -1;
	}
	return world_birth(w, world_file, err, errlen);
}

struct world *
world_open(const char *world_file, const char *state_dir, double speed, char *err, size_t errlen)
{
	struct world *w = xcalloc(1, sizeof(*w));
	char path[sizeof(w->fs) + 16];

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->speed = speed;
	w->sys.vios_id = VIOS_ID;
	if (!str_set(w->state_dir, sizeof(w->state_dir), state_dir)) {
		snprintf(err, errlen, "state directory: name too long");
		goto fail;
	}
	snprintf(w->fs, sizeof(w->fs), "%s/fs", w->state_dir);
	snprintf(w->file, sizeof(w->file), "%s/world.json", w->state_dir);
	snprintf(path, sizeof(path), "%s/home/padmin/", w->fs);
	if (world_mkdirs(path) == -1) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		goto fail;
	}
	if (world_fill(w, world_file, err, errlen) == -1)
		goto fail;
	world_changed(w);
	world_save(w);
	if (pthread_create(&w->timer, NULL, timer_main, w) != 0) {
		snprintf(err, errlen, "cannot start the timer");
		goto fail;
	}
	w->timer_runs = true;
	return w;
fail:
	world_close(w);
	return NULL;
}

struct world *
world_new(const struct world_host *host, const char *fs, double speed)
{
	struct world *w = xcalloc(1, sizeof(*w));
	char path[sizeof(w->fs) + 16];

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->host = host;
	w->speed = speed;
	w->sys.vios_id = VIOS_ID;
	str_set(w->fs, sizeof(w->fs), fs);
	snprintf(path, sizeof(path), "%s/home/padmin/", w->fs);
	if (world_mkdirs(path) == 0)
		return w;
	world_close(w);
	return NULL;
}

static void
world_free(struct world *w)
{
	struct list *plain[] = { &w->pvs, &w->vgs, &w->fpools, &w->fbds, &w->netdevs, &w->netifs,
		&w->attrs, &w->images, &w->adapters };

	LIST_EACH(struct lpar, l, &w->lpars) {
		list_free(&l->veths);
		list_free(&l->vfcs);
	}
	LIST_EACH(struct vhost, h, &w->vhosts)
		list_free(&h->vtds);
	LIST_EACH(struct lv, v, &w->lvs)
		list_free(&v->extents);
	list_free(&w->lpars);
	list_free(&w->vhosts);
	list_free(&w->lvs);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		list_free(plain[i]);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void
world_close(struct world *w)
{
	if (w == NULL)
		return;
	if (w->timer_runs) {
		pthread_mutex_lock(&w->lock);
		w->stopping = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->timer, NULL);
		world_save(w);
	}
	world_free(w);
}

const char *
world_fs_root(const struct world *w)
{
	return w->fs;
}

void
world_without_ivm(struct world *w)
{
	world_lock(w);
	w->sys.no_ivm = 1;
	world_unlock(w);
}

void
world_lock(struct world *w)
{
	pthread_mutex_lock(w->host != NULL ? w->host->lock : &w->lock);
}

void
world_unlock(struct world *w)
{
	pthread_mutex_unlock(w->host != NULL ? w->host->lock : &w->lock);
}

void
world_advance(struct world *w, int64_t ms)
{
	world_lock(w);
	w->skip_ms += ms;
	(void)guest_tick(w);
	world_save(w);
	world_unlock(w);
}
