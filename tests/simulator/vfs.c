/* SPDX-License-Identifier: ISC */
/*
 * The VIOS' file system below one folder.  Every path is resolved by openat2(2) with
 * RESOLVE_IN_ROOT (Linux 5.6), which treats the folder as "/": neither ".." nor a symbolic
 * link leaves it.  Changes are made relative to the parent directory opened that way.
 *
 * /dev/null and /dev/zero are this machine's.  Any other existing regular file right below
 * /dev stands for a disk: it keeps its size.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/simulator/vfs.h"

struct vfs {
	int	root_fd;
};

struct vfs *
vfs_open_root(const char *host_dir)
{
	struct vfs *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->root_fd = open(host_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (v->root_fd == -1) {
		free(v);
		return NULL;
	}
	return v;
}

void
vfs_free(struct vfs *v)
{
	if (v == NULL)
		return;
	(void)close(v->root_fd);
	free(v);
}

/* Appends the parts of path to out, folding "." and "..". */
static int
append_parts(char out[VFS_PATH_MAX], const char *path)
{
	size_t len = strlen(out), n;

	for (; *path != '\0'; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && path[0] == '.'))
			continue;
		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (len > 0 && out[--len] != '/')
				;
			out[len] = '\0';
			continue;
		}
		if (n > NAME_MAX || len + n + 2 > VFS_PATH_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		out[len++] = '/';
		memcpy(out + len, path, n);
		len += n;
		out[len] = '\0';
	}
	return 0;
}

int
vfs_absolute(const struct vfs_at *at, const char *path, char out[VFS_PATH_MAX])
{
	out[0] = '\0';
	if (path[0] == '\0') {
		errno = ENOENT;
		return -1;
	}
	if (path[0] != '/' && append_parts(out, at->cwd) == -1)
		return -1;
	if (append_parts(out, path) == -1)
		return -1;
	if (out[0] == '\0')
		strcpy(out, "/");
	return 0;
}

static int
open_beneath(const struct vfs *v, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY)),
		.mode = (flags & O_CREAT) != 0 ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, v->root_fd, path, &how, sizeof(how));
}

static bool
is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* padmin's rights, by name: the files themselves all belong to whoever runs the simulator. */
static int
may_change(const struct vfs_at *at, const char *path)
{
	if (at->is_root || is_below(path, at->home != NULL ? at->home : "/home/padmin") || is_below(path, "/tmp"))
		return 0;
	errno = EACCES;
	return -1;
}

static bool
is_device(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 && strchr(path + 5, '/') == NULL;
}

static int
open_host_device(const char *path, int flags)
{
	if (strcmp(path, "/dev/null") != 0 && strcmp(path, "/dev/zero") != 0)
		return -2;
	return open(path, (flags & O_ACCMODE) | O_CLOEXEC);
}

static int
absolute_for_change(const struct vfs_at *at, const char *path, char abs[VFS_PATH_MAX])
{
	if (vfs_absolute(at, path, abs) == -1)
		return -1;
	return may_change(at, abs);
}

int
vfs_open(const struct vfs_at *at, const char *path, int flags, mode_t mode)
{
	char abs[VFS_PATH_MAX];
	struct stat st;
	int fd;

	if (vfs_absolute(at, path, abs) == -1)
		return -1;
	fd = open_host_device(abs, flags);
	if (fd != -2)
		return fd;
	if ((flags & O_ACCMODE) != O_RDONLY && may_change(at, abs) == -1)
		return -1;
	if (is_device(abs)) {
		if (!at->is_root) {
			errno = EACCES;
			return -1;
		}
		fd = open_beneath(at->vfs, abs, flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_APPEND), 0);
		if (fd != -1 || errno != ENOENT)
			return fd;
	}
	/* O_NONBLOCK: a FIFO somebody put there must not block. */
	fd = open_beneath(at->vfs, abs, flags | O_NONBLOCK, mode);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		(void)close(fd);
		errno = ENXIO;
		return -1;
	}
	return fd;
}

off_t
vfs_limit(const struct vfs_at *at, const char *path)
{
	char abs[VFS_PATH_MAX];
	struct stat st;

	if (vfs_absolute(at, path, abs) == -1 || !is_device(abs) ||
	    strcmp(abs, "/dev/null") == 0 || strcmp(abs, "/dev/zero") == 0 ||
	    vfs_stat(at, path, &st) == -1 || !S_ISREG(st.st_mode))
		return -1;
	return st.st_size;
}

int
vfs_stat(const struct vfs_at *at, const char *path, struct stat *st)
{
	char abs[VFS_PATH_MAX];
	int fd, rv;

	if (vfs_absolute(at, path, abs) == -1)
		return -1;
	if (strcmp(abs, "/dev/null") == 0 || strcmp(abs, "/dev/zero") == 0)
		return stat(abs, st);
	fd = open_beneath(at->vfs, abs, O_PATH, 0);
	if (fd == -1)
		return -1;
	rv = fstat(fd, st);
	(void)close(fd);
	return rv;
}

/* Opens the directory that holds path; *name is its last part. */
static int
open_parent(const struct vfs_at *at, char abs[VFS_PATH_MAX], const char **name)
{
	char *slash = strrchr(abs, '/');
	int fd;

	if (slash[1] == '\0') {		/* the root itself */
		errno = EBUSY;
		return -1;
	}
	*slash = '\0';
	*name = slash + 1;
	fd = open_beneath(at->vfs, abs[0] != '\0' ? abs : "/", O_PATH | O_DIRECTORY, 0);
	return fd;
}

int
vfs_lstat(const struct vfs_at *at, const char *path, struct stat *st)
{
	char abs[VFS_PATH_MAX];
	const char *name;
	int fd, rv;

	if (vfs_absolute(at, path, abs) == -1)
		return -1;
	if (strcmp(abs, "/") == 0)
		return vfs_stat(at, abs, st);
	fd = open_parent(at, abs, &name);
	if (fd == -1)
		return -1;
	rv = fstatat(fd, name, st, AT_SYMLINK_NOFOLLOW);
	(void)close(fd);
	return rv;
}

DIR *
vfs_opendir(const struct vfs_at *at, const char *path)
{
	char abs[VFS_PATH_MAX];
	DIR *d;
	int fd;

	if (vfs_absolute(at, path, abs) == -1)
		return NULL;
	fd = open_beneath(at->vfs, abs, O_RDONLY | O_DIRECTORY, 0);
	if (fd == -1)
		return NULL;
	d = fdopendir(fd);
	if (d == NULL)
		(void)close(fd);
	return d;
}

enum change { DO_UNLINK, DO_RMDIR, DO_MKDIR, DO_CHMOD };

static int
change(const struct vfs_at *at, const char *path, enum change what, mode_t mode)
{
	char abs[VFS_PATH_MAX];
	const char *name;
	int fd, rv = -1;

	if (absolute_for_change(at, path, abs) == -1)
		return -1;
	fd = open_parent(at, abs, &name);
	if (fd == -1)
		return -1;
	switch (what) {
	case DO_UNLINK:
		rv = unlinkat(fd, name, 0);
		break;
	case DO_RMDIR:
		rv = unlinkat(fd, name, AT_REMOVEDIR);
		break;
	case DO_MKDIR:
		rv = mkdirat(fd, name, mode);
		break;
	case DO_CHMOD:
		rv = fchmodat(fd, name, mode & 0777, 0);
		break;
	}
	(void)close(fd);
	return rv;
}

int
vfs_unlink(const struct vfs_at *at, const char *path)
{
	return change(at, path, DO_UNLINK, 0);
}

int
vfs_rmdir(const struct vfs_at *at, const char *path)
{
	return change(at, path, DO_RMDIR, 0);
}

int
vfs_mkdir(const struct vfs_at *at, const char *path, mode_t mode)
{
	return change(at, path, DO_MKDIR, mode);
}

int
vfs_chmod(const struct vfs_at *at, const char *path, mode_t mode)
{
	struct stat st;

	if (vfs_lstat(at, path, &st) == -1)
		return -1;
	if (S_ISLNK(st.st_mode)) {	/* fchmodat() would follow it out of the folder */
		errno = EACCES;
		return -1;
	}
	return change(at, path, DO_CHMOD, mode);
}

int
vfs_rename(const struct vfs_at *at, const char *from, const char *to)
{
	char from_abs[VFS_PATH_MAX], to_abs[VFS_PATH_MAX];
	const char *from_name, *to_name;
	int from_fd, to_fd, rv = -1;

	if (absolute_for_change(at, from, from_abs) == -1 ||
	    absolute_for_change(at, to, to_abs) == -1)
		return -1;
	from_fd = open_parent(at, from_abs, &from_name);
	to_fd = from_fd == -1 ? -1 : open_parent(at, to_abs, &to_name);
	if (to_fd != -1) {
		rv = renameat(from_fd, from_name, to_fd, to_name);
		(void)close(to_fd);
	}
	if (from_fd != -1)
		(void)close(from_fd);
	return rv;
}

const char *
vfs_strerror(int err)
{
	switch (err) {
	case ENOENT:
	case ENOTDIR:
		return "A file or directory in the path name does not exist.";
	case EACCES:
	case EPERM:
	case EROFS:
		return "The file access permissions do not allow the specified action.";
	case EEXIST:
		return "Do not specify an existing file.";
	case EISDIR:
		return "The specified file is a directory.";
	case ENOSPC:
		return "There is not enough space in the file system.";
	case ENXIO:
		return "There is a request to a device or address that does not exist.";
	case ENOTEMPTY:
		return "The directory is not empty.";
	case EBUSY:
		return "The requested resource is busy.";
	case EINVAL:
		return "A system call received a parameter that is not valid.";
	case ENAMETOOLONG:
		return "A path name is too long.";
	default:
		return "There is an input or output error.";
	}
}
