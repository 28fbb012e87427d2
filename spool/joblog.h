/* SPDX-License-Identifier: ISC */
/*
 * joblog.h - a job's events for people and followers: SPOOL/log/ID, one JSON object a line.
 *
 * Each line has "t" (RFC 3339) and "event"; written with one write(2), O_APPEND, by the director
 * and the job's worker.  Events and their further keys:
 *	admitted	user tenant verb platform? vm? wait ("the platform's other jobs")?
 *	wait		wait				it does not go on before that
 *	state		state (enum job_state's name)
 *	step		step say i of			a step begins; i from 1
 *	step-done	step ms
 *	note		level ("info"|"warning") text	for people
 *	command		as cmd				--plan: a command that would run
 *	result		state code exit message user tenant value?	the last line, always and once; of a refused job the first, too
 * The file is capped: after so many bytes as the configuration says (log-size) one "note" says so and only
 * state and result events follow.  Readers treat a line without its newline as not there yet, and pass over
 * one that is no event: a crash tore it, and the next writer ended it ("~" before the newline).
 */
#ifndef PD_SPOOL_JOBLOG_H
#define PD_SPOOL_JOBLOG_H

#include <jansson.h>
#include <stdint.h>

#include "spool/err.h"

#define LOG_FILE_MAX (64 * 1024 * 1024)	/* where nobody says otherwise */

/*
 * Appends an event.  "t" and "event" are added here; takes the reference to fields (may be NULL),
 * an object.  max: bytes after which the log is full, 0 = LOG_FILE_MAX.  A log helps people and may be lost: callers
 * may ignore the result.
 */
int joblog_event(int fd, int64_t max, const char *event, json_t *fields, struct pd_err *e);

#endif
