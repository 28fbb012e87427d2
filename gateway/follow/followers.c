/* SPDX-License-Identifier: ISC */
/*
 * followers.c - how many jobs one user, and all users together, may be following at a time.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/follow/followers.h"
#include "spool/drop.h"
#include "spool/job.h"
#include "spool/os/sys.h"

#define AGAIN_S	     15	/* followers leave when their jobs end */
#define WATCH_OF_JOB 8	/* woken at once; with many of them the job's own work would wait for the processor */
#define WATCH_OF_ALL 64	/* half of what an account has (fs.inotify.max_user_instances) */
/* Where their bytes are: above every limit that is configured, and within 31 bits for all jobs. */
#define WATCH_BASE   ((int64_t)1 << 30)
#define WATCH_JOBS   ((uint32_t)1 << 20)

/* Members of the spool group share the file of all users; nobody else reaches it. */
static int
open_slots(int dir, const char *name)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int	  fd = sys.openat(dir, name, flags);

	if (fd != -1 || errno != ENOENT)
		return fd;
	fd = sys.openat(dir, name, flags | O_CREAT | O_EXCL, 0660);
	if (fd == -1)
		return errno == EEXIST ? sys.openat(dir, name, flags) : -1;
	(void)sys.fchmod(fd, 0660);	/* whatever the umask is */
	return fd;
}

/* 1 = one of the n bytes from `from` on is ours now, 0 = others have them all, -1 = it cannot be known. */
static int
lock_one(int fd, int64_t from, int64_t n)
{
	int64_t first = (int64_t)getpid() % n;	/* not all of them try the same ones */

	for (int64_t i = 0; i < n; i++) {
		struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)(from + (first + i) % n), .l_len = 1 };

		if (fcntl(fd, F_SETLK, &l) == 0)
			return 1;
		if (errno != EACCES && errno != EAGAIN)
			return -1;
	}
	return 0;
}

static int
take(int dir, const char *name, int64_t limit, const char *who, int *slot, struct pd_err *e)
{
	if (limit <= 0 || (*slot = open_slots(dir, name)) == -1 || lock_one(*slot, 0, limit) != 0)
		return 0;
	return pd_fail_wait(e, PD_BUSY, AGAIN_S,
	    "%s %lld jobs already, %lld are allowed at a time; leave one, or use --detach", who, (long long)limit,
	    (long long)limit);
}

int
follower_begin(struct follower *f, const struct pd_conf *conf, const char *user, struct pd_err *e)
{
	char	     name[sizeof("follow.") + JOB_USER_MAX];
	struct spool s;
	int	     rv;

	f->of_user = f->of_all = -1;
	if (spool_open_for_drop(&s, conf->spool, NULL) == -1)
		return 0;	/* who follows will say what is wrong with it */
	(void)snprintf(name, sizeof(name), "follow.%s", user);
	rv = take(s.tmp, name, conf->followers_per_user, "you follow", &f->of_user, e);
	if (rv == 0)
		rv = take(s.tmp, "follow-all", conf->followers_total, "all users together follow", &f->of_all, e);
	spool_close(&s);
	if (rv == -1)
		follower_end(f);
	return rv;
}

void
follower_end(struct follower *f)
{
	if (f->of_user != -1)
		(void)close(f->of_user);
	if (f->of_all != -1)
		(void)close(f->of_all);
	f->of_user = f->of_all = -1;
}

/* Two jobs with the same number share their places; that costs one of their followers a look more. */
static uint32_t
number_of(const char *id)
{
	uint32_t n = 2166136261u;	/* FNV-1a: ids of a batch differ in their last characters */

	for (; *id != '\0'; id++)
		n = (n ^ (unsigned char)*id) * 16777619u;
	return (n ^ n >> 20) % WATCH_JOBS;
}

int
follower_may_watch(const struct follower *f, const char *id)
{
	if (f->of_all == -1)
		return 1;	/* nobody is counted */
	if (lock_one(f->of_all, WATCH_BASE, WATCH_OF_ALL) == 0)
		return 0;
	if (lock_one(f->of_all, WATCH_BASE + WATCH_OF_ALL + (int64_t)number_of(id) * WATCH_OF_JOB, WATCH_OF_JOB) != 0)
		return 1;
	follower_leave(f);
	return 0;
}

void
follower_leave(const struct follower *f)
{
	struct flock l = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = (off_t)WATCH_BASE };	/* and all behind it */

	if (f->of_all != -1)
		(void)fcntl(f->of_all, F_SETLK, &l);
}
