/* SPDX-License-Identifier: ISC */
/*
 * store.h - what the director knows: platforms, images, VMs, jobs, history.
 *
 * The interface is free of SQL and of SQLite's types, so that another store (PostgreSQL, for
 * several hosts) can stand beside store_sqlite.c.  One writer: the director.  All changes happen
 * inside store_begin()/store_commit(); a commit is durable (synchronous=FULL).  Rows come and go as JSON objects whose keys are named at
 * each function: texts, {} documents and [] lists that were not given stay absent, numbers that were not given come back as 0, booleans as
 * false.  A key that is not named there, or has another type, is PD_BUG.  Lists are bounded by their callers' limit.
 *
 * Every function returns 0 or -1 with *e: PD_NOSPACE full disk, PD_BUSY locked by another process for long, PD_IO disk or damaged
 * file, PD_BUG our mistake (a change outside a transaction).  After -1 of a change the caller rolls back.
 */
#ifndef PD_SPOOL_STORE_STORE_H
#define PD_SPOOL_STORE_STORE_H

#include <jansson.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/job.h"

struct store;

int  store_open(const char *dir, struct store **st, struct pd_err *e);	/* DIR/powerdirector.db, made when missing */
void store_close(struct store *st);					/* NULL is fine */

int store_begin(struct store *st, struct pd_err *e);
/* -1: rolled back; PD_UNKNOWN when the disk failed in the middle: it may be there after a restart. */
int store_commit(struct store *st, struct pd_err *e);
void store_rollback(struct store *st);	/* harmless when nothing is begun */
/*
 * Transactions that share one commit, and one sync: until then none of them is durable, so nothing of them is told and
 * nothing is done on their word, and each of them may still be rolled back alone.  When the commit fails, all of them
 * are gone (PD_UNKNOWN as above).  What is asked between begin and commit sees what is not durable yet.
 */
int  store_group_begin(struct store *st, struct pd_err *e);
int  store_group_commit(struct store *st, struct pd_err *e);
void store_group_rollback(struct store *st);
/*
 * A part of a transaction: what is changed behind the mark is taken back alone (store_back), or joins what was changed
 * before it (store_unmark).  One mark at a time.
 */
int store_mark(struct store *st, struct pd_err *e);
int store_unmark(struct store *st, struct pd_err *e);
int store_back(struct store *st, struct pd_err *e);

/*
 * Jobs.  A job row: id verb user tenant platform vm state args{} once digest(of args, verb) note plan(bool) source
 * origin tag submitted started finished (wall ms, 0 = not yet) attempts cancel(bool) code exit message value{} recorded
 * (so many records of its journal are in the history). store_job_add takes such an object; get/list give them back.
 */
int store_job_add(struct store *st, const json_t *job, struct pd_err *e);	/* PD_CONFLICT: id or once-key is there */
int store_job_get(struct store *st, const char *id, json_t **job, struct pd_err *e);	/* PD_NOTFOUND */
/*
 * Full id by unambiguous prefix; PD_NOTFOUND, or PD_USAGE when several fit.  Among the jobs of user and of tenant only
 * (NULL = any): what others have neither answers nor makes it ambiguous.
 */
int store_job_resolve(struct store *st, const char *prefix, const char *user, const char *tenant,
    char id[JOB_ID_LEN + 1], struct pd_err *e);
/* The create-vm jobs of the platform that made what carries one of these tags (an array of texts).  It reads all jobs of the platform. */
int store_job_by_tags(struct store *st, const char *platform, const json_t *tags, json_t **jobs, struct pd_err *e);
int store_job_by_once(struct store *st, const char *user, const char *once, json_t **job, struct pd_err *e);
/* The one function that changes a job's state; refuses what job_move_is_legal() refuses (PD_BUG). `set` (may be NULL) holds further keys to change. */
int store_job_move(struct store *st, const char *id, enum job_state to, const json_t *set, struct pd_err *e);
int store_job_set(struct store *st, const char *id, const json_t *set, struct pd_err *e);	/* anything but state */

/* user/tenant/vm/platform NULL = any; pending = not final only; newest (last taken in) first; limit 0 = 20000. */
struct job_filter {
	const char *user, *tenant, *vm, *platform;
	int	    pending;
	int	    limit;
	int	    oldest_first;
};
/*
 * Every job that is not final, in the order of taking in, however many they are: fn gets id verb user tenant platform
 * vm state plan submitted started attempts cancel of each, lent; it changes nothing in the store.  -1 of fn ends it.
 */
int store_job_each_pending(struct store *st, int (*fn)(void *arg, const json_t *row, struct pd_err *e), void *arg, struct pd_err *e);
int store_job_state(struct store *st, const char *id, enum job_state *state, struct pd_err *e);	/* PD_NOTFOUND */
int store_job_list(struct store *st, const struct job_filter *f, json_t **jobs, struct pd_err *e);
/* The same with what a list shows: id verb user tenant platform vm state plan submitted started finished attempts cancel code exit message, and args of those that have not ended. */
int store_job_list_brief(struct store *st, const struct job_filter *f, json_t **jobs, struct pd_err *e);
/* Jobs that are not final and the bytes of their files (may be NULL), in the same time however many they are. */
int store_job_count_pending(struct store *st, const char *user /* NULL = all */, int64_t *n, int64_t *bytes, struct pd_err *e);
/* How many jobs of the platform are running or undoing, and how many queued ones were taken in before job id (NULL = all queued). */
int store_job_queue(struct store *st, const char *platform, const char *id, int64_t *running, int64_t *before, struct pd_err *e);

/*
 * VMs.  A row: name tenant owner platform image state ("creating","running","stopped","open-firmware","deleting","broken") state_ms
 * units procs memory disk (numbers, counted by the quota) lpar_id spec{} objects{} created_ms job(creating) system label(group)
 * console_name(what the console calls it, when it is another name).  state "missing": its console lists it no more.
 * lease_ms(when its lease ends, 0 = it has none) lease_ended_ms(since when it is off for that) lease_due_ms(when the director does what comes next,
 * 0 = nothing does) lease_tries(so often it has begun that).
 */
/* Insert or replace.  The addresses in spec.networks[] ("vlan", "ip") are reserved: PD_CONFLICT names one that another VM has. */
int store_vm_put(struct store *st, const json_t *vm, struct pd_err *e);
int store_vm_set(struct store *st, const char *name, const json_t *set, struct pd_err *e);	/* some keys, not spec or name; PD_NOTFOUND */
int store_vm_get(struct store *st, const char *name, json_t **vm, struct pd_err *e);
int store_vm_remove(struct store *st, const char *name, struct pd_err *e);
int store_vm_list(struct store *st, const char *tenant, const char *owner, const char *platform, json_t **vms, struct pd_err *e);	/* by name */
/*
 * What a list of many shows of each: nothing is made of it that is not needed.  Texts are "" when absent.  addresses:
 * compact JSON, an array of the "ip" of its networks; one that a job is adding is not there yet.
 */
struct vm_brief {
	const char *name, *tenant, *owner, *platform, *system, *image, *state, *group, *console_name, *addresses;
	int64_t	    state_ms, lease_ms, units, procs, memory, disk;
};
typedef int vm_brief_fn(void *arg, const struct vm_brief *vm, struct pd_err *e);	/* lent, until it returns; it asks the store nothing; -1 ends the list */
/* NULL = any; by name. */
int store_vm_each_brief(struct store *st, const char *tenant, const char *owner, const char *platform, vm_brief_fn *fn,
    void *arg, struct pd_err *e);
int store_vm_brief(struct store *st, const char *name, vm_brief_fn *fn, void *arg, struct pd_err *e);	/* of one; PD_NOTFOUND */
/*
 * store_lease.c.  A VM with name tenant owner state lease_ms lease_due_ms lease_ended_ms lease_tries.  next: the one
 * for whose lease something is to be done first, *vm NULL = none (is_off: among those that are off, and have not ended
 * yet); one that a job has, or that is not running, stopped or in Open Firmware, is not it.  soon: those of tenant
 * (and, when not NULL, of owner) for whose leases it is to be done until before_ms, the first ones first, at most
 * LEASE_SOON_MOST.
 */
#define LEASE_SOON_MOST 100
int store_lease_next(struct store *st, int is_off, json_t **vm, struct pd_err *e);
int store_lease_soon(struct store *st, const char *tenant, const char *owner, int64_t before_ms, json_t **vms, struct pd_err *e);
int store_job_count_since(struct store *st, const char *user, int64_t since_ms, int64_t *n, struct pd_err *e);	/* taken in at since_ms (wall) or later */
int store_vm_count(struct store *st, const char *platform, int64_t *n, struct pd_err *e);
/* What tenant (and, when not NULL, user of it) uses now, VMs being created included. */
int store_usage(struct store *st, const char *tenant, const char *user, struct pd_amounts *used, struct pd_err *e);
/* Has the VM a job that is not final, or had one that ended at since_ms (wall) or later?  What was seen of it between then and now may be either. */
int store_vm_is_busy(struct store *st, const char *name, int64_t since_ms, int *is_busy, struct pd_err *e);
/* What all VMs on a system have together, powered off or not (spool/admit/placement.h); *held was held_init()ed. */
struct held;
int store_system_usage(struct store *st, const char *system, struct held *held, struct pd_err *e);
/*
 * Processing units of all VMs by system, product of their image (spec.product, "" = none) and shared processor pool (""
 * = processors of their own):
 * [{system product pool units}]; one that is on its way to another system or pool is there with from{system pool}, too.
 */
int store_licensed_units(struct store *st, json_t **rows, struct pd_err *e);
/*
 * All VMs with where they are or will be, and what they say of each other (spool/admit/neighbours.h): [{name tenant
 * owner group places[] near? apart_from?}], by name.  renamed: a VM has another name; those that say something of it
 * say it of that one.
 */
int store_neighbours(struct store *st, json_t **rows, struct pd_err *e);
int store_neighbour_renamed(struct store *st, const char *old, const char *to, struct pd_err *e);
/*
 * Slots on VIOSes that VMs of the system have or are to have: [{id slot}], id the VIOS's partition, 0 = any, of a VM
 * that is on its way there; slot -1 = not known yet.
 */
int store_server_slots(struct store *st, const char *system, json_t **slots, struct pd_err *e);
/* Is this IPv4 address reserved by a VM's network on this VLAN?  PD_CONFLICT names nobody. */
int store_address_free(struct store *st, int vlan, const char *ip, struct pd_err *e);

/*
 * Platforms: name kind address port user key host_key pools[] facts{} registered_ms second_address second_host_key
 * vios_access drained_ms (0 = it takes new VMs) drain_why.  Images: name platform file size os first_boot description
 * registered_ms product. The console of a single system, an IVM, has that system under its own name: putting the
 * platform puts its system, too.
 */
int store_platform_put(struct store *st, const json_t *p, struct pd_err *e);
int store_platform_get(struct store *st, const char *name, json_t **p, struct pd_err *e);
int store_platform_remove(struct store *st, const char *name, struct pd_err *e);	/* PD_CONFLICT while it has VMs (named) or pending jobs other than remove-platform; its images and systems go too */
int store_platform_list(struct store *st, json_t **ps, struct pd_err *e);
int store_image_put(struct store *st, const json_t *i, struct pd_err *e);
int store_image_get(struct store *st, const char *name, const char *platform /* may be NULL */, json_t **i, struct pd_err *e); /* PD_USAGE when several */
int store_image_remove(struct store *st, const char *name, const char *platform, struct pd_err *e);
int store_image_list(struct store *st, const char *platform, json_t **is, struct pd_err *e);

/*
 * Systems: name platform ident(type-model*serial) level facts{} seen_ms(when its console was asked last, 0 = never)
 * drained_ms drain_why. facts: memory memory_free (MiB) units units_free ("8.00") max_lpars partitions region_size
 * default_pool pools[{name size free kind}] vlans[] vioses[], each absent when the console did not tell.
 */
int store_system_put(struct store *st, const json_t *system, struct pd_err *e);
int store_system_get(struct store *st, const char *name, json_t **system, struct pd_err *e);	/* PD_NOTFOUND */
int store_system_set(struct store *st, const char *name, const json_t *set, struct pd_err *e);	/* some keys; PD_NOTFOUND */
int store_system_list(struct store *st, const char *platform /* NULL = all */, json_t **systems, struct pd_err *e);	/* by name */
/* The one system of a console that has only one: named like it, with its facts; whether it is drained, and when it was seen, stays. */
int store_system_of_platform(struct store *st, const json_t *platform, struct pd_err *e);
/* Where a job works: is its platform an HMC, and which of the HMC's systems is its VM on, "" when it is of no VM. */
struct store_place {
	int  is_hmc;
	char system[64];
};
int  store_place_get(struct store *st, const char *platform, const char *vm, struct store_place *place, struct pd_err *e);
/* What its console listed at seen_ms, whoever made it: found{lpars[] ...} as templates/KIND/inventory.seq has it.  get: {system seen_ms found}. */
int store_inventory_put(struct store *st, const char *system, int64_t seen_ms, const json_t *found, struct pd_err *e);
int store_inventory_get(struct store *st, const char *system, json_t **inventory, struct pd_err *e);	/* PD_NOTFOUND */

/*
 * History: one row per request, decision, policy change, command run, result.  Hash chain: hash = SHA-256(previous hash
 * || canonical JSON of the record: sorted keys, no blanks, seq included; 32 zero bytes before the first).  A record:
 * seq t(RFC 3339) event user tenant job verb vm what{}; seq and hash are made here, t when it is absent.  Inside a
 * transaction only.
 */
#define HISTORY_RECORD_MAX (64 * 1024)	/* bytes of one record's text: who adds one keeps what it holds far below that */
int store_history_add(struct store *st, const json_t *record, struct pd_err *e);
/* The last `limit` records; with `from_start` or `after`, the first ones behind record `after`. */
struct history_filter {
	const char *user, *tenant, *vm, *job;
	int	    limit;
	int	    from_start;
	int64_t	    after;
};
int store_history_list(struct store *st, const struct history_filter *f, json_t **records, struct pd_err *e);	/* newest last; with "hash", hex */
/* {"seq":N,"head":HASH} of the job's last record: what proves later that it has not been changed or cut off.  NULL without records. */
int store_history_receipt(struct store *st, const char *job, json_t **receipt, struct pd_err *e);

#define HISTORY_HASH_LEN 64
/* The last record's number and hash: what a receipt or a remote log keeps as a witness. */
int store_history_head(struct store *st, int64_t *seq, char hash[HISTORY_HASH_LEN + 1], struct pd_err *e);

/* A number and hash that somebody kept: a receipt, a line of a log on another host. */
struct history_witness {
	int64_t seq;
	char	head[HISTORY_HASH_LEN + 1];
};
/* "SEQ:HASH", as people write it.  PD_USAGE. */
int history_witness_parse(const char *text, struct history_witness *w, struct pd_err *e);

enum history_fault {
	HISTORY_WHOLE, HISTORY_CHANGED, HISTORY_MISSING, HISTORY_INSERTED, HISTORY_REORDERED, HISTORY_CUT, HISTORY_NFAULTS
};
struct history_proof {
	int64_t		   first;	/* the proof begins behind this record: those up to it are in archives that are not here; 0 = none are */
	int64_t		   records;	/* proven up to this one */
	char		   head[HISTORY_HASH_LEN + 1];	/* hash of the last of them */
	char		   t[40];	/* its time; "" = there is none */
	enum history_fault fault;
	int64_t		   at;		/* the first record that is not as it was */
};
const char *history_fault_name(enum history_fault fault);	/* "whole", "changed", ... */

/*
 * Walks the chain from the first record to the head, and compares it with the witness (NULL = none).  *proof says how
 * far it is proven, also on failure: PD_BADDATA then names the first record that is changed, missing, inserted,
 * elsewhere or cut off.  A whole history that somebody made anew, or shortened with its head, is found by a witness
 * only.
 */
int store_history_verify(struct store *st, const struct history_witness *w, struct history_proof *proof, struct pd_err *e);

/*
 * The same in steps, on the database file at path and, when all are there, the archives in the directory of that name
 * (NULL = none), as they are now.  A step takes about most_us: 1 = there is more, 0 = the history is whole, -1 as
 * above.  history_walk_end(), NULL is fine.
 */
struct history_walk;
int			    history_walk_begin(const char *path, const char *archives, const struct history_witness *w,
			    struct history_walk **walk, struct pd_err *e);
int  history_walk_step(struct history_walk *walk, int64_t most_us, struct pd_err *e);
const struct history_proof *history_walk_proof(const struct history_walk *walk);
void history_walk_end(struct history_walk *walk);

/*
 * Up to limit records behind record `after`, as lines (spool/history/history_line.h), up to the first one that is not
 * older than before_t (NULL = any). *n is how many.  A function that returns -1 ends it.
 */
typedef int history_line_fn(void *arg, int64_t seq, const unsigned char *hash, const char *line, size_t len, struct pd_err *e);
int store_history_lines(struct store *st, int64_t after, const char *before_t, int64_t limit, history_line_fn *fn,
    void *arg, int64_t *n, struct pd_err *e);

/*
 * spool/history/archive.h: the last record that was archived, 0 = none; a new one, with the record "rotated" that says
 * so; and up to limit of the rows that are archived go.  The last two inside a transaction.
 */
int store_history_base(struct store *st, int64_t *seq, struct pd_err *e);
int store_history_rotate(struct store *st, int64_t last, const unsigned char *hash, const json_t *what, struct pd_err *e);
int store_history_prune(struct store *st, int limit, int *n, struct pd_err *e);

/* What has to be known at the next start: value is "" when nothing was kept.  Setting: inside a transaction. */
int store_kept_get(struct store *st, const char *name, char *value, size_t size, struct pd_err *e);
int store_kept_set(struct store *st, const char *name, const char *value, struct pd_err *e);

/* A database file to look at only, as a copy of it or while a director writes it; nothing but history can be asked.  store_close(). */
int store_open_copy(const char *path, struct store **st, struct pd_err *e);

#endif
