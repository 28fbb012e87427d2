/* SPDX-License-Identifier: ISC */
/*
 * query.c - questions to the director: policy, arguments, scope, then the verb's own function.
 *
 * The scope of the user's role becomes two filters (user, tenant) that every function hands to the
 * store, so that what is not theirs is never read, rather than read and left out.  A list that
 * would not fit into a reply is cut, and the message says so.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/request/args.h"
#include "spool/query/query_verbs.h"
#include "spool/vis.h"

static const struct {
	const char *verb;
	int (*answer)(const struct question *x, struct answer_to *a, struct pd_err *e);
} answers[] = {
	{ "list-vms", query_list_vms },
	{ "show-vm", query_show_vm },
	{ "console", query_console },
	{ "list-images", query_list_images },
	{ "show-image", query_show_image },
	{ "list-jobs", query_list_jobs },
	{ "show-job", query_show_job },
	{ "why", query_why },
	{ "cancel-job", query_cancel_job },
	{ "undo-job", query_undo_job },
	{ "resume-job", query_resume_job },
	{ "transcript", query_transcript },
	{ "history", query_history },
	{ "verify-history", query_verify_history },
	{ "export-history", query_export_history },
	{ "quota", query_quota },
	{ "list-platforms", query_list_platforms },
	{ "show-platform", query_show_platform },
	{ "list-systems", query_list_systems },
	{ "show-system", query_show_system },
	{ "drift", query_drift },
};

json_t *
query_reply(enum pd_code code, const char *message, json_t *value)
{
	char	safe[1024];
	json_t *reply;

	if (!vis_is_utf8(message, strlen(message)))
		message = vis_encode(safe, sizeof(safe), message, strlen(message));
	reply = json_pack("{s:s s:i s:s}", "code", code_word(code), "exit", code_exit(code),
	    "message", message);
	if (reply == NULL || value == NULL) {
		json_decref(value);
		return reply;
	}
	if (json_object_set_new(reply, "value", value) == -1) {
		json_decref(reply);
		return NULL;
	}
	return reply;
}

json_t *
query_refusal(const struct pd_err *e)
{
	return query_reply(e->code, e->msg, e->wait_s > 0 ? json_pack("{s:i}", "retry_after", e->wait_s) : NULL);
}

static int
set_scope(struct question *x, struct pd_err *e)
{
	if ((x->tenant = policy_tenant(x->q->conf, x->user)) == NULL)
		return pd_fail(e, PD_DENIED,
		    "you belong to no tenant; ask an administrator to make you a member of one");
	if (x->tenant->role->scope != SCOPE_ALL)
		x->of_tenant = x->tenant->name;
	if (x->tenant->role->scope == SCOPE_OWN)
		x->of_user = x->user;
	return 0;
}

/* At least as long as its text, and found without writing it: a character takes six bytes at most. */
static size_t
most_bytes(const json_t *value)
{
	size_t	    n = 32, i;	/* a number; brackets and the like */
	const char *key;
	json_t	   *one;

	if (json_is_string(value))
		n += 6 * json_string_length(value);
	json_array_foreach(value, i, one)
		n += most_bytes(one);
	json_object_foreach((json_t *)(uintptr_t)value, key, one)
		n += 6 * strlen(key) + most_bytes(one);
	return n;
}

/* How many of the last rows fit into a reply. */
static size_t
fitting(const json_t *list)
{
	size_t n = json_array_size(list), kept = 0, used = 2;

	if (most_bytes(list) <= LIST_BYTES_MAX)
		return n;
	while (kept < n &&
	    (used += json_dumpb(json_array_get(list, n - 1 - kept), NULL, 0, ROWS_FLAGS) + 1) <= LIST_BYTES_MAX)
		kept++;
	return kept;
}

static size_t
write_rows(const struct answer_to *a)
{
	size_t n = json_array_size(a->value);

	rows_begin(a->rows, LIST_BYTES_MAX);
	for (size_t i = a->newest_last ? n - fitting(a->value) : 0; i < n; i++)
		rows_add(a->rows, json_array_get(a->value, i));
	return n;
}

/* A list is cut to what fits into a reply; the message tells how much is left. */
static int
finish_list(struct answer_to *a, struct pd_err *e)
{
	size_t len = strlen(a->message);
	int    is_cut = a->rows->is_full;

	if (a->value != NULL)
		is_cut = write_rows(a) > a->rows->n;
	json_decref(a->value);
	a->value = NULL;
	if (is_cut)
		(void)snprintf(a->message + len, sizeof(a->message) - len, "; only the %s %zu fit into an answer",
		    a->newest_last ? "last" : "first", a->rows->n);
	return rows_end(a->rows, e);
}

/* Where the context has no place for it, it stands in the reply. */
static int
place_list(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	if (x->q->list != NULL)
		return 0;
	if ((a->value = rows_value(a->rows)) == NULL)
		return pd_fail(e, PD_IO, "no memory");
	return 0;
}

static int
fill_answer(const struct question *x, const struct verb *v, struct answer_to *a, struct pd_err *e)
{
	int rv = pd_fail(e, PD_BUG, "%s is not a question that the director answers", v->name);

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (strcmp(answers[i].verb, v->name) == 0)
			rv = answers[i].answer(x, a, e);
	if (rv == 0 && (json_is_array(a->value) || a->rows->len > 0))
		rv = finish_list(a, e) == -1 ? -1 : place_list(x, a, e);
	return rv;
}

static json_t *
run_answer(const struct question *x, const struct verb *v)
{
	struct rows	 own = { .text = NULL };
	struct answer_to a = { .code = PD_OK, .rows = x->q->list != NULL ? x->q->list : &own };
	struct pd_err	 e = { .code = PD_BUG };
	json_t		*reply;

	rows_forget(a.rows);
	if (fill_answer(x, v, &a, &e) == 0) {
		reply = query_reply(a.code, a.message, a.value);
		if (reply != NULL && a.job[0] != '\0')
			(void)json_object_set_new(reply, "job", json_string(a.job));
	} else {
		json_decref(a.value);
		rows_forget(a.rows);
		reply = query_refusal(&e);
	}
	rows_free(&own);
	return reply;
}

json_t *
query_answer(const struct query_context *q, const struct verb *v, const json_t *args, const char *user)
{
	struct question	  x = { .q = q, .user = user };
	struct policy_why why;
	struct pd_err	  e = { .code = PD_BUG };
	json_t		 *none, *reply;

	if (v == NULL)
		return query_reply(PD_USAGE,
		    "there is no such verb; help lists those that you may use", NULL);
	if (user == NULL || user[0] == '\0')
		return query_reply(PD_DENIED, "nobody asks: a request needs its user", NULL);
	if (policy_verb(q->conf, user, v->name, &why, &e) == -1 || set_scope(&x, &e) == -1)
		return query_refusal(&e);
	none = json_object();
	x.args = args != NULL ? args : none;
	if (args_check(v, x.args, &e) == -1)
		reply = query_refusal(&e);
	else
		reply = run_answer(&x, v);
	json_decref(none);
	return reply;
}

int
question_job_id(const struct question *x, const char *prefix, char id[JOB_ID_LEN + 1], struct pd_err *e)
{
	if (store_job_resolve(x->q->store, prefix, x->of_user, x->of_tenant, id, e) == 0)
		return 0;
	if (e->code == PD_NOTFOUND)
		(void)pd_fail(e, PD_NOTFOUND,
		    "there is no job %s of yours; list-jobs --all shows them", prefix);
	return -1;
}

int
question_platform(const struct question *x, const char *name, struct pd_err *e)
{
	json_t *row = NULL;
	int	rv = store_platform_get(x->q->store, name, &row, e);

	if (rv == -1 && e->code != PD_NOTFOUND)
		return -1;
	json_decref(row);
	if (rv == -1 || !policy_list_has(&x->tenant->platforms, name))
		return pd_fail(e, PD_NOTFOUND, "there is no platform \"%s\" for you", name);
	return 0;
}

json_t *
query_resolve(const struct query_context *q, const char *prefix, const char *user)
{
	struct question x = { .q = q, .user = user };
	struct pd_err	e = { .code = PD_BUG };
	char		id[JOB_ID_LEN + 1], upper[JOB_ID_LEN + 1];
	json_t	       *reply;

	if (prefix == NULL || !id_prefix_is_valid(prefix, upper))
		return query_reply(PD_USAGE,
		    "a job is named by its id or the first 8 or more characters of it", NULL);
	if (user == NULL)
		return query_reply(PD_DENIED, "nobody asks: a request needs its user", NULL);
	if (set_scope(&x, &e) == -1 || question_job_id(&x, upper, id, &e) == -1)
		return query_refusal(&e);
	if ((reply = query_reply(PD_OK, "", NULL)) != NULL)
		(void)json_object_set_new(reply, "job", json_string(id));
	return reply;
}
