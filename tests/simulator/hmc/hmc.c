/* SPDX-License-Identifier: ISC */
/* Life of a simulated HMC: open, close, lock, clock, timer.  As ../world.c does for one machine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"
#include "tests/simulator/machine.h"

int64_t
hmc_now(const struct hmc *h)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + h->skip_ms;
}

void
hmc_changed(struct hmc *h)
{
	h->dirty = true;
}

void
hmc_lock(struct hmc *h)
{
	pthread_mutex_lock(&h->lock);
}

void
hmc_unlock(struct hmc *h)
{
	pthread_mutex_unlock(&h->lock);
}

static void *
timer_main(void *arg)
{
	struct hmc *h = arg;

	hmc_lock(h);
	while (!h->stopping) {
		int64_t due = hmc_tick(h);

		hmc_save(h);
		machine_sleep(&h->wake, &h->lock, due, h->skip_ms);
	}
	hmc_unlock(h);
	return NULL;
}

static int
hmc_fill(struct hmc *h, const char *world_file, char *err, size_t errlen)
{
	char *state = machine_read(h->file);
	int rv;

	if (state != NULL) {
		rv = hmc_restore(h, state, err, errlen);
		free(state);
		return rv;
	}
	if (world_file == NULL) {
		snprintf(err, errlen, "no state in %s and no description of a world", h->state_dir);
		return -1;
	}
	return hmc_birth(h, world_file, err, errlen);
}

/* What the worlds below do through their host; the lock is held. */
static int64_t
host_tick(void *arg)
{
	return hmc_tick(arg);
}

static void
host_save(void *arg)
{
	hmc_changed(arg);
	hmc_save(arg);
}

static void
host_vios_stop(void *arg, struct world *w, bool restart)
{
	struct hmc *h = arg;

	LIST_EACH(struct cec, c, &h->cecs)
		LIST_EACH(struct part, p, &c->parts)
			if (p->vios == w) {
				p->state = LS_STOPPING;
				part_plan(h, p, restart ? EV_RESTART : EV_OFF, 20);
			}
}

struct hmc *
hmc_open(const char *world_file, const char *state_dir, double speed, char *err, size_t errlen)
{
	struct hmc *h = xcalloc(1, sizeof(*h));

	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->wake, NULL);
	h->speed = speed;
	h->host = (struct world_host){ &h->lock, host_tick, host_save, host_vios_stop, h };
	snprintf(h->file, sizeof(h->file), "%s/world.json", state_dir);
	if (!str_set(h->state_dir, sizeof(h->state_dir), state_dir)) {
		snprintf(err, errlen, "state directory: name too long");
		goto fail;
	}
	if (hmc_fill(h, world_file, err, errlen) == -1)
		goto fail;
	hmc_lock(h);
	h->born = true;
	hmc_changed(h);
	hmc_save(h);
	hmc_unlock(h);
	if (pthread_create(&h->timer, NULL, timer_main, h) != 0) {
		snprintf(err, errlen, "cannot start the timer");
		goto fail;
	}
	h->timer_runs = true;
	return h;
fail:
	hmc_close(h);
	return NULL;
}

static void
cec_free(struct cec *c)
{
	LIST_EACH(struct part, p, &c->parts)
		part_free(p);
	list_free(&c->parts);
	list_free(&c->pools);
	list_free(&c->vswitches);
	list_free(&c->vnetworks);
	list_free(&c->slots);
	list_free(&c->mempool.devices);
}

void
hmc_close(struct hmc *h)
{
	if (h == NULL)
		return;
	if (h->timer_runs) {
		hmc_lock(h);
		h->stopping = true;
		pthread_cond_signal(&h->wake);
		hmc_unlock(h);
		pthread_join(h->timer, NULL);
		hmc_save(h);
	}
	LIST_EACH(struct cec, c, &h->cecs)
		cec_free(c);
	list_free(&h->cecs);
	list_free(&h->events);
	list_free(&h->problems);
	list_free(&h->users);
	pthread_cond_destroy(&h->wake);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

void
hmc_advance(struct hmc *h, int64_t ms)
{
	hmc_lock(h);
	h->skip_ms += ms;
	(void)hmc_tick(h);
	hmc_save(h);
	hmc_unlock(h);
}
