/* SPDX-License-Identifier: ISC */
/*
 * test_room.c - how full is full: each level at its limit and one unit beyond, bytes and inodes; what a reserve may take.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "spool/os/room.h"

#define MIB (1024 * 1024ULL)
#define GIB (1024 * MIB)
#define WARN 10
#define REFUSE 5

static enum room_level
level(uint64_t bytes, uint64_t bytes_free, uint64_t files, uint64_t files_free)
{
	struct room r = { bytes, bytes_free, files, files_free };

	return room_level(&r, WARN, REFUSE);
}

Test(room, each_level_begins_below_its_percentage)
{
	cr_expect_eq(level(1000, 100, 0, 0), ROOM_AMPLE);
	cr_expect_eq(level(1000, 99, 0, 0), ROOM_LOW);
	cr_expect_eq(level(1000, 50, 0, 0), ROOM_LOW);
	cr_expect_eq(level(1000, 49, 0, 0), ROOM_REFUSING);
	cr_expect_eq(level(1000, 10, 0, 0), ROOM_REFUSING);
	cr_expect_eq(level(1000, 9, 0, 0), ROOM_LAST);
	cr_expect_eq(level(1000, 0, 0, 0), ROOM_LAST);
}

Test(room, inodes_count_like_bytes_where_there_is_a_number_of_them)
{
	cr_expect_eq(level(1000, 1000, 1000, 100), ROOM_AMPLE);
	cr_expect_eq(level(1000, 1000, 1000, 99), ROOM_LOW);
	cr_expect_eq(level(1000, 1000, 1000, 49), ROOM_REFUSING);
	cr_expect_eq(level(1000, 1000, 1000, 9), ROOM_LAST);
	cr_expect_eq(level(1000, 1000, 0, 0), ROOM_AMPLE);
}

Test(room, a_large_disk_with_enough_for_years_is_not_full)
{
	cr_expect_eq(level(4096 * GIB, 8 * GIB, 0, 0), ROOM_AMPLE);
	cr_expect_eq(level(4096 * GIB, 8 * GIB - 1, 0, 0), ROOM_LOW);
	cr_expect_eq(level(4096 * GIB, 4 * GIB, 0, 0), ROOM_LOW);
	cr_expect_eq(level(4096 * GIB, 4 * GIB - 1, 0, 0), ROOM_REFUSING);
	cr_expect_eq(level(4096 * GIB, 256 * MIB - 1, 0, 0), ROOM_LAST);
	cr_expect_eq(level(0, 0, 100000000, 100000), ROOM_AMPLE);
	cr_expect_eq(level(0, 0, 100000000, 49999), ROOM_REFUSING);
	cr_expect_eq(level(UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX), ROOM_AMPLE);
}

Test(room, getting_better_takes_one_percent_more_getting_worse_takes_none)
{
	struct room r = { 1000, 50, 0, 0 };

	cr_expect_eq(room_level_after(ROOM_REFUSING, &r, WARN, REFUSE), ROOM_REFUSING);
	r.bytes_free = 59;
	cr_expect_eq(room_level_after(ROOM_REFUSING, &r, WARN, REFUSE), ROOM_REFUSING);
	r.bytes_free = 60;
	cr_expect_eq(room_level_after(ROOM_REFUSING, &r, WARN, REFUSE), ROOM_LOW);
	r.bytes_free = 49;
	cr_expect_eq(room_level_after(ROOM_LOW, &r, WARN, REFUSE), ROOM_REFUSING);
	r.bytes_free = 1000;
	cr_expect_eq(room_level_after(ROOM_LAST, &r, WARN, REFUSE), ROOM_AMPLE);
}

Test(room, nothing_is_refused_where_nothing_is_asked_for_but_the_last_percent)
{
	struct room r = { 1000, 10, 0, 0 };

	cr_expect_eq(room_level(&r, 0, 0), ROOM_AMPLE);
	r.bytes_free = 9;
	cr_expect_eq(room_level(&r, 0, 0), ROOM_LAST);
}

Test(room, the_figures_are_those_of_what_is_scarcer)
{
	struct room r = { 3 * MIB, 148 * 1024, 1000, 500 };
	char	    text[ROOM_TEXT_MAX];

	cr_expect_str_eq(room_text(&r, text), "148.0 of 3072.0 KiB are free");
	r.files_free = 3;
	cr_expect_str_eq(room_text(&r, text), "3 of 1000 inodes are free");
	r = (struct room){ 20 * GIB, 512 * MIB, 0, 0 };
	cr_expect_str_eq(room_text(&r, text), "0.5 of 20.0 GiB are free");
}

Test(room, a_reserve_takes_no_more_than_a_sixteenth_and_nothing_that_new_jobs_need)
{
	struct room r = { 1600, 0, 0, 0 };

	cr_expect_eq(room_reserve_size(&r, 16), 16);
	cr_expect_eq(room_reserve_size(&r, 101), 100);
	cr_expect_eq(room_reserve_size(&r, 0), 0);
	r.bytes_free = 180;	/* 5 percent are 80 */
	cr_expect(room_has_reserve(&r, 100, WARN, REFUSE));
	r.bytes_free = 179;
	cr_expect_not(room_has_reserve(&r, 100, WARN, REFUSE));
	r.bytes_free = 10;
	cr_expect_not(room_has_reserve(&r, 100, WARN, REFUSE));
}

Test(room, what_cannot_be_looked_at_refuses_nothing)
{
	struct pd_conf conf = { .spool = (char *)"/nonexistent/spool", .state = (char *)"/nonexistent/state", .disk_warn = 90,
		.disk_refuse = 90 };
	struct room    r;
	struct pd_err  e;

	cr_expect_eq(room_for_job(&conf, &e), 0);
	cr_expect_eq(room_look("/nonexistent", &r, &e), -1);
	cr_expect_eq(e.code, PD_IO);
	cr_expect_eq(room_look("/", &r, &e), 0);
	cr_expect_gt(r.bytes, 0);
	cr_expect_leq(r.bytes_free, r.bytes);
}
