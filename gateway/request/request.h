/* SPDX-License-Identifier: ISC */
/*
 * request.h - building a struct request (gateway/request/args.h) one argument at a time: shared by words (args.c) and
 * JSON (request_json.c), so that both refuse the same.
 */
#ifndef PD_GATEWAY_REQUEST_REQUEST_H
#define PD_GATEWAY_REQUEST_REQUEST_H

#include "gateway/request/args.h"

/* Empties *req and finds the verb; PD_USAGE names the nearest one. */
int request_begin(struct request *req, const char *verb, struct pd_err *e);
/* The argument of that name, or PD_USAGE naming the nearest; messages show it as it was written. */
const struct verb_arg *request_arg(const struct request *req, const char *name, const char *written, struct pd_err *e);
/* Parses text (NULL for a flag) and keeps the value; PD_USAGE when it comes too often. */
int request_set(struct request *req, const struct verb_arg *a, const char *text, struct pd_err *e);
/* Empties *req but for what the refusal is told with: the verb, where it is known, and the wish for JSON.  Returns -1. */
int request_fail(struct request *req, int json);
/* Nothing required is missing? */
int request_finish(struct request *req, struct pd_err *e);

#endif
