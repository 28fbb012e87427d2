/* SPDX-License-Identifier: ISC */
/*
 * admission.h - a job that was read and whose user is known becomes a row, or is refused.
 *
 * One transaction does it all: policy again, arguments, once-key, quota of tenant and user, name, addresses, the row of
 * the VM that is to be, the job's row and the history record.  Either all of it is
 * durable or nothing is, so no interleaving of requests can exceed a quota (P11) or take a name
 * twice.  A refusal is a row too: its user can ask what became of it.
 */
#ifndef PD_SPOOL_ADMIT_ADMISSION_H
#define PD_SPOOL_ADMIT_ADMISSION_H

#include <jansson.h>

#include "gateway/verbs.h"
#include "policy/policy.h"
#include "spool/err.h"
#include "spool/history/change_record.h"
#include "spool/history/tally.h"
#include "spool/job.h"
#include "spool/store/store.h"

struct admission {
	const struct pd_conf *conf;
	struct store	     *store;
	struct tally	     *tally;	/* counts the refusals that have no record of their own; NULL = all have one */
};

/* What became of it.  json_decref() both rows. */
struct verdict {
	int	is_new;	/* recorded by this call; 0 = the row was there before */
	json_t *row;	/* the job's row */
	json_t *first;	/* repeated once-key: the row of the first job, whose answer counts; else NULL */
};

/*
 * The n jobs of a file, one by one in their order, in one transaction: 0 when each has a row now, refused or not; -1
 * when our own store failed (PD_IO, PD_NOSPACE): none is recorded, the file stays where it is and is tried again.
 */
int admission_decide(const struct admission *a, const struct job *jobs, size_t n, struct verdict *v, struct pd_err *e);

void verdict_clear(struct verdict *v);

/* The first job of a repeated once-key, as the row of the repetition names it; *first is NULL for any other row. */
int admission_first(struct store *st, const json_t *row, json_t **first, struct pd_err *e);

/*
 * Between admission.c and the verbs' own checks (admit_vm.c, admit_record.c).
 */
#define PLATFORM_NAME_MAX 32	/* ARG_NAME and ARG_VM: 31 characters */

struct admitting {
	const struct admission *a;
	const struct job       *job;
	const struct verb      *verb;
	const struct pd_tenant *tenant;
	struct policy_why	why;
	json_t		       *args;			/* a copy, completed by the policy's defaults */
	char			tag[64];		/* "pd" and the last 8 characters of the id; an adopted VM's: its profile's name */
	char			platform[PLATFORM_NAME_MAX];
	char			vm[PLATFORM_NAME_MAX];
	enum job_state		state;			/* JOB_DONE: the transaction itself does it */
	json_t		       *decision;		/* create-vm: why there (spool/admit/placement.h); NULL = none was made */
	enum pd_code		code;			/* then: PD_OK, or PD_NO_CHANGE */
	char			said[200];		/* and what was done, for people */
};

/* 0, or -1 with the refusal.  They change the store only inside the caller's transaction. */
int admit_adopt_vm(struct admitting *ad, struct pd_err *e);	/* admit_adopt.c */
int admit_create_vm(struct admitting *ad, struct pd_err *e);
int admit_vm_verb(struct admitting *ad, struct pd_err *e);
/* What changes a VM: admit_change.c, admit_disk.c, admit_network.c, admit_fc.c. */
int admit_modify_vm(struct admitting *ad, struct pd_err *e);
int admit_rename_vm(struct admitting *ad, struct pd_err *e);
int admit_migrate_vm(struct admitting *ad, struct pd_err *e);
int admit_set_boot(struct admitting *ad, struct pd_err *e);
int admit_attach_iso(struct admitting *ad, struct pd_err *e);
int admit_detach_iso(struct admitting *ad, struct pd_err *e);
int admit_attach_tape(struct admitting *ad, struct pd_err *e);
int admit_detach_tape(struct admitting *ad, struct pd_err *e);
int admit_add_disk(struct admitting *ad, struct pd_err *e);
int admit_extend_disk(struct admitting *ad, struct pd_err *e);
int admit_remove_disk(struct admitting *ad, struct pd_err *e);
int admit_add_network(struct admitting *ad, struct pd_err *e);
int admit_change_network(struct admitting *ad, struct pd_err *e);
int admit_remove_network(struct admitting *ad, struct pd_err *e);
int admit_add_fc(struct admitting *ad, struct pd_err *e);
int admit_remove_fc(struct admitting *ad, struct pd_err *e);
int admit_register_platform(struct admitting *ad, struct pd_err *e);
int admit_check_platform(struct admitting *ad, struct pd_err *e);
int admit_remove_platform(struct admitting *ad, struct pd_err *e);
int admit_drain_platform(struct admitting *ad, struct pd_err *e);
int admit_resume_platform(struct admitting *ad, struct pd_err *e);
int admit_register_image(struct admitting *ad, struct pd_err *e);
int admit_orphans(struct admitting *ad, struct pd_err *e);
int admit_accept_drift(struct admitting *ad, struct pd_err *e);	/* admit_accept.c */
int admit_remove_image(struct admitting *ad, struct pd_err *e);

/*
 * admit_lease.c.  renew-vm; of the director's own jobs what stands in place of a user's permission, and their
 * admission; PD_CONFLICT: the VM is off because its lease has ended, and stays so.
 */
int admit_renew_vm(struct admitting *ad, struct pd_err *e);
int admit_lease_check(struct admitting *ad, struct pd_err *e);
int admit_lease(struct admitting *ad, struct pd_err *e);
int admission_is_leased(const json_t *vm, struct pd_err *e);

/* admit_limits.c: is there room for one job more, of this user and in all?  PD_BUSY says used, limit and when to try again. */
int admit_within_limits(const struct admitting *ad, struct pd_err *e);

/*
 * admit_vm.c: the VM that args.name names, the caller's; what is not the user's is not there: the same text for both.
 * Fills in platform, vm and tag, and refuses one that is being created or deleted; *vm is the caller's then, too.
 */
int admission_take_vm(struct admitting *ad, json_t **vm, struct pd_err *e);
/*
 * May the user have so much more?  whole is what the one VM has then: PD_DENIED when that is over the limit of one VM,
 * PD_QUOTA when user or tenant would have too much together.  Amounts that more does not raise are not looked at.
 */
int admission_quota(const struct admitting *ad, const struct pd_amounts *whole, const struct pd_amounts *more, struct pd_err *e);
/* The same for a VM that is there (a row): its owner's and its tenant's, whoever asks. */
int admission_quota_of(const struct admitting *ad, const json_t *vm, const struct pd_amounts *whole,
    const struct pd_amounts *more, struct pd_err *e);

/*
 * admit_feature.c: what templates/KIND/features.conf says of the features that args ask for, on this system; platform
 * is its platform's row. PD_USAGE, PD_CAPACITY.
 */
int admission_features(const struct admitting *ad, const json_t *platform, const json_t *system, struct pd_err *e);

/* Only the tenant's pools stay in the platform's row, so that its default is the first that it may use. */
int admission_limit_pools(const struct admitting *ad, json_t *platform, struct pd_err *e);
/* PD_CONFLICT: a VM has the name or address, or is to have it. */
int admission_name_is_free(struct admitting *ad, const char *name, struct pd_err *e);
int admission_addresses_are_free(const struct admitting *ad, const json_t *networks, struct pd_err *e);
/* Under this key of store_kept_get() stands the job that will give the name to a VM; "" = none.  Returns key. */
#define ADMISSION_NAME_KEY_MAX 40
char *admission_name_key(char key[ADMISSION_NAME_KEY_MAX], const char *name);

/*
 * admit_change.c, for all that changes a VM.  begin: the VM, not in the hands of another job; *vm is the caller's. set:
 * the new numbers, which are taken over, for the sequence and for the end.  reserve: quota for what vm will have in all
 * (NULL: as before), and its row as it is meanwhile.
 */
int change_begin(struct admitting *ad, json_t **vm, struct pd_err *e);
int change_set(struct admitting *ad, json_t *change, struct pd_err *e);
int change_platform(const struct admitting *ad, const json_t *vm, json_t **platform, struct pd_err *e);
/* Can the system where the VM is do what is asked for?  platform is what change_platform() gave; errors of admission_features(). */
int change_features(struct admitting *ad, const json_t *vm, const json_t *platform, struct pd_err *e);
int change_reserve(struct admitting *ad, json_t *vm, const struct pd_amounts *after, struct pd_err *e);
/* PD_DENIED: one VM of the tenant may not have so many; limit -1: the program's own bound counts. */
int change_count(const struct admitting *ad, const char *what, size_t n, int64_t limit, int64_t bound, struct pd_err *e);
/* The element of list whose "index" is what people call number: they count from 1.  PD_NOTFOUND. */
int change_numbered(const json_t *list, const char *what, int64_t number, const char *vm, json_t **element, struct pd_err *e);

/* May this user see and touch what belongs to owner of tenant?  Their role's scope decides. */
int admission_is_yours(const struct pd_conf *conf, const char *user, const char *tenant, const char *owner);

/* The tag of the objects that a job makes on a platform. */
void admission_tag(const char *id, char tag[11]);

#endif
