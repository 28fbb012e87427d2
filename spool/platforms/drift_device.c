/* SPDX-License-Identifier: ISC */
/*
 * drift_device.c - what differs of a VM's network adapters and disks.
 *
 * An adapter is known by its slot, a disk by the name of its backing device.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/platforms/drift.h"

#define TEXT_MAX 320

/* ---- adapters ---- */

int64_t
drift_number(const json_t *row, const char *key)
{
	const json_t *v = json_object_get(row, key);

	return json_is_integer(v) ? json_integer_value(v) : strtoll(field_text(row, key), NULL, 10);
}

const json_t *
drift_adapter(const json_t *adapters, int64_t lpar, int64_t slot)
{
	const json_t *row;
	size_t	      i;

	json_array_foreach(adapters, i, row)
		if (field_number(row, "lpar") == lpar && drift_number(row, "slot") == slot)
			return row;
	return NULL;
}

/* "change-network web1 --adapter 1 --network vlan=10,ip=10.0.10.5/24,gateway=10.0.10.1": what it has, asked for once more. */
static void
network_request(const struct drift *d, const json_t *net, char *text, size_t size)
{
	const char *name = field_text(net, "name"), *ip = field_text(net, "ip"), *dns = field_text(net, "dns2");
	size_t	    n = (size_t)snprintf(text, size, "change-network %.31s --adapter %lld --network ", d->name, (long long)drift_number(net, "index") + 1);

	if (name[0] != '\0')
		n += (size_t)snprintf(text + n, size - n, "name=%.31s", name);
	else
		n += (size_t)snprintf(text + n, size - n, "vlan=%lld", (long long)drift_number(net, "vlan"));
	if (ip[0] != '\0')
		n += (size_t)snprintf(text + n, size - n, ",ip=%.15s/%lld", ip, (long long)drift_number(net, "prefix"));
	if (field_text(net, "gateway")[0] != '\0')
		n += (size_t)snprintf(text + n, size - n, ",gateway=%.15s", field_text(net, "gateway"));
	if (field_text(net, "dns1")[0] != '\0')
		(void)snprintf(text + n, size - n, ",dns=%.15s%s%.15s", field_text(net, "dns1"), dns[0] != '\0' ? "+" : "", dns);
}

static void
compare_adapter(struct drift *d, const json_t *net, const json_t *found)
{
	const char *mac = field_text(field_find_number(json_object_get(d->objects, "networks"), "slot", drift_number(net, "slot")), "mac");
	const char *more = field_text(found, "more");
	char	    what[48], wanted[96], seen[128], repair[TEXT_MAX];

	(void)snprintf(what, sizeof(what), "adapter %lld", (long long)drift_number(net, "index") + 1);
	(void)snprintf(wanted, sizeof(wanted), "VLAN %lld in slot %lld", (long long)drift_number(net, "vlan"),
	    (long long)drift_number(net, "slot"));
	network_request(d, net, repair, sizeof(repair));
	if (found == NULL) {
		(void)drift_add(d, what, wanted, "none", repair);
		return;
	}
	(void)snprintf(seen, sizeof(seen), "VLAN %lld in slot %lld", (long long)drift_number(found, "vlan"),
	    (long long)drift_number(net, "slot"));
	if (drift_number(found, "vlan") != drift_number(net, "vlan"))
		(void)drift_add(d, what, wanted, seen, repair);
	else if (mac[0] != '\0' && field_text(found, "mac")[0] != '\0' && strcmp(mac, field_text(found, "mac")) != 0)
		/* A console gives an adapter its address when it makes it, and keeps that. */
		drift_add_by_hand(d, what, mac, field_text(found, "mac"),
		    "remove the adapter in slot %lld at the console and make it again with the "
		    "address %.17s, or take over the one that it has: accept-drift %.31s",
		    (long long)drift_number(net, "slot"), mac, d->name);
	if (more[0] != '\0' && strcmp(more, "none") != 0) {
		(void)snprintf(seen, sizeof(seen), "tagged VLANs %.80s, too", more);
		drift_add_by_hand(d, what, wanted, seen,
		    "take the tagged VLANs off the adapter in slot %lld at the console",
		    (long long)drift_number(net, "slot"));
	}
}

/* A partition of an HMC that is off shows what it had when it was on. */
void
drift_adapters(struct drift *d)
{
	const json_t *adapters = json_object_get(d->found, "adapters"),
		     *networks = json_object_get(d->spec, "networks"), *row;
	int64_t	      id = field_number(d->vm, "lpar_id");
	char	      what[48], seen[64];
	size_t	      i;

	if (!json_is_array(adapters) || (d->is_hmc && d->is_off))
		return;
	json_array_foreach(networks, i, row)
		if (json_object_get(row, "adding") == NULL)
			compare_adapter(d, row, drift_adapter(adapters, id, drift_number(row, "slot")));
	json_array_foreach(adapters, i, row) {
		if (field_number(row, "lpar") != id ||
		    field_find_number(networks, "slot", drift_number(row, "slot")) != NULL)
			continue;
		(void)snprintf(what, sizeof(what), "adapter in slot %lld", (long long)drift_number(row, "slot"));
		(void)snprintf(seen, sizeof(seen), "VLAN %lld", (long long)drift_number(row, "vlan"));
		drift_add_by_hand(d, what, "none", seen, "remove it at the console, or take it over: accept-drift %.31s", d->name);
	}
}

/* ---- disks ---- */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

int
drift_is_mapped(const json_t *found, const char *bd, int64_t vios)
{
	const json_t *row;
	size_t	      i;

	json_array_foreach(json_object_get(found, "maps"), i, row)
		if (strcmp(base_name(field_text(row, "backing")), bd) == 0 && (vios == 0 || drift_number(row, "vios") == vios))
			return 1;
	return 0;
}

static void
compare_disk(struct drift *d, const json_t *disk, const json_t *path)
{
	const char *bd = field_text(disk, "bd");
	char	    what[80], wanted[TEXT_MAX], repair[TEXT_MAX];

	if (bd[0] == '\0' || drift_is_mapped(d->found, bd, field_number(path, "id")))
		return;
	(void)snprintf(what, sizeof(what), "disk %lld%s%.31s", (long long)drift_number(disk, "index") + 1,
	    path != NULL ? " through " : "", field_text(path, "name"));
	(void)snprintf(wanted, sizeof(wanted), "%.64s attached", bd);
	(void)snprintf(repair, sizeof(repair), "add-disk %.31s --existing %.64s", d->name, bd);
	(void)drift_add(d, what, wanted, "not attached", strcmp(field_text(disk, "kind"), "adopted") != 0 ? repair : NULL);
}

void
drift_disks(struct drift *d)
{
	const json_t *paths = json_object_get(d->objects, "paths"), *path, *disk;
	size_t	      i, k;

	if (!json_is_array(json_object_get(d->found, "maps")))
		return;
	if (json_array_size(paths) == 0)
		json_array_foreach(json_object_get(d->spec, "disks"), i, disk)
			compare_disk(d, disk, NULL);
	json_array_foreach(paths, i, path)
		json_array_foreach(json_object_get(path, "disks"), k, disk)
			compare_disk(d, disk, path);
}
