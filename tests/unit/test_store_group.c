/* SPDX-License-Identifier: ISC */
/*
 * test_store_group.c - transactions that share one commit.
 */
#include <stdio.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/store/store.h"
#include "tests/unit/scratch.h"

static struct store *st, *other;
static char	     dir[SCRATCH_PATH];
static struct pd_err e;

static void
set_up(void)
{
	char path[SCRATCH_PATH];

	scratch_make(dir);
	cr_assert_eq(store_open(dir, &st, &e), 0, "%s", e.msg);
	cr_assert_eq(store_open_copy(scratch_path(path, dir, "powerdirector.db"), &other, &e), 0, "%s", e.msg);
}

static void
tear_down(void)
{
	store_close(st);
	store_close(other);
	scratch_remove(dir);
}

TestSuite(store_group, .init = set_up, .fini = tear_down);

static int
add(const char *event)
{
	json_t *record = json_pack("{s:s}", "event", event);
	int	rv = store_history_add(st, record, &e);

	json_decref(record);
	return rv;
}

static void
part(const char *event)
{
	cr_assert_eq(store_begin(st, &e), 0, "%s", e.msg);
	cr_assert_eq(add(event), 0, "%s", e.msg);
	cr_assert_eq(store_commit(st, &e), 0, "%s", e.msg);
}

static int64_t
seen_by(struct store *s)
{
	char	hash[HISTORY_HASH_LEN + 1];
	int64_t seq;

	cr_assert_eq(store_history_head(s, &seq, hash, &e), 0, "%s", e.msg);
	return seq;
}

Test(store_group, nothing_is_there_for_others_before_its_commit)
{
	cr_assert_eq(store_group_begin(st, &e), 0);
	part("one");
	part("two");
	cr_assert_eq(seen_by(st), 2);
	cr_assert_eq(seen_by(other), 0);
	cr_assert_eq(store_group_commit(st, &e), 0, "%s", e.msg);
	cr_assert_eq(seen_by(other), 2);
}

Test(store_group, one_part_is_rolled_back_alone)
{
	cr_assert_eq(store_group_begin(st, &e), 0);
	part("one");
	cr_assert_eq(store_begin(st, &e), 0);
	cr_assert_eq(add("not-this"), 0);
	store_rollback(st);
	store_rollback(st);	/* harmless */
	part("two");
	cr_assert_eq(store_group_commit(st, &e), 0, "%s", e.msg);
	cr_assert_eq(seen_by(other), 2);
	cr_assert_eq(store_history_verify(st, NULL, &(struct history_proof){ 0 }, &e), 0, "%s", e.msg);
}

Test(store_group, a_part_may_have_a_mark)
{
	cr_assert_eq(store_group_begin(st, &e), 0);
	cr_assert_eq(store_begin(st, &e), 0);
	cr_assert_eq(add("one"), 0);
	cr_assert_eq(store_mark(st, &e), 0, "%s", e.msg);
	cr_assert_eq(add("not-this"), 0);
	cr_assert_eq(store_back(st, &e), 0, "%s", e.msg);
	cr_assert_eq(store_commit(st, &e), 0, "%s", e.msg);
	cr_assert_eq(store_group_commit(st, &e), 0, "%s", e.msg);
	cr_assert_eq(seen_by(other), 1);
}

Test(store_group, all_parts_go_with_the_group)
{
	cr_assert_eq(store_group_begin(st, &e), 0);
	part("one");
	part("two");
	store_group_rollback(st);
	cr_assert_eq(seen_by(st), 0);
	part("alone");
	cr_assert_eq(seen_by(other), 1, "what comes behind it is a transaction of its own again");
}

Test(store_group, between_its_parts_nothing_is_changed)
{
	cr_assert_eq(store_group_begin(st, &e), 0);
	cr_assert_eq(add("one"), -1);
	cr_assert_eq(e.code, PD_BUG);
	cr_assert_eq(store_begin(st, &e), 0);
	cr_assert_eq(store_begin(st, &e), -1, "no part inside a part");
	cr_assert_eq(e.code, PD_BUG);
	store_rollback(st);
	cr_assert_eq(store_group_commit(st, &e), 0, "%s", e.msg);
}
