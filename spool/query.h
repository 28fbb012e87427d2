/* SPDX-License-Identifier: ISC */
/*
 * query.h - the director's local socket: questions and small commands of the gateway.
 *
 * One request, one reply (spool/wire.h), then the gateway may ask again or close.
 * Request:  {"op":"query","verb":V,"args":{..},"user":U,"origin":"key"|"account","source":S}
 *	     {"op":"admit","job":ID}		take ID out of new/ now and say what became of it
 *	     {"op":"resolve","job":PREFIX,"user":..}	full id of a job that the user may see
 *	     {"op":"refused","verb":V,"user":..,"code":..,"exit":..,"message":..}	for the history
 * Every request has user, origin and source.  The director believes "user" only from the service account's uid (SO_PEERCRED), from root
 * or from itself; from any other uid the user is that account's name.
 * Reply: {"code":WORD,"exit":N,"message":TEXT,"job":ID?,"value":...?}
 */
#ifndef PD_SPOOL_QUERY_H
#define PD_SPOOL_QUERY_H

#include <jansson.h>

#include "spool/err.h"

/* A reply from an error or a success; takes the reference to value (may be NULL). */
json_t *query_reply(enum pd_code code, const char *message, json_t *value);

#endif
