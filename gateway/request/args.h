/* SPDX-License-Identifier: ISC */
/*
 * args.h - from words to typed arguments, and the check of typed arguments.
 *
 * The gateway parses words; the director checks the document that arrived again with
 * args_check(), which trusts nothing: the job file may come from another program.
 */
#ifndef PD_GATEWAY_REQUEST_ARGS_H
#define PD_GATEWAY_REQUEST_ARGS_H

#include <jansson.h>

#include "gateway/verbs.h"
#include "spool/err.h"

#define REQUEST_MAX (64 * 1024)	/* bytes of a request, as words or as JSON: a job file is not larger either */

/* Everything that one request says. */
struct request {
	const struct verb *verb;
	json_t		  *args;	/* typed arguments by key; owned */
	/* options of the gateway, not of the job: */
	int		   json, plan, detach, yes;
	int64_t		   timeout_s;	/* -1 = wait until the end */
	char		   once[65], note[201];
};

/*
 * Parses words (argv[0] is the verb).  PD_USAGE or PD_BADDATA with a text that names the word (escaped), what is wrong
 * and what to do: an unknown verb names the nearest, an unknown option the nearest and the verb's help.  On failure
 * *req holds nothing but verb, where it is known, and json: the refusal is recorded with the one and told as the other
 * says.  No words, --help and VERB --help are the verb help.
 */
int  request_parse(int argc, char *const *argv, struct request *req, struct pd_err *e);
/* The same from one JSON object {"command":"create-vm","name":"web1",...}: keys are argument names without "--". */
int  request_from_json(const char *text, size_t len, struct request *req, struct pd_err *e);
void request_clear(struct request *req);

/* Are these complete, well-typed arguments of the verb, and nothing else?  PD_BADDATA names the key. */
int args_check(const struct verb *v, const json_t *args, struct pd_err *e);

/* One value of one type; *out is the JSON value.  PD_BADDATA: "--memory: 4X is not a size; write 512M, 4G or 1T". */
int value_parse(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
/* Is this JSON value what value_parse() could have made? */
int value_check(const struct verb_arg *a, const json_t *value, struct pd_err *e);

#endif
