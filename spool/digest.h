/* SPDX-License-Identifier: ISC */
/*
 * digest.h - SHA-256 of bytes in memory, as text.  In a file of its own because loading libcrypto
 * costs a program more than everything else that the gateway does at its start.
 */
#ifndef PD_SPOOL_DIGEST_H
#define PD_SPOOL_DIGEST_H

#include <stddef.h>

#include "spool/err.h"

#define DIGEST_TEXT_LEN 65	/* 64 lower-case hexadecimal digits and NUL */

int digest_text(const void *data, size_t len, char text[DIGEST_TEXT_LEN], struct pd_err *e);

/*
 * Of a command's answer, both streams: the length of the first as decimal text, a newline, the first, the second.  In a shell:
 *	{ wc -c <out; cat out err; } | sha256sum
 */
int digest_answer(const void *out, size_t out_len, const void *err, size_t err_len, char text[DIGEST_TEXT_LEN], struct pd_err *e);

#endif
