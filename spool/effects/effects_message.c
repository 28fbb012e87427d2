/* SPDX-License-Identifier: ISC */
/*
 * effects_message.c - how a finished job is told: one or two sentences that say what there is now.
 *
 * They stand in the job's row, in its result event and in --json; the figures behind them are in the value.  What does
 * not fit is left out at a comma, never cut in a word.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/effects/effects.h"
#include "spool/field.h"

struct sentence {
	char  *text;
	size_t size;
};

/* Adds the piece, or nothing when it does not fit. */
static void __attribute__((format(printf, 2, 3)))
add(struct sentence *s, const char *fmt, ...)
{
	size_t	len = strlen(s->text);
	va_list ap;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(s->text + len, s->size - len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= s->size - len)
		s->text[len] = '\0';
}

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

/* ": 10.0.10.5, 10.0.20.5", nothing without addresses. */
static void
add_addresses(struct sentence *s, const json_t *vm)
{
	const json_t *network;
	const char   *before = ": ";
	size_t	      i;

	json_array_foreach(json_object_get(json_object_get(vm, "spec"), "networks"), i, network)
		if (field_text(network, "ip")[0] != '\0') {
			add(s, "%s%s", before, field_text(network, "ip"));
			before = ", ";
		}
}

/* The managed system; an IVM's has the platform's name. */
static const char *
where(const json_t *job, const json_t *vm)
{
	return field_text(vm, "system")[0] != '\0' ? field_text(vm, "system") : field_text(job, "platform");
}

static int
is_configuring(const json_t *value)
{
	return json_object_size(json_object_get(json_object_get(value, "objects"), "medium")) > 0;
}

static void
created(struct sentence *s, const json_t *job, const json_t *vm, const json_t *value)
{
	const char *name = field_text(vm, "name"), *state = field_text(vm, "state");

	add(s, "%s is %s on %s", name, strcmp(state, "running") == 0 ? "running" : "created", where(job, vm));
	if (field_number(vm, "lpar_id") > 0)
		add(s, " (partition %" PRId64 ")", field_number(vm, "lpar_id"));
	if (strcmp(state, "open-firmware") == 0)
		add(s, "; it has no operating system yet and waits in Open Firmware");
	else if (strcmp(state, "running") != 0)
		add(s, " and powered off; start it with: start-vm %s", name);
	else
		add_addresses(s, vm);
	if (strcmp(state, "running") == 0 && is_configuring(value))
		add(s, "; it configures itself now and then stops, start it once more after that");
}

static void
changed(struct sentence *s, const json_t *job, const json_t *vm)
{
	const char *state = field_text(vm, "state");

	add(s, "%s is %s", field_text(vm, "name"), strcmp(state, "open-firmware") == 0 ? "in Open Firmware" : state);
	if (strcmp(state, "running") == 0 && strcmp(field_text(job, "verb"), "restart-vm") == 0)
		add(s, " again");
	if (strcmp(state, "running") == 0)
		add_addresses(s, vm);
}

static void
deleted(struct sentence *s, const json_t *job, const json_t *vm)
{
	int64_t disks = (int64_t)json_array_size(json_object_get(json_object_get(vm, "spec"), "disks"));
	char	disk[32], memory[32];

	add(s, "%s is deleted", field_text(vm, "name"));
	add(s, "; %" PRId64 " disk%s (%s) and %s memory of %s are free again", disks, plural(disks),
	    quota_size_short(disk, sizeof(disk), field_number(vm, "disk")),
	    quota_size_short(memory, sizeof(memory), field_number(vm, "memory")), where(job, vm));
}

void
effects_say_vm(const json_t *job, const json_t *vm, struct ending *end)
{
	struct sentence s = { .text = end->err.msg, .size = sizeof(end->err.msg) };
	const char     *verb = field_text(job, "verb");

	if (end->err.msg[0] != '\0')
		return;	/* the sequence has said it */
	if (strcmp(verb, "create-vm") == 0)
		created(&s, job, vm, end->value);
	else if (strcmp(verb, "delete-vm") == 0)
		deleted(&s, job, vm);
	else
		changed(&s, job, vm);
}

/* "465G of 558G", "465G" when nothing of it is used. */
static void
add_pools(struct sentence *s, const json_t *pools, const json_t *found)
{
	const char   *before = "; pools ";
	const json_t *name, *pool;
	size_t	      i, k;
	char	      text[32];

	json_array_foreach(pools, i, name)
		json_array_foreach(found, k, pool)
			if (json_is_string(name) && strcmp(field_text(pool, "name"), json_string_value(name)) == 0) {
				add(s, "%s%s %s", before, field_text(pool, "name"),
				    quota_size_short(text, sizeof(text), field_number(pool, "free")));
				before = ", ";
			}
}

/* ": HMC V10R3 with the systems p9a and p9b, p9c (Power Off)". */
static void
add_systems(struct sentence *s, const json_t *systems, const char *level)
{
	const json_t *system;
	size_t	      i, n = json_array_size(systems);

	add(s, ": HMC %s with the system%s", level, plural((int64_t)n));
	json_array_foreach(systems, i, system) {
		const char *state = field_text(system, "state");

		add(s, "%s%s", i == 0 ? " " : i + 1 == n ? " and " : ", ", field_text(system, "name"));
		if (strcmp(state, "Operating") != 0)
			add(s, " (%s)", state);
	}
}

void
effects_say_platform(const json_t *job, const json_t *platform, struct ending *end)
{
	struct sentence s = { .text = end->err.msg, .size = sizeof(end->err.msg) };
	const json_t   *facts = json_object_get(platform, "facts"), *systems = json_object_get(end->value, "systems");
	char		text[32];

	if (end->err.msg[0] != '\0')
		return;
	add(&s, "%s %s", field_text(platform, "name"),
	    strcmp(field_text(job, "verb"), "register-platform") == 0 ? "is registered" : "answers");
	if (field_text(facts, "type_model")[0] != '\0')
		add(&s, ": IBM %s %s", field_text(facts, "type_model"), field_text(facts, "serial"));
	if (systems != NULL)
		add_systems(&s, systems, field_text(facts, "level"));
	else if (field_text(facts, "level")[0] != '\0')
		add(&s, ", VIOS %s", field_text(facts, "level"));
	if (json_is_integer(json_object_get(facts, "memory_free")))
		add(&s, "; %s memory", quota_size_short(text, sizeof(text), field_number(facts, "memory_free")));
	if (json_is_string(json_object_get(facts, "units_free")))
		add(&s, " and %s processing units free", field_text(facts, "units_free"));
	add_pools(&s, json_object_get(platform, "pools"), json_object_get(facts, "pools"));
}

void
effects_say_image(const json_t *image, struct ending *end)
{
	struct sentence s = { .text = end->err.msg, .size = sizeof(end->err.msg) };
	char		text[32];

	if (end->err.msg[0] != '\0')
		return;
	add(&s, "%s is offered on %s: %s, %s", field_text(image, "name"), field_text(image, "platform"),
	    field_text(image, "os"), quota_size_short(text, sizeof(text), field_number(image, "size")));
	add(&s, "%s", strcmp(field_text(image, "first_boot"), "agent") == 0 ? ", sets up its address at first boot" :
	    ", starts as it is");
}
