/* SPDX-License-Identifier: ISC */
/*
 * test_err.c - codes, words, exit statuses and messages.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "spool/err.h"

Test(err, every_code_has_a_word_and_a_status_that_a_shell_can_show)
{
	for (int c = 0; c < PD_NCODES; c++) {
		cr_assert(code_word(c) != NULL && code_word(c)[0] != '\0', "code %d", c);
		cr_assert(code_exit(c) >= 0 && code_exit(c) <= 125, "code %d", c);
	}
}

Test(err, word_and_status_lead_back_to_a_code_that_has_both)
{
	for (int c = 0; c < PD_NCODES; c++) {
		enum pd_code found = code_find(code_word(c), code_exit(c));

		cr_assert_str_eq(code_word(found), code_word(c));
		cr_assert_eq(code_exit(found), code_exit(c));
	}
	cr_assert_eq(code_find("USAGE", 65), PD_BADDATA);
	cr_assert_eq(code_find("USAGE", 66), PD_BUG);
	cr_assert_eq(code_find("NO_SUCH_WORD", 0), PD_BUG);
	cr_assert_eq(code_find(NULL, 0), PD_BUG);
}

Test(err, a_number_that_is_no_code_is_our_bug)
{
	cr_assert_str_eq(code_word((enum pd_code)999), "INTERNAL");
	cr_assert_eq(code_exit((enum pd_code)999), 70);
	cr_assert_eq(code_exit((enum pd_code)-1), 70);
}

Test(err, a_failure_fills_code_and_message_and_returns_minus_one)
{
	struct pd_err e;

	cr_assert_eq(pd_fail(&e, PD_QUOTA, "%d of %s", 4, "five"), -1);
	cr_assert_eq(e.code, PD_QUOTA);
	cr_assert_eq(e.sys, 0);
	cr_assert_str_eq(e.msg, "4 of five");
	cr_assert_eq(pd_fail(NULL, PD_QUOTA, "nobody wants to know"), -1);
}

Test(err, a_system_failure_adds_the_reason_and_keeps_errno)
{
	struct pd_err e;

	errno = ENOENT;
	cr_assert_eq(pd_fail_sys(&e, PD_IO, "open x"), -1);
	cr_assert_eq(errno, ENOENT);
	cr_assert_eq(e.sys, ENOENT);
	cr_assert_str_eq(e.msg, "open x: No such file or directory");
}

Test(err, a_long_message_is_cut_and_ends)
{
	struct pd_err e;
	char	      text[2000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	errno = EIO;
	pd_fail_sys(&e, PD_IO, "%s", text);
	cr_assert_eq(strlen(e.msg), sizeof(e.msg) - 1);
}
