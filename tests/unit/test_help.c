/* SPDX-License-Identifier: ISC */
/*
 * test_help.c - help shows what the role may run, and all of it.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/help.h"

static struct pd_role
role_of(char **names, size_t n)
{
	return (struct pd_role){ .name = (char *)"r", .verbs = { names, n } };
}

static char *
overview(const struct pd_role *role)
{
	char  *text = NULL;
	size_t len;
	FILE  *f = open_memstream(&text, &len);

	help_overview(f, role);
	cr_assert_eq(fclose(f), 0);
	return text;
}

Test(help, the_overview_has_every_verb_of_the_role_with_a_line_to_copy)
{
	char	      *all[] = { (char *)"*" };
	struct pd_role role = role_of(all, 1);
	char	      *text = overview(&role);
	char	       line[400];

	for (size_t i = 0; i < verbs_count; i++) {
		(void)snprintf(line, sizeof(line), "ssh HOST %s\n", verbs[i].example);
		cr_assert(strstr(text, line) != NULL, "%s", line);
		cr_assert(strstr(text, verbs[i].help) != NULL);
	}
	free(text);
}

Test(help, the_overview_has_no_other_verb)
{
	char	      *few[] = { (char *)"list-vms", (char *)"create-vm" };
	struct pd_role role = role_of(few, 2);
	char	      *text = overview(&role);

	cr_assert(strstr(text, "create-vm") != NULL);
	cr_assert(strstr(text, "version") != NULL);
	cr_assert_null(strstr(text, "delete-vm"));
	cr_assert_null(strstr(text, "register-platform"));
	cr_assert_null(strstr(text, "Administration"));
	free(text);
}

/* The words of a wrapped text with one blank between them. */
static void
unwrap(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if ((*from != ' ' && *from != '\n') || (to > text && to[-1] != ' '))
			*to++ = *from == '\n' ? ' ' : *from;
	*to = '\0';
}

Test(help, a_verb_is_explained_with_all_its_arguments)
{
	for (size_t i = 0; i < verbs_count; i++) {
		char  *text = NULL;
		size_t len;
		FILE  *f = open_memstream(&text, &len);

		help_verb(f, &verbs[i]);
		cr_assert_eq(fclose(f), 0);
		unwrap(text);
		for (size_t k = 0; k < verbs[i].nargs; k++)
			cr_assert(strstr(text, verbs[i].args[k].help) != NULL, "%s", verbs[i].args[k].help);
		cr_assert(strstr(text, "--json") != NULL);
		cr_assert_eq(strstr(text, "--plan") != NULL, (verbs[i].flags & VERB_CHANGES) != 0);
		cr_assert(strstr(text, verbs[i].example) != NULL);
		free(text);
	}
}

Test(help, programs_get_the_whole_table)
{
	char	      *all[] = { (char *)"*" }, *one[] = { (char *)"quota" };
	struct pd_role role = role_of(all, 1);
	json_t	      *list = help_json(&role), *v;
	size_t	       i;

	cr_assert_eq(json_array_size(list), verbs_count);
	json_array_foreach(list, i, v) {
		cr_assert_str_eq(json_string_value(json_object_get(v, "name")), verbs[i].name);
		cr_assert_eq(json_array_size(json_object_get(v, "args")), verbs[i].nargs);
		cr_assert_not_null(json_object_get(v, "options"));
	}
	v = json_array_get(json_object_get(json_array_get(list, 0), "args"), 0);
	cr_assert_str_eq(json_string_value(json_object_get(v, "name")), "name");
	cr_assert_str_eq(json_string_value(json_object_get(v, "type")), "vm");
	cr_assert(json_is_true(json_object_get(v, "positional")));
	json_decref(list);
	role = role_of(one, 1);
	list = help_json(&role);
	cr_assert_eq(json_array_size(list), 3);	/* and help, and version */
	json_decref(list);
}
