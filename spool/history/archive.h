/* SPDX-License-Identifier: ISC */
/*
 * archive.h - old records of the history go to files, and the chain goes on.
 *
 *	STATE/archive/history-FIRST-LAST.jsonl	records FIRST to LAST, one a line (spool/history/history_line.h); mode 0400, never changed
 *
 * In this order, each durable before the next: the file under another name; its name; one transaction with the record "rotated" (first, last,
 * file, its SHA-256, the hash of record LAST) and the new base; then the rows go, a few at a time.  A crash leaves either a file that no
 * record knows, which is removed and made again, or rows that nobody reads any more, which go at the next start.
 *
 * All of it in steps of a few milliseconds between the director's other work.
 */
#ifndef PD_SPOOL_HISTORY_ARCHIVE_H
#define PD_SPOOL_HISTORY_ARCHIVE_H

#include <openssl/evp.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/log.h"
#include "spool/os/clock.h"
#include "spool/store/store.h"

#define ARCHIVE_DIR	   "archive"
#define ARCHIVE_PART	   ".part"	/* the file that is being written */
#define ARCHIVE_NAME_MAX   64
#define ARCHIVE_ROWS	   250		/* in one step */
#define ARCHIVE_RECORDS	   100000	/* in one file */
#define ARCHIVE_LOOK_MS	   (60 * 60 * 1000)

enum archive_state { ARCHIVE_IDLE, ARCHIVE_WRITING, ARCHIVE_PRUNING };

struct archive {
	enum archive_state state;
	struct store	  *st;
	int		   state_dir, dir, fd;
	int64_t		   first, last;		/* of the file */
	unsigned char	   hash[32];		/* of record last */
	char		   before_t[CLOCK_TEXT_LEN];
	EVP_MD_CTX	  *ctx;
	int64_t		   next_ms;		/* monotonic: nothing before */
};

void archive_init(struct archive *a, struct store *st, int state_dir);	/* begins with what an earlier director left */
void archive_close(struct archive *a);	/* gives up what is not finished */

/*
 * One step of what is due; keep_s is how long records stay, 0 = for ever.  *file is what was just finished, "" =
 * nothing.  -1: tried again in an hour; nothing is lost.
 */
int	archive_step(struct archive *a, int64_t keep_s, int64_t now_ms, char *file, size_t size, struct pd_err *e);
int64_t archive_delay(const struct archive *a, int64_t keep_s, int64_t now_ms);	/* until the next step; -1 = none */

#endif
