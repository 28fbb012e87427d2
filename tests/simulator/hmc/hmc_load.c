/* SPDX-License-Identifier: ISC */
/*
 * A new HMC from its description: JSON with // comments as ../world_load.c reads it.
 *
 *	hmc		name domain address type_model serial version release service_pack
 *			build fix
 *	systems		[ name type_model serial address processors memory mem_region_size
 *			firmware_memory max_lpars power compat_modes mac_prefix
 *			capable [ lpm, lpm_inactive, ame, ams, npiv, vswitches, suspend,
 *				remote_restart, dpo, sriov ]
 *			slots [ drc bus phys_loc unit description features vendor device class lpar_id
 *				sriov_adapter ]
 *			vioses [ as "vios" there, and: id name profile dedicated fs ssh_port msp
 *				trunks [ slot pvid priority vlans ]
 *				physical_volumes volume_groups network images commands ] ]
 *	commands	[ [ word... ]... ] the HMC's own, run at the end
 *
 * A physical volume with "san": NAME is one disk of the storage network: every volume of
 * that name, on whichever VIOS, has the same identity and the same bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "model.h"
#include "tests/simulator/console.h"
#include "tests/simulator/description.h"
#include "tests/simulator/guest.h"
#include "tests/simulator/storage.h"

struct lun { /* the first path that was seen of a disk of the storage network */
	char name[NAME_SIZE];
	const struct pv *pv;
	char file[8192];
};

struct birth {
	struct hmc *h;
	struct list luns;
	char *err;
	size_t errlen;
};

static int
bad(const struct birth *b, const char *what, const char *name)
{
	snprintf(b->err, b->errlen, "world: %s%s%s", what, name[0] == '\0' ? "" : ": ", name);
	return -1;
}

static bool
has_word(const json_t *list, const char *word)
{
	size_t i;
	json_t *w;

	json_array_foreach(list, i, w)
		if (json_is_string(w) && strcmp(json_string_value(w), word) == 0)
			return true;
	return false;
}

static void
birth_hmc(struct hmc *h, const json_t *o)
{
	struct hmc_users *u = list_new(&h->users, sizeof(*u));

	COPY(h->name, o, "name", "hmc1");
	COPY(h->domain, o, "domain", "localnet");
	COPY(h->ipaddr, o, "address", "10.0.0.250");
	COPY(h->type_model, o, "type_model", "7063-CR2");
	COPY(h->serial, o, "serial", "789ABC0");
	h->version = get_int(o, "version", 10);
	h->release = get_int(o, "release", 3);
	h->service_pack = get_int(o, "service_pack", 1060);
	COPY(h->build, o, "build", "2408210051");
	COPY(h->fix, o, "fix", "MF71689");
	str_set(u->name, sizeof(u->name), "hscroot");
	str_set(u->role, sizeof(u->role), "hmcsuperadmin");
	str_set(u->description, sizeof(u->description), "HMC Super User");
}

static void
birth_system(struct cec *c, const json_t *o, size_t n)
{
	static const struct {
		const char *word;
		size_t off;
	} caps[] = {
		{ "lpm", offsetof(struct cec, lpm) }, { "lpm_inactive", offsetof(struct cec, lpm_inactive) },
		{ "ame", offsetof(struct cec, ame) }, { "ams", offsetof(struct cec, ams) },
		{ "npiv", offsetof(struct cec, npiv) }, { "vswitches", offsetof(struct cec, vswitches_capable) },
		{ "suspend", offsetof(struct cec, suspend) }, { "dpo", offsetof(struct cec, dpo) },
		{ "remote_restart", offsetof(struct cec, remote_restart) }, { "sriov", offsetof(struct cec, sriov) },
	};
	char name[NAME_SIZE];

	COPY(c->type_model, o, "type_model", "9009-42A");
	snprintf(name, sizeof(name), "13AB%03zu", n);
	COPY(c->serial, o, "serial", name);
	snprintf(name, sizeof(name), "Server-%s-SN%s", c->type_model, c->serial);
	COPY(c->name, o, "name", name);
	COPY(c->ipaddr, o, "address", "");
	str_set(c->state, sizeof(c->state), "Operating");
	c->units = get_units(o, "processors", 1600);
	c->mem = get_mb(o, "memory", 131072);
	c->lmb = get_mb(o, "mem_region_size", 256);
	c->fw_mem = get_mb(o, "firmware_memory", 4096);
	c->max_lpars = get_int(o, "max_lpars", 400);
	c->proc_power = get_int(o, "power", 9);
	c->min_vp_units = get_units(o, "min_proc_units_per_virtual_proc", c->proc_power >= 7 ? 5 : 10);
	COPY(c->compat_modes, o, "compat_modes", "default,POWER7,POWER8,POWER9_base,POWER9");
	snprintf(name, sizeof(name), "FA%04zX", 0x1b3 + n * 0x11);
	COPY(c->mac_prefix, o, "mac_prefix", name);
	str_set(c->start_policy, sizeof(c->start_policy), "autostart");
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		*(int *)(void *)((char *)c + caps[i].off) = has_word(json_object_get(o, "capable"), caps[i].word);
	for (int id = 0; id < MAX_POOLS; id++) {
		struct procpool *p = list_new(&c->pools, sizeof(*p));

		p->id = id;
		snprintf(p->name, sizeof(p->name), id == 0 ? "DefaultPool" : "SharedPool%02d", id);
	}
	str_set(((struct vswitch *)list_new(&c->vswitches, sizeof(struct vswitch)))->name, NAME_SIZE, "ETHERNET0");
	str_set(((struct vswitch *)c->vswitches.item[0])->mode, 8, "VEB");
}

static void
birth_slots(struct cec *c, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		struct pslot *s = list_new(&c->slots, sizeof(*s));
		char dflt[NAME_SIZE];

		snprintf(dflt, sizeof(dflt), "2101%04zX", 0x10 + i);
		COPY(s->drc, o, "drc", dflt);
		snprintf(dflt, sizeof(dflt), "%zu", 512 + i);
		COPY(s->bus, o, "bus", dflt);
		snprintf(dflt, sizeof(dflt), "U78D2.001.WZS0%.3s", c->serial);
		COPY(s->unit, o, "unit", dflt);
		snprintf(dflt, sizeof(dflt), "P1-C%zu", i + 1);
		COPY(s->phys_loc, o, "phys_loc", dflt);
		COPY(s->description, o, "description", "Empty slot");
		COPY(s->features, o, "features", "0");
		COPY(s->vendor, o, "vendor", "FFFF");
		COPY(s->device, o, "device", "FFFF");
		COPY(s->pci_class, o, "class", "FFFF");
		s->lpar_id = get_int(o, "lpar_id", 0);
		s->sriov_id = get_int(o, "sriov_adapter", 0);
	}
}

static void
birth_trunks(struct config *c, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		struct vadapter *a = adapter_add(c, VA_ETH, get_int(o, "slot", (int)i + 2));

		a->pvid = get_int(o, "pvid", (int)i + 1);
		a->trunk = get_int(o, "priority", 1);
		COPY(a->vlans, o, "vlans", "");
		a->ieee = get_int(o, "ieee", a->vlans[0] != '\0');
	}
}

static void
birth_vios_config(struct config *c, const struct cec *sys, const json_t *o)
{
	config_defaults(c, sys);
	c->mem = get_mb(o, "memory", 4096);
	c->min_mem = get_mb(o, "min_memory", c->mem / 2);
	c->max_mem = get_mb(o, "max_memory", c->mem * 2);
	c->procs = get_int(o, "processors", 2);
	c->min_procs = 1;
	c->max_procs = c->procs * 2;
	str_set(c->proc_mode, sizeof(c->proc_mode), get_int(o, "dedicated", 0) ? "ded" : "shared");
	if (strcmp(c->proc_mode, "ded") == 0) {
		str_set(c->sharing_mode, sizeof(c->sharing_mode), "keep_idle_procs");
	} else {
		c->units = get_units(o, "processing_units", 50);
		c->min_units = 10;
		c->max_units = c->max_procs * 100;
		str_set(c->sharing_mode, sizeof(c->sharing_mode), "uncap");
		c->uncap_weight = 255;
	}
	c->max_slots = get_int(o, "max_virtual_slots", 400);
	c->auto_start = c->conn_monitoring = 1;
	birth_trunks(c, json_object_get(o, "trunks"));
}

/* The bytes of a disk that was seen before are those of its first path. */
static int
join_lun(struct birth *b, const struct world *w, struct pv *p, const char *san)
{
	char path[4096 + 64], file[8192];
	struct lun *l;

	for (int raw = 0; raw < 2; raw++) {
		snprintf(path, sizeof(path), "/dev/%s%s", raw ? "r" : "", p->name);
		world_path(w, path, file, sizeof(file));
		LIST_EACH(struct lun, seen, &b->luns)
			if (strcmp(seen->name, san) == 0) {
				str_set(p->pvid, sizeof(p->pvid), seen->pv->pvid);
				str_set(p->unique_id, sizeof(p->unique_id), seen->pv->unique_id);
				p->size_mb = seen->pv->size_mb;
				if (unlink(file) == -1 || link(seen->file, file) == -1)
					return bad(b, strerror(errno), file);
				if (raw)
					return 0;
			}
	}
	if (strcmp(p->pvid, "none") == 0)
		snprintf(p->pvid, sizeof(p->pvid), "00f6d3a1%08zx", 0x51a00001 + b->luns.n);
	snprintf(p->unique_id, sizeof(p->unique_id), "33213600507630081800%08zX04214503IBMfcp", 0x1a0000 + b->luns.n);
	snprintf(path, sizeof(path), "/dev/%s", p->name);
	l = list_new(&b->luns, sizeof(*l));
	str_set(l->name, sizeof(l->name), san);
	l->pv = p;
	world_path(w, path, l->file, sizeof(l->file));
	return 0;
}

static int
join_luns(struct birth *b, const struct world *w, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		const char *san = get_str(o, "san", NULL);

		if (san != NULL && i < w->pvs.n && join_lun(b, w, w->pvs.item[i], san) == -1)
			return -1;
	}
	return 0;
}

/* What ../world_load.c makes a VIOS of. */
static json_t *
vios_description(const struct part *p, const json_t *sys, const json_t *vios)
{
	static const char *const parts[] = { "physical_volumes", "volume_groups", "network", "tapes", "images" };
	json_t *j = json_object(), *v = json_copy((json_t *)(size_t)vios), *net;

	(void)json_object_set_new(v, "ivm", json_false());
	(void)json_object_set_new(v, "id", json_integer(p->id));
	(void)json_object_set_new(v, "name", json_string(p->name));
	(void)json_object_set_new(j, "vios", v);
	(void)json_object_set(j, "system", (json_t *)(size_t)sys);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		(void)json_object_set(j, parts[i], json_object_get(vios, parts[i]));
	net = json_object_get(j, "network");
	net = net == NULL ? json_object() : json_copy(net);
	(void)json_object_set_new(net, "initialised", json_false());
	(void)json_object_set_new(j, "network", net);
	return j;
}

int
hmc_world_new(struct hmc *h, struct part *p, char *err, size_t errlen)
{
	char fs[4096 + 100];

	snprintf(fs, sizeof(fs), "%s/fs-%s", h->state_dir, p->fs_name);
	p->vios = world_new(&h->host, fs, h->speed);
	if (p->vios == NULL) {
		snprintf(err, errlen, "%s: %s", fs, strerror(errno));
		return -1;
	}
	return 0;
}

static int
birth_world(struct birth *b, struct cec *c, struct part *p, const json_t *sys, const json_t *o)
{
	json_t *j;
	int rv;

	if (hmc_world_new(b->h, p, b->err, b->errlen) == -1)
		return -1;
	j = vios_description(p, sys, o);
	rv = world_birth_json(p->vios, j, b->err, b->errlen);
	json_decref(j);
	if (rv == -1 || join_luns(b, p->vios, json_object_get(o, "physical_volumes")) == -1)
		return -1;
	vios_tell(b->h, c, p);
	adapters_configure(p->vios);
	return world_commands(p->vios, o, b->err, b->errlen);
}

static int
birth_vios(struct birth *b, struct cec *c, const json_t *sys, const json_t *o)
{
	int id = get_int(o, "id", part_free_id(c));
	struct part *p;
	struct profile *f;
	char dflt[HMC_NAME];

	if (part_by_id(c, id) != NULL)
		return bad(b, "two partitions with one id", get_str(o, "name", ""));
	p = part_add(b->h, c, id);
	snprintf(dflt, sizeof(dflt), "vios%d", id);
	COPY(p->name, o, "name", dflt);
	COPY(p->fs_name, o, "fs", p->name);
	str_set(p->env, sizeof(p->env), "vioserver");
	p->ssh_port = get_int(o, "ssh_port", -1);
	p->avail_priority = 191;
	p->msp = get_int(o, "msp", 1);
	f = list_new(&p->profiles, sizeof(*f));
	COPY(f->name, o, "profile", "default_profile");
	birth_vios_config(&f->c, c, o);
	config_complete(b->h, c, &f->c);
	LIST_EACH(struct pslot, s, &c->slots)
		if (s->lpar_id == id) {
			struct ioslot *io = list_new(&f->c.io_slots, sizeof(*io));

			str_set(io->drc, sizeof(io->drc), s->drc);
			str_set(io->pool, sizeof(io->pool), "none");
			io->required = 1;
		}
	config_copy(&p->curr, &f->c);
	part_macs(p);
	str_set(p->default_profile, sizeof(p->default_profile), f->name);
	str_set(p->curr_profile, sizeof(p->curr_profile), f->name);
	p->has_config = 1;
	p->state = LS_RUNNING;
	p->t.active_ms = hmc_now(b->h);
	str_set(p->rmc_state, sizeof(p->rmc_state), "active");
	COPY(p->rmc_ipaddr, o, "address", "10.0.0.1");
	snprintf(p->os_version, sizeof(p->os_version), "VIOS %s", get_str(o, "level", "3.1.4.21"));
	return birth_world(b, c, p, sys, o);
}

static int
birth_systems(struct birth *b, const json_t *list)
{
	size_t i, k;
	json_t *sys, *o;

	json_array_foreach(list, i, sys) {
		struct cec *c = list_new(&b->h->cecs, sizeof(*c));

		birth_system(c, sys, i);
		if (c->lmb <= 0 || c->mem <= 0)
			return bad(b, "memory and mem_region_size must be sizes", c->name);
		birth_slots(c, json_object_get(sys, "slots"));
		json_array_foreach(json_object_get(sys, "vioses"), k, o)
			if (birth_vios(b, c, sys, o) == -1)
				return -1;
	}
	return 0;
}

static int
birth_command(const struct birth *b, const json_t *words)
{
	char *argv[64] = { NULL };
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .hmc = b->h, .user = "hscroot", .argv = argv, .in = "", .out = &out, .err = &out };
	size_t i;
	json_t *word;
	int rv;

	json_array_foreach(words, i, word)
		if (i < 63 && json_is_string(word))
			argv[cmd.argc++] = xstrdup(json_string_value(word));
	rv = cmd.argc > 0 ? hmc_run(&cmd) : -1;
	if (rv != 0)
		snprintf(b->err, b->errlen, "world: command %s: status %d: %s", cmd.argc > 0 ? argv[0] : "", rv,
		    out.data == NULL ? "" : out.data);
	sim_out_free(&out);
	for (int k = 0; k < cmd.argc; k++)
		free(argv[k]);
	return rv == 0 ? 0 : -1;
}

int
hmc_birth(struct hmc *h, const char *file, char *err, size_t errlen)
{
	struct birth b = { h, { 0 }, err, errlen };
	json_t *j = world_parse_file(file, err, errlen), *words;
	size_t i;
	int rv = -1;

	if (j == NULL)
		return -1;
	birth_hmc(h, json_object_get(j, "hmc"));
	if (birth_systems(&b, json_object_get(j, "systems")) == -1)
		goto out;
	json_array_foreach(json_object_get(j, "commands"), i, words)
		if (birth_command(&b, words) == -1)
			goto out;
	rv = 0;
out:
	list_free(&b.luns);
	json_decref(j);
	return rv;
}
