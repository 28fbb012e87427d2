/* SPDX-License-Identifier: ISC */
/*
 * test_vis.c - bytes from outside made harmless.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/vis.h"

static const char *
enc(const char *src)
{
	static char buf[256];

	return vis_encode(buf, sizeof(buf), src, strlen(src));
}

Test(vis, printable_text_stays_as_it_is)
{
	cr_assert_str_eq(enc("web1 --memory 4G \"x\""), "web1 --memory 4G \"x\"");
	cr_assert_str_eq(enc("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
	cr_assert_str_eq(enc("\xe6\x97\xa5\xf0\x9f\x98\x80"), "\xe6\x97\xa5\xf0\x9f\x98\x80");
	cr_assert_str_eq(enc(""), "");
}

Test(vis, control_bytes_and_backslash_are_written_out)
{
	char buf[64];

	cr_assert_str_eq(enc("a\nb\tc\x1b[31m\x7f"), "a\\x0Ab\\x09c\\x1B[31m\\x7F");
	cr_assert_str_eq(enc("c:\\x"), "c:\\\\x");
	cr_assert_str_eq(vis_encode(buf, sizeof(buf), "a\0b", 3), "a\\x00b");
}

Test(vis, c1_controls_direction_overrides_and_invisible_marks_are_written_out)
{
	cr_assert_str_eq(enc("\xc2\x9b" "31m"), "\\xC2\\x9B31m");
	cr_assert_str_eq(enc("\xe2\x80\xae"), "\\xE2\\x80\\xAE");
	cr_assert_str_eq(enc("\xef\xbb\xbf"), "\\xEF\\xBB\\xBF");
}

Test(vis, malformed_utf8_is_written_out_byte_by_byte)
{
	cr_assert_str_eq(enc("\xff\xfe"), "\\xFF\\xFE");
	cr_assert_str_eq(enc("\xc0\xaf"), "\\xC0\\xAF");	/* overlong '/' */
	cr_assert_str_eq(enc("\xed\xa0\x80"), "\\xED\\xA0\\x80");	/* surrogate */
	cr_assert_str_eq(enc("x\xe6\x97"), "x\\xE6\\x97");	/* cut short */
}

Test(vis, utf8_is_judged_as_rfc_3629_says)
{
	cr_assert(vis_is_utf8("", 0));
	cr_assert(vis_is_utf8("\0", 1));
	cr_assert(vis_is_utf8("\xf4\x8f\xbf\xbf", 4));
	cr_assert_not(vis_is_utf8("\xf4\x90\x80\x80", 4));
	cr_assert_not(vis_is_utf8("\xe0\x9f\xbf", 3));
	cr_assert_not(vis_is_utf8("\xf0\x8f\xbf\xbf", 4));
	cr_assert_not(vis_is_utf8("\xc3", 1));
	cr_assert_not(vis_is_utf8("\x80", 1));
}

Test(vis, what_fits_exactly_is_not_cut)
{
	char buf[10];

	cr_assert_str_eq(vis_encode(buf, sizeof(buf), "abcdefghi", 9), "abcdefghi");
	cr_assert_str_eq(vis_encode(buf, 4, "abc", 3), "abc");
	cr_assert_str_eq(vis_encode(buf, 5, "\n", 1), "\\x0A");
	cr_assert_str_eq(vis_encode(buf, 1, "", 0), "");
}

Test(vis, what_does_not_fit_ends_in_three_dots)
{
	char buf[10];

	cr_assert_str_eq(vis_encode(buf, sizeof(buf), "abcdefghij", 10), "abcdef...");
	cr_assert_str_eq(vis_encode(buf, sizeof(buf), "abcde\n\n", 7), "abcde...");	/* no half escape */
	cr_assert_str_eq(vis_encode(buf, 4, "abcd", 4), "...");
	cr_assert_str_eq(vis_encode(buf, 1, "abcd", 4), "");
}

Test(vis, no_size_is_written_beyond)
{
	unsigned seed = 1;

	for (int round = 0; round < 20000; round++) {
		char   src[24], *dst;
		size_t len = (size_t)rand_r(&seed) % sizeof(src), size = (size_t)rand_r(&seed) % 40;

		for (size_t i = 0; i < len; i++)
			src[i] = (char)rand_r(&seed);
		dst = malloc(size + 1);
		dst[size] = 'G';
		vis_encode(dst, size, src, len);
		cr_assert_eq(dst[size], 'G');
		cr_assert(size == 0 || memchr(dst, '\0', size) != NULL);
		cr_assert(size == 0 || vis_is_utf8(dst, strlen(dst)));
		free(dst);
	}
}
