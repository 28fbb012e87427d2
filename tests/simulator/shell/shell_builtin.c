/* SPDX-License-Identifier: ISC */
/* The commands that change the shell itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

static int
run_true(struct shell *sh, int argc, char **argv)
{
	(void)sh;
	(void)argc;
	(void)argv;
	return 0;
}

static int
run_false(struct shell *sh, int argc, char **argv)
{
	(void)sh;
	(void)argc;
	(void)argv;
	return 1;
}

static int
run_cd(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	const char *home = shell_get(sh, "HOME"), *to = argc > 1 ? argv[1] : home;
	char abs[VFS_PATH_MAX];
	struct stat st;

	if (!sh->is_root)
		return shell_restricted(sh, REFUSE_COMMAND, "cd");
	if (to == NULL || vfs_absolute(&at, to, abs) == -1 || vfs_stat(&at, abs, &st) == -1 ||
	    !S_ISDIR(st.st_mode)) {
		shell_error(sh, "%s:  not found.", to != NULL ? to : "HOME");
		return 1;
	}
	strcpy(sh->cwd, abs);
	(void)shell_set(sh, "PWD", abs, true);
	return 0;
}

static int
run_pwd(struct shell *sh, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sim_out_printf(sh->out, "%s\n", sh->cwd);
	return 0;
}

static int
run_exit(struct shell *sh, int argc, char **argv)
{
	sh->exiting = true;
	return argc > 1 ? atoi(argv[1]) & 255 : sh->status & 255;
}

/* One "name" or "name=value" of export, typeset and readonly. */
static int
declare(struct shell *sh, const char *arg, bool exported)
{
	size_t n = strcspn(arg, "=");
	char *name = strndup(arg, n);
	const char *old;
	int rv = 1;

	if (name == NULL)
		return 1;
	old = shell_get(sh, name);
	if (!shell_is_name(name, n))
		shell_error(sh, "%s: 0403-010 The identifier is not valid.", arg);
	else if (arg[n] == '=' && shell_is_locked(sh, name))
		rv = shell_restricted(sh, REFUSE_VARIABLE, name);
	else
		rv = shell_set(sh, name, arg[n] == '=' ? arg + n + 1 : old != NULL ? old : "", exported) == -1;
	free(name);
	return rv;
}

static int
print_vars(struct shell *sh, bool exported_only)
{
	for (size_t i = 0; i < sh->n_vars; i++) {
		if (!exported_only || sh->vars[i].exported)
			sim_out_printf(sh->out, "%s=%s\n", sh->vars[i].name, sh->vars[i].value);
	}
	return 0;
}

static int
run_export(struct shell *sh, int argc, char **argv)
{
	bool exported = strcmp(argv[0], "export") == 0;
	int status = 0;

	if (argc == 1)
		return print_vars(sh, exported);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			exported = exported || strchr(argv[i], 'x') != NULL;
		else
			status |= declare(sh, argv[i], exported);
	}
	return status;
}

static int
run_env(struct shell *sh, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return print_vars(sh, true);
}

static int
run_unset(struct shell *sh, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (shell_is_locked(sh, argv[i]))
			return shell_restricted(sh, REFUSE_VARIABLE, argv[i]);
		shell_unset(sh, argv[i]);
	}
	return 0;
}

static int
run_set(struct shell *sh, int argc, char **argv)
{
	char **args;
	int from = 1;

	if (argc == 1)
		return print_vars(sh, false);
	while (from < argc && (argv[from][0] == '-' || argv[from][0] == '+')) {
		if (strcmp(argv[from++], "--") == 0)
			break;
	}
	if (from == argc && strcmp(argv[argc - 1], "--") != 0)
		return 0;		/* options only: -x, -e, -o vi */
	args = calloc((size_t)(argc - from) + 1, sizeof(*args));
	if (args == NULL)
		return 1;
	for (int i = from; i < argc; i++)
		args[i - from] = strdup(argv[i]);
	for (int i = 0; i < sh->n_args; i++)
		free(sh->args[i]);
	free(sh->args);
	sh->args = args;
	sh->n_args = argc - from;
	return 0;
}

static int
run_shift(struct shell *sh, int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;

	if (n < 0 || n > sh->n_args) {
		shell_error(sh, "shift: 0403-024 The specified number is not valid for this command.");
		return 1;
	}
	for (int i = 0; i < n; i++)
		free(sh->args[i]);
	memmove(sh->args, sh->args + n, (size_t)(sh->n_args - n) * sizeof(*sh->args));
	sh->n_args -= n;
	return 0;
}

static int
loop_count(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;

	return n < 1 ? 1 : n > SHELL_DEPTH_MAX ? SHELL_DEPTH_MAX : n;
}

static int
run_break(struct shell *sh, int argc, char **argv)
{
	sh->breaks = loop_count(argc, argv);
	return 0;
}

static int
run_continue(struct shell *sh, int argc, char **argv)
{
	sh->continues = loop_count(argc, argv);
	return 0;
}

static int
run_let(struct shell *sh, int argc, char **argv)
{
	long long v = 0;

	for (int i = 1; i < argc; i++) {
		if (shell_arith(sh, argv[i], &v) == -1)
			return 1;
	}
	return v == 0;
}

char *
shell_join(int argc, char **argv)
{
	struct sim_out out = { 0 };

	for (int i = 0; i < argc; i++) {
		if (i > 0)
			sim_out_write(&out, " ", 1);
		sim_out_puts(&out, argv[i]);
	}
	return out.data != NULL ? out.data : strdup("");
}

static int
run_eval(struct shell *sh, int argc, char **argv)
{
	char *text = shell_join(argc - 1, argv + 1);
	int status = 1;

	if (text == NULL)
		return 1;
	sh->depth++;
	status = shell_run_text(sh, text, strlen(text));
	sh->depth--;
	free(text);
	return status;
}

static bool
is_blank(const char *ifs, char c)
{
	return (c == ' ' || c == '\t') && strchr(ifs, c) != NULL;
}

/* Gives the next field of a line to read; the last variable takes the rest. */
static char *
read_field(char **line, const char *ifs, bool last)
{
	char *start, *end;

	while (**line != '\0' && is_blank(ifs, **line))
		(*line)++;
	start = *line;
	if (last) {
		end = start + strlen(start);
		while (end > start && is_blank(ifs, end[-1]))
			end--;
		*line = start + strlen(start);
	} else {
		end = start + strcspn(start, ifs);
		*line = *end != '\0' ? end + 1 : end;
	}
	return strndup(start, (size_t)(end - start));
}

static void
drop_backslashes(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		*to++ = *s;
	}
	*to = '\0';
}

static int
run_read(struct shell *sh, int argc, char **argv)
{
	const char *ifs = shell_get(sh, "IFS");
	bool raw = false;
	char *line, *p, *value;
	ssize_t n;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++)
		raw = raw || strchr(argv[i], 'r') != NULL;
	shell_flush(sh);
	n = stream_getline(sh->in, &line);
	if (n < 0)
		return 1;
	p = line != NULL ? line : (char[]){ "" };
	p[strcspn(p, "\n")] = '\0';
	if (!raw)
		drop_backslashes(p);
	for (; i < argc; i++) {
		value = read_field(&p, ifs != NULL ? ifs : " \t\n", i == argc - 1);
		if (value != NULL && shell_is_name(argv[i], strcspn(argv[i], "?")))
			(void)shell_set(sh, argv[i], value, false);
		free(value);
	}
	free(line);
	return n == 0;
}

static int
run_test(struct shell *sh, int argc, char **argv)
{
	if (strcmp(argv[0], "[") == 0) {
		if (strcmp(argv[argc - 1], "]") != 0) {
			shell_error(sh, "test: 0403-021 A ] character is missing.");
			return 2;
		}
		argc--;
	}
	return shell_test(sh, argc - 1, argv + 1, false);
}

static int
run_wait(struct shell *sh, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	shell_jobs_wait(sh);
	return 0;
}

static int
run_kill(struct shell *sh, int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		int pid = argv[i][0] == '-' ? 0 : atoi(argv[i]);

		if (argv[i][0] == '-')
			continue;
		if (pid <= 0 || procs_kill(sh->sim->procs, pid, sh->is_root ? NULL : sh->user) == -1) {
			if (sh->is_bash)
				shell_error(sh, "kill: (%s) - No such process", argv[i]);
			else
				shell_error(sh, "%s: 0403-003 The specified process does not exist.", argv[i]);
			status = 1;
		}
	}
	return status;
}

/* The root shell: commands from standard input, to its end. */
static int
run_oem_setup_env(struct shell *sh, int argc, char **argv)
{
	struct shell root;
	int status;

	(void)argc;
	(void)argv;
	if (shell_copy(&root, sh) == -1)
		return 1;
	strcpy(root.user, "root");
	root.is_root = true;
	root.is_login = false;
	root.depth++;
	root.prompts = (sh->prompts || sh->has_tty) && !stream_is_memory(sh->in);
	(void)shell_set(&root, "LOGNAME", "root", true);
	(void)shell_set(&root, "USER", "root", true);
	(void)shell_set(&root, "SHELL", "/usr/bin/ksh", true);
	(void)shell_set(&root, "PATH", "/usr/bin:/etc:/usr/sbin:/usr/ucb:/sbin:/usr/ios/cli", true);
	status = shell_run_input(&root);
	sh->aborted |= root.aborted;
	shell_fini(&root);
	return status;
}

static const struct builtin builtins[] = {
	{ ".", NULL }, { ":", run_true }, { "[", run_test }, { "alias", run_true }, { "break", run_break },
	{ "cd", run_cd }, { "continue", run_continue }, { "env", run_env }, { "eval", run_eval },
	{ "exit", run_exit }, { "export", run_export }, { "false", run_false }, { "kill", run_kill },
	{ "let", run_let }, { "oem_setup_env", run_oem_setup_env }, { "pwd", run_pwd }, { "read", run_read },
	{ "readonly", run_export }, { "return", run_exit }, { "set", run_set }, { "shift", run_shift },
	{ "stty", run_true }, { "test", run_test }, { "trap", run_true }, { "true", run_true },
	{ "typeset", run_export }, { "umask", run_true }, { "unalias", run_true }, { "unset", run_unset },
	{ "wait", run_wait },
};

/* What the other shell does not have. */
static bool
is_missing(const struct shell *sh, const char *name)
{
	return sh->is_bash && (strcmp(name, "oem_setup_env") == 0 || strcmp(name, "stty") == 0);
}

const struct builtin *
shell_builtin(const struct shell *sh, const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
		if (builtins[i].run != NULL && strcmp(builtins[i].name, name) == 0)
			return is_missing(sh, name) ? NULL : &builtins[i];
	}
	return NULL;
}
