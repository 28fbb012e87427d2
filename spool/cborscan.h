/* SPDX-License-Identifier: ISC */
/*
 * cborscan.h - is this one well-formed, small, deterministic CBOR item, and nothing behind it?
 *
 * Runs before any CBOR library sees bytes from outside: libcbor 0.8 allocates what a length
 * claims (five bytes make it take 8 GiB).  Accepts: unsigned integers, negative integers never,
 * UTF-8 text without NUL, byte strings never, arrays, maps with unique keys in ascending
 * bytewise order of their encoding, false and true.  Everything definite, shortest heads, no
 * tags, no floats, no null.  Allocates nothing, recursion bounded by depth.
 */
#ifndef PD_SPOOL_CBORSCAN_H
#define PD_SPOOL_CBORSCAN_H

#include <stddef.h>

#include "spool/err.h"

struct cbor_limits {
	unsigned depth;	 /* nesting of arrays and maps */
	unsigned items;	 /* all items together */
	size_t	 string; /* bytes of one string */
};

/* 0, or -1 with PD_BADDATA and the offset of the first offending byte in the message. */
int cbor_scan(const unsigned char *buf, size_t len, const struct cbor_limits *limits, struct pd_err *e);

#endif
