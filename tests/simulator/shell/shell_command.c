/* SPDX-License-Identifier: ISC */
/*
 * One simple command after expansion: looked up, counted against the faults, run, recorded.
 * Order of look-up: the shell's own commands, utilities, the console's programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/hmc/model.h"
#include "tests/simulator/util/util.h"

#define FLOOD_BYTES	((size_t)8 * 1024 * 1024)
#define GARBLE_MIN	200

static const char *const program_dirs[] = {
	"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/etc/", "/usr/ios/cli/", "/usr/ios/utils/",
	"/usr/ios/lpm/bin/", "/usr/ios/lpm/sbin/", "/usr/ios/oem/", "/usr/local/bin/",
	"/opt/freeware/bin/",
};

/* The name without the directory that the program lives in; NULL when there is no such file. */
static const char *
base_name(const char *name)
{
	if (strchr(name, '/') == NULL)
		return name;
	for (size_t i = 0; i < sizeof(program_dirs) / sizeof(program_dirs[0]); i++) {
		size_t n = strlen(program_dirs[i]);

		if (strncmp(name, program_dirs[i], n) == 0 && strchr(name + n, '/') == NULL)
			return name + n;
	}
	return NULL;
}

static int
run_console(struct shell *sh, int argc, char **argv)
{
	struct sim_cmd cmd = { .world = sh->sim->world, .hmc = sh->sim->hmc, .user = sh->user, .interactive = sh->is_login,
		.argc = argc, .argv = argv, .in = "", .out = sh->out, .err = sh->err, .is_partial = sh->is_partial,
		.shell = sh };

	if (stream_is_memory(sh->in))
		cmd.in = stream_peek(sh->in, &cmd.in_len);
	if (cmd.hmc != NULL)
		return hmc_run(&cmd);
	return cmd.world != NULL ? console_run(&cmd) : -1;
}

bool
shell_is_command(struct shell *sh, const char *name)
{
	const char *names[128];
	size_t n = sh->sim->hmc != NULL ? hmc_command_names(names, 128) : 0;

	for (size_t i = 0; i < n && i < 128; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return util_find(sh, name) != NULL;
}

static int
run_script(struct shell *sh, int argc, char **argv)
{
	char *text;
	size_t len;
	int status;

	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		sh->depth++;
		status = shell_run_text(sh, argv[2], strlen(argv[2]));
		sh->depth--;
		sh->exiting = false;
		return status;
	}
	if (argc < 2 || util_read_file(sh, argv[1], &text, &len) == -1) {
		shell_error(sh, "%s:  not found.", argc > 1 ? argv[1] : argv[0]);
		return 127;
	}
	sh->depth++;
	status = shell_run_text(sh, text, len);
	sh->depth--;
	if (strcmp(argv[0], ".") != 0)
		sh->exiting = false;
	free(text);
	return status;
}

static int
dispatch(struct shell *sh, int argc, char **argv)
{
	char *first = argv[0];
	const char *name = base_name(first);
	const struct builtin *b;
	const struct util *u;
	int status;

	if (!sh->is_root && strchr(first, '/') != NULL)
		return shell_restricted(sh, REFUSE_SLASH, first);
	if (name == NULL || *name == '\0')
		return shell_not_found(sh, first);
	b = shell_builtin(sh, name);
	if (b != NULL)
		return b->run(sh, argc, argv);
	if (sh->is_root && (strcmp(name, "ksh") == 0 || strcmp(name, "sh") == 0 || strcmp(name, ".") == 0))
		return run_script(sh, argc, argv);
	u = util_find(sh, name);
	if (u != NULL) {
		for (int i = 1; i < argc; i++)
			shell_proc_look(sh, argv[i]);
		return u->run(sh, argc, argv);
	}
	argv[0] = (char *)(size_t)name;	/* not changed by anybody, only passed on */
	status = run_console(sh, argc, argv);
	argv[0] = first;
	return status != -1 ? status : shell_not_found(sh, first);
}

/* Runs the command with its output caught; the caller decides what becomes of it. */
static int
dispatch_caught(struct shell *sh, int argc, char **argv, struct sim_out *caught)
{
	struct sim_out *out = sh->out, *err = sh->err;
	int status;

	sh->out = sh->err = caught;
	status = dispatch(sh, argc, argv);
	sh->out = out;
	sh->err = err;
	return status;
}

static void
write_garbage(struct shell *sh, size_t len)
{
	unsigned x = 2463534242u;
	char c;

	if (len < GARBLE_MIN)
		len = GARBLE_MIN;
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		c = (char)(i % 61 == 60 ? '\n' : (int)(x >> 7 & 0xff));
		sim_out_write(sh->out, &c, 1);
	}
}

static void
write_flood(struct shell *sh)
{
	static const char line[] =
	    "0000000000 1111111111 2222222222 3333333333 4444444444 5555555555 6666666666\n";

	for (size_t n = 0; n < FLOOD_BYTES && !sh->out->failed && !shell_stopped(sh); n += sizeof(line) - 1)
		sim_out_write(sh->out, line, sizeof(line) - 1);
}

/* What has no line of its own, a command that viosvrcmd carries, has failed for who asked, whatever it has done. */
static int
cut(struct shell *sh, enum shell_cut how, int status)
{
	const struct shell_io *io = sh->base->io;

	shell_flush(sh);
	if (io != NULL)
		io->cut(io->arg, how);
	sh->aborted = true;
	return io != NULL || status != 0 ? status : 255;
}

static int
hang(struct shell *sh)
{
	const struct shell_io *io = sh->base->io;

	shell_flush(sh);
	if (io != NULL)
		io->wait_gone(io->arg);
	else
		(void)cancel_wait_ms(sh->cancel, -1);
	sh->aborted = true;
	return 255;
}

static int
run_with_fault(struct shell *sh, int argc, char **argv, const struct fault_hit *hit)
{
	struct sim_out caught = { 0 };
	int status;

	switch (hit->action) {
	case FAULT_NONE:
		return dispatch(sh, argc, argv);
	case FAULT_REFUSE:
		sim_out_puts(sh->err, hit->stderr_text);
		return hit->status;
	case FAULT_DELAY:
		(void)cancel_wait_ms(sh->cancel, (long)hit->ms);
		return dispatch(sh, argc, argv);
	case FAULT_CUT_BEFORE:
		return cut(sh, CUT_NOW, 255);
	case FAULT_CUT_DURING:
		status = dispatch_caught(sh, argc, argv, &caught);
		sim_out_free(&caught);
		return cut(sh, CUT_NOW, status);
	case FAULT_CUT_AFTER:
		status = dispatch(sh, argc, argv);
		return cut(sh, CUT_AFTER_OUTPUT, status);
	case FAULT_GARBLE:
		status = dispatch_caught(sh, argc, argv, &caught);
		write_garbage(sh, caught.len);
		sim_out_free(&caught);
		return status;
	case FAULT_HANG:
		return hang(sh);
	case FAULT_FLOOD:
		status = dispatch(sh, argc, argv);
		write_flood(sh);
		return status;
	case FAULT_PARTIAL:
		sh->is_partial = true;
		status = dispatch(sh, argc, argv);
		sh->is_partial = false;
		return status;
	}
	return 1;
}

static double
ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) * 1e3 + (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

int
shell_run_command(struct shell *sh, int argc, char **argv)
{
	struct timespec start;
	struct fault_hit hit;
	char *text = shell_join(argc, argv);
	int status, pid = 0;

	if (text == NULL)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (shell_builtin(sh, argv[0]) == NULL) {
		pid = procs_add(sh->sim->procs, sh->pid, sh->user, sh->has_tty ? "pts/0" : "-", text, sh->cancel);
		shell_job_running(sh, pid);
	}
	faults_check(sh->sim->faults, text, &hit);
	if (hit.action != FAULT_NONE) {
		printf("fault %s: %s\n", fault_name(hit.action), text);
		fflush(stdout);
	}
	status = run_with_fault(sh, argc, argv, &hit) & 255;
	if (pid != 0)
		procs_remove(sh->sim->procs, pid);
	if (sh->base->record != NULL && (pid != 0 || hit.action != FAULT_NONE))
		record_ran(sh->base->record, sh->user, text, status, ms_since(&start),
		    hit.action != FAULT_NONE ? fault_name(hit.action) : NULL);
	free(text);
	if (sh->out == &sh->base->out)
		shell_flush(sh);
	return status;
}
