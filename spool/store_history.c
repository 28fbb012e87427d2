/* SPDX-License-Identifier: ISC */
/*
 * store_history.c - the history: records in a hash chain.
 *
 * record(i)	canonical JSON (UTF-8, keys sorted, no blanks) of one object that holds "seq": i
 * hash(0)	32 zero bytes
 * hash(i)	SHA-256(hash(i-1) || record(i))
 *
 * history_head repeats the last seq and hash, so that records cut off at the end are missed.
 * Verifying needs nothing of this program: read the rows in order of seq and hash the texts as
 * they stand.  Whoever may write the file can make a whole new chain; comparing the head with a
 * witness kept elsewhere finds that.
 */
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "spool/clock.h"
#include "spool/store_sqlite.h"

#define HASH_SIZE 32

struct head {
	int64_t	      seq;
	unsigned char hash[HASH_SIZE];
};

static const struct column record_columns[] = {	/* of a record, not of the table */
	{ "t", COLUMN_TEXT }, { "event", COLUMN_TEXT }, { "user", COLUMN_TEXT },
	{ "tenant", COLUMN_TEXT }, { "job", COLUMN_TEXT }, { "verb", COLUMN_TEXT },
	{ "vm", COLUMN_TEXT }, { "what", COLUMN_JSON },
};
static const struct table record_table = { "history", "seq", record_columns,
    sizeof(record_columns) / sizeof(record_columns[0]) };

static int
read_head(struct store *st, struct head *head, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT seq, hash FROM history_head WHERE one=1", e) == -1)
		return -1;
	rv = stmt_step(&q, e);
	if (rv == 1 && sqlite3_column_bytes(q.s, 1) == HASH_SIZE) {
		head->seq = sqlite3_column_int64(q.s, 0);
		memcpy(head->hash, sqlite3_column_blob(q.s, 1), HASH_SIZE);
		rv = 0;
	} else
		rv = rv == -1 ? -1 : pd_fail(e, PD_BADDATA, "the history's head is missing");
	stmt_close(&q);
	return rv;
}

/* head becomes the head of the chain with one record more. */
static int
chain(EVP_MD_CTX *ctx, struct head *head, const char *record, size_t len, struct pd_err *e)
{
	unsigned n = 0;

	if (EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestUpdate(ctx, head->hash, HASH_SIZE) != 1 ||
	    EVP_DigestUpdate(ctx, record, len) != 1 ||
	    EVP_DigestFinal_ex(ctx, head->hash, &n) != 1 || n != HASH_SIZE)
		return pd_fail(e, PD_BUG, "history: SHA-256 does not work");
	head->seq++;
	return 0;
}

static int
write_record(struct store *st, const struct head *head, const char *record, struct pd_err *e)
{
	struct stmt q;

	if (stmt_open(&q, st, "INSERT INTO history(seq, hash, record) VALUES(?,?,?)", e) == -1)
		return -1;
	stmt_int(&q, head->seq);
	stmt_blob(&q, head->hash, HASH_SIZE);
	stmt_text(&q, record);
	if (stmt_run(&q, e) == -1 ||
	    stmt_open(&q, st, "UPDATE history_head SET seq=?, hash=? WHERE one=1", e) == -1)
		return -1;
	stmt_int(&q, head->seq);
	stmt_blob(&q, head->hash, HASH_SIZE);
	return stmt_run(&q, e);
}

/* The record's canonical text with its number and time; the caller frees it. */
static char *
record_text(const json_t *record, int64_t seq, struct pd_err *e)
{
	json_t *full = json_copy((json_t *)record);
	char	t[CLOCK_TEXT_LEN], *text = NULL;

	if (json_object_get(full, "t") == NULL)
		(void)json_object_set_new(full, "t", json_string(clock_text(t, clock_wall_ms())));
	if (json_object_set_new(full, "seq", json_integer(seq)) == 0)
		text = store_canonical(full);
	json_decref(full);
	if (text == NULL)
		(void)pd_fail(e, PD_IO, "history: out of memory");
	return text;
}

int
store_history_add(struct store *st, const json_t *record, struct pd_err *e)
{
	struct head head;
	EVP_MD_CTX *ctx = NULL;
	char	   *text = NULL;
	int	    rv = -1;

	if (store_must_be_begun(st, e) == -1 || row_check(&record_table, record, e) == -1)
		return -1;
	if (row_text(record, "event") == NULL)
		return pd_fail(e, PD_BUG, "history: a record needs an event");
	if (read_head(st, &head, e) == -1 || (text = record_text(record, head.seq + 1, e)) == NULL)
		goto out;
	if ((ctx = EVP_MD_CTX_new()) == NULL) {
		pd_fail(e, PD_IO, "history: out of memory");
		goto out;
	}
	if (chain(ctx, &head, text, strlen(text), e) == -1 || write_record(st, &head, text, e) == -1)
		goto out;
	rv = 0;
out:
	EVP_MD_CTX_free(ctx);
	free(text);
	return rv;
}

static void
hex_of(const unsigned char *hash, char hex[HISTORY_HASH_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < HASH_SIZE; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	hex[HISTORY_HASH_LEN] = '\0';
}

int
store_history_head(struct store *st, int64_t *seq, char hash[HISTORY_HASH_LEN + 1], struct pd_err *e)
{
	struct head head;

	if (read_head(st, &head, e) == -1)
		return -1;
	*seq = head.seq;
	hex_of(head.hash, hash);
	return 0;
}

static json_t *
read_record(const struct stmt *q)
{
	const char *text = (const char *)sqlite3_column_text(q->s, 0);
	json_t	   *record = json_loadb(text, (size_t)sqlite3_column_bytes(q->s, 0), JSON_ALLOW_NUL,
	    NULL);
	char	    hex[HISTORY_HASH_LEN + 1];

	hex_of(sqlite3_column_blob(q->s, 1), hex);	/* the table checks its length */
	(void)json_object_set_new(record, "hash", json_string(hex));
	return record;
}

/* Rows come newest first; the array is wanted newest last. */
static int
read_backwards(struct stmt *q, json_t **records, struct pd_err *e)
{
	json_t *found = json_array(), *sorted = json_array(), *record;
	int	rv;

	while ((rv = stmt_step(q, e)) == 1) {
		if ((record = read_record(q)) == NULL) {
			rv = pd_fail(e, PD_IO, "history: a record cannot be read");
			break;
		}
		(void)json_array_append_new(found, record);
	}
	stmt_close(q);
	for (size_t i = json_array_size(found); i-- > 0;)
		(void)json_array_append(sorted, json_array_get(found, i));
	json_decref(found);
	if (rv == -1) {
		json_decref(sorted);
		sorted = NULL;
	}
	*records = sorted;
	return rv;
}

int
store_history_list(struct store *st, const struct history_filter *f, json_t **records, struct pd_err *e)
{
	const struct { const char *column, *value; } by[] = {
		{ "job", f->job }, { "vm", f->vm }, { "user", f->user }, { "tenant", f->tenant },
	};
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	int		n = 0;

	*records = NULL;
	sql_add(&sql, "SELECT record, hash FROM history");
	for (size_t i = 0; i < 4; i++)		/* the first picks the index, as in store_job.c */
		if (by[i].value != NULL)
			sql_add(&sql, "%s%s=?", n++ == 0 ? " WHERE " : " AND +", by[i].column);
	sql_add(&sql, " ORDER BY seq DESC LIMIT ?");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	for (size_t i = 0; i < 4; i++)
		if (by[i].value != NULL)
			stmt_text(&q, by[i].value);
	stmt_int(&q, f->limit > 0 ? f->limit : STORE_LIST_MAX);
	return read_backwards(&q, records, e);
}

/* Checks the row that q stands on and moves head past it. */
static int
verify_row(const struct stmt *q, EVP_MD_CTX *ctx, struct head *head, struct pd_err *e)
{
	int64_t	    seq = sqlite3_column_int64(q->s, 0);
	const char *text = (const char *)sqlite3_column_text(q->s, 1);
	size_t	    len = (size_t)sqlite3_column_bytes(q->s, 1);
	struct head next = *head;

	if (seq != head->seq + 1)
		return pd_fail(e, PD_BADDATA, "history: record %lld is missing",
		    (long long)head->seq + 1);
	if (chain(ctx, &next, text, len, e) == -1)
		return -1;
	if (sqlite3_column_bytes(q->s, 2) != HASH_SIZE ||
	    memcmp(sqlite3_column_blob(q->s, 2), next.hash, HASH_SIZE) != 0)
		return pd_fail(e, PD_BADDATA,
		    "history: record %lld, or the one before it, was changed", (long long)seq);
	*head = next;
	return 0;
}

static int
verify_head(struct store *st, const struct head *walked, struct pd_err *e)
{
	struct head head;

	if (read_head(st, &head, e) == -1)
		return -1;
	if (head.seq > walked->seq)
		return pd_fail(e, PD_BADDATA,
		    "history: cut off behind record %lld, %lld are missing", (long long)walked->seq,
		    (long long)(head.seq - walked->seq));
	if (head.seq < walked->seq || memcmp(head.hash, walked->hash, HASH_SIZE) != 0)
		return pd_fail(e, PD_BADDATA,
		    "history: its head says record %lld, the chain ends with another %lld",
		    (long long)head.seq, (long long)walked->seq);
	return 0;
}

int
store_history_verify(struct store *st, int64_t *proven_to, struct pd_err *e)
{
	struct head walked = { 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct stmt q;
	int	    rv;

	*proven_to = 0;
	if (ctx == NULL ||
	    stmt_open(&q, st, "SELECT seq, record, hash FROM history ORDER BY seq", e) == -1) {
		EVP_MD_CTX_free(ctx);
		return ctx == NULL ? pd_fail(e, PD_IO, "history: out of memory") : -1;
	}
	while ((rv = stmt_step(&q, e)) == 1)
		if (verify_row(&q, ctx, &walked, e) == -1) {
			rv = -1;
			break;
		}
	stmt_close(&q);
	EVP_MD_CTX_free(ctx);
	*proven_to = walked.seq;
	return rv == -1 ? -1 : verify_head(st, &walked, e);
}
