/* SPDX-License-Identifier: ISC */
/*
 * What time does to a partition: one planned event each, carried out when it is due.
 *
 *	on -> FIRMWARE -> OS_UP -> RMC_UP		runs
 *			  OS_UP -> AGENT -> OFF		configured itself, stops
 *	shutdown -> OFF | RESTART -> FIRMWARE
 *
 * Firmware takes the devices by LUN.  An empty disk and a medium without a system are
 * passed over; a damaged system ends the search (its boot block is there, the rest is not).
 */
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "model.h"

#define OS_BOOT_S 30
#define RMC_S	  15
#define AGENT_S	  10
#define OS_STOP_S 12

void
guest_plan(struct world *w, struct lpar *l, int event, double seconds)
{
	l->t.event = (enum lpar_event)event;
	l->t.due_ms = world_now(w) + world_span(w, seconds);
	world_changed(w);
}

static void
show_refcode(struct world *w, struct lpar *l, const char *code)
{
	str_set(l->refcode, sizeof(l->refcode), code);
	l->t.refcode_ms = world_now(w);
}

/* The n-th device by LUN; NULL behind the last. */
static struct vtd *
vtd_by_lun(const struct vhost *h, int after)
{
	struct vtd *best = NULL;

	LIST_EACH(struct vtd, v, &h->vtds)
		if (v->lun > after && (best == NULL || v->lun < best->lun))
			best = v;
	return best;
}

static const struct image *
find_system(const struct world *w, const struct lpar *l, struct vtd **from)
{
	struct vhost *h = vhost_of(w, l->id);
	int lun = 0;

	*from = NULL;
	while (h != NULL && (*from = vtd_by_lun(h, lun)) != NULL) {
		bool damaged;
		const struct image *img = guest_image_on(w, *from, &damaged);

		if (img != NULL || damaged)
			return img;
		lun = (*from)->lun;
	}
	return NULL;
}

static const struct image *
image_by_id(const struct world *w, const char *id)
{
	LIST_EACH(struct image, img, &w->images)
		if (strcmp(img->id, id) == 0)
			return img;
	return NULL;
}

static void
firmware_done(struct world *w, struct lpar *l)
{
	const struct image *img = NULL;
	struct vtd *from = NULL;

	l->t.event = EV_NONE;
	if (strcmp(l->boot_mode, "sms") != 0 && strcmp(l->boot_mode, "of") != 0)
		img = find_system(w, l, &from);
	if (img == NULL) {
		l->state = LS_FIRMWARE;
		show_refcode(w, l, "AA00E1A9");
		return;
	}
	l->state = LS_RUNNING;
	str_set(l->image, sizeof(l->image), img->id);
	show_refcode(w, l, "CA00E14D");
	if (strcmp(from->kind, "optical") == 0)
		from->held = 1;
	guest_plan(w, l, EV_OS_UP, OS_BOOT_S);
}

/* The address it will answer at: the agent's record, or what the image came with. */
static void
take_address(const struct world *w, struct lpar *l, const struct image *img, const struct vtd *disk)
{
	struct guest_config c;

	str_set(l->rmc_ipaddr, sizeof(l->rmc_ipaddr), img->address);
	l->hostname[0] = '\0';
	if (strcmp(img->agent, "none") == 0 || !guest_record_read(w, disk, &c))
		return;
	str_set(l->rmc_ipaddr, sizeof(l->rmc_ipaddr), c.ipaddress);
	str_set(l->hostname, sizeof(l->hostname), c.hostname);
}

static bool
run_agent(struct world *w, struct lpar *l, const struct vtd *disk)
{
	struct text own = { 0 };
	char mac[16];
	bool taken;

	LIST_EACH(struct veth, e, &l->veths) {
		veth_mac(l, e->slot, mac);
		text_printf(&own, "%s ", mac);
	}
	taken = guest_agent_run(w, vhost_of(w, l->id), text_str(&own), disk);
	text_free(&own);
	return taken;
}

static void
os_up(struct world *w, struct lpar *l)
{
	const struct image *img = image_by_id(w, l->image);
	struct vtd *from;

	l->t.event = EV_NONE;
	if (img == NULL || find_system(w, l, &from) == NULL)
		return; /* its disk was taken away meanwhile */
	str_set(l->os_version, sizeof(l->os_version), img->os_version);
	show_refcode(w, l, strcmp(img->os, "linux") == 0 ? "Linux ppc64" : "");
	if (strcmp(img->agent, "none") != 0 && run_agent(w, l, from)) {
		guest_plan(w, l, EV_AGENT, AGENT_S);
		if (w->speed <= 0)
			l->t.due_ms = INT64_MAX; /* until guest_looked() */
		return;
	}
	take_address(w, l, img, from);
	guest_plan(w, l, EV_RMC_UP, RMC_S);
}

static void
rmc_up(struct lpar *l)
{
	l->t.event = EV_NONE;
	if (l->rmc_ipaddr[0] != '\0' && l->veths.n > 0)
		str_set(l->rmc_state, sizeof(l->rmc_state), "active");
}

static void
guest_gone(struct world *w, struct lpar *l)
{
	struct vhost *h = vhost_of(w, l->id);

	l->image[0] = l->rmc_ipaddr[0] = l->hostname[0] = l->refcode[0] = '\0';
	if (strcmp(l->rmc_state, "active") == 0)
		str_set(l->rmc_state, sizeof(l->rmc_state), "inactive");
	if (h == NULL)
		return;
	LIST_EACH(struct vtd, v, &h->vtds)
		v->held = 0;
}

static void
powered_off(struct world *w, struct lpar *l)
{
	l->t.event = EV_NONE;
	l->state = LS_OFF;
	l->t.active_ms = 0;
	guest_gone(w, l);
}

static void
restarted(struct world *w, struct lpar *l)
{
	guest_gone(w, l);
	l->state = l->id == w->sys.vios_id ? LS_RUNNING : LS_STARTING;
	l->t.event = EV_NONE;
	l->t.active_ms = world_now(w);
	if (l->id == w->sys.vios_id)
		str_set(l->rmc_state, sizeof(l->rmc_state), "active");
	else
		guest_plan(w, l, EV_FIRMWARE, 8);
}

static void
happen(struct world *w, struct lpar *l)
{
	world_changed(w);
	switch (l->t.event) {
	case EV_FIRMWARE:
		firmware_done(w, l);
		break;
	case EV_OS_UP:
		os_up(w, l);
		break;
	case EV_RMC_UP:
		rmc_up(l);
		break;
	case EV_AGENT:
		l->state = LS_STOPPING;
		guest_plan(w, l, EV_OFF, OS_STOP_S);
		break;
	case EV_OFF:
		powered_off(w, l);
		break;
	case EV_RESTART:
		restarted(w, l);
		break;
	case EV_NONE:
		break;
	}
}

void
guest_looked(struct world *w)
{
	LIST_EACH(struct lpar, l, &w->lpars)
		if (w->speed <= 0 && l->t.event == EV_AGENT)
			l->t.due_ms = 0;
}

int64_t
guest_tick(struct world *w)
{
	int64_t now = world_now(w), next = INT64_MAX;

	if (w->host != NULL)
		return w->host->tick(w->host->arg);

	LIST_EACH(struct lpar, l, &w->lpars) {
		for (int i = 0; i < 16 && l->t.event != EV_NONE &&
		    (w->speed <= 0 ? l->t.due_ms != INT64_MAX : l->t.due_ms <= now); i++) {
			int64_t late = now - l->t.due_ms;

			happen(w, l);
			if (w->speed > 0 && l->t.event != EV_NONE)
				l->t.due_ms -= late; /* the simulator slept, the machine did not */
		}
		if (l->t.event != EV_NONE && l->t.due_ms < next)
			next = l->t.due_ms;
	}
	return next;
}
