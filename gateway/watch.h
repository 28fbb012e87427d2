/* SPDX-License-Identifier: ISC */
/*
 * watch.h - waiting for a job's end, showing its progress.
 */
#ifndef PD_GATEWAY_WATCH_H
#define PD_GATEWAY_WATCH_H

#include "gateway/gateway.h"

/*
 * Follows job id until its result (then *r is that), req.timeout_s, Ctrl-C, or until nobody reads us any more: the job
 * goes on then, and *r says how to take it up again (exit 75).
 */
void watch_job(const struct gateway *g, const char *id, struct response *r);

#endif
