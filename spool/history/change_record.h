/* SPDX-License-Identifier: ISC */
/*
 * change_record.h - the history of platforms, systems and images: one record per change, beside those of the job that made it.
 *
 * Events: platform-registered platform-replaced platform-drained platform-resumed platform-removed, image-registered image-removed.
 * what names the thing ("platform", "system", "image") and what is other now; nothing in it comes from a console unescaped.
 */
#ifndef PD_SPOOL_HISTORY_CHANGE_RECORD_H
#define PD_SPOOL_HISTORY_CHANGE_RECORD_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/store/store.h"

/* Whose request it was. */
struct change_by {
	const char *user, *tenant, *job, *verb;
};

/* Inside a transaction; takes the reference to what. */
int change_record(struct store *st, const struct change_by *by, const char *event, json_t *what, struct pd_err *e);
/* The same of a job's row. */
int change_record_of(struct store *st, const json_t *job, const char *event, json_t *what, struct pd_err *e);

#endif
