/* SPDX-License-Identifier: ISC */
/*
 * job_format.h - keys of a job file; for job.c, job_encode.c and batch.c alone.  job.c has the format.
 */
#ifndef PD_SPOOL_JOB_FORMAT_H
#define PD_SPOOL_JOB_FORMAT_H

#include "spool/cborscan.h"
#include "spool/job.h"

#define JOB_VERSION 1

enum job_key {
	JOB_KEY_VERSION,
	JOB_KEY_ID,
	JOB_KEY_VERB,
	JOB_KEY_ARGS,
	JOB_KEY_USER,
	JOB_KEY_ORIGIN,
	JOB_KEY_SOURCE,
	JOB_KEY_TTY,
	JOB_KEY_SUBMITTED,
	JOB_KEY_ONCE,
	JOB_KEY_NOTE,
	JOB_KEY_PLAN,
	JOB_KEY_AGAIN,
	JOB_NKEYS
};

extern const struct cbor_limits job_limits;	/* of one job's bytes */

/* job_decode() of bytes that cbor_scan() has accepted. */
int job_decode_scanned(const unsigned char *buf, size_t len, struct job *job, struct pd_err *e);

#endif
