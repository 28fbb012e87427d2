/* SPDX-License-Identifier: ISC */
/*
 * tally.c - requests that are in the history as a count.
 */
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "spool/field.h"
#include "spool/history/tally.h"
#include "spool/os/clock.h"

#define OTHERS "(others)"

static struct tally_entry *
find(struct tally *t, enum tally_kind kind, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->entry[i].kind == kind && strcmp(t->entry[i].key, key) == 0)
			return &t->entry[i];
	return NULL;
}

/* The last two places are those of the others, one for each kind. */
static struct tally_entry *
entry_of(struct tally *t, enum tally_kind kind, const char *key, int64_t now_ms)
{
	struct tally_entry *entry = find(t, kind, key);

	if (entry == NULL && t->n >= TALLY_MAX - 2)
		entry = find(t, kind, key = OTHERS);
	if (entry != NULL)
		return entry;
	entry = &t->entry[t->n++];
	*entry = (struct tally_entry){ .kind = kind, .due_ms = now_ms + (kind == TALLY_REFUSED ? TALLY_REFUSED_MS : TALLY_ASKED_MS),
		.from_ms = clock_wall_ms() };
	(void)snprintf(entry->key, sizeof(entry->key), "%s", key);
	return entry;
}

/* Codes and verbs are words of our own tables: there are not many. */
static void
count(struct tally_entry *entry, const char *word)
{
	entry->counted++;
	if (entry->by == NULL)
		entry->by = json_object();
	(void)json_object_set_new(entry->by, word, json_integer((json_int_t)field_number(entry->by, word) + 1));
}

int
tally_refused(struct tally *t, const char *key, const char *code, int64_t each, int64_t now_ms)
{
	struct tally_entry *entry = entry_of(t, TALLY_REFUSED, key, now_ms);

	if (entry->recorded < each) {
		entry->recorded++;
		return 1;
	}
	count(entry, code);
	return 0;
}

void
tally_asked(struct tally *t, const char *user, const char *verb, int64_t now_ms)
{
	count(entry_of(t, TALLY_ASKED, user, now_ms), verb);
}

static json_t *
record_of(const struct tally_entry *entry, const struct pd_conf *conf)
{
	const struct pd_tenant *tenant = policy_tenant(conf, entry->key);
	char			from[CLOCK_TEXT_LEN], until[CLOCK_TEXT_LEN];

	return json_pack("{s:s s:s s:s s:{s:I s:O s:s s:s}}", "event", entry->kind == TALLY_REFUSED ? "refused-more" : "asked", "user",
	    entry->key, "tenant", tenant != NULL ? tenant->name : "", "what", "count", (json_int_t)entry->counted,
	    entry->kind == TALLY_REFUSED ? "codes" : "verbs", entry->by, "from", clock_text(from, entry->from_ms), "until",
	    clock_text(until, clock_wall_ms()));
}

static int
is_due(const struct tally_entry *entry, int all, int64_t now_ms)
{
	return all || entry->due_ms <= now_ms;
}

static int
add_records(const struct tally *t, const struct pd_conf *conf, struct store *st, int all, int64_t now_ms, struct pd_err *e)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct tally_entry *entry = &t->entry[i];
		json_t			 *record;
		int			  rv;

		if (!is_due(entry, all, now_ms) || entry->counted == 0)
			continue;
		if ((record = record_of(entry, conf)) == NULL)
			return pd_fail(e, PD_IO, "no memory for the history");
		rv = store_history_add(st, record, e);
		json_decref(record);
		if (rv == -1)
			return -1;
	}
	return 0;
}

static void
forget(struct tally *t, int all, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++)
		if (is_due(&t->entry[i], all, now_ms))
			json_decref(t->entry[i].by);
		else
			t->entry[kept++] = t->entry[i];
	t->n = kept;
}

static int64_t
sum_due(const struct tally *t, int all, int64_t now_ms)
{
	int64_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (is_due(&t->entry[i], all, now_ms))
			n += t->entry[i].counted;
	return n;
}

int
tally_flush(struct tally *t, const struct pd_conf *conf, struct store *st, int all, int64_t now_ms, struct pd_err *e)
{
	if (sum_due(t, all, now_ms) > 0 &&
	    (store_begin(st, e) == -1 || add_records(t, conf, st, all, now_ms, e) == -1 || store_commit(st, e) == -1)) {
		store_rollback(st);
		for (size_t i = 0; i < t->n; i++)	/* tried again, not at once */
			if (t->entry[i].due_ms <= now_ms)
				t->entry[i].due_ms = now_ms + TALLY_REFUSED_MS;
		return -1;
	}
	forget(t, all, now_ms);
	return 0;
}

int64_t
tally_delay(const struct tally *t, int64_t now_ms)
{
	int64_t least = -1;

	for (size_t i = 0; i < t->n; i++) {
		int64_t left = t->entry[i].due_ms > now_ms ? t->entry[i].due_ms - now_ms : 0;

		if (least == -1 || left < least)
			least = left;
	}
	return least;
}

void
tally_clear(struct tally *t)
{
	forget(t, 1, 0);
}
