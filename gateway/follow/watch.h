/* SPDX-License-Identifier: ISC */
/*
 * watch.h - waiting for a job's end, showing its progress.
 */
#ifndef PD_GATEWAY_FOLLOW_WATCH_H
#define PD_GATEWAY_FOLLOW_WATCH_H

#include "gateway/gateway.h"

/*
 * Follows job id until its result (then *r is that), req.timeout_s, Ctrl-C, or until nobody reads us any more: the job
 * goes on then, and *r says how to take it up again (exit 75).
 */
void watch_job(const struct gateway *g, const char *id, struct response *r);

/* The same for one of several, one after the other: without showing anything, until end_ms (monotonic, -1 = never). */
void watch_next(const struct gateway *g, const char *id, int64_t end_ms, struct response *r);

#endif
