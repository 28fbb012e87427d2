/* SPDX-License-Identifier: ISC */
/* The variables of a shell. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

#define VARS_MAX	1000

bool
shell_is_name(const char *s, size_t len)
{
	if (len == 0 || (s[0] >= '0' && s[0] <= '9'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789", s[i]) == NULL ||
		    s[i] == '\0')
			return false;
	}
	return true;
}

static struct shell_var *
find(const struct shell *sh, const char *name)
{
	for (size_t i = 0; i < sh->n_vars; i++) {
		if (strcmp(sh->vars[i].name, name) == 0)
			return &sh->vars[i];
	}
	return NULL;
}

const char *
shell_get(const struct shell *sh, const char *name)
{
	const struct shell_var *v = find(sh, name);

	return v != NULL ? v->value : NULL;
}

static struct shell_var *
add(struct shell *sh, const char *name)
{
	struct shell_var *v;

	if (sh->n_vars >= VARS_MAX)
		return NULL;
	v = reallocarray(sh->vars, sh->n_vars + 1, sizeof(*v));
	if (v == NULL)
		return NULL;
	sh->vars = v;
	v += sh->n_vars;
	*v = (struct shell_var){ .name = strdup(name), .value = NULL };
	if (v->name == NULL)
		return NULL;
	sh->n_vars++;
	return v;
}

int
shell_set(struct shell *sh, const char *name, const char *value, bool exported)
{
	struct shell_var *v = find(sh, name);
	char *copy = strdup(value);

	if (v == NULL)
		v = add(sh, name);
	if (v == NULL || copy == NULL) {
		free(copy);
		return -1;
	}
	free(v->value);
	v->value = copy;
	v->exported = v->exported || exported;
	return 0;
}

void
shell_unset(struct shell *sh, const char *name)
{
	struct shell_var *v = find(sh, name);

	if (v == NULL)
		return;
	free(v->name);
	free(v->value);
	*v = sh->vars[--sh->n_vars];
}
