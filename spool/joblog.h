/* SPDX-License-Identifier: ISC */
/*
 * joblog.h - a job's events for people and followers: SPOOL/log/ID, one JSON object a line.
 *
 * Each line has "t" (RFC 3339) and "event"; written with one write(2), O_APPEND, by the director
 * and the job's worker.  Events and their further keys:
 *	admitted	user tenant verb platform? vm? wait ("the platform's other jobs")?
 *	state		state (enum job_state's name)
 *	step		step say i of			a step begins; i from 1
 *	step-done	step ms
 *	note		level ("info"|"warning") text	for people
 *	command		as cmd				--plan: a command that would run
 *	result		state code exit message value?	the last line, always and once
 * The file is capped: after LOG_FILE_MAX bytes one "note" says so and only state and result
 * events follow.  Readers treat a line without its newline as not there yet.
 */
#ifndef PD_SPOOL_JOBLOG_H
#define PD_SPOOL_JOBLOG_H

#include <jansson.h>

#include "spool/err.h"

#define LOG_FILE_MAX (4 * 1024 * 1024)

/*
 * Appends an event.  "t" and "event" are added here; takes the reference to fields (may be NULL),
 * an object.  A log helps people and may be lost: callers may ignore the result.
 */
int joblog_event(int fd, const char *event, json_t *fields, struct pd_err *e);

#endif
