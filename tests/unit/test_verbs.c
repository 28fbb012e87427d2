/* SPDX-License-Identifier: ISC */
/*
 * test_verbs.c - the table of verbs holds together, and everything that names verbs names those in it.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/lexer.h"
#include "gateway/request/nearest.h"
#include "spool/job.h"
#include "spool/os/io.h"

Test(verbs, every_example_is_a_valid_request_of_its_verb)
{
	for (size_t i = 0; i < verbs_count; i++) {
		struct words   w;
		struct request req;
		struct pd_err  e = { 0 };

		cr_assert_eq(lexer_split(verbs[i].example, strlen(verbs[i].example), &w, &e), 0);
		cr_assert_eq(request_parse(w.argc, w.argv, &req, &e), 0, "%s: %s", verbs[i].name, e.msg);
		cr_assert_str_eq(req.verb->name, verbs[i].name);
		cr_assert_eq(args_check(req.verb, req.args, &e), 0, "%s", e.msg);
		request_clear(&req);
		words_free(&w);
	}
}

Test(verbs, names_are_unique_and_fit_a_job)
{
	for (size_t i = 0; i < verbs_count; i++) {
		cr_assert_leq(strlen(verbs[i].name), (size_t)JOB_VERB_MAX);
		cr_assert_eq(verb_find(verbs[i].name), &verbs[i]);
		cr_assert_leq(verbs[i].nargs, (size_t)VERB_ARGS_MAX);
		cr_assert_eq(strspn(verbs[i].name, "abcdefghijklmnopqrstuvwxyz-"), strlen(verbs[i].name));
	}
}

static void
check_arg(const struct verb_arg *a)
{
	cr_assert_not_null(a->help);
	cr_assert(a->help[strlen(a->help) - 1] != '.', "%s", a->help);
	cr_assert_eq(a->metavar == NULL, a->type == ARG_FLAG, "%s", a->name);
	cr_assert(a->type == ARG_DURATION || (a->values != NULL) == (a->type == ARG_WORD), "%s", a->name);
	cr_assert(!(a->flags & ARG_REPEAT) || a->max >= 1, "%s", a->name);
	if (a->type == ARG_COUNT || a->type == ARG_SIZE || a->type == ARG_SIZES || a->type == ARG_UNITS || a->type == ARG_DURATION)
		cr_assert_lt(a->min, a->max, "%s", a->name);
}

Test(verbs, arguments_are_complete_and_unique)
{
	for (size_t i = 0; i < verbs_count; i++)
		for (size_t k = 0; k < verbs[i].nargs; k++) {
			check_arg(&verbs[i].args[k]);
			cr_assert_eq(verb_arg_find(&verbs[i], verbs[i].args[k].name), &verbs[i].args[k]);
			for (size_t j = 0; j < k; j++)
				cr_assert_str_neq(verbs[i].args[j].key, verbs[i].args[k].key);
		}
	for (size_t i = 0; i < common_args_count; i++)
		check_arg(&common_args[i]);
}

Test(verbs, what_destroys_also_changes_and_names_its_victim)
{
	for (size_t i = 0; i < verbs_count; i++)
		if (verbs[i].flags & VERB_DESTRUCTIVE) {
			cr_assert(verbs[i].flags & VERB_CHANGES);
			cr_assert_str_eq(verbs[i].args[0].key, "name");
			cr_assert(verbs[i].args[0].flags & ARG_POSITIONAL);
		}
}

Test(verbs, only_changing_verbs_have_the_common_options)
{
	cr_assert_not_null(verb_arg_find(verb_find("create-vm"), "plan"));
	cr_assert_null(verb_arg_find(verb_find("list-vms"), "plan"));
	cr_assert_not_null(verb_arg_find(verb_find("list-vms"), "json"));
	cr_assert_null(verb_arg_find(verb_find("list-vms"), "nonsense"));
}

Test(verbs, the_nearest_verb_is_near)
{
	cr_assert_str_eq(verb_nearest("creat-vm")->name, "create-vm");
	cr_assert_str_eq(verb_nearest("lsit-vms")->name, "list-vms");
	cr_assert_str_eq(verb_nearest("vesrion")->name, "version");
	cr_assert_null(verb_nearest("ls"));
	cr_assert_null(verb_nearest("reboot-the-whole-machine"));
	cr_assert_null(verb_nearest(""));
	cr_assert_eq(nearest_distance("abc", "acb"), 1);
	cr_assert_eq(nearest_distance("", "abc"), 3);
	cr_assert_eq(nearest_distance("kitten", "sitting"), 3);
	cr_assert_eq(nearest_distance("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a"), 99);
}

/* The manual page as one text, or NULL when the tests run elsewhere. */
static char *
manual(void)
{
	struct pd_err e;
	char	     *text;
	size_t	      len;

	return io_read_file(AT_FDCWD, "man/powerdirector.1", 1 << 20, &text, &len, &e) == 0 ? text : NULL;
}

/* Is there a line ".It MACRO name", with the hyphens as roff wants them, from text on? */
static const char *
entry(const char *text, const char *macro, const char *name)
{
	char   line[120];
	size_t n = (size_t)snprintf(line, sizeof(line), ".It %s ", macro);

	for (const char *p = name; *p != '\0' && n + 3 < sizeof(line); p++) {
		if (*p == '-' && macro[0] == 'F')
			line[n++] = '\\';
		line[n++] = *p;
	}
	line[n] = '\0';
	for (text = strstr(text, line); text != NULL; text = strstr(text + 1, line))
		if (text[n] == ' ' || text[n] == '\n')
			return text;
	return NULL;
}

Test(verbs, the_manual_page_has_every_verb_and_option)
{
	char	   *text = manual(), option[80];
	const char *at;

	if (text == NULL)
		return;
	for (size_t i = 0; i < verbs_count; i++) {
		at = entry(text, "Cm", verbs[i].name);
		cr_assert_not_null(at, "%s", verbs[i].name);
		for (size_t k = 0; k < verbs[i].nargs; k++) {
			(void)snprintf(option, sizeof(option), "-%s", verbs[i].args[k].name);
			if (!(verbs[i].args[k].flags & ARG_POSITIONAL))
				cr_assert_not_null(entry(at, "Fl", option), "%s %s", verbs[i].name, option);
		}
	}
	for (size_t i = 0; i < common_args_count; i++) {
		(void)snprintf(option, sizeof(option), "-%s", common_args[i].name);
		cr_assert_not_null(entry(text, "Fl", option), "%s", option);
	}
	free(text);
}
