/* SPDX-License-Identifier: ISC */
/*
 * render.h - a reply's value for people.
 *
 * Tables are as wide as their contents: nothing is cut, so that what is shown can be copied.  A key that no layout knows is
 * printed all the same.
 */
#ifndef PD_GATEWAY_RENDER_H
#define PD_GATEWAY_RENDER_H

#include <jansson.h>
#include <stdio.h>

/* The value of a verb's reply: chooses by the verb and by the value's shape.  NULL and empty objects print nothing. */
void render_value(FILE *out, const char *verb, const json_t *value);

/* render_table.c: an array of objects as columns. */
void render_table(FILE *out, const char *verb, const json_t *rows);
/* render_show.c: an object as "key: value" lines, aligned, nested ones indented. */
void render_show(FILE *out, const json_t *object);
/* render_record.c: history, one line a record; a transcript as it would look on the console. */
void render_history(FILE *out, const json_t *records);
void render_transcript(FILE *out, const json_t *entries);

/* One JSON value as text, "" without memory; frees nothing of yours. */
void render_cell(FILE *out, const char *key, const json_t *value, const json_t *row);

#endif
