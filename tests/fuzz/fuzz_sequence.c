/* SPDX-License-Identifier: ISC */
/*
 * fuzz_sequence.c - the sequence parser; a sequence that it accepts is planned, too.
 */
#include <stdint.h>

#include "handlers/sequence/sequence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sequence *s = NULL;
	struct pd_err	 e;

	if (size > SEQUENCE_FILE_MAX || sequence_parse("fuzz", (const char *)data, size, &s, &e) == -1)
		return 0;
	struct run r = { .seq = s, .log_fd = -1 };
	struct run_result res;

	r.vars = json_pack("{s:{s:s,s:i,s:[{s:i},{s:s}]}, s:{s:{s:i}}}", "vm", "name", "web1", "lpar_id", 2, "disks", "index", 0, "bd", "x y",
	    "platform", "facts", "management_lpar", 1);
	sequence_plan(&r, &res);
	json_decref(res.value);
	json_decref(r.vars);
	sequence_free(s);
	return 0;
}
