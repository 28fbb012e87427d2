/* SPDX-License-Identifier: ISC */
/*
 * director_query.h - what the director answers to one request on its socket (spool/query.h).
 */
#ifndef PD_SPOOL_DIRECTOR_QUERY_H
#define PD_SPOOL_DIRECTOR_QUERY_H

#include <jansson.h>
#include <sys/types.h>

/* arg is the struct director; uid the peer's.  Always a reply, NULL only without memory. */
json_t *director_answer(void *arg, uid_t uid, const json_t *request);

#endif
