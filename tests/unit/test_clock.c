/* SPDX-License-Identifier: ISC */
/*
 * test_clock.c - times as text: what clock_text() writes by hand is what strftime(3) would.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "spool/os/clock.h"

#define DAY_MS (24LL * 60 * 60 * 1000)

static void
expect(int64_t wall_ms, const char *text)
{
	char buf[CLOCK_TEXT_LEN];

	cr_expect_str_eq(clock_text(buf, wall_ms), text, "%lld: %s", (long long)wall_ms, buf);
}

Test(clock, a_time_has_milliseconds_and_leading_noughts)
{
	expect(0, "1970-01-01T00:00:00.000Z");
	expect(7, "1970-01-01T00:00:00.007Z");
	expect(1000 * 1803891723LL + 45, "2027-03-01T09:02:03.045Z");
	expect(1000 * 951782399LL + 999, "2000-02-28T23:59:59.999Z");
	expect(1000 * 951782400LL, "2000-02-29T00:00:00.000Z");
}

Test(clock, years_of_more_than_four_digits_do_not_overflow_the_text)
{
	expect(253402300799999, "9999-12-31T23:59:59.999Z");
	expect(253402300800000, "1970-01-01T00:00:00.000Z");
	expect(INT64_MAX, "1970-01-01T00:00:00.807Z");
	cr_expect_eq(strlen("9999-12-31T23:59:59.999Z") + 1, CLOCK_TEXT_LEN);
}

/* A day and some hours, minutes, seconds apart, over two hundred years. */
Test(clock, it_is_what_strftime_says)
{
	for (int64_t ms = -30000 * DAY_MS; ms < 60000 * DAY_MS; ms += 11 * DAY_MS + 3723 * 1000) {
		char	  wanted[64];
		time_t	  sec = (time_t)(ms / 1000);
		struct tm tm;
		size_t	  n;

		cr_assert_not_null(gmtime_r(&sec, &tm));
		n = strftime(wanted, sizeof(wanted), "%Y-%m-%dT%H:%M:%S", &tm);
		(void)snprintf(wanted + n, sizeof(wanted) - n, ".000Z");
		expect(ms, wanted);
	}
}
