/* SPDX-License-Identifier: ISC */
/*
 * query_transcript.c - transcript: the exact commands of a job and their answers, out of its journal.
 *
 * The job may be running: a torn tail is a record that is being written, and is left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/journal.h"
#include "spool/os/sys.h"
#include "spool/query/query_verbs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static json_t *
command_of(const json_t *intent)
{
	static const char *const keys[] = { "step", "i", "part", "as" };
	json_t			*item = json_object();

	set_copy(item, intent, keys, COUNT(keys));
	(void)json_object_set(item, "command", json_object_get(intent, "cmd"));
	set_time(item, "t", field_number(intent, "t"));
	return item;
}

static void
add_answer(json_t *item, const json_t *answer)
{
	static const char *const keys[] = { "status", "signal", "lost", "out", "err", "ms", "cut" };

	set_copy(item, answer, keys, COUNT(keys));
}

/*
 * Each intent with the answer that follows it; an intent without one was never answered.  What was asked or told while
 * a command ran has its records between the two of that one.
 */
static json_t *
pair_records(const json_t *records)
{
	json_t *list = json_array(), *open[2] = { NULL, NULL }, *record;
	size_t	i;

	json_array_foreach(records, i, record) {
		const char *kind = field_text(record, "k"), *part = field_text(record, "part");
		int	    is_beside = strcmp(part, "watch") == 0 || strcmp(part, "stop") == 0;

		if (strcmp(kind, "intent") == 0) {
			open[is_beside] = command_of(record);
			if (json_array_append_new(list, open[is_beside]) == -1)
				open[is_beside] = NULL;
		} else if (strcmp(kind, "answer") == 0 && open[is_beside] != NULL) {
			add_answer(open[is_beside], record);
			open[is_beside] = NULL;
		}
	}
	return list;
}

/* An absent journal is that of a job that has sent nothing. */
static int
read_journal(const struct question *x, const char *id, json_t **records, struct pd_err *e)
{
	struct journal j = { 0 };
	int	       fd, rv;

	if (x->q->spool == NULL)
		return pd_fail(e, PD_BUSY, "journals cannot be read now; try later");
	fd = sys.openat(x->q->spool->journal, id, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) {
		*records = json_array();
		return 0;
	}
	if (fd == -1)
		return pd_fail_sys(e, PD_IO, "open the journal of job %s", id);
	rv = journal_load(&j, fd, 0, records, e);
	(void)sys.close(fd);
	return rv;
}

int
query_transcript(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	json_t *records = NULL;

	if (question_job_id(x, field_text(x->args, "job"), a->job, e) == -1 ||
	    read_journal(x, a->job, &records, e) == -1)
		return -1;
	a->value = pair_records(records);
	json_decref(records);
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "command",
	    "commands");
	return 0;
}
