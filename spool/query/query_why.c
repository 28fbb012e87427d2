/* SPDX-License-Identifier: ISC */
/*
 * query_why.c - why: where a create-vm was put and what the others lacked, or why it could be put nowhere.
 *
 * A refused job's row has the decision; that of an admitted one is in the history, with its admission.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/placement.h"
#include "spool/query/query_verbs.h"

#define RECORDS 10	/* of a job's first ones: its admission is among them */

/* New; NULL: the history has none. */
static int
from_history(const struct question *x, const char *id, json_t **decision, struct pd_err *e)
{
	struct history_filter f = { .job = id, .limit = RECORDS, .from_start = 1 };
	json_t		     *records = NULL, *r, *found;
	size_t		      i;

	if (store_history_list(x->q->store, &f, &records, e) == -1)
		return -1;
	json_array_foreach(records, i, r)
		if (*decision == NULL && (found = json_object_get(json_object_get(r, "what"), "placement")) != NULL)
			*decision = json_incref(found);
	json_decref(records);
	return 0;
}

static void
say(struct answer_to *a)
{
	const char *chosen = field_text(a->value, "chosen");

	if (chosen[0] != '\0')
		(void)snprintf(a->message, sizeof(a->message), "%.31s was chosen (%.10s)", chosen, field_text(a->value, "policy"));
	else
		(void)placement_text(a->value, a->message, sizeof(a->message));
}

int
query_why(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	char	id[JOB_ID_LEN + 1];
	json_t *row = NULL;
	int	rv;

	if (question_job_id(x, field_text(x->args, "job"), id, e) == -1 ||
	    store_job_get(x->q->store, id, &row, e) == -1)
		return -1;
	a->value = json_incref(json_object_get(json_object_get(row, "value"), "placement"));
	rv = a->value != NULL ? 0 : from_history(x, id, &a->value, e);
	if (rv == 0 && a->value == NULL)
		rv = pd_fail(e, PD_NOTFOUND,
		    "job %s is a %s, no system was chosen for it; show-job %s says what it does", id,
		    field_text(row, "verb"), id);
	if (rv == 0)
		say(a);
	json_decref(row);
	return rv;
}
