/* SPDX-License-Identifier: ISC */
/*
 * director.h - the director as a whole: one thread, one poll() loop, one writer of the store.
 *
 *	director.c	the loop: what woke us, what to do next, when to wake at the latest
 *	settle.c	what one round decides becomes durable together: ends, intakes, starts
 *	runner*.c	jobs on workers: messages, starts, ends
 *	inventory.c	what the consoles have, asked in the background
 *	contact.c	which platforms' consoles answer
 *	recovery.c	what a crash left, at each start
 *	ends.c		each end is told in its job's log
 *	query_server.c	the local socket
 *	reload.c	SIGHUP
 *	console.c	VMs' serial consoles in use
 *	lifecycle.c	start, stop and unclean end in the history
 *	refusal.c	what was refused or only asked, in the history
 *	retake.c	a stuck job undone or resumed
 *	disk.c		full disks
 *	lease_round.c	ends of leases
 *	throttle.c	users who ask too often
 *	verification.c	verify-history, a little at a time
 *	witness.c	the history's head to syslog
 *	director_open.c	opening and closing it all
 */
#ifndef PD_SPOOL_DIRECTOR_DIRECTOR_H
#define PD_SPOOL_DIRECTOR_DIRECTOR_H

#include <jansson.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/admit/rate.h"
#include "spool/director/intake.h"
#include "spool/drop.h"
#include "spool/effects/effects.h"
#include "spool/err.h"
#include "spool/history/archive.h"
#include "spool/history/tally.h"
#include "spool/identity.h"
#include "spool/lease/lease.h"
#include "spool/log.h"
#include "spool/os/room.h"
#include "spool/os/signals.h"
#include "spool/platforms/contact.h"
#include "spool/platforms/inventory.h"
#include "spool/query/query_server.h"
#include "spool/run/scheduler.h"
#include "spool/run/worker_pool.h"
#include "spool/store/store.h"

#define DIRECTOR_SCAN_MS     30000	/* new/ is looked at so often even when nothing hints at it */
/*
 * A new name in new/ is looked at after so long: its gateway is about to ask for it on the socket, and what the
 * director does on its own meanwhile (commits, starting a worker) would only stand in the way of that answer.
 */
#define DIRECTOR_HINT_MS     50
#define DIRECTOR_FULL_MS     2000	/* there was no room: new/ is looked at again after */
#define DIRECTOR_RETRY_MS    2000	/* our disk was full, a worker could not be started: again after */
#define DIRECTOR_LOCKED_MS   200	/* an earlier director's worker still has the journal: look again after */
#define DIRECTOR_DECIDED_MS  10		/* its worker lets go of the journal meanwhile */
#define DIRECTOR_PARK_MS     30000	/* workers may finish their command so long after SIGTERM */
#define DIRECTOR_STARTS	     4		/* one start and three resumptions; then a person is told */
#define LOG_MIB		     (1024 * 1024)
#define DIRECTOR_ROUND	     64		/* job files taken in, jobs started, before the sockets are looked at again */

/* An end of a job with a slot: of this round, or one that could not be recorded (our disk is full) and is kept until it can. */
struct unrecorded {
	struct unrecorded *next;
	struct sched_job   job;
	struct ending	   ending;
	json_t		  *value;
};

/* The file systems of spool and state (disk.c). */
#define DISKS 2
struct disk {
	const char	*what, *path;
	int		 dir;		/* where its reserve is; lent */
	enum room_level	 level;
	int		 has_reserve, is_spent;
};

struct director {
	const char	   *conf_path;
	struct pd_conf	   *conf;
	struct identity	    identity;
	struct store	   *store;
	struct spool	    spool;
	struct log	    log;
	struct sched	   *sched;
	struct worker_pool  pool;
	struct intake	    intake;
	struct query_server server;
	struct unrecorded  *unrecorded;
	struct unrecorded  *ends;		/* of this round, not yet durable (settle.c) */
	struct settle_file *files;		/* read in this round, not yet taken in (settle.c) */
	struct rate	   *rate;
	struct contact	   *contacts;
	struct absent	   *absent;		/* jobs that wait for a VIOS (runner_vios.c) */
	struct inventory   *inventories;	/* one per platform */
	struct inventory_waiter *waiters;
	char		    wait_text[CONTACT_TEXT_MAX];	/* what somebody was told last */
	struct disk	    disks[DISKS];
	int		    state_dir, lock, watch;
	int64_t		    scan_at_ms, retry_at_ms, sweep_at_ms;	/* monotonic; retry 0 = none */
	int64_t		    scan_not_before_ms, scan_spent_ms;	/* the rest after a scan; what this one has taken so far */
	int		    round_is_full;		/* more jobs may start: the next round comes at once */
	int		    names_came;			/* into new/, since the scan that goes on began */
	struct drop_sweep   sweep;
	int		    tmp_is_crowded;
	int64_t		    hold_until_ms;	/* nothing is started before: our own disk or worker program failed */
	struct tally	    tally;
	struct archive	    archive;
	struct history_walk *walk;		/* a verification, and whose; NULL = none */
	uint64_t	    walk_for;
	int64_t		    told, told_kept;	/* ends.c: all ends up to this record of the history are told; as the store has it */
	int		    told_tries;		/* so often the end behind it could not be told */
	int64_t		    witnessed;		/* the last record of the history that syslog has heard of */
	struct lease_clock  lease_clock;
	int64_t		    lease_at_ms;	/* monotonic: the next lease is due, or may be; INT64_MAX: there is none */
	int		    lease_is_put_off;	/* not before that, whatever else happens */
	int		    leases_are_held;	/* that was said */
	int		    is_stopping;
	struct signal_note  stopped_by;
	int64_t		    stop_at_ms;		/* while stopping: no longer than this */
};

/* Reads the configuration, takes the lock, opens spool and store, recovers, listens. */
int  director_open(struct director *d, const char *conf_path, const struct log *log, struct pd_err *e);
void director_close(struct director *d);

/* Runs until SIGTERM or SIGINT; signals is the read end of the self-pipe (spool/os/signals.h). */
int director_run(struct director *d, int signals, struct pd_err *e);

/* runner.c, runner_start.c, runner_end.c */
void runner_fill(const struct director *d, const json_t *row, struct sched_job *job);
int  runner_enqueue(struct director *d, const json_t *row, int64_t not_before_ms, struct pd_err *e);
void runner_read(struct director *d, struct worker *w);	/* its socket is readable */
void runner_record(struct director *d);			/* tries the unrecorded ends again */
void runner_park(struct director *d);
int  runner_cancel(struct director *d, const char *id, const char *by, struct pd_err *e);

/*
 * runner_away.c.  What a pending job (a row) waits for, as people say it, "" when nothing but its turn or when it runs;
 * is_platform: for its platform to answer.  And one that has waited for too long, with nothing changed: -1 when its end
 * cannot be recorded now.
 */
const char *runner_wait(struct director *d, const json_t *row, char buf[CONTACT_TEXT_MAX], int *is_platform);
int	    runner_give_up(struct director *d, const char *id, const struct pd_err *why);

/* runner_vios.c: nothing waits for a VIOS any more. */
void absent_close(struct director *d);

/* retake.c: undo-job and resume-job, by an administrator. */
int retake_job(struct director *d, const char *id, int is_undo, const char *by, struct pd_err *e);

/* verification.c */
int  verification_begin(struct director *d, const struct history_witness *w, struct pd_err *e);	/* PD_BUSY: there is one */
void verification_step(struct director *d);
void verification_end(struct director *d);

/* witness.c */
void witness_tell(struct director *d);

/* recovery.c */
int recovery_run(struct director *d, struct pd_err *e);
int  recovery_look(struct director *d, struct pd_err *e);	/* again: ends that are not told or not filed */

/* ends.c: the first at a start; -1 of the second: a disk is full, or ill, and what is left is told later; the third in each round. */
int  ends_open(struct director *d, struct pd_err *e);
int  ends_look(struct director *d, struct pd_err *e);
void ends_note(struct director *d);

/* reload.c */
void reload_conf(struct director *d, const struct signal_note *cause);
int  director_record(struct director *d, json_t *record, struct pd_err *e);	/* one record, a transaction of its own; takes the reference */

/* lifecycle.c */
int  lifecycle_start(struct director *d, struct pd_err *e);
/* A policy that is about to be in force, of this digest; takes the reference to what. */
int  lifecycle_policy(struct director *d, json_t *what, const char *digest, struct pd_err *e);
void lifecycle_count(struct director *d, int all);	/* records what was counted and is due, or all of it */
void lifecycle_stop(struct director *d);
json_t *lifecycle_cause(const struct director *d, const struct signal_note *cause);	/* {cause uid pid account?} */

/* disk.c */
void	disk_open(struct director *d);
void	disk_look(struct director *d);		/* levels, reserves, whether jobs may begin */
void	disk_relieve(struct director *d);	/* somebody could not write */
int	disk_is_low(const struct director *d);	/* no new jobs, when it was looked at last */
json_t *disk_refuse_job(struct director *d, const char *user, const char *id);	/* NULL: there is room, or it frees some */

/* lease_round.c: at the end of each round; the milliseconds until something is due, -1 = never. */
void	lease_round(struct director *d);
void	lease_again(struct director *d);	/* the policy is another one: what was put off by it is looked at again */
int64_t lease_delay(const struct director *d, int64_t mono_ms);

/* throttle.c: the answer to a request that came too soon, NULL when it did not. */
json_t *throttle_request(struct director *d, const char *user, const json_t *request);

#endif
