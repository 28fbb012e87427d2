/* SPDX-License-Identifier: ISC */
/*
 * admit_accept.c - accept-drift: what a VM's console shows becomes what it is to be.
 *
 * An administrator's decision about what drift has found (spool/platforms/drift.h).  It changes the VM's row alone, in
 * the transaction that records it, and counts for the quota of the VM's owner.  What a row cannot take over stays a
 * difference: another name, profile or partition, and on an HMC disks that are detached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/vm/vm_change.h"
#include "spool/admit/admission.h"
#include "spool/admit/placement.h"
#include "spool/field.h"
#include "spool/platforms/drift.h"
#include "spool/platforms/inventory.h"

/* One acceptance. */
struct accepting {
	struct admitting *ad;
	json_t		 *vm, *spec, *objects;	/* the row, and two of its documents */
	json_t		 *inventory;
	const json_t	 *found, *lpar;
	int		  is_hmc, is_off;
};

static int
take_inventory(struct accepting *x, struct pd_err *e)
{
	struct store *st = x->ad->a->store;
	const char   *name = field_text(x->vm, "name"), *system = field_text(x->vm, "system");
	json_t	     *platform = NULL;
	int	      is_busy = 0;

	if (store_platform_get(st, field_text(x->vm, "platform"), &platform, e) == -1)
		return -1;
	x->is_hmc = strcmp(field_text(platform, "kind"), "hmc") == 0;
	json_decref(platform);
	if (store_inventory_get(st, system[0] != '\0' ? system : field_text(x->vm, "platform"), &x->inventory, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_CONFLICT, "the console of %s has not been asked yet: drift %s --fresh asks it", name, name) : -1;
	if (store_vm_is_busy(st, name, field_number(x->inventory, "seen_ms"), &is_busy, e) == -1)
		return -1;
	if (is_busy)
		return pd_fail(e, PD_CONFLICT,
		    "a job has touched %s since its console was asked: look again first, with drift %s --fresh", name,
		    name);
	x->found = json_object_get(x->inventory, "found");
	x->lpar = inventory_partition(x->found, x->vm);
	x->is_off = strcmp(field_text(x->lpar, "state"), "Not Activated") == 0;
	return x->lpar != NULL ? 0 : pd_fail(e, PD_CONFLICT, "the partition of %s is not on its console any more: delete-vm %s forgets it", name, name);
}

/* ---- processors and memory ---- */

/* The configuration that counts: a partition of an HMC that is off starts with its profile. */
static const json_t *
row_of(const struct accepting *x, const char *list)
{
	if (x->is_hmc && x->is_off)
		list = "profiles";
	return field_find_number(json_object_get(x->found, list), "id", field_number(x->vm, "lpar_id"));
}

static void
take_number(json_t *spec, const char *key, const json_t *row, const char *from)
{
	if (field_text(row, from)[0] >= '0' && field_text(row, from)[0] <= '9')
		(void)json_object_set_new(spec, key, json_integer(strtoll(field_text(row, from), NULL, 10)));
}

static void
take_units(json_t *spec, const char *key, const json_t *row)
{
	int64_t n = placement_hundredths(row, key);

	if (n >= 0)
		(void)json_object_set_new(spec, key, json_sprintf("%d.%02d", (int)(n / 100), (int)(n % 100)));
}

static void
take_sizes(struct accepting *x)
{
	static const char *const units[] = { "units_min", "units", "units_max" }, *const procs[] = { "procs_min", "procs", "procs_max" };
	const json_t		*p = row_of(x, "processors"), *m = row_of(x, "memory");
	const char		*mode = field_text(p, "mode"), *sharing = field_text(p, "sharing");

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(mode, "ded") == 0)
			(void)json_object_del(x->spec, units[i]);
		take_units(x->spec, units[i], p);
		take_number(x->spec, procs[i], p, procs[i]);
	}
	if (mode[0] != '\0')
		(void)json_object_set_new(x->spec, "mode", json_string(mode));
	if (sharing[0] != '\0' && strcmp(sharing, "null") != 0) {
		(void)json_object_set_new(x->spec, "sharing", json_string(sharing));
		(void)json_object_del(x->spec, "weight");
		if (strcmp(sharing, "uncap") == 0)
			take_number(x->spec, "weight", p, "weight");
	}
	take_number(x->spec, "memory_min", m, "min");
	take_number(x->spec, "memory", m, "pend");
	take_number(x->spec, "memory_max", m, "max");
}

/* ---- adapters and disks ---- */

static json_t *
adapter_of(json_t *networks, int64_t slot)
{
	json_t *net;
	size_t	i;

	json_array_foreach(networks, i, net)
		if (drift_number(net, "slot") == slot)
			return net;
	return NULL;
}

/* On another VLAN it has no address of ours any more. */
static void
move(json_t *net, int64_t vlan)
{
	json_t *kept = json_pack("{s:O s:O s:I}", "index", json_object_get(net, "index"), "slot",
	    json_object_get(net, "slot"), "vlan", (json_int_t)vlan);

	if (kept != NULL) {
		(void)json_object_clear(net);
		(void)json_object_update(net, kept);
	}
	json_decref(kept);
}

static int64_t
next_index(const json_t *networks)
{
	const json_t *net;
	int64_t	      next = 0;
	size_t	      i;

	json_array_foreach(networks, i, net)
		if (field_number(net, "index") >= next)
			next = field_number(net, "index") + 1;
	return next;
}

/* One list, spec.networks or, with the MAC addresses, objects.networks. */
static void
take_adapters(const struct accepting *x, json_t *networks, int with_mac)
{
	const json_t *adapters = json_object_get(x->found, "adapters"), *row;
	int64_t	      id = field_number(x->vm, "lpar_id");
	json_t	     *net;
	size_t	      i;

	for (i = json_array_size(networks); i-- > 0;)
		if (drift_adapter(adapters, id, drift_number(json_array_get(networks, i), "slot")) == NULL)
			(void)json_array_remove(networks, i);
	json_array_foreach(adapters, i, row) {
		if (field_number(row, "lpar") != id)
			continue;
		if ((net = adapter_of(networks, drift_number(row, "slot"))) == NULL) {
			net = json_pack("{s:I s:I s:I}", "index", (json_int_t)next_index(networks), "slot",
			    (json_int_t)drift_number(row, "slot"), "vlan", (json_int_t)drift_number(row, "vlan"));
			(void)json_array_append_new(networks, net);
		} else if (drift_number(net, "vlan") != drift_number(row, "vlan")) {
			move(net, drift_number(row, "vlan"));
		}
		if (with_mac && net != NULL)
			(void)json_object_set(net, "mac", json_object_get(row, "mac"));
	}
}

static void
drop_disk(json_t *disks, const char *bd)
{
	for (size_t i = json_array_size(disks); i-- > 0;)
		if (strcmp(field_text(json_array_get(disks, i), "bd"), bd) == 0)
			(void)json_array_remove(disks, i);
}

/* Detached disks are kept, as remove-disk leaves them. */
static void
take_disks(const struct accepting *x)
{
	json_t *disks = json_object_get(x->spec, "disks"), *disk;

	for (size_t i = json_array_size(disks); i-- > 0;) {
		disk = json_array_get(disks, i);
		if (drift_is_mapped(x->found, field_text(disk, "bd"), 0))
			continue;
		if (!json_is_array(json_object_get(x->objects, "detached")))
			(void)json_object_set_new(x->objects, "detached", json_array());
		if (strcmp(field_text(disk, "kind"), "adopted") != 0)
			(void)json_array_append(json_object_get(x->objects, "detached"), disk);
		drop_disk(json_object_get(x->objects, "disks"), field_text(disk, "bd"));
		(void)json_array_remove(disks, i);
	}
}

static void
take_over(struct accepting *x)
{
	take_sizes(x);
	if (json_is_array(json_object_get(x->found, "adapters")) && !(x->is_hmc && x->is_off)) {
		take_adapters(x, json_object_get(x->spec, "networks"), 0);
		take_adapters(x, json_object_get(x->objects, "networks"), 1);
	}
	if (json_is_array(json_object_get(x->found, "maps")) && !x->is_hmc)
		take_disks(x);
	(void)json_object_set_new(x->objects, "power", json_string(x->is_off ? "stopped" : "running"));
}

/* ---- the row ---- */

static int64_t
over(int64_t after, const json_t *vm, const char *key)
{
	return after > field_number(vm, key) ? after - field_number(vm, key) : 0;
}

static int
count(struct accepting *x, struct pd_err *e)
{
	struct pd_amounts a, more;

	vm_change_amounts(x->spec, json_object_get(x->objects, "detached"), &a);
	more = (struct pd_amounts){ 0, over(a.units, x->vm, "units"), over(a.procs, x->vm, "procs"),
		over(a.memory, x->vm, "memory"), over(a.disk, x->vm, "disk") };
	if (admission_quota_of(x->ad, x->vm, &a, &more, e) == -1)
		return -1;
	(void)json_object_del(x->objects, "pending");
	if (json_object_update_new(x->vm,
		json_pack("{s:I s:I s:I s:I}", "units", (json_int_t)a.units, "procs", (json_int_t)a.procs, "memory",
		    (json_int_t)a.memory, "disk", (json_int_t)a.disk)) == -1)
		return pd_fail(e, PD_IO, "no memory for the row of VM %s", field_text(x->vm, "name"));
	return store_vm_put(x->ad->a->store, x->vm, e);
}

static int
differences(const struct accepting *x, json_t **rows, struct pd_err *e)
{
	*rows = json_array();
	return drift_of_vm(x->vm, x->found, x->is_hmc, *rows) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the drift");
}

static int
record(struct accepting *x, json_t *accepted, size_t left, struct pd_err *e)
{
	struct admitting *ad = x->ad;
	const char	 *name = field_text(x->vm, "name");
	size_t		  n = json_array_size(accepted) - left;
	json_t		 *row;
	int		  rv;

	(void)snprintf(ad->said, sizeof(ad->said), "%.31s is to be as its console shows it: %zu difference%s accepted",
	    name, n, n == 1 ? "" : "s");
	if (left > 0)
		(void)snprintf(ad->said + strlen(ad->said), sizeof(ad->said) - strlen(ad->said),
		    ", %zu left (drift %.31s shows %s)", left, name, left == 1 ? "it" : "them");
	row = json_pack("{s:s s:s s:s s:s s:s s:s s:{s:s s:O}}", "event", "drift-accepted", "user", ad->job->user,
	    "tenant", field_text(x->vm, "tenant"), "job", ad->job->id, "verb", ad->job->verb, "vm", name, "what",
	    "owner", field_text(x->vm, "owner"), "differences", accepted);
	rv = row != NULL ? store_history_add(ad->a->store, row, e) : pd_fail(e, PD_IO, "no memory for the history of %s", name);
	json_decref(row);
	return rv;
}

static int
accept(struct accepting *x, struct pd_err *e)
{
	json_t *before = NULL, *after = NULL;
	int	rv = differences(x, &before, e);

	if (rv == 0 && json_array_size(before) == 0) {
		(void)snprintf(x->ad->said, sizeof(x->ad->said), "%.31s is as it was built", field_text(x->vm, "name"));
		x->ad->code = PD_NO_CHANGE;
	} else if (rv == 0) {
		take_over(x);
		rv = count(x, e) == 0 && differences(x, &after, e) == 0 ? 0 : -1;
		if (rv == 0)
			rv = record(x, before, json_array_size(after), e);
	}
	json_decref(before);
	json_decref(after);
	return rv;
}

int
admit_accept_drift(struct admitting *ad, struct pd_err *e)
{
	struct accepting x = { .ad = ad };
	int		 rv = -1;

	if (change_begin(ad, &x.vm, e) == -1)
		goto out;
	x.spec = json_object_get(x.vm, "spec");
	x.objects = json_object_get(x.vm, "objects");
	if (drift_cannot(x.vm) != NULL)
		rv = pd_fail(e, PD_CONFLICT, "%s cannot be compared: %s", field_text(x.vm, "name"), drift_cannot(x.vm));
	else if (take_inventory(&x, e) == 0)
		rv = accept(&x, e);
	ad->state = JOB_DONE;
out:
	json_decref(x.inventory);
	json_decref(x.vm);
	return rv;
}
