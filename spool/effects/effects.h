/* SPDX-License-Identifier: ISC */
/*
 * effects.h - what the start and the end of a job change in the store.
 *
 * A table says it per verb.  A change and the job's move are one transaction, so that no crash can
 * leave a finished job with its VM still "creating", or a VM without the job that made it.
 */
#ifndef PD_SPOOL_EFFECTS_EFFECTS_H
#define PD_SPOOL_EFFECTS_EFFECTS_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/job.h"
#include "spool/store/store.h"

/* How a job ends. */
struct ending {
	enum job_state state;	/* a final one */
	struct pd_err  err;	/* code and message for its user; PD_OK or PD_NO_CHANGE when done */
	const json_t  *value;	/* the results, may be NULL; not owned */
	json_t	      *made;	/* an effect's own value, which then is value, too; freed by effects_end() */
	char	       journal[65];	/* SHA-256 of the journal, so that the history proves the commands; "" = none */
	const json_t  *commands;	/* the journal's records, for the history (spool/history/commands.h); may be NULL; not owned */
};

/*
 * The job is about to be given to a worker: counts the attempt, moves it to running, marks its VM; what the journal
 * (its records, NULL = none) holds of an earlier attempt goes to the history.  Own transaction.  *row is the row as it
 * is then, the caller's.  PD_NOTFOUND, PD_CONFLICT: it cannot start any more, end it.
 */
int effects_start(struct store *st, const char *id, const json_t *journal, json_t **row, struct pd_err *e);
/* The same for one that was put back because its console did not answer: the history has its start, and not every try. */
int effects_start_again(struct store *st, const char *id, const json_t *journal, json_t **row, struct pd_err *e);

/* Its worker parked it: the commands so far, and the attempts that count.  Own transaction. */
int effects_park(struct store *st, const char *id, const json_t *journal, int64_t attempts_less, struct pd_err *e);
/*
 * Its console cannot be reached: the attempt does not count, and a job that has changed nothing is queued again.  Own
 * transaction. *row is the row as it is then, the caller's.
 */
int effects_put_back(struct store *st, const char *id, const json_t *journal, int has_begun, json_t **row, struct pd_err *e);

/*
 * The job ends: effects, move, history, in one transaction.  A job that has ended before stays as
 * it is.  *row is the row as it is then, the caller's.
 */
int effects_end(struct store *st, const char *id, const struct ending *ending, json_t **row, struct pd_err *e);

/*
 * effects_message.c: what is said at the end of a job that went well, into end->err.msg; what stands there already
 * stays. The rows are those after the change; a deleted VM's as it was.
 */
void effects_say_vm(const json_t *job, const json_t *vm, struct ending *end);
void effects_say_platform(const json_t *job, const json_t *platform, struct ending *end);
void effects_say_image(const json_t *image, struct ending *end);

/* Parts of the table that are longer (effects_vm.c, effects_change.c, effects_platform.c, effects_orphans.c).  Inside a transaction; they may change *end. */
int effect_vm_created(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_vm_adopted(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);	/* effects_adopt.c */
int effect_vm_deleted(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_vm_removed(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_vm_changed(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_vm_broken(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_vm_kept(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_vm_deleting(struct store *st, const json_t *job, struct pd_err *e);
int effect_change_done(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_change_undone(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_change_stuck(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_platform_registered(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_platform_checked(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_orphans_done(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_orphans_failed(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);
int effect_image_registered(struct store *st, const json_t *job, struct ending *end, struct pd_err *e);

/* What a sequence found out, into the VM's row: lpar_id, state, objects.  A state alone. */
void effects_vm_merge(json_t *vm, const json_t *value);
void effects_vm_set_state(json_t *vm, const char *state);
/* It is off, or has been: nothing of its specification waits for that any more (effects_change.c). */
void effects_vm_is_off(json_t *vm);

/*
 * The VM that the job was admitted for.  PD_NOTFOUND also when the name is another VM's by now: the one that this job
 * knows was deleted while it waited, and its user made a new one.
 */
int effects_vm_get(struct store *st, const json_t *job, const char *name, json_t **vm, struct pd_err *e);

#endif
