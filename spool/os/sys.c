/* SPDX-License-Identifier: ISC */
/*
 * sys.c - the calls themselves.
 */
#include <sys/file.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "spool/os/sys.h"

const struct sys_calls sys = {
	.open = open,
	.openat = openat,
	.close = close,
	.read = read,
	.pread = pread,
	.write = write,
	.pwrite = pwrite,
	.lseek = lseek,
	.ftruncate = ftruncate,
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
	.linkat = linkat,
	.unlinkat = unlinkat,
	.renameat = renameat,
#if SYS_HAS_RENAMEAT2
	.renameat2 = renameat2,
#endif
	.fdopendir = fdopendir,
	.readdir = readdir,
	.closedir = closedir,
};
