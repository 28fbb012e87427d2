/* SPDX-License-Identifier: ISC */
/*
 * director_query.h - what the director answers to one request on its socket (spool/query/query.h).
 */
#ifndef PD_SPOOL_QUERY_DIRECTOR_QUERY_H
#define PD_SPOOL_QUERY_DIRECTOR_QUERY_H

#include <jansson.h>
#include <sys/types.h>

#include "spool/director/director.h"

/* arg is the struct director; uid the peer's.  Always a reply, NULL only without memory. */
json_t *director_answer(void *arg, uid_t uid, const json_t *request);

/* The answer to "admit", when it is durable what became of the file ID (settle.c), and when it is not. */
json_t *director_taken(struct director *d, const char *user, const char *id, int64_t count, const struct taken *t);
json_t *director_not_taken(struct director *d, const char *id, struct pd_err *e);

#endif
