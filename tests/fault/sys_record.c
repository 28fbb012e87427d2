/* SPDX-License-Identifier: ISC */
/*
 * sys_record.c - the table of spool/os/sys.h, and SQLite's calls, written down in the order in which they change the disk.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/sys.h"
#include "tests/fault/disk.h"

struct disk_record *disk_record;

static ino_t
ino_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static struct disk_op *
add(enum disk_what what, ino_t object)
{
	struct disk_record *r = disk_record;

	if (r == NULL)
		return NULL;
	if (r->n == DISK_OPS_MAX) {
		r->is_full = 1;
		return NULL;
	}
	r->op[r->n] = (struct disk_op){ .what = what, .object = object };
	return &r->op[r->n++];
}

static void
add_name(enum disk_what what, int dir, const char *name, ino_t child)
{
	struct disk_op *op = add(what, ino_of(dir));

	if (op == NULL)
		return;
	op->child = child;
	if ((size_t)snprintf(op->name, sizeof(op->name), "%s", name) >= sizeof(op->name))
		disk_record->is_full = 1;
}

static void
add_write(int fd, off_t at, const void *buf, ssize_t len)
{
	struct disk_record *r = disk_record;
	struct disk_op	   *op = len > 0 ? add(DISK_WRITE, ino_of(fd)) : NULL;

	if (op == NULL)
		return;
	if (r->used + (size_t)len > sizeof(r->data)) {
		r->is_full = 1;
		return;
	}
	op->at = at;
	op->len = (size_t)len;
	op->data = r->used;
	memcpy(r->data + r->used, buf, (size_t)len);
	r->used += (size_t)len;
}

static ino_t
ino_at(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

static int
open_and_record(int dir, const char *name, int flags, mode_t mode)
{
	ino_t before = disk_record != NULL && (flags & O_CREAT) != 0 ? ino_at(dir, name) : 1;
	int   fd = openat(dir, name, flags, mode), parent;
	char  path[1024], *slash;

	if (fd == -1 || disk_record == NULL)
		return fd;
	if (before == 0) {	/* made by this call */
		(void)snprintf(path, sizeof(path), "%s", name);
		slash = strrchr(path, '/');
		if (slash != NULL)
			*slash = '\0';
		parent = slash != NULL ? open(path, O_RDONLY | O_DIRECTORY) : dup(dir);
		add_name(DISK_ADD, parent, slash != NULL ? slash + 1 : name, ino_of(fd));
		(void)close(parent);
	} else if ((flags & O_TRUNC) != 0) {
		(void)add(DISK_TRUNCATE, ino_of(fd));
	}
	return fd;
}

static int
r_openat(int dir, const char *name, int flags, ...)
{
	va_list ap;
	mode_t	mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return open_and_record(dir, name, flags, mode);
}

static int
r_open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t	mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return open_and_record(AT_FDCWD, path, flags, mode);
}

static int
q_open(const char *path, int flags, int mode)
{
	return open_and_record(AT_FDCWD, path, flags, (mode_t)mode);
}

static ssize_t
r_write(int fd, const void *buf, size_t len)
{
	struct stat st;
	off_t	    at = lseek(fd, 0, SEEK_CUR);
	ssize_t	    n;

	if ((fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &st) == 0)
		at = st.st_size;
	n = write(fd, buf, len);
	add_write(fd, at, buf, n);
	return n;
}

static ssize_t
r_pwrite(int fd, const void *buf, size_t len, off_t at)
{
	ssize_t n = pwrite(fd, buf, len, at);

	add_write(fd, at, buf, n);
	return n;
}

static int
r_ftruncate(int fd, off_t len)
{
	int		rv = ftruncate(fd, len);
	struct disk_op *op = rv == 0 ? add(DISK_TRUNCATE, ino_of(fd)) : NULL;

	if (op != NULL)
		op->at = len;
	return rv;
}

/* Also the name of the C library's: SQLite calls them by name. */
int
fsync(int fd)
{
	int rv = (int)syscall(SYS_fsync, fd);

	if (rv == 0)
		(void)add(DISK_SYNC, ino_of(fd));
	return rv;
}

int
fdatasync(int fd)
{
	return fsync(fd);
}

static int
r_unlinkat(int dir, const char *name, int flags)
{
	ino_t child = ino_at(dir, name);
	int   rv = unlinkat(dir, name, flags);

	if (rv == 0)
		add_name(DISK_REMOVE, dir, name, child);
	return rv;
}

static int
q_unlink(const char *path)
{
	(void)path;
	if (disk_record != NULL)
		disk_record->is_full = 1;	/* in WAL mode it removes nothing: then this file has to learn it */
	return unlink(path);
}

static void
add_rename(int from_dir, const char *from, int to_dir, const char *to)
{
	ino_t child = ino_at(to_dir, to);

	add_name(DISK_ADD, to_dir, to, child);
	add_name(DISK_REMOVE, from_dir, from, child);
}

static int
r_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	int rv = renameat(from_dir, from, to_dir, to);

	if (rv == 0)
		add_rename(from_dir, from, to_dir, to);
	return rv;
}

#if SYS_HAS_RENAMEAT2
static int
r_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	int rv = renameat2(from_dir, from, to_dir, to, flags);

	if (rv == 0)
		add_rename(from_dir, from, to_dir, to);
	return rv;
}
#endif

static int
r_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	int rv = linkat(from_dir, from, to_dir, to, flags);

	if (rv == 0)
		add_name(DISK_ADD, to_dir, to, ino_at(to_dir, to));
	return rv;
}

const struct sys_calls sys = {
	.open = r_open,
	.openat = r_openat,
	.close = close,
	.read = read,
	.pread = pread,
	.write = r_write,
	.pwrite = r_pwrite,
	.lseek = lseek,
	.ftruncate = r_ftruncate,
	.fsync = fsync,
	.fdatasync = fdatasync,
	.fstat = fstat,
	.stat = stat,
	.fstatat = fstatat,
	.fchmod = fchmod,
	.fchown = fchown,
	.flock = flock,
	.mkdir = mkdir,
	.mkdirat = mkdirat,
	.linkat = r_linkat,
	.unlinkat = r_unlinkat,
	.renameat = r_renameat,
#if SYS_HAS_RENAMEAT2
	.renameat2 = r_renameat2,
#endif
	.fdopendir = fdopendir,
	.readdir = readdir,
	.closedir = closedir,
};

__attribute__((constructor)) static void
replace_calls(void)
{
	static const struct {
		const char	  *name;
		sqlite3_syscall_ptr call;
	} calls[] = {
		{ "open", (sqlite3_syscall_ptr)q_open }, { "ftruncate", (sqlite3_syscall_ptr)r_ftruncate },
		{ "unlink", (sqlite3_syscall_ptr)q_unlink }, { "write", (sqlite3_syscall_ptr)r_write },
		{ "pwrite", (sqlite3_syscall_ptr)r_pwrite }, { "pwrite64", (sqlite3_syscall_ptr)r_pwrite },
	};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (size_t i = 0; vfs != NULL && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (vfs->xGetSystemCall(vfs, calls[i].name) != NULL)
			(void)vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call);
}
