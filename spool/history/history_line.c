/* SPDX-License-Identifier: ISC */
/*
 * history_line.c - one record of the history as a line of text.
 */
#include <string.h>

#include "spool/history/history_line.h"

static const char before_hash[] = "{\"hash\":\"", before_record[] = "\",\"record\":";

#define HASH_AT	  (sizeof(before_hash) - 1)
#define RECORD_AT (HASH_AT + HISTORY_HASH_LEN + sizeof(before_record) - 1)

size_t
history_line_make(char *buf, const unsigned char *hash, const char *record, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char		 *p = buf + HASH_AT;

	memcpy(buf, before_hash, HASH_AT);
	for (size_t i = 0; i < HISTORY_HASH_LEN / 2; i++) {
		*p++ = digits[hash[i] >> 4];
		*p++ = digits[hash[i] & 15];
	}
	memcpy(p, before_record, sizeof(before_record) - 1);
	memcpy(buf + RECORD_AT, record, len);
	buf[RECORD_AT + len] = '}';
	buf[RECORD_AT + len + 1] = '\n';
	return RECORD_AT + len + 2;
}

/* -1 = not one of 0-9 a-f */
static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
history_line_parse(const char *line, size_t len, struct history_line *out, struct pd_err *e)
{
	if (len < RECORD_AT + 3 || len > RECORD_AT + HISTORY_RECORD_MAX + 1 ||
	    memcmp(line, before_hash, HASH_AT) != 0 ||
	    memcmp(line + RECORD_AT - (sizeof(before_record) - 1), before_record, sizeof(before_record) - 1) != 0 ||
	    line[RECORD_AT] != '{' || line[len - 1] != '}' || line[len - 2] != '}')
		return pd_fail(e, PD_BADDATA, "history: a line is not {\"hash\":..,\"record\":..}");
	for (size_t i = 0; i < HISTORY_HASH_LEN / 2; i++) {
		int high = nibble(line[HASH_AT + 2 * i]), low = nibble(line[HASH_AT + 2 * i + 1]);

		if (high == -1 || low == -1)
			return pd_fail(e, PD_BADDATA, "history: a line's hash is not %d hexadecimal digits", HISTORY_HASH_LEN);
		out->hash[i] = (unsigned char)(high << 4 | low);
	}
	out->text = line + RECORD_AT;
	out->len = len - RECORD_AT - 1;
	return 0;
}
