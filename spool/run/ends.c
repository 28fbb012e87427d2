/* SPDX-License-Identifier: ISC */
/*
 * ends.c - each job's end is told in its log, whatever came between.
 *
 * An end is durable in the store first, and told then: a crash or a full disk may come between the two.  The history has each end, in the
 * order in which they came.  "told" (store_kept_get) is a record up to which all of them are known to be told: the records behind it
 * are what is looked through at a start, and again while something could not be written.  It moves on once in so many records, in a commit of
 * its own, so that no job pays for it; what it lags behind is told already, which its log says.
 *
 * The job's file in cur/ would not do: that of a batch is filed away when its jobs have their rows, and that of a stuck job when it got stuck.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/director/director.h"
#include "spool/field.h"

#define KEPT_TOLD "told"
#define EVERY	  1000	/* records: "told" is written so often */
#define PAGE	  200	/* of them at a time in memory */
#define TRIES	  30	/* of a log that cannot be written though there is room: a minute (DIRECTOR_RETRY_MS) */

static int
keep(struct director *d, int64_t seq, struct pd_err *e)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)seq);
	if (store_begin(d->store, e) == 0 && store_kept_set(d->store, KEPT_TOLD, text, e) == 0 &&
	    store_commit(d->store, e) == 0) {
		d->told_kept = seq;
		return 0;
	}
	store_rollback(d->store);
	return -1;
}

/* A database that has none yet is new, or of a version that knew only cur/: its last records are looked through. */
int
ends_open(struct director *d, struct pd_err *e)
{
	char	text[24], hash[HISTORY_HASH_LEN + 1];
	int64_t head;

	if (store_kept_get(d->store, KEPT_TOLD, text, sizeof(text), e) == -1)
		return -1;
	if (text[0] != '\0') {
		d->told = d->told_kept = strtoll(text, NULL, 10);
		return 0;
	}
	if (store_history_head(d->store, &head, hash, e) == -1)
		return -1;
	d->told = head > EVERY ? head - EVERY : 0;
	return keep(d, d->told, e);
}

static int
is_end(const json_t *record)
{
	enum job_state state;

	return field_text(record, "job")[0] != '\0' && job_state_from_name(field_text(record, "event"), &state) == 0 &&
	    job_state_is_final(state);
}

/* One that was stuck may have been taken up again since, or have another end. */
static int
tell(struct director *d, const char *id, struct pd_err *e)
{
	enum job_state state;
	json_t	      *row = NULL;
	int	       rv = 0;

	if (store_job_get(d->store, id, &row, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	if (job_state_from_name(field_text(row, "state"), &state) == 0 && job_state_is_final(state))
		rv = intake_tell_end(&d->intake, row, e);
	json_decref(row);
	return rv;
}

/* Without room nothing behind it fares better.  Any other failure is that log's own, and not for ever in the way of the others. */
static int
tell_page(struct director *d, const json_t *records, struct pd_err *e)
{
	const json_t *record;
	size_t	      i;

	json_array_foreach(records, i, record) {
		const char *id = field_text(record, "job");

		if (is_end(record) && tell(d, id, e) == -1) {
			if (e->code == PD_NOSPACE || ++d->told_tries < TRIES)
				return -1;
			log_event(&d->log, LOG_ERR, "result-not-told", "job", id, "why", e->msg, NULL);
		}
		d->told = field_number(record, "seq");
		d->told_tries = 0;
	}
	return 0;
}

int
ends_look(struct director *d, struct pd_err *e)
{
	struct history_filter f = { .from_start = 1, .limit = PAGE };
	json_t		     *records;
	size_t		      n = PAGE;

	while (n == PAGE) {
		int rv;

		f.after = d->told;
		if (store_history_list(d->store, &f, &records, e) == -1)
			return -1;
		n = json_array_size(records);
		rv = tell_page(d, records, e);
		json_decref(records);
		if (rv == -1)
			return -1;
	}
	return 0;
}

/* Who ends a job tells it in the same round of the loop, or says that something is behind. */
void
ends_note(struct director *d)
{
	char	      hash[HISTORY_HASH_LEN + 1];
	struct pd_err e;
	int64_t	      head;

	if (!d->intake.is_behind && store_history_head(d->store, &head, hash, &e) == 0)
		d->told = head;
	if (d->told - d->told_kept < EVERY || keep(d, d->told, &e) == 0)
		return;
	log_event(&d->log, LOG_WARNING, "told-not-kept", "why", e.msg, NULL);
	d->told_kept = d->told;		/* tried again after as many; the next start looks through so much more */
}
