/* SPDX-License-Identifier: ISC */
/*
 * drop_submit.c - the gateway's end of the drop directory: one job, durable, all or nothing.
 *
 * The order is the promise (P1, P2): create tmp/ID exclusively, write, fsync the file, rename it
 * into new/ without replacing, fsync new/.  Data before name, because a rename is not ordered after
 * the data it names.  In the setgid form this program may not open new/: then the file is fsynced
 * again, which makes the name durable where the file system journals names in order (ext4, xfs,
 * jfs2), and "accepted" is what the director says after its own intake.  A sync that failed is never
 * tried again: the kernel may have dropped the page, and the second call would succeed.
 *
 * The name's sync is drop_settle(), which a gateway leaves out when the director has said that the job is
 * durable in its store: then nothing depends on the name any more.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/drop.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"

static enum pd_code
code_of_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? PD_NOSPACE : PD_IO;
}

static int
write_file(int fd, mode_t mode, const void *buf, size_t len)
{
	/* Not left to the umask: it may be hostile, and the director demands the exact mode. */
	return sys.fchmod(fd, mode) == -1 || io_write_all(fd, buf, len) == -1 || sys.fsync(fd) == -1 ? -1 : 0;
}

static int
publish(const struct spool *s, const char *id, const void *buf, size_t len, int *out, struct pd_err *e)
{
	mode_t mode = s->gid == (gid_t)-1 ? 0600 : 0640;
	int    fd = -1, created = 0, rv = -1;

	fd = sys.openat(s->tmp, id, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1) {
		pd_fail_sys(e, code_of_errno(), "create job file %s", id);
		goto out;	/* created stays 0: a file that was there before is not ours to remove */
	}
	created = 1;
	if (write_file(fd, mode, buf, len) == -1) {
		pd_fail_sys(e, code_of_errno(), "write job file %s", id);
		goto out;
	}
	if (port_rename_noreplace(s->tmp, id, s->new, id) == -1) {
		pd_fail_sys(e, code_of_errno(), "publish job file %s", id);
		goto out;
	}
	created = 0;	/* from here on the file is the director's */
	*out = fd;
	fd = -1;
	rv = 0;
out:
	if (fd != -1)
		(void)sys.close(fd);	/* everything is synced, or has failed already */
	if (created)
		(void)sys.unlinkat(s->tmp, id, 0);
	return rv;
}

int
drop_put(const struct spool *s, const struct job *jobs, size_t n, int *fd, struct pd_err *e)
{
	unsigned char *buf;
	size_t	       len;
	int	       rv;

	*fd = -1;
	if (batch_encode(jobs, n, &buf, &len, e) == -1)
		return -1;
	rv = publish(s, jobs[0].id, buf, len, fd, e);
	free(buf);
	return rv;
}

int
drop_settle(const struct spool *s, int fd, const char *id, struct pd_err *e)
{
	if (sys.fsync(s->syncable ? s->new : fd) == -1)
		return pd_fail_sys(e, PD_UNKNOWN, "make job %s durable; it may run, ask with: show-job %s", id, id);
	return 0;
}

int
drop_submit(const struct spool *s, const struct job *job, struct pd_err *e)
{
	int fd, rv;

	if (drop_put(s, job, 1, &fd, e) == -1)
		return -1;
	rv = drop_settle(s, fd, job->id, e);
	(void)sys.close(fd);
	return rv;
}
