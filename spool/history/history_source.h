/* SPDX-License-Identifier: ISC */
/*
 * history_source.h - the history's records in their order, one after the other: first from its archives, then from the
 * database.
 */
#ifndef PD_SPOOL_HISTORY_HISTORY_SOURCE_H
#define PD_SPOOL_HISTORY_HISTORY_SOURCE_H

#include <stdio.h>

#include "spool/history/archive.h"
#include "spool/history/history_line.h"
#include "spool/store/store_chain.h"

#define ARCHIVES_MAX	 10000	/* files of one history */
#define ARCHIVE_NAME_FMT "history-%012lld-%012lld.jsonl"	/* first and last record: names sort as records do */

/* A row as it stands there; text and hash are valid until the next one. */
struct row {
	int64_t		     seq;
	const char	    *text;
	size_t		     len;
	const unsigned char *hash;	/* NULL = not one */
};

struct history_source {
	struct store	   *st;
	struct stmt	    q;
	int		    is_open;	/* q is */
	char		  (*names)[ARCHIVE_NAME_MAX];	/* archives up to the base, from record 1 on; in order */
	size_t		    nnames, at;
	int		    dir;
	FILE		   *file;
	EVP_MD_CTX	   *ctx;	/* of the file that is read */
	char		   *line;
	size_t		    size;
	struct history_line parsed;
	int64_t		    next;	/* number of the file's next record */
	json_t		   *digests;	/* name: SHA-256 of each archive that was read to its end */
};

/*
 * archives may be NULL: none.  They are read when all of them are there, from record 1 to the base; otherwise the rows
 * behind the base alone. *first is the head before the first record that next will give.
 */
int  source_open(struct history_source *s, struct store *st, const char *archives, struct chain_head *first, struct pd_err *e);
void source_close(struct history_source *s);
int  source_next(struct history_source *s, struct row *r, struct pd_err *e);	/* 1 = a row, 0 = no more, -1 */

/* first and last out of an archive's name; 0 = it is none. */
int archive_name_parse(const char *name, int64_t *first, int64_t *last);

#endif
