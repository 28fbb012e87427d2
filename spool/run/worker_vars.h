/* SPDX-License-Identifier: ISC */
/*
 * worker_vars.h - what a worker is told about a job: platform, values, sequence, tag.
 *
 * The worker opens no database: everything that its sequence needs is in the message
 * (spool/run/workers.h, handlers/sequence/sequence.h).
 */
#ifndef PD_SPOOL_RUN_WORKER_VARS_H
#define PD_SPOOL_RUN_WORKER_VARS_H

#include <jansson.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/store/store.h"

/*
 * The "run" message for a job's row; mode is "run", "resume", "undo" or "plan".  PD_NOTFOUND when its VM or platform is
 * gone.
 */
int worker_message(const struct pd_conf *conf, struct store *st, const json_t *job, const char *mode, json_t **msg,
    struct pd_err *e);

/* Is it the VIOS that this director runs on?  Its row has no address then. */
int worker_platform_is_local(const json_t *platform);

/* The same for an inventory of the platform, which is no job: id is for the worker alone.  details: with what only drift looks at. */
int worker_inventory(const struct pd_conf *conf, struct store *st, const char *platform, const char *id, int details,
    json_t **msg, struct pd_err *e);

/* The platform's row as register-platform's arguments describe it, without pools and facts. */
json_t *worker_platform_from_args(const json_t *args);

#endif
