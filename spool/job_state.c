/* SPDX-License-Identifier: ISC */
/*
 * job_state.c - the life of a job: names of its states and the table of allowed moves.
 */
#include <string.h>

#include "spool/job.h"

static const char *const names[JOB_NSTATES] = {
	[JOB_QUEUED] = "queued",
	[JOB_RUNNING] = "running",
	[JOB_UNDOING] = "undoing",
	[JOB_DONE] = "done",
	[JOB_FAILED] = "failed",
	[JOB_STUCK] = "stuck",
	[JOB_CANCELLED] = "cancelled",
	[JOB_REFUSED] = "refused",
};

#define TO(s) (1u << (s))
static const unsigned moves[JOB_NSTATES] = {
	/*
	 * DONE: a job of the director's database alone needs no worker.  FAILED: its platform is gone, nothing was begun.
	 * STUCK: it was parked and its journal cannot be read any more.
	 */
	[JOB_QUEUED] = TO(JOB_RUNNING) | TO(JOB_DONE) | TO(JOB_FAILED) | TO(JOB_STUCK) | TO(JOB_CANCELLED) |
	    TO(JOB_REFUSED),
	/* QUEUED: its console could not be reached, and it had changed nothing there. */
	[JOB_RUNNING] = TO(JOB_QUEUED) | TO(JOB_UNDOING) | TO(JOB_DONE) | TO(JOB_FAILED) | TO(JOB_STUCK) |
	    TO(JOB_CANCELLED),
	/* QUEUED: parked while undoing; the journal's "undoing" record keeps it from running forward. */
	[JOB_UNDOING] = TO(JOB_QUEUED) | TO(JOB_FAILED) | TO(JOB_STUCK) | TO(JOB_CANCELLED),
	/* A person has looked: undo-job, resume-job.  FAILED, for a deletion DONE: what it had left was removed (orphans --clean). */
	[JOB_STUCK] = TO(JOB_UNDOING) | TO(JOB_RUNNING) | TO(JOB_FAILED) | TO(JOB_DONE),
};

const char *
job_origin_name(enum job_origin origin)
{
	switch (origin) {
	case JOB_BY_KEY:
		return "key";
	case JOB_BY_ACCOUNT:
		return "account";
	default:
		return "director";
	}
}

const char *
job_state_name(enum job_state state)
{
	return (unsigned)state < JOB_NSTATES ? names[state] : "unknown";
}

int
job_state_from_name(const char *name, enum job_state *state)
{
	for (unsigned i = 0; i < JOB_NSTATES; i++)
		if (strcmp(names[i], name) == 0) {
			*state = i;
			return 0;
		}
	return -1;
}

int
job_state_is_final(enum job_state state)
{
	return (unsigned)state < JOB_NSTATES && state >= JOB_DONE;
}

int
job_move_is_legal(enum job_state from, enum job_state to)
{
	return (unsigned)from < JOB_NSTATES && (unsigned)to < JOB_NSTATES && (moves[from] & TO(to)) != 0;
}
