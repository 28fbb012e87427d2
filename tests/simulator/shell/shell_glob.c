/* SPDX-License-Identifier: ISC */
/* Patterns: matching of strings, and of file names below the VIOS' root. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

#define GLOB_MAX	2000

int
shell_match(const char *pattern, const char *s)
{
	return fnmatch(pattern, s, 0) == 0;
}

static bool
is_pattern(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

static void
remove_backslashes(char *s)
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
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int glob_part(struct shell *sh, const char *dir, const char *pattern, struct fields *to, int depth);

/* Goes on with the rest of the pattern below path, or adds path when there is none. */
static int
glob_rest(struct shell *sh, char *path, const char *rest, struct fields *to, int depth)
{
	struct vfs_at at = shell_at(sh);
	struct stat st;
	int rv = 0;

	if (path == NULL)
		return -1;
	if (rest[0] != '\0')
		rv = glob_part(sh, path, rest, to, depth + 1);
	else if (vfs_lstat(&at, path, &st) == 0 && to->n < GLOB_MAX)
		return fields_add(to, path);
	free(path);
	return rv;
}

static char *
path_join(const char *dir, const char *name)
{
	size_t n = strlen(dir);
	char *p = malloc(n + strlen(name) + 2);

	if (p == NULL)
		return NULL;
	strcpy(p, dir);
	if (n != 0 && dir[n - 1] != '/')
		strcpy(p + n++, "/");
	strcpy(p + n, name);
	return p;
}

static int
glob_directory(struct shell *sh, const char *dir, const char *part, const char *rest, struct fields *to, int depth)
{
	struct vfs_at at = shell_at(sh);
	DIR *d = vfs_opendir(&at, dir[0] != '\0' ? dir : ".");
	struct dirent *e;
	int rv = 0;

	if (d == NULL)
		return 0;
	while (rv == 0 && (e = readdir(d)) != NULL) {
		if (fnmatch(part, e->d_name, FNM_PERIOD) == 0)
			rv = glob_rest(sh, path_join(dir, e->d_name), rest, to, depth);
	}
	(void)closedir(d);
	return rv;
}

static int
glob_part(struct shell *sh, const char *dir, const char *pattern, struct fields *to, int depth)
{
	size_t n = strcspn(pattern, "/");
	char *part = strndup(pattern, n);
	const char *rest = pattern + n + strspn(pattern + n, "/");
	int rv;

	if (part == NULL || depth > 32) {
		free(part);
		return -1;
	}
	if (is_pattern(part)) {
		rv = glob_directory(sh, dir, part, rest, to, depth);
	} else {
		remove_backslashes(part);
		rv = glob_rest(sh, path_join(dir, part), rest, to, depth);
	}
	free(part);
	return rv;
}

int
shell_glob(struct shell *sh, const char *pattern, struct fields *to)
{
	size_t before = to->n;
	int rv;

	shell_proc_look(sh, pattern);
	rv = glob_part(sh, pattern[0] == '/' ? "/" : "", pattern + strspn(pattern, "/"), to, 0);

	if (to->n > before)
		qsort(to->v + before, to->n - before, sizeof(*to->v), by_name);
	return rv;
}
