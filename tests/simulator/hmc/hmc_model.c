/* SPDX-License-Identifier: ISC */
/* Systems, partitions, profiles, adapters: finding, making, removing them; what is free. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct cec *
cec_find(const struct hmc *h, const char *name)
{
	char mtms[40];

	LIST_EACH(struct cec, c, &h->cecs) {
		snprintf(mtms, sizeof(mtms), "%s*%s", c->type_model, c->serial);
		if (strcmp(c->name, name) == 0 || strcmp(mtms, name) == 0)
			return c;
	}
	return NULL;
}

bool
cec_operating(const struct cec *c)
{
	return strcmp(c->state, "Operating") == 0;
}

struct part *
part_by_id(const struct cec *c, int id)
{
	LIST_EACH(struct part, p, &c->parts)
		if (p->id == id)
			return p;
	return NULL;
}

struct part *
part_by_name(const struct cec *c, const char *name)
{
	LIST_EACH(struct part, p, &c->parts)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

struct profile *
profile_find(const struct part *p, const char *name)
{
	LIST_EACH(struct profile, f, &p->profiles)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

struct part *
part_add(struct hmc *h, struct cec *c, int id)
{
	struct part *p = list_new(&c->parts, sizeof(*p));

	p->id = id;
	p->ssh_port = -1;
	p->avail_priority = 127;
	str_set(p->keylock, sizeof(p->keylock), "norm");
	str_set(p->boot_mode, sizeof(p->boot_mode), "norm");
	str_set(p->rmc_state, sizeof(p->rmc_state), "inactive");
	str_set(p->os_version, sizeof(p->os_version), "Unknown");
	snprintf(p->mac_base, sizeof(p->mac_base), "%.6s%03llX", c->mac_prefix, (unsigned long long)++c->next_mac & 0xfff);
	hmc_new_uuid(h, p->uuid);
	hmc_changed(h);
	return p;
}

void
part_free(struct part *p)
{
	config_free(&p->curr);
	LIST_EACH(struct profile, f, &p->profiles)
		config_free(&f->c);
	list_free(&p->profiles);
	list_free(&p->refcodes);
	vnics_free(p);
	world_close(p->vios);
	p->vios = NULL;
}

void
part_delete(struct cec *c, struct part *p)
{
	part_free(p);
	list_remove(&c->parts, p);
}

int
part_free_id(const struct cec *c)
{
	for (int id = 1; id <= c->max_lpars; id++)
		if (part_by_id(c, id) == NULL)
			return id;
	return -1;
}

bool
part_active(const struct part *p)
{
	return p->state != LS_OFF && p->state != LS_MIGRATING_OFF;
}

bool
part_is_vios(const struct part *p)
{
	return strcmp(p->env, "vioserver") == 0;
}

bool
part_rmc(const struct part *p)
{
	return p->state == LS_RUNNING && strcmp(p->rmc_state, "active") == 0;
}

/* A partition that moves in from another system has its resources reserved there. */
bool
part_holds(const struct part *p)
{
	return part_active(p);
}

void
config_defaults(struct config *c, const struct cec *sys)
{
	memset(c, 0, sizeof(*c));
	str_set(c->mem_mode, sizeof(c->mem_mode), "ded");
	str_set(c->hpt_ratio, sizeof(c->hpt_ratio), sys->proc_power >= 8 ? "1:128" : "1:64");
	str_set(c->ppt_ratio, sizeof(c->ppt_ratio), "1:4096");
	str_set(c->io_entitled_mem, sizeof(c->io_entitled_mem), "auto");
	c->mem_weight = 128;
	c->uncap_weight = 128;
	str_set(c->affinity_group, sizeof(c->affinity_group), "none");
	str_set(c->work_group, sizeof(c->work_group), "none");
	c->max_slots = 10;
	str_set(c->boot_mode, sizeof(c->boot_mode), "norm");
	str_set(c->ctrl_ids, sizeof(c->ctrl_ids), "none");
	str_set(c->compat_mode, sizeof(c->compat_mode), "default");
	str_set(c->vsi_profiles, sizeof(c->vsi_profiles), "none");
	str_set(c->vnics, sizeof(c->vnics), "none");
	str_set(c->sriov_ports, sizeof(c->sriov_ports), "none");
	str_set(c->vtpm, sizeof(c->vtpm), "none");
	for (int slot = 0; slot < 2; slot++) {
		struct vadapter *a = adapter_add(c, VA_SERIAL, slot);

		a->server = a->supports_hmc = a->required = 1;
		a->remote_id = ANY_ID;
		a->remote_slot = ANY_SLOT;
	}
}

void
config_copy(struct config *to, const struct config *from)
{
	struct config old = *to;

	*to = *from;
	memset(&to->adapters, 0, sizeof(to->adapters));
	memset(&to->io_slots, 0, sizeof(to->io_slots));
	LIST_EACH(struct vadapter, a, &from->adapters)
		*(struct vadapter *)list_new(&to->adapters, sizeof(*a)) = *a;
	LIST_EACH(struct ioslot, s, &from->io_slots)
		*(struct ioslot *)list_new(&to->io_slots, sizeof(*s)) = *s;
	config_free(&old);
}

void
config_free(struct config *c)
{
	list_free(&c->adapters);
	list_free(&c->io_slots);
}

struct vadapter *
adapter_at(const struct config *c, int slot)
{
	LIST_EACH(struct vadapter, a, &c->adapters)
		if (a->slot == slot)
			return a;
	return NULL;
}

/* In the order of slots, as every listing shows them. */
struct vadapter *
adapter_add(struct config *c, enum adapter_kind kind, int slot)
{
	struct vadapter *a = list_new(&c->adapters, sizeof(*a));
	size_t i = c->adapters.n - 1;

	a->kind = kind;
	a->slot = slot;
	for (; i > 0 && ((struct vadapter *)c->adapters.item[i - 1])->slot > slot; i--)
		c->adapters.item[i] = c->adapters.item[i - 1];
	c->adapters.item[i] = a;
	return a;
}

/* Do the two ends mean each other?  The server may serve anybody. */
bool
adapter_matches(const struct vadapter *server, const struct vadapter *client, const struct part *srv,
    const struct part *clt)
{
	return server->kind == client->kind && server->server && !client->server &&
	    client->remote_id == srv->id && client->remote_slot == server->slot &&
	    (server->remote_id == ANY_ID || server->remote_id == clt->id) &&
	    (server->remote_slot == ANY_SLOT || server->remote_slot == client->slot);
}

int
config_units(const struct config *c)
{
	return strcmp(c->proc_mode, "ded") == 0 ? c->procs * 100 : c->units;
}

/* Partitions of the memory pool take the pool's memory, not the system's. */
int
cec_avail_mem(const struct cec *c)
{
	int mem = c->mem - c->fw_mem - c->mempool.mem;

	LIST_EACH(struct part, p, &c->parts)
		if (part_holds(p) && strcmp(p->curr.mem_mode, "shared") != 0)
			mem -= p->curr.mem;
	return mem;
}

int
cec_avail_units(const struct cec *c)
{
	int units = c->units;

	LIST_EACH(struct part, p, &c->parts)
		if (part_holds(p))
			units -= config_units(&p->curr);
	LIST_EACH(struct procpool, pool, &c->pools)
		units -= pool->reserved_units;
	return units;
}

struct procpool *
pool_by_id(const struct cec *c, int id)
{
	LIST_EACH(struct procpool, p, &c->pools)
		if (p->id == id)
			return p;
	return NULL;
}

struct procpool *
pool_by_name(const struct cec *c, const char *name)
{
	LIST_EACH(struct procpool, p, &c->pools)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

struct vswitch *
vswitch_find(const struct cec *c, const char *name)
{
	LIST_EACH(struct vswitch, v, &c->vswitches)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

void
part_macs(struct part *p)
{
	LIST_EACH(struct vadapter, a, &p->curr.adapters)
		if (a->kind == VA_ETH && a->mac[0] == '\0')
			snprintf(a->mac, sizeof(a->mac), "%.9s%03X", p->mac_base, (unsigned)a->slot & 0xfff);
}

/* World wide names go up by two: one pair for each adapter. */
void
cec_new_wwpns(struct cec *c, struct vadapter *a)
{
	unsigned sum = 0;

	for (const char *s = c->serial; *s != '\0'; s++)
		sum = sum * 31 + (unsigned char)*s;
	for (int i = 0; i < 2; i++)
		snprintf(i == 0 ? a->wwpn1 : a->wwpn2, sizeof(a->wwpn1), "c05076%04x%06llx", sum & 0xffff,
		    (unsigned long long)c->next_wwpn++ & 0xffffff);
}

void
hmc_new_uuid(struct hmc *h, char out[40])
{
	unsigned long long x = (unsigned long long)++h->uuids * 0x9e3779b97f4a7c15u;

	snprintf(out, 40, "%08llX-%04llX-4%03llX-8%03llX-%012llX", x & 0xffffffff, x >> 32 & 0xffff, x >> 48 & 0xfff,
	    x >> 20 & 0xfff, x * 2654435761u & 0xffffffffffff);
}

/* What the HMC adds to adapters that do not say it. */
void
config_complete(struct hmc *h, struct cec *c, struct config *cf)
{
	LIST_EACH(struct vadapter, a, &cf->adapters) {
		if (a->kind == VA_FC && !a->server && a->wwpn1[0] == '\0')
			cec_new_wwpns(c, a);
		if (a->kind != VA_ETH)
			continue;
		if (a->vswitch[0] == '\0')
			str_set(a->vswitch, sizeof(a->vswitch), "ETHERNET0");
		if (a->allowed_macs[0] == '\0')
			str_set(a->allowed_macs, sizeof(a->allowed_macs), "all");
		if (a->qos[0] == '\0')
			str_set(a->qos, sizeof(a->qos), "none");
	}
	hmc_changed(h);
}

void
config_take(struct hmc *h, struct cec *c, struct part *p, const struct profile *f)
{
	config_copy(&p->curr, &f->c);
	vnics_free(p);
	config_complete(h, c, &p->curr);
	part_macs(p);
	p->has_config = 1;
	str_set(p->curr_profile, sizeof(p->curr_profile), f->name);
	str_set(p->boot_mode, sizeof(p->boot_mode), f->c.boot_mode);
	if (p->curr.all_resources) {
		p->curr.min_mem = c->lmb;
		p->curr.mem = p->curr.max_mem = cec_avail_mem(c) / c->lmb * c->lmb;
		str_set(p->curr.proc_mode, sizeof(p->curr.proc_mode), "ded");
		str_set(p->curr.sharing_mode, sizeof(p->curr.sharing_mode), "keep_idle_procs");
		p->curr.min_procs = 1;
		p->curr.procs = p->curr.max_procs = cec_avail_units(c) / 100;
	}
}

/* The address that the slot has anyway is not written down. */
void
config_save(struct profile *f, const struct part *p)
{
	char own[16];

	config_copy(&f->c, &p->curr);
	LIST_EACH(struct vadapter, a, &f->c.adapters) {
		snprintf(own, sizeof(own), "%.9s%03X", p->mac_base, (unsigned)a->slot & 0xfff);
		if (a->kind == VA_ETH && strcmp(a->mac, own) == 0)
			a->mac[0] = '\0';
	}
}
