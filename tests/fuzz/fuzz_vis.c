/* SPDX-License-Identifier: ISC */
/*
 * fuzz_vis.c - any bytes made harmless: well-formed UTF-8, no control character, nothing written
 * beyond the buffer, cut only when it does not fit.  The first byte of the input is the size.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/vis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_harmless(const char *text)
{
	size_t len = strlen(text);

	assert(vis_is_utf8(text, len));
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		assert(c >= 0x20 && c != 0x7f);
		assert(!(c == 0xc2 && (unsigned char)text[i + 1] < 0xa0));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room, whole_size = 4 * size + 1;
	char  *part, *whole;

	if (size < 1)
		return 0;
	room = data[0];
	part = malloc(room > 0 ? room : 1);
	whole = malloc(whole_size);
	if (part == NULL || whole == NULL)
		abort();
	vis_encode(whole, whole_size, (const char *)data + 1, size - 1);
	check_harmless(whole);
	vis_encode(part, room, (const char *)data + 1, size - 1);
	if (room > 0) {
		check_harmless(part);
		if (strlen(whole) < room)
			assert(strcmp(part, whole) == 0);
		else if (room > 3)
			assert(strcmp(part + strlen(part) - 3, "...") == 0);
	}
	free(part);
	free(whole);
	return 0;
}
