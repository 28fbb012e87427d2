/* SPDX-License-Identifier: ISC */
/*
 * test_worker.c - the worker's loop, seen from the director's end of the socket.
 */
#include <sys/socket.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handlers/worker.h"
#include "spool/journal.h"
#include "spool/os/clock.h"
#include "spool/wire.h"
#include "tests/unit/private_sshd.h"

#define JOB "01ARZ3NDEKTSV4RRFFQ69G5FAV"

static const char asking[] =
	"sequence check-platform {\n"
	"	kind = 'ivm'\n"
	"	inputs = { 'platform' }\n"
	"	on-failure = 'undo'\n"
	"	step who {\n"
	"		ask = 'printenv SSH_CONNECTION'\n"
	"		capture platform.facts.session { }\n"
	"	}\n"
	"	results {\n"
	"		facts = '{platform.facts}'\n"
	"	}\n"
	"}\n"
	"end = true\n";

static const char slow[] =
	"sequence check-platform {\n"
	"	kind = 'ivm'\n"
	"	inputs = { 'platform' }\n"
	"	on-failure = 'undo'\n"
	"	step wait {\n"
	"		ask = 'sleep 20'\n"
	"	}\n"
	"}\n"
	"end = true\n";

static struct private_sshd d;
static struct pd_err	   served_err;
static int		   s[2], served;
static int		   is_running;
static pthread_t	   thread;

static void *
serve(void *arg)
{
	(void)arg;
	served = worker_serve(s[1], NULL, &served_err);
	(void)close(s[1]);
	return NULL;
}

static void
setup(void)
{
	if (!private_sshd_start(&d, ""))
		cr_skip_test("no sshd");
	scratch_file(d.dir, "asking.seq", asking, strlen(asking));
	scratch_file(d.dir, "slow.seq", slow, strlen(slow));
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
	is_running = 1;
}

/* The director goes; what the worker's loop then returns. */
static int
hang_up(void)
{
	(void)close(s[0]);
	(void)pthread_join(thread, NULL);
	is_running = 0;
	return served;
}

static void
teardown(void)
{
	if (is_running)
		(void)hang_up();
	private_sshd_remove(&d);
}

TestSuite(worker, .init = setup, .fini = teardown, .timeout = 120);

static json_t *
order(const char *mode, const char *sequence, const char *host_key)
{
	char	path[SCRATCH_PATH];
	json_t *platform = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "name", "ivm1", "kind", "ivm",
	    "address", "127.0.0.1", "port", d.port, "user", d.user, "key_file", d.user_key, "host_key", host_key);

	return json_pack("{s:s, s:s, s:s, s:s, s:O, s:{s:o}, s:s}", "msg", "run", "job", JOB, "mode", mode,
	    "sequence", scratch_path(path, d.dir, sequence), "platform", platform, "vars", "platform", platform, "tag", "");
}

static int
open_file(const char *name)
{
	char path[SCRATCH_PATH];
	int  fd = open(scratch_path(path, d.dir, name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	cr_assert(fd != -1);
	return fd;
}

static void
send_order(const char *mode, const char *sequence, const char *host_key)
{
	int	      fds[2] = { open_file("journal"), open_file("joblog") };
	json_t	     *msg = order(mode, sequence, host_key);
	struct pd_err e = { 0 };

	cr_assert_eq(wire_send(s[0], msg, fds, 2, &e), 0, "%s", e.msg);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static json_t *
receive(void)
{
	struct pd_err e = { 0 };
	json_t	     *msg;

	cr_assert_eq(wire_recv(s[0], WIRE_REPLY_MAX, 60000, &msg, NULL, 0, &e), 1, "%s", e.msg);
	return msg;
}

static const char *
text(const json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t == NULL ? "" : t;
}

/* The result of the job under way, which has this outcome and this exit status. */
static json_t *
expect(const char *outcome, int status)
{
	json_t *r = receive();

	cr_assert_str_eq(text(r, "msg"), "result");
	cr_assert_str_eq(text(r, "job"), JOB);
	cr_assert_str_eq(text(r, "outcome"), outcome, "%s: %s", text(r, "outcome"), text(r, "message"));
	cr_assert_eq(json_integer_value(json_object_get(r, "exit")), status, "%s", text(r, "message"));
	cr_assert(json_is_object(json_object_get(r, "value")));
	return r;
}

static size_t
journal_size(void)
{
	struct journal j;
	json_t	      *records;
	int	       fd = open_file("journal");
	size_t	       n;

	cr_assert_eq(journal_load(&j, fd, 0, &records, NULL), 0);
	n = json_array_size(records);
	json_decref(records);
	(void)close(fd);
	return n;
}

static void
forget_journal(void)
{
	char path[SCRATCH_PATH];

	cr_assert_eq(unlink(scratch_path(path, d.dir, "journal")), 0);
}

static void
tell(const char *what)
{
	cr_assert_eq(wire_send(s[0], json_pack("{s:s}", "msg", what), NULL, 0, NULL), 0);
}

/* Waits until the job under way has asked the console. */
static void
wait_for_command(void)
{
	for (int i = 0; i < 2000 && journal_size() < 2; i++)
		(void)usleep(10000);
	cr_assert(journal_size() >= 2);
}

Test(worker, two_jobs_of_a_platform_use_one_session)
{
	json_t *a, *b;

	send_order("run", "asking.seq", d.host_key);
	a = expect("done", 0);
	cr_assert(journal_size() > 2);
	forget_journal();
	send_order("run", "asking.seq", d.host_key);
	b = expect("done", 0);
	cr_assert(json_equal(json_object_get(a, "value"), json_object_get(b, "value")));
	cr_assert(json_object_size(json_object_get(a, "value")) > 0);
	json_decref(a);
	json_decref(b);
	cr_assert_eq(hang_up(), 0);
}

Test(worker, a_platform_that_changed_gets_a_new_session)
{
	json_t *a, *b;

	send_order("run", "asking.seq", d.host_key);
	a = expect("done", 0);
	forget_journal();
	send_order("run", "asking.seq", d.other_host_key);
	b = expect("done", 0);
	cr_assert_not(json_equal(json_object_get(a, "value"), json_object_get(b, "value")));
	json_decref(a);
	json_decref(b);
}

Test(worker, a_plan_needs_no_console)
{
	private_sshd_stop(&d);
	send_order("plan", "asking.seq", "");
	json_decref(expect("done", 0));
	cr_assert_eq(journal_size(), 0);
}

Test(worker, without_a_host_key_the_one_that_is_shown_is_told)
{
	json_t *r;

	send_order("run", "asking.seq", "");
	r = expect("failed", 65);
	cr_assert_str_eq(text(r, "code"), "USAGE");
	cr_assert(strstr(text(r, "message"), d.host_key) != NULL, "%s", text(r, "message"));
	cr_assert(strstr(text(r, "message"), "--host-key") != NULL, "%s", text(r, "message"));
	json_decref(r);
}

Test(worker, a_job_whose_platform_is_down_is_parked_with_the_reason)
{
	json_t *r;

	private_sshd_stop(&d);
	send_order("run", "asking.seq", d.host_key);
	r = expect("parked", 69);
	cr_expect_str_eq(text(r, "contact"), "silent");
	cr_expect(json_is_false(json_object_get(r, "begun")));
	cr_expect_not_null(strstr(text(r, "message"), "Connection refused"), "%s", text(r, "message"));
	cr_expect_eq(journal_size(), 1, "a try that found nobody is no command");
	json_decref(r);
}

Test(worker, a_changed_host_key_parks_and_is_named)
{
	json_t *r;

	send_order("run", "asking.seq", "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	r = expect("parked", 69);
	cr_expect_str_eq(text(r, "contact"), "refused");
	cr_assert(strstr(text(r, "message"), "changed") != NULL, "%s", text(r, "message"));
	json_decref(r);
}

Test(worker, the_first_answer_is_told_when_that_was_asked_for)
{
	int	fds[2] = { open_file("journal"), open_file("joblog") };
	json_t *msg = order("run", "asking.seq", d.host_key), *r;

	cr_assert_eq(json_object_set_new(msg, "tell", json_true()), 0);
	cr_assert_eq(wire_send(s[0], msg, fds, 2, NULL), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	r = receive();
	cr_expect_str_eq(text(r, "msg"), "answered");
	cr_expect_str_eq(text(r, "job"), JOB);
	json_decref(r);
	r = expect("done", 0);
	cr_expect_str_eq(text(r, "contact"), "answered");
	json_decref(r);
}

Test(worker, a_job_that_cannot_begin_fails_but_one_that_had_begun_is_stuck)
{
	json_t *r;

	send_order("run", "none.seq", d.host_key);
	r = receive();
	cr_assert_str_eq(text(r, "outcome"), "failed");
	json_decref(r);
	send_order("resume", "none.seq", d.host_key);
	r = receive();
	cr_assert_str_eq(text(r, "outcome"), "stuck");
	json_decref(r);
}

Test(worker, a_damaged_journal_is_for_a_person)
{
	scratch_file(d.dir, "journal", "this is no journal, and long enough to be sure of it", 52);
	send_order("resume", "asking.seq", d.host_key);
	json_decref(expect("stuck", 2));
}

Test(worker, a_cancel_ends_a_long_command)
{
	int64_t began = clock_mono_ms();
	json_t *r;

	send_order("run", "slow.seq", d.host_key);
	wait_for_command();
	tell("cancel");
	r = receive();
	if (strcmp(text(r, "msg"), "undoing") == 0) {
		cr_assert_str_eq(text(r, "job"), JOB);
		json_decref(r);
		r = receive();
	}
	cr_assert_str_eq(text(r, "outcome"), "cancelled", "%s: %s", text(r, "outcome"), text(r, "message"));
	cr_assert_lt(clock_mono_ms() - began, 18000);
	json_decref(r);
	forget_journal();
	send_order("run", "asking.seq", d.host_key);	/* and the next job is not cancelled */
	json_decref(expect("done", 0));
}

Test(worker, a_parked_job_leaves_its_journal_open)
{
	json_t *r;
	size_t	n;

	send_order("run", "slow.seq", d.host_key);
	wait_for_command();
	tell("park");
	r = receive();
	cr_assert_str_eq(text(r, "outcome"), "parked", "%s: %s", text(r, "outcome"), text(r, "message"));
	json_decref(r);
	n = journal_size();
	cr_assert(n >= 2);
	cr_assert_eq(hang_up(), 0);
}

Test(worker, a_director_that_goes_parks_the_job)
{
	int64_t began = clock_mono_ms();

	send_order("run", "slow.seq", d.host_key);
	wait_for_command();
	cr_assert_eq(hang_up(), 0);
	cr_assert_lt(clock_mono_ms() - began, 18000);
}

Test(worker, a_cancel_between_two_jobs_is_late_and_harmless)
{
	tell("cancel");
	tell("park");
	send_order("run", "asking.seq", d.host_key);
	json_decref(expect("done", 0));
}

Test(worker, what_makes_no_sense_ends_the_worker)
{
	tell("dance");
	cr_assert_eq(hang_up(), -1);
	cr_assert_eq(served_err.code, PD_BUG);
}

Test(worker, an_order_without_descriptors_ends_the_worker)
{
	json_t *msg = order("run", "asking.seq", d.host_key);

	cr_assert_eq(wire_send(s[0], msg, NULL, 0, NULL), 0);
	cr_assert_eq(hang_up(), -1);
}

Test(worker, an_order_with_an_unknown_mode_ends_the_worker)
{
	send_order("guess", "asking.seq", d.host_key);
	cr_assert_eq(hang_up(), -1);
}
