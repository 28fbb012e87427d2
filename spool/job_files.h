/* SPDX-License-Identifier: ISC */
/*
 * job_files.h - a job's journal and log as the director opens and writes them.
 */
#ifndef PD_SPOOL_JOB_FILES_H
#define PD_SPOOL_JOB_FILES_H

#include <jansson.h>

#include "spool/digest.h"
#include "spool/drop.h"
#include "spool/err.h"

/*
 * The journal, made when missing, with a lock that lives as long as somebody has this descriptor: the worker gets it
 * with the job.  PD_BUSY: a worker of an earlier director is still ending its step on it.
 * Workers sync their records, not the directory: where *is_named says 0 the name is new, and no worker gets it before
 * job_journals_settle() has made all new names durable, once for as many of them as there are.
 */
int job_journal_open(const struct spool *s, const char *id, int *is_named, struct pd_err *e);
int job_journals_settle(const struct spool *s, struct pd_err *e);

/* What is in it is durable: before the history says up to which record it has the commands, of a job that will write more. */
int job_journal_settle(const struct spool *s, const char *id, struct pd_err *e);

/*
 * The journal as it is now: its SHA-256, and its records, NULL when there is none or it is
 * damaged (the worker says so too, and a person has to look).  The digest is "" when there is none, it cannot be read,
 * or nothing in it had to be durable: a job that has only asked (spool/journal.h).
 */
int job_journal_read(const struct spool *s, const char *id, char text[DIGEST_TEXT_LEN], json_t **records, struct pd_err *e);

/* The log for appending, made when missing, readable by the spool group. */
int job_log_open(const struct spool *s, const char *id, struct pd_err *e);

/* One event; takes the reference to fields.  A log may be lost: errors are the log line's of the caller. */
int job_log_event(const struct spool *s, const char *id, const char *event, json_t *fields, struct pd_err *e);

/* The last event, from the row of a job that has ended, with its receipt {"seq","head"} (may be NULL).  After a crash: is it there already? */
int job_log_result(const struct spool *s, const json_t *row, const json_t *receipt, struct pd_err *e);
int job_log_has_result(const struct spool *s, const char *id);

#endif
