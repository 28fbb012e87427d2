/* SPDX-License-Identifier: ISC */
/*
 * lease_round.c - the director: what a lease asks for is done when it is due, one thing in each round of the loop.
 *
 * It looks at the end of each round, when all that the round has decided is durable: a lease that was renewed, a job
 * that has ended are seen at once, and one timer, for the lease that is due first, is all that it needs.  What is done
 * is decided by what is there: a VM that is off is not stopped, one that a job has is left to it, one whose job failed
 * is tried again after lease_back_off_ms().
 */
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/os/clock.h"

#define HOUR_MS	     3600000LL
#define HELD_LOOK_MS 5000	/* no job may be made: which VMs are off by themselves is looked at so often, of however many that wait */

/* What comes next for a lease that is due. */
enum act { ACT_STOP, ACT_ENDED, ACT_DELETE, ACT_KEPT };

static const struct pd_lease *
terms_of(const struct director *d, const json_t *vm)
{
	const struct pd_tenant *t = policy_tenant_by_name(d->conf, field_text(vm, "tenant"));

	return t != NULL && t->lease.line != 0 ? &t->lease : NULL;
}

static enum act
choose(const struct director *d, const json_t *vm)
{
	const struct pd_lease *terms = terms_of(d, vm);

	if (field_number(vm, "lease_ended_ms") == 0)
		return strcmp(field_text(vm, "state"), "stopped") == 0 ? ACT_ENDED : ACT_STOP;
	return terms != NULL && terms->deletes ? ACT_DELETE : ACT_KEPT;
}

/* The VM is off for its lease, or is not to be deleted any more: nothing is asked of its platform. */
static int
note(struct director *d, const json_t *vm, enum act act, struct pd_err *e)
{
	const struct lease_by  by = { vm, LEASE_USER, "", "" };
	const char	      *name = field_text(vm, "name");
	const struct pd_lease *terms = terms_of(d, vm);
	int64_t		       now = clock_wall_ms(),
		due = act == ACT_ENDED && terms != NULL && terms->deletes ? now + terms->grace_s * 1000 + 1 : 0;
	char		       text[CLOCK_TEXT_LEN];
	json_t		      *set, *what;
	int		       rv = -1;

	set = json_pack("{s:I s:i}", "lease_due_ms", (json_int_t)due, "lease_tries", 0);
	what = json_pack("{s:s}", "end", clock_text(text, field_number(vm, "lease_ms")));
	if (act == ACT_ENDED)
		(void)json_object_set_new(set, "lease_ended_ms", json_integer((json_int_t)now));
	if (due != 0)
		(void)json_object_set_new(what, "delete", json_string(clock_text(text, due)));
	if (store_begin(d->store, e) == 0 && store_vm_set(d->store, name, set, e) == 0) {
		rv = lease_record(d->store, &by, act == ACT_ENDED ? "lease-ended" : "lease-kept", json_incref(what), e);
		rv = rv == 0 ? store_commit(d->store, e) : -1;
	}
	if (rv == -1)
		store_rollback(d->store);
	else
		log_event(&d->log, LOG_NOTICE, act == ACT_ENDED ? "lease-ended" : "lease-kept", "vm", name, "owner",
		    field_text(vm, "owner"), NULL);
	json_decref(set);
	json_decref(what);
	return rv;
}

/* A refusal has changed nothing but the history: it is tried again as a failure is. */
static int
put_off(struct director *d, const json_t *vm, struct pd_err *e)
{
	int64_t tries = field_number(vm, "lease_tries");
	json_t *set = json_pack("{s:I s:I}", "lease_tries", (json_int_t)tries + 1, "lease_due_ms",
	    (json_int_t)clock_wall_ms() + (json_int_t)lease_back_off_ms(d->conf, tries));
	int	rv = store_begin(d->store, e) == 0 && store_vm_set(d->store, field_text(vm, "name"), set, e) == 0 ? store_commit(d->store, e) : -1;

	if (rv == -1)
		store_rollback(d->store);
	json_decref(set);
	return rv;
}

static int
make_job(struct director *d, const json_t *vm, const char *verb, struct pd_err *e)
{
	struct job job = { .user = LEASE_USER, .origin = JOB_BY_DIRECTOR, .submitted_ms = clock_wall_ms() };
	json_t	  *row = NULL;
	int	   rv;

	(void)snprintf(job.verb, sizeof(job.verb), "%s", verb);
	(void)snprintf(job.note, sizeof(job.note), "the end of its lease");
	(void)snprintf(job.once, sizeof(job.once), "%.31s:%lld:%.6s:%lld", field_text(vm, "name"),
	    (long long)field_number(vm, "lease_ms"), verb, (long long)field_number(vm, "lease_tries"));
	if (id_make(job.id, e) == -1)
		return -1;
	job.args = json_pack("{s:s}", "name", field_text(vm, "name"));
	rv = job.args == NULL ? pd_fail(e, PD_IO, "no memory for a job") : intake_own(&d->intake, &job, &row, e);
	if (rv == 0 && strcmp(field_text(row, "state"), "refused") == 0)
		rv = put_off(d, vm, e);
	if (rv == 0)
		lease_clock_take(&d->lease_clock, d->conf, clock_mono_ms());
	json_decref(row);
	job_clear(&job);
	return rv;
}

static void
say_held(struct director *d, const json_t *vm, const char *why)
{
	char stepped[24];

	if (d->leases_are_held)
		return;
	d->leases_are_held = 1;
	(void)snprintf(stepped, sizeof(stepped), "%lld", (long long)d->lease_clock.stepped_ms / 1000);
	log_event(&d->log, LOG_WARNING, "leases-held", "vm", field_text(vm, "name"), "why", why, "clock-set-by-s",
	    stepped, NULL);
}

/* Not before mono_ms. */
static void
put_all_off(struct director *d, int64_t mono_ms)
{
	d->lease_at_ms = mono_ms;
	d->lease_is_put_off = 1;
}

static void
act_on(struct director *d, const json_t *vm, enum act act, int64_t mono_ms)
{
	struct pd_err e;
	int	      rv;

	disk_look(d);
	if (disk_is_low(d)) {
		put_all_off(d, mono_ms + DIRECTOR_FULL_MS);
		return;
	}
	rv = act == ACT_STOP ? make_job(d, vm, "stop-vm", &e) : act == ACT_DELETE ? make_job(d, vm, "delete-vm", &e) :
	    note(d, vm, act, &e);
	d->lease_at_ms = mono_ms;	/* there may be more, in the next round */
	if (rv == 0)
		return;
	log_event(&d->log, LOG_ERR, "lease-failed", "vm", field_text(vm, "name"), "why", e.msg, NULL);
	put_all_off(d, mono_ms + DIRECTOR_RETRY_MS);
}

/* No more jobs in this hour: of those that are off already it can be noted all the same. */
static int
wait_for_room(struct director *d, const json_t *vm, int64_t wall_ms, int64_t mono_ms, struct pd_err *e)
{
	int64_t room = lease_clock_room(&d->lease_clock, d->conf);
	json_t *off = NULL;
	int	rv = store_lease_next(d->store, 1, &off, e);

	say_held(d, vm, "leases-per-hour");
	if (off != NULL && field_number(off, "lease_due_ms") <= wall_ms)
		act_on(d, off, ACT_ENDED, mono_ms);
	else
		put_all_off(d, room < mono_ms + HELD_LOOK_MS ? room : mono_ms + HELD_LOOK_MS);
	json_decref(off);
	return rv;
}

static int
look(struct director *d, const json_t *vm, int64_t wall_ms, int64_t mono_ms, struct pd_err *e)
{
	int64_t	 due = field_number(vm, "lease_due_ms"), settled = lease_clock_settled(&d->lease_clock, d->conf);
	enum act act = choose(d, vm);

	if (due > wall_ms) {
		d->lease_at_ms = mono_ms + (due - wall_ms);
	} else if (settled > mono_ms) {
		say_held(d, vm, "lease-settle");
		put_all_off(d, settled);
	} else if ((act == ACT_STOP || act == ACT_DELETE) && lease_clock_room(&d->lease_clock, d->conf) > mono_ms) {
		return wait_for_room(d, vm, wall_ms, mono_ms, e);
	} else {
		d->leases_are_held = 0;
		act_on(d, vm, act, mono_ms);
	}
	return 0;
}

static void
begin_clock(struct director *d, int64_t wall_ms, int64_t mono_ms)
{
	struct pd_err ignored;
	int64_t	      made = 0;

	(void)store_job_count_since(d->store, LEASE_USER, wall_ms - HOUR_MS, &made, &ignored);
	lease_clock_begin(&d->lease_clock, d->conf, wall_ms, mono_ms, made);
}

void
lease_round(struct director *d)
{
	int64_t	      wall = clock_wall_ms(), mono = clock_mono_ms();
	struct pd_err e;
	json_t	     *vm = NULL;

	if (!d->lease_clock.is_begun)
		begin_clock(d, wall, mono);
	if (lease_clock_look(&d->lease_clock, wall, mono))
		d->leases_are_held = 0;
	if (d->is_stopping || (d->lease_at_ms > mono && d->lease_is_put_off))
		return;
	d->lease_is_put_off = 0;
	d->lease_at_ms = INT64_MAX;
	if (store_lease_next(d->store, 0, &vm, &e) == -1 || (vm != NULL && look(d, vm, wall, mono, &e) == -1)) {
		log_event(&d->log, LOG_ERR, "lease-failed", "why", e.msg, NULL);
		put_all_off(d, mono + DIRECTOR_RETRY_MS);
	}
	json_decref(vm);
}

void
lease_again(struct director *d)
{
	d->lease_is_put_off = d->leases_are_held = 0;
}

int64_t
lease_delay(const struct director *d, int64_t mono_ms)
{
	if (d->lease_at_ms == INT64_MAX)
		return -1;
	return d->lease_at_ms > mono_ms ? d->lease_at_ms - mono_ms : 0;
}
