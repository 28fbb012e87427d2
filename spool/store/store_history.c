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
 * they stand (store_verify.c does).  Whoever may write the file can make a whole new chain; comparing
 * it with a witness, a seq and hash kept elsewhere, finds that.
 */
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "spool/os/clock.h"
#include "spool/store/store_chain.h"

static const struct column record_columns[] = {	/* of a record, not of the table */
	{ "t", COLUMN_TEXT }, { "event", COLUMN_TEXT }, { "user", COLUMN_TEXT },
	{ "tenant", COLUMN_TEXT }, { "job", COLUMN_TEXT }, { "verb", COLUMN_TEXT },
	{ "vm", COLUMN_TEXT }, { "what", COLUMN_JSON },
};
static const struct table record_table = { "history", "seq", record_columns,
    sizeof(record_columns) / sizeof(record_columns[0]) };

int
chain_read_head(struct store *st, struct chain_head *head, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT seq, hash FROM history_head WHERE one=1", e) == -1)
		return -1;
	rv = stmt_step(&q, e);
	if (rv == 1 && sqlite3_column_bytes(q.s, 1) == CHAIN_HASH) {
		head->seq = sqlite3_column_int64(q.s, 0);
		memcpy(head->hash, sqlite3_column_blob(q.s, 1), CHAIN_HASH);
		rv = 0;
	} else
		rv = rv == -1 ? -1 : pd_fail(e, PD_BADDATA, "the history's head is missing");
	stmt_close(&q);
	return rv;
}

int
chain_add(EVP_MD_CTX *ctx, struct chain_head *head, const char *record, size_t len, struct pd_err *e)
{
	unsigned n = 0;

	if (EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestUpdate(ctx, head->hash, CHAIN_HASH) != 1 ||
	    EVP_DigestUpdate(ctx, record, len) != 1 ||
	    EVP_DigestFinal_ex(ctx, head->hash, &n) != 1 || n != CHAIN_HASH)
		return pd_fail(e, PD_BUG, "history: SHA-256 does not work");
	head->seq++;
	return 0;
}

static int
write_record(struct store *st, const struct chain_head *head, const char *record, struct pd_err *e)
{
	struct stmt q;

	if (stmt_open(&q, st, "INSERT INTO history(seq, hash, record) VALUES(?,?,?)", e) == -1)
		return -1;
	stmt_int(&q, head->seq);
	stmt_blob(&q, head->hash, CHAIN_HASH);
	stmt_text(&q, record);
	if (stmt_run(&q, e) == -1 ||
	    stmt_open(&q, st, "UPDATE history_head SET seq=?, hash=? WHERE one=1", e) == -1)
		return -1;
	stmt_int(&q, head->seq);
	stmt_blob(&q, head->hash, CHAIN_HASH);
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
	if (text == NULL) {
		(void)pd_fail(e, PD_IO, "history: out of memory");
	} else if (strlen(text) > HISTORY_RECORD_MAX) {
		(void)pd_fail(e, PD_BUG, "history: a record of %zu bytes, at most %d are possible", strlen(text),
		    HISTORY_RECORD_MAX);
		free(text);
		text = NULL;
	}
	return text;
}

int
store_history_add(struct store *st, const json_t *record, struct pd_err *e)
{
	struct chain_head head;
	EVP_MD_CTX *ctx = NULL;
	char	   *text = NULL;
	int	    rv = -1;

	if (store_must_be_begun(st, e) == -1 || row_check(&record_table, record, e) == -1)
		return -1;
	if (row_text(record, "event") == NULL)
		return pd_fail(e, PD_BUG, "history: a record needs an event");
	if (chain_read_head(st, &head, e) == -1 || (text = record_text(record, head.seq + 1, e)) == NULL)
		goto out;
	if ((ctx = EVP_MD_CTX_new()) == NULL) {
		pd_fail(e, PD_IO, "history: out of memory");
		goto out;
	}
	if (chain_add(ctx, &head, text, strlen(text), e) == -1 || write_record(st, &head, text, e) == -1)
		goto out;
	rv = 0;
out:
	EVP_MD_CTX_free(ctx);
	free(text);
	return rv;
}

void
chain_hex(const unsigned char hash[CHAIN_HASH], char hex[HISTORY_HASH_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < CHAIN_HASH; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	hex[HISTORY_HASH_LEN] = '\0';
}

int
store_history_head(struct store *st, int64_t *seq, char hash[HISTORY_HASH_LEN + 1], struct pd_err *e)
{
	struct chain_head head;

	if (chain_read_head(st, &head, e) == -1)
		return -1;
	*seq = head.seq;
	chain_hex(head.hash, hash);
	return 0;
}

static json_t *
read_record(const struct stmt *q)
{
	const char *text = (const char *)sqlite3_column_text(q->s, 0);
	json_t	   *record = json_loadb(text, (size_t)sqlite3_column_bytes(q->s, 0), JSON_ALLOW_NUL,
	    NULL);
	char	    hex[HISTORY_HASH_LEN + 1];

	chain_hex(sqlite3_column_blob(q->s, 1), hex);	/* the table checks its length */
	(void)json_object_set_new(record, "hash", json_string(hex));
	return record;
}

/* The array is wanted newest last, whichever way the rows come. */
static int
read_records(struct stmt *q, int are_newest_first, json_t **records, struct pd_err *e)
{
	json_t *found = json_array(), *sorted = json_array(), *record;
	size_t	n;
	int	rv;

	while ((rv = stmt_step(q, e)) == 1) {
		if ((record = read_record(q)) == NULL) {
			rv = pd_fail(e, PD_IO, "history: a record cannot be read");
			break;
		}
		(void)json_array_append_new(found, record);
	}
	stmt_close(q);
	n = json_array_size(found);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append(sorted, json_array_get(found, are_newest_first ? n - 1 - i : i));
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
	int		n = 0, is_page = f->from_start || f->after > 0;

	*records = NULL;
	sql_add(&sql, "SELECT record, hash FROM history");
	for (size_t i = 0; i < 4; i++)		/* the first picks the index, as in store_job.c */
		if (by[i].value != NULL)
			sql_add(&sql, "%s%s=?", n++ == 0 ? " WHERE " : " AND +", by[i].column);
	if (is_page)
		sql_add(&sql, "%sseq>? ORDER BY seq LIMIT ?", n > 0 ? " AND " : " WHERE ");
	else
		sql_add(&sql, " ORDER BY seq DESC LIMIT ?");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	for (size_t i = 0; i < 4; i++)
		if (by[i].value != NULL)
			stmt_text(&q, by[i].value);
	if (is_page)
		stmt_int(&q, f->after);
	stmt_int(&q, f->limit > 0 ? f->limit : STORE_LIST_MAX);
	return read_records(&q, !is_page, records, e);
}

int
store_history_receipt(struct store *st, const char *job, json_t **receipt, struct pd_err *e)
{
	struct history_filter f = { .job = job, .limit = 1 };
	json_t		     *records, *last;

	*receipt = NULL;
	if (store_history_list(st, &f, &records, e) == -1)
		return -1;
	if ((last = json_array_get(records, 0)) != NULL)
		*receipt = json_pack("{s:O s:O}", "seq", json_object_get(last, "seq"), "head", json_object_get(last, "hash"));
	json_decref(records);
	return 0;
}
