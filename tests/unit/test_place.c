/* SPDX-License-Identifier: ISC */
/*
 * test_place.c - P10: what is filled into a command comes out of a real shell as the one word it stands in, or is refused.
 */
#include <sys/wait.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handlers/sequence/place.h"

static const char *const types[] = { "lpar-name", "name", "word", "device", "lv", "pool", "path", "file", "media", "ip", "mask", "hostname",
	"mac", "mac-colon", "units", "label", "adapter", "mappings", "lpar-id", "mtms", "slot", "vlan", "size-mib", "count", "weight" };
#define NTYPES (sizeof(types) / sizeof(types[0]))

/* A command that prints its one argument, and what stands around the value in it. */
static const struct {
	const char *command, *rest, *before, *after;
	int	    is_list;	/* an attribute list: a comma, an equals sign or a quote would end the value; 2: of several elements, with commas between */
} places[] = {
	{ "printf %s {x.v:", "}", "", "", 0 },
	{ "printf %s /a/{x.v:", "}.b", "/a/", ".b", 0 },
	{ "printf %s \"a {x.v:", "} b\"", "a ", " b", 0 },
	{ "printf %s 'a {x.v:", "} b'", "a ", " b", 0 },
	{ "printf %s \"n=1,name={x.v:", "},b=2\"", "n=1,name=", ",b=2", 1 },
	{ "printf %s n={x.v:", "}", "n=", "", 1 },
	{ "printf %s \"\\\"n={x.v:", "}\\\",b=2\"", "\"n=", "\",b=2", 2 },
	{ "printf %s \"\\\"n=1\\\",b={x.v:", "}\"", "\"n=1\",b=", "", 1 },
};
#define NPLACES (sizeof(places) / sizeof(places[0]))

/* What /bin/sh makes of the command; -1 when it did not end well. */
static int
ask_shell(const char *command, char *out, size_t size)
{
	int    fds[2], status;
	size_t len = 0;
	pid_t  pid;

	cr_assert_eq(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		(void)dup2(fds[1], 1);
		(void)close(fds[0]);
		execl("/bin/sh", "sh", "-fc", command, (char *)NULL);
		_exit(127);
	}
	(void)close(fds[1]);
	for (ssize_t n; len < size - 1 && (n = read(fds[0], out + len, size - 1 - len)) > 0;)
		len += (size_t)n;
	out[len] = '\0';
	(void)close(fds[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* Does the value mean nothing to a shell anywhere?  Then nobody needs to be asked. */
static int
is_plain(const char *value)
{
	return value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:+-")] == '\0' && value[0] != '-';
}

/* Fills value in; returns whether it was taken. */
static int
is_taken(const struct place *p, size_t at, const char *value)
{
	char	     command[COMMAND_MAX], out[COMMAND_MAX], expected[COMMAND_MAX];
	struct scope s = { .vars = json_pack("{s:{s:s}}", "x", "v", value) };
	struct pd_err e;
	int	      rv = s.vars == NULL ? -1 : place_fill(p, &s, FILL_COMMAND, command, sizeof(command), &e);

	json_decref(s.vars);
	if (rv == -1)
		return 0;
	if (places[at].is_list)
		cr_assert_null(strpbrk(value, places[at].is_list == 2 ? "=\"" : ",=\""), "'%s' in %s", value, p->source);
	if (is_plain(value))
		return 1;
	(void)snprintf(expected, sizeof(expected), "%s%s%s", places[at].before, value, places[at].after);
	cr_assert_eq(ask_shell(command, out, sizeof(out)), 0, "%s", command);
	cr_assert_str_eq(out, expected, "%s", command);
	return 1;
}

/* Every byte alone, at the end and in the middle of something harmless, behind a dash, twice. */
static size_t
try_bytes(const struct place *p, size_t at)
{
	static const struct {
		const char *before, *after;
	} forms[] = { { "", "" }, { "a", "" }, { "a", "b" }, { "", "a" }, { "-", "" }, { "1", "2" }, { "$(", ")" }, { "/a", "b" } };
	size_t taken = 0;
	char   value[16];

	for (int c = 1; c < 128; c++)
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			(void)snprintf(value, sizeof(value), "%s%c%s", forms[i].before, c, forms[i].after);
			taken += (size_t)is_taken(p, at, value);
		}
	return taken;
}

Test(place, every_value_in_every_place_is_refused_or_comes_back_from_a_shell, .description = "P10")
{
	static const char *const whole[] = { "10/vios1/1,11/vios2/2", "10.0.10.5", "255.255.255.0", "de66e0b41e02", "0.50", "17" };
	size_t			 allowed = 0, taken = 0;

	for (size_t t = 0; t < NTYPES; t++)
		for (size_t at = 0; at < NPLACES; at++) {
			struct arena  a = { 0 };
			struct place  p;
			struct pd_err e;
			char	      text[80];

			(void)snprintf(text, sizeof(text), "%s%s%s", places[at].command, types[t], places[at].rest);
			if (place_parse(&a, "f", 1, text, PLACE_COMMAND, &p, &e) == 0) {
				allowed++;
				taken += try_bytes(&p, at);
				for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
					taken += (size_t)is_taken(&p, at, whole[i]);
			}
			arena_free(&a);
		}
	cr_expect_gt(allowed, NTYPES * 4, "%zu", allowed);	/* all but label stand everywhere */
	cr_expect_gt(taken, 1000, "%zu", taken);
}

Test(place, a_type_with_meaning_is_refused_where_it_has_one, .description = "P10")
{
	static const char *const bad[] = { "ls {x.v:label}", "ls a{x.v:label}", "mk name={x.v:label}", "mk \"n={x.v:mappings}\"", "mk n={x.v:mappings}", "mk \"\\\"n=1\\\",m={x.v:mappings}\"", "ls {x.v:text}", "ls \"{x.v:text}\"", "ls {x.v}",
		"ls '{x.v:name}", "ls {x.v:name} # all" };
	struct pd_err		 e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena a = { 0 };
		struct place p;

		cr_expect_eq(place_parse(&a, "f", 1, bad[i], PLACE_COMMAND, &p, &e), -1, "%s", bad[i]);
		arena_free(&a);
	}
}

Test(place, a_value_that_is_not_of_its_type_names_its_path, .description = "P10")
{
	struct arena  a = { 0 };
	struct place  p;
	struct scope  s = { .vars = json_pack("{s:{s:s}}", "vm", "name", "web1;reboot") };
	struct pd_err e;
	char	      out[64];

	cr_assert_eq(place_parse(&a, "f", 1, "rmsyscfg -n {vm.name:lpar-name}", PLACE_COMMAND, &p, &e), 0);
	cr_expect_eq(place_fill(&p, &s, FILL_COMMAND, out, sizeof(out), &e), -1);
	cr_expect_str_eq(e.msg, "vm.name: 'web1;reboot' is not of type lpar-name");
	json_decref(s.vars);
	arena_free(&a);
}
