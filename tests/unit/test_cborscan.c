/* SPDX-License-Identifier: ISC */
/*
 * test_cborscan.c - the strict scan of CBOR: RFC 8949's bad cases, limits, bombs.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spool/cborscan.h"

static const struct cbor_limits limits = { 6, 1024, 4096 };

/* "a1 00 01" into bytes. */
static size_t
from_hex(const char *hex, unsigned char *buf, size_t size)
{
	size_t	 n = 0;
	unsigned byte;
	int	 used;

	for (; sscanf(hex, " %2x%n", &byte, &used) == 1; hex += used) {
		cr_assert(n < size);
		buf[n++] = (unsigned char)byte;
	}
	return n;
}

static int
scan(const char *hex, struct pd_err *e)
{
	unsigned char buf[4096];

	return cbor_scan(buf, from_hex(hex, buf, sizeof(buf)), &limits, e);
}

static void
accepted(const char *hex)
{
	struct pd_err e = { .code = PD_OK };

	cr_expect_eq(scan(hex, &e), 0, "%s: %s", hex, e.msg);
}

static void
refused(const char *hex, const char *why)
{
	struct pd_err e = { .code = PD_OK };

	cr_assert_eq(scan(hex, &e), -1, "%s was accepted", hex);
	cr_expect_eq(e.code, PD_BADDATA);
	cr_expect(strstr(e.msg, why) != NULL, "%s: \"%s\" lacks \"%s\"", hex, e.msg, why);
}

Test(cborscan, the_allowed_items_are_accepted)
{
	static const char *const good[] = { "00", "17", "18 18", "18 ff", "19 01 00", "19 ff ff", "1a 00 01 00 00",
		"1a ff ff ff ff", "1b 00 00 00 01 00 00 00 00", "1b ff ff ff ff ff ff ff ff", "f4", "f5", "60",
		"64 49 45 54 46", "62 c3 bc", "63 e6 b0 b4", "64 f0 90 85 91", "80", "83 01 02 03",
		"83 01 82 02 03 82 04 05", "a0", "a2 01 02 03 04", "a2 61 61 01 61 62 82 02 03", "a1 61 61 a1 61 62 f5",
		"a3 0a 00 18 64 00 61 7a 00", "a2 61 62 00 62 61 61 00" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		accepted(good[i]);
}

Test(cborscan, kinds_that_a_job_never_has_are_refused)
{
	refused("20", "negative");
	refused("3b ff ff ff ff ff ff ff ff", "negative");
	refused("40", "byte strings");
	refused("44 01 02 03 04", "byte strings");
	refused("c0 00", "tags");
	refused("d8 20 60", "tags");
	refused("c2 41 01", "tags");
	refused("f6", "false and true");
	refused("f7", "false and true");
	refused("e0", "false and true");
	refused("f3", "false and true");
	refused("f8 ff", "false and true");
	refused("f9 00 00", "false and true");
	refused("fa 47 c3 50 00", "false and true");
	refused("fb 3f f1 99 99 99 99 99 9a", "false and true");
	refused("ff", "false and true");
}

/* RFC 8949 appendix F: examples of not well-formed data. */
Test(cborscan, rfc8949_ends_of_input_in_a_head_are_refused)
{
	static const char *const bad[] = { "18", "19", "1a", "1b", "19 01", "1a 01 02", "1b 01 02 03 04 05 06 07", "38",
		"58", "78", "98", "9a 01 ff 00", "b8", "d8", "f8", "f9 00", "fa 00 00", "fb 00 00 00" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], "CBOR, byte 0");
}

Test(cborscan, rfc8949_strings_and_lists_with_short_data_are_refused)
{
	static const char *const bad[] = { "41", "61", "5a ff ff ff ff 00", "5b ff ff ff ff ff ff ff ff 01 02 03",
		"7a ff ff ff ff 00", "7b 7f ff ff ff ff ff ff ff 01 02 03", "81", "81 81 81 81 81 81 81 81 81", "82 00",
		"a1", "a2 01 02", "a1 00", "a2 00 00 00", "5f 41 00", "7f 61 00", "9f", "9f 01 02", "bf", "bf 01 02 01 02",
		"81 9f", "9f 80 00", "9f 9f 9f 9f 9f ff ff ff ff", "9f 81 9f 81 9f 9f ff ff ff" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], "CBOR, byte ");
}

Test(cborscan, rfc8949_reserved_and_misplaced_codes_are_refused)
{
	static const char *const bad[] = { "1c", "1d", "1e", "3c", "3d", "3e", "5c", "5d", "5e", "7c", "7d", "7e", "9c",
		"9d", "9e", "bc", "bd", "be", "dc", "dd", "de", "fc", "fd", "fe", "f8 00", "f8 01", "f8 18", "f8 1f",
		"5f 00 ff", "5f 21 ff", "5f 61 00 ff", "5f 80 ff", "5f a0 ff", "5f c0 00 ff", "5f e0 ff", "7f 41 00 ff",
		"5f 5f 41 00 ff ff", "7f 7f 61 00 ff ff", "81 ff", "82 00 ff", "a1 ff", "a1 ff 00", "a1 00 ff",
		"a2 00 00 ff", "9f ff ff", "9f 82 9f 81 9f 9f ff ff ff ff", "bf 00 ff", "bf 00 00 00 ff", "1f", "3f", "df" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], "CBOR, byte ");
}

Test(cborscan, indefinite_lengths_are_refused)
{
	refused("9f ff", "indefinite");
	refused("bf ff", "indefinite");
	refused("7f ff", "indefinite");
}

Test(cborscan, numbers_that_are_not_shortest_are_refused)
{
	refused("18 17", "shortest");
	refused("18 00", "shortest");
	refused("19 00 ff", "shortest");
	refused("1a 00 00 ff ff", "shortest");
	refused("1b 00 00 00 00 ff ff ff ff", "shortest");
	refused("78 01 61", "shortest");
	refused("98 01 00", "shortest");
	refused("b8 01 00 00", "shortest");
}

Test(cborscan, texts_that_are_not_utf8_or_hold_nul_are_refused)
{
	refused("61 00", "NUL");
	refused("63 61 00 62", "NUL");
	refused("61 80", "UTF-8");
	refused("62 c0 80", "UTF-8");
	refused("63 ed a0 80", "UTF-8");
	refused("64 f4 90 80 80", "UTF-8");
	refused("61 c3", "UTF-8");
	refused("81 62 c3 28", "UTF-8");
}

Test(cborscan, keys_must_ascend_and_come_once)
{
	refused("a2 00 00 00 00", "twice");
	refused("a2 61 61 00 61 61 00", "twice");
	refused("a2 01 00 00 00", "ascending");
	refused("a2 61 62 00 61 61 00", "ascending");
	refused("a2 62 61 61 00 61 62 00", "ascending");	/* a longer text sorts behind: its head is larger */
	refused("a2 61 61 00 18 64 00", "ascending");
	refused("a1 80 00", "key of a map");
	refused("a1 a0 00", "key of a map");
	refused("a1 f4 00", "key of a map");
	refused("a1 20 00", "key of a map");
}

Test(cborscan, anything_behind_the_item_is_refused)
{
	refused("00 00", "byte 1: something follows");
	refused("a0 ff", "byte 1: something follows");
	refused("62 61 61 00", "byte 3: something follows");
}

Test(cborscan, nothing_at_all_is_refused)
{
	struct pd_err e;

	cr_assert_eq(cbor_scan(NULL, 0, &limits, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
}

Test(cborscan, the_offset_is_that_of_the_first_bad_byte)
{
	refused("83 01 02 20", "byte 3:");
	refused("a1 61 61 61 80", "byte 3:");
	refused("82 00 18 17", "byte 2:");
}

Test(cborscan, depth_is_limited_exactly)
{
	accepted("81 81 81 81 81 81 00");
	refused("81 81 81 81 81 81 80", "byte 6: nested too deeply");
	accepted("a1 00 a1 00 a1 00 a1 00 a1 00 a1 00 00");
	refused("a1 00 a1 00 a1 00 a1 00 a1 00 a1 00 a0", "nested too deeply");
}

Test(cborscan, a_million_levels_cost_nothing)
{
	size_t	       len = 1 << 20;
	unsigned char *buf = malloc(len);
	struct pd_err  e;

	cr_assert_not_null(buf);
	memset(buf, 0x81, len);
	cr_expect_eq(cbor_scan(buf, len, &limits, &e), -1);
	cr_expect(strstr(e.msg, "byte 6:") != NULL, "%s", e.msg);
	free(buf);
}

Test(cborscan, items_are_limited_exactly)
{
	unsigned char buf[3 + 1024] = { 0x99, 0x03, 0xff };	/* an array of 1023 */
	struct pd_err e;

	cr_expect_eq(cbor_scan(buf, 3 + 1023, &limits, &e), 0);
	buf[1] = 0x04;
	buf[2] = 0x00;
	cr_expect_eq(cbor_scan(buf, 3 + 1024, &limits, &e), -1);
	cr_expect(strstr(e.msg, "too many items") != NULL, "%s", e.msg);
}

Test(cborscan, texts_are_limited_exactly)
{
	unsigned char *buf = malloc(3 + 4097);
	struct pd_err  e;

	cr_assert_not_null(buf);
	memset(buf, 'x', 3 + 4097);
	memcpy(buf, "\x79\x10\x00", 3);
	cr_expect_eq(cbor_scan(buf, 3 + 4096, &limits, &e), 0);
	memcpy(buf, "\x79\x10\x01", 3);
	cr_expect_eq(cbor_scan(buf, 3 + 4097, &limits, &e), -1);
	cr_expect(strstr(e.msg, "too long") != NULL, "%s", e.msg);
	free(buf);
}

/* Five and nine bytes that make libcbor 0.8 allocate 8 GiB; 60 bytes for 769 MB. */
Test(cborscan, length_bombs_are_refused_at_once)
{
	struct timespec began, ended;

	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	refused("9a 40 00 00 00", "more items than there are bytes");
	refused("9b 00 00 00 00 3f ff ff ff", "shortest");
	refused("9b 00 00 00 01 00 00 00 00", "more items than there are bytes");
	refused("9b ff ff ff ff ff ff ff ff", "more items than there are bytes");
	refused("bb 80 00 00 00 00 00 00 00", "more pairs than there are bytes");
	refused("bb ff ff ff ff ff ff ff ff 00", "more pairs than there are bytes");
	refused("7b ff ff ff ff ff ff ff ff 61", "more bytes than there are");
	refused("9a 00 80 00 00 9a 00 80 00 00 9a 00 80 00 00", "more items than there are bytes");
	(void)clock_gettime(CLOCK_MONOTONIC, &ended);
	cr_expect_lt(ended.tv_sec - began.tv_sec, 2);
}

Test(cborscan, a_head_is_taken_off)
{
	const unsigned char  buf[] = { 0x19, 0x01, 0xf4, 0x63 };
	const unsigned char *p = buf, *end = buf + sizeof(buf);
	unsigned	     kind;
	uint64_t	     n;

	cr_assert_null(cbor_head(&p, end, &kind, &n));
	cr_expect_eq(kind, CBOR_KIND_UINT);
	cr_expect_eq(n, 500);
	cr_assert_null(cbor_head(&p, end, &kind, &n));
	cr_expect_eq(kind, CBOR_KIND_TEXT);
	cr_expect_eq(n, 3);
	cr_assert_not_null(cbor_head(&p, end, &kind, &n));
	cr_expect_eq(p, end);
}
