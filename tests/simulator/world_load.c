/* SPDX-License-Identifier: ISC */
/*
 * A new machine from its description: JSON in which a line that begins with // is a
 * comment.  Sizes are numbers of MiB or texts like "558G"; processors are numbers with two
 * decimals.  What is not given has a default, so that {} is a whole small machine.
 *
 *	system			type_model serial name processors memory mem_region_size
 *				firmware_memory max_lpars mac_prefix
 *				eth_warning: a new virtual ethernet is reported as an error, as on POWER8
 *	vios			name level memory processors processing_units
 *				max_virtual_slots hostname address license
 *				ivm: false when an HMC manages the system
 *				id: of the partition, 1 unless an HMC made it
 *				adapters [ kind slot client client_slot pvid trunk vlans ]: server
 *				adapters of a VIOS without IVM
 *	physical_volumes	[ name size pvid unique_id description ]
 *	volume_groups		[ name pp_size pvs [ name... ] lvs [ name size type mount ] ]
 *	network			initialised physical [ name... ] fc_ports
 *	tapes			number of tape drives
 *	images			[ id path size os os_version agent address seed ]
 *	commands		[ [ word... ]... ] run one after the other at the end: they make
 *				pools, media, shared ethernets, partitions
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "console.h"
#include "description.h"
#include "guest.h"
#include "lpar_config.h"
#include "network.h"
#include "storage.h"

struct birth {
	struct world *w;
	char *err;
	size_t errlen;
};

static int
bad(const struct birth *b, const char *what, const char *name)
{
	snprintf(b->err, b->errlen, "world: %s%s%s", what, name[0] == '\0' ? "" : ": ", name);
	return -1;
}

static void
birth_system(struct world *w, const json_t *o, const json_t *vios)
{
	struct system *s = &w->sys;
	char name[NAME_SIZE];

	COPY(s->type_model, o, "type_model", "8246-L2D");
	COPY(s->serial, o, "serial", "06052EA");
	snprintf(name, sizeof(name), "Server-%s-SN%s", s->type_model, s->serial);
	COPY(s->name, o, "name", name);
	s->units = get_units(o, "processors", 1600);
	s->mem = get_mb(o, "memory", 32768);
	s->lmb = get_mb(o, "mem_region_size", 64);
	s->fw_mem = get_mb(o, "firmware_memory", 1408);
	s->max_lpars = get_int(o, "max_lpars", 40);
	COPY(s->mac_prefix, o, "mac_prefix", "EEE91D");
	COPY(s->ioslevel, vios, "level", "2.2.2.1");
	COPY(s->hostname, vios, "hostname", "vios1");
	COPY(s->timezone, vios, "timezone", "UTC");
	COPY(s->default_pool, vios, "default_pool", "rootvg");
	s->license = get_int(vios, "license", 1);
	s->vios_id = get_int(vios, "id", VIOS_ID);
	s->no_ivm = !get_int(vios, "ivm", 1);
	s->eth_warning = get_int(o, "eth_warning", 0);
}

static void
birth_vios(struct world *w, const json_t *o)
{
	struct lpar *l = lpar_add(w, w->sys.vios_id);
	const char *serial = w->sys.serial;
	struct alloc *a = &l->pend;
	char name[NAME_SIZE];

	lpar_defaults(l);
	l->id = w->sys.vios_id;
	snprintf(name, sizeof(name), "%.2s-%s", serial, strlen(serial) > 2 ? serial + 2 : "");
	COPY(l->name, o, "name", name);
	str_set(l->profile, sizeof(l->profile), l->name);
	str_set(l->env, sizeof(l->env), "vioserver");
	a->min_mem = 512;
	a->mem = get_mb(o, "memory", 4096);
	a->max_mem = a->mem * 2;
	a->min_procs = 1;
	a->procs = get_int(o, "processors", 2);
	a->max_procs = a->procs * 4;
	a->min_units = 10;
	a->units = get_units(o, "processing_units", 80);
	a->max_units = a->max_procs * 100;
	str_set(a->sharing_mode, sizeof(a->sharing_mode), "uncap");
	a->uncap_weight = 128;
	l->curr = l->pend;
	l->max_virtual_slots = get_int(o, "max_virtual_slots", 256);
	l->avail_priority = 191;
	l->auto_start = 1;
	l->state = LS_RUNNING;
	l->t.active_ms = world_now(w);
	lpar_new_mac_base(w, l->mac_base);
	snprintf(l->os_version, sizeof(l->os_version), "VIOS %s", w->sys.ioslevel);
	str_set(l->rmc_state, sizeof(l->rmc_state), "active");
	COPY(l->rmc_ipaddr, o, "address", "127.0.0.1");
}

static int
birth_pvs(const struct birth *b, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		struct pv *p = list_new(&b->w->pvs, sizeof(*p));
		char dflt[TEXT_SIZE];

		snprintf(dflt, sizeof(dflt), "hdisk%zu", i);
		COPY(p->name, o, "name", dflt);
		p->size_mb = get_mb(o, "size", 0);
		if (p->size_mb <= 0)
			return bad(b, "physical volume without size", p->name);
		COPY(p->pvid, o, "pvid", "none");
		COPY(p->description, o, "description", "SAS Disk Drive");
		snprintf(dflt, sizeof(dflt), "U78AB.001.WZSJH1H-P3-D%zu", i + 1);
		COPY(p->physloc, o, "physloc", dflt);
		snprintf(dflt, sizeof(dflt), "332136005076300818001A0000000000%04zXF04214503IBMfcp", i + 0xd4);
		COPY(p->unique_id, o, "unique_id", dflt);
		if (device_make(b->w, p->name, p->size_mb) == -1)
			return bad(b, strerror(errno), p->name);
	}
	return 0;
}

static int
birth_lvs(const struct birth *b, struct vg *g, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		const char *name = get_str(o, "name", "");
		int mb = get_mb(o, "size", 0);
		struct lv *v = mb <= 0 ? NULL : lv_create(b->w, g, name, get_str(o, "type", "jfs2"),
		    pps_for(mb, g->pp_mb), NULL, 0);

		if (v == NULL)
			return bad(b, "logical volume without size, or no room for it", name);
		COPY(v->mount, o, "mount", "");
	}
	return 0;
}

static int
birth_vgs(const struct birth *b, const json_t *list)
{
	size_t i, k;
	json_t *o, *name;

	json_array_foreach(list, i, o) {
		int pp = get_mb(o, "pp_size", 1024);
		struct vg *g = vg_create(b->w, get_str(o, "name", "rootvg"), pp > 0 ? pp : 1024);

		json_array_foreach(json_object_get(o, "pvs"), k, name) {
			struct pv *p = json_is_string(name) ? pv_find(b->w, json_string_value(name)) : NULL;

			if (p == NULL || p->vg[0] != '\0')
				return bad(b, "volume group with an unknown or used disk", g->name);
			str_set(p->vg, sizeof(p->vg), g->name);
			if (strcmp(p->pvid, "none") == 0)
				snprintf(p->pvid, sizeof(p->pvid), "00f60e58%08llx",
				    (unsigned long long)++b->w->count.id);
		}
		if (birth_lvs(b, g, json_object_get(o, "lvs")) == -1)
			return -1;
	}
	return 0;
}

static void
birth_network(struct world *w, const json_t *o)
{
	const json_t *names = json_object_get(o, "physical");
	int n = json_is_array(names) ? (int)json_array_size(names) : 4;

	for (int i = 0; i < n; i++) {
		struct netdev *d = netdev_add(w, "physical");

		if (json_is_array(names) && json_is_string(json_array_get(names, (size_t)i)))
			str_set(d->name, sizeof(d->name), json_string_value(json_array_get(names, (size_t)i)));
		snprintf(d->physloc, sizeof(d->physloc), "U78AB.001.WZSJH1H-P1-C7-T%d", i + 1);
	}
	w->sys.nports = get_int(o, "fc_ports", 2);
	if (get_int(o, "initialised", 1))
		network_init(w);
}

static void
birth_adapters(struct world *w, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		struct vio_adapter *a = list_new(&w->adapters, sizeof(*a));

		COPY(a->kind, o, "kind", "scsi");
		a->slot = get_int(o, "slot", (int)i + 2);
		a->client = get_int(o, "client", 0);
		a->client_slot = get_int(o, "client_slot", CLIENT_SCSI_SLOT);
		a->pvid = get_int(o, "pvid", 1);
		a->trunk = get_int(o, "trunk", 0);
		COPY(a->vlans, o, "vlans", "");
		a->ieee = a->vlans[0] != '\0';
		snprintf(a->client_name, sizeof(a->client_name), "lpar%d", a->client);
	}
	if (w->adapters.n > 0)
		adapters_configure(w);
}

static int
birth_images(const struct birth *b, const json_t *list)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		struct image *img = list_new(&b->w->images, sizeof(*img));
		int mb = get_mb(o, "size", 0);

		COPY(img->id, o, "id", "");
		COPY(img->path, o, "path", "");
		COPY(img->os, o, "os", "linux");
		COPY(img->os_version, o, "os_version", "Linux/Red Hat 2.6.32-431.el6.ppc64 6.5");
		COPY(img->agent, o, "agent", "none");
		COPY(img->address, o, "address", "");
		img->seed = get_int(o, "seed", (int)i + 1);
		img->size = (int64_t)mb * 1024 * 1024;
		if (mb < 4 || img->id[0] == '\0' || img->path[0] != '/' || strstr(img->path, "..") != NULL)
			return bad(b, "image without id, path or size (4M at least)", img->id);
		if (guest_image_make(b->w, img) == -1)
			return bad(b, strerror(errno), img->path);
	}
	return 0;
}

static int
birth_command(const struct birth *b, const json_t *words)
{
	char *argv[64] = { NULL };
	struct sim_out out = { 0 }, err = { 0 };
	struct sim_cmd cmd = { .world = b->w, .user = "padmin", .argv = argv, .in = "", .out = &out, .err = &err };
	size_t i;
	json_t *word;
	int rv;

	json_array_foreach(words, i, word)
		if (i < 63 && json_is_string(word))
			argv[cmd.argc++] = xstrdup(json_string_value(word));
	rv = console_run(&cmd);
	if (rv != 0)
		snprintf(b->err, b->errlen, "world: command %s %s: status %d: %s", cmd.argc > 0 ? argv[0] : "",
		    cmd.argc > 1 ? argv[1] : "", rv, err.data == NULL ? "" : err.data);
	sim_out_free(&out);
	sim_out_free(&err);
	for (int k = 0; k < cmd.argc; k++)
		free(argv[k]);
	return rv == 0 ? 0 : -1;
}

/* Blanks the comment lines, so that line numbers of errors stay right. */
static char *
read_description(const char *file)
{
	struct text t = { 0 };
	char line[4096];
	FILE *f = fopen(file, "re");

	if (f == NULL)
		return NULL;
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *p = line + strspn(line, " \t");

		text_add(&t, strncmp(p, "//", 2) == 0 ? "\n" : line);
	}
	(void)fclose(f);
	text_add(&t, "");
	return t.p;
}

int
world_birth_json(struct world *w, const json_t *j, char *err, size_t errlen)
{
	const struct birth birth = { w, err, errlen }, *b = &birth;

	birth_system(b->w, json_object_get(j, "system"), json_object_get(j, "vios"));
	if (b->w->sys.lmb <= 0 || b->w->sys.mem <= 0)
		return bad(b, "memory and mem_region_size must be sizes", "");
	birth_vios(b->w, json_object_get(j, "vios"));
	if (birth_pvs(b, json_object_get(j, "physical_volumes")) == -1 ||
	    birth_vgs(b, json_object_get(j, "volume_groups")) == -1)
		return -1;
	birth_network(b->w, json_object_get(j, "network"));
	b->w->sys.ntapes = get_int(j, "tapes", 0);
	birth_adapters(b->w, json_object_get(json_object_get(j, "vios"), "adapters"));
	return birth_images(b, json_object_get(j, "images"));
}

int
world_commands(struct world *w, const json_t *j, char *err, size_t errlen)
{
	const struct birth b = { w, err, errlen };
	size_t i;
	json_t *words;

	json_array_foreach(json_object_get(j, "commands"), i, words)
		if (birth_command(&b, words) == -1)
			return -1;
	return 0;
}

json_t *
world_parse_file(const char *file, char *err, size_t errlen)
{
	char *text = read_description(file);
	json_error_t je;
	json_t *j;

	if (text == NULL) {
		snprintf(err, errlen, "%s: %s", file, strerror(errno));
		return NULL;
	}
	j = json_loads(text, 0, &je);
	free(text);
	if (j == NULL)
		snprintf(err, errlen, "%s:%d: %s", file, je.line, je.text);
	return j;
}

int
world_birth(struct world *w, const char *file, char *err, size_t errlen)
{
	json_t *j = world_parse_file(file, err, errlen);
	int rv = -1;

	if (j == NULL)
		return -1;
	if (world_birth_json(w, j, err, errlen) == 0)
		rv = world_commands(w, j, err, errlen);
	json_decref(j);
	return rv;
}
