/* SPDX-License-Identifier: ISC */
/*
 * fuzz_capture.c - what a console prints: rows, fields, values, error texts.
 *
 * The first byte chooses the separator and the way of taking, the rest is the answer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take(const char *text, unsigned how)
{
	static const char *const  splits[] = { ",", ":", " ", "/", "::" }, *const kinds[] = { "text", "count", "units", "path", "bytes-as-mib", "mac" };
	struct capture		  c = { .path = "vm.x", .split = splits[how % 5], .type = value_type_find(kinds[how / 5 % 6]) };
	json_t			 *vars = json_object(), *set = json_object();
	struct scope		  s = { .vars = vars };
	struct pd_err		  e;

	c.group = (int)(how % 4);
	c.field = how & 1 ? 1 + (int)(how % 3) : 0;
	c.count = how & 64 && c.field == 0;
	c.optional = how & 32;
	if (how & 2 && c.field == 0 && !c.count) {
		c.ncolumns = 2;
		c.column[0] = (struct capture_column){ "a", &value_text };
		c.column[1] = (struct capture_column){ "b", c.type };
	}
	if (how & 128) {
		c.then_split = "/";
		c.then_field = 5;
	}
	(void)capture_take(&c, text, text, &s, set, &e);
	json_decref(set);
	json_decref(vars);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char  buf[200], *text;

	if (size < 1 || (text = malloc(size)) == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	take(text, data[0]);
	(void)console_text(buf, sizeof(buf), text, text);
	free(text);
	return 0;
}
