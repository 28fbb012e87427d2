/* SPDX-License-Identifier: ISC */
/*
 * room.c - how much room there is on the file systems of spool and state, and what that allows.
 */
#include <sys/statvfs.h>

#include <stdio.h>
#include <string.h>

#include "spool/os/room.h"

#define KIB ((uint64_t)1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

/*
 * So much free is enough, whatever it is of the whole.  A job leaves some 100 KiB in spool and state, a journal has 64
 * MiB at most: 4 GiB are 40,000 jobs, or 64 that go wrong as badly as they can.
 */
static const struct {
	const char *name;
	uint64_t    bytes, files;
} levels[] = {
	[ROOM_AMPLE] = { "ample", 0, 0 },
	[ROOM_LOW] = { "low", 8 * GIB, 100000 },
	[ROOM_REFUSING] = { "refusing", 4 * GIB, 50000 },
	[ROOM_LAST] = { "last", 256 * MIB, 5000 },
};

int
room_look(const char *path, struct room *r, struct pd_err *e)
{
	struct statvfs v;

	memset(r, 0, sizeof(*r));
	if (statvfs(path, &v) == -1)
		return pd_fail_sys(e, PD_IO, "look how full %s is", path);
	/* What is set aside for root is neither free nor there. */
	r->bytes = (uint64_t)(v.f_blocks - (v.f_bfree - v.f_bavail)) * v.f_frsize;
	r->bytes_free = (uint64_t)v.f_bavail * v.f_frsize;
	r->files = v.f_files == 0 ? 0 : (uint64_t)(v.f_files - (v.f_ffree - v.f_favail));
	r->files_free = v.f_favail;
	return 0;
}

static int
is_below(uint64_t free, uint64_t all, int64_t percent, uint64_t enough)
{
	return all > 0 && free < enough && (double)free * 100 < (double)all * (double)percent;
}

static int
is_at(const struct room *r, enum room_level level, int64_t percent)
{
	return is_below(r->bytes_free, r->bytes, percent, levels[level].bytes) ||
	    is_below(r->files_free, r->files, percent, levels[level].files);
}

enum room_level
room_level(const struct room *r, int64_t warn, int64_t refuse)
{
	if (is_at(r, ROOM_LAST, ROOM_LAST_PERCENT))
		return ROOM_LAST;
	if (is_at(r, ROOM_REFUSING, refuse))
		return ROOM_REFUSING;
	return is_at(r, ROOM_LOW, warn) ? ROOM_LOW : ROOM_AMPLE;
}

static uint64_t
less_one_percent(uint64_t free, uint64_t all)
{
	return free > all / 100 ? free - all / 100 : 0;
}

enum room_level
room_level_after(enum room_level before, const struct room *r, int64_t warn, int64_t refuse)
{
	enum room_level now = room_level(r, warn, refuse), careful;
	struct room	less = *r;

	if (now >= before)
		return now;
	less.bytes_free = less_one_percent(r->bytes_free, r->bytes);
	less.files_free = less_one_percent(r->files_free, r->files);
	careful = room_level(&less, warn, refuse);
	return careful < before ? careful : before;
}

const char *
room_level_name(enum room_level level)
{
	return levels[level].name;
}

char *
room_text(const struct room *r, char buf[ROOM_TEXT_MAX])
{
	const double bytes = r->bytes > 0 ? (double)r->bytes_free / (double)r->bytes : 1;
	const double files = r->files > 0 ? (double)r->files_free / (double)r->files : 1;
	const uint64_t unit = r->bytes >= 10 * GIB ? GIB : r->bytes >= 10 * MIB ? MIB : KIB;

	if (files < bytes)
		(void)snprintf(buf, ROOM_TEXT_MAX, "%llu of %llu inodes are free", (unsigned long long)r->files_free,
		    (unsigned long long)r->files);
	else
		(void)snprintf(buf, ROOM_TEXT_MAX, "%.1f of %.1f %s are free", (double)r->bytes_free / (double)unit,
		    (double)r->bytes / (double)unit, unit == GIB ? "GiB" : unit == MIB ? "MiB" : "KiB");
	return buf;
}

static int
check_one(const char *what, const char *path, const struct pd_conf *conf, struct pd_err *e)
{
	struct room r;
	char	    text[ROOM_TEXT_MAX];

	if (room_look(path, &r, NULL) == -1 || room_level(&r, conf->disk_warn, conf->disk_refuse) < ROOM_REFUSING)
		return 0;
	return pd_fail_wait(e, PD_NOSPACE, ROOM_AGAIN_S,
	    "the disk of PowerDirector's %s is nearly full: %s, new jobs need %lld percent", what, room_text(&r, text),
	    (long long)(conf->disk_refuse > ROOM_LAST_PERCENT ? conf->disk_refuse : ROOM_LAST_PERCENT));
}

int
room_for_job(const struct pd_conf *conf, struct pd_err *e)
{
	return check_one("spool", conf->spool, conf, e) == -1 || check_one("state", conf->state, conf, e) == -1 ? -1 : 0;
}

int64_t
room_reserve_size(const struct room *r, int64_t configured)
{
	const int64_t most = (int64_t)(r->bytes / 16);

	return configured < most ? configured : most;
}

int
room_has_reserve(const struct room *r, int64_t size, int64_t warn, int64_t refuse)
{
	struct room less = *r;

	less.bytes_free = r->bytes_free > (uint64_t)size ? r->bytes_free - (uint64_t)size : 0;
	return room_level(&less, warn, refuse) < ROOM_REFUSING;
}
