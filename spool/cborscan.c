/* SPDX-License-Identifier: ISC */
/*
 * cborscan.c - a bounded, strict scan of CBOR (RFC 8949, deterministic encoding of section 4.2.1).
 *
 * Every claim of a length or a count is compared with the bytes that are left before anything
 * acts on it: an array of n items needs n more bytes at least, a map of n pairs 2n.  So the work
 * is bounded by the length of the input, whatever it claims.
 */
#include <string.h>

#include "spool/cborscan.h"
#include "spool/vis.h"

struct scan {
	const unsigned char	 *start, *p, *end;
	const struct cbor_limits *limits;
	unsigned		  items;	/* seen so far */
	struct pd_err		 *e;
};

const char *
cbor_head(const unsigned char **p, const unsigned char *end, unsigned *kind, uint64_t *number)
{
	const unsigned char *at = *p;
	unsigned	     info, width;
	uint64_t	     n = 0;

	if (at == end)
		return "the data ends where an item should begin";
	*kind = *at >> 5;
	info = *at++ & 31;
	if (info < 24) {
		*number = info;
		*p = at;
		return NULL;
	}
	if (*kind == CBOR_KIND_SIMPLE)
		return "only false and true are allowed of the simple values and floats";
	if (info > 27)
		return info == 31 ? "indefinite length" : "reserved length";
	width = 1u << (info - 24);
	if ((size_t)(end - at) < width)
		return "the data ends inside a head";
	for (unsigned i = 0; i < width; i++)
		n = n << 8 | *at++;
	/* The next shorter form holds what fits in half the bits; one byte holds up to 23 in the head itself. */
	if (n < (width == 1 ? 24 : (uint64_t)1 << (width * 4)))
		return "a number is not written in its shortest form";
	*number = n;
	*p = at;
	return NULL;
}

static int
bad(const struct scan *s, const unsigned char *at, const char *why)
{
	return pd_fail(s->e, PD_BADDATA, "CBOR, byte %zu: %s", (size_t)(at - s->start), why);
}

/* Bytewise order of two encoded keys (RFC 8949 section 4.2.1); a strict prefix sorts first. */
static int
key_is_after(const unsigned char *a, size_t alen, const unsigned char *b, size_t blen)
{
	int order = memcmp(a, b, alen < blen ? alen : blen);

	return order < 0 || (order == 0 && alen < blen);
}

static int
scan_text(struct scan *s, const unsigned char *head, uint64_t len)
{
	if (len > (uint64_t)(s->end - s->p))
		return bad(s, head, "a text claims more bytes than there are");
	if (len > s->limits->string)
		return bad(s, head, "a text is too long");
	if (memchr(s->p, '\0', (size_t)len) != NULL)
		return bad(s, head, "a text contains NUL");
	if (!vis_is_utf8((const char *)s->p, (size_t)len))
		return bad(s, head, "a text is not UTF-8");
	s->p += len;
	return 0;
}

static int scan_item(struct scan *s, unsigned depth);

static int
scan_array(struct scan *s, const unsigned char *head, uint64_t count, unsigned depth)
{
	if (depth >= s->limits->depth)
		return bad(s, head, "nested too deeply");
	if (count > (uint64_t)(s->end - s->p))
		return bad(s, head, "an array claims more items than there are bytes");
	for (uint64_t i = 0; i < count; i++)
		if (scan_item(s, depth + 1) == -1)
			return -1;
	return 0;
}

static int
scan_key(struct scan *s, unsigned depth, const unsigned char **prev, size_t *prevlen)
{
	const unsigned char *key = s->p;
	size_t		     len;

	if (key < s->end && *key >> 5 != CBOR_KIND_UINT && *key >> 5 != CBOR_KIND_TEXT)
		return bad(s, key, "the key of a map is neither a number nor a text");
	if (scan_item(s, depth) == -1)
		return -1;
	len = (size_t)(s->p - key);
	if (*prev != NULL && !key_is_after(*prev, *prevlen, key, len))
		return bad(s, key, len == *prevlen && memcmp(key, *prev, len) == 0 ? "a key appears twice" :
		    "keys are not in ascending order");
	*prev = key;
	*prevlen = len;
	return 0;
}

static int
scan_map(struct scan *s, const unsigned char *head, uint64_t count, unsigned depth)
{
	const unsigned char *prev = NULL;
	size_t		     prevlen = 0;

	if (depth >= s->limits->depth)
		return bad(s, head, "nested too deeply");
	if (count > (uint64_t)(s->end - s->p) / 2)
		return bad(s, head, "a map claims more pairs than there are bytes");
	for (uint64_t i = 0; i < count; i++)
		if (scan_key(s, depth + 1, &prev, &prevlen) == -1 || scan_item(s, depth + 1) == -1)
			return -1;
	return 0;
}

static int
scan_item(struct scan *s, unsigned depth)
{
	const unsigned char *head = s->p;
	unsigned	     kind;
	uint64_t	     number;
	const char	    *why;

	if (s->items++ >= s->limits->items)
		return bad(s, head, "too many items");
	why = cbor_head(&s->p, s->end, &kind, &number);
	if (why != NULL)
		return bad(s, head, why);
	switch (kind) {
	case CBOR_KIND_UINT:
		return 0;
	case CBOR_KIND_TEXT:
		return scan_text(s, head, number);
	case CBOR_KIND_ARRAY:
		return scan_array(s, head, number, depth);
	case CBOR_KIND_MAP:
		return scan_map(s, head, number, depth);
	case CBOR_KIND_SIMPLE:
		if (number == 20 || number == 21)
			return 0;
		return bad(s, head, "only false and true are allowed of the simple values and floats");
	case 1:
		return bad(s, head, "negative numbers are not allowed");
	case 2:
		return bad(s, head, "byte strings are not allowed");
	default:
		return bad(s, head, "tags are not allowed");
	}
}

static int
scan_first(struct scan *s, const unsigned char *buf, size_t len, const struct cbor_limits *limits, struct pd_err *e)
{
	*s = (struct scan){ .start = buf, .p = buf, .end = buf, .limits = limits, .e = e };
	if (len > 0)		/* nothing is added to a NULL buf */
		s->end += len;
	return scan_item(s, 0);
}

int
cbor_scan_first(const unsigned char *buf, size_t len, const struct cbor_limits *limits, size_t *used, struct pd_err *e)
{
	struct scan s;

	if (scan_first(&s, buf, len, limits, e) == -1)
		return -1;
	*used = (size_t)(s.p - s.start);
	return 0;
}

int
cbor_scan(const unsigned char *buf, size_t len, const struct cbor_limits *limits, struct pd_err *e)
{
	struct scan s;

	if (scan_first(&s, buf, len, limits, e) == -1)
		return -1;
	if (s.p != s.end)
		return bad(&s, s.p, "something follows the item");
	return 0;
}
