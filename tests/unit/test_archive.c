/* SPDX-License-Identifier: ISC */
/*
 * test_archive.c - old records in files, a chain that goes on, and every way in which both can be changed.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/history/archive.h"
#include "spool/history/history_line.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/store/store_sqlite.h"
#include "tests/unit/fixture_store.h"

#define DAY_S 86400

static struct fixture	    f;
static struct archive	    a;
static struct history_proof proof;
static int		    state_dir;
static char		    archives[200], file[300];

static void
set_up(void)
{
	fixture_open(&f);
	state_dir = open(f.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(archives, sizeof(archives), "%s/" ARCHIVE_DIR, f.dir);
	archive_init(&a, f.st, state_dir);
}

static void
tear_down(void)
{
	archive_close(&a);
	(void)close(state_dir);
	fixture_remove(archives);
	fixture_close(&f);
}

TestSuite(archive, .init = set_up, .fini = tear_down, .timeout = 120);

static void
add_old(int n, int64_t age_s)
{
	char t[CLOCK_TEXT_LEN];

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	for (int i = 0; i < n; i++) {
		json_t *r = fixture_record("done", "alice", "blue", "J1", "web1");

		(void)json_object_set_new(r, "t", json_string(clock_text(t, clock_wall_ms() - age_s * 1000)));
		cr_assert_eq(store_history_add(f.st, r, &f.e), 0, "%s", f.e.msg);
		json_decref(r);
	}
	cr_assert_eq(store_commit(f.st, &f.e), 0);
}

/* Steps until nothing is due; the name of the last file in `file`. */
static int
run(int64_t keep_s)
{
	char name[ARCHIVE_NAME_MAX];
	int  files = 0;

	for (int i = 0; i < 10000 && archive_delay(&a, keep_s, clock_mono_ms()) == 0; i++) {
		cr_assert_eq(archive_step(&a, keep_s, clock_mono_ms(), name, sizeof(name), &f.e), 0, "%s", f.e.msg);
		if (name[0] != '\0') {
			(void)snprintf(file, sizeof(file), "%s/%s", archives, name);
			files++;
		}
	}
	return files;
}

static int
verify(const struct history_witness *w, int with_archives)
{
	char		     path[200];
	struct history_walk *walk;
	int		     rv;

	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	memset(&proof, 0, sizeof(proof));
	if (history_walk_begin(path, with_archives ? archives : NULL, w, &walk, &f.e) == -1)
		return -1;
	while ((rv = history_walk_step(walk, 0, &f.e)) == 1)
		;
	proof = *history_walk_proof(walk);
	history_walk_end(walk);
	return rv;
}

static int64_t
number(const char *sql)
{
	struct stmt q;
	int64_t	    n;

	cr_assert_eq(stmt_open(&q, f.st, sql, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(stmt_step(&q, &f.e), 1);
	n = sqlite3_column_int64(q.s, 0);
	stmt_close(&q);
	return n;
}

Test(archive, P6_old_records_go_to_a_file_and_the_chain_goes_on)
{
	struct stat st;

	add_old(700, 500 * DAY_S);
	add_old(5, 10 * DAY_S);
	cr_assert_eq(run(400 * DAY_S), 1);
	cr_assert_not_null(strstr(file, "/history-000000000001-000000000700.jsonl"), "%s", file);
	cr_assert_eq(stat(file, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0400);
	cr_assert_eq(number("SELECT count(*) FROM history"), 6, "five, and the one that tells of it");
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert(proof.first == 0 && proof.records == 706);
	cr_assert_eq(verify(NULL, 0), 0, "%s", f.e.msg);
	cr_assert(proof.first == 700 && proof.records == 706);
	add_old(3, 0);
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert_eq(run(400 * DAY_S), 0, "nothing is due");
}

Test(archive, what_is_young_or_kept_for_ever_stays)
{
	add_old(10, 500 * DAY_S);
	cr_assert_eq(run(0), 0);
	cr_assert_eq(run(495 * DAY_S), 0, "over its time, not yet by a twentieth");
	cr_assert_eq(number("SELECT count(*) FROM history"), 10);
	a.next_ms = 0;
	cr_assert_eq(run(400 * DAY_S), 1);
}

Test(archive, P6_one_archive_after_the_other)
{
	add_old(10, 900 * DAY_S);
	add_old(10, 700 * DAY_S);
	cr_assert_eq(run(800 * DAY_S), 1);
	a.next_ms = 0;
	cr_assert_eq(run(600 * DAY_S), 1);
	cr_assert_not_null(strstr(file, "/history-000000000011-000000000020.jsonl"), "%s", file);
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert_eq(proof.first, 0);
	cr_assert_eq(proof.records, 22);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert_eq(proof.first, 20, "not all archives are at hand: only what is here is said to be proven");
}

static void
archive_ten(void)
{
	add_old(10, 500 * DAY_S);
	add_old(3, 0);
	cr_assert_eq(run(400 * DAY_S), 1);
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert_eq(chmod(file, 0600), 0);
}

/* Changes the archive by a shell's words; FILE stands for its name. */
static void
edit(const char *script)
{
	char command[1000];

	(void)snprintf(command, sizeof(command), "FILE=%s; %s", file, script);
	cr_assert_eq(system(command), 0, "%s", command);	/* in a test, our own words */
}

static void
expect(enum history_fault fault, int64_t at)
{
	cr_assert_eq(verify(NULL, 1), -1, "not noticed");
	cr_expect_eq(proof.fault, fault, "%s", f.e.msg);
	cr_expect_eq(proof.at, at, "%lld: %s", (long long)proof.at, f.e.msg);
}

Test(archive, P6_a_changed_line_is_found)
{
	archive_ten();
	edit("sed -i '4s/alice/mallory/' $FILE");
	expect(HISTORY_CHANGED, 4);
}

Test(archive, P6_a_removed_line_is_found)
{
	archive_ten();
	edit("sed -i 4d $FILE");
	expect(HISTORY_MISSING, 4);
}

Test(archive, P6_an_inserted_line_is_found)
{
	archive_ten();
	edit("sed -i '4{p;s/alice/mallory/}' $FILE");
	cr_assert_eq(verify(NULL, 1), -1);
	cr_assert_eq(proof.records, 4);
}

Test(archive, P6_exchanged_lines_are_found)
{
	archive_ten();
	edit("sed -i '4{h;d};5G' $FILE");
	expect(HISTORY_REORDERED, 4);
}

Test(archive, P6_a_cut_at_the_end_of_an_archive_is_found)
{
	archive_ten();
	edit("sed -i '8,$d' $FILE");
	expect(HISTORY_MISSING, 8);
}

Test(archive, P6_half_a_line_is_found)
{
	archive_ten();
	edit("truncate -s -5 $FILE");
	expect(HISTORY_CHANGED, 10);
}

Test(archive, P6_garbage_behind_the_last_record_is_found)
{
	archive_ten();
	edit("printf 'x\\n' >>$FILE");
	cr_assert_eq(verify(NULL, 1), -1);
	cr_assert_eq(proof.records, 10);
}

static void
tamper(const char *sql)
{
	char	 path[200];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/powerdirector.db", f.dir);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "DROP TRIGGER history_keep_update; DROP TRIGGER history_keep_delete", NULL, NULL, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	(void)sqlite3_close(db);
}

Test(archive, P6_a_base_that_no_record_tells_of_is_a_cut_at_the_beginning)
{
	add_old(10, 0);
	tamper("UPDATE history_base SET seq = 4, hash = (SELECT hash FROM history WHERE seq = 4); DELETE FROM history WHERE seq <= 4");
	expect(HISTORY_CUT, 4);
}

Test(archive, P6_a_base_moved_behind_its_record_is_found)
{
	archive_ten();
	add_old(3, 0);
	tamper("UPDATE history_base SET seq = 12, hash = (SELECT hash FROM history WHERE seq = 12); DELETE FROM history WHERE seq <= 12");
	cr_assert_eq(verify(NULL, 0), -1);
	cr_assert_eq(proof.fault, HISTORY_CUT, "%s", f.e.msg);
}

Test(archive, a_witness_from_before_the_archive_counts_when_it_is_at_hand)
{
	struct history_witness w;

	add_old(10, 500 * DAY_S);
	cr_assert_eq(store_history_head(f.st, &w.seq, w.head, &f.e), 0);
	add_old(3, 500 * DAY_S);
	cr_assert_eq(run(400 * DAY_S), 1);
	cr_assert_eq(verify(&w, 1), 0, "%s", f.e.msg);
	cr_assert_eq(verify(&w, 0), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND, "%s", f.e.msg);
	w.head[0] = w.head[0] == '0' ? '1' : '0';
	cr_assert_eq(verify(&w, 1), -1);
	cr_assert_eq(proof.at, 10);
}

Test(archive, P6_what_is_not_archived_cannot_be_deleted)
{
	int n;

	add_old(10, 0);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_history_prune(f.st, 100, &n, &f.e), 0);
	cr_assert_eq(n, 0);
	cr_assert_neq(sqlite3_exec(f.st->db, "DELETE FROM history WHERE seq = 1", NULL, NULL, NULL), SQLITE_OK);
	store_rollback(f.st);
}

/* As after a kill behind this many steps: nothing is closed in order, the next director finds what is there. */
static enum archive_state
kill_after(int steps)
{
	char		   name[ARCHIVE_NAME_MAX];
	enum archive_state state;

	for (int i = 0; i < steps; i++)
		cr_assert_eq(archive_step(&a, 400 * DAY_S, clock_mono_ms(), name, sizeof(name), &f.e), 0, "%s", f.e.msg);
	state = a.state;
	memset(&a, 0, sizeof(a));	/* its descriptors leak, as its end would close them */
	fixture_reopen(&f);
	archive_init(&a, f.st, state_dir);
	return state;
}

Test(archive, P6_a_kill_between_any_two_steps_loses_nothing)
{
	int seen[3] = { 0, 0, 0 };

	for (int steps = 0; steps < 10; steps++) {
		tear_down();
		set_up();
		add_old(2 * ARCHIVE_ROWS + 10, 500 * DAY_S);
		seen[kill_after(steps)]++;
		cr_assert_eq(verify(NULL, 1), 0, "%d steps: %s", steps, f.e.msg);
		cr_assert_eq(proof.first, 0, "%d steps", steps);
		(void)run(400 * DAY_S);
		cr_assert_eq(verify(NULL, 1), 0, "%d steps, then the rest: %s", steps, f.e.msg);
		cr_assert(proof.first == 0 && proof.records == 2 * ARCHIVE_ROWS + 11, "%d steps: %lld", steps, (long long)proof.records);
		cr_assert_eq(number("SELECT count(*) FROM history"), 1, "%d steps: the one that tells of it", steps);
	}
	cr_assert(seen[ARCHIVE_IDLE] > 0 && seen[ARCHIVE_WRITING] > 1 && seen[ARCHIVE_PRUNING] > 1);
}

Test(archive, an_archive_that_no_record_knows_is_made_again)
{
	char path[300];
	FILE *out;

	add_old(10, 500 * DAY_S);
	(void)snprintf(path, sizeof(path), "%s/history-000000000001-000000000010.jsonl", archives);
	out = fopen(path, "w");	/* the name was durable, the transaction was not */
	cr_assert_not_null(out);
	(void)fputs("something\n", out);
	(void)fclose(out);
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert_eq(run(400 * DAY_S), 1);
	cr_assert_eq(verify(NULL, 1), 0, "%s", f.e.msg);
	cr_assert_eq(proof.first, 0);
}

/* ---- lines ---- */

Test(archive, a_line_holds_the_record_byte_for_byte)
{
	static const char    record[] = "{\"event\":\"x\",\"seq\":1,\"t\":\"T\"}";
	char		     buf[200];
	unsigned char	     hash[32] = { 0xab, 1 };
	struct history_line  line;
	size_t		     len = history_line_make(buf, hash, record, sizeof(record) - 1);

	cr_assert_eq(buf[len - 1], '\n');
	cr_assert_eq(HISTORY_LINE_HEAD, 84);
	cr_assert_eq(history_line_parse(buf, len - 1, &line, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(memcmp(line.hash, hash, 32), 0);
	cr_assert(line.len == sizeof(record) - 1 && memcmp(line.text, record, line.len) == 0);
	cr_assert_eq(history_line_parse(buf, len - 2, &line, &f.e), -1);
	buf[12] = 'G';
	cr_assert_eq(history_line_parse(buf, len - 1, &line, &f.e), -1);
	cr_assert_eq(f.e.code, PD_BADDATA);
}
