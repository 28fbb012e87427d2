/* SPDX-License-Identifier: ISC */
/*
 * change_record.c - the history of platforms, systems and images.
 */
#include "spool/field.h"
#include "spool/history/change_record.h"

int
change_record(struct store *st, const struct change_by *by, const char *event, json_t *what, struct pd_err *e)
{
	json_t *record = json_pack("{s:s s:s s:s s:s s:s s:o}", "event", event, "user", by->user, "tenant", by->tenant,
	    "job", by->job, "verb", by->verb, "what", what);
	int	rv;

	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history of job %s", by->job);
	rv = store_history_add(st, record, e);
	json_decref(record);
	return rv;
}

int
change_record_of(struct store *st, const json_t *job, const char *event, json_t *what, struct pd_err *e)
{
	const struct change_by by = { field_text(job, "user"), field_text(job, "tenant"), field_text(job, "id"),
		field_text(job, "verb") };

	return change_record(st, &by, event, what, e);
}
