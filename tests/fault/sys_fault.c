/* SPDX-License-Identifier: ISC */
/*
 * sys_fault.c - the table of spool/os/sys.h whose calls fail as the plan says.
 */
#include <sys/file.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "spool/os/sys.h"
#include "tests/fault/plan.h"

/* A call that does its work or fails whole. */
#define PLAIN(call, what) (fault_meet(call) == FAULT_GO ? (what) : -1)

static int
f_openat(int dir, const char *name, int flags, ...)
{
	va_list ap;
	mode_t	mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return PLAIN(CALL_OPEN, openat(dir, name, flags, mode));
}

static int
f_open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t	mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return PLAIN(CALL_OPEN, open(path, flags, mode));
}

/* The descriptor is gone in any case, as on Linux. */
static int
f_close(int fd)
{
	enum fault_verdict v = fault_meet(CALL_CLOSE);
	int		   error = errno, rv = close(fd);

	if (v == FAULT_GO)
		return rv;
	errno = error;
	return -1;
}

static ssize_t
f_read(int fd, void *buf, size_t len)
{
	enum fault_verdict v = fault_meet(CALL_READ);

	return v == FAULT_FAIL ? -1 : read(fd, buf, v == FAULT_HALF ? (len + 1) / 2 : len);
}

static ssize_t
f_pread(int fd, void *buf, size_t len, off_t at)
{
	enum fault_verdict v = fault_meet(CALL_READ);

	return v == FAULT_FAIL ? -1 : pread(fd, buf, v == FAULT_HALF ? (len + 1) / 2 : len, at);
}

static ssize_t
f_write(int fd, const void *buf, size_t len)
{
	enum fault_verdict v = fault_meet(CALL_WRITE);
	ssize_t		   n;

	if (v != FAULT_HALF)
		return v == FAULT_FAIL ? -1 : write(fd, buf, len);
	n = write(fd, buf, (len + 1) / 2);
	fault_after_half();
	return n;
}

static ssize_t
f_pwrite(int fd, const void *buf, size_t len, off_t at)
{
	enum fault_verdict v = fault_meet(CALL_WRITE);
	ssize_t		   n;

	if (v != FAULT_HALF)
		return v == FAULT_FAIL ? -1 : pwrite(fd, buf, len, at);
	n = pwrite(fd, buf, (len + 1) / 2, at);
	fault_after_half();
	return n;
}

static off_t
f_lseek(int fd, off_t at, int whence)
{
	return PLAIN(CALL_SEEK, lseek(fd, at, whence));
}

static int
f_ftruncate(int fd, off_t len)
{
	return PLAIN(CALL_TRUNCATE, ftruncate(fd, len));
}

/* By number: the names are ours as well, for SQLite (sqlite_fault.c). */
static int
f_fsync(int fd)
{
	return PLAIN(CALL_SYNC, (int)syscall(SYS_fsync, fd));
}

static int
f_fdatasync(int fd)
{
	return PLAIN(CALL_SYNC, (int)syscall(SYS_fdatasync, fd));
}

static int
f_fstat(int fd, struct stat *st)
{
	return PLAIN(CALL_STAT, fstat(fd, st));
}

static int
f_stat(const char *path, struct stat *st)
{
	return PLAIN(CALL_STAT, stat(path, st));
}

static int
f_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	return PLAIN(CALL_STAT, fstatat(dir, name, st, flags));
}

static int
f_fchmod(int fd, mode_t mode)
{
	return PLAIN(CALL_MODE, fchmod(fd, mode));
}

static int
f_fchown(int fd, uid_t uid, gid_t gid)
{
	return PLAIN(CALL_MODE, fchown(fd, uid, gid));
}

static int
f_flock(int fd, int how)
{
	return PLAIN(CALL_LOCK, flock(fd, how));
}

static int
f_mkdir(const char *path, mode_t mode)
{
	return PLAIN(CALL_MKDIR, mkdir(path, mode));
}

static int
f_mkdirat(int dir, const char *name, mode_t mode)
{
	return PLAIN(CALL_MKDIR, mkdirat(dir, name, mode));
}

static int
f_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	return PLAIN(CALL_LINK, linkat(from_dir, from, to_dir, to, flags));
}

static int
f_unlinkat(int dir, const char *name, int flags)
{
	return PLAIN(CALL_UNLINK, unlinkat(dir, name, flags));
}

static int
f_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return PLAIN(CALL_RENAME, renameat(from_dir, from, to_dir, to));
}

#if SYS_HAS_RENAMEAT2
static int
f_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return PLAIN(CALL_RENAME, renameat2(from_dir, from, to_dir, to, flags));
}
#endif

static DIR *
f_fdopendir(int fd)
{
	return fault_meet(CALL_LIST) == FAULT_GO ? fdopendir(fd) : NULL;
}

static struct dirent *
f_readdir(DIR *dir)
{
	return fault_meet(CALL_LIST) == FAULT_GO ? readdir(dir) : NULL;
}

static int
f_closedir(DIR *dir)
{
	enum fault_verdict v = fault_meet(CALL_CLOSE);
	int		   rv = closedir(dir);

	return v == FAULT_GO ? rv : -1;
}

const struct sys_calls sys = {
	.open = f_open,
	.openat = f_openat,
	.close = f_close,
	.read = f_read,
	.pread = f_pread,
	.write = f_write,
	.pwrite = f_pwrite,
	.lseek = f_lseek,
	.ftruncate = f_ftruncate,
	.fsync = f_fsync,
	.fdatasync = f_fdatasync,
	.fstat = f_fstat,
	.stat = f_stat,
	.fstatat = f_fstatat,
	.fchmod = f_fchmod,
	.fchown = f_fchown,
	.flock = f_flock,
	.mkdir = f_mkdir,
	.mkdirat = f_mkdirat,
	.linkat = f_linkat,
	.unlinkat = f_unlinkat,
	.renameat = f_renameat,
#if SYS_HAS_RENAMEAT2
	.renameat2 = f_renameat2,
#endif
	.fdopendir = f_fdopendir,
	.readdir = f_readdir,
	.closedir = f_closedir,
};
