/* SPDX-License-Identifier: ISC */
/*
 * test_store_job.c - jobs in the store.
 */
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

TestSuite(store_job, .init = set_up, .fini = tear_down);

static json_t *
get(int n)
{
	char	id[JOB_ID_LEN + 1];
	json_t *row = NULL;

	cr_assert_eq(store_job_get(f.st, fixture_id(id, n), &row, &f.e), 0, "%s", f.e.msg);
	return row;
}

static int
add(json_t *row)
{
	int rv;

	cr_assert_eq(store_begin(f.st, &f.e), 0);
	rv = store_job_add(f.st, row, &f.e);
	json_decref(row);
	if (rv == 0)
		return store_commit(f.st, &f.e);
	store_rollback(f.st);
	return -1;
}

Test(store_job, every_key_comes_back_as_it_was_given)
{
	char	id[JOB_ID_LEN + 1];
	json_t *row = json_pack("{s:s s:s s:s s:s s:s s:s s:s s:{s:[i,i] s:b s:s} s:s s:s s:s s:b s:s s:s s:s s:I s:I s:I s:i s:b s:s s:i s:s"
				" s:{s:i} s:i s:i}",
	    "id", fixture_id(id, 1), "verb", "create-vm", "user", "alice", "tenant", "blue",
	    "platform", "power1", "vm", "web1", "state",
	    "queued", "args", "list", 1, 2, "no_start", 1, "text",
	    "d\"'; DROP TABLE job; --\xc3\xa9", "once", "k1", "digest", "ab", "note",
	    "a note", "plan", 1, "source", "::1", "origin", "key", "tag", "pd12345678", "submitted",
	    (json_int_t)1800000000123,
	    "started", (json_int_t)2, "finished", (json_int_t)3, "attempts", 4, "cancel", 1, "code",
	    "OK", "exit", 75, "message", "m",
	    "value", "lpar_id", 5, "recorded", 6, "bytes", 7);
	json_t *back;

	cr_assert_not_null(row);
	cr_assert_eq(add(json_incref(row)), 0, "%s", f.e.msg);
	back = get(1);
	cr_assert(json_equal(row, back), "%s", json_dumps(back, 0));
	json_decref(back);
	json_decref(row);
}

Test(store_job, absent_texts_stay_absent_and_absent_numbers_are_zero)
{
	json_t *row;

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	row = get(1);
	cr_assert_null(json_object_get(row, "message"));
	cr_assert_null(json_object_get(row, "value"));
	cr_assert(json_is_integer(json_object_get(row, "finished")));
	cr_assert(json_is_false(json_object_get(row, "cancel")));
	json_decref(row);
}

Test(store_job, our_own_mistakes_are_refused)
{
	json_t *row = fixture_job(1, "alice", "blue", "web1", "queued");

	(void)json_object_set_new(row, "colour", json_string("x"));
	cr_expect(add(row) == -1 && f.e.code == PD_BUG);
	row = fixture_job(1, "alice", "blue", "web1", "queued");
	(void)json_object_set_new(row, "exit", json_string("x"));
	cr_expect(add(row) == -1 && f.e.code == PD_BUG);
	cr_expect(add(fixture_job(1, "alice", "blue", "web1", "sleeping")) == -1 && f.e.code == PD_BUG);
	row = fixture_job(1, "alice", "blue", "web1", "queued");
	(void)json_object_set_new(row, "id", json_string("short"));
	cr_expect(add(row) == -1 && f.e.code == PD_BUG);
}

Test(store_job, an_id_is_taken_once)
{
	cr_assert_eq(add(fixture_job(1, "alice", "blue", "web1", "queued")), 0);
	cr_assert_eq(add(fixture_job(1, "bob", "red", "web2", "queued")), -1);
	cr_assert_eq(f.e.code, PD_CONFLICT);
}

static json_t *
with_once(int n, const char *user, const char *once)
{
	json_t *row = fixture_job(n, user, "blue", "web1", "queued");

	(void)json_object_set_new(row, "once", json_string(once));
	return row;
}

Test(store_job, P2_a_once_key_is_unique_per_user)
{
	json_t *row = NULL;
	char	id[JOB_ID_LEN + 1];

	cr_assert_eq(add(with_once(1, "alice", "k")), 0);
	cr_assert_eq(add(with_once(2, "alice", "k")), -1);
	cr_assert_eq(f.e.code, PD_CONFLICT, "%s", f.e.msg);
	cr_assert_eq(add(with_once(3, "bob", "k")), 0, "another user's key is another key");
	cr_assert_eq(add(with_once(4, "alice", "")), 0);
	cr_assert_eq(add(with_once(5, "alice", "")), 0, "no key is no key");
	cr_assert_eq(store_job_by_once(f.st, "alice", "k", &row, &f.e), 0);
	cr_assert_str_eq(field_text(row, "id"), fixture_id(id, 1));
	json_decref(row);
	cr_assert_eq(store_job_by_once(f.st, "alice", "other", &row, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
	cr_assert_eq(store_job_by_once(f.st, "alice", "", &row, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(store_job, moves_follow_the_table)
{
	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	cr_assert_eq(fixture_move(&f, 1, JOB_UNDOING), -1);
	cr_assert_eq(f.e.code, PD_BUG);
	cr_assert_eq(fixture_move(&f, 1, JOB_RUNNING), 0, "%s", f.e.msg);
	cr_assert_eq(fixture_move(&f, 1, JOB_DONE), 0);
	for (int to = 0; to < JOB_NSTATES; to++)
		cr_assert_eq(fixture_move(&f, 1, to), -1, "a job that is done went to %s",
		    job_state_name(to));
	cr_assert_eq(fixture_move(&f, 2, JOB_RUNNING), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

Test(store_job, a_move_sets_further_keys_but_never_state_or_owner)
{
	json_t *set = json_pack("{s:I s:s s:n}", "started", (json_int_t)5, "message", "go", "note"),
	    *bad = json_pack("{s:s}", "state", "done");
	json_t *row = fixture_job(1, "alice", "blue", "web1", "queued");
	char	id[JOB_ID_LEN + 1];

	(void)json_object_set_new(row, "note", json_string("n"));
	cr_assert_eq(add(row), 0);
	cr_assert_eq(store_begin(f.st, &f.e), 0);
	cr_assert_eq(store_job_move(f.st, fixture_id(id, 1), JOB_RUNNING, set, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_job_move(f.st, id, JOB_DONE, bad, &f.e), -1);
	cr_assert_eq(store_job_set(f.st, id, bad, &f.e), -1);
	cr_assert_eq(f.e.code, PD_BUG);
	cr_assert_eq(store_job_set(f.st, "01JD0Q7M000000000000000009", set, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
	cr_assert_eq(store_commit(f.st, &f.e), 0);
	row = get(1);
	cr_assert_str_eq(field_text(row, "state"), "running");
	cr_assert_str_eq(field_text(row, "message"), "go");
	cr_assert_eq(field_number(row, "started"), 5);
	cr_assert_null(json_object_get(row, "note"), "null takes a text away");
	json_decref(row);
	json_decref(set);
	json_decref(bad);
}

Test(store_job, a_prefix_names_one_job_or_says_how_much_more_is_needed)
{
	char id[JOB_ID_LEN + 1], wanted[JOB_ID_LEN + 1];

	fixture_add_job(&f, fixture_job(11, "alice", "blue", "web1", "queued"));
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7M", NULL, NULL, id, &f.e), 0, "%s", f.e.msg);
	cr_assert_str_eq(id, fixture_id(wanted, 11));
	cr_assert_eq(store_job_resolve(f.st, "01jd0q7m", NULL, NULL, id, &f.e), 0, "letters of either case");
	fixture_add_job(&f, fixture_job(12, "bob", "red", "web2", "queued"));
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7M", NULL, NULL, id, &f.e), -1);
	cr_assert_eq(f.e.code, PD_USAGE);
	cr_assert_not_null(strstr(f.e.msg, "at least 26 characters"), "%s", f.e.msg);
	cr_assert_eq(store_job_resolve(f.st, wanted, NULL, NULL, id, &f.e), 0);
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7N", NULL, NULL, id, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7", NULL, NULL, id, &f.e), -1);
	cr_assert_eq(f.e.code, PD_USAGE, "too short");
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7%", NULL, NULL, id, &f.e), -1);
	cr_assert_eq(f.e.code, PD_USAGE, "no pattern");
}

Test(store_job, others_jobs_do_not_make_a_prefix_ambiguous)
{
	char id[JOB_ID_LEN + 1], wanted[JOB_ID_LEN + 1];

	fixture_add_job(&f, fixture_job(11, "alice", "blue", "web1", "queued"));
	fixture_add_job(&f, fixture_job(12, "bob", "red", "web2", "queued"));
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7M", "bob", "red", id, &f.e), 0, "%s",
	    f.e.msg);
	cr_assert_str_eq(id, fixture_id(wanted, 12));
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7M", NULL, "blue", id, &f.e), 0);
	cr_assert_str_eq(id, fixture_id(wanted, 11));
	cr_assert_eq(store_job_resolve(f.st, "01JD0Q7M", "bob", "blue", id, &f.e), -1);
	cr_assert_eq(f.e.code, PD_NOTFOUND);
}

/* Numbers of the listed jobs as one text: "3 1". */
static const char *
numbers(const struct job_filter *filter)
{
	static char text[256];
	json_t	   *rows, *row;
	size_t	    i, len = 0;

	cr_assert_eq(store_job_list(f.st, filter, &rows, &f.e), 0, "%s", f.e.msg);
	text[0] = '\0';
	json_array_foreach(rows, i, row)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%d", i > 0 ? " " : "",
		    atoi(field_text(row, "id") + 8));
	json_decref(rows);
	return text;
}

Test(store_job, lists_filter_sort_and_are_bounded)
{
	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	fixture_add_job(&f, fixture_job(2, "carol", "blue", "web2", "running"));
	fixture_add_job(&f, fixture_job(3, "bob", "red", "web3", "done"));
	fixture_add_job(&f, fixture_job(4, "alice", "blue", "web1", "failed"));
	cr_expect_str_eq(numbers(&(struct job_filter){ 0 }), "4 3 2 1");
	cr_expect_str_eq(numbers(&(struct job_filter){ .oldest_first = 1 }), "1 2 3 4");
	cr_expect_str_eq(numbers(&(struct job_filter){ .limit = 2 }), "4 3");
	cr_expect_str_eq(numbers(&(struct job_filter){ .pending = 1 }), "2 1");
	cr_expect_str_eq(numbers(&(struct job_filter){ .user = "alice" }), "4 1");
	cr_expect_str_eq(numbers(&(struct job_filter){ .user = "alice", .pending = 1 }), "1");
	cr_expect_str_eq(numbers(&(struct job_filter){ .user = "alice", .tenant = "red" }), "");
	cr_expect_str_eq(numbers(&(struct job_filter){ .tenant = "blue", .pending = 1 }), "2 1");
	cr_expect_str_eq(numbers(&(struct job_filter){ .vm = "web1", .user = "alice",
	    .tenant = "blue" }), "4 1");
	cr_expect_str_eq(numbers(&(struct job_filter){ .platform = "power1", .pending = 1,
	    .oldest_first = 1 }), "1 2");
	cr_expect_str_eq(numbers(&(struct job_filter){ .platform = "power2" }), "");
}

Test(store_job, the_words_of_the_pending_indexes_are_the_states_that_are_not_final)
{
	int64_t n = 0, pending = 0;

	for (int s = 0; s < JOB_NSTATES; s++) {
		fixture_add_job(&f, fixture_job(s, "alice", "blue", "web1", job_state_name(s)));
		pending += !job_state_is_final(s);
	}
	cr_assert_eq(store_job_count_pending(f.st, "alice", &n, NULL, &f.e), 0);
	cr_assert_eq(n, pending);
	cr_assert_eq(store_job_count_pending(f.st, NULL, &n, NULL, &f.e), 0);
	cr_assert_eq(n, pending);
	cr_assert_eq(store_job_count_pending(f.st, "bob", &n, NULL, &f.e), 0);
	cr_assert_eq(n, 0);
}

Test(store_job, the_queue_counts_what_runs_and_what_came_before)
{
	char	id[JOB_ID_LEN + 1];
	int64_t running, before;

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "a", "running"));
	fixture_add_job(&f, fixture_job(2, "alice", "blue", "b", "undoing"));
	fixture_add_job(&f, fixture_job(3, "alice", "blue", "c", "queued"));
	fixture_add_job(&f, fixture_job(4, "bob", "red", "d", "queued"));
	fixture_add_job(&f, fixture_job(5, "bob", "red", "e", "done"));
	cr_assert_eq(store_job_queue(f.st, "power1", fixture_id(id, 4), &running, &before, &f.e), 0,
	    "%s", f.e.msg);
	cr_assert_eq(running, 2);
	cr_assert_eq(before, 1);
	cr_assert_eq(store_job_queue(f.st, "power1", NULL, &running, &before, &f.e), 0);
	cr_assert_eq(before, 2);
	cr_assert_eq(store_job_queue(f.st, "power2", NULL, &running, &before, &f.e), 0);
	cr_assert_eq(running + before, 0);
}

Test(store_job, a_brief_list_has_the_arguments_of_those_only_that_have_not_ended)
{
	struct job_filter filter = { .user = "alice" };
	json_t		 *whole = NULL, *rows = NULL, *row;
	size_t		  i;

	fixture_add_job(&f, fixture_job(1, "alice", "blue", "web1", "queued"));
	fixture_add_job(&f, fixture_job(2, "alice", "blue", "web2", "done"));
	fixture_add_job(&f, fixture_job(3, "bob", "blue", "web3", "done"));
	cr_assert_eq(store_job_list(f.st, &filter, &whole, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_job_list_brief(f.st, &filter, &rows, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(json_array_size(rows), 2);
	json_array_foreach(rows, i, row) {
		const char *key;
		json_t	   *value;

		json_object_foreach(row, key, value)
			cr_expect(json_equal(value, json_object_get(json_array_get(whole, i), key)), "%s", key);
		cr_expect_eq(json_object_get(row, "args") != NULL, strcmp(row_text(row, "state"), "queued") == 0);
		cr_expect_gt(json_object_size(row), 10);
	}
	json_decref(rows);
	json_decref(whole);
}
