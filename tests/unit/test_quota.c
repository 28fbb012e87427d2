/* SPDX-License-Identifier: ISC */
/*
 * test_quota.c - quota arithmetic and amounts as people write them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "policy/quota.h"

static const struct pd_amounts none = { 0, 0, 0, 0, 0 }, unlimited = { -1, -1, -1, -1, -1 };
static struct pd_err	       err;

static void
over(const struct pd_amounts *limit, const struct pd_amounts *used, const struct pd_amounts *more, const char *text)
{
	err.code = PD_OK;
	cr_assert_eq(quota_check(limit, used, more, "tenant blue", &err), -1, "within, though %s", text);
	cr_expect_eq(err.code, PD_QUOTA);
	cr_expect_str_eq(err.msg, text);
}

static void
within(const struct pd_amounts *limit, const struct pd_amounts *used, const struct pd_amounts *more)
{
	cr_expect_eq(quota_check(limit, used, more, "tenant blue", &err), 0, "%s", err.msg);
}

Test(quota, each_amount_may_be_used_up_and_not_one_unit_more)
{
	const struct pd_amounts limit = { 4, 200, 8, 16384, 204800 }, used = { 3, 150, 6, 12288, 102400 };

	within(&limit, &used, &(struct pd_amounts){ 1, 50, 2, 4096, 102400 });
	over(&limit, &used, &(struct pd_amounts){ 2, 0, 0, 0, 0 }, "tenant blue may use 4 VMs: 3 used, 2 asked for, 1 over");
	over(&limit, &used, &(struct pd_amounts){ 0, 51, 0, 0, 0 },
	    "tenant blue may use 2.00 processing units: 1.50 used, 0.51 asked for, 0.01 over");
	over(&limit, &used, &(struct pd_amounts){ 0, 0, 3, 0, 0 },
	    "tenant blue may use 8 virtual processors: 6 used, 3 asked for, 1 over");
	over(&limit, &used, &(struct pd_amounts){ 0, 0, 0, 4097, 0 },
	    "tenant blue may use 16G memory: 12G used, 4097M asked for, 1M over");
	over(&limit, &used, &(struct pd_amounts){ 0, 0, 0, 0, 102401 },
	    "tenant blue may use 200G disk: 100G used, 102401M asked for, 1M over");
}

Test(quota, the_text_of_the_header_is_the_text)
{
	over(&(struct pd_amounts){ -1, -1, -1, 16384, -1 }, &(struct pd_amounts){ 2, 100, 2, 12288, 0 },
	    &(struct pd_amounts){ 1, 50, 1, 8192, 0 }, "tenant blue may use 16G memory: 12G used, 8G asked for, 4G over");
}

Test(quota, every_exceeded_amount_is_named)
{
	over(&(struct pd_amounts){ 1, -1, 1, -1, 1024 }, &(struct pd_amounts){ 1, 0, 1, 0, 1024 },
	    &(struct pd_amounts){ 1, 50, 2, 1024, 1024 },
	    "tenant blue may use 1 VM: 1 used, 1 asked for, 1 over; and 1 virtual processor: 1 used, 2 asked for, 2 over; "
	    "and 1G disk: 1G used, 1G asked for, 1G over");
}

Test(quota, no_limit_is_never_exceeded)
{
	const struct pd_amounts much = { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX };

	within(&unlimited, &much, &much);
	within(&none, &none, &none);
}

Test(quota, zero_is_a_limit)
{
	over(&(struct pd_amounts){ 0, -1, -1, -1, -1 }, &none, &(struct pd_amounts){ 1, 0, 0, 0, 0 },
	    "tenant blue may use 0 VMs: 0 used, 1 asked for, 1 over");
}

Test(quota, a_quota_that_was_lowered_is_over_at_once)
{
	over(&(struct pd_amounts){ -1, -1, -1, 1024, -1 }, &(struct pd_amounts){ 1, 0, 0, 4096, 0 }, &none,
	    "tenant blue may use 1G memory: 4G used, 0M asked for, 3G over");
}

Test(quota, sums_that_overflow_are_over)
{
	const struct pd_amounts limit = { 4, 400, 4, 4, 4 };

	cr_expect_eq(quota_check(&limit, &(struct pd_amounts){ INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX },
	    &(struct pd_amounts){ INT64_MAX, 1, 1, 1, INT64_MAX }, "a very long name of a tenant or user", &err), -1);
	cr_expect_eq(err.code, PD_QUOTA);
	cr_expect_lt(strlen(err.msg), sizeof(err.msg));
}

Test(quota, sizes_are_written_in_the_largest_unit_that_fits)
{
	char buf[32];

	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 0), "0M");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 512), "512M");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 1024), "1G");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 1025), "1025M");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 1536), "1536M");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 10240), "10G");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), 1048576), "1T");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), (int64_t)1 << 30), "1P");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), (int64_t)1 << 40), "1E");
	cr_expect_str_eq(quota_size_text(buf, sizeof(buf), (int64_t)1 << 50), "1024E");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 0), "0M");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 1023), "1023M");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 1536), "1.5G");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 1280), "1.25G");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 1088), "1088M");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 60032), "58.62G");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 1144576), "1117.75G");
	cr_expect_str_eq(quota_size_short(buf, sizeof(buf), 1048576), "1T");
}

Test(quota, processing_units_have_two_decimals)
{
	char buf[32];

	cr_expect_str_eq(quota_units_text(buf, sizeof(buf), 0), "0.00");
	cr_expect_str_eq(quota_units_text(buf, sizeof(buf), 5), "0.05");
	cr_expect_str_eq(quota_units_text(buf, sizeof(buf), 50), "0.50");
	cr_expect_str_eq(quota_units_text(buf, sizeof(buf), 25600), "256.00");
	cr_expect_str_eq(quota_units_text(buf, sizeof(buf), -5), "-0.05");
}
