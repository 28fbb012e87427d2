/* SPDX-License-Identifier: ISC */
/*
 * test_rate.c - requests a minute: exactly as many as allowed, evenly again after that, each user alone, bounded memory.
 */
#include <stdio.h>

#include <criterion/criterion.h>

#include "spool/admit/rate.h"

#define SECOND_US 1000000LL
#define START_US  123456789LL	/* no clock begins at 0 */

static struct rate *r;

static void
set_up(void)
{
	cr_assert_not_null(r = rate_new());
}

static void
tear_down(void)
{
	rate_free(r);
}

TestSuite(rate, .init = set_up, .fini = tear_down);

static int64_t
passing(const char *user, int64_t limit, int64_t now_us)
{
	int64_t n = 0;

	while (rate_take(r, user, limit, now_us, NULL) == 0)
		n++;
	return n;
}

Test(rate, exactly_a_minutes_worth_passes_at_once_and_not_one_more)
{
	static const int64_t limits[] = { 1, 2, 7, 59, 60, 61, 600, 997, 1000, 59999, 99991, 100000 };

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char user[16];

		(void)snprintf(user, sizeof(user), "u%zu", i);
		cr_expect_eq(passing(user, limits[i], START_US), limits[i], "%lld", (long long)limits[i]);
	}
}

Test(rate, the_wait_that_is_told_is_long_enough_and_one_microsecond_less_is_not)
{
	int64_t wait;

	cr_assert_eq(passing("a", 7, START_US), 7);
	wait = rate_take(r, "a", 7, START_US, NULL);
	cr_expect_eq(wait, 8571429);	/* 60 s / 7, rounded up */
	cr_expect_eq(rate_take(r, "a", 7, START_US + wait - 1, NULL), 1);
	cr_expect_eq(rate_take(r, "a", 7, START_US + wait, NULL), 0);
	cr_expect_gt(rate_take(r, "a", 7, START_US + wait, NULL), 0);
}

Test(rate, a_bucket_fills_evenly_and_never_above_a_minutes_worth)
{
	cr_assert_eq(passing("a", 60, START_US), 60);
	cr_expect_eq(passing("a", 60, START_US + 10 * SECOND_US), 10);
	cr_expect_eq(passing("a", 60, START_US + 40 * SECOND_US), 30);
	cr_expect_eq(passing("a", 60, START_US + 40 * SECOND_US + 3600 * SECOND_US), 60);
}

Test(rate, over_a_long_time_as_many_pass_as_are_allowed)
{
	int64_t n = 0;

	/* Asked every 7 ms for an hour, which divides nothing: the minute in the bucket, then 100 each minute. */
	for (int64_t t = 0; t <= 3600 * SECOND_US; t += 7000)
		n += rate_take(r, "a", 100, START_US + t, NULL) == 0;
	cr_expect_geq(n, 100 + 60 * 100 - 1);
	cr_expect_leq(n, 100 + 60 * 100);
}

Test(rate, refused_requests_take_nothing)
{
	int64_t wait;

	cr_assert_eq(passing("a", 60, START_US), 60);
	wait = rate_take(r, "a", 60, START_US, NULL);
	for (int i = 0; i < 10000; i++)
		cr_assert_eq(rate_take(r, "a", 60, START_US, NULL), wait);
	cr_expect_eq(rate_take(r, "a", 60, START_US + SECOND_US, NULL), 0);
}

Test(rate, one_users_requests_are_not_anothers)
{
	cr_assert_eq(passing("alice", 60, START_US), 60);
	cr_expect_eq(passing("bob", 60, START_US), 60);
	cr_expect_eq(passing("alic", 60, START_US), 60);
	cr_expect_eq(passing("abcdefghijklmnopqrstuvwxyz012345", 60, START_US), 60);
	cr_expect_gt(rate_take(r, "abcdefghijklmnopqrstuvwxyz012345", 60, START_US, NULL), 0);
	cr_expect_gt(rate_take(r, "alice", 60, START_US, NULL), 0);
}

Test(rate, the_first_refusal_of_a_minute_is_said_to_be_so)
{
	int is_first = -1;

	cr_assert_eq(rate_take(r, "a", 1, START_US, &is_first), 0);
	cr_expect_eq(is_first, 0);
	cr_assert_gt(rate_take(r, "a", 1, START_US, &is_first), 0);
	cr_expect_eq(is_first, 1);
	cr_assert_gt(rate_take(r, "a", 1, START_US + 59 * SECOND_US, &is_first), 0);
	cr_expect_eq(is_first, 0);
	cr_assert_eq(rate_take(r, "a", 1, START_US + 60 * SECOND_US, &is_first), 0);
	cr_assert_gt(rate_take(r, "a", 1, START_US + 60 * SECOND_US, &is_first), 0);
	cr_expect_eq(is_first, 1);
}

Test(rate, users_beyond_the_bound_push_out_who_has_asked_least)
{
	char name[16];

	cr_assert_eq(passing("busy", 60, START_US), 60);
	/* Twenty times as many users as there are buckets, each with one request. */
	for (int i = 0; i < 20 * RATE_USERS; i++) {
		(void)snprintf(name, sizeof(name), "user%d", i);
		cr_assert_eq(rate_take(r, name, 60, START_US, NULL), 0);
	}
	cr_expect_gt(rate_take(r, "busy", 60, START_US, NULL), 0, "the one at its limit lost its bucket");
}
