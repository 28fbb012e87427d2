/* SPDX-License-Identifier: ISC */
/*
 * job.h - one request of one user: what the gateway writes, the director claims and everyone
 * later calls "the job".
 *
 * The file format (CBOR, integer keys; spool/job.cddl, powerdirector-job(5)) is known to job.c
 * alone.  In memory the typed arguments are a JSON document (jansson): objects, arrays, strings,
 * non-negative integers and booleans, no other types; gateway/request/args.h gives their shapes per verb.
 */
#ifndef PD_SPOOL_JOB_H
#define PD_SPOOL_JOB_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"
#include "spool/id.h"

#define JOB_USER_MAX	 32		/* what useradd(8) allows */
#define JOB_VERB_MAX	 32
#define JOB_ONCE_MAX	 64
#define JOB_NOTE_MAX	 200
#define JOB_SOURCE_MAX	 64		/* an IPv6 address with scope fits */
#define JOB_FILE_MAX	 (64 * 1024)	/* as the request: nothing grows on the way */
#define JOB_DEPTH_MAX	 6		/* job, arguments, list, map, list: 5 and one to spare */
#define JOB_ITEMS_MAX	 1024		/* every CBOR item of one file */
#define JOB_STRING_MAX	 4096
#define BATCH_JOBS_MAX	 1000		/* jobs of one file */
#define BATCH_FILE_MAX	 (1024 * 1024)	/* 1 KiB for each of them, which is ample: most have 150 bytes */

/* How the identity was established. */
enum job_origin {
	JOB_BY_KEY,	/* --user of a forced command; the file belongs to the service account */
	JOB_BY_ACCOUNT,	/* a real account; the file's owner, certified by the kernel, is the user */
	JOB_BY_DIRECTOR	/* made by the director itself: no file says so */
};
const char *job_origin_name(enum job_origin origin);	/* "key", "account", "director" */

struct job {
	char		id[JOB_ID_LEN + 1];
	char		verb[JOB_VERB_MAX + 1];
	char		user[JOB_USER_MAX + 1];
	enum job_origin origin;
	char		source[JOB_SOURCE_MAX + 1];	/* client address, "" when local */
	int		has_tty;
	int		is_plan;			/* show the commands, change nothing */
	int		again;				/* 1 = the gateway saw a second authentication */
	int64_t		submitted_ms;			/* wall clock of the gateway */
	char		once[JOB_ONCE_MAX + 1];		/* "" = none */
	char		note[JOB_NOTE_MAX + 1];		/* "" = none */
	json_t	       *args;				/* object; owned */
	size_t		bytes;				/* of it in its file, filled by decoding: what it counts in bytes-per-user */
};

/* Is this a user's name: 1 to 32 of [A-Za-z0-9._@-], the first a letter, a digit or '_'? */
int job_user_is_valid(const char *name);

/* Frees what the job owns, not the struct itself. */
void job_clear(struct job *job);

/*
 * Encodes (deterministic CBOR, RFC 8949 4.2.1).  *buf is allocated; the caller frees it.  What job_decode() would
 * refuse is refused here already, with PD_BADDATA.
 */
int job_encode(const struct job *job, unsigned char **buf, size_t *len, struct pd_err *e);

/*
 * Decodes bytes that may be hostile: bounded scan first (spool/cborscan.h), then every key known,
 * once, of its type and within its limit.  On failure (PD_BADDATA) *job holds nothing.
 */
int job_decode(const unsigned char *buf, size_t len, struct job *job, struct pd_err *e);

/*
 * A batch: the jobs of one user's one request, durable together in one file.  An array of 2 to BATCH_JOBS_MAX jobs,
 * each within the limits of a job of its own; their ids follow each other (id_next()) and user, origin, source, tty and
 * submitted are the first one's. One job alone is a job, not a batch: both functions take and give that too, so that
 * every job file can be read with batch_decode().
 */
int batch_encode(const struct job *jobs, size_t n, unsigned char **buf, size_t *len, struct pd_err *e);
/* *jobs is allocated: batch_free().  On failure it is NULL. */
int batch_decode(const unsigned char *buf, size_t len, struct job **jobs, size_t *n, struct pd_err *e);
void batch_free(struct job *jobs, size_t n);	/* NULL is fine */

/*
 * The life of a job.  Final states: done, failed, stuck, cancelled, refused.
 * job_move_is_legal() is the table of allowed moves; store_job_move() is the function that moves.
 */
enum job_state {
	JOB_QUEUED,	/* admitted, waits for its platform */
	JOB_RUNNING,
	JOB_UNDOING,
	JOB_DONE,
	JOB_FAILED,	/* undone, nothing left */
	JOB_STUCK,	/* what is left is named */
	JOB_CANCELLED,	/* by its user: before it ran, or undone */
	JOB_REFUSED,	/* not admitted */
	JOB_NSTATES
};

const char     *job_state_name(enum job_state state);
int		job_state_from_name(const char *name, enum job_state *state);
int		job_state_is_final(enum job_state state);
int		job_move_is_legal(enum job_state from, enum job_state to);

#endif
