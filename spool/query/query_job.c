/* SPDX-License-Identifier: ISC */
/*
 * query_job.c - list-jobs, show-job and cancel-job.
 */
#include <stdio.h>
#include <string.h>

#include "spool/platforms/contact.h"
#include "spool/query/query_verbs.h"

#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))
#define JOBS_DEFAULT 50

/* What is "" or absent is left out. */
static void
write_member(struct rows *rows, const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	if (json_is_integer(value))
		rows_number(rows, key, json_integer_value(value));
	else if (json_is_boolean(value))
		rows_json(rows, key, json_is_true(value) ? "true" : "false");
	else if (json_string_length(value) > 0)
		rows_text(rows, key, json_string_value(value));
}

static void
write_members(struct rows *rows, const json_t *row, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		write_member(rows, row, keys[i]);
}

/* What list-jobs says of one.  Held up by its platform, it is in no queue, and waits for nobody's turn. */
static void
write_job(const struct question *x, struct rows *rows, const json_t *row)
{
	static const char *const who[] = { "id", "verb", "user", "tenant", "platform", "vm" };
	static const char *const what[] = { "plan", "code", "exit", "message" };
	int			 is_platform = 0;
	const char		*wait = x->q->wait != NULL ? x->q->wait(x->q->arg, row, &is_platform) : "";

	rows_open(rows);
	write_members(rows, row, who, COUNT(who));
	if (is_platform && strcmp(field_text(row, "state"), "queued") == 0)
		rows_text(rows, "state", "waiting");
	else
		write_member(rows, row, "state");
	write_members(rows, row, what, COUNT(what));
	if (is_platform || wait[0] != '\0')
		rows_text(rows, "waits", wait);
	if (is_platform)
		rows_text(rows, "reason", "platform");
	rows_time(rows, "submitted", field_number(row, "submitted"));
	rows_time(rows, "started", field_number(row, "started"));
	rows_time(rows, "finished", field_number(row, "finished"));
	rows_close(rows);
}

int
query_list_jobs(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	json_t		 *limit = json_object_get(x->args, "limit"), *rows, *row;
	int		  all = field_is_set(x->args, "all");
	struct job_filter f = { .user = x->of_user, .tenant = x->of_tenant, .pending = !all,
		.vm = json_string_value(json_object_get(x->args, "vm")),
		.limit = limit != NULL ? (int)json_integer_value(limit) : JOBS_DEFAULT };
	size_t		  i;

	if (store_job_list_brief(x->q->store, &f, &rows, e) == -1)
		return -1;
	rows_begin(a->rows, LIST_BYTES_MAX);
	json_array_foreach(rows, i, row)
		write_job(x, a->rows, row);
	(void)count_text(a->message, sizeof(a->message), json_array_size(rows),
	    all ? "job" : "unfinished job",
	    all ? "jobs" : "unfinished jobs; list-jobs --all shows the finished ones too");
	if (!all && json_array_size(rows) > 0)
		(void)count_text(a->message, sizeof(a->message), json_array_size(rows),
		    "unfinished job", "unfinished jobs");
	json_decref(rows);
	return 0;
}

/* Only the scheduler knows exactly; without it, how long the queue is. */
static void
waits_text(const struct question *x, const json_t *row, int64_t running, int64_t before, char *buf,
    size_t size)
{
	int	    is_platform;
	const char *wait = x->q->wait != NULL ? x->q->wait(x->q->arg, row, &is_platform) : NULL;

	if (wait != NULL)
		(void)snprintf(buf, size, "%s", wait[0] != '\0' ? wait : "its turn");
	else
		(void)snprintf(buf, size,
		    "platform %s: %lld job%s running, at most %lld at a time; %lld queued earlier",
		    field_text(row, "platform"), (long long)running, running == 1 ? "" : "s",
		    (long long)x->q->conf->jobs_per_platform,
		    (long long)before);
}

/* Place in its platform's queue, by the order of arrival, and what it waits for. */
static int
add_queue(const struct question *x, json_t *job, const json_t *row, struct pd_err *e)
{
	const char *platform = field_text(row, "platform");
	int64_t	    running, before;
	char	    text[CONTACT_TEXT_MAX];

	if (strcmp(field_text(row, "state"), "queued") != 0 || platform[0] == '\0')
		return 0;
	if (store_job_queue(x->q->store, platform, field_text(row, "id"), &running, &before, e) == -1)
		return -1;
	waits_text(x, row, running, before, text, sizeof(text));
	(void)json_object_set_new(job, "position", json_integer(before + 1));
	(void)json_object_set_new(job, "waits", json_string(text));
	return 0;
}

static int
get_job(const struct question *x, json_t **row, struct pd_err *e)
{
	char id[JOB_ID_LEN + 1];

	if (question_job_id(x, field_text(x->args, "job"), id, e) == -1)
		return -1;
	return store_job_get(x->q->store, id, row, e);
}

int
query_show_job(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	static const char *const keys[] = { "args", "value", "note", "once", "source", "origin",
	    "attempts", "cancel" };
	struct rows		 rows = { .text = NULL };
	json_t			*row = NULL, *receipt = NULL;
	int			 rv;

	if (get_job(x, &row, e) == -1)
		return -1;
	rows_begin(&rows, LIST_BYTES_MAX);
	write_job(x, &rows, row);
	if ((a->value = rows_only(&rows, e)) == NULL) {
		json_decref(row);
		return -1;
	}
	set_copy(a->value, row, keys, COUNT(keys));
	(void)snprintf(a->job, sizeof(a->job), "%s", field_text(row, "id"));
	rv = add_queue(x, a->value, row, e);
	if (rv == 0 && field_number(row, "finished") != 0)
		rv = store_history_receipt(x->q->store, a->job, &receipt, e);
	if (receipt != NULL)
		(void)json_object_set_new(a->value, "history", receipt);
	json_decref(row);
	return rv;
}

/* A job that has ended cannot be cancelled; what it did can be undone by its opposite. */
static int
refuse_ended(const json_t *row, struct answer_to *a, struct pd_err *e)
{
	if (strcmp(field_text(row, "state"), "cancelled") == 0) {
		a->code = PD_NO_CHANGE;
		(void)snprintf(a->message, sizeof(a->message), "job %s was cancelled before", a->job);
		return 0;
	}
	return pd_fail(e, PD_CONFLICT, "job %s has ended (%s) and cannot be cancelled any more",
	    a->job, field_text(row, "state"));
}

static int
cancel(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	if (x->q->cancel == NULL)
		return pd_fail(e, PD_BUSY, "jobs cannot be cancelled now; try later");
	if (x->q->cancel(x->q->arg, a->job, e) == -1)
		return -1;
	(void)snprintf(a->message, sizeof(a->message),
	    "job %s is cancelled; what it has begun is undone", a->job);
	return 0;
}

/* What the job is now, behind a small command. */
static int
answer_state(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	json_t *row = NULL;

	if (store_job_get(x->q->store, a->job, &row, e) == -1)
		return -1;
	a->value = json_pack("{s:s s:s}", "id", a->job, "state", field_text(row, "state"));
	json_decref(row);
	return 0;
}

int
query_cancel_job(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	enum job_state state;
	json_t	      *row = NULL;
	int	       rv;

	if (get_job(x, &row, e) == -1)
		return -1;
	(void)snprintf(a->job, sizeof(a->job), "%s", field_text(row, "id"));
	if (job_state_from_name(field_text(row, "state"), &state) == 0 && job_state_is_final(state))
		rv = refuse_ended(row, a, e);
	else
		rv = cancel(x, a, e);
	json_decref(row);
	return rv == -1 ? -1 : answer_state(x, a, e);
}

static int
retake(const struct question *x, struct answer_to *a, int is_undo, struct pd_err *e)
{
	if (question_job_id(x, field_text(x->args, "job"), a->job, e) == -1)
		return -1;
	if (x->q->retake == NULL)
		return pd_fail(e, PD_BUSY, "jobs cannot be taken up now; try later");
	if (x->q->retake(x->q->arg, a->job, is_undo, e) == -1)
		return -1;
	(void)snprintf(a->message, sizeof(a->message), "job %s %s; follow it with: follow %s", a->job,
	    is_undo ? "is undone" : "goes on", a->job);
	return answer_state(x, a, e);
}

int
query_undo_job(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	return retake(x, a, 1, e);
}

int
query_resume_job(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	return retake(x, a, 0, e);
}
