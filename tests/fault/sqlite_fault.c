/* SPDX-License-Identifier: ISC */
/*
 * sqlite_fault.c - SQLite's system calls, counted and failed in the same row.
 *
 * Most of them can be replaced by its VFS (sqlite3_vfs.xSetSystemCall).  fsync and fdatasync cannot: it calls them by name,
 * so the program has functions of these names, which the dynamic linker finds before the C library's.
 */
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stddef.h>
#include <unistd.h>

#include "tests/fault/plan.h"

#define PLAIN(call, what) (fault_meet(call) == FAULT_GO ? (what) : -1)

int
fsync(int fd)
{
	return PLAIN(CALL_SYNC, (int)syscall(SYS_fsync, fd));
}

int
fdatasync(int fd)
{
	return PLAIN(CALL_SYNC, (int)syscall(SYS_fdatasync, fd));
}

static int
q_open(const char *path, int flags, int mode)
{
	return PLAIN(CALL_OPEN, open(path, flags, mode));
}

static int
q_close(int fd)
{
	enum fault_verdict v = fault_meet(CALL_CLOSE);
	int		   error = errno, rv = close(fd);

	if (v == FAULT_GO)
		return rv;
	errno = error;
	return -1;
}

static int
q_fstat(int fd, struct stat *st)
{
	return PLAIN(CALL_STAT, fstat(fd, st));
}

static int
q_stat(const char *path, struct stat *st)
{
	return PLAIN(CALL_STAT, stat(path, st));
}

static int
q_ftruncate(int fd, off_t len)
{
	return PLAIN(CALL_TRUNCATE, ftruncate(fd, len));
}

static int
q_unlink(const char *path)
{
	return PLAIN(CALL_UNLINK, unlink(path));
}

static ssize_t
q_pread(int fd, void *buf, size_t len, off_t at)
{
	enum fault_verdict v = fault_meet(CALL_READ);

	return v == FAULT_FAIL ? -1 : pread(fd, buf, v == FAULT_HALF ? (len + 1) / 2 : len, at);
}

static ssize_t
q_read(int fd, void *buf, size_t len)
{
	enum fault_verdict v = fault_meet(CALL_READ);

	return v == FAULT_FAIL ? -1 : read(fd, buf, v == FAULT_HALF ? (len + 1) / 2 : len);
}

static ssize_t
q_pwrite(int fd, const void *buf, size_t len, off_t at)
{
	enum fault_verdict v = fault_meet(CALL_WRITE);
	ssize_t		   n;

	if (v != FAULT_HALF)
		return v == FAULT_FAIL ? -1 : pwrite(fd, buf, len, at);
	n = pwrite(fd, buf, (len + 1) / 2, at);
	fault_after_half();
	return n;
}

static ssize_t
q_write(int fd, const void *buf, size_t len)
{
	enum fault_verdict v = fault_meet(CALL_WRITE);
	ssize_t		   n;

	if (v != FAULT_HALF)
		return v == FAULT_FAIL ? -1 : write(fd, buf, len);
	n = write(fd, buf, (len + 1) / 2);
	fault_after_half();
	return n;
}

__attribute__((constructor)) static void
replace_calls(void)
{
	static const struct {
		const char	  *name;
		sqlite3_syscall_ptr call;
	} calls[] = {
		{ "open", (sqlite3_syscall_ptr)q_open }, { "close", (sqlite3_syscall_ptr)q_close },
		{ "fstat", (sqlite3_syscall_ptr)q_fstat }, { "stat", (sqlite3_syscall_ptr)q_stat },
		{ "ftruncate", (sqlite3_syscall_ptr)q_ftruncate }, { "unlink", (sqlite3_syscall_ptr)q_unlink },
		{ "read", (sqlite3_syscall_ptr)q_read }, { "pread", (sqlite3_syscall_ptr)q_pread },
		{ "pread64", (sqlite3_syscall_ptr)q_pread }, { "write", (sqlite3_syscall_ptr)q_write },
		{ "pwrite", (sqlite3_syscall_ptr)q_pwrite }, { "pwrite64", (sqlite3_syscall_ptr)q_pwrite },
	};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (size_t i = 0; vfs != NULL && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (vfs->xGetSystemCall(vfs, calls[i].name) != NULL)
			(void)vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call);
}
