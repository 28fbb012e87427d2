/* SPDX-License-Identifier: ISC */
/*
 * enqueue.c - a durable submit in the library beside the system calls that any durable queue needs.
 *
 *	bench-enqueue ROUNDS DIRECTORY
 *
 * A: drop_submit() of one job, which is encoded too.  B: create, write as many bytes, fsync, rename, fsync of
 * the directory, in the same file system.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "spool/drop.h"
#include "spool/os/clock.h"
#include "tests/bench/timing.h"

struct bench {
	struct spool s;
	struct job   job;
	int	     tmp, new;
	unsigned     n;
};

static void
fail(const char *what)
{
	fprintf(stderr, "bench-enqueue: %s\n", what);
	exit(1);
}

static double
ours(void *arg)
{
	struct bench *b = arg;
	struct pd_err e;
	double	      began = timing_now_ms();

	if (id_make(b->job.id, &e) == -1 || drop_submit(&b->s, &b->job, &e) == -1)
		fail(e.msg);
	return timing_now_ms() - began;
}

static double
bare(void *arg)
{
	struct bench *b = arg;
	char	      name[32], bytes[200] = { 0 };
	double	      began = timing_now_ms();
	int	      fd;

	(void)snprintf(name, sizeof(name), "bare-%u", b->n++);
	fd = openat(b->tmp, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fsync(fd) == -1 ||
	    renameat(b->tmp, name, b->new, name) == -1 || fsync(b->new) == -1 || close(fd) == -1)
		fail("bare submit");
	return timing_now_ms() - began;
}

static int
open_dir(const char *base, const char *name)
{
	char path[4096];
	int  fd;

	(void)snprintf(path, sizeof(path), "%s/%s", base, name);
	(void)mkdir(path, 0700);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		fail(path);
	return fd;
}

int
main(int argc, char **argv)
{
	struct bench  b = { .s = { .cur = -1, .done = -1, .bad = -1, .journal = -1, .log = -1, .syncable = 1, .gid = (gid_t)-1 } };
	size_t	      n = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;

	if (n < 2) {
		fprintf(stderr, "usage: bench-enqueue ROUNDS DIRECTORY\n");
		return 64;
	}
	(void)mkdir(argv[2], 0700);
	b.s.tmp = open_dir(argv[2], "tmp");
	b.s.new = open_dir(argv[2], "new");
	b.tmp = open_dir(argv[2], "bare-tmp");
	b.new = open_dir(argv[2], "bare-new");
	(void)strcpy(b.job.verb, "stop-vm");
	(void)strcpy(b.job.user, "alice");
	b.job.submitted_ms = clock_wall_ms();
	b.job.args = json_pack("{s:s s:b}", "name", "web1", "force", 1);
	for (int warm = 0; warm < 20; warm++) {
		(void)ours(&b);
		(void)bare(&b);
	}
	timing_compare(n, ours, bare, &b);
	json_decref(b.job.args);
	return 0;
}
