/* SPDX-License-Identifier: ISC */
/*
 * commands.c - the commands of a job, out of its journal, into the history.
 */
#include <string.h>

#include "spool/digest.h"
#include "spool/field.h"
#include "spool/history/commands.h"
#include "spool/os/clock.h"

struct recording {
	struct store *st;
	const json_t *job;
	json_t	     *list;	/* of the next record */
	size_t	      bytes;
};

static void
copy_keys(json_t *to, const json_t *from, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *value = json_object_get(from, keys[i]);

		if (value != NULL)
			(void)json_object_set(to, keys[i], value);
	}
}

/* At most max bytes, and no half of a character. */
static size_t
cut_text(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static int
set_command(json_t *item, const json_t *intent, struct pd_err *e)
{
	const char *cmd = field_text(intent, "cmd");
	size_t	    len = strlen(cmd), kept = cut_text(cmd, len, COMMANDS_TEXT_MAX);
	char	    hex[DIGEST_TEXT_LEN];

	(void)json_object_set_new(item, "cmd", json_stringn(cmd, kept));
	if (kept == len)
		return 0;
	if (digest_text(cmd, len, hex, e) == -1)
		return -1;
	(void)json_object_set_new(item, "sha256", json_string(hex));
	return 0;
}

static json_t *
item_of(const json_t *record, size_t n)
{
	static const char *const keys[] = { "step", "i", "part", "as" };
	json_t			*item = json_pack("{s:I}", "n", (json_int_t)n);

	if (item != NULL)
		copy_keys(item, record, keys, sizeof(keys) / sizeof(keys[0]));
	return item;
}

/* A journal of an older version has no digest: made from its texts when they are whole. */
static int
set_answer(json_t *item, const json_t *answer, struct pd_err *e)
{
	static const char *const keys[] = { "status", "signal", "lost", "unsent" };
	const char		*out = field_text(answer, "out"), *err = field_text(answer, "err");
	char			 hex[DIGEST_TEXT_LEN];
	double			 ms = json_number_value(json_object_get(answer, "ms"));

	copy_keys(item, answer, keys, sizeof(keys) / sizeof(keys[0]));
	if (field_is_set(answer, "unsent"))
		return 0;
	/* No fractions: every program writes the same digits. */
	(void)json_object_set_new(item, "us", json_integer((json_int_t)(ms * 1000 + 0.5)));
	if (json_object_get(answer, "sha256") != NULL)
		return json_object_set(item, "answer", json_object_get(answer, "sha256"));
	if (field_is_set(answer, "cut"))
		return 0;
	if (digest_answer(out, strlen(out), err, strlen(err), hex, e) == -1)
		return -1;
	return json_object_set_new(item, "answer", json_string(hex));
}

static int
flush(struct recording *r, struct pd_err *e)
{
	json_t *record;
	int	rv;

	if (json_array_size(r->list) == 0)
		return 0;
	record = json_pack("{s:s s:s s:s s:s s:s s:s s:{s:O}}", "event", "commands", "user", field_text(r->job, "user"),
	    "tenant", field_text(r->job, "tenant"), "job", field_text(r->job, "id"), "verb", field_text(r->job, "verb"),
	    "vm", field_text(r->job, "vm"), "what", "commands", r->list);
	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history of job %s", field_text(r->job, "id"));
	rv = store_history_add(r->st, record, e);
	json_decref(record);
	(void)json_array_clear(r->list);
	r->bytes = 0;
	return rv;
}

static int
add(struct recording *r, json_t *item, struct pd_err *e)
{
	size_t bytes = item != NULL ? json_dumpb(item, NULL, 0, JSON_COMPACT) : 0;

	if (json_array_append_new(r->list, item) == -1)
		return pd_fail(e, PD_IO, "no memory for the history of job %s", field_text(r->job, "id"));
	r->bytes += bytes;
	return r->bytes >= COMMANDS_BYTES_MAX || json_array_size(r->list) >= COMMANDS_MAX ? flush(r, e) : 0;
}

/* What was asked or told while another command ran stands between that one's intent and answer. */
static int
is_beside(const json_t *record)
{
	const char *part = field_text(record, "part");

	return strcmp(part, "watch") == 0 || strcmp(part, "stop") == 0;
}

/* The answer stands behind its intent, with nothing of another command between them but what ran beside it. */
static const json_t *
answer_of(const json_t *journal, size_t n)
{
	const json_t *intent = json_array_get(journal, n), *next;

	do
		next = json_array_get(journal, ++n);
	while (is_beside(next) && !is_beside(intent));
	return next;
}

static int
add_intent(struct recording *r, const json_t *journal, size_t n, struct pd_err *e)
{
	const json_t *intent = json_array_get(journal, n), *next = answer_of(journal, n);
	json_t	     *item = item_of(intent, n);
	char	      t[CLOCK_TEXT_LEN];
	int	      rv = 0;

	if (item == NULL)
		return pd_fail(e, PD_IO, "no memory for the history of job %s", field_text(r->job, "id"));
	(void)json_object_set_new(item, "t", json_string(clock_text(t, field_number(intent, "t"))));
	if (strcmp(field_text(next, "k"), "answer") == 0)
		rv = set_answer(item, next, e);
	else
		(void)json_object_set_new(item, "unanswered", json_true());
	if (rv == -1 || set_command(item, intent, e) == -1) {
		json_decref(item);
		return -1;
	}
	return add(r, item, e);
}

static int
add_repeated(struct recording *r, const json_t *record, size_t n, struct pd_err *e)
{
	json_t *item = item_of(record, n);

	if (item != NULL)
		(void)json_object_set_new(item, "repeated", json_integer((json_int_t)field_number(record, "times")));
	return add(r, item, e);
}

static int
add_all(struct recording *r, const json_t *journal, size_t from, struct pd_err *e)
{
	for (size_t n = from; n < json_array_size(journal); n++) {
		const json_t *record = json_array_get(journal, n);
		const char   *kind = field_text(record, "k");

		if (strcmp(kind, "intent") == 0 && add_intent(r, journal, n, e) == -1)
			return -1;
		if (strcmp(kind, "repeated") == 0 && add_repeated(r, record, n, e) == -1)
			return -1;
	}
	return flush(r, e);
}

static int
set_recorded(const struct recording *r, size_t n, json_t *set, struct pd_err *e)
{
	json_t *own = set == NULL ? json_object() : NULL;
	int	rv = json_object_set_new(set != NULL ? set : own, "recorded", json_integer((json_int_t)n));

	if (rv == -1)
		rv = pd_fail(e, PD_IO, "no memory for the history of job %s", field_text(r->job, "id"));
	else if (own != NULL)
		rv = store_job_set(r->st, field_text(r->job, "id"), own, e);
	json_decref(own);
	return rv;
}

int
commands_record(struct store *st, const json_t *job, const json_t *journal, json_t *set, struct pd_err *e)
{
	struct recording r = { .st = st, .job = job };
	size_t		 n = json_array_size(journal);
	int64_t		 from = field_number(job, "recorded");
	int		 rv = -1;

	if (from < 0 || (size_t)from >= n)
		return 0;	/* a journal never gets shorter than what was read of it */
	if ((r.list = json_array()) == NULL)
		pd_fail(e, PD_IO, "no memory for the history of job %s", field_text(job, "id"));
	else if (add_all(&r, journal, (size_t)from, e) == 0)
		rv = set_recorded(&r, n, set, e);
	json_decref(r.list);
	return rv;
}
