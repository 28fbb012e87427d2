/* SPDX-License-Identifier: ISC */
/*
 * sys.h - every system call on files that a promise rests on, as a table.
 *
 * Spool, journal, job logs and state go to the disk through sys.call().  The table is constant: a
 * program cannot change it while it runs.  tests/fault links its own one into the same programs, to
 * fail call number N or to end the process there, and to write down what a power cut may undo.
 *
 * What is not in it: sockets, pipes and processes (wire.h, worker_start.h), and reading configuration.
 */
#ifndef PD_SPOOL_OS_SYS_H
#define PD_SPOOL_OS_SYS_H

#include <sys/stat.h>
#include <sys/types.h>

#include <dirent.h>

/* Linux alone has a rename that does not replace (portable.c). */
#if defined(__linux__) && !defined(PD_PORTABLE)
#define SYS_HAS_RENAMEAT2 1
#else
#define SYS_HAS_RENAMEAT2 0
#endif

/* Each member is the call of its name: same arguments, same result, errno. */
struct sys_calls {
	int	       (*open)(const char *path, int flags, ...);
	int	       (*openat)(int dir, const char *name, int flags, ...);
	int	       (*close)(int fd);
	ssize_t	       (*read)(int fd, void *buf, size_t len);
	ssize_t	       (*pread)(int fd, void *buf, size_t len, off_t at);
	ssize_t	       (*write)(int fd, const void *buf, size_t len);
	ssize_t	       (*pwrite)(int fd, const void *buf, size_t len, off_t at);
	off_t	       (*lseek)(int fd, off_t at, int whence);
	int	       (*ftruncate)(int fd, off_t len);
	int	       (*fsync)(int fd);
	int	       (*fdatasync)(int fd);
	int	       (*fstat)(int fd, struct stat *st);
	int	       (*stat)(const char *path, struct stat *st);
	int	       (*fstatat)(int dir, const char *name, struct stat *st, int flags);
	int	       (*fchmod)(int fd, mode_t mode);
	int	       (*fchown)(int fd, uid_t uid, gid_t gid);
	int	       (*flock)(int fd, int how);
	int	       (*mkdir)(const char *path, mode_t mode);
	int	       (*mkdirat)(int dir, const char *name, mode_t mode);
	int	       (*linkat)(int from_dir, const char *from, int to_dir, const char *to, int flags);
	int	       (*unlinkat)(int dir, const char *name, int flags);
	int	       (*renameat)(int from_dir, const char *from, int to_dir, const char *to);
#if SYS_HAS_RENAMEAT2
	int	       (*renameat2)(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
#endif
	DIR	      *(*fdopendir)(int fd);
	struct dirent *(*readdir)(DIR *dir);
	int	       (*closedir)(DIR *dir);
};

extern const struct sys_calls sys;

#endif
