/* SPDX-License-Identifier: ISC */
/*
 * cborscan.h - is this one well-formed, small, deterministic CBOR item, and nothing behind it?
 *
 * Runs before any CBOR library sees bytes from outside: libcbor 0.8 allocates what a length
 * claims (five bytes make it take 8 GiB).  Accepts: unsigned integers, negative integers never,
 * UTF-8 text without NUL, byte strings never, arrays, maps with unique keys in ascending
 * bytewise order of their encoding, false and true.  Everything definite, shortest heads, no
 * tags, no floats, no null.  Keys of maps are unsigned integers or text.  Allocates nothing,
 * recursion bounded by depth.
 */
#ifndef PD_SPOOL_CBORSCAN_H
#define PD_SPOOL_CBORSCAN_H

#include <stddef.h>
#include <stdint.h>

#include "spool/err.h"

struct cbor_limits {
	unsigned depth;	 /* nesting of arrays and maps */
	unsigned items;	 /* all items together */
	size_t	 string; /* bytes of one string */
};

/* 0, or -1 with PD_BADDATA and the offset of the first offending byte in the message. */
int cbor_scan(const unsigned char *buf, size_t len, const struct cbor_limits *limits, struct pd_err *e);
/* The same for the first item of buf, whatever follows: *used is its length. */
int cbor_scan_first(const unsigned char *buf, size_t len, const struct cbor_limits *limits, size_t *used, struct pd_err *e);

/* Kinds of items that the scan lets through, as in the top three bits of an item. */
enum cbor_kind { CBOR_KIND_UINT = 0, CBOR_KIND_TEXT = 3, CBOR_KIND_ARRAY = 4, CBOR_KIND_MAP = 5, CBOR_KIND_SIMPLE = 7 };

/*
 * Takes one item's head off *p, for readers of scanned bytes: kind, and its number (a text's length, an array's or
 * map's count, 20 = false, 21 = true).  NULL, or what is wrong with it (constant text); then *p is unchanged.
 */
const char *cbor_head(const unsigned char **p, const unsigned char *end, unsigned *kind, uint64_t *number);

#endif
