/* SPDX-License-Identifier: ISC */
/*
 * ask.h - one question to the director on its socket.
 */
#ifndef PD_GATEWAY_ASK_H
#define PD_GATEWAY_ASK_H

#include <jansson.h>

#include "gateway/gateway.h"

#define ASK_LIMIT_MS	30000	/* for an answer */
#define VERIFY_LIMIT_MS 600000	/* of a history: some 200 million records */
#define ASK_AGAIN_S	10	/* what is said to who got none */
#define REFUSED_LIMIT_MS 1000	/* the caller waits for nothing of use to him */

/* A request with user, origin and source filled in; the op's own members are added by the caller.  NULL without memory. */
json_t *ask_new(const struct gateway *g, const char *op);

/*
 * Sends (takes the reference) and waits for the reply.  PD_BUSY when the director is not running or does not answer in
 * time: *is_down tells which (may be NULL).  limit_ms is for all of it, the connection too.
 */
int ask_director(const struct gateway *g, json_t *msg, int limit_ms, json_t **reply, int *is_down, struct pd_err *e);

#endif
