/* SPDX-License-Identifier: ISC */
/*
 * query_history.c - history: who did what and when, as far as the role lets see; verify-history: is all of it as it was
 * written? export-history: all of it as it was written.
 */
#include <stdio.h>

#include "spool/query/query_verbs.h"

#define HISTORY_DEFAULT 50
#define EXPORT_PAGE	256	/* records: about a millisecond, and other questions come between */

static int
how_many(const struct question *x)
{
	json_t *limit = json_object_get(x->args, "limit");
	int64_t page = x->q->conf->history_page;

	if (limit != NULL)
		return (int)json_integer_value(limit);
	return page > 0 && page <= 1000 ? (int)page : HISTORY_DEFAULT;
}

int
query_history(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char	     *job = json_string_value(json_object_get(x->args, "job"));
	char		      id[JOB_ID_LEN + 1];
	json_t		     *after = json_object_get(x->args, "after");
	struct history_filter f = { .user = x->of_user, .tenant = x->of_tenant,
		.vm = json_string_value(json_object_get(x->args, "vm")), .limit = how_many(x),
		.from_start = after != NULL, .after = json_integer_value(after) };

	if (job != NULL) {
		if (question_job_id(x, job, id, e) == -1)
			return -1;
		f.job = id;
	}
	if (store_history_list(x->q->store, &f, &a->value, e) == -1)
		return -1;
	a->newest_last = after == NULL;	/* of a page the beginning is kept: the next one goes on behind it */
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "record", "records");
	return 0;
}

static void
say_proof(char *text, size_t size, const struct history_proof *p, const struct pd_err *why)
{
	char upto[160] = "", from[80] = "";

	if (p->records > 0)
		(void)snprintf(upto, sizeof(upto), ", head %.16s..., written %s", p->head, p->t);
	if (p->first > 0)
		(void)snprintf(from, sizeof(from), "; those up to %lld are in archives that are not all here",
		    (long long)p->first);
	if (p->fault == HISTORY_WHOLE)
		(void)snprintf(text, size, "the history is whole: %lld records are proven%s%s",
		    (long long)(p->records - p->first), upto, from);
	else
		(void)snprintf(text, size, "%.140s; only the first %lld records are proven", why->msg, (long long)p->records);
}

/* A history that is not whole is an answer, not a failure to answer: its value says how far it may be believed. */
json_t *
query_proof(const struct history_proof *p, const struct pd_err *why)
{
	char	message[400];
	json_t *value;

	if (why != NULL && p->fault == HISTORY_WHOLE)
		return query_refusal(why);
	value = json_pack("{s:b s:I s:I s:s}", "whole", p->fault == HISTORY_WHOLE, "first", (json_int_t)p->first,
	    "records", (json_int_t)p->records, "head", p->head);
	if (p->t[0] != '\0')
		(void)json_object_set_new(value, "t", json_string(p->t));
	if (p->fault != HISTORY_WHOLE) {
		(void)json_object_set_new(value, "fault", json_string(history_fault_name(p->fault)));
		(void)json_object_set_new(value, "record", json_integer(p->at));
	}
	say_proof(message, sizeof(message), p, why);
	return query_reply(p->fault == HISTORY_WHOLE ? PD_OK : PD_BADDATA, message, value);
}

static int
verify_at_once(const struct question *x, struct answer_to *a, const struct history_witness *w, struct pd_err *e)
{
	struct history_proof p;
	json_t		    *reply;
	int		     rv = store_history_verify(x->q->store, w, &p, e);

	if (rv == -1 && p.fault == HISTORY_WHOLE)
		return -1;
	reply = query_proof(&p, rv == -1 ? e : NULL);
	a->code = rv == 0 ? PD_OK : PD_BADDATA;
	a->value = json_incref(json_object_get(reply, "value"));
	(void)snprintf(a->message, sizeof(a->message), "%s", field_text(reply, "message"));
	json_decref(reply);
	return 0;
}

int
query_verify_history(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char	      *text = json_string_value(json_object_get(x->args, "witness"));
	struct history_witness w;

	if (text != NULL && history_witness_parse(text, &w, e) == -1)
		return -1;
	if (x->q->verify == NULL)
		return verify_at_once(x, a, text != NULL ? &w : NULL, e);
	(void)snprintf(a->message, sizeof(a->message), "begun");
	return x->q->verify(x->q->arg, text != NULL ? &w : NULL, e);
}

static int
add_line(void *arg, int64_t seq, const unsigned char *hash, const char *line, size_t len, struct pd_err *e)
{
	json_t *one = json_pack("{s:I s:s%}", "seq", (json_int_t)seq, "line", line, len - 1);

	(void)hash;
	if (json_array_append_new(arg, one) == -1)
		return pd_fail(e, PD_BADDATA,
		    "history: record %lld cannot be exported as it is; verify-history says more", (long long)seq);
	return 0;
}

/* Whoever sees only a part of the history would get a chain with holes. */
int
query_export_history(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	int64_t base, after = json_integer_value(json_object_get(x->args, "after")), n;

	if (x->of_user != NULL || x->of_tenant != NULL)
		return pd_fail(e, PD_DENIED,
		    "export-history is for roles that see everything; with history you see what concerns you");
	if (store_history_base(x->q->store, &base, e) == -1 || (a->value = json_array()) == NULL)
		return -1;
	if (store_history_lines(x->q->store, after > base ? after : base, NULL, EXPORT_PAGE, add_line, a->value, &n, e) == -1)
		return -1;
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "record", "records");
	return 0;
}
