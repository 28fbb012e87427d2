/* SPDX-License-Identifier: ISC */
/*
 * disk.c - the director and its disks: looked at, told about, and a reserve on each for when they are full (P7).
 *
 * The reserve is a file of real blocks, SPOOL/journal/reserve and STATE/reserve.  It is removed when a file system comes to its last
 * percent, or when somebody could not write: that is the room in which running jobs write their journals to the
 * end, and the database their results.  It is made again when there is room for it above the level at which new jobs are refused.
 *
 * While a reserve is spent and the file system has not recovered, no job begins but those that have begun already: they
 * are who it was kept for.
 *
 * Looking costs one system call per file system and no wake-up: it goes with the scan of new/, with each start of a job, with a
 * gateway that had to refuse and with a worker that could not write.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/verbs.h"
#include "policy/policy.h"
#include "spool/director/director.h"
#include "spool/os/clock.h"
#include "spool/os/sys.h"
#include "spool/query/query.h"

#define RESERVE "reserve"
#define MIB	(1024 * 1024)

static void
tell(struct director *d, const struct disk *k, const struct room *r)
{
	char	      text[ROOM_TEXT_MAX];
	struct pd_err e;

	(void)room_text(r, text);
	log_event(&d->log, k->level == ROOM_AMPLE ? LOG_NOTICE : k->level == ROOM_LOW ? LOG_WARNING : LOG_ERR, "disk",
	    "of", k->what, "level", room_level_name(k->level), "figures", text, NULL);
	/* On the last percent the history needs its room for what jobs have done. */
	if (k->level < ROOM_LAST &&
	    director_record(d,
		json_pack("{s:s s:{s:s s:s s:s}}", "event", "disk", "what", "of", k->what, "level",
		    room_level_name(k->level), "figures", text),
		&e) == -1)
		log_event(&d->log, LOG_WARNING, "history-failed", "why", e.msg, NULL);
}

static void
release(struct director *d, struct disk *k)
{
	if (!k->has_reserve || sys.unlinkat(k->dir, RESERVE, 0) == -1)
		return;
	k->has_reserve = 0;
	k->is_spent = 1;
	log_event(&d->log, LOG_WARNING, "reserve-released", "of", k->what, NULL);
}

/* All of it or nothing: half a reserve is found out when it is needed. */
static int
allocate(int dir, int64_t size)
{
	int fd = sys.openat(dir, RESERVE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), rv;

	if (fd == -1)
		return -1;
	rv = posix_fallocate(fd, 0, (off_t)size);
	(void)sys.close(fd);
	if (rv != 0)
		(void)sys.unlinkat(dir, RESERVE, 0);
	return rv == 0 ? 0 : -1;
}

static void
make(struct director *d, struct disk *k, const struct room *r)
{
	int64_t size = room_reserve_size(r, d->conf->disk_reserve_mib * MIB);

	if (k->has_reserve || size == 0 || !room_has_reserve(r, size, d->conf->disk_warn, d->conf->disk_refuse) ||
	    allocate(k->dir, size) == -1)
		return;
	k->has_reserve = 1;
	if (k->is_spent)
		log_event(&d->log, LOG_NOTICE, "reserve-made", "of", k->what, NULL);
	k->is_spent = 0;
}

static void
look(struct director *d, struct disk *k)
{
	enum room_level before = k->level;
	struct room	r;

	if (room_look(k->path, &r, NULL) == -1)
		return;
	k->level = room_level_after(before, &r, d->conf->disk_warn, d->conf->disk_refuse);
	if (k->level == ROOM_LAST)
		release(d, k);
	else
		make(d, k, &r);
	if (k->level < ROOM_REFUSING)
		k->is_spent = 0;
	if (k->level != before)
		tell(d, k, &r);
}

int
disk_is_low(const struct director *d)
{
	return d->disks[0].level >= ROOM_REFUSING || d->disks[1].level >= ROOM_REFUSING;
}

void
disk_look(struct director *d)
{
	int is_held = 0;

	for (size_t i = 0; i < DISKS; i++) {
		look(d, &d->disks[i]);
		is_held |= d->disks[i].level == ROOM_LAST ||
		    (d->disks[i].level == ROOM_REFUSING && d->disks[i].is_spent);
	}
	sched_hold(d->sched, is_held);
	if (disk_is_low(d) && d->scan_at_ms > clock_mono_ms() + DIRECTOR_FULL_MS)
		d->scan_at_ms = clock_mono_ms() + DIRECTOR_FULL_MS;
}

void
disk_relieve(struct director *d)
{
	for (size_t i = 0; i < DISKS; i++) {
		struct room r;

		/* Which of them it was nobody knows; one that has room keeps its reserve. */
		if (room_look(d->disks[i].path, &r, NULL) == 0 &&
		    room_level(&r, d->conf->disk_warn, d->conf->disk_refuse) >= ROOM_REFUSING)
			release(d, &d->disks[i]);
	}
	disk_look(d);
}

/* One of another size, or with holes (a copied directory): removed, and made anew where there is room. */
static int
is_whole(const struct director *d, const struct disk *k)
{
	struct stat st;
	struct room r;

	return sys.fstatat(k->dir, RESERVE, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    room_look(k->path, &r, NULL) == 0 &&
	    st.st_size == (off_t)room_reserve_size(&r, d->conf->disk_reserve_mib * MIB) &&
	    st.st_blocks * 512 >= st.st_size;
}

void
disk_open(struct director *d)
{
	d->disks[0] = (struct disk){ .what = "spool", .path = d->conf->spool, .dir = d->spool.journal };
	d->disks[1] = (struct disk){ .what = "state", .path = d->conf->state, .dir = d->state_dir };
	for (size_t i = 0; i < DISKS; i++) {
		d->disks[i].has_reserve = is_whole(d, &d->disks[i]);
		if (!d->disks[i].has_reserve)
			(void)sys.unlinkat(d->disks[i].dir, RESERVE, 0);
	}
	disk_look(d);
}

static int
cleans(const struct job *job)
{
	const struct verb *verb = verb_find(job->verb);

	return verb != NULL && (verb->flags & VERB_CLEANS) != 0;
}

json_t *
disk_refuse_job(struct director *d, const char *user, const char *id)
{
	const struct pd_tenant *tenant = policy_tenant(d->conf, user);
	int			is_admin = tenant != NULL && tenant->role->scope == SCOPE_ALL;
	struct pd_err		why, e;
	json_t		       *reply;

	if (room_for_job(d->conf, &why) == 0)
		return NULL;
	if (intake_turn_away(&d->intake, id, user, is_admin ? cleans : NULL, &e) == -1)
		return NULL;	/* it is spared, was taken in already, or its answer is another one */
	log_event(&d->log, LOG_WARNING, "no-room", "user", user, "why", why.msg, NULL);
	if ((reply = query_refusal(&why)) != NULL)
		(void)json_object_set_new(reply, "job", json_null());
	return reply;
}
