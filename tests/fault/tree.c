/* SPDX-License-Identifier: ISC */
/*
 * tree.c - small directory trees of plain files.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/tree.h"

#define PATH_TEXT 1024

static void
die(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(70);
}

void
tree_make(const char *dir)
{
	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		die(dir);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void
tree_remove(const char *dir)
{
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
copy_file(const char *from, const char *to, mode_t mode)
{
	char	buf[65536];
	ssize_t n;
	int	in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (in == -1 || out == -1)
		die(to);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			die(to);
	(void)close(in);
	(void)close(out);
}

static void
copy_into(const char *from, const char *to)
{
	char	       a[PATH_TEXT], b[PATH_TEXT];
	struct dirent *entry;
	struct stat    st;
	DIR	      *dir = opendir(from);

	if (dir == NULL)
		die(from);
	tree_make(to);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(a, sizeof(a), "%s/%s", from, entry->d_name) >= (int)sizeof(a) ||
		    snprintf(b, sizeof(b), "%s/%s", to, entry->d_name) >= (int)sizeof(b) || stat(a, &st) == -1)
			die(from);
		if (S_ISDIR(st.st_mode))
			copy_into(a, b);
		else
			copy_file(a, b, st.st_mode & 0777);
	}
	(void)closedir(dir);
}

void
tree_copy(const char *from, const char *to)
{
	tree_remove(to);
	copy_into(from, to);
}
