/* SPDX-License-Identifier: ISC */
/*
 * test_follow.c - a job's log read while it grows, and what a person sees of it.
 */
#include <sys/stat.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/follow/follow.h"
#include "gateway/render/progress.h"
#include "spool/os/clock.h"
#include "tests/unit/scratch.h"

#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"

static char	     dir[SCRATCH_PATH], path[SCRATCH_PATH + 40];
static struct follow f;
static struct event  ev;
static struct pd_err e;

/* What these lines put on stderr and stdout. */
static char *err_text, *out_text;
static json_t *commands;

static void
forget(void)
{
	free(err_text);
	free(out_text);
	json_decref(commands);
	err_text = out_text = NULL;
	commands = NULL;
}

static void
setup(void)
{
	scratch_make(dir);
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/log/" ID, dir);
	f.fd = f.watch = -1;
}

static void
teardown(void)
{
	forget();
	event_clear(&ev);
	follow_close(&f);
	scratch_remove(dir);
}

static void
append(const char *text)
{
	FILE *log = fopen(path, "a");

	cr_assert_not_null(log);
	cr_assert_geq(fputs(text, log), 0);
	cr_assert_eq(fclose(log), 0);
}

static int
next(void)
{
	event_clear(&ev);
	return follow_next(&f, &ev, &e);
}

TestSuite(follow, .init = setup, .fini = teardown);

Test(follow, a_log_that_is_not_there_yet)
{
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), -1);
	cr_assert_eq(e.code, PD_NOTFOUND);
	append("");
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	cr_assert_eq(next(), 0);
}

Test(follow, a_line_without_its_newline_is_not_there_yet)
{
	append("{\"event\":\"state\",\"state\":\"run");
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	cr_assert_eq(next(), 0);
	append("ning\"}\n{\"event\":\"step\",");
	cr_assert_eq(next(), 1);
	cr_assert_eq(ev.kind, EVENT_STATE);
	cr_assert_str_eq(ev.state, "running");
	cr_assert_eq(next(), 0);
	append("\"step\":\"disk\",\"say\":\"making the disk\",\"i\":3,\"of\":14}\n");
	cr_assert_eq(next(), 1);
	cr_assert_eq(ev.kind, EVENT_STEP);
	cr_assert_eq(ev.i, 3);
	cr_assert_eq(ev.of, 14);
	cr_assert_str_eq(ev.say, "making the disk");
	cr_assert_eq(next(), 0);
}

Test(follow, waiting_ends_when_the_log_grows)
{
	append("");
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	cr_assert_eq(next(), 0);
	append("{\"event\":\"note\",\"text\":\"x\"}\n");
	cr_assert_eq(follow_wait(&f, 10000), 0);
	cr_assert_eq(next(), 1);
	cr_assert_eq(follow_wait(&f, 1), 0);
}

/* Most jobs end by then, and have cost no watch. */
Test(follow, in_the_beginning_it_is_looked_at_often_and_then_watched)
{
	int64_t began;

	append("");
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	cr_assert_eq(next(), 0);
	cr_assert_eq(follow_wait(&f, 5), 0);
	cr_assert_eq(f.watch, -1);
	append("{\"event\":\"note\",\"text\":\"x\"}\n");
	cr_assert_eq(follow_wait(&f, -1), 0);
	cr_assert_lt(f.early_ms, 60, "it has grown");
	cr_assert_eq(next(), 1);
	cr_assert_eq(next(), 0);
	cr_assert_eq(follow_wait(&f, -1), 0);
	if (f.watch == -1)
		cr_skip_test("no watches here");
	append("{\"event\":\"note\",\"text\":\"y\"}\n");
	began = clock_mono_ms();
	cr_assert_eq(follow_wait(&f, 20000), 0);
	cr_assert_lt(clock_mono_ms() - began, 10000);
	cr_assert_eq(next(), 1);
}

/* As where there are no watches left: later, and never by much. */
Test(follow, without_a_watch_it_is_looked_at_less_and_less_often)
{
	static const int looks[] = { 50, 100, 200, 400, 400 };
	int64_t		 began;

	append("");
	cr_assert_eq(follow_open(&f, dir, ID, 0, &e), 0);
	cr_assert_eq(next(), 0);
	cr_assert_eq(follow_wait(&f, -1), 0, "often, in the beginning");
	cr_assert_geq(f.early_ms, 60);
	cr_assert_eq(f.watch, -1);
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		cr_assert_eq(next(), 0);
		began = clock_mono_ms();
		cr_assert_eq(follow_wait(&f, -1), 0);
		cr_assert_geq(clock_mono_ms() - began, looks[i] - 1);
	}
	append("{\"event\":\"note\",\"text\":\"x\"}\n");
	cr_assert_eq(next(), 1);
	cr_assert_eq(next(), 0);
	cr_assert_eq(f.look_ms, 50, "where something happened more may come");
	cr_assert_eq(follow_wait(&f, 1), 0);
}

Test(follow, many_lines_and_long_ones)
{
	char *big = malloc(200001);

	memset(big, 'a', 200000);
	big[200000] = '\0';
	for (int i = 0; i < 2000; i++)
		append("{\"event\":\"note\",\"text\":\"x\"}\n");
	append("{\"event\":\"result\",\"value\":\"");
	append(big);
	append("\"}\n");
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	for (int i = 0; i < 2000; i++)
		cr_assert_eq(next(), 1);
	cr_assert_eq(next(), 1);
	cr_assert_eq(ev.kind, EVENT_RESULT);
	cr_assert_eq(json_string_length(json_object_get(ev.json, "value")), 200000);
	cr_assert_eq(next(), 0);
	free(big);
}

Test(follow, a_line_that_a_crash_tore_is_passed_over)
{
	append("{\"event\":\"note\",\"text\":\"x\"}\n{\"event\":\"resu~\n{\"event\":\"result\",\"state\":\"done\"}\n");
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	cr_assert_eq(next(), 1);
	cr_assert_eq(ev.kind, EVENT_NOTE);
	cr_assert_eq(next(), 1);
	cr_assert_eq(ev.kind, EVENT_RESULT);
	cr_assert_eq(next(), 0);
}

Test(follow, a_line_over_the_limit_is_refused)
{
	char *big = malloc(FOLLOW_LINE_MAX + 65536);

	memset(big, 'a', FOLLOW_LINE_MAX + 65535);
	big[FOLLOW_LINE_MAX + 65535] = '\0';
	append(big);
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), 0);
	cr_assert_eq(next(), -1);
	cr_assert_eq(e.code, PD_BADDATA);
	cr_assert_leq(f.size, (size_t)4 * FOLLOW_LINE_MAX);
	free(big);
}

Test(follow, only_a_regular_file_of_a_whole_id)
{
	cr_assert_eq(follow_open(&f, dir, "../../etc/passwd", 1, &e), -1);
	cr_assert_eq(follow_open(&f, dir, "01ARZ3ND", 1, &e), -1);
	cr_assert_eq(symlink("/etc/passwd", path), 0);
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), -1);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(follow_open(&f, dir, ID, 1, &e), -1);
}

static int
parse(const char *line)
{
	event_clear(&ev);
	return event_parse(line, strlen(line), &ev, &e);
}

Test(follow, lines_that_are_no_events)
{
	static const char *const bad[] = { "", "x", "[]", "{}", "{\"event\":1}", "{\"event\":\"a\"} x", "{\"event\":\"a\",\"event\":\"b\"}", "\"event\"" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_eq(parse(bad[i]), -1, "%s", bad[i]);
	cr_assert_eq(parse("{\"event\":\"of-a-later-version\",\"x\":1}"), 0);
	cr_assert_eq(ev.kind, EVENT_OTHER);
}

Test(follow, numbers_that_make_no_sense_are_left_out)
{
	cr_assert_eq(parse("{\"event\":\"step\",\"i\":9,\"of\":3,\"say\":7}"), 0);
	cr_assert_eq(ev.of, 0);
	cr_assert_str_eq(ev.say, "");
	cr_assert_eq(parse("{\"event\":\"step\",\"i\":-1,\"of\":99999}"), 0);
	cr_assert_eq(ev.of, 0);
	cr_assert_eq(parse("{\"event\":\"step-done\",\"ms\":9223372036854775807}"), 0);
	cr_assert_eq(ev.ms, 0);
}

static void
show(int is_tty, int is_silent, int as_json, const char *const *lines, size_t n)
{
	struct progress p;
	size_t		err_len, out_len;
	FILE	       *err, *out;

	forget();
	err = open_memstream(&err_text, &err_len);
	out = open_memstream(&out_text, &out_len);
	progress_init(&p, err, out, 0, is_silent, as_json);
	p.is_tty = is_tty;
	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(parse(lines[i]), 0, "%s", lines[i]);
		progress_event(&p, &ev, 1000 * (int64_t)i);
		if (is_tty)
			progress_tick(&p, 1000 * (int64_t)i + 500);
	}
	commands = json_incref(p.commands);
	progress_clear(&p);
	cr_assert_eq(fclose(err) | fclose(out), 0);
}

static const char *const life[] = {
	"{\"event\":\"admitted\",\"user\":\"alice\",\"wait\":\"the platform's other jobs\"}",
	"{\"event\":\"state\",\"state\":\"running\"}",
	"{\"event\":\"step\",\"step\":\"lpar\",\"say\":\"creating the partition\",\"i\":1,\"of\":2}",
	"{\"event\":\"step-done\",\"step\":\"lpar\",\"ms\":1234}",
	"{\"event\":\"note\",\"level\":\"warning\",\"text\":\"pool is \\u001b[31m nearly full\"}",
	"{\"event\":\"step\",\"step\":\"disk\",\"i\":2,\"of\":2}",
	"{\"event\":\"state\",\"state\":\"undoing\"}",
};

Test(follow, without_a_terminal_each_step_is_a_line)
{
	show(0, 0, 0, life, 7);
	cr_assert_str_eq(err_text, "waiting for the platform's other jobs\n[1/2] creating the partition\n"
	    "warning: pool is \\x1B[31m nearly full\n[2/2] disk\nundoing what was begun\n");
	cr_assert_str_eq(out_text, "");
}

Test(follow, on_a_terminal_one_line_is_updated_and_finished_steps_stay)
{
	show(1, 0, 0, life, 7);
	cr_assert(strstr(err_text, "\r\033[K[1/2] creating the partition  0.5 s") != NULL, "%s", err_text);
	cr_assert(strstr(err_text, "[1/2] creating the partition  1.2 s\n") != NULL, "%s", err_text);
	cr_assert_null(strstr(err_text, "\033[31m"));
	cr_assert_str_eq(err_text + strlen(err_text) - 4, "\r\033[K");	/* nothing is left standing */
}

Test(follow, on_a_narrow_terminal_the_updating_line_fits)
{
	struct progress p;
	char	       *text = NULL, *line;
	size_t		len;
	FILE	       *err = open_memstream(&text, &len);

	progress_init(&p, err, err, 0, 0, 0);
	p.is_tty = 1;
	p.width = 20;
	cr_assert_eq(parse(life[2]), 0);
	progress_event(&p, &ev, 0);
	cr_assert_eq(fflush(err), 0);
	line = strrchr(text, 'K') + 1;
	cr_assert_leq(strlen(line), 20, "%s", line);
	progress_clear(&p);
	cr_assert_eq(fclose(err), 0);
	free(text);
}

Test(follow, the_end_tells_how_long_it_took)
{
	static const struct {
		int64_t	    ms;
		const char *text;
	} ends[] = { { 40, "done in 40 ms\n" }, { 1640, "done in 1.6 s\n" }, { 59999, "done in 59 s\n" }, { 185000, "done in 3 min 05 s\n" } };
	struct progress p;
	char	       *text = NULL;
	size_t		len;
	FILE	       *err = open_memstream(&text, &len);

	progress_init(&p, err, err, 0, 0, 0);
	progress_total(&p, 0, 5000);
	cr_assert_eq(ftell(err), 0, "nothing was shown, nothing took time");
	cr_assert_eq(parse(life[2]), 0);
	progress_event(&p, &ev, 1000);
	for (size_t i = 0; i < 4; i++) {
		progress_total(&p, 0, 1000 + ends[i].ms);
		cr_assert_eq(fflush(err), 0);
		cr_assert_str_eq(text + strlen(text) - strlen(ends[i].text), ends[i].text);
	}
	progress_total(&p, 69, 2000);
	cr_assert_eq(fflush(err), 0);
	cr_assert_str_eq(text + strlen(text) - 14, "d after 1.0 s\n");
	cr_assert_eq(parse(life[6]), 0);
	progress_event(&p, &ev, 1500);
	progress_total(&p, 1, 2000);
	cr_assert_eq(fflush(err), 0);
	cr_assert(strstr(text, "ended after 1.0 s; nothing is left of it\n") != NULL, "%s", text);
	progress_clear(&p);
	cr_assert_eq(fclose(err), 0);
	free(text);
}

Test(follow, programs_see_nothing_on_stderr)
{
	show(0, 1, 1, life, 7);
	cr_assert_str_eq(err_text, "");
	cr_assert_str_eq(out_text, "");
}

static const char *const plan[] = {
	"{\"event\":\"command\",\"as\":\"padmin\",\"cmd\":\"mksyscfg -r lpar -i \\\"name=web1\\\"\",\"step\":\"lpar\",\"say\":\"creating web1\"}",
	"{\"event\":\"command\",\"as\":\"padmin\",\"cmd\":\"lssyscfg\",\"step\":\"look\",\"when\":\"state is Running\",\"until\":\"id is there\"}",
	"{\"event\":\"command\",\"as\":\"root\",\"cmd\":\"dd if=/images/x of=/dev/rx\",\"say\":\"copying \\u001b[31m\"}",
};

Test(follow, a_plan_is_commands_in_order)
{
	show(0, 0, 0, plan, 3);
	cr_assert_str_eq(out_text, "# creating web1\npadmin$ mksyscfg -r lpar -i \"name=web1\"\n"
	    "# only if state is Running\npadmin$ lssyscfg\n# again until id is there\n"
	    "\n# copying \\x1B[31m\nroot# dd if=/images/x of=/dev/rx\n");
	show(0, 1, 1, plan, 3);
	cr_assert_str_eq(out_text, "");
	cr_assert_eq(json_array_size(commands), 3);
	cr_assert_str_eq(json_string_value(json_object_get(json_array_get(commands, 2), "as")), "root");
	cr_assert_str_eq(json_string_value(json_object_get(json_array_get(commands, 1), "when")), "state is Running");
	cr_assert_null(json_object_get(json_array_get(commands, 1), "say"));
}
