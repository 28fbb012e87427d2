/* SPDX-License-Identifier: ISC */
/*
 * batch.c - several jobs in one file: durable together, at the price of one.
 *
 * One CBOR array of 2 to BATCH_JOBS_MAX job maps (job.c), deterministic as they are, at most
 * BATCH_FILE_MAX bytes.  Each job keeps within the limits of a file of its own, so the scan of a
 * batch is that of its jobs one after the other, and the array's count is believed as far as the
 * bytes go.  What the jobs have in common must be the same in all of them: a batch is one request
 * of one caller.
 */
#include <cbor/encoding.h>

#include <stdlib.h>
#include <string.h>

#include "spool/job_format.h"

/* Whose request it is, and the id that must come next. */
static int
belongs(const struct job *first, const struct job *job, const char *id, struct pd_err *e)
{
	if (strcmp(job->id, id) != 0)
		return pd_fail(e, PD_BADDATA, "batch: job %s where %s must follow", job->id, id);
	if (strcmp(job->user, first->user) != 0 || job->origin != first->origin ||
	    strcmp(job->source, first->source) != 0 || job->has_tty != first->has_tty ||
	    job->submitted_ms != first->submitted_ms)
		return pd_fail(e, PD_BADDATA, "batch: job %s is another caller's", job->id);
	return 0;
}

static int
check_count(uint64_t n, struct pd_err *e)
{
	if (n >= 2 && n <= BATCH_JOBS_MAX)
		return 0;
	return pd_fail(e, PD_BADDATA, "a batch of %llu jobs: there must be 2 to %d", (unsigned long long)n, BATCH_JOBS_MAX);
}

void
batch_free(struct job *jobs, size_t n)
{
	for (size_t i = 0; jobs != NULL && i < n; i++)
		job_clear(&jobs[i]);
	free(jobs);
}

/* The jobs behind the array's head; jobs has room for n and is empty. */
static int
decode_jobs(const unsigned char *p, const unsigned char *end, struct job *jobs, size_t n, struct pd_err *e)
{
	char   id[JOB_ID_LEN + 1] = "";
	size_t used;

	for (size_t i = 0; i < n; i++, p += used) {
		size_t left = (size_t)(end - p);

		if (cbor_scan_first(p, left < JOB_FILE_MAX ? left : JOB_FILE_MAX, &job_limits, &used, e) == -1 ||
		    job_decode_scanned(p, used, &jobs[i], e) == -1)
			return -1;
		if (i == 0)
			memcpy(id, jobs[0].id, sizeof(id));
		else if (id_next(id, e) == -1 || belongs(&jobs[0], &jobs[i], id, e) == -1)
			return -1;
	}
	return p == end ? 0 : pd_fail(e, PD_BADDATA, "batch: something follows the jobs");
}

static int
decode_one(const unsigned char *buf, size_t len, struct job **jobs, size_t *n, struct pd_err *e)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return pd_fail_sys(e, PD_IO, "decode a job");
	if (job_decode(buf, len, job, e) == -1) {
		free(job);
		return -1;
	}
	*jobs = job;
	*n = 1;
	return 0;
}

int
batch_decode(const unsigned char *buf, size_t len, struct job **jobs, size_t *n, struct pd_err *e)
{
	const unsigned char *p = buf;
	unsigned	     kind;
	uint64_t	     count;

	*jobs = NULL;
	*n = 0;
	if (len == 0 || *buf >> 5 != CBOR_KIND_ARRAY)
		return decode_one(buf, len, jobs, n, e);
	if (len > BATCH_FILE_MAX)
		return pd_fail(e, PD_BADDATA, "batch: %zu bytes, at most %d are allowed", len, BATCH_FILE_MAX);
	if (cbor_head(&p, buf + len, &kind, &count) != NULL)
		return pd_fail(e, PD_BADDATA, "batch: its first bytes are no array of jobs");
	if (check_count(count, e) == -1)
		return -1;
	*n = (size_t)count;
	if ((*jobs = calloc(*n, sizeof(**jobs))) == NULL)
		return pd_fail_sys(e, PD_IO, "decode a batch");
	if (decode_jobs(p, buf + len, *jobs, *n, e) == 0)
		return 0;
	batch_free(*jobs, *n);
	*jobs = NULL;
	*n = 0;
	return -1;
}

/* One job behind *len bytes of buf, which holds BATCH_FILE_MAX. */
static int
add_job(unsigned char *buf, size_t *len, const struct job *job, struct pd_err *e)
{
	unsigned char *one;
	size_t	       n;
	int	       rv = 0;

	if (job_encode(job, &one, &n, e) == -1)
		return -1;
	if (n > BATCH_FILE_MAX - *len)
		rv = pd_fail(e, PD_BADDATA, "the batch is too large for a file of %d bytes: split it up", BATCH_FILE_MAX);
	else
		memcpy(buf + *len, one, n);
	*len += rv == 0 ? n : 0;
	free(one);
	return rv;
}

int
batch_encode(const struct job *jobs, size_t n, unsigned char **buf, size_t *len, struct pd_err *e)
{
	char id[JOB_ID_LEN + 1];

	*buf = NULL;
	*len = 0;
	if (n == 1)
		return job_encode(jobs, buf, len, e);
	if (check_count(n, e) == -1)
		return -1;
	if ((*buf = malloc(BATCH_FILE_MAX)) == NULL)
		return pd_fail_sys(e, PD_IO, "encode a batch");
	*len = cbor_encode_array_start(n, *buf, BATCH_FILE_MAX);
	memcpy(id, jobs[0].id, sizeof(id));
	for (size_t i = 0; i < n; i++)
		if ((i > 0 && (id_next(id, e) == -1 || belongs(&jobs[0], &jobs[i], id, e) == -1)) ||
		    add_job(*buf, len, &jobs[i], e) == -1) {
			free(*buf);
			*buf = NULL;
			*len = 0;
			return -1;
		}
	return 0;
}
