/* SPDX-License-Identifier: ISC */
/*
 * checker_history.c - P6: the chain of the history is whole, has a request for each job and a result for each ended one.
 *
 * hash(0) is 32 zero bytes, hash(i) = SHA-256(hash(i - 1) || text of record i); history_head has the last number and hash.
 */
#include <openssl/evp.h>

#include <string.h>

#include "tests/fault/checker.h"

#define RESULTS	  "done failed stuck cancelled refused"
#define REFUSALS  20	/* history-refusals, powerdirector.conf(5) */
#define MINUTE_MS 60000
#define CLOCK_MS  1000	/* between the job's end and the record's time */

/* what.commands of spool/history/commands.h: "n" is the number of the intent in the job's journal, "cmd" may be cut. */
static void
take_commands(struct check *c, const char *job, const json_t *record)
{
	json_t *of_job = json_object_get(c->commands, job), *command;
	size_t	i;
	char	n[32];

	if (of_job == NULL) {
		of_job = json_object();
		(void)json_object_set_new(c->commands, job, of_job);
	}
	json_array_foreach(member(record, "what.commands"), i, command) {
		if (text_of(command, "cmd")[0] == '\0')
			continue;	/* so many times more */
		printed(n, sizeof(n), "%lld", (long long)number_of(command, "n"));
		if (json_object_get(of_job, n) != NULL)
			violation(c, "P6", "command %s of job %s is in the history twice", n, job);
		(void)json_object_set(of_job, n, json_object_get(command, "cmd"));
		count(c, "commands in the history", 1);
	}
}

static void
take_event(struct check *c, const json_t *record)
{
	const char *job = text_of(record, "job"), *event = text_of(record, "event");
	json_t	   *seen = json_object_get(c->last_event, job);

	if (strcmp(event, "refused") == 0)
		(void)json_array_append_new(list_of(c->refusals, text_of(record, "user")), json_integer(time_of(text_of(record, "t"))));
	if (job[0] == '\0')
		return;
	if (seen == NULL) {
		seen = json_object();
		(void)json_object_set_new(c->last_event, job, seen);
	}
	if (member(record, "what.args") != NULL)	/* admitted, refused, or done at once */
		(void)json_object_set_new(seen, "request", json_true());
	if (strcmp(event, "commands") == 0)
		take_commands(c, job, record);
	if (strcmp(event, "cleaned") == 0) {
		(void)json_object_set_new(seen, "cleaned", json_true());
		(void)json_object_set_new(seen, "result", json_string("failed"));
	}
	if (is_one_of(event, RESULTS)) {
		(void)json_object_set_new(seen, "result", json_string(event));
		(void)json_object_set_new(seen, "journal", json_string(text_of(record, "what.journal")));
	}
}

/* Records that only say how many others were counted have no part in this: what a chain proves is its texts. */
static void
take_record(struct check *c, sqlite3_stmt *q, json_int_t *expected, unsigned char hash[SHA256_BYTES])
{
	json_int_t  seq = sqlite3_column_int64(q, 0);
	const char *text = (const char *)sqlite3_column_text(q, 2);
	size_t	    len = (size_t)sqlite3_column_bytes(q, 2);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	json_t	   *record = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	char	    key[32], hex[SHA256_DIGITS + 1];

	if (EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1 || EVP_DigestUpdate(md, hash, SHA256_BYTES) != 1 ||
	    EVP_DigestUpdate(md, text, len) != 1 || EVP_DigestFinal_ex(md, hash, NULL) != 1)
		cannot("SHA-256 does not work");
	EVP_MD_CTX_free(md);
	count(c, "history records", 1);
	if (seq != *expected)
		violation(c, "P6", "history: record %lld follows record %lld", (long long)seq, (long long)*expected - 1);
	if (sqlite3_column_bytes(q, 1) != SHA256_BYTES || memcmp(sqlite3_column_blob(q, 1), hash, SHA256_BYTES) != 0) {
		violation(c, "P6", "history: record %lld is not what its hash says", (long long)seq);
		if (sqlite3_column_bytes(q, 1) == SHA256_BYTES)
			memcpy(hash, sqlite3_column_blob(q, 1), SHA256_BYTES);	/* once, not for all that follow */
	}
	if (number_of(record, "seq") != seq)
		violation(c, "P6", "history: record %lld says that it is %lld", (long long)seq, (long long)number_of(record, "seq"));
	hex_of(hash, hex);
	(void)json_object_set_new(c->hashes, printed(key, sizeof(key), "%lld", (long long)seq), json_string(hex));
	take_event(c, record);
	json_decref(record);
	*expected = seq + 1;
}

static void
check_chain(struct check *c)
{
	unsigned char hash[SHA256_BYTES] = { 0 };
	json_int_t    expected = 1;
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(c->db, "SELECT seq, hash, record FROM history ORDER BY seq", -1, &q, NULL) != SQLITE_OK)
		cannot("history: %s", sqlite3_errmsg(c->db));
	while (sqlite3_step(q) == SQLITE_ROW)
		take_record(c, q, &expected, hash);
	(void)sqlite3_finalize(q);
	if (sqlite3_prepare_v2(c->db, "SELECT seq, hash FROM history_head", -1, &q, NULL) != SQLITE_OK ||
	    sqlite3_step(q) != SQLITE_ROW)
		cannot("history_head: %s", sqlite3_errmsg(c->db));
	if (sqlite3_column_int64(q, 0) != expected - 1)
		violation(c, "P6", "history: the last record is %lld, it should be %lld", (long long)expected - 1,
		    (long long)sqlite3_column_int64(q, 0));
	else if (sqlite3_column_bytes(q, 1) != SHA256_BYTES || memcmp(sqlite3_column_blob(q, 1), hash, SHA256_BYTES) != 0)
		violation(c, "P6", "history: the last record has another hash than its head says");
	(void)sqlite3_finalize(q);
}

/*
 * Of a user's refused requests the first REFUSALS of a minute have a record each, further ones are counted; a count that a killed
 * director had not written yet is lost.
 */
static int
is_counted(struct check *c, const json_t *job)
{
	json_int_t now = number_of(job, "finished");
	json_t	  *t;
	size_t	   i, n = 0;

	json_array_foreach(json_object_get(c->refusals, text_of(job, "user")), i, t)
		n += json_integer_value(t) >= now - MINUTE_MS && json_integer_value(t) <= now + CLOCK_MS;
	count(c, "refusals that are only counted", n >= REFUSALS);
	return n >= REFUSALS;
}

void
check_history(struct check *c)
{
	const char *id;
	json_t	   *job;

	check_chain(c);
	json_object_foreach(c->jobs, id, job) {
		json_t	   *seen = json_object_get(c->last_event, id);
		const char *state = text_of(job, "state"), *result = text_of(seen, "result");

		if (seen == NULL && strcmp(state, "refused") == 0 && is_counted(c, job))
			continue;
		if (json_object_get(seen, "request") == NULL)
			violation(c, "P6", "job %s has no record of its request in the history", id);
		if (is_one_of(state, RESULTS) && strcmp(state, result) != 0)
			violation(c, "P6", "job %s is %s, the history's last word on it is \"%s\"", id, state, result);
	}
	json_object_foreach(c->last_event, id, job)
		if (json_object_get(c->jobs, id) == NULL)
			violation(c, "P1", "job %s is in the history and not among the jobs", id);
}
