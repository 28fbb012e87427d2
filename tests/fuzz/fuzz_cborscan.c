/* SPDX-License-Identifier: ISC */
/*
 * fuzz_cborscan.c - the scan never reads past its end, and what it accepts libcbor reads as the
 * same single item: no length, count or nesting can mislead it any more.
 */
#include <cbor.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/cborscan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cbor_limits limits = { 6, 1024, 4096 };
	struct cbor_load_result		res;
	unsigned char		       *exact = malloc(size > 0 ? size : 1), *again = NULL;
	size_t				room = 0, len;
	cbor_item_t		       *item;

	memcpy(exact, data, size);	/* ends where the allocation ends */
	if (cbor_scan(exact, size, &limits, NULL) == 0) {
		item = cbor_load(exact, size, &res);
		if (item == NULL || res.read != size)
			abort();
		/* Shortest heads and definite lengths: writing it again gives the same bytes. */
		len = cbor_serialize_alloc(item, &again, &room);
		if (len != size || memcmp(again, exact, size) != 0)
			abort();
		free(again);
		cbor_decref(&item);
	}
	free(exact);
	return 0;
}
