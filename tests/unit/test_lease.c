/* SPDX-License-Identifier: ISC */
/*
 * test_lease.c - the end of a VM: once, when the clock may be believed, and not at all when it was renewed.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "tests/unit/fixture_director.h"

#define HOUR_MS 3600000LL
#define DAY_MS	86400000LL

/* ---- the clock ---- */

static const struct pd_conf twenty = { .leases_per_hour = 20, .lease_settle_s = 600, .retry_first_s = 2 };

Test(lease_clock, nothing_is_done_before_it_has_gone_evenly_for_so_long)
{
	struct lease_clock c;

	lease_clock_begin(&c, &twenty, 1000000000, 5000, 0);
	cr_expect_eq(lease_clock_settled(&c, &twenty), 605000);
	for (int64_t t = 0; t < 600000; t += 30000)	/* slewing and a busy machine are no step */
		cr_expect_eq(lease_clock_look(&c, 1000000000 + t + t / 2000, 5000 + t), 0);
	cr_expect_eq(lease_clock_settled(&c, &twenty), 605000);
}

Test(lease_clock, a_step_of_two_seconds_begins_it_anew_forward_and_back)
{
	const int64_t	   steps[] = { 366 * DAY_MS, 2000, -2000, -366 * DAY_MS };
	struct lease_clock c;
	int64_t		   wall = 1700000000000, mono = 5000;

	lease_clock_begin(&c, &twenty, wall, mono, 0);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		wall += HOUR_MS;
		mono += HOUR_MS;
		cr_expect_eq(lease_clock_look(&c, wall, mono), 0);
		wall += steps[i];
		cr_expect_eq(lease_clock_look(&c, wall, mono), 1);
		cr_expect_eq(c.stepped_ms, steps[i]);
		cr_expect_eq(lease_clock_settled(&c, &twenty), mono + 600000);
	}
	cr_expect_eq(lease_clock_look(&c, wall + 1999, mono), 0);
}

Test(lease_clock, so_many_jobs_at_once_and_then_one_in_each_part_of_the_hour)
{
	struct lease_clock c;
	int64_t		   now = 5000;

	lease_clock_begin(&c, &twenty, 0, now, 0);
	for (int i = 0; i < 20; i++) {
		cr_expect_leq(lease_clock_room(&c, &twenty), now, "job %d", i);
		lease_clock_take(&c, &twenty, now);
	}
	cr_expect_eq(lease_clock_room(&c, &twenty), now + HOUR_MS / 20);
	now += HOUR_MS / 20;
	cr_expect_leq(lease_clock_room(&c, &twenty), now);
	lease_clock_take(&c, &twenty, now);
	cr_expect_gt(lease_clock_room(&c, &twenty), now);
}

Test(lease_clock, what_was_made_before_a_start_counts)
{
	const struct pd_conf none = { .leases_per_hour = 0 };
	struct lease_clock   c;

	lease_clock_begin(&c, &twenty, 0, 5000, 19);
	cr_expect_leq(lease_clock_room(&c, &twenty), 5000);
	lease_clock_take(&c, &twenty, 5000);
	cr_expect_gt(lease_clock_room(&c, &twenty), 5000);
	lease_clock_begin(&c, &twenty, 0, 5000, 20);
	cr_expect_gt(lease_clock_room(&c, &twenty), 5000);
	lease_clock_begin(&c, &twenty, 0, 5000, 1000000);
	cr_expect_leq(lease_clock_room(&c, &twenty), 5000 + HOUR_MS / 20, "more is no longer than an hour's worth");
	cr_expect_eq(lease_clock_room(&c, &none), INT64_MAX);
}

Test(lease_clock, a_failure_is_tried_again_after_twice_as_long_up_to_a_day)
{
	cr_expect_eq(lease_back_off_ms(&twenty, 0), 2000);
	cr_expect_eq(lease_back_off_ms(&twenty, 1), 4000);
	cr_expect_eq(lease_back_off_ms(&twenty, 10), 2048000);
	cr_expect_eq(lease_back_off_ms(&twenty, 100), DAY_MS);
	cr_expect_eq(lease_back_off_ms(&twenty, INT64_MAX), DAY_MS);
}

/* ---- the director ---- */

static struct director_fixture f;
static struct director	      *d;

static void
open_director(void)
{
	const struct log log = { -1, LOG_DEBUG, 0 };

	d = malloc(sizeof(*d));
	cr_assert_eq(director_open(d, f.conf_path, &log, &f.e), 0, "%s", f.e.msg);
	d->conf->lease_settle_s = 0;
	for (size_t i = 0; i < d->conf->ntenants; i++)
		if (strcmp(d->conf->tenants[i].name, "blue") == 0)
			d->conf->tenants[i].lease = (struct pd_lease){ 1, 10 * 86400, 20 * 86400, 7 * 86400, 86400, 1 };
}

static void
close_director(void)
{
	director_close(d);
	free(d);
}

static void
set_up(void)
{
	director_fixture_open(&f);
	director_fixture_worker(&f, "done", "{}");
	director_fixture_release(&f);
	open_director();
}

static void
tear_down(void)
{
	close_director();
	director_fixture_close(&f);
}

TestSuite(lease, .init = set_up, .fini = tear_down);

static void
put_vm(const char *name, const char *state, int64_t due_in_ms)
{
	int64_t now = clock_wall_ms();
	json_t *vm = json_pack("{s:s s:s s:s s:s s:s s:{s:s} s:{} s:I s:I}", "name", name, "tenant", "blue", "owner", "alice", "platform", "power1",
	    "state", state, "objects", "tag", name, "spec", "lease_ms", (json_int_t)(now + due_in_ms), "lease_due_ms", (json_int_t)(now + due_in_ms));

	cr_assert_eq(store_begin(d->store, &f.e), 0);
	cr_assert_eq(store_vm_put(d->store, vm, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(d->store, &f.e), 0);
	json_decref(vm);
}

static void
set_vm(const char *name, const char *key, json_t *value)
{
	json_t *set = json_pack("{s:o}", key, value);

	cr_assert_eq(store_begin(d->store, &f.e), 0);
	cr_assert_eq(store_vm_set(d->store, name, set, &f.e), 0, "%s", f.e.msg);
	cr_assert_eq(store_commit(d->store, &f.e), 0);
	json_decref(set);
}

static int64_t
number_of(const char *name, const char *key)
{
	json_t *vm = NULL;
	int64_t n;

	cr_assert_eq(store_vm_get(d->store, name, &vm, &f.e), 0, "%s", f.e.msg);
	n = field_number(vm, key);
	json_decref(vm);
	return n;
}

/* The jobs of a VM, the last one taken in first. */
static json_t *
jobs_of(const char *vm)
{
	struct job_filter filter = { .vm = vm };
	json_t		 *jobs = NULL;

	cr_assert_eq(store_job_list(d->store, &filter, &jobs, &f.e), 0, "%s", f.e.msg);
	return jobs;
}

static size_t
count_jobs(const char *vm)
{
	json_t *jobs = jobs_of(vm);
	size_t	n = json_array_size(jobs);

	json_decref(jobs);
	return n;
}

static size_t
count_records(const char *event)
{
	struct history_filter filter = { .from_start = 1 };
	json_t		     *records = NULL, *r;
	size_t		      i, n = 0;

	cr_assert_eq(store_history_list(d->store, &filter, &records, &f.e), 0);
	json_array_foreach(records, i, r)
		n += strcmp(field_text(r, "event"), event) == 0 && strcmp(field_text(r, "user"), "alice") == 0;
	json_decref(records);
	return n;
}

/* Its job ends so, as its worker would tell it. */
static void
end_job(const char *vm, enum job_state state, const char *now)
{
	json_t	     *jobs = jobs_of(vm), *row = NULL, *value = json_pack("{s:s}", "state", now);
	struct ending end = { .state = state, .value = value, .err = { .code = state == JOB_DONE ? PD_OK : PD_FAILED } };

	cr_assert_eq(effects_start(d->store, field_text(json_array_get(jobs, 0), "id"), NULL, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
	cr_assert_eq(effects_end(d->store, field_text(json_array_get(jobs, 0), "id"), &end, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
	json_decref(value);
	json_decref(jobs);
}

Test(lease, a_running_VM_is_stopped_by_one_job_of_the_directors_own)
{
	json_t *jobs, *job;

	put_vm("web1", "running", -1);
	for (int i = 0; i < 5; i++)
		lease_round(d);
	jobs = jobs_of("web1");
	cr_assert_eq(json_array_size(jobs), 1, "%zu jobs", json_array_size(jobs));
	job = json_array_get(jobs, 0);
	cr_expect_str_eq(field_text(job, "user"), "director (lease)");
	cr_expect_str_eq(field_text(job, "verb"), "stop-vm");
	cr_expect_str_eq(field_text(job, "tenant"), "blue");
	cr_expect_str_eq(field_text(job, "state"), "queued");
	cr_expect_eq(sched_waiting(d->sched), 1);
	cr_expect_eq(number_of("web1", "lease_tries"), 1);
	cr_expect(director_fixture_exists(&f, d->spool.log, field_text(job, "id")), "whoever follows it sees it");
	json_decref(jobs);
}

Test(lease, a_kill_behind_its_commit_makes_no_second_one)
{
	put_vm("web1", "running", -1);
	lease_round(d);
	set_vm("web1", "lease_due_ms", json_integer(1));	/* however long the director was down */
	close_director();
	open_director();
	for (int i = 0; i < 3; i++)
		lease_round(d);
	cr_expect_eq(count_jobs("web1"), 1);
	cr_expect_eq(sched_waiting(d->sched), 1);
}

Test(lease, the_next_one_is_waited_for_and_no_other_time)
{
	int64_t now = clock_mono_ms();

	lease_round(d);
	cr_expect_eq(lease_delay(d, now), -1, "without leases there is no timer");
	put_vm("web1", "running", 2 * HOUR_MS);
	put_vm("web2", "running", HOUR_MS);
	lease_round(d);
	cr_expect_leq(lease_delay(d, now), HOUR_MS + 1000);
	cr_expect_gt(lease_delay(d, now), HOUR_MS - 60000);
	cr_expect_eq(count_jobs("web1") + count_jobs("web2"), 0);
}

Test(lease, a_VM_that_is_off_is_only_noted_and_its_grace_begins_then)
{
	int64_t now = clock_wall_ms();

	put_vm("web1", "stopped", -30 * DAY_MS);
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 0);
	cr_expect_geq(number_of("web1", "lease_ended_ms"), now);
	cr_expect_geq(number_of("web1", "lease_due_ms"), now + 7 * DAY_MS, "the grace is whole, however late it is");
	cr_expect_eq(count_records("lease-ended"), 1);
}

Test(lease, a_VM_that_was_stopped_for_it_is_noted_at_once_and_deleted_after_the_grace)
{
	put_vm("web1", "running", -1);
	lease_round(d);
	end_job("web1", JOB_DONE, "stopped");
	lease_round(d);
	cr_expect_neq(number_of("web1", "lease_ended_ms"), 0);
	cr_expect_eq(count_jobs("web1"), 1);
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 1, "not before the grace is over");
	set_vm("web1", "lease_due_ms", json_integer(clock_wall_ms()));
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 2);
	cr_expect_eq(count_records("lease-over"), 1);
	end_job("web1", JOB_DONE, "stopped");
	lease_round(d);
	cr_expect_eq(d->lease_at_ms, INT64_MAX);
}

Test(lease, without_the_policys_word_it_is_kept)
{
	d->conf->tenants[0].lease.deletes = 0;
	put_vm("web1", "stopped", -1);
	lease_round(d);
	cr_expect_eq(number_of("web1", "lease_due_ms"), 0);
	put_vm("web2", "stopped", -1);
	set_vm("web2", "lease_ended_ms", json_integer(1));	/* it was to be deleted when it ended */
	lease_round(d);
	lease_round(d);
	cr_expect_eq(number_of("web2", "lease_due_ms"), 0);
	cr_expect_eq(count_jobs("web1") + count_jobs("web2"), 0);
	cr_expect_eq(count_records("lease-kept"), 1);
}

Test(lease, a_failed_stop_is_made_again_when_its_time_has_come)
{
	put_vm("web1", "running", -1);
	lease_round(d);
	end_job("web1", JOB_FAILED, "running");
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 1, "not at once");
	cr_expect_gt(number_of("web1", "lease_due_ms"), clock_wall_ms());
	set_vm("web1", "lease_due_ms", json_integer(clock_wall_ms()));
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 2);
}

Test(lease, a_refused_job_is_put_off_and_not_made_in_each_round)
{
	char	path[SCRATCH_PATH + 16];
	json_t *jobs;

	(void)snprintf(path, sizeof(path), "%s/templates", f.dir);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/templates/ivm", f.dir);
	(void)mkdir(path, 0700);	/* and no stop-vm in it */
	put_vm("web1", "running", -1);
	for (int i = 0; i < 5; i++)
		lease_round(d);
	jobs = jobs_of("web1");
	cr_assert_eq(json_array_size(jobs), 1, "%zu", json_array_size(jobs));
	cr_expect_str_eq(field_text(json_array_get(jobs, 0), "state"), "refused");
	json_decref(jobs);
	cr_expect_eq(number_of("web1", "lease_tries"), 1);
	cr_expect_gt(number_of("web1", "lease_due_ms"), clock_wall_ms());
}

Test(lease, a_VM_that_a_job_has_or_a_person_must_see_is_left_alone)
{
	static const char *const states[] = { "creating", "deleting", "broken", "missing" };
	char			 name[16];

	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(name, sizeof(name), "%s", states[i]);
		put_vm(name, states[i], -1);
	}
	lease_round(d);
	cr_expect_eq(d->lease_at_ms, INT64_MAX);
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(count_jobs(states[i]), 0, "%s", states[i]);
}

Test(lease, a_clock_that_was_set_is_not_believed_at_once)
{
	d->conf->lease_settle_s = 600;
	put_vm("web1", "running", -1);
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 0, "not at the start");
	d->lease_clock.even_since_ms -= 600000;
	d->lease_is_put_off = 0;
	d->lease_clock.offset_ms -= 365 * DAY_MS;	/* as if it had been set forward by a year since the last look */
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 0, "not at the step");
	cr_expect_eq(d->leases_are_held, 1);
	d->lease_clock.even_since_ms -= 600000;
	d->lease_is_put_off = 0;
	lease_round(d);
	cr_expect_eq(count_jobs("web1"), 1);
}

Test(lease, a_park_of_VMs_is_not_stopped_in_an_hour)
{
	char   name[16];
	size_t n = 0;

	d->conf->leases_per_hour = 3;
	for (int i = 0; i < 10; i++) {
		(void)snprintf(name, sizeof(name), "web%d", i);
		put_vm(name, "running", -1000 + i);
	}
	put_vm("off", "stopped", 0);
	for (int i = 0; i < 20; i++)
		lease_round(d);
	for (int i = 0; i < 10; i++) {
		(void)snprintf(name, sizeof(name), "web%d", i);
		n += count_jobs(name);
	}
	cr_expect_eq(n, 3, "%zu", n);
	cr_expect_gt(number_of("off", "lease_ended_ms"), 0, "it needs no job");
	close_director();
	open_director();
	d->conf->leases_per_hour = 3;
	lease_round(d);
	cr_expect_eq(count_jobs("web3"), 0, "a restart gives no new hour");
}

Test(lease, a_job_for_a_lease_that_was_renewed_does_nothing)
{
	json_t *jobs, *row = NULL;

	put_vm("web1", "running", -1);
	lease_round(d);
	set_vm("web1", "lease_ms", json_integer(clock_wall_ms() + DAY_MS));
	jobs = jobs_of("web1");
	cr_expect_eq(effects_start(d->store, field_text(json_array_get(jobs, 0), "id"), NULL, &row, &f.e), -1);
	cr_expect_eq(f.e.code, PD_CONFLICT, "%s", f.e.msg);
	cr_expect_not_null(strstr(f.e.msg, "renewed meanwhile"), "%s", f.e.msg);
	json_decref(jobs);
}

Test(lease, a_renewal_while_it_is_stopped_counts)
{
	json_t	     *jobs, *row = NULL;
	int64_t	      end = clock_wall_ms() + DAY_MS;
	struct ending stopped = { .state = JOB_DONE };

	put_vm("web1", "running", -1);
	lease_round(d);
	jobs = jobs_of("web1");
	cr_assert_eq(effects_start(d->store, field_text(json_array_get(jobs, 0), "id"), NULL, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
	set_vm("web1", "lease_ms", json_integer(end));
	set_vm("web1", "lease_due_ms", json_integer(end));
	cr_assert_eq(effects_end(d->store, field_text(json_array_get(jobs, 0), "id"), &stopped, &row, &f.e), 0, "%s", f.e.msg);
	json_decref(row);
	json_decref(jobs);
	lease_round(d);
	cr_expect_eq(number_of("web1", "lease_due_ms"), end);
	cr_expect_eq(number_of("web1", "lease_ended_ms"), 0);
}

/* Nobody's file may say that it comes from the director. */
Test(lease, no_file_can_pass_for_the_directors)
{
	struct job     job, back;
	unsigned char *buf = NULL;
	size_t	       len = 0;

	director_fixture_job(&job, "alice", "stop-vm", "{\"name\":\"web1\"}");
	job.origin = JOB_BY_DIRECTOR;
	if (job_encode(&job, &buf, &len, &f.e) == 0)
		cr_expect_eq(job_decode(buf, len, &back, &f.e), -1);
	free(buf);
	buf = NULL;
	job.origin = JOB_BY_KEY;
	(void)strcpy(job.user, LEASE_USER);
	if (job_encode(&job, &buf, &len, &f.e) == 0)
		cr_expect_eq(job_decode(buf, len, &back, &f.e), -1);
	free(buf);
	cr_expect_not(job_user_is_valid(LEASE_USER));
	job_clear(&job);
}

static size_t
soon(const char *tenant, const char *owner, int64_t in_ms, const char *first)
{
	json_t *vms = NULL;
	size_t	n;

	cr_assert_eq(store_lease_soon(d->store, tenant, owner, clock_wall_ms() + in_ms, &vms, &f.e), 0, "%s", f.e.msg);
	n = json_array_size(vms);
	if (n > 0)
		cr_expect_str_eq(field_text(json_array_get(vms, 0), "name"), first);
	json_decref(vms);
	return n;
}

Test(lease, an_owner_is_told_of_his_own_the_first_one_first)
{
	put_vm("web1", "running", 3 * DAY_MS);
	put_vm("web2", "running", 2 * DAY_MS);
	put_vm("web3", "running", 9 * DAY_MS);
	set_vm("web2", "owner", json_string("carol"));
	cr_expect_eq(soon("blue", NULL, 7 * DAY_MS, "web2"), 2);
	cr_expect_eq(soon("blue", "alice", 7 * DAY_MS, "web1"), 1);
	cr_expect_eq(soon("blue", "alice", 10 * DAY_MS, "web1"), 2);
	cr_expect_eq(soon("red", NULL, 10 * DAY_MS, ""), 0);
	set_vm("web1", "lease_due_ms", json_integer(0));	/* it has ended and is kept */
	cr_expect_eq(soon("blue", "alice", 7 * DAY_MS, ""), 0);
}
