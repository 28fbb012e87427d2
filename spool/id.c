/* SPDX-License-Identifier: ISC */
/*
 * id.c - job ids: ULIDs, 128 bit, 26 characters of Crockford base 32, sorted by time.
 */
#include <sys/random.h>

#include <string.h>

#include "spool/id.h"
#include "spool/os/clock.h"
#include "spool/os/portable.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int
id_make(char id[JOB_ID_LEN + 1], struct pd_err *e)
{
	unsigned char rnd[10];
	uint64_t      ms = (uint64_t)clock_wall_ms();
	uint64_t      bits = 0;
	unsigned      held = 0;
	size_t	      at = 10;

	if (port_random(rnd, sizeof(rnd)) == -1)
		return pd_fail_sys(e, PD_IO, "read random bytes for a job id");
	for (int i = 9; i >= 0; i--, ms >>= 5)
		id[i] = alphabet[ms & 31];
	for (size_t i = 0; i < sizeof(rnd); i++) {
		bits = (bits << 8 | rnd[i]) & 0xfff;
		for (held += 8; held >= 5; held -= 5)
			id[at++] = alphabet[(bits >> (held - 5)) & 31];
	}
	id[JOB_ID_LEN] = '\0';
	return 0;
}

int
id_next(char id[JOB_ID_LEN + 1], struct pd_err *e)
{
	size_t at = JOB_ID_LEN;
	char   next[JOB_ID_LEN + 1];

	memcpy(next, id, sizeof(next));
	while (at > 10) {	/* the first ten are the time */
		const char *digit = strchr(alphabet, next[--at]);

		if (digit[1] != '\0') {
			next[at] = digit[1];
			memcpy(id, next, sizeof(next));
			return 0;
		}
		next[at] = alphabet[0];
	}
	return pd_fail(e, PD_IO, "no job id follows %s", id);
}

int
id_is_valid(const char *id)
{
	return strlen(id) == JOB_ID_LEN && strspn(id, alphabet) == JOB_ID_LEN && id[0] <= '7';
}

int
id_prefix_is_valid(const char *text, char prefix[JOB_ID_LEN + 1])
{
	size_t len = strlen(text);

	if (len < JOB_ID_PREFIX_MIN || len > JOB_ID_LEN)
		return 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (strchr(alphabet, c) == NULL)
			return 0;
		prefix[i] = c;
	}
	prefix[len] = '\0';
	return 1;
}
