/* SPDX-License-Identifier: ISC */
/*
 * query_history.c - history: who did what and when, as far as the role lets see.
 */
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
	struct history_filter f = { .user = x->of_user, .tenant = x->of_tenant,
		.vm = json_string_value(json_object_get(x->args, "vm")), .limit = how_many(x) };

	if (job != NULL) {
		if (question_job_id(x, job, id, e) == -1)
			return -1;
		f.job = id;
	}
	if (store_history_list(x->q->store, &f, &a->value, e) == -1)
		return -1;
	a->newest_last = 1;
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "record", "records");
	return 0;
}
