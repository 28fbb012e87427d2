/* SPDX-License-Identifier: ISC */
/*
 * fuzz_request_json.c - any bytes as a JSON request, and as the arguments of every verb: what the parser takes passes the
 * director's check; the check takes nothing that it would not take again.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gateway/request/args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
as_request(const char *text, size_t len)
{
	struct request req;
	struct pd_err  e = { 0 };

	if (request_from_json(text, len, &req, &e) == -1) {
		assert(e.code == PD_USAGE || e.code == PD_BADDATA);
		assert(e.msg[0] != '\0' && strpbrk(e.msg, "\n\r\033") == NULL);
		assert(req.args == NULL && req.once[0] == '\0' && !req.plan && !req.yes);
		return;
	}
	assert(args_check(req.verb, req.args, &e) == 0);
	request_clear(&req);
}

static void
as_arguments(const char *text, size_t len)
{
	json_t	     *args = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	struct pd_err e;

	if (args == NULL)
		return;
	for (size_t i = 0; i < verbs_count; i++) {
		e.msg[0] = '\0';
		if (args_check(&verbs[i], args, &e) == -1)
			assert(e.code == PD_BADDATA && e.msg[0] != '\0' && strpbrk(e.msg, "\n\r\033") == NULL);
	}
	json_decref(args);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_request((const char *)data, size);
	as_arguments((const char *)data, size);
	return 0;
}
