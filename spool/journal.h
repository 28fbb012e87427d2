/* SPDX-License-Identifier: ISC */
/*
 * journal.h - what a worker was about to do and what came of it: SPOOL/journal/ID.
 *
 * A file of records: u32 length of the payload, u32 sequence number from 0, u32 CRC-32 (IEEE) of the sequence
 * number and the payload, all big-endian, then the payload, one JSON object.  A record is valid
 * when it is complete, its number follows and its CRC fits.  Recovery: a torn last record is cut
 * off (it was never acted on: intents are synced before their command is sent); a bad record
 * before the last is PD_STUCK, nobody guesses.
 *
 * Payloads ("k" is the kind; "step" names the step, "i" the for-each index, absent = 0):
 *	{"k":"begin","job":ID,"verb":..,"tag":..,"vars":{...}}	the values the sequence was started with
 *	{"k":"intent","step":..,"i":0,"cmd":..,"as":"padmin"|"root"|"console","part":"probe"|"ask"|"run"|"undo","t":ms}
 *	{"k":"answer","step":..,"i":0,"part":..,"status":0|-1,"signal":..,"lost":true,"out":..,"err":..,"ms":3.215,
 *	 "sha256":..}					digest_answer() of both streams, whole
 *	{"k":"repeated","step":..,"i":0,"part":"ask","times":57}	the question before was asked so often again, with the same answer
 *	{"k":"done","step":..,"i":0,"set":{"var":value}}	effect is there; captured values
 *	{"k":"skipped","step":..,"i":0}
 *	{"k":"undoing","why":..}			from here on only undo
 *	{"k":"undone","step":..,"i":0}
 *	{"k":"forward"}					a person's word (resume-job): no more undoing, what was undone is done again
 *	{"k":"end","outcome":..}
 * Commands that only read ("probe", "ask") are journalled without a sync: they are the transcript,
 * not the promise.  "intent" of a "run" or "undo" is durable before its command is sent (P3).
 * "end" is durable where anything before it had to be.  A job that has only asked may lose its whole journal to a power cut: nothing is to be
 * undone, its commands and their answers' digests are in the history with its end, and a run that had not ended asks again.
 * Answers keep 64 KiB of each stream; a longer one is cut and has "cut":true.
 */
#ifndef PD_SPOOL_JOURNAL_H
#define PD_SPOOL_JOURNAL_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"

#define JOURNAL_RECORD_MAX (256 * 1024)
#define JOURNAL_FILE_MAX   (64 * 1024 * 1024)
#define JOURNAL_RESERVE	   (8 * 1024 * 1024)	/* of it: for the undo of a job that has filled the rest; some 10,000 commands with their answers */
#define JOURNAL_ANSWER_MAX (64 * 1024)
#define JOURNAL_BROKEN	   UINT32_MAX	/* value of next: a write could not be taken back or made durable */

struct journal {
	int	 fd;	/* not owned */
	uint32_t next;	/* sequence number of the next record */
	int	 spare;	/* bytes that appending leaves free below JOURNAL_FILE_MAX; 0 when loaded */
	int	 is_promise;	/* a record was made durable, or an earlier run had written some: the rest is to be as durable */
};

/*
 * Appends one record; with sync it is durable on return.  The caller keeps the reference to record.
 * After a failure the file is as it was (PD_NOSPACE: it may work again later), or, when that cannot
 * be had, the journal is broken and every later call fails with PD_IO.
 */
int journal_append(struct journal *j, json_t *record, int sync, struct pd_err *e);

/*
 * Reads all records into *records (a JSON array, owned by the caller), positions at the end and sets j->next; cuts a
 * torn tail off and makes the rest durable, which an earlier sync may have failed to do, when cut is set; fd is then
 * without O_APPEND. An empty file is an empty array.  fd is open for reading, and for writing when the caller appends
 * or cuts.  Without cut a torn tail leaves j->next at JOURNAL_BROKEN: nothing may be appended behind it.
 */
int journal_load(struct journal *j, int fd, int cut, json_t **records, struct pd_err *e);

/* The records of a whole file's bytes, a torn tail left out; PD_STUCK: it is damaged, *records is NULL. */
int journal_parse(const void *buf, size_t len, json_t **records, struct pd_err *e);

#endif
