/* SPDX-License-Identifier: ISC */
/*
 * spool_dirs.c - the directories of the spool: opened once, checked once, on descriptors.
 *
 *		with a spool group		without one (service account alone)
 *	SPOOL	0710, group's			0700	(any mode will do that others cannot write)
 *	tmp	03730, group's			0700
 *	new	03730, group's			0700
 *	cur	0700				0700
 *	done	0700				0700
 *	bad	0700				0700
 *	journal	0700				0700
 *	log	02750, group's			0700
 *
 * 03730: members of the group create and search but cannot list; sticky, so nobody renames or
 * removes another's file; set-group-id, so files belong to the group.  All belong to the director.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/drop.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"

#define SHARED 1	/* the spool group's */

static const struct dir {
	const char *name;
	mode_t	    mode;	/* with a spool group */
	int	    flags;
	size_t	    slot;	/* where in struct spool */
} dirs[] = {
	{ "tmp", 03730, SHARED, offsetof(struct spool, tmp) },
	{ "new", 03730, SHARED, offsetof(struct spool, new) },
	{ "cur", 0700, 0, offsetof(struct spool, cur) },
	{ "done", 0700, 0, offsetof(struct spool, done) },
	{ "bad", 0700, 0, offsetof(struct spool, bad) },
	{ "journal", 0700, 0, offsetof(struct spool, journal) },
	{ "log", 02750, SHARED, offsetof(struct spool, log) },
};
#define NDIRS (sizeof(dirs) / sizeof(dirs[0]))

static int *
slot_of(struct spool *s, const struct dir *d)
{
	return (int *)((char *)s + d->slot);
}

static void
clear(struct spool *s)
{
	s->syncable = 0;
	s->log_max = 0;
	s->gid = (gid_t)-1;
	for (size_t i = 0; i < NDIRS; i++)
		*slot_of(s, &dirs[i]) = -1;
}

void
spool_close(struct spool *s)
{
	for (size_t i = 0; i < NDIRS; i++)
		if (*slot_of(s, &dirs[i]) != -1)
			(void)sys.close(*slot_of(s, &dirs[i]));
	clear(s);
}

/* For reading where that is allowed, otherwise for searching. */
static int
open_for_drop(const char *path, const char *name, int *readable, struct pd_err *e)
{
	char full[PATH_MAX];
	int  fd;

	if (snprintf(full, sizeof(full), "%s/%s", path, name) >= (int)sizeof(full))
		return pd_fail(e, PD_BADDATA, "the path of the spool directory is too long");
	fd = sys.open(full, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	*readable = fd != -1;
	if (fd == -1 && errno == EACCES)
		fd = port_open_search(full);
	if (fd == -1)
		return pd_fail_sys(e, PD_IO, "open spool directory %s", full);
	return fd;
}

int
spool_open_for_drop(struct spool *s, const char *path, struct pd_err *e)
{
	struct stat st;
	int	    ignored;

	clear(s);
	if ((s->tmp = open_for_drop(path, "tmp", &ignored, e)) == -1 ||
	    (s->new = open_for_drop(path, "new", &s->syncable, e)) == -1 ||
	    (s->log = open_for_drop(path, "log", &ignored, e)) == -1) {
		spool_close(s);
		return -1;
	}
	if (sys.fstat(s->tmp, &st) == -1) {
		pd_fail_sys(e, PD_IO, "stat spool directory %s/tmp", path);
		spool_close(s);
		return -1;
	}
	if ((st.st_mode & (S_ISGID | S_IWGRP)) == (S_ISGID | S_IWGRP))
		s->gid = st.st_gid;
	return 0;
}

/* What a directory must be.  fd is open, st is its state. */
static int
check(const char *path, const struct dir *d, const struct stat *st, gid_t gid, struct pd_err *e)
{
	mode_t mode = gid == (gid_t)-1 ? 0700 : d->mode;

	if (st->st_uid != geteuid())
		return pd_fail(e, PD_DENIED,
		    "spool directory %s/%s belongs to uid %ld, must belong to uid %ld (the director's)", path, d->name,
		    (long)st->st_uid, (long)geteuid());
	if (gid != (gid_t)-1 && (d->flags & SHARED) != 0 && st->st_gid != gid)
		return pd_fail(e, PD_DENIED,
		    "spool directory %s/%s has group %ld, must have group %ld (the spool group)", path, d->name,
		    (long)st->st_gid, (long)gid);
	if ((st->st_mode & 07777) != mode)
		return pd_fail(e, PD_DENIED, "spool directory %s/%s has mode %04o, must have %04o", path, d->name,
		    (unsigned)st->st_mode & 07777, (unsigned)mode);
	return 0;
}

/* Only on a directory that this process has just made. */
static int
set_mode(int fd, mode_t mode, gid_t gid)
{
	if (gid != (gid_t)-1 && sys.fchown(fd, (uid_t)-1, gid) == -1)
		return -1;
	return sys.fchmod(fd, mode);	/* after fchown, which clears set-group-id */
}

static int
open_checked(int root, const char *path, const struct dir *d, gid_t gid, int make, struct pd_err *e)
{
	struct stat st;
	int	    fd, made = 0;

	if (make) {
		made = sys.mkdirat(root, d->name, 0700) == 0;
		if (!made && errno != EEXIST)
			return pd_fail_sys(e, PD_IO, "make spool directory %s/%s", path, d->name);
	}
	fd = sys.openat(root, d->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && (errno == ENOTDIR || errno == ELOOP))
		return pd_fail(e, PD_DENIED, "spool directory %s/%s is a link or a file, must be a directory", path, d->name);
	if (fd == -1)
		return pd_fail_sys(e, errno == EACCES ? PD_DENIED : PD_IO, "open spool directory %s/%s", path, d->name);
	if (made && gid != (gid_t)-1 && set_mode(fd, d->mode, d->flags & SHARED ? gid : (gid_t)-1) == -1)
		pd_fail_sys(e, PD_IO, "set group and mode of spool directory %s/%s", path, d->name);
	else if (sys.fstat(fd, &st) == -1)
		pd_fail_sys(e, PD_IO, "stat spool directory %s/%s", path, d->name);
	else if (check(path, d, &st, gid, e) == 0)
		return fd;
	(void)sys.close(fd);
	return -1;
}

/* SPOOL itself: nobody else may exchange what is below. */
static int
open_root(const char *path, gid_t gid, int make, struct pd_err *e)
{
	struct stat st;
	int	    fd, made = make && sys.mkdir(path, 0700) == 0;

	fd = io_open_dir(path, e);
	if (fd == -1)
		return -1;
	if (made && gid != (gid_t)-1 && set_mode(fd, 0710, gid) == -1)
		pd_fail_sys(e, PD_IO, "set group and mode of spool directory %s", path);
	else if (sys.fstat(fd, &st) == -1)
		pd_fail_sys(e, PD_IO, "stat spool directory %s", path);
	else if (st.st_uid != geteuid() && st.st_uid != 0)
		pd_fail(e, PD_DENIED, "spool directory %s belongs to uid %ld, must belong to uid %ld or to root", path,
		    (long)st.st_uid, (long)geteuid());
	else if ((st.st_mode & 022) != 0)
		pd_fail(e, PD_DENIED, "spool directory %s has mode %04o: others must not write there", path,
		    (unsigned)st.st_mode & 07777);
	else
		return fd;
	(void)sys.close(fd);
	return -1;
}

int
spool_open_for_director(struct spool *s, const char *path, gid_t gid, int make, struct pd_err *e)
{
	int root, rv = 0;

	clear(s);
	root = open_root(path, gid, make, e);
	if (root == -1)
		return -1;
	for (size_t i = 0; i < NDIRS && rv == 0; i++) {
		*slot_of(s, &dirs[i]) = open_checked(root, path, &dirs[i], gid, make, e);
		rv = *slot_of(s, &dirs[i]) == -1 ? -1 : 0;
	}
	/* Names of directories that were just made are durable before a job relies on them. */
	if (rv == 0 && make && sys.fsync(root) == -1)
		rv = pd_fail_sys(e, PD_IO, "make spool directory %s durable", path);
	(void)sys.close(root);
	if (rv == -1)
		spool_close(s);
	s->gid = rv == 0 ? gid : (gid_t)-1;
	s->syncable = rv == 0;
	return rv;
}
