/* SPDX-License-Identifier: ISC */
/*
 * The VIOS' file system: a folder of this machine that paths never leave.  Paths are those of
 * the VIOS ("/home/padmin/x", or relative to cwd); results are -1 with errno like the system
 * calls of the same name.
 */
#ifndef SIM_VFS_H
#define SIM_VFS_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#define VFS_PATH_MAX	1024

struct vfs;
struct vfs *vfs_open_root(const char *host_dir);
void	vfs_free(struct vfs *v);

/* Who asks, and where from; who is not root may change only home (NULL: /home/padmin) and /tmp. */
struct vfs_at {
	const struct vfs *vfs;
	const char	 *cwd;
	bool		  is_root;
	const char	 *home;
};

/* The path with cwd in front and without ".", ".." and doubled slashes.  -1 when too long. */
int	vfs_absolute(const struct vfs_at *at, const char *path, char out[VFS_PATH_MAX]);
/* Writing to a device (an existing file right below /dev) never truncates or extends it: see vfs_limit(). */
int	vfs_open(const struct vfs_at *at, const char *path, int flags, mode_t mode);
/* The size that a write to this path may not pass; -1: none. */
off_t	vfs_limit(const struct vfs_at *at, const char *path);
int	vfs_stat(const struct vfs_at *at, const char *path, struct stat *st);
int	vfs_lstat(const struct vfs_at *at, const char *path, struct stat *st);
DIR    *vfs_opendir(const struct vfs_at *at, const char *path);
int	vfs_unlink(const struct vfs_at *at, const char *path);
int	vfs_rmdir(const struct vfs_at *at, const char *path);
int	vfs_mkdir(const struct vfs_at *at, const char *path, mode_t mode);
int	vfs_chmod(const struct vfs_at *at, const char *path, mode_t mode);
int	vfs_rename(const struct vfs_at *at, const char *from, const char *to);
/* errno in the words of AIX. */
const char *vfs_strerror(int err);

#endif
