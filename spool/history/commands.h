/* SPDX-License-Identifier: ISC */
/*
 * commands.h - the commands of a job, out of its journal, into the history.
 *
 * The journal is durable before a change is sent (P3).  The history gets the same commands in the transaction that
 * ends, parks or resumes the job, so that no sync is added to the job's way.  The job's row says up to which record of
 * the journal they are there ("recorded"), in the same transaction: no command is recorded twice, and none is left out
 * when a crash comes between.
 */
#ifndef PD_SPOOL_HISTORY_COMMANDS_H
#define PD_SPOOL_HISTORY_COMMANDS_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/store/store.h"

#define COMMANDS_TEXT_MAX  4096		/* bytes of one command that are kept; a longer one is cut, with the SHA-256 of all of it */
#define COMMANDS_BYTES_MAX (24 * 1024)	/* of the commands in one record, but for a last one that is longer */
#define COMMANDS_MAX	   100		/* in one record */

/*
 * Adds the commands among the journal's records that are not recorded yet: records of the event "commands", whose
 * what{} has commands[{n t step i part as cmd ...}].  Each has one of status, signal, lost, unsent or unanswered, and
 * with an answer "us" and "answer", the SHA-256 of the length of its standard output as decimal text, a newline, its
 * standard output and its standard error. {n step i part repeated}: so many times more with the same answer.  n is the
 * journal's number of the intent. job is its row.  Inside a transaction.  set: the caller changes the row too, with
 * these keys, to which "recorded" is added; NULL: it is changed here.
 */
int commands_record(struct store *st, const json_t *job, const json_t *journal, json_t *set, struct pd_err *e);

#endif
