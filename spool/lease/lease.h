/* SPDX-License-Identifier: ISC */
/*
 * lease.h - the end of a VM, by its lease: what is kept of it, and who is told.
 *
 *	admit_lease.c	create-vm, adopt-vm and renew-vm; the director's own jobs
 *	effects_lease.c	a lease begins with its VM; a job of a lease that was renewed does nothing
 *	lease_clock.c	when the clock may be believed, and how much is done in an hour
 *	lease_round.c	the director: what is due, one at a time
 *	store_lease.c	whose lease asks for something next
 *
 * A lease passes: it ends; the VM is off (stop-vm, or it was); where the policy asks for it, it has been off for the grace: delete-vm.  The VM's row
 * says what comes next and when (lease_due_ms), so that nothing is lost with the director.  The grace begins when the VM is off for the lease, not when
 * the lease ended: whatever a clock or a director that was down has done, between the two lies the whole grace.
 *
 * Events of the history: lease-set (what: end, before where there was one), lease-ended (the VM is off: end, delete where that is to come), lease-kept (it was
 * to be deleted, and the policy says now that it is not), lease-over (its deletion is begun).  Their user and tenant are the VM's, so that its
 * owner sees them; by in what names who did it when that is another one: an administrator, the director.
 */
#ifndef PD_SPOOL_LEASE_H
#define PD_SPOOL_LEASE_H

#include <jansson.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/store/store.h"

/* The user of the jobs that the director makes: no name that a user can have (job_user_is_valid()). */
#define LEASE_USER "director (lease)"

/* A record of a lease of vm (a row), inside a transaction; takes the reference to what. */
struct lease_by {
	const json_t *vm;
	const char   *user;		/* who did it */
	const char   *job, *verb;
};
int lease_record(struct store *st, const struct lease_by *by, const char *event, json_t *what, struct pd_err *e);

/* The VM has a lease from now on that ends at end_ms (wall), 0 = none: its row, and the record. */
int lease_set(struct store *st, const struct lease_by *by, int64_t end_ms, struct pd_err *e);

/* effects_lease.c, inside the transaction of the job's end or start. */
int effects_lease_begin(struct store *st, const json_t *job, char *said, size_t size, struct pd_err *e);
/* A VM that was stopped for its lease is looked at at once. */
int effects_lease_stopped(struct store *st, const json_t *job, struct pd_err *e);
/* PD_CONFLICT: the job was made for a lease that was renewed meanwhile. */
int effects_lease_holds(struct store *st, const json_t *job, struct pd_err *e);

/* The time until the next try of what failed n times. */
int64_t lease_back_off_ms(const struct pd_conf *conf, int64_t n);

/*
 * lease_clock.c.  The wall clock says when a lease ends, and may be set wrong: ends are acted on only after it has gone
 * with the monotonic one for lease-settle, and then at most leases-per-hour in an hour, as many at once for whoever was
 * quiet.
 */
struct lease_clock {
	int64_t offset_ms;	/* wall minus monotonic, when it was looked at last */
	int64_t even_since_ms;	/* monotonic */
	int64_t full_ms;	/* monotonic: when an hour's worth may be done again (as in rate.c) */
	int64_t stepped_ms;	/* by how much it was set last; 0 = it was not since the start */
	int	is_begun;
};
#define LEASE_STEP_MS 2000	/* what is less is slewing, at 500 ppm in an hour without a look, or a machine under load */

/* At a start: so many jobs were made in the last hour. */
void lease_clock_begin(struct lease_clock *c, const struct pd_conf *conf, int64_t wall_ms, int64_t mono_ms, int64_t made);
/* Looks at both clocks; 1: the wall clock was set. */
int lease_clock_look(struct lease_clock *c, int64_t wall_ms, int64_t mono_ms);
/* The monotonic times from which on the clock is believed, and from which on one more job may be made (INT64_MAX: never).  It is made: take. */
int64_t lease_clock_settled(const struct lease_clock *c, const struct pd_conf *conf);
int64_t lease_clock_room(const struct lease_clock *c, const struct pd_conf *conf);
void	lease_clock_take(struct lease_clock *c, const struct pd_conf *conf, int64_t mono_ms);

#endif
