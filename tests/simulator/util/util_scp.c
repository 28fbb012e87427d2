/* SPDX-License-Identifier: ISC */
/*
 * scp -t and scp -f: the far end of the old scp protocol (scp -O, and every scp before OpenSSH
 * 9.0), for single regular files.  An HMC's users bring configuration data into their home so.
 * A record begins with T (times, ignored), C (a file: mode, size, name) or a word of the other
 * side's troubles; each is answered with a byte 0, or 1 and a line.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

#define FILE_MAX ((long long)256 * 1024 * 1024)

static int
complain(struct shell *sh, const char *path, int err)
{
	sim_out_printf(sh->out, "\001scp: %s: %s\n", path, strerror(err));
	shell_flush(sh);
	return 1;
}

static void
agree(struct shell *sh)
{
	sim_out_write(sh->out, "", 1);
	shell_flush(sh);
}

/* The answer of the other side: 0 when it goes on. */
static int
answer(struct shell *sh)
{
	char c;

	return stream_read(sh->in, &c, 1) == 1 && c == '\0' ? 0 : -1;
}

/* PATH, or PATH/NAME when it is a directory.  -1: too long, or the name is none. */
static int
place_of(struct shell *sh, const char *path, const char *name, char to[VFS_PATH_MAX])
{
	struct vfs_at at = shell_at(sh);
	struct stat st;
	int n;

	if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -1;
	if (vfs_stat(&at, path, &st) == 0 && S_ISDIR(st.st_mode))
		n = snprintf(to, VFS_PATH_MAX, "%s/%s", path, name);
	else
		n = snprintf(to, VFS_PATH_MAX, "%s", path);
	return n < 0 || n >= VFS_PATH_MAX ? -1 : 0;
}

/* As many bytes as were announced, into fd or nowhere; then the byte behind them. */
static int
take_bytes(struct shell *sh, int fd, long long size, int *err)
{
	char buf[16384];

	while (size > 0) {
		ssize_t n = stream_read(sh->in, buf, size < (long long)sizeof(buf) ? (size_t)size : sizeof(buf));

		if (n <= 0)
			return -1;
		if (fd != -1 && *err == 0 && write(fd, buf, (size_t)n) != n)
			*err = errno == 0 ? ENOSPC : errno;
		size -= n;
	}
	return answer(sh);
}

/* "C0644 12 name": takes that file. */
static int
take_file(struct shell *sh, const char *path, const char *record)
{
	struct vfs_at at = shell_at(sh);
	char to[VFS_PATH_MAX], *end;
	long mode = strtol(record + 1, &end, 8);
	long long size;
	int fd, err = 0;

	if (*end != ' ' || !isdigit((unsigned char)end[1]))
		return complain(sh, path, EINVAL);
	size = strtoll(end + 1, &end, 10);
	if (*end != ' ' || size < 0 || size > FILE_MAX || place_of(sh, path, end + 1, to) == -1)
		return complain(sh, path, EINVAL);
	fd = vfs_open(&at, to, O_WRONLY | O_CREAT | O_TRUNC, (mode_t)mode & 0777);
	if (fd == -1)
		return complain(sh, to, errno);
	agree(sh);
	if (take_bytes(sh, fd, size, &err) == -1) {
		(void)close(fd);
		return 1;
	}
	if (close(fd) == -1 && err == 0)
		err = errno;
	if (err != 0)
		return complain(sh, to, err);
	agree(sh);
	return 0;
}

static int
sink(struct shell *sh, const char *path)
{
	int status = 0;
	char *line = NULL;

	agree(sh);
	while (stream_getline(sh->in, &line) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == 'C')
			status |= take_file(sh, path, line);
		else if (line[0] == 'T')
			agree(sh);
		else
			status |= complain(sh, path, EINVAL);
		free(line);
		line = NULL;
	}
	free(line);
	return status;
}

static int
source(struct shell *sh, const char *path)
{
	struct vfs_at at = shell_at(sh);
	const char *name = strrchr(path, '/');
	int fd = vfs_open(&at, path, O_RDONLY, 0), rv = 1;
	char buf[16384];
	struct stat st;
	ssize_t n;

	if (answer(sh) == -1)
		goto out;
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		(void)complain(sh, path, fd == -1 ? errno : EINVAL);
		goto out;
	}
	sim_out_printf(sh->out, "C%04o %lld %s\n", (unsigned)st.st_mode & 0777, (long long)st.st_size,
	    name == NULL ? path : name + 1);
	shell_flush(sh);
	if (answer(sh) == -1)
		goto out;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		sim_out_write(sh->out, buf, (size_t)n);
		shell_flush(sh);
	}
	agree(sh);
	rv = n == 0 && answer(sh) == 0 ? 0 : 1;
out:
	if (fd != -1)
		(void)close(fd);
	return rv;
}

/* scp [-v -p -d -q] -t | -f PATH, as an scp elsewhere asks for it. */
int
util_scp(struct shell *sh, int argc, char **argv)
{
	bool to = false, from = false;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (argv[i][strspn(argv[i] + 1, "vpdqtf") + 1] != '\0')
			return complain(sh, argv[i], EINVAL);
		to = to || strchr(argv[i], 't') != NULL;
		from = from || strchr(argv[i], 'f') != NULL;
	}
	if (i != argc - 1 || to == from) {
		sim_out_puts(sh->err, "usage: scp [-pv] -t | -f file\n");
		return 1;
	}
	return to ? sink(sh, argv[i]) : source(sh, argv[i]);
}
