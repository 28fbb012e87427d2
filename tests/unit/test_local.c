/* SPDX-License-Identifier: ISC */
/*
 * The transport on the VIOS itself: words as the console's shell would make them, programs that may be believed, and what
 * becomes of those that end, hang, flood or are left.  The programs are small scripts in a scratch directory.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/local.h"
#include "handlers/transport/transport.h"
#include "spool/os/clock.h"
#include "tests/unit/scratch.h"

static char		 dir[SCRATCH_PATH];
static struct transport *t;
static struct answer	 a;
static struct pd_err	 e;

static void
program(const char *name, const char *text)
{
	char path[SCRATCH_PATH], script[1024];
	int  n = snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", text);

	scratch_file(dir, name, script, (size_t)n);
	cr_assert_eq(chmod(scratch_path(path, dir, name), 0755), 0);
}

static void
setup(void)
{
	const char *dirs[] = { "/nonexistent", dir };

	(void)signal(SIGPIPE, SIG_IGN);
	scratch_make(dir);
	cr_assert_eq(local_transport(dirs, 2, &t, &e), 0);
}

static void
teardown(void)
{
	answer_clear(&a);
	t->free(t);
	scratch_remove(dir);
}

TestSuite(local, .init = setup, .fini = teardown, .timeout = 60);

static void
run(const char *command, const char *input, int timeout_ms)
{
	answer_clear(&a);
	cr_assert_eq(t->run(t, command, input, timeout_ms, &a, &e), 0, "%s", e.msg);
}

static enum pd_code
run_fails(const char *command)
{
	answer_clear(&a);
	cr_assert_eq(t->run(t, command, NULL, 0, &a, &e), -1);
	return e.code;
}

Test(local, a_command_is_split_as_the_console_s_shell_would)
{
	struct local_words w;

	cr_assert_eq(local_split("  mksyscfg -r lpar -i \"name=web1,\\\"shared_pools=1,2\\\",x=\\$\" 'a\\b' c\\ d \"\" e'f'\"g\"", &w, &e), 0,
	    "%s", e.msg);
	cr_assert_eq(w.argc, 9);
	cr_assert_str_eq(w.argv[0], "mksyscfg");
	cr_assert_str_eq(w.argv[4], "name=web1,\"shared_pools=1,2\",x=$");
	cr_assert_str_eq(w.argv[5], "a\\b");
	cr_assert_str_eq(w.argv[6], "c d");
	cr_assert_str_eq(w.argv[7], "");
	cr_assert_str_eq(w.argv[8], "efg");
	cr_assert_null(w.argv[9]);
	local_words_free(&w);
}

Test(local, what_needs_a_shell_is_refused)
{
	static const char *const bad[] = { "a | b", "a > f", "a < f", "a; b", "a && b", "a & ", "a $HOME", "a \"$HOME\"", "a `b`",
		"a \"`b`\"", "a *", "a ?", "a [x]", "a {b,c}", "a (b)", "a !b", "a ~", "#a", "a \"b", "a 'b", "a \\", "", "  ",
		"a\nb", "a\tb", "a \x80" };
	struct local_words w;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(local_split(bad[i], &w, &e), -1, "%s", bad[i]);
		cr_expect_eq(e.code, PD_BADDATA);
		cr_expect_null(w.text);
	}
	program("a", "exit 0");
	cr_expect_eq(run_fails("a | b"), PD_BADDATA);
	cr_expect_eq(t->contact, CONTACT_NONE);
}

Test(local, more_words_than_there_is_room_for_are_refused)
{
	char		   line[2 * LOCAL_WORDS_MAX + 3] = "";
	struct local_words w;

	for (int i = 0; i < LOCAL_WORDS_MAX; i++)
		(void)strcat(line, "w ");
	cr_assert_eq(local_split(line, &w, &e), 0);
	local_words_free(&w);
	(void)strcat(line, "w");
	cr_assert_eq(local_split(line, &w, &e), -1);
}

Test(local, both_streams_and_the_status_come_back)
{
	program("lssyscfg", "echo \"$2|$3\"; echo bad >&2; exit 7");
	run("lssyscfg -r \"a b\" 'c'", NULL, 20000);
	cr_assert_eq(a.kind, ANSWER_EXIT);
	cr_assert_eq(a.status, 7);
	cr_assert_str_eq(a.out, "a b|c\n");
	cr_assert_str_eq(a.err, "bad\n");
	cr_assert_eq(t->contact, CONTACT_ANSWERED);
}

Test(local, input_reaches_a_root_session_and_ends)
{
	char *big = malloc(300001);

	memset(big, 'x', 300000);
	big[300000] = '\0';
	program("oem_setup_env", "exec cat");
	run("oem_setup_env", big, 20000);
	cr_assert_eq(a.out_len, 300000);
	run("oem_setup_env", NULL, 20000);
	cr_assert_eq(a.out_len, 0);
	program("oem_setup_env", "exit 3");
	run("oem_setup_env", big, 20000);	/* it does not want all that */
	cr_assert_eq(a.status, 3);
	free(big);
}

Test(local, environment_directory_and_descriptors_are_fixed)
{
	char path[SCRATCH_PATH];
	int  fd = open(scratch_path(path, dir, "secret"), O_RDWR | O_CREAT, 0600), high = fcntl(fd, F_DUPFD, 40);

	cr_assert_neq(high, -1);	/* not close-on-exec */
	(void)setenv("LD_PRELOAD", "", 1);
	(void)setenv("ENV", "/tmp/x", 1);
	program("env", "/usr/bin/env | /usr/bin/sort; ls /proc/self/fd | wc -l; ulimit -f");
	run("env", NULL, 20000);
	cr_assert_null(strstr(a.out, "ENV="));
	cr_assert_null(strstr(a.out, "LD_PRELOAD"));
	cr_assert_not_null(strstr(a.out, "ODMDIR=/etc/objrepos\n"));
	(void)snprintf(path, sizeof(path), "PATH=/nonexistent:%.200s:/usr/bin", dir);
	cr_assert_not_null(strstr(a.out, path), "%s", a.out);
	program("env", "[ ! -e /proc/self/fd/40 ] && [ ! -e /proc/self/fd/3 ] || exit 1; trap '' TERM; kill -PIPE $$");
	run("env", NULL, 20000);
	cr_assert_eq(a.kind, ANSWER_SIGNAL, "status %d", a.status);	/* PIPE is not ignored there */
	cr_assert_str_eq(a.signal, "PIPE");
	(void)close(fd);
	(void)close(high);
}

static int
runs(pid_t pid)
{
	char  path[64], text[64] = "";
	FILE *f;
	int   n;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	n = fscanf(f, "%*d %*s %63s", text);
	(void)fclose(f);
	return n == 1 && text[0] != 'Z' && text[0] != 'X';
}

static pid_t
pid_in(const char *name)
{
	char  path[SCRATCH_PATH];
	FILE *f = fopen(scratch_path(path, dir, name), "r");
	int   pid = -1;

	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%d", &pid), 1);
	(void)fclose(f);
	return pid;
}

/* The one that will not hear of TERM is ended with KILL, and so is what it has started. */
Test(local, a_command_beyond_its_time_is_lost_and_its_whole_group_is_ended)
{
	char	text[600];
	int64_t began = clock_mono_ms();

	(void)snprintf(text, sizeof(text), "trap '' TERM\nsleep 300 &\necho $! >%s/grandchild\necho begun\nwhile :; do sleep 1; done", dir);
	program("mksyscfg", text);
	run("mksyscfg", NULL, 500);
	cr_assert_eq(a.kind, ANSWER_LOST);
	cr_assert_str_eq(a.why, "time limit");
	cr_assert_str_eq(a.out, "begun\n");
	cr_assert_lt(clock_mono_ms() - began, 10000);
	for (pid_t pid = pid_in("grandchild"); runs(pid) && clock_mono_ms() - began < 20000;)
		(void)poll(NULL, 0, 20);	/* what the kernel has killed takes its time to be gone */
	cr_assert_not(runs(pid_in("grandchild")));
	cr_assert_neq(t->contact, CONTACT_ANSWERED);
	program("mksyscfg", "echo again");
	run("mksyscfg", NULL, 20000);
	cr_assert_str_eq(a.out, "again\n");
}

static int
stop_at_once(void *arg)
{
	return (*(int *)arg)++ > 0;	/* not before the command is sent */
}

Test(local, a_command_is_left_when_its_caller_says_so)
{
	int asked = 0;

	program("mksyscfg", "exec sleep 300");
	t->stop = stop_at_once;
	t->stop_arg = &asked;
	run("mksyscfg", NULL, 0);
	cr_assert_eq(a.kind, ANSWER_LOST);
	cr_assert_str_eq(a.why, "stopped");
	cr_assert_eq(run_fails("mksyscfg"), PD_REMOTE);	/* and now before it is sent */
}

Test(local, an_answer_without_end_is_cut)
{
	program("lsmap", "exec cat /dev/zero");
	run("lsmap", NULL, 20000);
	cr_assert_eq(a.kind, ANSWER_LOST);
	cr_assert_str_eq(a.why, "answers without end");
	cr_assert_leq(a.out_len, ANSWER_MAX);
}

Test(local, what_a_program_leaves_behind_does_not_hold_its_answer)
{
	char	text[300];
	int64_t began = clock_mono_ms();

	(void)snprintf(text, sizeof(text), "sleep 300 &\necho $! >%s/left\necho done", dir);
	program("startnetsvc", text);
	run("startnetsvc", NULL, 60000);
	cr_assert_eq(a.kind, ANSWER_EXIT);
	cr_assert_str_eq(a.out, "done\n");
	cr_assert_lt(clock_mono_ms() - began, 20000);
	cr_assert(runs(pid_in("left")));
	(void)kill(pid_in("left"), SIGKILL);
}

Test(local, a_program_that_others_may_write_is_not_run)
{
	char path[SCRATCH_PATH];

	program("lssyscfg", "exit 0");
	cr_assert_eq(chmod(scratch_path(path, dir, "lssyscfg"), 0775), 0);
	cr_assert_eq(run_fails("lssyscfg"), PD_DENIED);
	cr_assert_eq(t->contact, CONTACT_REFUSED);
	cr_assert_eq(chmod(path, 0755), 0);
	cr_assert_eq(chmod(dir, 0777), 0);
	cr_assert_eq(run_fails("lssyscfg"), PD_DENIED);
	cr_assert_eq(chmod(dir, 0700), 0);
	run("lssyscfg", NULL, 20000);
	if (geteuid() == 0) {
		cr_assert_eq(chown(path, 4711, (gid_t)-1), 0);
		cr_assert_eq(run_fails("lssyscfg"), PD_DENIED);
	}
}

Test(local, only_plain_names_of_programs_that_are_there)
{
	char path[SCRATCH_PATH + 20];

	cr_assert_eq(run_fails("lssyscfg"), PD_NOTFOUND);
	cr_assert_eq(t->contact, CONTACT_NONE, "one program says nothing of the others");
	cr_assert_not_null(strstr(e.msg, "the program lssyscfg is not in "));
	cr_assert_not_null(strstr(e.msg, "console-programs"));
	(void)snprintf(path, sizeof(path), "%s/x", dir);
	cr_assert_eq(run_fails("/bin/true"), PD_BADDATA);
	cr_assert_eq(run_fails("../bin/true"), PD_BADDATA);
	cr_assert_eq(run_fails("A=b lssyscfg"), PD_BADDATA);
	cr_assert_eq(mkdir(path, 0755), 0);
	cr_assert_eq(run_fails("x"), PD_DENIED);
	scratch_file(dir, "data", "\x01\x02", 2);
	cr_assert_eq(run_fails("data"), PD_REMOTE);
	cr_assert_not_null(strstr(e.msg, "run "));
}

Test(local, without_any_of_their_directories_there_is_no_console)
{
	const char	 *gone[] = { "/nonexistent/a", "/nonexistent/b" };
	struct transport *none;

	cr_assert_eq(local_transport(gone, 2, &none, &e), 0);
	cr_expect_eq(none->run(none, "lssyscfg", NULL, 1000, &a, &e), -1);
	cr_expect_eq(e.code, PD_REMOTE);
	cr_expect_eq(none->contact, CONTACT_SILENT);
	cr_expect_not_null(strstr(e.msg, "there is no /nonexistent/a, /nonexistent/b: "), "%s", e.msg);
	none->free(none);
}
