/* SPDX-License-Identifier: ISC */
/*
 * admit_limits.c - how many jobs may wait, of one user and of all, and how large their files may be together.
 *
 * Counted are jobs that are not final, and the bytes that each of them has in its job file.  It is asked inside the
 * transaction that records the job, so no two requests can take the last place.  Administrators are not held up by
 * what all the others have queued: they are who can do something about it.
 */
#include "spool/admit/admission.h"

#define KIB	   1024
#define MIB	   (1024 * 1024)
#define AGAIN_S	   30	/* a job takes about so long; nobody knows which of those that wait ends next */

/* 0 = not limited: configurations made by hand (tests) leave it out. */
static int
check_jobs(const char *whose, int64_t used, int64_t limit, struct pd_err *e)
{
	if (limit == 0 || used < limit)
		return 0;
	return pd_fail_wait(e, PD_BUSY, AGAIN_S, "%s %lld jobs that are not finished, %lld are allowed", whose,
	    (long long)used, (long long)limit);
}

static int
check_bytes(const char *whose, int64_t used, int64_t more, int64_t limit_mib, struct pd_err *e)
{
	if (limit_mib == 0 || used + more <= limit_mib * MIB)
		return 0;
	return pd_fail_wait(e, PD_BUSY, AGAIN_S,
	    "the job files of %s jobs that are not finished have %lld KiB, this one has %lld, and "
	    "%lld are allowed",
	    whose, (long long)(used / KIB), (long long)((more + KIB - 1) / KIB), (long long)(limit_mib * KIB));
}

int
admit_within_limits(const struct admitting *ad, struct pd_err *e)
{
	const struct pd_conf *conf = ad->a->conf;
	int64_t		      jobs, bytes, more = (int64_t)ad->job->bytes;

	if (store_job_count_pending(ad->a->store, ad->job->user, &jobs, &bytes, e) == -1 ||
	    check_jobs("you have", jobs, conf->pending_per_user, e) == -1 ||
	    check_bytes("your", bytes, more, conf->bytes_per_user_mib, e) == -1)
		return -1;
	if (ad->tenant->role->scope == SCOPE_ALL)
		return 0;
	if (store_job_count_pending(ad->a->store, NULL, &jobs, &bytes, e) == -1 ||
	    check_jobs("all users together have", jobs, conf->pending_total, e) == -1)
		return -1;
	return check_bytes("all users'", bytes, more, conf->bytes_total_mib, e);
}
