/* SPDX-License-Identifier: ISC */
/*
 * intake_scan.c - looking through new/ or cur/ for job files.
 *
 * Whoever may drop a job may also plant a million names that are none.  So a scan stops after
 * INTAKE_SLICE_MS and goes on from there in the next round, behind whoever asks on the sockets; it remembers the ids
 * that it has read and not yet taken, and nothing of other names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "spool/director/intake.h"
#include "spool/director/intake_flood.h"
#include "spool/os/clock.h"
#include "spool/os/sys.h"

#define LOOK_AT_CLOCK 64	/* names between two looks */

int
intake_scan_goes_on(const struct intake *in)
{
	return in->scan.dir != NULL;
}

void
intake_scan_end(struct intake *in)
{
	if (in->scan.dir != NULL)
		(void)sys.closedir(in->scan.dir);
	free(in->scan.ids);
	memset(&in->scan, 0, sizeof(in->scan));
}

static int
begin(struct intake *in, int dirfd, struct pd_err *e)
{
	struct intake_scan *s = &in->scan;
	int		    fd;

	intake_scan_end(in);
	if ((s->ids = malloc(SPOOL_MAX_PENDING * sizeof(*s->ids))) == NULL)
		return pd_fail_sys(e, PD_IO, "list a spool directory");
	fd = sys.openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && (s->dir = sys.fdopendir(fd)) != NULL) {
		s->of = dirfd;
		in->flood.stay_now = 0;
		return 0;
	}
	pd_fail_sys(e, PD_IO, "list a spool directory");
	if (fd != -1)
		(void)sys.close(fd);
	intake_scan_end(in);
	return -1;
}

/* As intake_take(); the rows are for those who follow, not for us. */
static int
take(struct intake *in, const char *name, int *taken, struct pd_err *e)
{
	struct taken t;

	if (intake_take(in, in->scan.of, name, &t, e) == 0) {
		*taken += (int)t.n;
		taken_clear(&t);
		return 0;
	}
	return e->code == PD_IO || e->code == PD_NOSPACE ? -1 : 0;	/* a planted name is dealt with, and no job */
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(a, b);
}

/*
 * The next names: ids are kept and sorted, they sort by time, so that is first come, first served; others are refused
 * as they come. 0 = go on with what is there; 1 = the directory has no more.
 */
static int
read_names(struct intake *in, int64_t end_ms, struct pd_err *e)
{
	struct intake_scan *s = &in->scan;
	struct dirent	   *entry = NULL;
	int		    ignored = 0, rv = 0;

	s->next = s->n = 0;
	errno = 0;
	for (size_t i = 1; rv == 0 && s->n < SPOOL_MAX_PENDING && (entry = sys.readdir(s->dir)) != NULL; i++) {
		if (id_is_valid(entry->d_name))
			memcpy(s->ids[s->n++], entry->d_name, sizeof(s->ids[0]));
		else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rv = take(in, entry->d_name, &ignored, e);
		if (i % LOOK_AT_CLOCK == 0 && clock_mono_ms() >= end_ms)
			break;
		errno = 0;
	}
	if (rv == 0 && entry == NULL && errno != 0)
		rv = pd_fail_sys(e, PD_IO, "list a spool directory");
	if (s->n > 0)
		qsort(s->ids, s->n, sizeof(s->ids[0]), by_id);
	return rv == -1 ? -1 : entry == NULL && s->n == 0;
}

int
intake_scan(struct intake *in, int dirfd, int limit, struct pd_err *e)
{
	struct intake_scan *s = &in->scan;
	int64_t		    end_ms = clock_mono_ms() + INTAKE_SLICE_MS;
	int		    taken = 0, rv = 0;

	if ((s->dir == NULL || s->of != dirfd) && begin(in, dirfd, e) == -1)
		return -1;
	while (rv == 0 && taken < limit) {
		rv = s->next < s->n ? take(in, s->ids[s->next++], &taken, e) : read_names(in, end_ms, e);
		if (clock_mono_ms() >= end_ms)
			break;
	}
	if (rv != 0) {	/* at its end, or it begins anew when our disk has room again */
		intake_scan_end(in);
		flood_tell(in, 0);
	}
	return rv == -1 ? -1 : taken;
}
