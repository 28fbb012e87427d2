/* SPDX-License-Identifier: ISC */
/*
 * io.c - whole reads and writes on descriptors, and opening what may be hostile.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/os/io.h"
#include "spool/os/sys.h"

int
io_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t	    n;

	while (len > 0) {
		n = sys.write(fd, p, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
io_read_all(int fd, void *buf, size_t len)
{
	char   *p = buf;
	size_t	got = 0;
	ssize_t n;

	while (got < len) {
		n = sys.read(fd, p + got, len - got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0) {
			errno = EPIPE;
			return got == 0 ? 0 : -1;
		}
		got += (size_t)n;
	}
	return 1;
}

static int
read_open_file(int fd, const char *name, size_t max, char **buf, size_t *len, struct pd_err *e)
{
	struct stat st;

	if (sys.fstat(fd, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat %s", name);
	if (!S_ISREG(st.st_mode))
		return pd_fail(e, PD_BADDATA, "%s is not a regular file", name);
	if ((size_t)st.st_size > max)
		return pd_fail(e, PD_BADDATA, "%s has %lld bytes, at most %zu are allowed", name,
		    (long long)st.st_size, max);
	*len = (size_t)st.st_size;
	*buf = malloc(*len + 1);
	if (*buf == NULL)
		return pd_fail_sys(e, PD_IO, "read %s", name);
	if (*len > 0 && io_read_all(fd, *buf, *len) != 1) {
		free(*buf);
		*buf = NULL;
		return pd_fail_sys(e, PD_IO, "read %s", name);
	}
	(*buf)[*len] = '\0';
	return 0;
}

int
io_read_file(int dirfd, const char *name, size_t max, char **buf, size_t *len, struct pd_err *e)
{
	int fd, rv;

	/* O_NONBLOCK: a planted fifo opens at once instead of blocking us for ever. */
	fd = sys.openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : PD_IO, "open %s", name);
	rv = read_open_file(fd, name, max, buf, len, e);
	(void)sys.close(fd);
	return rv;
}

int
io_open_dir(const char *path, struct pd_err *e)
{
	int fd = sys.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return pd_fail_sys(e, PD_IO, "open directory %s", path);
	return fd;
}

int
io_make_dir(const char *path, mode_t mode, struct pd_err *e)
{
	struct stat st;

	if (sys.mkdir(path, mode) == 0)
		return 0;
	if (errno == EEXIST && sys.stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = ENOTDIR;
	}
	return pd_fail_sys(e, PD_IO, "make directory %s", path);
}
