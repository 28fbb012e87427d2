/* SPDX-License-Identifier: ISC */
/*
 * intake_flood.c - what is done with planted names when there are many.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "spool/director/intake_flood.h"
#include "spool/os/clock.h"
#include "spool/os/sys.h"
#include "spool/vis.h"

/* Names in bad/, up to just above what matters; a bad/ that cannot be read is full. */
static int
count_kept(int bad)
{
	int  fd = sys.openat(bad, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = -2;	/* . and .. */
	DIR *dir = fd != -1 ? sys.fdopendir(fd) : NULL;

	if (dir == NULL) {
		if (fd != -1)
			(void)sys.close(fd);
		return 2 * FLOOD_KEEP;
	}
	while (n < 2 * FLOOD_KEEP && sys.readdir(dir) != NULL)
		n++;
	(void)sys.closedir(dir);
	return n < 0 ? 0 : n;
}

int
flood_keeps(struct intake *in)
{
	if (in->flood.kept == -1)
		in->flood.kept = count_kept(in->spool->bad);
	if (in->flood.kept >= 2 * FLOOD_KEEP)
		return 0;
	in->flood.kept += 2;
	return 1;
}

void
flood_add(struct intake *in, const char *name, const struct pd_err *why, int is_removed)
{
	struct intake_flood *f = &in->flood;

	if (f->removed == 0 && f->stay == 0) {
		vis_encode(f->first, sizeof(f->first), name, strlen(name));
		(void)snprintf(f->why, sizeof(f->why), "%s", why->msg);
	}
	f->removed += is_removed;
	f->stay += !is_removed;
	f->stay_now += !is_removed;
}

static void
record(struct intake *in, const struct intake_flood *f)
{
	json_t	     *record = json_pack("{s:s s:{s:I s:I s:s s:s}}", "event", "bad-files", "what", "removed", (json_int_t)f->removed,
	    "stay", (json_int_t)f->stay, "first", f->first, "why", f->why);
	struct pd_err e;

	if (record == NULL)
		return;
	if (store_begin(in->admission.store, &e) == -1 || store_history_add(in->admission.store, record, &e) == -1 ||
	    store_commit(in->admission.store, &e) == -1) {
		store_rollback(in->admission.store);
		log_event(in->log, LOG_ERR, "history-failed", "why", e.msg, NULL);
	}
	json_decref(record);
}

void
flood_tell(struct intake *in, int now)
{
	struct intake_flood *f = &in->flood;
	char		     removed[24], stay[24];

	f->kept = -1;
	if ((f->removed == 0 && f->stay == 0) ||
	    (!now && f->told_ms != 0 && clock_mono_ms() - f->told_ms < FLOOD_TELL_MS))
		return;
	(void)snprintf(removed, sizeof(removed), "%lld", (long long)f->removed);
	(void)snprintf(stay, sizeof(stay), "%lld", (long long)f->stay);
	log_event(in->log, LOG_WARNING, "bad-files", "removed", removed, "stay", stay, "first", f->first, "why", f->why,
	    NULL);
	if (f->removed > 0)	/* those that stay are met again by each scan */
		record(in, f);
	f->removed = f->stay = 0;
	f->told_ms = clock_mono_ms();
}
