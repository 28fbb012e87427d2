/* SPDX-License-Identifier: ISC */
/*
 * job_format.h - keys of a job file; for job.c and job_encode.c alone.  job.c has the format.
 */
#ifndef PD_SPOOL_JOB_FORMAT_H
#define PD_SPOOL_JOB_FORMAT_H

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

#endif
