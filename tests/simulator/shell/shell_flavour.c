/* SPDX-License-Identifier: ISC */
/*
 * What a VIOS' Korn shell and an HMC's restricted bash say differently, and what a login of
 * each finds: home, path, prompt.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

#define NUMBER_LEN (sizeof("0403-016 ") - 1)

const char *
shell_name(const struct shell *sh)
{
	return sh->is_bash ? "bash" : sh->is_root ? "ksh" : "rksh";
}

/* Takes the number of a ksh message out: "x: 0403-016 Cannot..." */
static void
drop_number(char *text)
{
	char *p = strstr(text, "0403-");

	if (p == NULL || strlen(p) < NUMBER_LEN || strspn(p + 5, "0123456789") != 3)
		return;
	memmove(p, p + NUMBER_LEN, strlen(p + NUMBER_LEN) + 1);
}

void
shell_error(struct shell *sh, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (sh->is_bash)
		drop_number(text);
	sim_out_printf(sh->err, "%s: %s\n", shell_name(sh), text);
}

int
shell_not_found(struct shell *sh, const char *name)
{
	sim_out_printf(sh->err, sh->is_bash ? "bash: %s: command not found\n" : "ksh: %s:  not found.\n", name);
	return 127;
}

int
shell_no_file(struct shell *sh, const char *path)
{
	shell_error(sh, sh->is_bash ? "%s: No such file or directory" : "%s: 0403-016 Cannot find or open the file.", path);
	return -1;
}

int
shell_restricted(struct shell *sh, enum shell_refusal what, const char *name)
{
	static const char *const of_bash[] = {
		[REFUSE_COMMAND] = "restricted",
		[REFUSE_SLASH] = "restricted: cannot specify `/' in command names",
		[REFUSE_OUTPUT] = "restricted: cannot redirect output",
		[REFUSE_VARIABLE] = "readonly variable",
	};

	if (sh->is_bash)
		shell_error(sh, "%s: %s", name, of_bash[what]);
	else
		shell_error(sh, "%s: 0403-019 The operation is not allowed in a restricted shell.", name);
	return 1;
}

bool
shell_is_locked(const struct shell *sh, const char *variable)
{
	return !sh->is_root && (strcmp(variable, "PATH") == 0 || strcmp(variable, "SHELL") == 0 ||
	    strcmp(variable, "ENV") == 0 || (sh->is_bash && strcmp(variable, "BASH_ENV") == 0));
}

int
shell_syntax_error(struct shell *sh, const struct parse_error *e)
{
	sh->status = 2;
	if (e->why == SYNTAX_TOO_LONG)
		shell_error(sh, "0403-029 There is not enough memory available now.");
	else if (!sh->is_bash)
		shell_error(sh, "0403-057 Syntax error at line %d : `%s' is not %s.", e->line, e->token,
		    e->why == SYNTAX_UNMATCHED ? "matched" : "expected");
	else if (e->why == SYNTAX_UNMATCHED)
		shell_error(sh, "-c: line %d: unexpected EOF while looking for matching `%s'", e->line, e->token);
	else
		shell_error(sh, "-c: line %d: syntax error near unexpected token `%s'", e->line, e->token);
	return 2;
}

int
shell_login_variables(struct shell *sh)
{
	char home[sizeof(sh->user) + 8];

	/* An HMC gives everybody a home; on a VIOS it is padmin's. */
	snprintf(home, sizeof(home), "/home/%s", sh->is_bash ? sh->user : "padmin");
	snprintf(sh->cwd, sizeof(sh->cwd), "%s", home);
	if (shell_set(sh, "HOME", home, true) == -1 || shell_set(sh, "LOGNAME", sh->user, true) == -1 ||
	    shell_set(sh, "USER", sh->user, true) == -1 ||
	    shell_set(sh, "PATH", sh->is_bash ? "/hmcrbin/:/usr/hmcrbin" :
	    "/usr/ios/cli:/usr/ios/utils:/usr/ios/lpm/bin:/usr/ios/oem:/home/padmin", true) == -1 ||
	    shell_set(sh, "SHELL", sh->is_bash ? "/hmcrbin/hmcbash" : "/usr/bin/rksh", true) == -1 ||
	    shell_set(sh, "LANG", sh->is_bash ? "en_US.UTF-8" : "C", true) == -1 ||
	    shell_set(sh, "TZ", "UTC", true) == -1 || shell_set(sh, "PWD", sh->cwd, true) == -1)
		return -1;
	return shell_set(sh, "IFS", " \t\n", false);
}

void
shell_prompt(const struct shell *sh, char *to, size_t size)
{
	const char *ps1 = shell_get(sh, "PS1");

	if (ps1 == NULL && sh->is_bash)
		snprintf(to, size, "%s@%s:~> ", sh->user, sh->sim->hostname != NULL ? sh->sim->hostname : "hmc");
	else
		snprintf(to, size, "%s", ps1 != NULL ? ps1 : sh->is_root ? "# " : "$ ");
}
