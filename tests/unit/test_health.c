/* SPDX-License-Identifier: ISC */
/*
 * test_health.c - a console that does not answer: back-off, cohorts, down, refused, back again.  The clock is a number.
 */
#include <criterion/criterion.h>

#include "spool/platforms/health.h"

#define LOW    0u
#define MIDDLE (UINT32_MAX / 2)
#define HIGH   UINT32_MAX

static const struct health_times times = { 2000, 600000 };

static struct health h;

static void
set_up(void)
{
	h = (struct health){ .state = HEALTH_UNKNOWN };
}

TestSuite(health, .init = set_up);

/* Tries and fails exactly when it may; returns the time of that. */
static int64_t
fail_when_due(int *went_down)
{
	int64_t now = h.next_ms > 1000 ? h.next_ms : 1000;

	*went_down = health_silent(&h, &times, now, now, 5000 + now, MIDDLE);
	return now;
}

Test(health, the_back_off_is_2_s_doubled_to_10_minutes)
{
	static const int64_t expected_s[] = { 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600 };

	for (int i = 0; i < 11; i++) {
		int64_t ms = health_backoff(&times, i + 1, MIDDLE);

		cr_expect_leq(ms, expected_s[i] * 1000, "cohort %d: %lld ms", i + 1, (long long)ms);
		cr_expect_geq(ms, expected_s[i] * 1000 - 1, "cohort %d: %lld ms", i + 1, (long long)ms);
	}
	cr_expect_leq(health_backoff(&times, INT32_MAX, MIDDLE), 600000, "however often");
}

Test(health, each_back_off_is_up_to_20_per_cent_longer_or_shorter)
{
	int64_t least = INT64_MAX, most = 0;

	cr_expect_eq(health_backoff(&times, 1, LOW), 1600);
	cr_expect_eq(health_backoff(&times, 1, HIGH), 2400);
	cr_expect_eq(health_backoff(&times, 40, LOW), 480000);
	cr_expect_eq(health_backoff(&times, 40, HIGH), 720000);
	for (uint32_t i = 0; i < 1000; i++) {
		int64_t ms = health_backoff(&times, 3, i * 4294967u);

		cr_assert(ms >= 6400 && ms <= 9600, "%lld", (long long)ms);
		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	cr_expect(least < 6410 && most > 9590, "%lld to %lld: it uses the whole range", (long long)least, (long long)most);
	cr_expect_eq(health_backoff(&(struct health_times){ 5000, 1000 }, 1, MIDDLE) <= 1000, 1, "the longest one bounds the first");
}

Test(health, three_failures_in_a_row_are_down_and_that_is_said_once)
{
	int went_down;

	for (int i = 1; i <= 6; i++) {
		(void)fail_when_due(&went_down);
		cr_expect_eq(h.cohorts, i);
		cr_expect_eq(h.state, i < 3 ? HEALTH_SILENT : HEALTH_DOWN, "after %d", i);
		cr_expect_eq(went_down, i == 3, "after %d", i);
	}
}

Test(health, what_fails_together_counts_once)
{
	int64_t next;

	for (int i = 0; i < 50; i++)	/* fifty connections, begun while nothing was known, refused one after the other */
		(void)health_silent(&h, &times, 1000, 1001 + i, 5000 + i, MIDDLE);
	cr_expect_eq(h.cohorts, 1);
	cr_expect_eq(h.state, HEALTH_SILENT);
	cr_expect_eq(h.since_wall_ms, 5000, "the first of them");
	next = h.next_ms;
	/* It was begun before the first failure and ends long after the back-off: a time-out of the same cohort. */
	(void)health_silent(&h, &times, 1000, 16000, 20000, MIDDLE);
	cr_expect_eq(h.cohorts, 1);
	cr_expect_eq(h.next_ms, next);
}

Test(health, a_persons_check_in_between_does_not_move_the_next_try)
{
	int	went_down;
	int64_t now = fail_when_due(&went_down), next = h.next_ms;

	for (int i = 0; i < 20; i++)
		(void)health_silent(&h, &times, now + 10 * i, now + 10 * i + 1, 9000, MIDDLE);
	cr_expect_eq(h.cohorts, 1);
	cr_expect_eq(h.next_ms, next);
}

Test(health, when_may_jobs_start)
{
	int went_down;

	cr_expect_eq(health_open_until(&h), 0, "unknown: not all at once");
	cr_expect_eq(health_one_from(&h), 0, "but one, now");
	(void)health_answered(&h, 7000);
	cr_expect_eq(health_open_until(&h), 7000 + HEALTH_FRESH_MS);
	cr_expect_eq(health_one_from(&h), 0, "later one goes first again");
	(void)fail_when_due(&went_down);
	cr_expect_eq(health_open_until(&h), 0);
	cr_expect_eq(health_one_from(&h), h.next_ms, "none before, one then");
	(void)health_refused(&h, 1);
	cr_expect_eq(health_open_until(&h), 0);
	cr_expect_eq(health_one_from(&h), HEALTH_NEVER, "time brings no other try");
}

Test(health, an_answer_makes_it_up_at_once_and_the_back_off_begins_anew)
{
	int went_down;

	for (int i = 0; i < 8; i++)
		(void)fail_when_due(&went_down);
	cr_expect_eq(health_answered(&h, 900000), 1, "back from down");
	cr_expect_eq(h.state, HEALTH_UP);
	cr_expect_eq(health_answered(&h, 900001), 0, "said once");
	(void)health_silent(&h, &times, 950000, 950000, 1, MIDDLE);
	cr_expect_eq(h.cohorts, 1);
	cr_expect_leq(h.next_ms, 952000);
	cr_expect_eq(health_answered(&h, 960000), 0, "one failure is no going down, so there is no coming back");
}

Test(health, refused_stays_until_it_lets_us_in)
{
	int64_t since;

	cr_expect_eq(health_refused(&h, 5000), 1);
	since = h.since_wall_ms;
	cr_expect_eq(health_refused(&h, 6000), 0, "said once");
	cr_expect_eq(h.since_wall_ms, since);
	cr_expect_eq(health_silent(&h, &times, 1000000, 1000000, 1000000, MIDDLE), 0);
	cr_expect_eq(h.state, HEALTH_REFUSED, "that it does not answer now does not make our key right");
	cr_expect_eq(health_answered(&h, 1), 1);
	cr_expect_eq(h.state, HEALTH_UP);
}

Test(health, down_can_become_refused)
{
	int went_down;

	for (int i = 0; i < 4; i++)
		(void)fail_when_due(&went_down);
	cr_expect_eq(health_refused(&h, 77), 1);
	cr_expect_eq(h.since_wall_ms, 77);
}

Test(health, a_restart_keeps_down_and_refused_and_makes_no_herd)
{
	int went_down;

	health_restore(&h, HEALTH_DOWN, 7, 4242, &times, 100, MIDDLE);
	cr_expect_eq(h.state, HEALTH_DOWN);
	cr_expect_eq(h.since_wall_ms, 4242);
	cr_expect(h.next_ms >= 100 + 1600 && h.next_ms <= 100 + 2400, "tried soon, whatever the back-off was");
	(void)fail_when_due(&went_down);
	cr_expect_eq(went_down, 0, "it was down before");
	cr_expect_geq(h.next_ms, 250000, "and then goes on where it was");
	health_restore(&h, HEALTH_REFUSED, 0, 4243, &times, 100, MIDDLE);
	cr_expect_eq(health_one_from(&h), HEALTH_NEVER);
	cr_expect_eq(h.since_wall_ms, 4243);
	for (unsigned state = 0; state <= HEALTH_SILENT; state++) {
		health_restore(&h, state, 1, 1, &times, 100, MIDDLE);
		cr_expect_eq(h.state, HEALTH_UNKNOWN);
		cr_expect_eq(health_open_until(&h), 0, "one first");
	}
}

Test(health, names_there_and_back)
{
	for (unsigned i = 0; i < HEALTH_NSTATES; i++)
		cr_expect_eq(health_from_name(health_name(i)), i);
	cr_expect_eq(health_from_name(""), HEALTH_UNKNOWN);
	cr_expect_str_eq(health_name(99), "unknown");
}
