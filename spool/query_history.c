/* SPDX-License-Identifier: ISC */
/*
 * query_history.c - history: who did what and when, as far as the role lets see; verify-history: is all of it as it was written?
 */
#include <stdio.h>

#include "spool/query_verbs.h"

#define HISTORY_DEFAULT 50

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
say_proof(struct answer_to *a, const struct history_proof *p, const struct pd_err *why)
{
	char upto[120] = "";

	if (p->records > 0)
		(void)snprintf(upto, sizeof(upto), ", head %.16s..., written %s", p->head, p->t);
	if (p->fault == HISTORY_WHOLE)
		(void)snprintf(a->message, sizeof(a->message), "the history is whole: %lld records are proven%s", (long long)p->records,
		    upto);
	else
		(void)snprintf(a->message, sizeof(a->message), "%.140s; only the first %lld records are proven", why->msg,
		    (long long)p->records);
}

/* A history that is not whole is an answer, not a failure to answer: its value says how far it may be believed. */
int
query_verify_history(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char	      *text = json_string_value(json_object_get(x->args, "witness"));
	struct history_witness w;
	struct history_proof   p;

	if (text != NULL && history_witness_parse(text, &w, e) == -1)
		return -1;
	if (store_history_verify(x->q->store, text != NULL ? &w : NULL, &p, e) == -1 && p.fault == HISTORY_WHOLE)
		return -1;
	a->code = p.fault == HISTORY_WHOLE ? PD_OK : PD_BADDATA;
	a->value = json_pack("{s:b s:I s:s}", "whole", p.fault == HISTORY_WHOLE, "records", (json_int_t)p.records, "head", p.head);
	if (p.t[0] != '\0')
		(void)json_object_set_new(a->value, "t", json_string(p.t));
	if (p.fault != HISTORY_WHOLE) {
		(void)json_object_set_new(a->value, "fault", json_string(history_fault_name(p.fault)));
		(void)json_object_set_new(a->value, "record", json_integer(p.at));
	}
	say_proof(a, &p, e);
	return 0;
}
