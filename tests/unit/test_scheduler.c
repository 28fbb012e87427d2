/* SPDX-License-Identifier: ISC */
/*
 * test_scheduler.c - turns between tenants and users, slots, one job a VM, nobody starves (P5).
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/run/scheduler.h"

static struct sched *s;
static struct pd_err e;
static int	     made;

static void
set_up(void)
{
	const struct sched_limits limits = { 1, 4, 100 };

	s = sched_new(&limits);
	made = 0;
}

static void
tear_down(void)
{
	sched_free(s);
}

TestSuite(scheduler, .init = set_up, .fini = tear_down);

static void
limit(int64_t per_platform, int64_t total)
{
	const struct sched_limits limits = { per_platform, 4, total };

	sched_set_limits(s, &limits);
}

static struct sched_job
job(const char *tenant, const char *user, const char *platform, const char *vm)
{
	struct sched_job j = { .weight = 1 };

	(void)snprintf(j.id, sizeof(j.id), "%026d", ++made);
	(void)snprintf(j.tenant, sizeof(j.tenant), "%s", tenant);
	(void)snprintf(j.user, sizeof(j.user), "%s", user);
	(void)snprintf(j.platform, sizeof(j.platform), "%s", platform);
	(void)snprintf(j.vm, sizeof(j.vm), "%s", vm);
	return j;
}

static void
add(struct sched_job j)
{
	cr_assert_eq(sched_add(s, &j, &e), 0);
}

static const char *
next_user(void)
{
	static struct sched_job j;

	if (!sched_next(s, 0, &j))
		return "nobody";
	sched_ended(s, &j);
	return j.user;
}

Test(scheduler, a_user_with_one_job_waits_for_one_round_behind_a_thousand_of_another)
{
	for (int i = 0; i < 1000; i++)
		add(job("blue", "alice", "p1", ""));
	cr_assert_str_eq(next_user(), "alice");
	add(job("blue", "carol", "p1", ""));
	cr_assert_str_eq(next_user(), "carol", "same tenant, other user");
	cr_assert_str_eq(next_user(), "alice");
	add(job("red", "bob", "p1", ""));
	if (strcmp(next_user(), "bob") != 0)
		cr_assert_str_eq(next_user(), "bob", "another tenant, within one round");
}

Test(scheduler, equal_claims_are_decided_by_the_order_of_taking_in)
{
	static const char *const tenants[] = { "blue", "red", "green" };
	char			 expected[16], user[16];

	limit(1, 100);
	for (int i = 0; i < 3; i++)	/* three tenants, three users each, who never had a turn */
		for (int t = 0; t < 3; t++) {
			(void)snprintf(user, sizeof(user), "%c%d", tenants[t][0], i);
			add(job(tenants[t], user, "p1", ""));
		}
	for (int i = 0; i < 9; i++) {
		(void)snprintf(expected, sizeof(expected), "%c%d", tenants[i % 3][0], i / 3);
		cr_expect_str_eq(next_user(), expected, "turn %d", i);
	}
}

Test(scheduler, platforms_that_never_had_a_turn_come_in_the_order_of_their_jobs)
{
	struct sched_job j;
	char		 name[16];

	limit(1, 100);
	for (int i = 0; i < 5; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i);
		add(job("blue", "alice", name, ""));
	}
	for (int i = 0; i < 5; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i);
		cr_assert_eq(sched_next(s, 0, &j), 1);
		cr_expect_str_eq(j.platform, name);
		sched_ended(s, &j);
	}
	for (int i = 4; i >= 0; i--) {	/* served in the other order: now that one counts */
		(void)snprintf(name, sizeof(name), "p%d", i);
		add(job("blue", "alice", name, ""));
	}
	for (int i = 0; i < 5; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i);
		cr_assert_eq(sched_next(s, 0, &j), 1);
		cr_expect_str_eq(j.platform, name, "the one served longest ago");
		sched_ended(s, &j);
	}
}

Test(scheduler, what_comes_back_keeps_its_place_in_the_order_of_taking_in)
{
	struct sched_job first, second, j;

	limit(2, 100);
	add(job("blue", "alice", "p1", ""));
	add(job("red", "bob", "p1", ""));
	cr_assert_eq(sched_next(s, 0, &first), 1);
	cr_assert_eq(sched_next(s, 0, &second), 1);
	sched_ended(s, &second);
	sched_ended(s, &first);
	first.is_resumed = second.is_resumed = 1;
	add(second);
	add(first);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_expect_str_eq(j.id, first.id);
}

Test(scheduler, a_user_who_submits_one_after_the_other_gets_no_head_start)
{
	int carol = 0;

	for (int i = 0; i < 50; i++)
		add(job("blue", "alice", "p1", ""));
	for (int i = 0; i < 20; i++) {
		add(job("blue", "carol", "p1", ""));
		for (int turn = 0; turn < 2; turn++)
			carol += strcmp(next_user(), "carol") == 0;
	}
	cr_assert_eq(carol, 20, "every second turn is hers, not every one");
	cr_assert_eq(sched_waiting(s), 30);
}

Test(scheduler, tenants_share_by_weight)
{
	int heavy = 0;

	for (int i = 0; i < 400; i++) {
		struct sched_job j = job("ops", "admin", "p1", "");

		j.weight = 3;
		add(j);
		add(job("blue", "alice", "p1", ""));
	}
	for (int i = 0; i < 400; i++)
		heavy += strcmp(next_user(), "admin") == 0;
	cr_assert(heavy >= 298 && heavy <= 302, "%d of 400 instead of 300", heavy);
}

Test(scheduler, a_users_own_jobs_run_in_the_order_they_came)
{
	struct sched_job j;

	for (int i = 0; i < 5; i++)
		add(job("blue", "alice", "p1", ""));
	for (int i = 1; i <= 5; i++) {
		char id[JOB_ID_LEN + 1];

		(void)snprintf(id, sizeof(id), "%026d", i);
		cr_assert_eq(sched_next(s, 0, &j), 1);
		cr_assert_str_eq(j.id, id);
		sched_ended(s, &j);
	}
}

Test(scheduler, a_platform_has_so_many_slots_and_a_full_one_holds_up_no_other)
{
	struct sched_job a, b, c, waiting = job("blue", "alice", "p1", "");

	limit(2, 100);
	for (int i = 0; i < 3; i++)
		add(job("blue", "alice", "p1", ""));
	add(job("blue", "alice", "p2", ""));
	cr_assert_eq(sched_next(s, 0, &a), 1);
	cr_assert_eq(sched_next(s, 0, &b), 1);
	cr_assert_eq(sched_next(s, 0, &c), 1);
	cr_assert_eq(sched_next(s, 0, &c), 0, "two on p1 and the one on p2");
	cr_assert_str_eq(sched_wait(s, &waiting), "the platform's other jobs");
	sched_ended(s, strcmp(a.platform, "p1") == 0 ? &a : &b);
	cr_assert_eq(sched_next(s, 0, &c), 1);
}

Test(scheduler, all_platforms_together_have_a_bound_too)
{
	struct sched_job j, waiting = job("blue", "alice", "p3", "");

	limit(4, 2);
	add(job("blue", "alice", "p1", ""));
	add(job("blue", "alice", "p2", ""));
	add(waiting);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_assert_eq(sched_next(s, 0, &j), 0);
	cr_assert_str_eq(sched_wait(s, &waiting), "other jobs");
}

Test(scheduler, one_running_job_a_vm_and_the_others_go_on)
{
	struct sched_job first, second, blocked = job("blue", "alice", "p1", "web1");

	limit(4, 100);
	add(job("blue", "alice", "p1", "web1"));
	add(blocked);
	add(job("blue", "alice", "p1", "web2"));
	cr_assert_eq(sched_next(s, 0, &first), 1);
	cr_assert_str_eq(sched_wait(s, &blocked), "another job of this VM");
	cr_assert_eq(sched_next(s, 0, &second), 1);
	cr_assert_str_eq(second.vm, "web2", "the job behind the blocked one");
	cr_assert_eq(sched_next(s, 0, &second), 0);
	sched_ended(s, &first);
	cr_assert_eq(sched_next(s, 0, &second), 1);
	cr_assert_str_eq(second.id, blocked.id);
}

/* Of a VM of its own on a system of the HMC "h". */
static struct sched_job
on_system(const char *user, const char *system)
{
	struct sched_job j = job(user, user, "h", "");

	j.is_hmc = 1;
	(void)snprintf(j.vm, sizeof(j.vm), "vm%d", made);
	(void)snprintf(j.system, sizeof(j.system), "%s", system);
	return j;
}

Test(scheduler, jobs_of_one_system_run_one_after_the_other_those_of_several_at_once)
{
	struct sched_job first, second, ask = job("red", "bob", "h", ""), behind = on_system("alice", "p9a"), j;

	ask.is_hmc = 1;
	add(on_system("alice", "p9a"));
	add(behind);
	add(on_system("alice", "p9b"));
	cr_assert_eq(sched_next(s, 0, &first), 1);
	cr_expect_str_eq(first.system, "p9a");
	cr_expect_str_eq(sched_wait(s, &behind), "another job of its system");
	cr_assert_eq(sched_next(s, 0, &second), 1);
	cr_expect_str_eq(second.system, "p9b", "the job behind the one that waits");
	cr_expect_eq(sched_next(s, 0, &j), 0);
	add(ask);
	cr_assert_eq(sched_next(s, 0, &j), 1, "what is of no system waits for none");
	cr_expect_str_eq(j.id, ask.id);
	sched_ended(s, &second);
	cr_expect_eq(sched_next(s, 0, &j), 0, "another system has become free");
	sched_ended(s, &first);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_expect_str_eq(j.id, behind.id);
}

Test(scheduler, a_job_that_changes_two_systems_waits_for_both_and_keeps_both)
{
	struct sched_job move = on_system("alice", "p9a"), j, other;

	(void)snprintf(move.to, sizeof(move.to), "p9b");
	add(on_system("bob", "p9b"));
	cr_assert_eq(sched_next(s, 0, &other), 1);
	add(move);
	cr_expect_eq(sched_next(s, 0, &j), 0, "p9b is taken");
	sched_ended(s, &other);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	add(on_system("bob", "p9a"));
	add(on_system("bob", "p9b"));
	cr_expect_eq(sched_next(s, 0, &other), 0, "both are taken");
	sched_ended(s, &j);
	cr_expect_eq(sched_next(s, 0, &other), 1);
	cr_expect_eq(sched_next(s, 0, &other), 1);
}

Test(scheduler, an_hmc_has_so_many_sessions_and_no_more)
{
	static const char *const systems[] = { "a", "b", "c", "d", "e", "f" };
	struct sched_job	 j;
	int			 n = 0;

	for (int i = 0; i < 6; i++)
		add(on_system("alice", systems[i]));
	while (sched_next(s, 0, &j))
		n++;
	cr_expect_eq(n, 4, "an IVM has one here");
}

Test(scheduler, a_user_waits_for_one_round_on_a_system_where_another_has_a_thousand_jobs)
{
	struct sched_job j, other;

	for (int i = 0; i < 1000; i++)
		add(on_system("alice", i % 2 == 0 ? "p9a" : "p9b"));
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_assert_eq(sched_next(s, 0, &other), 1);
	add(on_system("bob", "p9a"));
	for (int i = 0; i < 5; i++) {	/* the other system's jobs are not held up, and are none that go before it */
		sched_ended(s, &other);
		cr_assert_eq(sched_next(s, 0, &other), 1);
		cr_expect_str_eq(other.system, "p9b");
	}
	sched_ended(s, &j);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_expect_str_eq(j.user, "bob");
}

Test(scheduler, administrators_have_a_slot_more)
{
	struct sched_job j, admins = job("ops", "admin", "p1", "");

	admins.is_admin = 1;
	add(job("blue", "alice", "p1", ""));
	cr_assert_eq(sched_next(s, 0, &j), 1);
	add(job("blue", "alice", "p1", ""));
	add(admins);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_assert_str_eq(j.user, "admin");
	add(admins);
	cr_assert_eq(sched_next(s, 0, &j), 0, "one more, not any number");
}

Test(scheduler, what_was_interrupted_goes_first_and_a_delay_is_kept)
{
	struct sched_job j, again = job("blue", "alice", "p1", "web1"), later = job("red", "bob", "p2", "");

	add(job("red", "bob", "p1", ""));
	again.is_resumed = 1;
	add(again);
	later.not_before_ms = 500;
	add(later);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_assert_str_eq(j.id, again.id);
	cr_assert_eq(sched_delay(s, 100), 400);
	cr_assert_eq(sched_next(s, 499, &j), 0);
	cr_assert_eq(sched_next(s, 500, &j), 1);
	cr_assert_str_eq(j.id, later.id);
	cr_assert_eq(sched_delay(s, 500), -1);
}

Test(scheduler, a_waiting_job_can_be_taken_out_once)
{
	struct sched_job j, a = job("blue", "alice", "p1", ""), b = job("blue", "alice", "p1", "");

	add(a);
	add(b);
	cr_assert_eq(sched_remove(s, b.id), 1);
	cr_assert_eq(sched_remove(s, b.id), 0);
	add(job("blue", "alice", "p1", ""));
	cr_assert_eq(sched_waiting(s), 2);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_assert_str_eq(j.id, a.id);
	cr_assert_eq(sched_remove(s, a.id), 0, "it runs");
	cr_assert_eq(sched_running(s), 1);
}

/* Any mix of tenants, users and platforms: whoever can start is started within one round of users. */
Test(scheduler, nobody_starves)
{
	int waited[8] = { 0 };

	for (int i = 0; i < 8 * 100; i++) {
		char user[8], tenant[8];

		(void)snprintf(user, sizeof(user), "u%d", i % 8);
		(void)snprintf(tenant, sizeof(tenant), "t%d", i % 8 / 2);
		add(job(tenant, user, "p1", ""));
	}
	for (int i = 0; i < 8 * 100; i++) {
		int who = next_user()[1] - '0';

		for (int u = 0; u < 8; u++)
			waited[u]++;
		cr_assert(waited[who] <= 16, "u%d waited %d turns", who, waited[who]);
		waited[who] = 0;
	}
}

/* ---- the gate of a platform whose console may not answer ---- */

static void
gate(const char *platform, int64_t open_until_ms, int64_t one_from_ms)
{
	const struct sched_gate g = { open_until_ms, one_from_ms };

	cr_assert_eq(sched_gate(s, platform, &g), 0);
}

Test(scheduler, a_closed_gate_holds_up_its_platform_alone)
{
	struct sched_job j;

	limit(4, 100);
	gate("p1", 0, INT64_MAX);
	for (int i = 0; i < 50; i++)
		add(job("blue", "alice", "p1", ""));
	add(job("blue", "alice", "p2", ""));
	cr_assert_eq(sched_next(s, 1000, &j), 1);
	cr_expect_str_eq(j.platform, "p2");
	cr_expect_eq(sched_next(s, 1000, &j), 0);
	cr_expect_eq(sched_delay(s, 1000), -1, "no time opens it");
	cr_expect_eq(sched_waiting_for(s, "p1"), 50);
}

Test(scheduler, of_fifty_jobs_one_tries_a_silent_console)
{
	struct sched_job j, other;

	limit(64, 100);
	gate("p1", 0, 2000);
	for (int i = 0; i < 50; i++)
		add(job("blue", "alice", "p1", ""));
	cr_expect_eq(sched_next(s, 1999, &j), 0);
	cr_expect_eq(sched_delay(s, 500), 1500);
	cr_assert_eq(sched_next(s, 2000, &j), 1);
	cr_expect(j.is_trying);
	cr_expect_eq(j.began_ms, 2000);
	cr_expect_eq(sched_next(s, 2000, &other), 0, "the others wait for what it finds");
	cr_expect_eq(sched_next(s, 99999, &other), 0);
	/* It found nothing. */
	gate("p1", 0, 6000);
	sched_ended(s, &j);
	j.is_resumed = 1;
	add(j);
	cr_expect_eq(sched_next(s, 5999, &other), 0);
	cr_assert_eq(sched_next(s, 6000, &other), 1);
	cr_expect_str_eq(other.id, j.id, "it has kept its place");
	cr_expect_eq(sched_next(s, 6000, &j), 0);
	/* An answer. */
	gate("p1", 7000, 0);
	sched_answered(s, &other);
	cr_expect_eq(other.is_trying, 0);
	for (int i = 0; i < 49; i++)
		cr_expect_eq(sched_next(s, 6001, &j), 1, "all at once, job %d", i);
}

Test(scheduler, behind_an_open_gate_one_goes_first_until_it_is_answered)
{
	struct sched_job j, other;

	limit(4, 100);
	gate("p1", 1000, 0);
	for (int i = 0; i < 4; i++)
		add(job("blue", "alice", "p1", ""));
	cr_assert_eq(sched_next(s, 999, &j), 1);
	cr_expect_eq(j.is_trying, 0);
	cr_assert_eq(sched_next(s, 5000, &j), 1, "the one that runs since then holds up nobody");
	cr_expect(j.is_trying);
	cr_expect_eq(sched_next(s, 5000, &other), 0);
	sched_answered(s, &j);
	sched_answered(s, &j);
	cr_assert_eq(sched_next(s, 5000, &j), 1, "one for one answer, even when nobody opens the gate");
	cr_expect_eq(sched_next(s, 5000, &other), 0);
	sched_ended(s, &j);
	cr_expect_eq(sched_next(s, 5000, &other), 1, "or when it has ended");
}

Test(scheduler, a_check_passes_a_closed_gate_and_its_own_users_queue)
{
	struct sched_job check = job("ops", "admin", "p1", ""), j;

	limit(4, 100);
	gate("p1", 0, INT64_MAX);
	for (int i = 0; i < 10; i++)
		add(job("ops", "admin", "p1", ""));
	cr_expect_eq(sched_next(s, 1, &j), 0);
	check.is_direct = 1;
	add(check);
	cr_assert_eq(sched_next(s, 1, &j), 1);
	cr_expect_str_eq(j.id, check.id);
	cr_expect_eq(j.is_trying, 0);
	cr_expect_eq(sched_next(s, 1, &j), 0);
	check.id[0] = 'X';
	add(check);
	cr_expect_eq(sched_remove(s, check.id), 1);
	cr_expect_eq(sched_next(s, 1, &j), 0);
	cr_expect_eq(sched_waiting_for(s, "p1"), 10);
}

static int
count_until(void *arg, const struct sched_job *j)
{
	int *left = arg;

	(void)j;
	return --*left == 0;
}

Test(scheduler, each_walks_the_waiting_jobs_of_one_platform)
{
	struct sched_job again = job("blue", "alice", "p1", "");
	int		 left = 100;

	again.is_resumed = 1;
	add(again);
	for (int i = 0; i < 3; i++)
		add(job("red", "bob", "p1", ""));
	add(job("red", "bob", "p2", ""));
	sched_each(s, "p1", count_until, &left);
	cr_expect_eq(left, 96);
	left = 2;
	sched_each(s, "p1", count_until, &left);
	cr_expect_eq(left, 0, "it ends when it is told to");
}

/* The queue behind a busy VM is not walked again before something has changed for it; then it is, from its beginning. */
Test(scheduler, what_was_passed_over_has_its_turn_when_its_vm_is_free)
{
	struct sched_job first, other, j;

	limit(3, 100);
	for (int i = 0; i < 5; i++)
		add(job("blue", "alice", "p1", "web1"));
	cr_assert_eq(sched_next(s, 0, &first), 1);
	cr_expect_eq(sched_next(s, 0, &j), 0, "the VM is busy");
	add(job("blue", "alice", "p1", "web2"));
	cr_assert_eq(sched_next(s, 0, &other), 1, "what comes behind is seen");
	cr_expect_str_eq(other.vm, "web2");
	cr_assert_eq(sched_remove(s, "00000000000000000000000005"), 1);
	cr_assert_eq(sched_remove(s, "00000000000000000000000002"), 1);
	cr_expect_eq(sched_next(s, 0, &j), 0);
	sched_ended(s, &first);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_expect_str_eq(j.id, "00000000000000000000000003");
	sched_ended(s, &j);
	cr_assert_eq(sched_next(s, 0, &j), 1);
	cr_expect_str_eq(j.id, "00000000000000000000000004");
	sched_ended(s, &j);
	cr_expect_eq(sched_next(s, 0, &j), 0);
	cr_expect_eq(sched_waiting(s), 0);
}

Test(scheduler, while_it_is_held_only_what_has_begun_goes_on)
{
	struct sched_job resumed = job("t", "u", "p", ""), delayed = job("t", "u", "p", ""), next;

	limit(10, 10);
	resumed.is_resumed = 1;
	delayed.not_before_ms = 1;
	add(job("t", "u", "p", ""));
	add(delayed);
	add(resumed);
	sched_hold(s, 1);
	cr_assert_eq(sched_next(s, 100, &next), 1);
	cr_expect_str_eq(next.id, resumed.id);
	cr_expect_eq(sched_next(s, 100, &next), 0);
	cr_expect_str_eq(sched_wait(s, &delayed), "room on PowerDirector's disk");
	cr_expect_str_eq(sched_wait(s, &resumed), "");
	sched_hold(s, 0);
	cr_expect_eq(sched_next(s, 100, &next), 1);
	cr_expect_eq(sched_next(s, 100, &next), 1);
}

Test(scheduler, one_that_is_set_aside_keeps_its_vm_when_it_has_begun_and_its_system_never)
{
	struct sched_job first = job("a", "u", "hmc1", "vm1"), same = job("a", "u", "hmc1", "vm1"), other = job("a", "u", "hmc1", "vm2"), got;

	(void)snprintf(first.system, sizeof(first.system), "p9a");
	(void)snprintf(other.system, sizeof(other.system), "p9a");
	add(first);
	cr_assert(sched_next(s, 0, &got));
	add(same);
	add(other);
	cr_assert_not(sched_next(s, 0, &got), "the platform has one slot");
	first.has_begun = first.is_resumed = 1;
	first.not_before_ms = 1000;
	cr_assert_eq(sched_set_aside(s, &first, &e), 0);
	cr_assert(sched_next(s, 0, &got));
	cr_assert_str_eq(got.id, other.id, "the other VM of its system");
	sched_ended(s, &got);
	cr_assert_not(sched_next(s, 0, &got), "its VM's next job waits");
	cr_assert_str_eq(sched_wait(s, &same), "another job of this VM");
	cr_assert_eq(sched_delay(s, 400), 600);
	cr_assert(sched_next(s, 1000, &got));
	cr_assert_str_eq(got.id, first.id);
	sched_ended(s, &got);
	cr_assert(sched_next(s, 1000, &got));
	cr_assert_str_eq(got.id, same.id);
}

Test(scheduler, one_that_has_changed_nothing_keeps_nothing_and_can_be_hurried_or_removed)
{
	struct sched_job first = job("a", "u", "hmc1", "vm1"), same = job("a", "u", "hmc1", "vm1"), got;

	add(first);
	cr_assert(sched_next(s, 0, &got));
	first.is_resumed = 1;
	first.not_before_ms = SCHED_NEVER;
	cr_assert_eq(sched_set_aside(s, &first, &e), 0);
	cr_assert_eq(sched_delay(s, 0), -1);
	add(same);
	cr_assert(sched_next(s, 0, &got));
	cr_assert_str_eq(got.id, same.id);
	sched_ended(s, &got);
	sched_hurry(s, first.id);
	cr_assert(sched_next(s, 0, &got));
	cr_assert_str_eq(got.id, first.id);
	first.has_begun = 1;
	cr_assert_eq(sched_set_aside(s, &first, &e), 0);
	add(same);
	cr_assert_not(sched_next(s, 0, &got));
	cr_assert(sched_remove(s, first.id));
	cr_assert(sched_next(s, 0, &got), "what it kept is free");
}
