/* SPDX-License-Identifier: ISC */
/* What tells about the system: ps, date, id, hostname, uname, bootinfo; and sleep. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/util/util.h"

int
util_nothing(struct shell *sh, int argc, char **argv)
{
	(void)sh;
	(void)argc;
	(void)argv;
	return 0;
}

/* The columns of AIX; a command line is cut at what its kernel keeps. */
int
util_ps(struct shell *sh, int argc, char **argv)
{
	size_t n;
	struct proc_info *list = procs_list(sh->sim->procs, &n);
	char when[16];
	struct tm tm;

	(void)argc;
	(void)argv;
	if (list == NULL)
		return 1;
	sim_out_puts(sh->out, "     UID      PID     PPID   C    STIME    TTY  TIME CMD\n"
	    "    root        1        0   0   00:00:00      -  0:03 /etc/init\n");
	for (size_t i = 0; i < n; i++) {
		gmtime_r(&list[i].started, &tm);
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
		sim_out_printf(sh->out, "%8s %8d %8d   0 %10s %6s  0:00 %s\n", list[i].user, list[i].pid,
		    list[i].ppid, when, list[i].tty, list[i].cmd);
	}
	free(list);
	return 0;
}

int
util_date(struct shell *sh, int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S UTC %Y";
	time_t now = time(NULL);
	char text[1024];
	struct tm tm;
	int i = argc > 1 && strcmp(argv[1], "-u") == 0 ? 2 : 1;

	if (i < argc && argv[i][0] == '+' && strlen(argv[i]) < 256) {
		format = argv[i] + 1;
	} else if (i < argc) {
		sim_out_puts(sh->err, "date: 0551-402 Invalid character in date/time specification.\n"
		    "Usage: date [-u] [+\"Field Descriptors\"]\n");
		return 1;
	}
	gmtime_r(&now, &tm);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (strftime(text, sizeof(text), format, &tm) == 0)
		text[0] = '\0';
#pragma GCC diagnostic pop
	sim_out_printf(sh->out, "%s\n", text);
	return 0;
}

int
util_sleep(struct shell *sh, int argc, char **argv)
{
	char *end;
	double s = argc == 2 ? strtod(argv[1], &end) : -1;

	if (argc != 2 || !(s >= 0 && s <= 1e6) || end == argv[1] || *end != '\0') {
		sim_out_puts(sh->err, "Usage: sleep Seconds\n");
		return 2;
	}
	shell_flush(sh);
	return cancel_wait_ms(sh->cancel, (long)(s * 1000)) == 0 ? 0 : 130;
}

/* The console knows its name; a console without one is called "vios". */
int
util_hostname(struct shell *sh, int argc, char **argv)
{
	char word[] = "ioscli", *args[] = { word, argv[0], argc > 1 ? argv[1] : NULL, NULL };
	struct sim_cmd cmd = { .world = sh->sim->world, .user = sh->user, .argc = argc > 1 ? 3 : 2,
		.argv = args, .in = "", .out = sh->out, .err = sh->err, .shell = sh };
	struct sim_out err = { 0 };
	int status;

	if (sh->is_bash) {
		sim_out_printf(sh->out, "%s\n", sh->sim->hostname != NULL ? sh->sim->hostname : "hmc");
		return 0;
	}
	if (!sh->is_root && argc > 1 && !sh->is_login)
		return 1;
	cmd.err = &err;
	status = console_run(&cmd);
	sim_out_free(&err);
	if (status != 0 && argc == 1) {
		sim_out_puts(sh->out, "vios\n");
		return 0;
	}
	return status;
}

int
util_whoami(struct shell *sh, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sim_out_printf(sh->out, "%s\n", sh->user);
	return 0;
}

int
util_id(struct shell *sh, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (sh->is_bash)
		sim_out_printf(sh->out, "uid=501(%s) gid=501(hmc) groups=501(hmc)\n", sh->user);
	else
		sim_out_puts(sh->out, sh->is_root ? "uid=0(root) gid=0(system) groups=2(bin),3(sys),7(security)\n" :
	    "uid=300(padmin) gid=1(staff)\n");
	return 0;
}

int
util_uname(struct shell *sh, int argc, char **argv)
{
	if (sh->is_bash)
		sim_out_puts(sh->out, "Linux\n");
	else if (argc > 1 && strcmp(argv[1], "-a") == 0)
		sim_out_puts(sh->out, "AIX vios 1 6 00F60E584C00\n");
	else
		sim_out_puts(sh->out, "AIX\n");
	return 0;
}

/* which, on an HMC: its commands all lie in one folder. */
int
util_which(struct shell *sh, int argc, char **argv)
{
	const char *path = shell_get(sh, "PATH");
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (shell_is_command(sh, argv[i])) {
			sim_out_printf(sh->out, "/usr/hmcrbin/%s\n", argv[i]);
		} else {
			sim_out_printf(sh->err, "which: no %s in (%s)\n", argv[i], path != NULL ? path : "");
			status = 1;
		}
	}
	return status;
}

/* bootinfo -s hdisk: the size in MB, which the console's lspv knows. */
int
util_bootinfo(struct shell *sh, int argc, char **argv)
{
	char ioscli[] = "ioscli", lspv[] = "lspv", size[] = "-size";
	char *args[] = { ioscli, lspv, size, argc == 3 ? argv[2] : NULL, NULL };
	struct sim_cmd cmd = { .world = sh->sim->world, .user = "padmin", .argc = 4, .argv = args, .in = "",
		.out = sh->out, .err = sh->err, .shell = sh };
	struct sim_out err = { 0 };
	int status;

	if (argc != 3 || strcmp(argv[1], "-s") != 0) {
		sim_out_puts(sh->err, "bootinfo: Usage: bootinfo -s DiskName\n");
		return 1;
	}
	if (strncmp(argv[2], "/dev/", 5) == 0)
		args[3] = argv[2] + 5;
	cmd.err = &err;
	status = console_run(&cmd);
	sim_out_free(&err);
	if (status != 0)
		sim_out_puts(sh->out, "0\n");
	return 0;
}

int
util_basename(struct shell *sh, int argc, char **argv)
{
	const char *slash = argc > 1 ? strrchr(argv[1], '/') : NULL;
	const char *base = slash != NULL ? slash + 1 : argc > 1 ? argv[1] : "";
	size_t n = strlen(base), cut = argc > 2 ? strlen(argv[2]) : 0;

	if (cut != 0 && n > cut && strcmp(base + n - cut, argv[2]) == 0)
		n -= cut;
	sim_out_printf(sh->out, "%.*s\n", (int)n, base);
	return 0;
}

int
util_dirname(struct shell *sh, int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : ".", *slash = strrchr(path, '/');

	if (slash == NULL)
		sim_out_puts(sh->out, ".\n");
	else
		sim_out_printf(sh->out, "%.*s\n", slash == path ? 1 : (int)(slash - path), path);
	return 0;
}
