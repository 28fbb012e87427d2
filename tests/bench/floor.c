/* SPDX-License-Identifier: ISC */
/*
 * floor.c - the least that a program can do which hands in something durable and ends.
 *
 *	bench-floor DIRECTORY
 *
 * Create, write, fsync, rename, fsync of the directory; no library but libc, nobody is asked.  What a submit costs beside it is identity, PAM, policy,
 * and a director that admits the job in a transaction of its own before it is called accepted.  (Debian's at, the peer of that row,
 * makes nothing durable: it has no sync at all.)
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	char name[32], bytes[200] = { 0 };
	int  dir, tmp, new, fd;

	if (argc != 2) {
		fprintf(stderr, "usage: bench-floor DIRECTORY\n");
		return 64;
	}
	(void)mkdir(argv[1], 0700);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return 66;
	(void)mkdirat(dir, "tmp", 0700);
	(void)mkdirat(dir, "new", 0700);
	tmp = openat(dir, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	new = openat(dir, "new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(name, sizeof(name), "%ld", (long)getpid());
	fd = tmp != -1 && new != -1 ? openat(tmp, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	if (fd == -1 || write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fsync(fd) == -1 || renameat(tmp, name, new, name) == -1 ||
	    fsync(new) == -1 || close(fd) == -1)
		return 74;
	return 0;
}
