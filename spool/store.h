/* SPDX-License-Identifier: ISC */
/*
 * store.h - what the director knows: platforms, images, VMs, jobs, history.
 *
 * The interface is free of SQL and of SQLite's types, so that another store (PostgreSQL, for
 * several hosts) can stand beside store_sqlite.c.  One writer: the director.  All changes happen
 * inside store_begin()/store_commit(); a commit is durable (synchronous=FULL).  Rows come and go as JSON objects whose keys are named at
 * each function.  Lists are bounded by their callers' limit.
 */
#ifndef PD_SPOOL_STORE_H
#define PD_SPOOL_STORE_H

#include <jansson.h>
#include <stdint.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/job.h"

struct store;

int  store_open(const char *dir, struct store **st, struct pd_err *e);	/* DIR/powerdirector.db, made when missing */
void store_close(struct store *st);					/* NULL is fine */

int store_begin(struct store *st, struct pd_err *e);
int store_commit(struct store *st, struct pd_err *e);
void store_rollback(struct store *st);	/* harmless when nothing is begun */

/*
 * Jobs.  A job row: id verb user tenant platform vm state args{} once digest(of args, verb) note plan(bool) source origin tag
 * submitted started finished (wall ms, 0 = not yet) attempts cancel(bool) code exit message value{}.
 * store_job_add takes such an object; get/list give them back.
 */
int store_job_add(struct store *st, const json_t *job, struct pd_err *e);
int store_job_get(struct store *st, const char *id, json_t **job, struct pd_err *e);	/* PD_NOTFOUND */
/* Full id by unambiguous prefix; PD_NOTFOUND, or PD_USAGE when several fit. */
int store_job_resolve(struct store *st, const char *prefix, char id[JOB_ID_LEN + 1], struct pd_err *e);
int store_job_by_once(struct store *st, const char *user, const char *once, json_t **job, struct pd_err *e);
/* The one function that changes a job's state; refuses what job_move_is_legal() refuses (PD_BUG). `set` (may be NULL) holds further keys to change. */
int store_job_move(struct store *st, const char *id, enum job_state to, const json_t *set, struct pd_err *e);
int store_job_set(struct store *st, const char *id, const json_t *set, struct pd_err *e);	/* anything but state */

/* user/tenant/vm NULL = any; pending = not final only; newest first. */
struct job_filter {
	const char *user, *tenant, *vm, *platform;
	int	    pending;
	int	    limit;
};
int store_job_list(struct store *st, const struct job_filter *f, json_t **jobs, struct pd_err *e);
int store_job_count_pending(struct store *st, const char *user, int64_t *n, struct pd_err *e);

/*
 * VMs.  A row: name tenant owner platform image state ("creating","running","stopped","open-firmware","deleting","broken") state_ms
 * units procs memory disk (numbers, counted by the quota) lpar_id spec{} objects{} created_ms job(creating).
 */
int store_vm_put(struct store *st, const json_t *vm, struct pd_err *e);	/* insert or replace */
int store_vm_get(struct store *st, const char *name, json_t **vm, struct pd_err *e);
int store_vm_remove(struct store *st, const char *name, struct pd_err *e);
int store_vm_list(struct store *st, const char *tenant, const char *owner, const char *platform, json_t **vms, struct pd_err *e);
/* What tenant (and, when not NULL, user of it) uses now, VMs being created included. */
int store_usage(struct store *st, const char *tenant, const char *user, struct pd_amounts *used, struct pd_err *e);
/* Is this IPv4 address reserved by a VM's network on this VLAN?  PD_CONFLICT names nobody. */
int store_address_free(struct store *st, int vlan, const char *ip, struct pd_err *e);

/* Platforms: name kind address port user key host_key pools[] facts{} registered_ms.  Images: name platform file size os first_boot description registered_ms. */
int store_platform_put(struct store *st, const json_t *p, struct pd_err *e);
int store_platform_get(struct store *st, const char *name, json_t **p, struct pd_err *e);
int store_platform_remove(struct store *st, const char *name, struct pd_err *e);	/* PD_CONFLICT while it has VMs or pending jobs; its images go too */
int store_platform_list(struct store *st, json_t **ps, struct pd_err *e);
int store_image_put(struct store *st, const json_t *i, struct pd_err *e);
int store_image_get(struct store *st, const char *name, const char *platform /* may be NULL */, json_t **i, struct pd_err *e); /* PD_USAGE when several */
int store_image_remove(struct store *st, const char *name, const char *platform, struct pd_err *e);
int store_image_list(struct store *st, const char *platform, json_t **is, struct pd_err *e);

/*
 * History: one row per request, decision, policy change, command run, result.  Hash chain: hash = SHA-256(previous hash || canonical
 * JSON of the record).  A record: seq t(RFC 3339) event user tenant job verb vm what{}; seq and hash are made here.  Inside a transaction only.
 */
int store_history_add(struct store *st, const json_t *record, struct pd_err *e);
struct history_filter {
	const char *user, *tenant, *vm, *job;
	int	    limit;
};
int store_history_list(struct store *st, const struct history_filter *f, json_t **records, struct pd_err *e);	/* newest last */

#endif
