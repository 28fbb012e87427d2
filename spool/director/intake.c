/* SPDX-License-Identifier: ISC */
/*
 * intake.c - from a file in new/ to a job with a row.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/director/intake.h"
#include "spool/director/intake_flood.h"
#include "spool/field.h"
#include "spool/job_files.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"
#include "spool/vis.h"

#define MARK_LEN (JOB_ID_LEN + 3)	/* id, space, digit, newline */

int
intake_open(struct intake *in, int state_dir, struct pd_err *e)
{
	char text[MARK_LEN + 1] = "";

	in->suspect[0] = '\0';
	in->suspect_times = 0;
	in->flood.kept = -1;
	in->marker = sys.openat(state_dir, "reading", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (in->marker == -1)
		return pd_fail_sys(e, PD_IO, "open the state file reading");
	if (sys.pread(in->marker, text, MARK_LEN, 0) == MARK_LEN && text[JOB_ID_LEN] == ' ') {
		text[JOB_ID_LEN] = '\0';
		if (id_is_valid(text)) {
			memcpy(in->suspect, text, sizeof(in->suspect));
			in->suspect_times = text[JOB_ID_LEN + 1] - '0';
		}
	}
	return 0;
}

void
intake_close(struct intake *in)
{
	if (in->marker != -1)
		(void)sys.close(in->marker);
	in->marker = -1;
	intake_scan_end(in);
	flood_tell(in, 1);
}

/* Counts the attempt before the bytes are looked at; 0 when the file has had its chances. */
static int
mark(struct intake *in, const char *id)
{
	int  times = strcmp(in->suspect, id) == 0 ? in->suspect_times + 1 : 1;
	char text[MARK_LEN + 1];

	if (times > INTAKE_ATTEMPTS)
		return 0;
	(void)snprintf(text, sizeof(text), "%s %d\n", id, times);
	(void)!sys.pwrite(in->marker, text, MARK_LEN, 0);
	return 1;
}

static void
unmark(struct intake *in)
{
	(void)!sys.pwrite(in->marker, "-", 1, 0);	/* no id begins so */
}

static void
record_bad(struct intake *in, const char *name, const struct pd_err *why)
{
	char	      shown[4 * 64];
	json_t	     *record;
	struct pd_err e;

	vis_encode(shown, sizeof(shown), name, strlen(name));
	log_event(in->log, LOG_WARNING, "bad-file", "file", shown, "why", why->msg, NULL);
	if (in->admission.tally != NULL && !tally_refused(in->admission.tally, "(files)", code_word(why->code),
		in->admission.conf->history_refusals, clock_mono_ms()))
		return;
	record = json_pack("{s:s s:{s:s s:s}}", "event", "bad-file", "what", "file", shown, "why", why->msg);
	if (record == NULL)
		return;
	if (store_begin(in->admission.store, &e) == -1 || store_history_add(in->admission.store, record, &e) == -1 ||
	    store_commit(in->admission.store, &e) == -1) {
		store_rollback(in->admission.store);
		log_event(in->log, LOG_ERR, "history-failed", "why", e.msg, NULL);
	}
	json_decref(record);
}

/* What is done with a file that is refused, when bad/ has enough of them. */
enum refused {
	IS_KEPT,	/* in bad/ all the same: it may have been accepted */
	IS_PLANTED	/* no gateway has made it: removed and counted */
};

/* Into bad/ with it, with the reason; followers of its id learn it too. */
static int
reject(struct intake *in, int dirfd, const char *name, enum refused what, const struct pd_err *why)
{
	struct pd_err e;
	json_t	     *row = NULL;

	if ((!flood_keeps(in) && what == IS_PLANTED) || drop_reject(in->spool, dirfd, name, why->msg, &e) == -1) {
		/* Another user's directory cannot be moved: it goes, or, with something in it, is met at each scan. */
		flood_add(in, name, why, what == IS_PLANTED && drop_remove(dirfd, name, &e) == 0);
		return -1;
	}
	record_bad(in, name, why);
	if (!id_is_valid(name) || store_job_get(in->admission.store, name, &row, &e) == 0) {
		json_decref(row);	/* another job of this id has its own log */
		return -1;
	}
	(void)job_log_event(in->spool, name, "result", json_pack("{s:s s:s s:i s:s}", "state", "refused", "code",
	    code_word(why->code), "exit", code_exit(why->code), "message", why->msg), &e);
	return -1;
}

/*
 * The job of a batch gets its log when it begins: a thousand new files would cost more than all the rest of their
 * intake, and nobody follows most of them before.
 */
static void
tell_followers(struct intake *in, const json_t *row, const char *wait)
{
	json_t	     *fields = json_pack("{s:s s:s s:s}", "user", field_text(row, "user"), "tenant", field_text(row, "tenant"),
	    "verb", field_text(row, "verb"));
	const char   *id = field_text(row, "id");
	struct pd_err e;

	if (field_text(row, "platform")[0] != '\0')
		(void)json_object_set(fields, "platform", json_object_get(row, "platform"));
	if (field_text(row, "vm")[0] != '\0')
		(void)json_object_set(fields, "vm", json_object_get(row, "vm"));
	if (wait[0] != '\0')
		(void)json_object_set_new(fields, "wait", json_string(wait));
	if (job_log_event(in->spool, id, "admitted", fields, &e) == -1)
		log_event(in->log, LOG_WARNING, "job-log-failed", "job", id, "why", e.msg, NULL);
}

static void
log_admitted(struct intake *in, const json_t *row)
{
	log_event(in->log, LOG_NOTICE, "admitted", "job", field_text(row, "id"), "user", field_text(row, "user"),
	    "verb", field_text(row, "verb"), "vm", field_text(row, "vm"), "platform", field_text(row, "platform"),
	    NULL);
}

/* A repeated once-key: who follows the repetition gets the first job's answer when there is one. */
static json_t *
answer_of_first(const json_t *row, const json_t *first)
{
	json_t	      *answer = json_copy((json_t *)(uintptr_t)row);
	enum job_state state = JOB_QUEUED;
	char	       text[120];

	(void)job_state_from_name(field_text(first, "state"), &state);
	if (job_state_is_final(state)) {
		static const char *const keys[] = { "state", "code", "exit", "message", "value" };

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (json_object_get(first, keys[i]) != NULL)
				(void)json_object_set(answer, keys[i], json_object_get(first, keys[i]));
		return answer;
	}
	(void)snprintf(text, sizeof(text), "the same request is job %s, which is not finished: follow %s",
	    field_text(first, "id"), field_text(first, "id"));
	(void)json_object_update_new(answer,
	    json_pack("{s:s s:i s:s}", "code", code_word(PD_BUSY), "exit", code_exit(PD_BUSY), "message", text));
	return answer;
}

static int
tell_result(struct intake *in, const json_t *row, const json_t *first, struct pd_err *e)
{
	json_t *answer = first != NULL ? answer_of_first(row, first) : json_incref((json_t *)(uintptr_t)row),
	       *receipt = NULL;
	const char *id = field_text(row, "id");
	int	    rv = 0;

	if (!job_log_has_result(in->spool, id) && (store_history_receipt(in->admission.store, id, &receipt, e) == -1 ||
	    job_log_result(in->spool, answer, receipt, e) == -1)) {
		log_event(in->log, LOG_WARNING, "job-log-failed", "job", id, "why", e->msg, NULL);
		in->is_behind = 1;
		rv = -1;
	}
	json_decref(receipt);
	json_decref(answer);
	return rv;
}

static void
file_away(struct intake *in, const char *id)
{
	struct pd_err e;

	if (drop_finish(in->spool, id, &e) == 0 || e.code == PD_NOTFOUND)
		return;
	log_event(in->log, LOG_WARNING, "finish-failed", "job", id, "why", e.msg, NULL);
	if (e.code == PD_CONFLICT)	/* the same file once more, when its job had ended long ago */
		(void)drop_reject(in->spool, in->spool->cur, id, "its job has ended before", &e);
	else
		in->is_behind = 1;	/* the file stays in cur/ for that */
}

static void
log_ended(struct intake *in, const struct verdict *v)
{
	const char   *id = field_text(v->row, "id");
	struct pd_err e;
	int	      is_told = tell_result(in, v->row, v->first, &e) == 0;

	if (v->is_new)
		log_event(in->log, LOG_NOTICE, field_text(v->row, "state"), "job", id, "user",
		    field_text(v->row, "user"), "verb", field_text(v->row, "verb"), "code", field_text(v->row, "code"),
		    "message", field_text(v->row, "message"), NULL);
	if (is_told)
		file_away(in, id);
}

int
intake_tell_end(struct intake *in, const json_t *row, struct pd_err *e)
{
	json_t *first = NULL;
	int	rv = admission_first(in->admission.store, row, &first, e);

	if (rv == 0)
		rv = tell_result(in, row, first, e);
	if (rv == 0)
		file_away(in, field_text(row, "id"));
	json_decref(first);
	return rv;
}

static int
has_ended(const struct verdict *v)
{
	enum job_state state = JOB_QUEUED;

	(void)job_state_from_name(field_text(v->row, "state"), &state);
	return job_state_is_final(state);
}

/* The job has a row and its file is in cur/: tell who follows it. */
static void
announce(struct intake *in, const struct verdict *v, int is_batch)
{
	if (has_ended(v))
		log_ended(in, v);
	if (has_ended(v) || !v->is_new)
		return;
	if (!is_batch)
		tell_followers(in, v->row, in->queued != NULL && in->wait != NULL ? in->wait(in->arg, v->row) : "");
	log_admitted(in, v->row);
}

void
taken_clear(struct taken *t)
{
	for (size_t i = 0; i < t->n; i++)
		verdict_clear(&t->v[i]);
	free(t->v);
	t->v = NULL;
	t->n = 0;
}

/* Where a file goes whose jobs have rows. */
static int
put_away(struct intake *in, int dirfd, const char *id, size_t n, struct pd_err *e)
{
	if (n > 1)
		return drop_taken_apart(in->spool, dirfd, id, e);
	return dirfd != in->spool->new ? 0 : drop_claim(in->spool, id, e);
}

/*
 * The rows are durable: a file that cannot be moved now, or that a power loss puts back into new/, meets them there.  A
 * second file with the id of a job that is claimed already is nobody's job.
 */
static int
claim(struct intake *in, int dirfd, const struct dropped *d, const struct taken *t, struct pd_err *e)
{
	const char *id = d->jobs[0].id;
	int	    is_same = dirfd != in->spool->new ||
	    (strcmp(field_text(t->v[0].row, "user"), d->jobs[0].user) == 0 &&
		strcmp(field_text(t->v[0].row, "verb"), d->jobs[0].verb) == 0);

	if (is_same && put_away(in, dirfd, id, d->n, e) == 0)
		return 0;
	if (is_same && e->code != PD_CONFLICT) {
		log_event(in->log, LOG_WARNING, "claim-failed", "job", id, "why", e->msg, NULL);
		return 0;
	}
	pd_fail(e, PD_BADDATA, "there is another job %s already", id);
	return reject(in, dirfd, id, IS_PLANTED, e);
}

static int
read_checked(struct intake *in, int dirfd, const char *id, struct dropped *d, struct pd_err *e)
{
	if (drop_read(dirfd, id, in->spool->gid, d, e) == -1)
		return e->code == PD_BADDATA ? reject(in, dirfd, id, IS_PLANTED, e) : -1;
	if (identity_of_file(in->identity, d->owner, &d->jobs[0], e) == -1) {	/* a batch has one user */
		char owner[JOB_USER_MAX + 1];
		int  is_known = in->identity->accounts->name_of(in->identity->accounts->arg, d->owner, owner, sizeof(owner)) == 0;

		dropped_clear(d);	/* of an owner whom nobody knows: the name service may be ill */
		return reject(in, dirfd, id, is_known ? IS_PLANTED : IS_KEPT, e);
	}
	return 0;
}

int
intake_read(struct intake *in, int dirfd, const char *id, struct dropped *d, struct pd_err *e)
{
	int rv;

	memset(d, 0, sizeof(*d));
	if (id_is_valid(id) && !mark(in, id)) {
		pd_fail(e, PD_BADDATA, "this file ended its reader %d times", INTAKE_ATTEMPTS);
		unmark(in);
		return reject(in, dirfd, id, IS_KEPT, e);
	}
	rv = read_checked(in, dirfd, id, d, e);
	unmark(in);
	return rv;
}

int
intake_decide(struct intake *in, const struct dropped *d, struct taken *t, struct pd_err *e)
{
	int rv;

	memset(t, 0, sizeof(*t));
	if ((t->v = calloc(d->n, sizeof(*t->v))) == NULL)
		return pd_fail_sys(e, PD_IO, "take in job file %s", d->jobs[0].id);
	t->n = d->n;
	(void)mark(in, d->jobs[0].id);
	rv = admission_decide(&in->admission, d->jobs, d->n, t->v, e);
	unmark(in);
	if (rv == -1)
		taken_clear(t);
	for (size_t i = 0; i < t->n && in->queued != NULL; i++)
		if (t->v[i].is_new && !has_ended(&t->v[i]))
			in->queued(in->arg, t->v[i].row);
	return rv;
}

int
intake_finish(struct intake *in, int dirfd, const struct dropped *d, struct taken *t, struct pd_err *e)
{
	if (claim(in, dirfd, d, t, e) == -1) {
		taken_clear(t);
		return -1;
	}
	for (size_t i = 0; i < t->n; i++)
		announce(in, &t->v[i], t->n > 1);
	return 0;
}

int
intake_take(struct intake *in, int dirfd, const char *id, struct taken *t, struct pd_err *e)
{
	struct dropped d;
	int	       rv;

	memset(t, 0, sizeof(*t));
	if (intake_read(in, dirfd, id, &d, e) == -1)
		return -1;
	rv = intake_decide(in, &d, t, e);
	if (rv == 0)
		rv = intake_finish(in, dirfd, &d, t, e);
	dropped_clear(&d);
	return rv;
}

int
intake_own(struct intake *in, const struct job *job, json_t **row, struct pd_err *e)
{
	struct verdict v;

	*row = NULL;
	if (admission_decide(&in->admission, job, 1, &v, e) == -1)
		return -1;
	if (v.is_new && !has_ended(&v) && in->queued != NULL)
		in->queued(in->arg, v.row);
	announce(in, &v, 0);
	*row = json_incref(v.row);
	verdict_clear(&v);
	return 0;
}

static int
all_are(const struct dropped *d, int (*is_spared)(const struct job *job))
{
	for (size_t i = 0; i < d->n; i++)
		if (!is_spared(&d->jobs[i]))
			return 0;
	return 1;
}

int
intake_turn_away(struct intake *in, const char *id, const char *user, int (*is_spared)(const struct job *job),
    struct pd_err *e)
{
	struct dropped d;
	int	       rv;

	if (!id_is_valid(id) || !mark(in, id))
		return pd_fail(e, PD_BADDATA, "the job file is not one that is read");
	rv = drop_read(in->spool->new, id, in->spool->gid, &d, e);
	if (rv == 0) {
		rv = identity_of_file(in->identity, d.owner, &d.jobs[0], e);
		if (rv == 0 && strcmp(d.jobs[0].user, user) != 0)
			rv = pd_fail(e, PD_NOTFOUND, "there is no job %s of yours", id);
		if (rv == 0 && is_spared != NULL && all_are(&d, is_spared))
			rv = pd_fail(e, PD_CONFLICT, "job %s is one that is taken in all the same", id);
		dropped_clear(&d);
	}
	unmark(in);
	return rv == 0 ? drop_withdraw(in->spool, id, e) : -1;
}
