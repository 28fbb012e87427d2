/* SPDX-License-Identifier: ISC */
/*
 * test_ssh.c - the SSH transport against a real OpenSSH server.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/clock.h"
#include "tests/unit/private_sshd.h"

static struct private_sshd d;
static struct transport	  *t;
static struct answer	   a;
static struct pd_err	   e;

static struct ssh_target
target(void)
{
	return (struct ssh_target){ .address = "127.0.0.1", .port = d.port, .user = d.user, .key_file = d.user_key,
		.host_key = d.host_key, .connect_timeout_ms = 20000 };
}

static void
use(const struct ssh_target *g)
{
	if (t != NULL)
		t->free(t);
	cr_assert_eq(ssh_transport(g, &t, &e), 0);
}

static void
setup(void)
{
	struct ssh_target g;

	if (!private_sshd_start(&d, ""))
		cr_skip_test("no sshd");
	g = target();
	use(&g);
}

static void
teardown(void)
{
	answer_clear(&a);
	if (t != NULL)
		t->free(t);
	private_sshd_remove(&d);
}

TestSuite(ssh, .init = setup, .fini = teardown, .timeout = 120);

static void
run(const char *command, const char *input, int timeout_ms)
{
	answer_clear(&a);
	cr_assert_eq(t->run(t, command, input, timeout_ms, &a, &e), 0, "%s", e.msg);
}

/* Runs and expects that nothing was sent. */
static enum pd_code
run_fails(void)
{
	answer_clear(&a);
	cr_assert_eq(t->run(t, "true", NULL, 20000, &a, &e), -1);
	return e.code;
}

static void
expect_exit(int status)
{
	cr_assert_eq(a.kind, ANSWER_EXIT, "kind %d, %s", (int)a.kind, a.why);
	cr_assert_eq(a.status, status);
}

static void
expect_lost(const char *why)
{
	cr_assert_eq(a.kind, ANSWER_LOST);
	cr_assert(strstr(a.why, why) != NULL, "%s", a.why);
	cr_assert_eq(a.status, -1);
}

static struct link *
link_of(void)
{
	return t->state;
}

Test(ssh, a_command_answers_with_its_exit_status)
{
	run("exit 0", NULL, 20000);
	expect_exit(0);
	run("exit 77", NULL, 20000);
	expect_exit(77);
	cr_assert_eq(a.out_len, 0);
	cr_assert_str_eq(a.out, "");
	cr_assert_str_eq(a.err, "");
}

Test(ssh, output_and_errors_come_apart)
{
	run("echo out; echo err >&2; printf 'a\\0b'", NULL, 20000);
	expect_exit(0);
	cr_assert_eq(a.out_len, 7);
	cr_assert_arr_eq(a.out, "out\na\0b", 8);
	cr_assert_str_eq(a.err, "err\n");
}

Test(ssh, a_signal_is_neither_a_status_nor_a_loss)
{
	run("kill -KILL $$", NULL, 20000);
	cr_assert_eq(a.kind, ANSWER_SIGNAL);
	cr_assert_str_eq(a.signal, "KILL");
	run("echo still here", NULL, 20000);
	expect_exit(0);
}

Test(ssh, a_mebibyte_comes_whole)
{
	run("head -c 1048576 /dev/zero | tr '\\0' x; echo end >&2", NULL, 60000);
	expect_exit(0);
	cr_assert_eq(a.out_len, 1048576);
	cr_assert_eq(strspn(a.out, "x"), 1048576);
	cr_assert_str_eq(a.err, "end\n");
}

Test(ssh, an_answer_without_end_is_cut_and_the_next_command_works)
{
	run("cat /dev/zero", NULL, 60000);
	expect_lost("answers without end");
	cr_assert_leq(a.out_len, ANSWER_MAX);
	run("echo yes", NULL, 20000);
	expect_exit(0);
	cr_assert_str_eq(a.out, "yes\n");
}

Test(ssh, input_is_written_whole_and_ends)
{
	const size_t len = 3 * 1024 * 1024;	/* more than the server's window */
	char	    *text = malloc(len + 1);

	run("cat", "one line\n", 20000);
	cr_assert_str_eq(a.out, "one line\n");
	memset(text, 'y', len);
	text[len] = '\0';
	run("cat", text, 60000);
	expect_exit(0);
	cr_assert_eq(a.out_len, len);
	run("cat", NULL, 20000);	/* no input: end of file at once */
	expect_exit(0);
	free(text);
}

Test(ssh, a_command_that_does_not_read_its_input_ends_all_the_same)
{
	const size_t len = 8 * 1024 * 1024;
	char	    *text = malloc(len + 1);

	memset(text, 'y', len);
	text[len] = '\0';
	run("exit 5", text, 60000);
	expect_exit(5);
	free(text);
}

static int
log_has(const char *text)
{
	char  path[SCRATCH_PATH], line[1000];
	FILE *log = fopen(scratch_path(path, d.dir, "log"), "r");
	int   found = 0;

	while (log != NULL && !found && fgets(line, sizeof(line), log) != NULL)
		found = strstr(line, text) != NULL;
	if (log != NULL)
		(void)fclose(log);
	return found;
}

/* The server writes its log when it comes to it: within half a minute. */
static int
log_gets(const char *text)
{
	for (int i = 0; i < 3000 && !log_has(text); i++)
		(void)poll(NULL, 0, 10);
	return log_has(text);
}

/*
 * A command that speaks and then waits as long as its connection is there: no limit of these tests is a race with its own end.  A machine that has
 * much to do may need all of a short limit for the channel and the shell, so a limit in which nothing came back is tried four times as long.
 */
static int
run_over_its_time(int first_ms, int last_ms)
{
	static const char waits[] = "echo begun; i=0; while [ $i -lt 60 ] && kill -0 $PPID; do i=$((i + 1)); sleep 1; done";

	for (int limit = first_ms;; limit *= 4) {
		int64_t began = clock_mono_ms();
		int	rv;

		answer_clear(&a);
		rv = t->run(t, waits, NULL, limit, &a, &e);
		cr_assert(clock_mono_ms() - began >= limit, "left after %d of %d ms", (int)(clock_mono_ms() - began), limit);
		if (rv == 0)
			expect_lost("time limit");
		if ((rv == 0 && a.out_len > 0) || limit * 4 > last_ms)
			return rv;
	}
}

Test(ssh, a_command_over_its_time_is_lost_and_told_to_end)
{
	run("true", NULL, 20000);	/* so that the time is the command's, not the connection's */
	cr_assert_eq(run_over_its_time(1500, 24000), 0, "%s", e.msg);
	cr_assert_eq(a.out_len, 6, "%zu bytes", a.out_len);
	cr_assert_str_eq(a.out, "begun\n");	/* what came is kept */
	cr_assert(log_gets("req signal"));	/* what OpenSSH does with it depends on how it runs */
	run("true", NULL, 20000);
	expect_exit(0);
}

static int
stop_now(void *arg)
{
	(void)arg;
	return 1;
}

Test(ssh, stop_ends_a_command_that_runs)
{
	int64_t began = clock_mono_ms();

	run("true", NULL, 20000);
	t->stop = stop_now;
	run("sleep 5", NULL, 60000);
	expect_lost("stopped");
	cr_assert_lt(clock_mono_ms() - began, 30000);
}

Test(ssh, a_session_serves_many_commands_and_leaks_no_descriptor)
{
	int before;

	run("true", NULL, 20000);
	before = scratch_open_files();
	for (int i = 0; i < 15; i++) {	/* more than MaxSessions */
		run("true", NULL, 20000);
		expect_exit(0);
	}
	cr_assert_eq(scratch_open_files(), before);
	for (int i = 0; i < 3; i++)
		run("kill -KILL $PPID; sleep 5", NULL, 60000);
	run("true", NULL, 20000);
	cr_assert_eq(scratch_open_files(), before);
}

Test(ssh, a_line_cut_in_mid_command_is_lost_and_the_next_command_connects_again)
{
	run("echo begun; kill -KILL $PPID; sleep 5", NULL, 60000);
	expect_lost("connection cut");
	run("echo again", NULL, 20000);
	expect_exit(0);
	cr_assert_str_eq(a.out, "again\n");
}

Test(ssh, a_session_that_died_while_idle_is_replaced_without_a_word)
{
	struct pollfd p = { .events = POLLIN };

	run("pp=$PPID; (sleep 0.3; kill -KILL $pp) </dev/null >/dev/null 2>&1 &", NULL, 20000);
	expect_exit(0);
	p.fd = ssh_get_fd(link_of()->session);
	cr_assert_eq(poll(&p, 1, 20000), 1);
	run("echo new", NULL, 20000);
	cr_assert_str_eq(a.out, "new\n");
}

Test(ssh, a_server_that_stands_still_is_found_by_its_silence)
{
	char command[600], path[SCRATCH_PATH];
	long pid = 0;
	FILE *f;

	(void)snprintf(command, sizeof(command), "echo $PPID > %s; kill -STOP $PPID; sleep 5", scratch_path(path, d.dir, "pid"));
	link_of()->alive_ms = 300;
	link_of()->dead_ms = 1500;
	run("sleep 2.5", NULL, 60000);	/* silent, but alive: it answers when asked */
	expect_exit(0);
	run(command, NULL, 60000);
	expect_lost("no sign of life");
	f = fopen(path, "r");
	cr_assert(f != NULL && fscanf(f, "%ld", &pid) == 1 && pid > 1);
	(void)fclose(f);
	(void)kill((pid_t)pid, SIGKILL);
}

Test(ssh, the_host_key_is_read_as_ssh_keygen_prints_it)
{
	struct ssh_target g = target();
	char		  fp[80];

	g.user = g.key_file = g.host_key = "";
	cr_assert_eq(ssh_host_key(&g, fp, sizeof(fp), &e), 0, "%s", e.msg);
	cr_assert_str_eq(fp, d.host_key);
}

Test(ssh, any_of_the_servers_host_keys_may_be_the_pinned_one)
{
	struct ssh_target g = target();

	g.host_key = d.other_host_key;
	use(&g);
	run("true", NULL, 20000);
	expect_exit(0);
}

Test(ssh, a_changed_host_key_is_refused_before_any_login)
{
	struct ssh_target g = target();

	g.host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
	cr_assert(strstr(e.msg, g.host_key) != NULL && strstr(e.msg, d.host_key) != NULL, "%s", e.msg);
	cr_assert(strstr(e.msg, "host key of 127.0.0.1") != NULL, "%s", e.msg);
	cr_assert(log_gets("Connection closed") && !log_has("userauth-request"));
	g.host_key = "";
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
}

Test(ssh, a_key_that_the_server_does_not_know_is_denied)
{
	struct ssh_target g = target();
	char		  path[SCRATCH_PATH];

	g.key_file = scratch_path(path, d.dir, "other");
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
	cr_assert(strstr(e.msg, d.user) != NULL && strstr(e.msg, path) != NULL, "%s", e.msg);
}

/* As a server does that allows one try: a login that is cut so must not be repeated by time either. */
Test(ssh, a_server_that_hangs_up_on_our_key_has_denied_it)
{
	struct ssh_target g;
	char		  path[SCRATCH_PATH];

	private_sshd_remove(&d);
	cr_assert(private_sshd_start(&d, "MaxAuthTries 1\n"));
	g = target();
	g.key_file = scratch_path(path, d.dir, "other");
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED, "%s", e.msg);
	cr_expect_not_null(strstr(e.msg, "Too many authentication failures"), "%s", e.msg);
}

Test(ssh, a_key_file_that_others_can_read_is_not_used)
{
	cr_assert_eq(chmod(d.user_key, 0640), 0);
	cr_assert_eq(run_fails(), PD_DENIED);
	cr_assert(strstr(e.msg, "0640") != NULL && strstr(e.msg, "chmod 600") != NULL, "%s", e.msg);
	cr_assert_eq(chmod(d.user_key, 0600), 0);
	run("true", NULL, 20000);
	expect_exit(0);
}

Test(ssh, a_key_file_must_be_a_plain_file_with_a_key)
{
	struct ssh_target g = target();
	char		  path[SCRATCH_PATH];

	g.key_file = d.dir;
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
	g.key_file = scratch_path(path, d.dir, "link");
	cr_assert_eq(symlink("user", path), 0);
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
	g.key_file = scratch_path(path, d.dir, "none");
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
	scratch_file(d.dir, "rubbish", "no key\n", 7);
	g.key_file = scratch_path(path, d.dir, "rubbish");
	use(&g);
	cr_assert_eq(run_fails(), PD_DENIED);
}

Test(ssh, a_refused_connection_names_address_and_port)
{
	char want[32];

	private_sshd_stop(&d);
	(void)snprintf(want, sizeof(want), "127.0.0.1:%d", d.port);
	cr_assert_eq(run_fails(), PD_REMOTE);
	cr_assert(strstr(e.msg, want) != NULL && strstr(e.msg, "refused") != NULL, "%s", e.msg);
	private_sshd_start_again(&d);
	run("true", NULL, 20000);
	expect_exit(0);
}

Test(ssh, a_name_that_nobody_knows_is_told)
{
	struct ssh_target g = target();

	g.address = "no-such-host.invalid";
	use(&g);
	cr_assert_eq(run_fails(), PD_REMOTE);
	cr_assert(strstr(e.msg, "no-such-host.invalid") != NULL, "%s", e.msg);
}

/* A listener that accepts and never says a word: the kernel's backlog is enough. */
Test(ssh, a_silent_server_ends_at_the_connect_limit)
{
	struct ssh_target g = target();
	int64_t		  began = clock_mono_ms();

	g.connect_timeout_ms = 500;
	cr_assert_eq(kill(d.pid, SIGSTOP), 0);
	use(&g);
	cr_assert_eq(run_fails(), PD_REMOTE);
	cr_assert(clock_mono_ms() - began >= 500);
	cr_assert_eq(kill(d.pid, SIGCONT), 0);
}

/* A listener whose queue is full drops what more comes: to the client that is a host that does not answer at all. */
static int
full_listener(int *port, int fill[2])
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t	   len = sizeof(sin);
	int		   s = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(s, (struct sockaddr *)&sin, sizeof(sin)), 0);
	cr_assert_eq(listen(s, 0), 0);
	cr_assert_eq(getsockname(s, (struct sockaddr *)&sin, &len), 0);
	*port = ntohs(sin.sin_port);
	for (int i = 0; i < 2; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fill[i], (struct sockaddr *)&sin, sizeof(sin));
	}
	return s;
}

static void
close_listener(int s, const int fill[2])
{
	(void)close(fill[0]);
	(void)close(fill[1]);
	(void)close(s);
}

Test(ssh, a_host_that_does_not_answer_ends_at_the_connect_limit)
{
	struct ssh_target g = target();
	int64_t		  began = clock_mono_ms();
	int		  fill[2], s = full_listener(&g.port, fill);

	g.connect_timeout_ms = 700;
	use(&g);
	cr_assert_eq(run_fails(), PD_REMOTE);
	cr_assert(clock_mono_ms() - began >= 700);
	cr_assert(strstr(e.msg, "check that it is on") != NULL, "%s", e.msg);
	close_listener(s, fill);
}

Test(ssh, stop_ends_waiting_for_a_host_that_does_not_answer)
{
	struct ssh_target g = target();
	int64_t		  began = clock_mono_ms();
	int		  fill[2], s = full_listener(&g.port, fill);

	use(&g);
	t->stop = stop_now;
	cr_assert_eq(run_fails(), PD_REMOTE);
	cr_assert_lt(clock_mono_ms() - began, 15000, "the limit was 20 seconds");
	close_listener(s, fill);
}

static void
setup_busy(void)
{
	struct ssh_target g;

	if (!private_sshd_start(&d, "MaxSessions 0\n"))
		cr_skip_test("no sshd");
	g = target();
	use(&g);
}

TestSuite(ssh_busy, .init = setup_busy, .fini = teardown, .timeout = 120);

Test(ssh_busy, a_server_without_a_free_channel_is_busy_and_not_dead)
{
	cr_assert_eq(run_fails(), PD_BUSY);
	cr_assert(link_of()->session != NULL);
}
