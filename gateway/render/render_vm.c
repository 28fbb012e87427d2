/* SPDX-License-Identifier: ISC */
/*
 * render_vm.c - show-vm: what a person wants to know of a VM, in the order in which it is asked for.
 *
 * Names of devices, slots and the like stay in --json.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"

static const char *const known[] = { "name", "state", "state_since", "seen", "owner", "tenant", "platform", "lpar_id",
	"image", "units", "units_text", "procs", "memory", "disk", "addresses", "created", "job", "disks", "networks",
	"spec", "pending", "change", "detached", "iso", "fc", "tape", "lease_end", "lease_ended", "lease_delete",
	NULL };

/* "0.50 units (min 0.10, max 1.00)": a value with its bounds, where there are any. */
static void
with_bounds(FILE *out, const json_t *vm, const char *key, const char *what)
{
	const json_t *spec = json_object_get(vm, "spec"), *value = json_object_get(vm, key), *min, *max;
	char	      name[32], *text, *low, *high;

	if (value == NULL)
		value = json_object_get(spec, key);
	(void)snprintf(name, sizeof(name), "%s_min", key);
	min = json_object_get(spec, name);
	(void)snprintf(name, sizeof(name), "%s_max", key);
	max = json_object_get(spec, name);
	text = text_of_value(key, value, NULL);
	low = text_of_value(key, min, NULL);
	high = text_of_value(key, max, NULL);
	(void)fprintf(out, "%s%s", text != NULL ? text : "?", what);
	if (min != NULL && max != NULL && low != NULL && high != NULL)
		(void)fprintf(out, " (min %s, max %s)", low, high);
	free(text);
	free(low);
	free(high);
}

static void
processors(FILE *out, const json_t *vm)
{
	const json_t *spec = json_object_get(vm, "spec"), *weight = json_object_get(spec, "weight");
	int	      is_one = json_integer_value(json_object_get(vm, "procs")) == 1;

	render_label(out, "processors");
	if (strcmp(render_string(spec, "mode"), "ded") == 0) {
		with_bounds(out, vm, "procs", is_one ? " dedicated processor" : " dedicated processors");
		if (strncmp(render_string(spec, "sharing"), "share", 5) == 0)
			(void)fprintf(out, ", lent when idle (%s)", render_string(spec, "sharing"));
	} else {
		with_bounds(out, vm, "units", " units");
		(void)fputs(", ", out);
		with_bounds(out, vm, "procs", is_one ? " virtual processor" : " virtual processors");
		if (strcmp(render_string(spec, "sharing"), "cap") == 0)
			(void)fputs(", capped", out);
		else if (json_is_integer(weight))
			(void)fprintf(out, ", uncapped with weight %d", (int)json_integer_value(weight));
	}
	(void)fputc('\n', out);
}

static void
memory(FILE *out, const json_t *vm)
{
	render_label(out, "memory");
	with_bounds(out, vm, "memory", "");
	(void)fputc('\n', out);
}

/* What it was given beside sizes, one line each. */
static void
features(FILE *out, const json_t *spec)
{
	static const struct {
		const char *key, *label;
	} lines[] = { { "proc_pool", "processor pool" }, { "compat_mode", "compatibility" }, { "avail_priority", "availability" },
		{ "memory_expansion", "memory expansion" }, { "mem_mode", "memory mode" }, { "memory_weight", "memory weight" },
		{ "paging_vios", "paging VIOS" }, { "second_paging_vios", "second one" } };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const json_t *value = json_object_get(spec, lines[i].key);

		if (value == NULL)
			continue;
		render_label(out, lines[i].label);
		render_cell(out, lines[i].key, value, spec);
		(void)fputc('\n', out);
	}
	if (json_integer_value(json_object_get(spec, "remote_restart")) == 1) {
		render_label(out, "remote restart");
		(void)fputs("yes\n", out);
	}
}

/* "db1, group web": what it was created near to, and apart from. */
static void
neighbours(FILE *out, const json_t *spec)
{
	const json_t *apart = json_object_get(spec, "apart_from"), *one;
	size_t	      i;

	if (json_object_get(spec, "near") != NULL) {
		render_label(out, "near");
		render_cell(out, "near", json_object_get(spec, "near"), spec);
		(void)fputc('\n', out);
	}
	if (json_array_size(apart) > 0)
		render_label(out, "apart from");
	json_array_foreach(apart, i, one) {
		int is_vm = json_object_get(one, "vm") != NULL;

		(void)fputs(i > 0 ? ", " : "", out);
		(void)fputs(is_vm ? "" : "group ", out);
		render_cell(out, "name", json_object_get(one, is_vm ? "vm" : "group"), one);
	}
	if (json_array_size(apart) > 0)
		(void)fputc('\n', out);
}

/* A change that waits for the VM to be off: what it has until then. */
static void
pending(FILE *out, const json_t *vm)
{
	const json_t *now = json_object_get(vm, "pending"), *procs = json_object_get(now, "procs");
	char	     *units, *mem;

	if (now == NULL)
		return;
	units = text_of_value("units", json_object_get(now, "units"), NULL);
	mem = text_of_value("memory", json_object_get(now, "memory"), NULL);
	render_label(out, "runs with");
	(void)fprintf(out, "%s units, %d virtual processor%s and %s memory until it has been off\n",
	    units != NULL ? units : "?", (int)json_integer_value(procs), json_integer_value(procs) == 1 ? "" : "s",
	    mem != NULL ? mem : "?");
	free(units);
	free(mem);
}

static void
change(FILE *out, const json_t *vm)
{
	const json_t *c = json_object_get(vm, "change");

	if (c == NULL)
		return;
	render_label(out, "changing");
	(void)fprintf(out, "%s, job %s\n", render_string(c, "verb"), render_string(c, "job"));
}

/* The number that it is called by: it keeps it when others go. */
static json_t *
number_of(const json_t *element, size_t i)
{
	const json_t *index = json_object_get(element, "index");

	return json_sprintf("%d", json_is_integer(index) ? (int)json_integer_value(index) + 1 : (int)i + 1);
}

/* A table of them behind a blank line, when there are any; takes rows. */
static void
devices(FILE *out, const char *layout, json_t *rows)
{
	if (json_array_size(rows) > 0) {
		(void)fputc('\n', out);
		render_table(out, layout, rows);
	}
	json_decref(rows);
}

static void
kept(FILE *out, const json_t *vm)
{
	json_t *rows = json_array(), *disk;
	size_t	i;

	json_array_foreach(json_object_get(vm, "detached"), i, disk) {
		json_t *row = json_object();

		json_object_set(row, "kept", json_object_get(disk, "bd"));
		json_object_set(row, "size", json_object_get(disk, "size"));
		json_object_set(row, "pool", json_object_get(disk, "pool"));
		json_array_append_new(rows, row);
	}
	devices(out, "disks that a VM keeps", rows);
}

static void
disks(FILE *out, const json_t *vm)
{
	json_t *rows = json_array(), *disk;
	size_t	i;

	json_array_foreach(json_object_get(vm, "disks"), i, disk) {
		json_t *row = json_object();

		json_object_set_new(row, "disk", number_of(disk, i));
		json_object_set(row, "size", json_object_get(disk, "size"));
		json_object_set(row, "pool", json_object_get(disk, "pool"));
		json_object_set(row, "backing_device", json_object_get(disk, "bd"));
		json_array_append_new(rows, row);
	}
	devices(out, "disks of a VM", rows);
	kept(out, vm);
}

/* "EE:E9:10:00:20:0F" as guests print it. */
static json_t *
mac_text(const char *mac)
{
	if (strlen(mac) != 12)
		return mac[0] != '\0' ? json_string(mac) : NULL;
	return json_sprintf("%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", mac, mac + 2, mac + 4, mac + 6, mac + 8, mac + 10);
}

static void
networks(FILE *out, const json_t *vm)
{
	json_t *rows = json_array(), *net, *mac;
	size_t	i;

	json_array_foreach(json_object_get(vm, "networks"), i, net) {
		json_t *row = json_object();

		json_object_set_new(row, "adapter", number_of(net, i));
		json_object_set(row, "network", json_object_get(net, "name"));
		json_object_set(row, "vlan", json_object_get(net, "vlan"));
		if (render_string(net, "ip")[0] != '\0')
			json_object_set_new(row, "address", json_sprintf("%s/%d", render_string(net, "ip"),
			    (int)json_integer_value(json_object_get(net, "prefix"))));
		json_object_set(row, "gateway", json_object_get(net, "gateway"));
		if ((mac = mac_text(render_string(net, "mac"))) != NULL)
			json_object_set_new(row, "mac", mac);
		json_array_append_new(rows, row);
	}
	devices(out, "networks of a VM", rows);
}

/* What the storage administrator is told. */
static void
fibre_channel(FILE *out, const json_t *vm)
{
	json_t *rows = json_array(), *fc;
	size_t	i;

	json_array_foreach(json_object_get(vm, "fc"), i, fc) {
		json_t *row = json_object();

		json_object_set_new(row, "fc", number_of(fc, i));
		json_object_set(row, "vios", json_object_get(fc, "name"));
		json_object_set(row, "port", json_object_get(fc, "fcs"));
		json_object_set(row, "wwpn", json_object_get(fc, "wwpn1"));
		json_object_set(row, "second_wwpn", json_object_get(fc, "wwpn2"));
		json_array_append_new(rows, row);
	}
	devices(out, "fibre channel of a VM", rows);
}

static void
text_line(FILE *out, const char *label, const json_t *object, const char *key)
{
	if (json_object_get(object, key) == NULL)
		return;
	render_label(out, label);
	render_cell(out, key, json_object_get(object, key), object);
	(void)fputc('\n', out);
}

static void
state(FILE *out, const json_t *vm)
{
	render_label(out, "state");
	render_cell(out, "state", json_object_get(vm, "state"), vm);
	if (json_object_get(vm, "state_since") != NULL) {
		(void)fputs(" since ", out);
		render_cell(out, "state_since", json_object_get(vm, "state_since"), vm);
	}
	(void)fputc('\n', out);
}

/* "alice, tenant blue"; "power1, partition 2"; "TIME, job ID". */
static void
two(FILE *out, const char *label, const json_t *vm, const char *key, const char *with, const char *more)
{
	if (json_object_get(vm, key) == NULL)
		return;
	render_label(out, label);
	render_cell(out, key, json_object_get(vm, key), vm);
	if (json_object_get(vm, more) != NULL) {
		(void)fprintf(out, ", %s ", with);
		render_cell(out, more, json_object_get(vm, more), vm);
	}
	(void)fputc('\n', out);
}

/* "ends TIME"; "ended TIME, off since TIME, is deleted TIME". */
static void
lease(FILE *out, const json_t *vm)
{
	const json_t *ended = json_object_get(vm, "lease_ended");

	if (json_object_get(vm, "lease_end") == NULL)
		return;
	render_label(out, "lease");
	(void)fputs(ended != NULL ? "ended " : "ends ", out);
	render_cell(out, "lease_end", json_object_get(vm, "lease_end"), vm);
	if (ended != NULL) {
		(void)fputs(", off for that since ", out);
		render_cell(out, "lease_ended", ended, vm);
	}
	if (json_object_get(vm, "lease_delete") != NULL) {
		(void)fputs(", is deleted ", out);
		render_cell(out, "lease_delete", json_object_get(vm, "lease_delete"), vm);
	}
	(void)fputc('\n', out);
}

void
render_vm(FILE *out, const json_t *vm)
{
	text_line(out, "name", vm, "name");
	state(out, vm);
	two(out, "owner", vm, "owner", "tenant", "tenant");
	two(out, "platform", vm, "platform", "partition", "lpar_id");
	text_line(out, "image", vm, "image");
	text_line(out, "host name", json_object_get(vm, "spec"), "hostname");
	processors(out, vm);
	memory(out, vm);
	features(out, json_object_get(vm, "spec"));
	neighbours(out, json_object_get(vm, "spec"));
	pending(out, vm);
	change(out, vm);
	text_line(out, "medium", json_object_get(vm, "iso"), "name");
	text_line(out, "tape drive", json_object_get(vm, "tape"), "name");
	text_line(out, "boot mode", json_object_get(vm, "spec"), "boot_mode");
	lease(out, vm);
	two(out, "created", vm, "created", "last job", "job");
	render_rest(out, vm, known);
	disks(out, vm);
	networks(out, vm);
	fibre_channel(out, vm);
}
