/* SPDX-License-Identifier: ISC */
/*
 * test_joblog.c - one event a line, and the cap.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/joblog.h"
#include "spool/os/io.h"
#include "tests/unit/scratch.h"

#define TEST_MAX (4 * 1024 * 1024)

static char dir[SCRATCH_PATH];
static int  fd, top;

static void
setup(void)
{
	scratch_make(dir);
	top = io_open_dir(dir, NULL);
	fd = openat(top, "log", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	cr_assert(fd != -1);
}

static void
teardown(void)
{
	(void)close(fd);
	(void)close(top);
	scratch_remove(dir);
}

TestSuite(joblog, .init = setup, .fini = teardown);

/* What stands in the log from offset on; the caller frees. */
static char *
text_from(size_t offset)
{
	char  *buf, *rest;
	size_t len;

	cr_assert_eq(io_read_file(top, "log", 2 * TEST_MAX, &buf, &len, NULL), 0);
	cr_assert(offset <= len);
	rest = strdup(buf + offset);
	free(buf);
	return rest;
}

static size_t
size_now(void)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return (size_t)st.st_size;
}

static size_t
lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

Test(joblog, a_line_has_time_and_event_first_and_then_the_fields)
{
	char   *text;
	json_t *o;

	cr_assert_eq(joblog_event(fd, TEST_MAX, "step", json_pack("{s:s, s:i}", "step", "make-lpar", "i", 2), NULL), 0);
	text = text_from(0);
	cr_assert_eq(strncmp(text, "{\"t\":\"20", 8), 0);
	cr_assert(strstr(text, "Z\",\"event\":\"step\",\"step\":\"make-lpar\",\"i\":2}\n") != NULL, "%s", text);
	o = json_loads(text, 0, NULL);
	cr_assert(json_is_object(o));
	json_decref(o);
	free(text);
}

Test(joblog, fields_are_optional_and_cannot_replace_time_or_event)
{
	char *text;

	cr_assert_eq(joblog_event(fd, TEST_MAX, "note", NULL, NULL), 0);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "note", json_pack("{s:s, s:s}", "event", "result", "t", "never"), NULL), 0);
	text = text_from(0);
	cr_assert_eq(lines(text), 2);
	cr_assert_eq(strstr(text, "result"), NULL);
	cr_assert_eq(strstr(text, "never"), NULL);
	free(text);
}

Test(joblog, a_line_break_in_a_value_does_not_break_the_line)
{
	char *text;

	cr_assert_eq(joblog_event(fd, TEST_MAX, "note", json_pack("{s:s}", "text", "a\nb\r{\"event\":\"result\"}"), NULL), 0);
	text = text_from(0);
	cr_assert_eq(lines(text), 1);
	free(text);
}

Test(joblog, a_line_that_a_crash_tore_is_ended_before_the_next_one)
{
	static const char half[] = "{\"t\":\"2027-03-01T09:00:00.123Z\",\"event\":\"resu";
	char		 *text;

	cr_assert_eq(io_write_all(fd, half, strlen(half)), 0);
	cr_assert_eq(joblog_event(fd, 0, "note", NULL, NULL), 0);
	cr_assert_eq(joblog_event(fd, 0, "note", NULL, NULL), 0);
	text = text_from(strlen(half));
	cr_assert_eq(strncmp(text, "~\n{\"t\":", 7), 0, "%s", text);
	cr_assert_eq(lines(text), 3);
	free(text);
}

/* Fills the log to n bytes below the cap. */
static void
fill_to(size_t below)
{
	cr_assert_eq(ftruncate(fd, (off_t)(TEST_MAX - below - 1)), 0);
	cr_assert_eq(write(fd, "\n", 1), 1);
}

Test(joblog, the_event_that_reaches_the_cap_brings_one_note)
{
	char *text;

	fill_to(10);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(joblog_event(fd, TEST_MAX, "step", json_pack("{s:i}", "i", i), NULL), 0);
	text = text_from(TEST_MAX - 10);
	cr_assert_eq(lines(text), 2, "%s", text);
	cr_assert(strstr(text, "\"i\":0") != NULL);
	cr_assert(strstr(text, "\"event\":\"note\",\"level\":\"warning\"") != NULL);
	free(text);
}

Test(joblog, beyond_the_cap_only_state_and_result_are_written)
{
	char *text;

	fill_to(0);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "command", json_pack("{s:s}", "cmd", "x"), NULL), 0);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "state", json_pack("{s:s}", "state", "undoing"), NULL), 0);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "note", NULL, NULL), 0);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "result", json_pack("{s:s}", "state", "failed"), NULL), 0);
	text = text_from(TEST_MAX);
	cr_assert_eq(lines(text), 2, "%s", text);
	cr_assert(strstr(text, "\"event\":\"state\"") != NULL && strstr(text, "\"event\":\"result\"") != NULL);
	free(text);
}

Test(joblog, nothing_follows_the_result_even_when_it_reaches_the_cap)
{
	char *text;

	fill_to(10);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "result", json_pack("{s:s}", "state", "done"), NULL), 0);
	text = text_from(TEST_MAX - 10);
	cr_assert_eq(lines(text), 1);
	free(text);
}

Test(joblog, half_a_line_is_taken_back)
{
	struct rlimit rl;
	struct pd_err e;
	size_t	      before;

	cr_assert_eq(joblog_event(fd, TEST_MAX, "note", NULL, NULL), 0);
	before = size_now();
	(void)signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &rl), 0);
	rl.rlim_cur = before + 10;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &rl), 0);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "note", json_pack("{s:s}", "text", "does not fit"), &e), -1);
	cr_assert_eq(e.code, PD_NOSPACE);
	cr_assert_eq(size_now(), before);
}

Test(joblog, a_log_that_cannot_be_written_is_told)
{
	struct pd_err e;

	cr_assert_eq(joblog_event(-1, TEST_MAX, "note", json_object(), &e), -1);
	cr_assert_eq(e.code, PD_IO);
	cr_assert_eq(joblog_event(top, TEST_MAX, "note", json_object(), &e), -1);
	cr_assert_eq(e.code, PD_IO);
	cr_assert_eq(joblog_event(fd, TEST_MAX, "not \xff text", NULL, &e), -1);
	cr_assert_eq(e.code, PD_BUG);
}

static void
append(int64_t max, const char *text)
{
	cr_assert_eq(joblog_event(fd, max, "note", json_pack("{s:s}", "text", text), NULL), 0);
}

Test(joblog, a_log_holds_its_limit_and_not_one_event_more)
{
	int64_t line;
	char   *text;

	append(1000, "a");
	line = (int64_t)size_now();
	cr_assert_eq(ftruncate(fd, 0), 0);
	/* The event behind which one byte is left does not bring the note, the one that fills the log does. */
	append(2 * line + 1, "a");
	append(2 * line + 1, "a");
	cr_expect_eq((int64_t)size_now(), 2 * line);
	append(2 * line + 1, "a");
	text = text_from(0);
	cr_expect_eq(lines(text), 4);
	cr_expect_not_null(strstr(text, "This log is full"));
	free(text);
	append(2 * line + 1, "a");
	cr_assert_eq(joblog_event(fd, 2 * line + 1, "result", json_pack("{s:s}", "state", "done"), NULL), 0);
	text = text_from(0);
	cr_expect_eq(lines(text), 5);
	cr_expect_not_null(strstr(text, "\"event\":\"result\""));
	free(text);
	cr_assert_eq(ftruncate(fd, 0), 0);
	append(2 * line, "a");
	append(2 * line, "a");
	text = text_from(0);
	cr_expect_not_null(strstr(text, "This log is full"), "the limit is reached exactly");
	free(text);
}
