/* SPDX-License-Identifier: ISC */
/*
 * vis.c - bytes from outside made harmless for a terminal, a log line or an error message.
 */
#include <string.h>

#include "spool/vis.h"

/* Length of the well-formed UTF-8 sequence at s, 0 if it is none. */
static size_t
sequence_len(const unsigned char *s, size_t len)
{
	unsigned char lo = 0x80, hi = 0xbf;	/* range of the second byte: RFC 3629 section 4 */
	size_t	      n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n > len)
		return 0;
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return n;
}

int
vis_is_utf8(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t		     n;

	for (size_t i = 0; i < len; i += n)
		if ((n = sequence_len(p + i, len - i)) == 0)
			return 0;
	return 1;
}

/* May the n bytes at p go to a terminal as they are?  C1 controls (U+0080..9F) are escapes too. */
static int
is_harmless(const unsigned char *p, size_t n)
{
	if (n == 1)
		return p[0] >= 0x20 && p[0] < 0x7f && p[0] != '\\';
	if (n == 2)
		return !(p[0] == 0xc2 && p[1] < 0xa0);
	if (n == 3)	/* U+2000..206F holds the direction overrides, U+FEFF is invisible */
		return !(p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81)) && !(p[0] == 0xef && p[1] == 0xbb);
	return p[0] != 0xf3;	/* tags and private use */
}

static size_t
escape(char *dst, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";

	dst[0] = '\\';
	if (c == '\\') {
		dst[1] = '\\';
		return 2;
	}
	dst[1] = 'x';
	dst[2] = hex[c >> 4];
	dst[3] = hex[c & 15];
	return 4;
}

char *
vis_encode(char *dst, size_t size, const char *src, size_t len)
{
	const unsigned char *p = (const unsigned char *)src;
	size_t		     at = 0, cut = 0;	/* cut: the last place where "..." would still fit */

	if (size == 0)
		return dst;
	for (size_t i = 0; i < len;) {
		size_t n = sequence_len(p + i, len - i);
		int    plain = n > 0 && is_harmless(p + i, n);
		char   piece[4];
		size_t need = plain ? n : escape(piece, p[i]);

		if (at + need >= size) {
			if (size > 3) {
				memcpy(dst + cut, "...", 3);
				at = cut + 3;
			}
			break;
		}
		memcpy(dst + at, plain ? (const char *)p + i : piece, need);
		at += need;
		i += plain ? n : 1;
		if (at + 3 < size)
			cut = at;
	}
	dst[at] = '\0';
	return dst;
}
