/* SPDX-License-Identifier: ISC */
/*
 * test_store_open.c - opening, refusing, transactions, crashes.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

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

TestSuite(store_open, .init = set_up, .fini = tear_down);

static void
raw(const char *sql)
{
	char	 path[128];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}

static int
has_job(int n)
{
	char	id[JOB_ID_LEN + 1];
	json_t *row = NULL;
	int	rv = store_job_get(f.st, fixture_id(id, n), &row, &f.e);

	json_decref(row);
	cr_assert(rv == 0 || f.e.code == PD_NOTFOUND, "%s", f.e.msg);
	return rv == 0;
}

Test(store_open, files_are_for_their_owner_alone_whatever_the_umask)
{
	static const char *const names[] = { "powerdirector.db", "powerdirector.db-wal",
	    "powerdirector.db-shm" };
	char	    path[128];
	struct stat sb;
	mode_t	    old;

	store_close(f.st);
	fixture_remove(f.dir);
	old = umask(0);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
	(void)umask(old);
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", f.dir, names[i]);
		cr_assert_eq(stat(path, &sb), 0);
		cr_assert_eq(sb.st_mode & 07777, 0600, "%s has mode %o", names[i], sb.st_mode & 07777);
	}
}

Test(store_open, write_ahead_log_stays_after_a_clean_close)
{
	char path[128];

	store_close(f.st);
	f.st = NULL;
	(void)snprintf(path, sizeof(path), "%s/powerdirector.db-wal", f.dir);
	cr_assert_eq(access(path, F_OK), 0);
}

Test(store_open, commits_are_synchronous_and_keys_are_enforced)
{
	struct stmt q;

	cr_assert_eq(stmt_open(&q, f.st, "PRAGMA synchronous", &f.e), 0);
	cr_assert_eq(stmt_step(&q, &f.e), 1);
	cr_assert_eq(sqlite3_column_int(q.s, 0), 2);	/* FULL */
	stmt_close(&q);
	cr_assert_eq(stmt_open(&q, f.st, "PRAGMA foreign_keys", &f.e), 0);
	cr_assert_eq(stmt_step(&q, &f.e), 1);
	cr_assert_eq(sqlite3_column_int(q.s, 0), 1);
	stmt_close(&q);
}

Test(store_open, everything_is_there_after_reopening)
{
	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	fixture_reopen(&f);
	cr_assert(has_job(1));
}

/* What versions 6, 5 and 4 added. */
#define BACK_TO_5 \
	"ALTER TABLE image DROP COLUMN vioses; DROP TRIGGER vm_addresses_new; DROP TRIGGER vm_addresses_changed; ALTER TABLE vm DROP COLUMN addresses; DROP INDEX vm_tenant;" \
	"DROP INDEX vm_owner; DROP INDEX vm_platform; CREATE INDEX vm_owner ON vm(owner); CREATE INDEX vm_platform ON vm(platform); PRAGMA user_version = 5;"
#define BACK_TO_4 BACK_TO_5 \
	"DROP INDEX vm_lease; DROP INDEX vm_lease_tenant; ALTER TABLE vm DROP COLUMN lease_ms; ALTER TABLE vm DROP COLUMN lease_due_ms;" \
	"ALTER TABLE vm DROP COLUMN lease_ended_ms; ALTER TABLE vm DROP COLUMN lease_tries; PRAGMA user_version = 4;"
#define BACK_TO_3 BACK_TO_4 \
	"DROP TABLE inventory; DROP TABLE managed_system; DROP INDEX vm_system; ALTER TABLE vm DROP COLUMN system; ALTER TABLE vm DROP COLUMN label;" \
	"ALTER TABLE vm DROP COLUMN console_name; ALTER TABLE image DROP COLUMN product; ALTER TABLE platform DROP COLUMN second_address;" \
	"ALTER TABLE platform DROP COLUMN second_host_key; ALTER TABLE platform DROP COLUMN second_port; ALTER TABLE platform DROP COLUMN vios_access;" \
	"ALTER TABLE platform DROP COLUMN drained_ms; ALTER TABLE platform DROP COLUMN drain_why; PRAGMA user_version = 3"

static int
note_addresses(void *arg, const struct vm_brief *vm, struct pd_err *e)
{
	(void)e;
	(void)snprintf(arg, 64, "%s", vm->addresses);
	return 0;
}

Test(store_open, the_addresses_of_a_file_of_version_5_are_taken_out_of_its_specifications)
{
	char web1[64] = "", web2[64] = "";

	fixture_put_platform(&f, "power1");
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", "10.0.10.5"));
	fixture_put_vm(&f, fixture_vm("web2", "alice", "blue", NULL));
	store_close(f.st);
	f.st = NULL;
	raw(BACK_TO_5);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_vm_brief(f.st, "web1", note_addresses, web1, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_vm_brief(f.st, "web2", note_addresses, web2, &f.e), 0, "%s", f.e.msg);
	cr_expect_str_eq(web1, "[\"10.0.10.5\"]");
	cr_expect_str_eq(web2, "[]");
}

Test(store_open, a_file_of_version_3_has_a_system_behind_each_platform_then)
{
	json_t *row = NULL, *vm = NULL;

	fixture_put_platform(&f, "power1");
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	store_close(f.st);
	f.st = NULL;
	raw(BACK_TO_3);
	raw("UPDATE platform SET facts = json_set(facts, '$.type_model', '8233-E8B', '$.serial', '061AB2P', '$.memory', 65536)");
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_system_get(f.st, "power1", &row, &f.e), 0, "%s", f.e.msg);
	cr_expect_str_eq(row_text(row, "platform"), "power1");
	cr_expect_str_eq(row_text(row, "ident"), "8233-E8B*061AB2P");
	cr_expect_str_eq(row_text(row, "level"), "2.2.6.10");
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(row, "facts"), "memory")), 65536);
	cr_expect_eq(json_integer_value(json_object_get(row, "drained_ms")), 0);
	cr_assert_eq(store_vm_get(f.st, "web1", &vm, &f.e), 0, "%s", f.e.msg);
	cr_expect_str_eq(row_text(vm, "system"), "power1");
	json_decref(row);
	json_decref(vm);
}

Test(store_open, a_VM_of_version_4_has_no_lease_then)
{
	json_t *vm = NULL;

	fixture_put_platform(&f, "power1");
	fixture_put_vm(&f, fixture_vm("web1", "alice", "blue", NULL));
	store_close(f.st);
	f.st = NULL;
	raw(BACK_TO_4);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_vm_get(f.st, "web1", &vm, &f.e), 0, "%s", f.e.msg);
	cr_expect_eq(json_integer_value(json_object_get(vm, "lease_ms")), 0);
	cr_expect_eq(json_integer_value(json_object_get(vm, "lease_due_ms")), 0);
	json_decref(vm);
}

Test(store_open, a_file_of_version_1_is_upgraded_and_keeps_what_it_has)
{
	struct history_proof proof;
	json_t		    *row = NULL;
	int64_t		     pending;
	char		     id[JOB_ID_LEN + 1];

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	fixture_add_record(&f, fixture_record("admitted", "alice", "blue", fixture_id(id, 1), "web1"));
	store_close(f.st);
	f.st = NULL;
	raw(BACK_TO_3);
	raw("DROP TRIGGER pending_added; DROP TRIGGER pending_again; DROP TRIGGER pending_ended; DROP TABLE pending;"
	    "ALTER TABLE job DROP COLUMN bytes; ALTER TABLE job DROP COLUMN recorded; DROP TABLE kept; DROP TRIGGER history_keep_delete; DROP TABLE history_base;"
	    "CREATE TRIGGER history_keep_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;"
	    "PRAGMA user_version = 1");
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_job_get(f.st, id, &row, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(json_integer_value(json_object_get(row, "recorded")), 0);
	cr_assert_eq(store_job_count_pending(f.st, "alice", &pending, NULL, &f.e), 0);
	cr_expect_eq(pending, 1, "what was there before counts");
	cr_assert_eq(store_job_count_pending(f.st, NULL, &pending, NULL, &f.e), 0);
	cr_expect_eq(pending, 1);
	cr_assert_eq(store_history_verify(f.st, NULL, &proof, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(proof.records, 1);
	json_decref(row);
}

Test(store_open, a_newer_schema_is_refused_and_left_alone)
{
	store_close(f.st);
	f.st = NULL;
	raw("PRAGMA user_version = 99");
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), -1);
	cr_assert_eq(f.e.code, PD_BADDATA);
	cr_assert_not_null(strstr(f.e.msg, "newer PowerDirector"), "%s", f.e.msg);
	cr_assert_null(f.st);
	raw("ALTER TABLE image DROP COLUMN vioses; PRAGMA user_version = 6");
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
}

Test(store_open, another_programs_database_is_refused)
{
	store_close(f.st);
	f.st = NULL;
	fixture_remove(f.dir);
	cr_assert_eq(mkdir(f.dir, 0700), 0);
	raw("CREATE TABLE t(x)");
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), -1);
	cr_assert_eq(f.e.code, PD_BADDATA);
	cr_assert_not_null(strstr(f.e.msg, "another program"), "%s", f.e.msg);
}

Test(store_open, a_file_that_is_no_database_is_refused)
{
	char path[128];
	int  fd;

	store_close(f.st);
	f.st = NULL;
	fixture_remove(f.dir);
	cr_assert_eq(mkdir(f.dir, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(write(fd, "this is not a database, really not. ", 36), 36);
	(void)close(fd);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), -1);
	cr_assert_eq(f.e.code, PD_IO, "%s", f.e.msg);
}

Test(store_open, a_link_or_a_file_that_others_may_write_is_refused)
{
	char path[128], other[128];

	store_close(f.st);
	f.st = NULL;
	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	(void)snprintf(other, sizeof(other), "%s/other.db", f.dir);
	cr_assert_eq(chmod(path, 0620), 0);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), -1);
	cr_assert_eq(f.e.code, PD_DENIED);
	cr_assert_eq(rename(path, other), 0);
	cr_assert_eq(symlink(other, path), 0);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), -1);
	cr_assert_null(f.st);
}

Test(store_open, a_directory_that_cannot_be_made_is_named)
{
	struct store *st;

	cr_assert_eq(store_open("/proc/none/here", &st, &f.e), -1);
	cr_assert_null(st);
	cr_assert_not_null(strstr(f.e.msg, "/proc/none/here"), "%s", f.e.msg);
}

Test(store_open, rollback_leaves_nothing)
{
	json_t *job = fixture_job(1, "alice", "blue", "web1", "queued"),
	    *record = fixture_record("admitted", "alice", "blue", "J", "web1");
	char	hash[HISTORY_HASH_LEN + 1];
	int64_t seq;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_add(f.st, job, &f.e), 0);
	cr_assert_eq(store_history_add(f.st, record, &f.e), 0);
	store_rollback(f.st);
	store_rollback(f.st);	/* harmless */
	cr_assert_not(has_job(1));
	cr_assert_eq(store_history_head(f.st, &seq, hash, &f.e), 0);
	cr_assert_eq(seq, 0);
	json_decref(job);
	json_decref(record);
}

Test(store_open, nothing_changes_outside_a_transaction)
{
	json_t *job = fixture_job(1, "alice", "blue", "web1", "queued"),
	    *vm = fixture_vm("web1", "alice", "blue", NULL);
	json_t *record = fixture_record("x", "a", "b", "c", "d"),
	    *set = json_pack("{s:s}", "message", "x");
	char	id[JOB_ID_LEN + 1];

	(void)fixture_id(id, 1);
	fixture_put_platform(&f, "power1");
	cr_expect(store_job_add(f.st, job, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_vm_put(f.st, vm, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_vm_remove(f.st, "web1", &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_history_add(f.st, record, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_job_set(f.st, id, set, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_job_move(f.st, id, JOB_RUNNING, NULL, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_platform_remove(f.st, "power1", &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_commit(f.st, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect(store_begin(f.st, &f.e) == 0 && store_begin(f.st, &f.e) == -1 && f.e.code == PD_BUG);
	cr_expect_not(has_job(1));
	json_decref(job);
	json_decref(vm);
	json_decref(record);
	json_decref(set);
}

/* Runs in a child that ends without returning: begins, adds, dies before or after the commit. */
static void
die_in_transaction(int commit)
{
	struct store *st;
	struct pd_err e;
	json_t	     *job = fixture_job(2, "alice", "blue", "web2", "queued"),
	    *record = fixture_record("x", "a", "b", "c", "d");

	if (store_open(f.dir, &st, &e) == 0 && store_begin(st, &e) == 0 &&
	    store_job_add(st, job, &e) == 0 &&
	    store_history_add(st, record, &e) == 0 && (!commit || store_commit(st, &e) == 0))
		(void)kill(getpid(), SIGKILL);
	_exit(1);
}

static void
kill_in_transaction(int commit)
{
	pid_t pid;
	int   status;

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	store_close(f.st);
	f.st = NULL;
	if ((pid = fork()) == 0)
		die_in_transaction(commit);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	cr_assert_eq(store_open(f.dir, &f.st, &f.e), 0, "%s", f.e.msg);
}

Test(store_open, P1_a_kill_before_the_commit_leaves_the_state_before)
{
	struct history_proof proven;

	kill_in_transaction(0);
	cr_assert(has_job(1));
	cr_assert_not(has_job(2));
	cr_assert_eq(store_history_verify(f.st, NULL, &proven, &f.e), 0);
	cr_assert_eq(proven.records, 0);
	fixture_add_job(&f, fixture_job(2, "alice", "blue", "web2", "queued"));
}

Test(store_open, P1_a_kill_after_the_commit_loses_nothing)
{
	struct history_proof proven;

	kill_in_transaction(1);
	cr_assert(has_job(1));
	cr_assert(has_job(2));
	cr_assert_eq(store_history_verify(f.st, NULL, &proven, &f.e), 0);
	cr_assert_eq(proven.records, 1);
}

Test(store_open, many_different_statements_push_each_other_out_without_harm)
{
	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	for (int i = 0; i < 3 * STORE_STATEMENTS; i++) {
		char	    sql[64];
		struct stmt q, same;

		(void)snprintf(sql, sizeof(sql), "SELECT %d", i);
		cr_assert_eq(stmt_open(&q, f.st, sql, &f.e), 0, "%s", f.e.msg);
		cr_assert_eq(stmt_step(&q, &f.e), 1);
		cr_assert_eq(stmt_open(&same, f.st, sql, &f.e), 0,
		    "a statement in use must not be used twice");
		cr_assert_neq(q.s, same.s);
		cr_assert_eq(stmt_step(&same, &f.e), 1);
		cr_assert_eq(sqlite3_column_int(q.s, 0), i);
		stmt_close(&q);
		stmt_close(&same);
	}
	cr_assert(has_job(1));
}

Test(store_open, another_writer_makes_it_wait_and_then_say_busy)
{
	struct store *other;
	struct pd_err e;

	cr_assert_eq(store_open(f.dir, &other, &e), 0, "%s", e.msg);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	(void)sqlite3_busy_timeout(other->db, 1);
	cr_assert_eq(store_begin(other, &e), -1);
	cr_assert_eq(e.code, PD_BUSY, "%s", e.msg);
	store_rollback(f.st);
	cr_assert_eq(store_begin(other, &e), 0);
	store_rollback(other);
	store_close(other);
}

Test(store_open, P7_a_full_database_says_so_and_keeps_what_was_there)
{
	json_t	   *job = fixture_job(2, "alice", "blue", "web2", "queued");
	struct stmt q;

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	/* at least what is used already */
	cr_assert_eq(stmt_open(&q, f.st, "PRAGMA max_page_count = 1", &f.e), 0);
	cr_assert_eq(stmt_run(&q, &f.e), 0);
	(void)json_object_set_new(job, "note", json_string("x"));
	for (int i = 0; i < 3; i++) {
		char	big[16 * 1024];

		memset(big, 'x', sizeof(big) - 1);
		big[sizeof(big) - 1] = '\0';
		(void)json_object_set_new(job, "message", json_string(big));
		cr_assert_eq(store_begin(f.st, &f.e), 0);
		cr_assert_eq(store_job_add(f.st, job, &f.e), -1);
		cr_assert_eq(f.e.code, PD_NOSPACE, "%s", f.e.msg);
		store_rollback(f.st);
	}
	cr_assert(has_job(1));
	cr_assert_not(has_job(2));
	json_decref(job);
}
