/* SPDX-License-Identifier: ISC */
/*
 * fuzz_json_cut.c - any text as a list from the director.  What json_cut() takes, jansson takes, with the same members in the same order; a table
 * of it is printed whole and harmless, or not at all.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render/list_rows.h"
#include "gateway/render/render.h"
#include "spool/json_cut.h"
#include "spool/vis.h"

#define FLAGS (JSON_DECODE_ANY | JSON_ALLOW_NUL)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect_same(struct json_piece text, const json_t *value);

static void
expect_members(struct json_walk *w, const json_t *value)
{
	struct json_piece key, one;
	json_t		 *alone, *name;
	size_t		  n = 0;
	int		  rv;

	while ((rv = json_walk_next(w, &key, &one)) == 1) {
		if (json_is_array(value)) {
			expect_same(one, json_array_get(value, n++));
			continue;
		}
		name = json_loadb(key.p - 1, key.len + 2, FLAGS, NULL);
		alone = json_loadb(one.p, one.len, FLAGS, NULL);
		assert(name != NULL && alone != NULL && json_object_get(value, json_string_value(name)) != NULL);	/* of two the last is there */
		json_decref(name);
		json_decref(alone);
	}
	assert(rv == 0 && (!json_is_array(value) || n == json_array_size(value)));
}

static void
expect_same(struct json_piece text, const json_t *value)
{
	json_t		*own = json_loadb(text.p, text.len, FLAGS, NULL);
	struct json_walk w;

	assert(own != NULL && json_equal(own, value));
	if (json_walk_open(&w, text, '{') == 0 || json_walk_open(&w, text, '[') == 0)
		expect_members(&w, value);
	json_decref(own);
}

static int
is_table(const json_t *value)
{
	const json_t *row;
	size_t	      i;

	json_array_foreach(value, i, row)
		if (!json_is_object(row))
			return 0;
	return json_is_array(value);
}

static void
expect_table(const char *text, size_t len, const json_t *value)
{
	char  *printed = NULL;
	size_t n = 0;
	FILE  *out = open_memstream(&printed, &n);

	assert(out != NULL);
	if (render_table_text(out, "list-vms", text, len) == 0)
		assert(is_table(value));
	else
		assert(!is_table(value));
	assert(fclose(out) == 0 && vis_is_utf8(printed, n));
	for (size_t i = 0; i < n; i++)
		assert((unsigned char)printed[i] >= 0x20 || printed[i] == '\n');
	free(printed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char  *text = malloc(size > 0 ? size : 1);	/* of its own length */
	size_t n;
	json_t *value;

	if (text == NULL || size > 64 * 1024) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	n = json_cut(text, size);
	assert(n <= size);
	if (n > 0) {
		value = json_loadb(text, n, FLAGS, NULL);
		assert(value != NULL);
		expect_same((struct json_piece){ text, n }, value);
		expect_table(text, n, value);
		json_decref(value);
	}
	free(text);
	return 0;
}
