/* SPDX-License-Identifier: ISC */
/* cat, rm, mkdir, rmdir, chmod, cp, mv, touch, tee: utilities that change files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

#define TREE_DEPTH_MAX	32

/* Takes one-letter options off the front; returns the first operand, or -1 for an unknown letter. */
static int
take_flags(int argc, char **argv, const char *known, char *seen)
{
	int i;

	memset(seen, 0, 256);
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		for (const char *p = argv[i] + 1; *p != '\0'; p++) {
			if (strchr(known, *p) == NULL)
				return -1;
			seen[(unsigned char)*p] = 1;
		}
	}
	return i;
}

static int
usage(struct shell *sh, const char *text)
{
	sim_out_printf(sh->err, "Usage: %s\n", text);
	return 1;
}

static int
complain(struct shell *sh, const char *name, const char *path)
{
	sim_out_printf(sh->err, "%s: %s: %s\n", name, path, vfs_strerror(errno));
	return 1;
}

static char *
join_path(const char *dir, const char *name)
{
	char *p;
	size_t n = strlen(dir);

	return asprintf(&p, "%s%s%s", dir, n > 0 && dir[n - 1] == '/' ? "" : "/", name) == -1 ? NULL : p;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
cat_fd(struct shell *sh, int fd)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (sim_out_write(sh->out, buf, (size_t)n) == -1 || shell_stopped(sh))
			break;
	}
	return n < 0 ? 1 : 0;
}

static int
cat_input(struct shell *sh)
{
	char buf[16384];
	ssize_t n;

	while ((n = stream_read(sh->in, buf, sizeof(buf))) > 0) {
		if (sim_out_write(sh->out, buf, (size_t)n) == -1)
			break;
		shell_flush(sh);
	}
	return n < 0 ? 1 : 0;
}

int
util_cat(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	int status = 0, i = argc > 1 && strcmp(argv[1], "-u") == 0 ? 2 : 1;

	if (i == argc)
		return cat_input(sh);
	for (; i < argc; i++) {
		int fd = strcmp(argv[i], "-") == 0 ? -2 : vfs_open(&at, argv[i], O_RDONLY, 0);

		if (fd == -2) {
			status |= cat_input(sh);
		} else if (fd == -1) {
			util_no_file(sh, "cat", "0652-050", argv[i]);
			status = sh->is_bash ? 1 : 2;
		} else {
			if (cat_fd(sh, fd) != 0) {
				sim_out_printf(sh->err, "cat: 0652-054 Cannot read from the file %s.\n", argv[i]);
				status = 2;
			}
			(void)close(fd);
		}
	}
	return status;
}

static int remove_tree(struct shell *sh, const char *path, int depth);

static int
remove_children(struct shell *sh, const char *path, int depth)
{
	struct vfs_at at = shell_at(sh);
	DIR *d = vfs_opendir(&at, path);
	struct dirent *e;
	int rv = 0;

	if (d == NULL)
		return -1;
	while (rv == 0 && (e = readdir(d)) != NULL) {
		char *child;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		child = join_path(path, e->d_name);
		rv = child != NULL ? remove_tree(sh, child, depth + 1) : -1;
		free(child);
	}
	(void)closedir(d);
	return rv;
}

static int
remove_tree(struct shell *sh, const char *path, int depth)
{
	struct vfs_at at = shell_at(sh);
	struct stat st;

	if (depth > TREE_DEPTH_MAX || vfs_lstat(&at, path, &st) == -1)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return vfs_unlink(&at, path);
	if (remove_children(sh, path, depth) == -1)
		return -1;
	return vfs_rmdir(&at, path);
}

int
util_rm(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	char flag[256];
	int i = take_flags(argc, argv, "firRe", flag), status = 0;

	if (i == -1 || (i == argc && !flag['f']))
		return usage(sh, "rm [-firRe] [--] File ...");
	for (; i < argc; i++) {
		struct stat st;
		int rv = vfs_lstat(&at, argv[i], &st);

		if (rv == 0 && S_ISDIR(st.st_mode) && !flag['r'] && !flag['R']) {
			sim_out_printf(sh->err, "rm: 0653-603 Cannot remove directory %s.\n", argv[i]);
			status = 2;
			continue;
		}
		if (rv == 0)
			rv = remove_tree(sh, argv[i], 0);
		if (rv == -1 && !(errno == ENOENT && flag['f'])) {
			(void)complain(sh, "rm", argv[i]);
			status = 2;
		}
	}
	return status;
}

static int
make_parents(const struct vfs_at *at, const char *path)
{
	char abs[VFS_PATH_MAX];
	struct stat st;

	if (vfs_absolute(at, path, abs) == -1)
		return -1;
	for (char *p = abs + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (vfs_stat(at, abs, &st) == -1 && vfs_mkdir(at, abs, 0755) == -1 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return vfs_stat(at, abs, &st) == 0 ? 0 : vfs_mkdir(at, abs, 0755);
}

int
util_mkdir(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	char flag[256];
	int i = take_flags(argc, argv, "p", flag), status = 0;

	if (i == -1 || i == argc)
		return usage(sh, "mkdir [-p] [-e] [-m mode] Directory ...");
	for (; i < argc; i++) {
		if ((flag['p'] ? make_parents(&at, argv[i]) : vfs_mkdir(&at, argv[i], 0755)) == -1) {
			sim_out_printf(sh->err, "mkdir: 0653-358 Cannot create %s.\n%s: %s\n", argv[i],
			    argv[i], vfs_strerror(errno));
			status = 2;
		}
	}
	return status;
}

int
util_rmdir(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (vfs_rmdir(&at, argv[i]) == -1) {
			sim_out_printf(sh->err, "rmdir: 0653-611 Directory %s is not empty.\n", argv[i]);
			status = 2;
		}
	}
	return status;
}

/* "755", or "[ugoa]*[+-=][rwx]*" parts joined by commas. */
static int
parse_mode(const char *s, mode_t old, mode_t *mode)
{
	char *end;

	if (*s >= '0' && *s <= '7') {
		*mode = (mode_t)strtoul(s, &end, 8);
		return *end == '\0' && *mode <= 07777 ? 0 : -1;
	}
	for (*mode = old; *s != '\0'; s += *s == ',') {
		mode_t who = 0, bits = 0;
		char op;

		for (; *s != '\0' && strchr("ugoa", *s) != NULL; s++)
			who |= *s == 'u' ? 0700 : *s == 'g' ? 070 : *s == 'o' ? 07 : 0777;
		op = *s;
		if (op == '\0' || strchr("+-=", op) == NULL)
			return -1;
		for (s++; *s != '\0' && strchr("rwxX", *s) != NULL; s++)
			bits |= *s == 'r' ? 0444 : *s == 'w' ? 0222 : 0111;
		if (*s != '\0' && *s != ',')
			return -1;
		bits &= who != 0 ? who : 0777;
		*mode = op == '+' ? *mode | bits : op == '-' ? *mode & ~bits :
		    (*mode & ~(who != 0 ? who : 0777)) | bits;
	}
	return 0;
}

static int
chmod_tree(struct shell *sh, const char *text, const char *path, bool recurse, int depth)
{
	struct vfs_at at = shell_at(sh);
	struct dirent *e;
	struct stat st;
	mode_t mode;
	int rv = 0;
	DIR *d;

	if (depth > TREE_DEPTH_MAX || vfs_stat(&at, path, &st) == -1)
		return -1;
	if (recurse && S_ISDIR(st.st_mode) && (d = vfs_opendir(&at, path)) != NULL) {
		while ((e = readdir(d)) != NULL) {
			char *child = e->d_name[0] == '.' ? NULL : join_path(path, e->d_name);

			if (child != NULL)
				rv |= chmod_tree(sh, text, child, true, depth + 1);
			free(child);
		}
		(void)closedir(d);
	}
	if (parse_mode(text, st.st_mode & 07777, &mode) == -1) {
		errno = EINVAL;
		return -1;
	}
	return vfs_chmod(&at, path, mode) == -1 ? -1 : rv;
}

int
util_chmod(struct shell *sh, int argc, char **argv)
{
	bool recurse = argc > 1 && strcmp(argv[1], "-R") == 0;
	int status = 0, i = recurse ? 2 : 1;
	const char *mode;

	if (argc - i < 2)
		return usage(sh, "chmod [-R] [-h] [-f] Mode File ...");
	mode = argv[i++];
	for (; i < argc; i++) {
		if (chmod_tree(sh, mode, argv[i], recurse, 0) == -1)
			status = complain(sh, "chmod", argv[i]);
	}
	return status;
}

static int
copy_file(struct shell *sh, const char *from, const char *to)
{
	struct vfs_at at = shell_at(sh);
	int in = -1, out = -1, rv = -1, saved;
	off_t limit, done, size;
	struct stat st;

	limit = vfs_limit(&at, to);
	in = vfs_open(&at, from, O_RDONLY, 0);
	if (in == -1 || fstat(in, &st) == -1)
		goto out;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		goto out;
	}
	out = vfs_open(&at, to, O_RDWR | O_CREAT | O_TRUNC, (st.st_mode & 0777) | 0200);
	if (out == -1)
		goto out;
	size = limit >= 0 && st.st_size > limit ? limit : st.st_size;
	rv = util_copy_range(sh, in, 0, out, 0, size, &done);
	if (rv == 0 && size < st.st_size) {
		errno = ENXIO;
		rv = -1;
	}
out:
	saved = errno;
	if (in != -1)
		(void)close(in);
	if (out != -1)
		(void)close(out);
	errno = saved;
	return rv;
}

static int
copy_tree(struct shell *sh, const char *from, const char *to, bool recurse, int depth)
{
	struct vfs_at at = shell_at(sh);
	struct dirent *e;
	struct stat st;
	int rv = 0;
	DIR *d;

	if (vfs_stat(&at, from, &st) == -1 || depth > TREE_DEPTH_MAX)
		return complain(sh, "cp", from);
	if (!S_ISDIR(st.st_mode))
		return copy_file(sh, from, to) == -1 ? complain(sh, "cp", errno == ENOENT ? from : to) : 0;
	if (!recurse) {
		errno = EISDIR;
		return complain(sh, "cp", from);
	}
	if (vfs_mkdir(&at, to, 0755) == -1 && errno != EEXIST)
		return complain(sh, "cp", to);
	d = vfs_opendir(&at, from);
	if (d == NULL)
		return complain(sh, "cp", from);
	while ((e = readdir(d)) != NULL && !shell_stopped(sh)) {
		char *a = join_path(from, e->d_name), *b = join_path(to, e->d_name);

		if (a != NULL && b != NULL && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rv |= copy_tree(sh, a, b, true, depth + 1);
		free(a);
		free(b);
	}
	(void)closedir(d);
	return rv;
}

/* cp and mv: the last operand is a file, or a directory that takes all the others. */
static int
each_source(struct shell *sh, int argc, char **argv, const char *usage_text,
    int (*one)(struct shell *sh, const char *from, const char *to, bool recurse), bool recurse)
{
	struct vfs_at at = shell_at(sh);
	const char *last = argc >= 2 ? argv[argc - 1] : NULL;
	struct stat st;
	bool is_dir;
	int status = 0;

	if (last == NULL)
		return usage(sh, usage_text);
	is_dir = vfs_stat(&at, last, &st) == 0 && S_ISDIR(st.st_mode);
	if (argc > 2 && !is_dir)
		return usage(sh, usage_text);
	for (int i = 0; i < argc - 1; i++) {
		char *to = is_dir ? join_path(last, last_part(argv[i])) : strdup(last);

		if (to != NULL)
			status |= one(sh, argv[i], to, recurse);
		free(to);
	}
	return status;
}

static int
copy_one(struct shell *sh, const char *from, const char *to, bool recurse)
{
	return copy_tree(sh, from, to, recurse, 0);
}

int
util_cp(struct shell *sh, int argc, char **argv)
{
	char flag[256];
	int i = take_flags(argc, argv, "fiprRHhU", flag);

	if (i == -1)
		i = argc;
	return each_source(sh, argc - i, argv + i, "cp [-fhip] [-r|-R] [--] src target", copy_one,
	    flag['r'] || flag['R']);
}

static int
move_one(struct shell *sh, const char *from, const char *to, bool recurse)
{
	struct vfs_at at = shell_at(sh);

	(void)recurse;
	return vfs_rename(&at, from, to) == -1 ? complain(sh, "mv", from) : 0;
}

int
util_mv(struct shell *sh, int argc, char **argv)
{
	char flag[256];
	int i = take_flags(argc, argv, "fi", flag);

	if (i == -1)
		i = argc;
	return each_source(sh, argc - i, argv + i, "mv [-i | -f] [--] src target", move_one, false);
}

int
util_touch(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	int status = 0;

	for (int i = 1; i < argc; i++) {
		int fd = vfs_open(&at, argv[i], O_WRONLY | O_CREAT, 0644);

		if (fd == -1)
			status = complain(sh, "touch", argv[i]);
		else
			(void)close(fd);
	}
	return status;
}

int
util_tee(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	bool append = argc > 1 && strcmp(argv[1], "-a") == 0;
	int status = 0;
	char *data;
	size_t len;

	if (stream_read_all(sh->in, &data, &len) == -1)
		return 1;
	sim_out_write(sh->out, data, len);
	for (int i = append ? 2 : 1; i < argc; i++) {
		int fd = vfs_open(&at, argv[i], O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0644);

		if (fd == -1 || write(fd, data, len) != (ssize_t)len) {
			sim_out_printf(sh->err, "tee: %s: %s\n", argv[i], vfs_strerror(errno));
			status = 1;
		}
		if (fd != -1)
			(void)close(fd);
	}
	free(data);
	return status;
}
