/* SPDX-License-Identifier: ISC */
/*
 * test_event_scan.c - the plain lines of a job's log, and what is left to the parser.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/follow/event_scan.h"
#include "spool/joblog.h"
#include "tests/unit/scratch.h"

static char	    line[4096];
static struct event ev;

static int
scan(const char *text)
{
	memset(&ev, 0, sizeof(ev));
	(void)snprintf(line, sizeof(line), "%s", text);
	return event_scan(line, strlen(text), &ev);
}

Test(event_scan, what_a_line_says)
{
	cr_assert_eq(scan("{\"t\":\"2027-03-01T09:00:00.123Z\",\"event\":\"step\",\"step\":\"disk\",\"say\":\"creating disk 1\",\"i\":3,\"of\":14}"), 1);
	cr_assert_eq(ev.kind, EVENT_STEP);
	cr_assert_str_eq(ev.step, "disk");
	cr_assert_str_eq(ev.say, "creating disk 1");
	cr_assert_eq(ev.i, 3);
	cr_assert_eq(ev.of, 14);
	cr_assert_str_eq(ev.text, "");
	cr_assert_null(ev.json);
	cr_assert_eq(scan("{\"event\":\"step-done\",\"step\":\"disk\",\"ms\":0}"), 1);
	cr_assert_eq(ev.ms, 0);
	cr_assert_eq(scan("{\"ms\":999999999,\"event\":\"step-done\"}"), 1);
	cr_assert_eq(ev.ms, 999999999);
	cr_assert_eq(scan("{\"event\":\"admitted\",\"user\":\"alice\",\"tenant\":\"blue\",\"wait\":\"\"}"), 1);
	cr_assert_str_eq(ev.user, "alice");
	cr_assert_str_eq(ev.tenant, "blue");
	cr_assert_eq(scan("{\"event\":\"of-a-later-version\"}"), 1);
	cr_assert_eq(ev.kind, EVENT_OTHER);
	cr_assert_eq(scan("{\"event\":\"step\",\"i\":9,\"of\":3}"), 1);
	cr_assert_eq(ev.of, 0, "numbers that make no sense are left out here, too");
}

Test(event_scan, everything_else_is_left_as_it_is)
{
	static const char *const other[] = {
		"", "{", "{}", "[]", "x", "{\"event\":\"resu~", "{\"event\":\"a\"", "{\"event\":\"a", "{\"event\":\"a\"}x", "{\"event\":\"a\",}",
		"{\"event\":\"a\"}}", " {\"event\":\"a\"}", "{\"event\": \"a\"}", "{\"event\":\"a\" }", "{\"step\":\"a\"}",
		"{\"event\":\"a\",\"event\":\"b\"}", "{\"event\":\"a\",\"x\":1}", "{\"event\":\"a\",\"say\":7}", "{\"event\":\"a\",\"i\":\"7\"}",
		"{\"event\":\"a\",\"i\":-1}", "{\"event\":\"a\",\"i\":01}", "{\"event\":\"a\",\"i\":1.5}", "{\"event\":\"a\",\"i\":1e3}",
		"{\"event\":\"a\",\"i\":}", "{\"event\":\"a\",\"i\":1234567890}", "{\"event\":\"a\",\"say\":\"\\u001b\"}",
		"{\"event\":\"a\",\"say\":\"x\\\"\"}", "{\"event\":\"a\",\"say\":\"\033[31m\"}", "{\"event\":\"a\",\"say\":\"\x7f\"}",
		"{\"event\":\"a\",\"say\":\"caf\xc3\xa9\"}", "{\"event\":\"a\",\"say\":\"\xff\"}", "{\"event\":\"a\",\"value\":{}}",
		"{\"event\":\"result\",\"state\":\"done\"}",
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		cr_assert_eq(scan(other[i]), 0, "%s", other[i]);
		cr_assert_str_eq(line, other[i]);
	}
}

/* Were it otherwise, a long log would be slow again and nothing else would tell. */
Test(event_scan, what_the_log_is_written_as_is_plain)
{
	static const char *const events[] = { "admitted", "state", "step", "step-done", "note", "wait" };
	char			 dir[SCRATCH_PATH], path[SCRATCH_PATH + 8];
	json_t			*fields;
	ssize_t			 n;
	int			 fd;

	scratch_make(dir);
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
		cr_assert_geq(fd, 0);
		fields = json_pack("{s:s s:s s:i s:i s:i s:s s:s s:s s:s s:s s:s s:s s:s s:s}", "step", "a", "say", "b: 1G", "i", 1, "of",
		    9999, "ms", 100000000, "state", "running", "user", "alice@example.org", "tenant", "blue", "verb", "create-vm", "platform",
		    "power1", "vm", "web1", "level", "info", "text", "/x, 'y' & z", "wait", "the platform's other jobs");
		cr_assert_eq(joblog_event(fd, 0, events[i], fields, NULL), 0);
		n = pread(fd, line, sizeof(line), 0);
		cr_assert_gt(n, 1);
		cr_assert_eq(event_scan(line, (size_t)n - 1, &ev), 1, "%.*s", (int)n, line);
		cr_assert_str_eq(ev.say, "b: 1G");
		(void)close(fd);
	}
	scratch_remove(dir);
}
