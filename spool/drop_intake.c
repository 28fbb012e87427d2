/* SPDX-License-Identifier: ISC */
/*
 * drop_intake.c - the director's end of the drop directory: read, claim, finish, reject, sweep.
 *
 * Everything in tmp/ and new/ may have been planted by whoever got hold of the spool group: links,
 * fifos, devices, directories, huge files, files that change while they are read.  Judgement is on
 * the open descriptor, nothing blocks, the bytes are copied once and only the copy is believed.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spool/digest.h"
#include "spool/drop.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"
#include "spool/vis.h"

/* Where renames that do not replace are made of link and unlink, a file has two names for a moment. */
#define LINK_TRIES    5
#define LINK_PAUSE_NS 1000000

#define SWEEP_SHARE 2000	/* names of one call of drop_sweep(): some 10 ms */
#define NAME_TEXT (4 * 64)	/* a file name in a message: what fits, escaped */

static int
open_dropped(int dirfd, const char *name, struct pd_err *e)
{
	struct stat st;
	int	    fd;

	/* Looked at first: opening a device node can have effects of its own (a tape rewinds). */
	if (sys.fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : PD_IO, "stat job file %s", name);
	if (!S_ISREG(st.st_mode))
		return pd_fail(e, PD_BADDATA, "job file %s is not a regular file", name);
	fd = sys.openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : errno == EACCES || errno == ELOOP ? PD_BADDATA :
		    PD_IO, "open job file %s", name);
	return fd;
}

static int
stat_settled(int fd, struct stat *st)
{
	const struct timespec pause = { 0, LINK_PAUSE_NS };

	for (int i = 0; i < LINK_TRIES; i++) {
		if (sys.fstat(fd, st) == -1)
			return -1;
		if (st->st_nlink != 2)
			break;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

static int
check_file(const char *name, const struct stat *st, gid_t gid, struct pd_err *e)
{
	mode_t mode = gid == (gid_t)-1 ? 0600 : 0640;

	if (!S_ISREG(st->st_mode))
		return pd_fail(e, PD_BADDATA, "job file %s is not a regular file", name);
	if (st->st_nlink != 1)
		return pd_fail(e, PD_BADDATA, "job file %s has %lu names, must have one", name,
		    (unsigned long)st->st_nlink);
	if ((st->st_mode & 07777) != mode)
		return pd_fail(e, PD_BADDATA, "job file %s has mode %04o, must have %04o", name,
		    (unsigned)st->st_mode & 07777, (unsigned)mode);
	if (gid != (gid_t)-1 && st->st_gid != gid)
		return pd_fail(e, PD_BADDATA, "job file %s has group %ld, must have group %ld", name,
		    (long)st->st_gid, (long)gid);
	if (st->st_size <= 0 || st->st_size > BATCH_FILE_MAX)
		return pd_fail(e, PD_BADDATA, "job file %s has %lld bytes, must have 1 to %d", name,
		    (long long)st->st_size, BATCH_FILE_MAX);
	return 0;
}

void
dropped_clear(struct dropped *d)
{
	batch_free(d->jobs, d->n);
	d->jobs = NULL;
	d->n = 0;
}

static int
decode(const char *name, const unsigned char *buf, size_t len, struct dropped *d, struct pd_err *e)
{
	if (digest_text(buf, len, d->digest, e) == -1 || batch_decode(buf, len, &d->jobs, &d->n, e) == -1)
		return -1;
	if (strcmp(d->jobs[0].id, name) == 0)
		return 0;
	pd_fail(e, PD_BADDATA, "job file %s holds the job %s", name, d->jobs[0].id);
	dropped_clear(d);
	return -1;
}

static int
read_dropped(int fd, const char *name, gid_t gid, struct dropped *d, struct pd_err *e)
{
	struct stat    st;
	unsigned char *buf;
	size_t	       len;
	int	       got, rv = -1;

	if (stat_settled(fd, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat job file %s", name);
	if (check_file(name, &st, gid, e) == -1)
		return -1;
	d->owner = st.st_uid;
	len = (size_t)st.st_size;
	buf = malloc(len);
	if (buf == NULL)
		return pd_fail_sys(e, PD_IO, "read job file %s", name);
	got = io_read_all(fd, buf, len);
	if (got == 1)
		rv = decode(name, buf, len, d, e);
	else if (got == 0 || errno == EPIPE)
		pd_fail(e, PD_BADDATA, "job file %s was cut while it was read", name);
	else
		pd_fail_sys(e, PD_IO, "read job file %s", name);
	free(buf);
	return rv;
}

int
drop_read(int dirfd, const char *name, gid_t gid, struct dropped *d, struct pd_err *e)
{
	char text[NAME_TEXT];
	int  fd, rv;

	memset(d, 0, sizeof(*d));
	if (!id_is_valid(name))
		return pd_fail(e, PD_BADDATA, "the file name %s is not a job id",
		    vis_encode(text, sizeof(text), name, strlen(name)));
	fd = open_dropped(dirfd, name, e);
	if (fd == -1)
		return -1;
	rv = read_dropped(fd, name, gid, d, e);
	(void)sys.close(fd);
	return rv;
}

static int
move(int fromfd, int tofd, const char *id, const char *where, struct pd_err *e)
{
	if (!id_is_valid(id))
		return pd_fail(e, PD_BUG, "a job file without a job id is not moved to %s", where);
	if (port_rename_noreplace(fromfd, id, tofd, id) == 0)
		return 0;
	return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : errno == EEXIST ? PD_CONFLICT :
	    errno == ENOSPC || errno == EDQUOT ? PD_NOSPACE : PD_IO, "move job file %s to %s", id, where);
}

int
drop_claim(const struct spool *s, const char *id, struct pd_err *e)
{
	/* Not synced: the job's row is durable, and a file that a power loss puts back into new/ meets it there. */
	return move(s->new, s->cur, id, "cur", e);
}

int
drop_withdraw(const struct spool *s, const char *id, struct pd_err *e)
{
	if (!id_is_valid(id))
		return pd_fail(e, PD_BUG, "a job file without a job id is not withdrawn");
	if (sys.unlinkat(s->new, id, 0) == -1)
		return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : PD_IO, "withdraw job file %s", id);
	/* Otherwise a power loss could bring back a job whose user was told to try later. */
	if (sys.fsync(s->new) == -1)
		return pd_fail_sys(e, PD_IO, "make the withdrawal of job file %s durable", id);
	return 0;
}

int
drop_finish(const struct spool *s, const char *id, struct pd_err *e)
{
	/* Not synced: a finished job that is still in cur/ after a crash is moved again. */
	return move(s->cur, s->done, id, "done", e);
}

int
drop_taken_apart(const struct spool *s, int fromfd, const char *id, struct pd_err *e)
{
	/* Not synced: a batch that comes back after a power loss meets the rows of its jobs. */
	return move(fromfd, s->done, id, "done", e);
}

static int
write_reason(const struct spool *s, const char *id, const char *name, const char *reason, struct pd_err *e)
{
	char file[JOB_ID_LEN + sizeof(".reason")], time[CLOCK_TEXT_LEN], shown[NAME_TEXT], why[1024];
	char text[sizeof(shown) + sizeof(why) + 64];
	int  fd, rv;

	(void)snprintf(file, sizeof(file), "%s.reason", id);
	fd = sys.openat(s->bad, file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return pd_fail_sys(e, PD_IO, "create bad/%s", file);
	(void)snprintf(text, sizeof(text), "time=%s\nname=%s\nreason=%s\n", clock_text(time, clock_wall_ms()),
	    vis_encode(shown, sizeof(shown), name, strlen(name)),
	    vis_encode(why, sizeof(why), reason, strlen(reason)));
	rv = io_write_all(fd, text, strlen(text));
	if (rv == -1)
		pd_fail_sys(e, PD_IO, "write bad/%s", file);
	(void)sys.close(fd);
	return rv;
}

int
drop_reject(const struct spool *s, int fromfd, const char *name, const char *reason, struct pd_err *e)
{
	char id[JOB_ID_LEN + 1], shown[NAME_TEXT];
	int  rv;

	if (id_is_valid(name)) {
		memcpy(id, name, sizeof(id));
		rv = port_rename_noreplace(fromfd, name, s->bad, id);
	} else {
		rv = -1;
		errno = EEXIST;
	}
	if (rv == -1 && errno == EEXIST) {	/* taken by an earlier one, or no id: a fresh one */
		if (id_make(id, e) == -1)
			return -1;
		rv = port_rename_noreplace(fromfd, name, s->bad, id);
	}
	if (rv == -1)
		return pd_fail_sys(e, errno == ENOENT ? PD_NOTFOUND : PD_IO, "move %s to bad",
		    vis_encode(shown, sizeof(shown), name, strlen(name)));
	return write_reason(s, id, name, reason, e);
}

int
drop_remove(int fromfd, const char *name, struct pd_err *e)
{
	char shown[NAME_TEXT];

	if (sys.unlinkat(fromfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if ((errno == EISDIR || errno == EPERM) && sys.unlinkat(fromfd, name, AT_REMOVEDIR) == 0)
		return 0;
	return pd_fail_sys(e, PD_IO, "remove %s", vis_encode(shown, sizeof(shown), name, strlen(name)));
}

/* By the time of the last change, which its owner cannot set into the future.  1 = it is gone. */
static int
sweep_one(int dirfd, const char *name, time_t before)
{
	struct stat   st;
	struct pd_err ignored;

	if (sys.fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT;
	/* The locks of those who follow jobs (gateway/follow/followers.h): taken anew, they would count from none. */
	if (strncmp(name, "follow", 6) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
		return 0;
	/* A planted directory that is not empty stays; nothing ever looks into tmp/. */
	return st.st_ctime < before && drop_remove(dirfd, name, &ignored) == 0;
}

void
drop_sweep_end(struct drop_sweep *w)
{
	if (w->dir != NULL)
		(void)sys.closedir(w->dir);
	w->dir = NULL;
}

static int
begin_sweep(const struct spool *s, struct drop_sweep *w, struct pd_err *e)
{
	int fd = sys.openat(s->tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);	/* a file position of its own */

	w->left = 0;
	if (fd != -1 && (w->dir = sys.fdopendir(fd)) != NULL)
		return 0;
	pd_fail_sys(e, PD_IO, "list the spool directory tmp");
	if (fd != -1)
		(void)sys.close(fd);
	return -1;
}

int
drop_sweep(const struct spool *s, struct drop_sweep *w, int age_s, struct pd_err *e)
{
	time_t	       before = (time_t)(clock_wall_ms() / 1000) - age_s;
	struct dirent *entry;

	if (w->dir == NULL && begin_sweep(s, w, e) == -1)
		return -1;
	for (int i = 0; i < SWEEP_SHARE; i++) {
		if ((entry = sys.readdir(w->dir)) == NULL) {
			drop_sweep_end(w);
			return 0;
		}
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			w->left += !sweep_one(s->tmp, entry->d_name, before);
	}
	return 1;
}
