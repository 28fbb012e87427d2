/* SPDX-License-Identifier: ISC */
/*
 * drift.c - what differs between what jobs built and what a console shows: the partition, its name, power, processors
 * and memory.
 *
 * drift_device.c: adapters and disks.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/admit/placement.h"
#include "spool/field.h"
#include "spool/platforms/drift.h"
#include "spool/platforms/inventory.h"

#define TEXT_MAX 160

json_t *
drift_add(struct drift *d, const char *what, const char *wanted, const char *found, const char *repair)
{
	json_t *row = json_pack("{s:s s:s s:s s:s s:s*}", "vm", d->name, "what", what, "wanted", wanted, "found", found, "repair", repair);

	if (row == NULL || json_array_append_new(d->rows, row) == -1) {
		d->failed = 1;
		return NULL;
	}
	return row;
}

void
drift_add_by_hand(struct drift *d, const char *what, const char *wanted, const char *found, const char *how, ...)
{
	json_t *row = drift_add(d, what, wanted, found, NULL);
	char	text[2 * TEXT_MAX];
	va_list ap;

	va_start(ap, how);
	(void)vsnprintf(text, sizeof(text), how, ap);
	va_end(ap);
	if (row != NULL && json_object_set_new(row, "by_hand", json_string(text)) == -1)
		d->failed = 1;
}

/* Nothing is left without a way on. */
static void
say_by_hand(struct drift *d, size_t first)
{
	for (size_t i = first; i < json_array_size(d->rows); i++) {
		json_t *row = json_array_get(d->rows, i);

		if (json_object_get(row, "repair") == NULL && json_object_get(row, "by_hand") == NULL &&
		    json_object_set_new(row, "by_hand", json_sprintf("change it at the console, or take it over as it is: accept-drift %.31s",
		    d->name)) == -1)
			d->failed = 1;
	}
}

/* ---- processors and memory ---- */

enum unit { MIB, HUNDREDTHS, COUNT };

/* What modify-vm is asked for to bring back what differs; its keys in a row of the specification, of a list of the inventory. */
static const struct amount {
	const char *what, *option;
	enum unit   unit;
	const char *wanted[3], *found[3];	/* minimum, desired, maximum */
} amounts[] = {
	{ "cpu", "--cpu", HUNDREDTHS, { "units_min", "units", "units_max" }, { "units_min", "units", "units_max" } },
	{ "procs", "--procs", COUNT, { "procs_min", "procs", "procs_max" }, { "procs_min", "procs", "procs_max" } },
	{ "memory", "--memory", MIB, { "memory_min", "memory", "memory_max" }, { "min", "pend", "max" } },
};
#define NAMOUNTS (sizeof(amounts) / sizeof(amounts[0]))

/* What is compared of one side: a list row of the running partition, or of its profile. */
struct side {
	const json_t *memory, *processors;
	const char   *where;		/* "" or " of the profile" */
	unsigned      asked;		/* amounts of the request so far: 1 << index */
	int	      sharing, weight;	/* they are in the request, too */
	json_t	     *rows[8];		/* those that the request brings back, lent */
	size_t	      nrows;
};

/* As the console or a row says it; -1 = it does not. */
static int64_t
amount_of(const json_t *row, const char *key, enum unit unit)
{
	const json_t *v = json_object_get(row, key);
	const char   *text = json_string_value(v);
	char	     *end;
	int64_t	      n;

	if (unit == HUNDREDTHS)
		return placement_hundredths(row, key);
	if (json_is_integer(v))
		return json_integer_value(v);
	if (text == NULL)
		return -1;
	n = strtoll(text, &end, 10);
	return end != text && *end == '\0' && n >= 0 ? n : -1;
}

static char *
amount_text(char *buf, size_t size, int64_t n, enum unit unit)
{
	if (unit == MIB)
		return quota_size_text(buf, size, n);
	if (unit == HUNDREDTHS)
		return quota_units_text(buf, size, n);
	(void)snprintf(buf, size, "%lld", (long long)n);
	return buf;
}

/* "1G:2G:4G", or "2G" of what has no bounds. */
static void
range_text(char *buf, size_t size, const int64_t n[3], const int64_t other[3], enum unit unit)
{
	char a[32], b[32], c[32];

	if (n[0] < 0 || n[2] < 0 || other[0] < 0 || other[2] < 0)
		(void)amount_text(buf, size, n[1], unit);
	else
		(void)snprintf(buf, size, "%s:%s:%s", amount_text(a, sizeof(a), n[0], unit),
		    amount_text(b, sizeof(b), n[1], unit), amount_text(c, sizeof(c), n[2], unit));
}

static void
keep_row(struct side *s, json_t *row)
{
	if (row != NULL && s->nrows < sizeof(s->rows) / sizeof(s->rows[0]))
		s->rows[s->nrows++] = row;
}

static void
compare_amount(struct drift *d, struct side *s, size_t which, const json_t *row)
{
	const struct amount *a = &amounts[which];
	int64_t		     wanted[3], found[3];
	char		     what[64], w[TEXT_MAX], f[TEXT_MAX];
	int		     differs = 0;

	for (size_t i = 0; i < 3; i++) {
		wanted[i] = amount_of(d->spec, a->wanted[i], a->unit);
		found[i] = amount_of(row, a->found[i], a->unit);
		differs |= wanted[i] >= 0 && found[i] >= 0 && wanted[i] != found[i];
	}
	if (!differs || wanted[1] < 0 || found[1] < 0)
		return;
	(void)snprintf(what, sizeof(what), "%s%s", a->what, s->where);
	range_text(w, sizeof(w), wanted, found, a->unit);
	range_text(f, sizeof(f), found, wanted, a->unit);
	keep_row(s, drift_add(d, what, w, f, NULL));
	s->asked |= 1u << which;
}

static void
compare_sharing(struct drift *d, struct side *s)
{
	const char *wanted = field_text(d->spec, "sharing"), *found = field_text(s->processors, "sharing");
	int64_t	    w = amount_of(d->spec, "weight", COUNT), f = amount_of(s->processors, "weight", COUNT);
	char	    what[64], a[32], b[32];
	json_t	   *row;

	if (wanted[0] == '\0' || found[0] == '\0' || strcmp(found, "null") == 0)
		return;
	if (strcmp(wanted, found) != 0) {
		(void)snprintf(what, sizeof(what), "sharing%s", s->where);
		row = drift_add(d, what, wanted, found, NULL);
		s->sharing = strcmp(wanted, "cap") == 0 || strcmp(wanted, "uncap") == 0;
		if (s->sharing)
			keep_row(s, row);
	} else if (strcmp(wanted, "uncap") == 0 && w >= 0 && f >= 0 && w != f) {
		(void)snprintf(what, sizeof(what), "weight%s", s->where);
		keep_row(s,
		    drift_add(d, what, amount_text(a, sizeof(a), w, COUNT), amount_text(b, sizeof(b), f, COUNT), NULL));
		s->weight = 1;
	}
}

/* One request for all of them. */
static void
set_repair(struct drift *d, const struct side *s)
{
	int	is_capped = strcmp(field_text(d->spec, "sharing"), "cap") == 0;
	char	text[2 * TEXT_MAX], n[32];
	size_t	len;

	if (s->nrows == 0)
		return;
	len = (size_t)snprintf(text, sizeof(text), "modify-vm %.31s", d->name);
	for (size_t i = 0; i < NAMOUNTS; i++)
		if (s->asked & 1u << i)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %s %s", amounts[i].option,
			    amount_text(n, sizeof(n), amount_of(d->spec, amounts[i].wanted[1], amounts[i].unit),
				amounts[i].unit));
	if (s->sharing)
		len += (size_t)snprintf(text + len, sizeof(text) - len, is_capped ? " --capped" : " --uncapped");
	if (s->weight || (s->sharing && !is_capped && amount_of(d->spec, "weight", COUNT) >= 0))
		(void)snprintf(text + len, sizeof(text) - len, " --weight %lld", (long long)amount_of(d->spec, "weight", COUNT));
	for (size_t i = 0; i < s->nrows; i++)
		if (json_object_set_new(s->rows[i], "repair", json_string(text)) == -1)
			d->failed = 1;
}

static void
compare_side(struct drift *d, struct side *s)
{
	const char *mode = field_text(d->spec, "mode"), *found = field_text(s->processors, "mode");
	char	    what[64];

	if (mode[0] != '\0' && found[0] != '\0' && strcmp(mode, found) != 0) {
		(void)snprintf(what, sizeof(what), "processor mode%s", s->where);
		(void)drift_add(d, what, mode, found, NULL);
	} else if (s->processors != NULL) {
		if (strcmp(mode, "ded") != 0)
			compare_amount(d, s, 0, s->processors);
		compare_amount(d, s, 1, s->processors);
		compare_sharing(d, s);
	}
	if (s->memory != NULL)
		compare_amount(d, s, 2, s->memory);
}

/* An HMC may have several profiles of a partition: that of our mark counts. */
static const json_t *
profile_of(const struct drift *d)
{
	const char   *tag = field_text(d->objects, "tag");
	const json_t *row;
	size_t	      i;

	json_array_foreach(json_object_get(d->found, "profiles"), i,
	    row) if (field_number(row, "id") == field_number(d->vm, "lpar_id") &&
	    strcmp(field_text(row, "name"), tag) == 0) return row;
	return NULL;
}

/*
 * An IVM has one configuration.  On an HMC, what the partition has and what its profile has: off, only the profile
 * counts, with which it starts; a change that waits for the next start is in the profile alone.
 */
static void
drift_sizes(struct drift *d)
{
	int64_t	      id = field_number(d->vm, "lpar_id");
	int	      is_waiting = json_object_get(d->objects, "pending") != NULL;
	struct side   now = { .where = "" }, profile = { .where = " of the profile" };

	if (!d->is_hmc || (!d->is_off && !is_waiting)) {
		now.memory = field_find_number(json_object_get(d->found, "memory"), "id", id);
		now.processors = field_find_number(json_object_get(d->found, "processors"), "id", id);
		compare_side(d, &now);
	}
	if (d->is_hmc) {
		profile.memory = profile.processors = profile_of(d);
		compare_side(d, &profile);
		now.asked |= profile.asked;
		now.sharing |= profile.sharing;
		now.weight |= profile.weight;
	}
	set_repair(d, &now);
	profile.asked = now.asked;
	profile.sharing = now.sharing;
	profile.weight = now.weight;
	set_repair(d, &profile);
}

/* ---- the partition ---- */

static void
drift_partition(struct drift *d)
{
	int64_t	      id = field_number(d->vm, "lpar_id");
	const json_t *other = field_find_number(json_object_get(d->found, "lpars"), "id", id);
	char	      wanted[TEXT_MAX], found[TEXT_MAX];

	(void)snprintf(wanted, sizeof(wanted), "partition %lld, profile %.63s", (long long)id, field_text(d->objects, "tag"));
	if (other == NULL)
		(void)snprintf(found, sizeof(found), "none");
	else
		(void)snprintf(found, sizeof(found), "partition %lld is another one: %.47s, profile %.63s",
		    (long long)id, field_text(other, "name"), field_text(other, "profile"));
	(void)drift_add(d, "partition", wanted, found, NULL);
}

static void
drift_name(struct drift *d)
{
	const char *name = field_text(d->lpar, "name"), *tag = field_text(d->objects, "tag"), *profile = field_text(d->lpar, "profile");
	char	    repair[TEXT_MAX];

	if (strcmp(name, d->name) != 0) {
		(void)snprintf(repair, sizeof(repair), "rename-vm %.31s --to %.31s", d->name, d->name);
		(void)drift_add(d, "name", d->name, name, repair);
	}
	if (tag[0] != '\0' && strcmp(profile, tag) != 0)
		(void)drift_add(d, "profile", tag, profile, NULL);
}

/* As the last job left it, or as an administrator has accepted it; on its way from one to another it is neither. */
static void
drift_power(struct drift *d)
{
	const char *wanted = field_text(d->objects, "power"), *state = field_text(d->lpar, "state");
	int	    is_on = strcmp(state, "Running") == 0 || strcmp(state, "Open Firmware") == 0;
	char	    repair[TEXT_MAX];

	/* With a used first-boot medium it stops by itself when it has configured itself. */
	if (strcmp(field_text(json_object_get(d->objects, "medium"), "state"), "used") == 0)
		return;
	if (strcmp(wanted, "running") == 0 && d->is_off) {
		(void)snprintf(repair, sizeof(repair), "start-vm %.31s", d->name);
		(void)drift_add(d, "power", "running", "stopped", repair);
	} else if (strcmp(wanted, "stopped") == 0 && is_on) {
		(void)snprintf(repair, sizeof(repair), "stop-vm %.31s", d->name);
		(void)drift_add(d, "power", "stopped", "running", repair);
	}
}

const char *
drift_cannot(const json_t *vm)
{
	const char *state = field_text(vm, "state");

	if (strcmp(state, "creating") == 0 || strcmp(state, "deleting") == 0)
		return "it is being made or removed";
	if (strcmp(state, "broken") == 0)
		return "it waits for an administrator (resume-job, undo-job)";
	if (json_object_get(json_object_get(vm, "objects"), "change") != NULL)
		return "it is being changed";
	return field_number(vm, "lpar_id") == 0 ? "it was never finished" : NULL;
}

int
drift_of_vm(const json_t *vm, const json_t *found, int is_hmc, json_t *rows)
{
	struct drift d = { .vm = vm, .spec = json_object_get(vm, "spec"), .objects = json_object_get(vm, "objects"), .found = found,
		.name = field_text(vm, "name"), .is_hmc = is_hmc, .rows = rows };
	size_t	     first = json_array_size(rows);

	d.lpar = inventory_partition(found, vm);
	if (d.lpar == NULL) {
		drift_partition(&d);
		say_by_hand(&d, first);
		return d.failed ? -1 : 0;
	}
	d.is_off = strcmp(field_text(d.lpar, "state"), "Not Activated") == 0;
	drift_name(&d);
	drift_sizes(&d);
	drift_adapters(&d);
	drift_disks(&d);
	drift_fc(&d);
	drift_power(&d);	/* last: most of the others are brought back while it is as it is */
	say_by_hand(&d, first);
	return d.failed ? -1 : 0;
}

static int
is_some_vms(const json_t *vms, const json_t *lpar)
{
	const json_t *vm;
	size_t	      i;

	json_array_foreach(vms, i, vm) {
		const char *tag = field_text(json_object_get(vm, "objects"), "tag");

		if (field_number(vm, "lpar_id") == field_number(lpar, "id") ||
		    strcmp(field_text(vm, "name"), field_text(lpar, "name")) == 0 ||
		    (tag[0] != '\0' && strcmp(tag, field_text(lpar, "profile")) == 0))
			return 1;
	}
	return 0;
}

int
drift_of_nobody(const json_t *vms, const json_t *found, json_t *rows)
{
	const json_t *lpar;
	json_t	     *row;
	size_t	      i;

	json_array_foreach(json_object_get(found, "lpars"), i, lpar) {
		if (strcmp(field_text(lpar, "env"), "vioserver") == 0 || is_some_vms(vms, lpar))
			continue;
		row = json_pack("{s:O s:O s:O}", "name", json_object_get(lpar, "name"), "id",
		    json_object_get(lpar, "id"), "state", json_object_get(lpar, "state"));
		if (row == NULL || json_array_append_new(rows, row) == -1)
			return -1;
	}
	return 0;
}
