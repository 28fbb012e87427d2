/* SPDX-License-Identifier: ISC */
/*
 * query_verbs.h - between query.c and the functions that answer one verb each.
 */
#ifndef PD_SPOOL_QUERY_QUERY_VERBS_H
#define PD_SPOOL_QUERY_QUERY_VERBS_H

#include "policy/policy.h"
#include "spool/field.h"
#include "spool/query/query.h"
#include "spool/wire.h"

/* Room for the list in a reply; the rest is for message and names. */
#define LIST_BYTES_MAX (WIRE_REPLY_MAX - 64 * 1024)

/* One question of one user, already allowed by the policy, with checked arguments. */
struct question {
	const struct query_context *q;
	const json_t		   *args;
	const char		   *user;
	const struct pd_tenant	   *tenant;	/* the user's */
	/* The role's scope as filters: only what is this user's and this tenant's; NULL = any. */
	const char		   *of_user, *of_tenant;
};

struct answer_to {
	enum pd_code code;	/* PD_OK, PD_NO_CHANGE; PD_BADDATA: answered, and it is bad news */
	char	     message[256];
	json_t	    *value;	/* a list of objects becomes rows, or */
	struct rows *rows;	/* is begun and filled here where there may be thousands, and value stays NULL; empty before */
	char	     job[JOB_ID_LEN + 1];
	int	     newest_last;	/* of a list that does not fit, the end is kept */
};

/* Each fills *a, or returns -1 with the reason; a->value is freed by the caller in both cases. */
int query_list_vms(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_show_vm(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_console(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_list_images(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_show_image(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_list_jobs(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_show_job(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_why(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_cancel_job(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_undo_job(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_resume_job(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_transcript(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_history(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_verify_history(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_export_history(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_quota(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_list_platforms(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_show_platform(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_list_systems(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_drift(const struct question *x, struct answer_to *a, struct pd_err *e);
int query_show_system(const struct question *x, struct answer_to *a, struct pd_err *e);

/* The id of the one visible job that args.job names: PD_NOTFOUND, or PD_USAGE when several fit. */
int question_job_id(const struct question *x, const char *prefix, char id[JOB_ID_LEN + 1],
    struct pd_err *e);
/* Checks that the platform exists and that the tenant may use it: one text for both. */
int question_platform(const struct question *x, const char *name, struct pd_err *e);
/* query_vm.c: the VM (a row, the caller's) that args.name names, when the user may see it: one text for both. */
int question_vm(const struct question *x, json_t **row, struct pd_err *e);

/* query_lease.c: appends whose lease ends soon, and how it is renewed; and what show-vm says beside its end (row: as the store has it). */
void question_add_leases(const struct question *x, char *message, size_t size);
void question_add_lease(json_t *vm, const json_t *row);

/* query_system.c: what is said of a row of a system, and the names of those of the rows of VMs that are on it; new ones. */
json_t *question_system(const struct question *x, const json_t *row, const json_t *platform);

/* query_text.c: members of values.  What is 0, "" or absent is not set. */
void set_copy(json_t *to, const json_t *row, const char *const *keys, size_t nkeys);
void set_time(json_t *to, const char *key, int64_t wall_ms);
void rows_time(struct rows *rows, const char *key, int64_t wall_ms);
/* "no VMs", "1 VM", "5 VMs" into buf; returns buf. */
char *count_text(char *buf, size_t size, size_t n, const char *one, const char *many);

#endif
