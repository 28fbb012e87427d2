/* SPDX-License-Identifier: ISC */
/*
 * text.h - texts from elsewhere, made fit to print.
 */
#ifndef PD_GATEWAY_RENDER_TEXT_H
#define PD_GATEWAY_RENDER_TEXT_H

#include <jansson.h>
#include <stddef.h>

/*
 * As vis_encode(), but a backslash stays one: messages have been escaped where they were made, and commands must be
 * fit to copy.  Nothing that acts on a terminal passes.  Allocated; the caller frees it; NULL only without memory.
 */
char *text_harmless(const char *s, size_t len);

/* What stands before a command: "root#", "padmin$", "hmc$", "padmin@vios1$".  as is the worker's (handlers/engine/engine.h); returns buf. */
#define TEXT_PROMPT_MAX 64
const char *text_prompt(const char *as, char buf[TEXT_PROMPT_MAX]);

/* What the numbers under a key mean. */
enum text_unit { UNIT_NONE, UNIT_MIB, UNIT_HUNDREDTHS, UNIT_TIME, UNIT_BY_ROW };
enum text_unit text_unit_of(const char *key);

/* "4G", "0.50", "2027-03-01T09:00:00Z", "yes": one JSON value under its key as people read it.  Allocated. */
char *text_of_value(const char *key, const json_t *value, const json_t *row);
/* The same of a key whose unit was looked up once. */
char *text_in_unit(enum text_unit unit, const char *key, const json_t *value, const json_t *row);

/* A text under a key of that unit: harmless, and a time without its milliseconds.  Allocated. */
char *text_of_string(const char *s, size_t len, enum text_unit unit);

/* Is this key's value a number, to be aligned to the right? */
int text_is_number(const char *key, const json_t *value);

#endif
