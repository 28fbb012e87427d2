/* SPDX-License-Identifier: ISC */
/*
 * scope.c - the values that a step sees, by path.
 */
#include <string.h>

#include "handlers/sequence/scope.h"

int
scope_path_is_valid(const char *path)
{
	size_t depth = 0, n;

	if (strlen(path) > SCOPE_PATH_MAX)
		return 0;
	for (;; path += n + 1) {
		n = strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789_-");
		if (n == 0 || path[0] == '-' || ++depth > SCOPE_DEPTH_MAX)
			return 0;
		if (path[n] != '.')
			return path[n] == '\0';
	}
}

/* The object that holds the path's last word, which *last is set to; makes what is missing when asked. */
static json_t *
walk(const struct scope *s, const char *path, int make, const char **last)
{
	json_t *at = s->vars;
	size_t	n = strcspn(path, ".");

	for (size_t i = 0; i < SCOPE_EACH_MAX && s->each[i].alias != NULL && path[n] == '.'; i++) {
		if (strlen(s->each[i].alias) != n || strncmp(path, s->each[i].alias, n) != 0)
			continue;
		at = s->each[i].element;
		path += n + 1;
		n = strcspn(path, ".");
		break;
	}
	for (; path[n] == '.'; path += n + 1, n = strcspn(path, ".")) {
		char	word[SCOPE_PATH_MAX + 1] = "";
		json_t *in;

		if (n > SCOPE_PATH_MAX)
			return NULL;
		memcpy(word, path, n);
		in = json_object_get(at, word);
		if (!json_is_object(in)) {
			if (!make || json_object_set_new(at, word, in = json_object()) == -1)
				return NULL;
		}
		at = in;
	}
	*last = path;
	return json_is_object(at) ? at : NULL;
}

json_t *
scope_get(const struct scope *s, const char *path)
{
	const char *last;
	json_t	   *in, *value;

	for (size_t i = 0; i < SCOPE_EACH_MAX && s->each[i].alias != NULL; i++)
		if (strcmp(path, s->each[i].alias) == 0)
			return s->each[i].element;
	in = walk(s, path, 0, &last);
	value = in == NULL ? NULL : json_object_get(in, last);
	return json_is_null(value) ? NULL : value;
}

int
scope_set(const struct scope *s, const char *path, json_t *value)
{
	const char *last;
	json_t	   *in = walk(s, path, 1, &last);

	if (in == NULL) {
		json_decref(value);
		return -1;
	}
	return json_object_set_new(in, last, value);
}

void
scope_remove(const struct scope *s, const char *path)
{
	const char *last;
	json_t	   *in = walk(s, path, 0, &last);

	if (in != NULL)
		(void)json_object_del(in, last);
}
