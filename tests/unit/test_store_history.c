/* SPDX-License-Identifier: ISC */
/*
 * test_store_history.c - the history's chain, what it proves, and that every question has an index.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/store/store_sqlite.h"
#include "tests/unit/fixture_store.h"

static struct fixture f;

static void
set_up(void)
{
	fixture_open(&f);
}

static void
tear_down(void)
{
	fixture_close(&f);
}

TestSuite(store_history, .init = set_up, .fini = tear_down);

static void
add_five(void)
{
	fixture_add_record(&f, fixture_record("admitted", "alice", "blue", "J1", "web1"));
	fixture_add_record(&f, fixture_record("done", "alice", "blue", "J1", "web1"));
	fixture_add_record(&f, fixture_record("refused", "bob", "red", "J2", "web1"));
	fixture_add_record(&f, fixture_record("admitted", "carol", "blue", "J3", "web2"));
	fixture_add_record(&f, fixture_record("admitted", "bob", "red", "J4", "db1"));
}

/* What whoever may write the file can do: the trigger is in their way for one statement only. */
static void
tamper(const char *sql)
{
	char	 path[128];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db,
	    "DROP TRIGGER history_keep_update; DROP TRIGGER history_keep_delete", NULL, NULL, NULL),
	    SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	(void)sqlite3_close(db);
}

static const char *
numbers(const struct history_filter *filter)
{
	static char text[64];
	json_t	   *rows, *row;
	size_t	    i, len = 0;

	cr_assert_eq(store_history_list(f.st, filter, &rows, &f.e), 0, "%s", f.e.msg);
	text[0] = '\0';
	json_array_foreach(rows, i, row)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%d", i > 0 ? " " : "",
		    (int)field_number(row, "seq"));
	json_decref(rows);
	return text;
}

Test(store_history, lists_are_newest_last_filtered_and_bounded)
{
	add_five();
	cr_expect_str_eq(numbers(&(struct history_filter){ 0 }), "1 2 3 4 5");
	cr_expect_str_eq(numbers(&(struct history_filter){ .limit = 2 }), "4 5");
	cr_expect_str_eq(numbers(&(struct history_filter){ .user = "alice" }), "1 2");
	cr_expect_str_eq(numbers(&(struct history_filter){ .tenant = "red" }), "3 5");
	cr_expect_str_eq(numbers(&(struct history_filter){ .vm = "web1", .tenant = "blue" }), "1 2");
	cr_expect_str_eq(numbers(&(struct history_filter){ .vm = "web1", .user = "bob",
	    .tenant = "red" }), "3");
	cr_expect_str_eq(numbers(&(struct history_filter){ .job = "J1", .limit = 1 }), "2");
	cr_expect_str_eq(numbers(&(struct history_filter){ .job = "J1", .user = "bob" }), "");
}

Test(store_history, a_record_comes_back_with_its_number_and_hash)
{
	json_t *record = fixture_record("admitted", "alice", "blue", "J1", "web1"), *rows = NULL, *back;
	char	head[HISTORY_HASH_LEN + 1];
	int64_t seq;

	fixture_add_record(&f, json_incref(record));
	cr_assert_eq(store_history_list(f.st, &(struct history_filter){ 0 }, &rows, &f.e), 0);
	cr_assert_eq(store_history_head(f.st, &seq, head, &f.e), 0);
	back = json_array_get(rows, 0);
	cr_assert_eq(seq, 1);
	cr_assert_str_eq(field_text(back, "hash"), head);
	(void)json_object_del(back, "hash");
	(void)json_object_del(back, "seq");
	cr_assert(json_equal(record, back));
	json_decref(rows);
	json_decref(record);
}

/*
 * The chain is a format that others can check: first record, SHA-256 of 32 zero bytes and the text,
 * made with
 * { head -c 32 /dev/zero; printf '{"event":"x","seq":1,"t":"T"}'; } | sha256sum
 */
Test(store_history, the_first_hash_is_that_of_another_implementation)
{
	char	hash[HISTORY_HASH_LEN + 1];
	int64_t seq;

	fixture_add_record(&f, json_pack("{s:s s:s}", "t", "T", "event", "x"));
	cr_assert_eq(store_history_head(f.st, &seq, hash, &f.e), 0);
	cr_assert_str_eq(hash, "21a1cffbe82935a786a39d3761af0b21921a5cceace5fb06615867149ceac6a8");
}

Test(store_history, a_record_without_a_time_gets_one_and_without_an_event_is_refused)
{
	json_t *rows = NULL, *bad = json_pack("{s:s}", "user", "alice"),
	    *odd = json_pack("{s:s s:i}", "event", "x", "seq", 7);

	fixture_add_record(&f, json_pack("{s:s}", "event", "started"));
	cr_assert_eq(store_history_list(f.st, &(struct history_filter){ 0 }, &rows, &f.e), 0);
	cr_assert_eq(strlen(field_text(json_array_get(rows, 0), "t")), 24);
	json_decref(rows);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert(store_history_add(f.st, bad, &f.e) == -1 && f.e.code == PD_BUG);
	cr_assert(store_history_add(f.st, odd, &f.e) == -1 && f.e.code == PD_BUG,
	    "the number is made by the store");
	store_rollback(f.st);
	json_decref(bad);
	json_decref(odd);
}

static struct history_proof proof;

static void
expect_broken(int64_t proven, enum history_fault fault, int64_t at, const char *text)
{
	cr_assert_eq(store_history_verify(f.st, NULL, &proof, &f.e), -1, "not noticed");
	cr_expect_eq(f.e.code, PD_BADDATA);
	cr_expect_eq(proof.records, proven, "proven to %lld: %s", (long long)proof.records, f.e.msg);
	cr_expect_eq(proof.fault, fault, "%s", f.e.msg);
	cr_expect_eq(proof.at, at, "%lld: %s", (long long)proof.at, f.e.msg);
	cr_expect_not_null(strstr(f.e.msg, text), "%s", f.e.msg);
}

Test(store_history, P6_an_untouched_history_is_proven_to_its_end)
{
	char	head[HISTORY_HASH_LEN + 1];
	int64_t seq;

	cr_assert_eq(store_history_verify(f.st, NULL, &proof, &f.e), 0);
	cr_assert(proof.records == 0 && proof.t[0] == '\0');
	add_five();
	fixture_reopen(&f);
	cr_assert_eq(store_history_verify(f.st, NULL, &proof, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_history_head(f.st, &seq, head, &f.e), 0);
	cr_assert_eq(proof.records, 5);
	cr_assert_str_eq(proof.head, head);
	cr_assert_str_eq(proof.t, "2027-03-01T09:00:00.123Z");
	cr_assert_eq(proof.fault, HISTORY_WHOLE);
}

Test(store_history, P6_a_changed_record_is_found)
{
	add_five();
	tamper("UPDATE history SET record = replace(record, 'bob', 'eve') WHERE seq = 3");
	expect_broken(2, HISTORY_CHANGED, 3, "record 3");
}

Test(store_history, P6_a_changed_hash_is_found)
{
	add_five();
	tamper("UPDATE history SET hash = zeroblob(32) WHERE seq = 4");
	expect_broken(3, HISTORY_CHANGED, 4, "record 4");
}

Test(store_history, P6_a_missing_record_is_found)
{
	add_five();
	tamper("DELETE FROM history WHERE seq = 3");
	expect_broken(2, HISTORY_MISSING, 3, "record 3 is missing");
}

Test(store_history, P6_a_missing_first_record_is_found)
{
	add_five();
	tamper("DELETE FROM history WHERE seq = 1");
	expect_broken(0, HISTORY_MISSING, 1, "record 1 is missing");
}

#define SHIFT_UP(from) "UPDATE history SET seq = -seq - 1 WHERE seq >= " #from "; UPDATE history SET seq = -seq WHERE seq < 0;"

Test(store_history, P6_a_gap_that_was_closed_by_renumbering_is_found)
{
	add_five();
	tamper("DELETE FROM history WHERE seq = 3; UPDATE history SET seq = seq - 1 WHERE seq > 3");
	expect_broken(2, HISTORY_MISSING, 3, "record 3 is missing");
}

Test(store_history, P6_an_inserted_record_is_found)
{
	add_five();
	tamper(SHIFT_UP(3) "INSERT INTO history(seq, hash, record) SELECT 3, randomblob(32), replace(record, 'bob', 'eve') FROM history"
	    " WHERE seq = 4");
	expect_broken(2, HISTORY_INSERTED, 3, "the true one stands at 4");
}

Test(store_history, P6_an_inserted_record_before_the_first_is_found)
{
	add_five();
	tamper("INSERT INTO history(seq, hash, record) VALUES(0, zeroblob(32), '{}')");
	expect_broken(0, HISTORY_INSERTED, 0, "record 0 was inserted");
}

Test(store_history, P6_exchanged_records_are_found)
{
	add_five();
	tamper("UPDATE history SET seq = -3 WHERE seq = 3; UPDATE history SET seq = 3 WHERE seq = 4;"
	    "UPDATE history SET seq = 4 WHERE seq = -3");
	expect_broken(2, HISTORY_REORDERED, 3, "record 3 stands at 4");
}

Test(store_history, P6_exchanged_texts_are_found)
{
	add_five();
	tamper("CREATE TEMP TABLE two AS SELECT seq, record FROM history WHERE seq IN (2, 5);"
	    "UPDATE history SET record = (SELECT record FROM two WHERE two.seq = 7 - history.seq) WHERE seq IN (2, 5)");
	expect_broken(1, HISTORY_REORDERED, 2, "record 2 stands at 5");
}

Test(store_history, P6_a_cut_at_the_end_is_found)
{
	add_five();
	tamper("DELETE FROM history WHERE seq > 3");
	expect_broken(3, HISTORY_CUT, 4, "cut off behind record 3");
}

Test(store_history, P6_a_forged_record_at_the_end_is_found)
{
	add_five();
	tamper("INSERT INTO history(seq, hash, record) VALUES(6, randomblob(32), '{}')");
	expect_broken(5, HISTORY_INSERTED, 6, "record 6");
}

Test(store_history, P6_a_changed_head_is_found)
{
	add_five();
	tamper("UPDATE history_head SET seq = 4");
	expect_broken(5, HISTORY_CHANGED, 6, "head");
}

/* The head as it is now. */
static struct history_witness
witness_now(void)
{
	struct history_witness w;

	cr_assert_eq(store_history_head(f.st, &w.seq, w.head, &f.e), 0);
	return w;
}

Test(store_history, P6_a_cut_with_its_head_is_found_by_a_witness)
{
	struct history_witness w;

	add_five();
	w = witness_now();
	cr_assert_eq(store_history_verify(f.st, &w, &proof, &f.e), 0, "%s", f.e.msg);
	tamper("DELETE FROM history WHERE seq > 3;"
	    "UPDATE history_head SET seq = 3, hash = (SELECT hash FROM history WHERE seq = 3)");
	cr_assert_eq(store_history_verify(f.st, NULL, &proof, &f.e), 0, "only a witness shows it");
	cr_assert_eq(store_history_verify(f.st, &w, &proof, &f.e), -1);
	cr_assert(proof.fault == HISTORY_CUT && proof.at == 4 && proof.records == 3, "%s", f.e.msg);
}

Test(store_history, P6_a_chain_made_anew_is_found_by_a_witness)
{
	struct history_witness w;

	add_five();
	w = witness_now();
	fixture_add_record(&f, fixture_record("done", "bob", "red", "J4", "db1"));
	cr_assert_eq(store_history_verify(f.st, &w, &proof, &f.e), 0, "an older one counts: %s", f.e.msg);
	tamper("DELETE FROM history; UPDATE history_head SET seq = 0, hash = zeroblob(32)");
	fixture_add_record(&f, fixture_record("admitted", "eve", "blue", "J1", "web1"));
	add_five();
	cr_assert_eq(store_history_verify(f.st, NULL, &proof, &f.e), 0);
	cr_assert_eq(store_history_verify(f.st, &w, &proof, &f.e), -1);
	cr_assert(proof.fault == HISTORY_CHANGED && proof.at == 5, "%s", f.e.msg);
}

Test(store_history, a_witness_is_a_number_and_a_hash)
{
	static const char *const bad[] = { "", "5", "5:", ":5", "5:abc", "-1:" , "0:", "x:", " 5:", "99999999999999999999:" };
	struct history_witness	 w;
	char			 text[120];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", bad[i], i < 5 ? "" :
		    "21a1cffbe82935a786a39d3761af0b21921a5cceace5fb06615867149ceac6a8");
		cr_expect(history_witness_parse(text, &w, &f.e) == -1 && f.e.code == PD_USAGE, "%s", text);
	}
	cr_expect_eq(history_witness_parse("7:21a1cffbe82935a786a39d3761af0b21921a5cceace5fb06615867149ceac6a8", &w, &f.e), 0);
	cr_expect_eq(w.seq, 7);
}

Test(store_history, P6_a_copy_is_verified_without_a_director_and_stays_untouched)
{
	char	      path[128], cmd[400];
	struct store *copy = NULL;

	add_five();
	(void)snprintf(path, sizeof(path), "%s/a copy?#%%.db", f.dir);
	(void)snprintf(cmd, sizeof(cmd), "VACUUM INTO '%s'", path);
	cr_assert_eq(sqlite3_exec(f.st->db, cmd, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(f.st->db));
	cr_assert_eq(store_open_copy(path, &copy, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_history_verify(copy, NULL, &proof, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(proof.records, 5);
	cr_assert_neq(sqlite3_exec(copy->db, "DELETE FROM history_head", NULL, NULL, NULL), SQLITE_OK);
	store_close(copy);
	/* One in use, with records in its write-ahead log. */
	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	cr_assert_eq(store_open_copy(path, &copy, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_history_verify(copy, NULL, &proof, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(proof.records, 5);
	store_close(copy);
	cr_assert_eq(store_open_copy("/nowhere/x.db", &copy, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(store_history, pages_go_on_behind_a_number)
{
	add_five();
	cr_expect_str_eq(numbers(&(struct history_filter){ .from_start = 1, .limit = 2 }), "1 2");
	cr_expect_str_eq(numbers(&(struct history_filter){ .after = 2, .limit = 2 }), "3 4");
	cr_expect_str_eq(numbers(&(struct history_filter){ .after = 4 }), "5");
	cr_expect_str_eq(numbers(&(struct history_filter){ .after = 5 }), "");
	cr_expect_str_eq(numbers(&(struct history_filter){ .after = 1, .user = "bob", .tenant = "red" }), "3 5");
}

Test(store_history, a_job_has_the_receipt_of_its_last_record)
{
	json_t *receipt, *rows;

	add_five();
	cr_assert_eq(store_history_receipt(f.st, "J1", &receipt, &f.e), 0);
	cr_assert_eq(store_history_list(f.st, &(struct history_filter){ 0 }, &rows, &f.e), 0);
	cr_assert_eq(field_number(receipt, "seq"), 2);
	cr_assert_str_eq(field_text(receipt, "head"), field_text(json_array_get(rows, 1), "hash"));
	json_decref(receipt);
	json_decref(rows);
	cr_assert_eq(store_history_receipt(f.st, "J9", &receipt, &f.e), 0);
	cr_assert_null(receipt);
}

Test(store_history, P6_our_own_statements_cannot_change_the_history)
{
	struct stmt q;

	add_five();
	cr_assert_eq(stmt_open(&q, f.st, "UPDATE history SET record='{}' WHERE seq=1", &f.e), 0);
	cr_assert_eq(stmt_run(&q, &f.e), -1);
	cr_assert_eq(stmt_open(&q, f.st, "DELETE FROM history", &f.e), 0);
	cr_assert_eq(stmt_run(&q, &f.e), -1);
}

/* Asks every question there is, so that its statement is kept. */
static void
ask_everything(void)
{
	char		  id[JOB_ID_LEN + 1];
	struct pd_amounts used;
	int64_t		  n, m;
	json_t		 *rows;

	for (unsigned bits = 0; bits < 64; bits++) {
		struct job_filter     jf = { .user = bits & 1 ? "a" : NULL, .tenant = bits & 2 ?
		    "b" : NULL, .vm = bits & 4 ? "c" : NULL,
			    .platform = bits & 8 ? "d" : NULL, .pending = (bits & 16) != 0 };
		struct history_filter hf = { .user = jf.user, .tenant = jf.tenant, .vm = jf.vm,
		    .job = jf.platform, .after = bits >= 32 };

		cr_assert_eq(store_job_list(f.st, &jf, &rows, &f.e), 0, "%s", f.e.msg);
		json_decref(rows);
		cr_assert_eq(store_history_list(f.st, &hf, &rows, &f.e), 0, "%s", f.e.msg);
		json_decref(rows);
		cr_assert_eq(store_vm_list(f.st, jf.tenant, jf.user, jf.platform, &rows, &f.e), 0,
		    "%s", f.e.msg);
		json_decref(rows);
	}
	(void)store_job_get(f.st, "x", &rows, &f.e);
	(void)store_job_by_once(f.st, "a", "k", &rows, &f.e);
	for (int i = 0; i < 4; i++)
		(void)store_job_resolve(f.st, "01JD0Q7M", i & 1 ? "a" : NULL, i & 2 ? "b" :
		    NULL, id, &f.e);
	(void)store_job_count_pending(f.st, "a", &n, NULL, &f.e);
	(void)store_job_queue(f.st, "p", "x", &n, &m, &f.e);
	(void)store_vm_get(f.st, "x", &rows, &f.e);
	(void)store_vm_count(f.st, "p", &n, &f.e);
	(void)store_usage(f.st, "a", NULL, &used, &f.e);
	(void)store_usage(f.st, "a", "b", &used, &f.e);
	(void)store_address_free(f.st, 1, "10.0.0.1", &f.e);
	(void)store_platform_get(f.st, "x", &rows, &f.e);
	(void)store_image_get(f.st, "x", "y", &rows, &f.e);
	(void)store_image_get(f.st, "x", NULL, &rows, &f.e);
	(void)store_image_list(f.st, "y", &rows, &f.e);
	json_decref(rows);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	(void)store_vm_remove(f.st, "x", &f.e);
	(void)store_platform_remove(f.st, "x", &f.e);
	store_rollback(f.st);
}

/*
 * Steps of a plan that look at a whole table: allowed when a limit ends them in the order of the
 * primary key, when the partial index of the
 * pending jobs bounds them, and for a list of everything.
 */
static int
may_scan(const char *sql, const char *step)
{
	if (strncmp(step, "SCAN ", 5) != 0)
		return strstr(step, "TEMP B-TREE") == NULL || (strstr(sql, " FROM job ") == NULL && strstr(sql, " FROM vm ") == NULL) ||
		    strstr(sql, "job_pending_user") != NULL;
	return strstr(step, "USING INDEX job_pending_") != NULL ||
	    strstr(step, "USING COVERING INDEX job_pending_") != NULL ||
	    (strstr(sql, " WHERE ") == NULL && strstr(sql, "LIMIT ?") != NULL) ||
	    strstr(sql, "sqlite_schema") != NULL || strstr(step, "SCAN CONSTANT ROW") != NULL;
}

static int
check_plan(const char *sql)
{
	char	      text[STORE_SQL_MAX + 32];
	sqlite3_stmt *s;
	int	      steps = 0;

	if (strncmp(sql, "SELECT", 6) != 0 && strncmp(sql, "DELETE", 6) != 0 &&
	    strncmp(sql, "UPDATE", 6) != 0)
		return 0;
	(void)snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
	cr_assert_eq(sqlite3_prepare_v2(f.st->db, text, -1, &s, NULL), SQLITE_OK);
	for (; sqlite3_step(s) == SQLITE_ROW; steps++) {
		const char *step = (const char *)sqlite3_column_text(s, 3);

		cr_expect(may_scan(sql, step), "%s\n\t%s", sql, step);
	}
	(void)sqlite3_finalize(s);
	return steps;
}

Test(store_history, every_question_has_its_index)
{
	int steps = 0;

	ask_everything();
	for (size_t i = 0; i < STORE_STATEMENTS; i++)
		if (f.st->kept[i] != NULL)
			steps += check_plan(sqlite3_sql(f.st->kept[i]));
	cr_assert_gt(steps, 30);
}
