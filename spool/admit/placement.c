/* SPDX-License-Identifier: ISC */
/*
 * placement.c - which system a new VM is put on.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/admit/placement.h"
#include "spool/admit/san.h"
#include "spool/field.h"

#define UNITS_MAX     1e9	/* above it is no machine but nonsense */
#define PERMILLE      1000
#define TEXT_MAX      200
#define UNITS_LEAST   5		/* hundredths: no partition has less (POWER7+ and later; 10 before) */
#define MEMORY_LEAST  256	/* MiB: below it nothing boots */
#define REGION_USUAL  256

int64_t
placement_hundredths(const json_t *facts, const char *key)
{
	const char *text = field_text(facts, key);
	char	   *end;
	double	    units = strtod(text, &end);

	if (end == text || *end != '\0' || !(units >= 0 && units < UNITS_MAX))
		return -1;
	return (int64_t)(units * 100 + 0.5);
}

/* ---- what our VMs have ---- */

int
held_init(struct held *h)
{
	*h = (struct held){ .pools = json_object() };
	return h->pools != NULL ? 0 : -1;
}

void
held_clear(struct held *h)
{
	json_decref(h->pools);
	h->pools = NULL;
}

void
held_add_disks(struct held *h, const char *pool, int64_t mib)
{
	(void)json_object_set_new(h->pools, pool, json_integer((json_int_t)field_number(h->pools, pool) + (json_int_t)mib));
}

void
held_add_vm(struct held *h, const json_t *vm)
{
	const json_t *disk;
	size_t	      i;

	h->partitions++;
	json_array_foreach(json_object_get(json_object_get(vm, "spec"), "disks"), i, disk)
		held_add_disks(h, field_text(disk, "pool"), field_number(disk, "size"));
}

json_t *
held_object(const struct held *h)
{
	return json_pack("{s:I s:I s:I s:O}", "memory", (json_int_t)h->memory, "units", (json_int_t)h->units,
	    "partitions", (json_int_t)h->partitions, "pools", h->pools);
}

/* ---- what bars it ---- */

void
placement_bar(json_t *barred, const char *change, const char *fmt, ...)
{
	char	why[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	(void)json_array_append_new(barred, json_pack("{s:s s:s*}", "why", why, "change", change));
}

/* ---- what is free ---- */

/* INT64_MAX: the console did not tell. */
struct room {
	int64_t memory, units, partitions;
};

/* Never below zero: the machine may have been given to others meanwhile. */
static int64_t
left_of(int64_t free_then, int64_t held_then, int64_t ours_now)
{
	int64_t left = free_then + held_then - ours_now;

	return left > 0 ? left : 0;
}

static struct room
room_of(const struct candidate *c)
{
	const json_t *facts = json_object_get(c->system, "facts"), *held = json_object_get(facts, "held");
	struct room   r = { INT64_MAX, INT64_MAX, INT64_MAX };
	int64_t	      units = placement_hundredths(facts, "units_free");

	if (json_is_integer(json_object_get(facts, "memory_free")))
		r.memory = left_of(field_number(facts, "memory_free"), field_number(held, "memory"), c->ours.memory);
	if (units >= 0)
		r.units = left_of(units, field_number(held, "units"), c->ours.units);
	if (json_is_integer(json_object_get(facts, "max_lpars")) &&
	    json_is_integer(json_object_get(facts, "partitions")))
		r.partitions = left_of(field_number(facts, "max_lpars") - field_number(facts, "partitions"),
		    field_number(held, "partitions"), c->ours.partitions);
	return r;
}

/* INT64_MAX: the console did not tell. */
static int64_t
pool_room(const struct candidate *c, const char *name)
{
	const json_t *facts = json_object_get(c->system, "facts"), *pool;
	const json_t *held = json_object_get(json_object_get(facts, "held"), "pools");
	size_t	      i;

	json_array_foreach(json_object_get(facts, "pools"), i, pool)
		if (strcmp(field_text(pool, "name"), name) == 0 && json_is_integer(json_object_get(pool, "free")) &&
		    strcmp(field_text(pool, "kind"), SAN_KIND) != 0)	/* whole disks: handlers/vm/vm_paths.h has chosen */
			return left_of(field_number(pool, "free"), field_number(held, name), field_number(c->ours.pools, name));
	return INT64_MAX;
}

/* ---- does it fit ---- */

/* One candidate, looked at. */
struct look {
	const struct candidate *c;
	struct room		room;
	json_t		       *missing;
	char			options[PLACEMENT_CHANGE_MAX];	/* what to ask for instead; "" = nothing would help */
	int			is_hopeless;
	int64_t			short_permille;	/* how much less, of what was asked for */
};

static void lacks(struct look *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
lacks(struct look *l, const char *fmt, ...)
{
	char	text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)json_array_append_new(l->missing, json_string(text));
}

static void
add_option(struct look *l, const char *text)
{
	size_t len = strlen(l->options);

	(void)snprintf(l->options + len, sizeof(l->options) - len, "%s%s", len > 0 ? " " : "", text);
}

/* It would fit with that option; NULL: no change of the request would help. */
static void
helps(struct look *l, const char *option, int64_t need, int64_t room)
{
	if (option == NULL) {
		l->is_hopeless = 1;
		return;
	}
	add_option(l, option);
	if (need > 0)
		l->short_permille += (need - room) * PERMILLE / need;
}

static void
look_at_memory(struct look *l)
{
	int64_t need = field_number(l->c->need, "memory"), room = l->room.memory, region, most;
	char	asked[32], is_free[32], option[64], size[32];

	if (need <= room || strcmp(field_text(l->c->need, "mem_mode"), "shared") == 0)	/* the pool's memory is not free memory */
		return;
	region = field_number(json_object_get(l->c->system, "facts"), "region_size");
	most = room - room % (region > 0 ? region : REGION_USUAL);
	lacks(l, "%s memory asked for, %s free", quota_size_text(asked, sizeof(asked), need),
	    quota_size_text(is_free, sizeof(is_free), room));
	(void)snprintf(option, sizeof(option), "--memory %s", quota_size_text(size, sizeof(size), most));
	helps(l, most >= MEMORY_LEAST ? option : NULL, need, most);
}

static void
look_at_units(struct look *l)
{
	int64_t need = l->c->units, room = l->room.units;
	char	asked[32], is_free[32], option[64];
	int	is_dedicated = strcmp(field_text(l->c->need, "mode"), "ded") == 0;

	if (need <= room)
		return;
	lacks(l, "%s processing units asked for, %s free", quota_units_text(asked, sizeof(asked), need),
	    quota_units_text(is_free, sizeof(is_free), room));
	if (is_dedicated)
		(void)snprintf(option, sizeof(option), "--procs %" PRId64, room / 100);
	else
		(void)snprintf(option, sizeof(option), "--cpu %s", is_free);
	helps(l, room >= (is_dedicated ? 100 : UNITS_LEAST) ? option : NULL, need, room);
}

static void
look_at_pools(struct look *l)
{
	const json_t *pool;
	size_t	      i;
	char	      asked[32], is_free[32], option[96];

	json_array_foreach(json_object_get(l->c->need, "pools"), i, pool) {
		const char *name = field_text(pool, "pool");
		int64_t	    need = field_number(pool, "size"), room = pool_room(l->c, name);

		if (need <= room)
			continue;
		lacks(l, "%s disk of pool %s asked for, %s free", quota_size_text(asked, sizeof(asked), need), name,
		    quota_size_text(is_free, sizeof(is_free), room));
		(void)snprintf(option, sizeof(option), "--disk %s,pool=%s", is_free, name);
		helps(l, room > 0 ? option : NULL, need, room);
	}
}

static void
look_at_bars(struct look *l)
{
	const json_t *bar;
	size_t	      i;

	json_array_foreach(l->c->barred, i, bar) {
		lacks(l, "%s", field_text(bar, "why"));
		helps(l, json_string_value(json_object_get(bar, "change")), 0, 0);
	}
}

static void
look_at_drain(struct look *l)
{
	const json_t *who = field_number(l->c->system, "drained_ms") != 0 ? l->c->system : l->c->platform;
	const char   *why = field_text(who, "drain_why");

	if (field_number(who, "drained_ms") == 0)
		return;
	lacks(l, "drained%s%s", why[0] != '\0' ? ": " : "", why);
	helps(l, NULL, 0, 0);
}

static void
look_at_amounts(struct look *l)
{
	if (l->c->need == NULL) {
		lacks(l, "%s", l->c->unfit != NULL ? l->c->unfit : "not possible there");
		helps(l, NULL, 0, 0);
		return;
	}
	look_at_memory(l);
	look_at_units(l);
	if (l->room.partitions < 1) {
		lacks(l, "no partition free: it can have %" PRId64,
		    field_number(json_object_get(l->c->system, "facts"), "max_lpars"));
		helps(l, NULL, 0, 0);
	}
	look_at_pools(l);
}

static void
look(struct look *l, const struct candidate *c)
{
	*l = (struct look){ .c = c, .room = room_of(c), .missing = json_array() };
	look_at_bars(l);
	look_at_drain(l);
	look_at_amounts(l);
}

static int
fits(const struct look *l)
{
	return json_array_size(l->missing) == 0;
}

/* ---- which one ---- */

/* What is left of the whole when the new one is there, in permille; a figure that is not known limits nothing. */
static int64_t
share(int64_t room, int64_t need, int64_t all)
{
	return room == INT64_MAX || all <= 0 ? PERMILLE : (room - need) * PERMILLE / all;
}

static int64_t
left_after(const struct look *l)
{
	const json_t *facts = json_object_get(l->c->system, "facts");
	int64_t	      memory = share(l->room.memory, field_number(l->c->need, "memory"), field_number(facts, "memory"));
	int64_t	      units = share(l->room.units, l->c->units, placement_hundredths(facts, "units"));

	return memory < units ? memory : units;
}

static const char *
name_of(const struct look *l)
{
	return field_text(l->c->system, "name");
}

static int
is_better(enum placement_policy policy, const struct look *a, const struct look *b)
{
	int64_t left_a = left_after(a), left_b = left_after(b);

	if ((a->c->down != NULL) != (b->c->down != NULL))
		return a->c->down == NULL;
	if (left_a != left_b)
		return policy == PLACEMENT_PACK ? left_a < left_b : left_a > left_b;
	return strcmp(name_of(a), name_of(b)) < 0;
}

static int
is_smaller_change(const struct look *a, const struct look *b)
{
	if (json_array_size(a->missing) != json_array_size(b->missing))
		return json_array_size(a->missing) < json_array_size(b->missing);
	if (a->short_permille != b->short_permille)
		return a->short_permille < b->short_permille;
	return strcmp(name_of(a), name_of(b)) < 0;
}

static void
set_free(json_t *to, const char *key, int64_t n)
{
	if (n != INT64_MAX)
		(void)json_object_set_new(to, key, json_integer((json_int_t)n));
}

static json_t *
say(const struct look *l)
{
	json_t *o = json_pack("{s:s s:s s:b s:O}", "system", name_of(l), "platform",
	    field_text(l->c->system, "platform"), "fits", fits(l), "missing", l->missing);

	set_free(o, "memory_free", l->room.memory);
	set_free(o, "units_free", l->room.units);
	set_free(o, "partitions_free", l->room.partitions);
	if (fits(l))
		(void)json_object_set_new(o, "left_permille", json_integer((json_int_t)left_after(l)));
	else if (!l->is_hopeless)
		(void)json_object_set_new(o, "options", json_string(l->options));
	if (l->c->down != NULL)
		(void)json_object_set_new(o, "down", json_string(l->c->down));
	return o;
}

int
placement_choose(enum placement_policy policy, const struct candidate *c, size_t n, json_t **decision)
{
	struct look *looks = calloc(n + 1, sizeof(*looks)), *best = NULL, *nearly = NULL;
	json_t	    *list = json_array();
	int	     chosen = -1;

	*decision = json_pack("{s:s s:O}", "policy", policy == PLACEMENT_PACK ? "pack" : "spread", "systems", list);
	for (size_t i = 0; looks != NULL && i < n; i++) {
		look(&looks[i], &c[i]);
		(void)json_array_append_new(list, say(&looks[i]));
		if (fits(&looks[i]) && (best == NULL || is_better(policy, &looks[i], best)))
			best = &looks[i];
		if (!fits(&looks[i]) && !looks[i].is_hopeless &&
		    (nearly == NULL || is_smaller_change(&looks[i], nearly)))
			nearly = &looks[i];
	}
	if (best != NULL) {
		chosen = (int)(best - looks);
		(void)json_object_set_new(*decision, "chosen", json_string(name_of(best)));
	} else if (nearly != NULL) {
		(void)json_object_set_new(*decision, "change", json_pack("{s:s s:s}", "system", name_of(nearly), "options", nearly->options));
	}
	for (size_t i = 0; looks != NULL && i < n; i++)
		json_decref(looks[i].missing);
	json_decref(list);
	free(looks);
	return chosen;
}

/* ---- for people ---- */

static void add_text(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void
add_text(char *buf, size_t size, const char *fmt, ...)
{
	size_t	len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

char *
placement_text(const json_t *decision, char *buf, size_t size)
{
	const json_t *s, *missing, *change = json_object_get(decision, "change");
	char	      tail[PLACEMENT_CHANGE_MAX + 80] = "";
	size_t	      i, k, room;

	if (change != NULL)
		(void)snprintf(tail, sizeof(tail), "; it would fit on %s %s", field_text(change, "system"),
		    field_text(change, "options"));
	buf[0] = '\0';
	room = size > strlen(tail) ? size - strlen(tail) : size;
	add_text(buf, room, "no system has room");
	json_array_foreach(json_object_get(decision, "systems"), i, s) {
		add_text(buf, room, "; %s: ", field_text(s, "system"));
		json_array_foreach(json_object_get(s, "missing"), k, missing)
			add_text(buf, room, "%s%s", k > 0 ? ", " : "", json_string_value(missing));
	}
	add_text(buf, size, "%s", tail);
	return buf;
}
