/* SPDX-License-Identifier: ISC */
/*
 * STATE/world.json: the machine as one JSON object, sorted keys, one value per line.
 * The member "volatile" holds counters and times: whoever compares two states leaves it
 * out.  Written to a second name and renamed, without fsync: a simulator's state may be
 * lost with the power, but is never half of something.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "record.h"

static const struct field alloc_fields[] = {
	R_INT(alloc, max_mem), R_INT(alloc, max_procs), R_INT(alloc, max_units), R_INT(alloc, mem),
	R_INT(alloc, min_mem), R_INT(alloc, min_procs), R_INT(alloc, min_units),
	R_STR(alloc, proc_mode), R_INT(alloc, procs), R_STR(alloc, sharing_mode),
	R_INT(alloc, uncap_weight), R_INT(alloc, units),
};
static const struct record alloc_record = RECORD(alloc, alloc_fields);

static const struct field veth_fields[] = {
	R_INT(veth, ieee), R_INT(veth, pvid), R_INT(veth, required), R_INT(veth, slot),
	R_INT(veth, trunk), R_STR(veth, vlans),
};
static const struct record veth_record = RECORD(veth, veth_fields);

static const struct field vfc_fields[] = {
	R_STR(vfc, host), R_STR(vfc, port), R_INT(vfc, remote_slot), R_INT(vfc, slot),
	R_STR(vfc, wwpn1), R_STR(vfc, wwpn2),
};
static const struct record vfc_record = RECORD(vfc, vfc_fields);

static const struct field lpar_fields[] = {
	R_INT(lpar, auto_start), R_INT(lpar, avail_priority), R_STR(lpar, boot_mode),
	R_STR(lpar, compat_mode), R_INT(lpar, conn_monitoring), R_STR(lpar, ctrl_ids),
	R_OBJ(lpar, curr, alloc_record), R_STR(lpar, env), R_STR(lpar, hostname), R_INT(lpar, id),
	R_STR(lpar, image), R_STR(lpar, keylock), R_STR(lpar, mac_base),
	R_INT(lpar, max_virtual_slots), R_STR(lpar, name), R_STR(lpar, os_version),
	R_OBJ(lpar, pend, alloc_record), R_INT(lpar, perf_collection), R_STR(lpar, profile),
	R_STR(lpar, refcode), R_STR(lpar, rmc_ipaddr), R_STR(lpar, rmc_state),
	{ "state", F_STATE, offsetof(struct lpar, state), 0, NULL },
	R_LIST(lpar, veths, veth_record), R_LIST(lpar, vfcs, vfc_record),
};
static const struct record lpar_record = RECORD(lpar, lpar_fields);

static const struct field vtd_fields[] = {
	R_STR(vtd, backing), R_INT(vtd, held), R_STR(vtd, kind), R_INT(vtd, lun),
	R_STR(vtd, media), R_STR(vtd, name), R_STR(vtd, pool),
};
static const struct record vtd_record = RECORD(vtd, vtd_fields);

static const struct field vhost_fields[] = {
	R_INT(vhost, client), R_STR(vhost, name), R_INT(vhost, slot), R_LIST(vhost, vtds, vtd_record),
};
static const struct record vhost_record = RECORD(vhost, vhost_fields);

static const struct field pv_fields[] = {
	R_STR(pv, description), R_STR(pv, name), R_STR(pv, physloc), R_STR(pv, pvid),
	R_INT(pv, size_mb), R_STR(pv, unique_id), R_STR(pv, vg),
};
static const struct record pv_record = RECORD(pv, pv_fields);

static const struct field vg_fields[] = {
	R_INT(vg, active), R_STR(vg, name), R_INT(vg, pp_mb), R_STR(vg, vgid),
};
static const struct record vg_record = RECORD(vg, vg_fields);

static const struct field extent_fields[] = { R_INT(extent, pps), R_STR(extent, pv) };
static const struct record extent_record = RECORD(extent, extent_fields);

static const struct field lv_fields[] = {
	R_LIST(lv, extents, extent_record), R_STR(lv, lvid), R_STR(lv, mount), R_STR(lv, name),
	R_STR(lv, type), R_STR(lv, vg),
};
static const struct record lv_record = RECORD(lv, lv_fields);

static const struct field fpool_fields[] = { R_STR(fpool, name), R_STR(fpool, parent) };
static const struct record fpool_record = RECORD(fpool, fpool_fields);

static const struct field fbd_fields[] = {
	R_STR(fbd, name), R_STR(fbd, pool), R_INT(fbd, size_mb),
};
static const struct record fbd_record = RECORD(fbd, fbd_fields);

static const struct field netdev_fields[] = {
	R_STR(netdev, dflt), R_STR(netdev, kind), R_STR(netdev, name), R_STR(netdev, physloc),
	R_INT(netdev, pvid), R_INT(netdev, slot), R_STR(netdev, target), R_STR(netdev, virt),
};
static const struct record netdev_record = RECORD(netdev, netdev_fields);

static const struct field netif_fields[] = {
	R_STR(netif, addr), R_STR(netif, mask), R_STR(netif, name),
};
static const struct record netif_record = RECORD(netif, netif_fields);

static const struct field devattr_fields[] = {
	R_STR(devattr, attr), R_STR(devattr, dev), R_STR(devattr, value),
};
static const struct record devattr_record = RECORD(devattr, devattr_fields);

static const struct field image_fields[] = {
	R_STR(image, address), R_STR(image, agent), R_STR(image, id), R_STR(image, os),
	R_STR(image, os_version), R_STR(image, path), R_I64(image, seed), R_I64(image, size),
};
static const struct record image_record = RECORD(image, image_fields);

static const struct field system_fields[] = {
	R_STR(system, default_pool), R_STR(system, domain), R_INT(system, eth_warning),
	R_INT(system, fw_mem),
	R_STR(system, gateway), R_STR(system, hostname), R_INT(system, initialised),
	R_STR(system, ioslevel), R_INT(system, license), R_INT(system, lmb),
	R_STR(system, mac_prefix), R_INT(system, max_lpars), R_INT(system, mem),
	R_STR(system, name), R_STR(system, nameserver), R_INT(system, no_ivm), R_INT(system, nports), R_INT(system, ntapes),
	R_STR(system, serial), R_STR(system, timezone), R_STR(system, type_model),
	R_INT(system, units), R_INT(system, vios_id),
};
static const struct record system_record = RECORD(system, system_fields);

static const struct field world_fields[] = {
	R_LIST(world, attrs, devattr_record), R_LIST(world, fbds, fbd_record),
	R_LIST(world, fpools, fpool_record), R_LIST(world, images, image_record),
	R_LIST(world, lpars, lpar_record), R_LIST(world, lvs, lv_record),
	R_LIST(world, netdevs, netdev_record), R_LIST(world, netifs, netif_record),
	R_LIST(world, pvs, pv_record), R_OBJ(world, sys, system_record),
	R_LIST(world, vgs, vg_record), R_LIST(world, vhosts, vhost_record),
};
static const struct record world_record = RECORD(world, world_fields);

static const struct field counters_fields[] = {
	R_I64(counters, id), R_I64(counters, mac), R_I64(counters, wwpn),
};
static const struct record counters_record = RECORD(counters, counters_fields);

static const struct field clockwork_fields[] = {
	R_I64(clockwork, active_ms), R_I64(clockwork, due_ms),
	{ "event", F_INT, offsetof(struct clockwork, event), sizeof(int), NULL },
	R_I64(clockwork, refcode_ms),
};
static const struct record clockwork_record = RECORD(clockwork, clockwork_fields);

static void
volatile_write(struct text *t, const struct world *w)
{
	text_add(t, "{\n \"counters\": ");
	record_write(t, &counters_record, &w->count, 1);
	LIST_EACH(struct lpar, l, &w->lpars) {
		text_printf(t, ",\n \"lpar%d\": ", l->id);
		record_write(t, &clockwork_record, &l->t, 1);
	}
	text_add(t, "\n}");
}

static void
volatile_read(struct world *w, const json_t *j)
{
	(void)record_read(&counters_record, &w->count, json_object_get(j, "counters"));
	LIST_EACH(struct lpar, l, &w->lpars) {
		char key[32];

		snprintf(key, sizeof(key), "lpar%d", l->id);
		(void)record_read(&clockwork_record, &l->t, json_object_get(j, key));
		if (l->t.due_ms == INT64_MAX) /* it waited to be seen; a restart is enough */
			l->t.due_ms = 0;
	}
}

void
world_write(struct text *t, const struct world *w, bool is_volatile, int indent)
{
	record_write(t, is_volatile ? &counters_record : &world_record, is_volatile ? (const void *)&w->count : w,
	    indent);
}

int
world_read(struct world *w, const json_t *state, const json_t *counters)
{
	(void)record_read(&counters_record, &w->count, counters);
	return record_read(&world_record, w, state);
}

int
world_file_replace(const char *file, const struct text *t)
{
	char tmp[4200];
	FILE *f;
	int rv = -1;

	snprintf(tmp, sizeof(tmp), "%s.tmp", file);
	f = fopen(tmp, "we");
	if (f == NULL)
		return -1;
	if (fwrite(t->p, 1, t->n, f) == t->n)
		rv = 0;
	if (fclose(f) != 0)
		rv = -1;
	if (rv == 0)
		rv = rename(tmp, file);
	return rv;
}

void
world_save(struct world *w)
{
	struct text t = { 0 };

	if (!w->dirty)
		return;
	w->dirty = false;
	if (w->host != NULL) {
		w->host->save(w->host->arg);
		return;
	}
	pthread_cond_signal(&w->wake); /* the next event may be an earlier one now */
	text_add(&t, "{\n\"state\": ");
	record_write(&t, &world_record, w, 0);
	text_add(&t, ",\n\"version\": 1,\n\"volatile\": ");
	volatile_write(&t, w);
	text_add(&t, "\n}\n");
	if (world_file_replace(w->file, &t) == -1)
		fprintf(stderr, "%s: %s\n", w->file, strerror(errno));
	text_free(&t);
}

int
world_restore(struct world *w, const char *text, char *err, size_t errlen)
{
	json_error_t je;
	json_t *j = json_loads(text, 0, &je);
	int rv = -1;

	if (j == NULL) {
		snprintf(err, errlen, "%s:%d: %s", w->file, je.line, je.text);
		return -1;
	}
	if (record_read(&world_record, w, json_object_get(j, "state")) == -1) {
		snprintf(err, errlen, "%s: a value of the wrong type", w->file);
		goto out;
	}
	volatile_read(w, json_object_get(j, "volatile"));
	rv = 0;
out:
	json_decref(j);
	return rv;
}

char *
world_dump(struct world *w)
{
	struct text t = { 0 };

	world_lock(w);
	record_write(&t, &world_record, w, 0);
	world_unlock(w);
	text_addc(&t, '\n');
	return t.p;
}
