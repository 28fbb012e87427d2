/* SPDX-License-Identifier: ISC */
/*
 * test_log.c - lines of the director's log: one a event, nothing from outside breaks them.
 */
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/log.h"

static int	  fds[2];
static struct log log_to;

static void
set_up(void)
{
	cr_assert_eq(pipe(fds), 0);
	log_to = (struct log){ fds[1], LOG_INFO, 0 };
}

TestSuite(log, .init = set_up);

static const char *
line(void)
{
	static char buf[4096];
	ssize_t	    n;

	(void)close(fds[1]);
	n = read(fds[0], buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

Test(log, a_line_has_time_level_event_and_pairs)
{
	const char *text;

	log_event(&log_to, LOG_NOTICE, "admitted", "job", "01JD", "why", "two words", "vm", "", NULL);
	text = line();
	cr_assert_eq(text[10], 'T');
	cr_assert_str_eq(text + strlen("2027-03-01T09:00:00.123Z"), " level=notice event=admitted job=01JD why=\"two words\" vm=\"\"\n");
}

Test(log, bytes_from_outside_cannot_make_a_second_line_or_a_key)
{
	const char *text;

	log_event(&log_to, LOG_ERR, "bad-file", "file", "x\nlevel=err event=forged\033[2J", "why", "a\"b=c", NULL);
	text = line();
	cr_assert_eq(strchr(text, '\n'), text + strlen(text) - 1);
	cr_assert_null(strchr(text, '\033'));
	cr_assert_not_null(strstr(text, "why=\"a'b=c\""));
}

Test(log, what_is_less_important_than_the_level_is_left_out)
{
	log_event(&log_to, LOG_DEBUG, "noise", NULL);
	cr_assert_str_eq(line(), "");
}
