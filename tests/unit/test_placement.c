/* SPDX-License-Identifier: ISC */
/*
 * test_placement.c - which system a VM is put on: each reason alone, equals, and that what does not fit is never taken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/admit/placement.h"
#include "spool/field.h"

#define SYSTEMS 3

/* Three equal systems a, b, c with 64G, 32G free, 16.00 units, 8.00 free, 10 of 60 partitions, 100G free in rootvg. */
struct setting {
	json_t		*rows[SYSTEMS], *platforms[SYSTEMS], *barred[SYSTEMS], *need;
	struct candidate c[SYSTEMS];
	json_t		*decision;
};

static void
make(struct setting *s)
{
	memset(s, 0, sizeof(*s));
	s->need = json_pack("{s:i s:s s:[{s:s s:i}]}", "memory", 4096, "mode", "shared", "pools", "pool", "rootvg", "size", 10240);
	for (int i = 0; i < SYSTEMS; i++) {
		char name[2] = { (char)('a' + i), '\0' };

		s->rows[i] = json_pack("{s:s s:s s:i s:{s:i s:i s:s s:s s:i s:i s:i s:[{s:s s:i s:i}]}}", "name", name, "platform", name, "drained_ms",
		    0, "facts", "memory", 65536, "memory_free", 32768, "units", "16.00", "units_free", "8.00", "max_lpars", 60, "partitions", 10,
		    "region_size", 256, "pools", "name", "rootvg", "size", 204800, "free", 102400);
		s->platforms[i] = json_pack("{s:s s:i}", "name", name, "drained_ms", 0);
		s->barred[i] = json_array();
		s->c[i] = (struct candidate){ .system = s->rows[i], .platform = s->platforms[i], .need = s->need, .barred = s->barred[i], .units = 100 };
		cr_assert_eq(held_init(&s->c[i].ours), 0);
	}
}

static void
clear(struct setting *s)
{
	for (int i = 0; i < SYSTEMS; i++) {
		json_decref(s->rows[i]);
		json_decref(s->platforms[i]);
		json_decref(s->barred[i]);
		held_clear(&s->c[i].ours);
	}
	json_decref(s->need);
	json_decref(s->decision);
}

static int
choose(struct setting *s, enum placement_policy policy)
{
	json_decref(s->decision);
	s->decision = NULL;
	return placement_choose(policy, s->c, SYSTEMS, &s->decision);
}

static void
set_fact(struct setting *s, int i, const char *key, json_t *value)
{
	(void)json_object_set_new(json_object_get(s->rows[i], "facts"), key, value);
}

static void
bar(struct setting *s, int i, const char *why)
{
	placement_bar(s->barred[i], NULL, "%s", why);
}

static const char *
missing(const struct setting *s, size_t i)
{
	const json_t *m = json_object_get(json_array_get(json_object_get(s->decision, "systems"), i), "missing");
	const char   *text = json_string_value(json_array_get(m, 0));

	return text != NULL ? text : "";
}

Test(placement, of_equals_the_first_name_is_taken)
{
	struct setting s;

	make(&s);
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), 0);
	cr_expect_eq(choose(&s, PLACEMENT_PACK), 0);
	cr_expect_str_eq(field_text(s.decision, "chosen"), "a");
	clear(&s);
}

Test(placement, spread_takes_the_one_with_most_left_and_pack_the_one_with_least)
{
	struct setting s;

	make(&s);
	s.c[0].ours.memory = 8192;
	s.c[2].ours.units = 600;
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), 1);
	cr_expect_eq(choose(&s, PLACEMENT_PACK), 2, "the scarcer of both counts");
	clear(&s);
}

/* Each thing that may be missing, alone, on a; then it is not taken, and said. */
static void
expect_missing(struct setting *s, const char *text)
{
	cr_expect_neq(choose(s, PLACEMENT_SPREAD), 0, "%s", text);
	cr_expect_not_null(strstr(missing(s, 0), text), "\"%s\" is not in \"%s\"", text, missing(s, 0));
	cr_expect_str_eq(missing(s, 1), "");
	clear(s);
	make(s);
}

Test(placement, each_reason_alone_keeps_a_system_from_being_taken)
{
	struct setting s;

	make(&s);
	set_fact(&s, 0, "memory_free", json_integer(4095));
	expect_missing(&s, "4G memory asked for, 4095M free");
	s.c[0].ours.memory = 32768 - 4095;
	expect_missing(&s, "4G memory asked for, 4095M free");
	set_fact(&s, 0, "units_free", json_string("0.99"));
	expect_missing(&s, "1.00 processing units asked for, 0.99 free");
	s.c[0].ours.units = 701;
	expect_missing(&s, "1.00 processing units asked for, 0.99 free");
	set_fact(&s, 0, "partitions", json_integer(60));
	expect_missing(&s, "no partition free: it can have 60");
	s.c[0].ours.partitions = 50;
	expect_missing(&s, "no partition free");
	held_add_disks(&s.c[0].ours, "rootvg", 102400 - 10239);
	expect_missing(&s, "10G disk of pool rootvg asked for, 10239M free");
	(void)json_object_set_new(s.rows[0], "drained_ms", json_integer(1));
	(void)json_object_set_new(s.rows[0], "drain_why", json_string("new memory"));
	expect_missing(&s, "drained: new memory");
	(void)json_object_set_new(s.platforms[0], "drained_ms", json_integer(1));
	expect_missing(&s, "drained");
	bar(&s, 0, "web1 is there");
	expect_missing(&s, "web1 is there");
	s.c[0].need = NULL;
	s.c[0].unfit = "there is no image";
	expect_missing(&s, "there is no image");
	clear(&s);
}

Test(placement, one_that_does_not_answer_is_taken_when_no_other_fits)
{
	struct setting s;

	make(&s);
	s.c[0].down = "connection refused";
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), 1);
	bar(&s, 1, "no");
	bar(&s, 2, "no");
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), 0);
	clear(&s);
}

Test(placement, what_the_console_counted_as_ours_is_not_counted_twice)
{
	struct setting s;

	make(&s);
	set_fact(&s, 0, "memory_free", json_integer(0));
	set_fact(&s, 0, "held", json_pack("{s:i s:i s:i s:{s:i}}", "memory", 8192, "units", 100, "partitions", 2, "pools", "rootvg", 1024));
	s.c[0].ours.memory = 8192;
	cr_expect_neq(choose(&s, PLACEMENT_PACK), 0, "all our VMs are there and hold what they have");
	s.c[0].ours.memory = 4096;
	cr_expect_eq(choose(&s, PLACEMENT_PACK), 0, "one was deleted since: its memory is free");
	s.c[0].ours.memory = 4097;
	cr_expect_neq(choose(&s, PLACEMENT_PACK), 0, "and not more");
	clear(&s);
}

Test(placement, what_a_console_did_not_tell_limits_nothing)
{
	struct setting s;

	make(&s);
	(void)json_object_set_new(s.rows[1], "facts", json_object());
	bar(&s, 0, "no");
	bar(&s, 2, "no");
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), 1);
	clear(&s);
}

Test(placement, when_nothing_fits_the_smallest_change_is_said)
{
	struct setting s;
	char	       text[240];

	make(&s);
	set_fact(&s, 0, "memory_free", json_integer(1000));
	set_fact(&s, 1, "memory_free", json_integer(3000));
	(void)json_object_set_new(s.platforms[2], "drained_ms", json_integer(1));
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), -1);
	cr_expect_str_eq(placement_text(s.decision, text, sizeof(text)),
	    "no system has room; a: 4G memory asked for, 1000M free; b: 4G memory asked for, 3000M free; c: drained; it would fit on b --memory 2816M");
	set_fact(&s, 1, "memory_free", json_integer(255));
	set_fact(&s, 0, "memory_free", json_integer(255));
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), -1);
	cr_expect_null(json_object_get(s.decision, "change"), "less than any system boots with");
	clear(&s);
}

Test(placement, each_reason_is_said_and_what_would_help)
{
	struct setting s;
	char	       text[240];

	make(&s);
	placement_bar(s.barred[0], "without --near x", "%s is not there", "x");
	set_fact(&s, 0, "memory_free", json_integer(3072));
	bar(&s, 1, "no network");
	placement_bar(s.barred[1], "without --near x", "x is not there");
	bar(&s, 2, "no network");
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), -1);
	cr_expect_str_eq(placement_text(s.decision, text, sizeof(text)), "no system has room; a: x is not there, 4G memory asked for, 3G free; "
	    "b: no network, x is not there; c: no network; it would fit on a without --near x --memory 3G");
	clear(&s);
}

Test(placement, a_short_text_is_cut_and_keeps_the_change)
{
	struct setting s;
	char	       text[100];

	make(&s);
	for (int i = 0; i < SYSTEMS; i++)
		set_fact(&s, i, "units_free", json_string("0.50"));
	cr_expect_eq(choose(&s, PLACEMENT_SPREAD), -1);
	(void)placement_text(s.decision, text, sizeof(text));
	cr_expect_lt(strlen(text), sizeof(text));
	cr_expect_not_null(strstr(text, "--cpu 0.50"), "%s", text);
	clear(&s);
}

Test(placement, units_are_read_as_consoles_print_them)
{
	json_t *facts = json_pack("{s:s s:s s:s s:s}", "a", "7.50", "b", "0.05", "c", "", "d", "x");

	cr_expect_eq(placement_hundredths(facts, "a"), 750);
	cr_expect_eq(placement_hundredths(facts, "b"), 5);
	cr_expect_eq(placement_hundredths(facts, "c"), -1);
	cr_expect_eq(placement_hundredths(facts, "d"), -1);
	cr_expect_eq(placement_hundredths(facts, "e"), -1);
	json_decref(facts);
}

/* Property: whatever the figures, what is taken fits, and nothing is taken only when nothing fits. */
Test(placement, what_does_not_fit_is_never_taken)
{
	srandom(42);
	for (int n = 0; n < 2000; n++) {
		struct setting s;
		int	       fits[SYSTEMS], any = 0, chosen;

		make(&s);
		for (int i = 0; i < SYSTEMS; i++) {
			int64_t memory = random() % 16384, units = random() % 1000, left_memory, left_units;

			s.c[i].ours.memory = random() % 16384;
			s.c[i].ours.units = random() % 1000;
			set_fact(&s, i, "memory_free", json_integer(memory));
			set_fact(&s, i, "units_free", json_sprintf("%d.%02d", (int)(units / 100), (int)(units % 100)));
			left_memory = memory - s.c[i].ours.memory;
			left_units = units - s.c[i].ours.units;
			if (random() % 8 == 0)
				bar(&s, i, "x");
			fits[i] = left_memory >= 4096 && left_units >= 100 && json_array_size(s.barred[i]) == 0;
			any |= fits[i];
		}
		chosen = choose(&s, random() % 2 ? PLACEMENT_PACK : PLACEMENT_SPREAD);
		cr_assert(chosen == -1 ? !any : fits[chosen], "round %d: %d", n, chosen);
		clear(&s);
	}
}
