/* SPDX-License-Identifier: ISC */
/*
 * room.h - how much room there is on the file systems of spool and state, and what that allows.
 *
 *	ample		everything
 *	low		everything; administrators are told (disk-warn, percent)
 *	refusing	no new job; what was accepted runs (disk-refuse, percent)
 *	last		ROOM_LAST_PERCENT: the reserve is given back to the file system, so that running jobs can write
 *			their journals; nothing else begins
 *
 * Counted are bytes and inodes, whichever is scarcer, as a process without privileges sees them (df's view).  A percentage
 * alone would call a large disk full that has room for years: with so many bytes or inodes free as room.c says, a level
 * is not reached whatever they are of the whole.
 */
#ifndef PD_SPOOL_OS_ROOM_H
#define PD_SPOOL_OS_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/err.h"

#define ROOM_LAST_PERCENT 1
#define ROOM_AGAIN_S	  60	/* what is said to who is refused */
#define ROOM_TEXT_MAX	  96

enum room_level { ROOM_AMPLE, ROOM_LOW, ROOM_REFUSING, ROOM_LAST };

struct room {
	uint64_t bytes, bytes_free;
	uint64_t files, files_free;	/* files 0: the file system makes inodes as it needs them */
};

int		room_look(const char *path, struct room *r, struct pd_err *e);
enum room_level room_level(const struct room *r, int64_t warn, int64_t refuse);
/*
 * The same for who looks again and again: a better level than before is reached when there is one percent more than
 * that, so that a file system at a limit does not report itself each time.
 */
enum room_level room_level_after(enum room_level before, const struct room *r, int64_t warn, int64_t refuse);
const char     *room_level_name(enum room_level level);
/* "148 KiB of 3072 KiB are free", of bytes or inodes, whichever is scarcer; returns buf[ROOM_TEXT_MAX]. */
char	       *room_text(const struct room *r, char buf[ROOM_TEXT_MAX]);

/*
 * Is there room for a new job in spool and state?  PD_NOSPACE with the figures when not.  What cannot be looked at does
 * not refuse: the gateway may not see the director's directories.
 */
int room_for_job(const struct pd_conf *conf, struct pd_err *e);

/* What the reserve may take: the configured size, or a sixteenth of a small file system; 0 = none. */
int64_t room_reserve_size(const struct room *r, int64_t configured);
/* Would the level be better than "refusing" with the reserve taken? */
int room_has_reserve(const struct room *r, int64_t size, int64_t warn, int64_t refuse);

#endif
