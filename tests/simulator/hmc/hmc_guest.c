/* SPDX-License-Identifier: ISC */
/*
 * What time does to partitions and systems below an HMC: one planned event each, as in
 * ../guest.c.  A client looks for its system on the devices behind its virtual SCSI
 * adapters, by slot and then by LUN; a path whose VIOS does not run is passed over.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "tests/simulator/guest.h"

#define OS_BOOT_S 30
#define RMC_S	  15
#define AGENT_S	  10
#define OS_STOP_S 12
#define VIOS_UP_S 60
#define REFCODES  32 /* remembered per partition */

struct found { /* a system on a device */
	struct world *w;
	struct vhost *h;
	struct vtd *v;
	const struct image *img;
};

static void
plan(struct hmc *h, struct clockwork *t, int event, double seconds)
{
	t->event = (enum lpar_event)event;
	t->due_ms = hmc_now(h) + (h->speed <= 0 ? 0 : (int64_t)(seconds * 1000 / h->speed));
	hmc_changed(h);
}

void
part_plan(struct hmc *h, struct part *p, int event, double seconds)
{
	plan(h, &p->t, event, seconds);
}

void
part_refcode(struct hmc *h, struct part *p, const char *code)
{
	struct refcode *r = list_new(&p->refcodes, sizeof(*r));

	str_set(r->code, sizeof(r->code), code);
	r->at_ms = p->t.refcode_ms = hmc_now(h);
	if (p->refcodes.n > REFCODES)
		list_remove(&p->refcodes, p->refcodes.item[0]);
	hmc_changed(h);
}

static struct vtd *
vtd_by_lun(const struct vhost *h, int after)
{
	struct vtd *best = NULL;

	LIST_EACH(struct vtd, v, &h->vtds)
		if (v->lun > after && (best == NULL || v->lun < best->lun))
			best = v;
	return best;
}

/* The VIOS' side of a client adapter; NULL: no such path now. */
static struct vhost *
path_of(const struct cec *c, const struct part *p, const struct vadapter *a, struct world **w)
{
	const struct part *vios = a->kind == VA_SCSI && !a->server ? part_by_id(c, a->remote_id) : NULL;
	const struct vadapter *srv = vios == NULL ? NULL : adapter_at(&vios->curr, a->remote_slot);

	if (srv == NULL || vios->vios == NULL || vios->state != LS_RUNNING || !adapter_matches(srv, a, vios, p))
		return NULL;
	*w = vios->vios;
	LIST_EACH(struct vhost, h, &vios->vios->vhosts)
		if (h->slot == srv->slot)
			return h;
	return NULL;
}

/* true: the search is over, with or without a system. */
static bool
search_path(struct found *f)
{
	int lun = 0;

	while ((f->v = vtd_by_lun(f->h, lun)) != NULL) {
		bool damaged;

		f->img = guest_image_on(f->w, f->v, &damaged);
		if (f->img != NULL || damaged)
			return true;
		lun = f->v->lun;
	}
	return false;
}

static const struct image *
find_system(const struct cec *c, const struct part *p, struct found *f)
{
	memset(f, 0, sizeof(*f));
	LIST_EACH(struct vadapter, a, &p->curr.adapters) {
		f->h = path_of(c, p, a, &f->w);
		if (f->h != NULL && search_path(f))
			return f->img;
	}
	return NULL;
}

static void
vios_up(struct hmc *h, struct cec *c, struct part *p)
{
	p->state = LS_RUNNING;
	p->t.event = EV_NONE;
	str_set(p->rmc_state, sizeof(p->rmc_state), "active");
	vios_tell(h, c, p);
	if (p->vios != NULL)
		adapters_configure(p->vios);
	part_refcode(h, p, "");
}

static void
firmware_done(struct hmc *h, struct cec *c, struct part *p)
{
	struct found f;
	const struct image *img = NULL;

	p->t.event = EV_NONE;
	if (part_is_vios(p)) {
		vios_up(h, c, p);
		return;
	}
	if (strcmp(p->boot_mode, "sms") != 0 && strcmp(p->boot_mode, "of") != 0)
		img = find_system(c, p, &f);
	if (img == NULL) {
		p->state = LS_FIRMWARE;
		part_refcode(h, p, "AA00E1A9");
		return;
	}
	p->state = LS_RUNNING;
	str_set(p->image, sizeof(p->image), img->id);
	part_refcode(h, p, "CA00E14D");
	if (strcmp(f.v->kind, "optical") == 0)
		f.v->held = 1;
	part_plan(h, p, EV_OS_UP, OS_BOOT_S);
}

static bool
run_agent(const struct part *p, const struct found *f)
{
	struct text own = { 0 };
	bool taken;

	LIST_EACH(struct vadapter, a, &p->curr.adapters)
		if (a->kind == VA_ETH)
			text_printf(&own, "%s ", a->mac);
	taken = guest_agent_run(f->w, f->h, text_str(&own), f->v);
	text_free(&own);
	return taken;
}

static void
take_address(struct part *p, const struct found *f)
{
	struct guest_config c;

	str_set(p->rmc_ipaddr, sizeof(p->rmc_ipaddr), f->img->address);
	p->hostname[0] = '\0';
	if (strcmp(f->img->agent, "none") == 0 || !guest_record_read(f->w, f->v, &c))
		return;
	str_set(p->rmc_ipaddr, sizeof(p->rmc_ipaddr), c.ipaddress);
	str_set(p->hostname, sizeof(p->hostname), c.hostname);
}

static void
os_up(struct hmc *h, struct cec *c, struct part *p)
{
	struct found f;

	p->t.event = EV_NONE;
	if (find_system(c, p, &f) == NULL)
		return; /* its disk was taken away meanwhile */
	str_set(p->os_version, sizeof(p->os_version), f.img->os_version);
	part_refcode(h, p, strcmp(f.img->os, "linux") == 0 ? "Linux ppc64le" : "");
	if (strcmp(f.img->agent, "none") != 0 && run_agent(p, &f)) {
		part_plan(h, p, EV_AGENT, AGENT_S);
		if (h->speed <= 0)
			p->t.due_ms = INT64_MAX; /* until hmc_looked() */
		return;
	}
	take_address(p, &f);
	part_plan(h, p, EV_RMC_UP, RMC_S);
}

static bool
has_network(const struct part *p)
{
	LIST_EACH(struct vadapter, a, &p->curr.adapters)
		if (a->kind == VA_ETH)
			return true;
	return false;
}

static void
media_released(const struct cec *c, const struct part *p)
{
	struct world *w = NULL;

	LIST_EACH(struct vadapter, a, &p->curr.adapters) {
		struct vhost *h = path_of(c, p, a, &w);

		if (h != NULL)
			LIST_EACH(struct vtd, v, &h->vtds)
				v->held = 0;
	}
}

static void
guest_gone(const struct cec *c, struct part *p)
{
	if (!part_is_vios(p))
		p->image[0] = p->rmc_ipaddr[0] = p->hostname[0] = '\0';
	str_set(p->rmc_state, sizeof(p->rmc_state), "inactive");
	media_released(c, p);
}

static void
powered_off(struct hmc *h, struct cec *c, struct part *p)
{
	guest_gone(c, p);
	p->t.event = EV_NONE;
	p->state = LS_OFF;
	p->t.active_ms = 0;
	part_refcode(h, p, "");
}

static void
restarted(struct hmc *h, struct cec *c, struct part *p)
{
	guest_gone(c, p);
	p->state = LS_STARTING;
	p->t.active_ms = hmc_now(h);
	part_plan(h, p, EV_FIRMWARE, part_is_vios(p) ? VIOS_UP_S : 8);
}

static void
happen(struct hmc *h, struct cec *c, struct part *p)
{
	hmc_changed(h);
	switch (p->t.event) {
	case EV_FIRMWARE:
		firmware_done(h, c, p);
		break;
	case EV_OS_UP:
		os_up(h, c, p);
		break;
	case EV_RMC_UP:
		p->t.event = EV_NONE;
		if (p->rmc_ipaddr[0] != '\0' && has_network(p))
			str_set(p->rmc_state, sizeof(p->rmc_state), "active");
		break;
	case EV_AGENT:
		p->state = LS_STOPPING;
		part_plan(h, p, EV_OFF, OS_STOP_S);
		break;
	case EV_OFF:
		powered_off(h, c, p);
		break;
	case EV_RESTART:
		restarted(h, c, p);
		break;
	case EV_NONE:
		break;
	}
	vios_tell_all(h, c);
}

/* A system that is switched on or off. */
static void
system_happen(struct hmc *h, struct cec *c)
{
	enum lpar_event event = c->t.event;

	c->t.event = EV_NONE;
	hmc_changed(h);
	str_set(c->state, sizeof(c->state), event == EV_OFF ? "Power Off" : event == EV_FIRMWARE ? "Standby" : "Operating");
	if (event != EV_OFF && event != EV_RESTART)
		return;
	LIST_EACH(struct part, p, &c->parts)
		if (part_active(p))
			powered_off(h, c, p);
	vios_tell_all(h, c);
}

void
hmc_looked(struct hmc *h, struct cec *c)
{
	LIST_EACH(struct part, p, &c->parts)
		if (h->speed <= 0 && p->t.event == EV_AGENT)
			p->t.due_ms = 0;
}

static void
part_tick(struct hmc *h, struct cec *c, struct part *p, int64_t now)
{
	for (int i = 0; i < 16 && p->t.event != EV_NONE &&
	    (h->speed <= 0 ? p->t.due_ms != INT64_MAX : p->t.due_ms <= now); i++) {
		int64_t late = now - p->t.due_ms;

		happen(h, c, p);
		if (h->speed > 0 && p->t.event != EV_NONE)
			p->t.due_ms -= late; /* the simulator slept, the machine did not */
	}
}

int64_t
hmc_tick(struct hmc *h)
{
	int64_t now = hmc_now(h), next = INT64_MAX;

	LIST_EACH(struct cec, c, &h->cecs) {
		if (c->t.event != EV_NONE && (h->speed <= 0 || c->t.due_ms <= now))
			system_happen(h, c);
		if (c->t.event != EV_NONE && c->t.due_ms < next)
			next = c->t.due_ms;
		LIST_EACH(struct part, p, &c->parts) {
			part_tick(h, c, p, now);
			if (p->t.event != EV_NONE && p->t.due_ms < next)
				next = p->t.due_ms;
		}
	}
	return next;
}
