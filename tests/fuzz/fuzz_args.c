/* SPDX-License-Identifier: ISC */
/*
 * fuzz_args.c - any request line through lexer and parser: what is taken passes the director's check, and what is refused
 * is refused with a harmless text.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words   w;
	struct request req;
	struct pd_err  e = { 0 };

	if (lexer_split((const char *)data, size, &w, &e) == -1)
		return 0;
	if (request_parse(w.argc, w.argv, &req, &e) == -1) {
		assert(e.code == PD_USAGE || e.code == PD_BADDATA);
		assert(e.msg[0] != '\0' && strpbrk(e.msg, "\n\r\033") == NULL);
		assert(req.args == NULL);
	} else {
		assert(args_check(req.verb, req.args, &e) == 0);
		request_clear(&req);
	}
	words_free(&w);
	return 0;
}
