/* SPDX-License-Identifier: ISC */
/*
 * render.h - a reply's value for people.
 *
 * What a person asks for comes first and in words; what only programs need is left to --json.  Tables are as wide as
 * their contents: nothing is cut, so that what is shown can be copied.  A key that no layout knows is printed all the
 * same.
 */
#ifndef PD_GATEWAY_RENDER_RENDER_H
#define PD_GATEWAY_RENDER_RENDER_H

#include <jansson.h>
#include <stdio.h>

/* The value of a verb's reply: chooses by the verb and by the value's shape.  NULL and empty objects print nothing. */
void render_value(FILE *out, const char *verb, const json_t *value);
/* The same of a value that is an array, as compact JSON text. */
void render_list(FILE *out, const char *verb, const char *text, size_t len);

/* render_table.c: an array of objects as columns. */
void render_table(FILE *out, const char *verb, const json_t *rows);
/* The same of its compact JSON text, which is not read into a tree.  -1: it is not that, and nothing is printed. */
int render_table_text(FILE *out, const char *verb, const char *text, size_t len);
/* render_show.c: an object as "key: value" lines, aligned, nested ones indented. */
void render_show(FILE *out, const json_t *object);
/* The members of object that are not in known (ends with NULL), likewise. */
void render_rest(FILE *out, const json_t *object, const char *const *known);
/* "memory:      ", to be followed by the value. */
void render_label(FILE *out, const char *label);
/* render_drift.c, render_why.c, render_vm.c, render_job.c, render_account.c: the verbs that show one thing. */
void render_drift(FILE *out, const json_t *value);
void render_why(FILE *out, const json_t *decision);
void render_vm(FILE *out, const json_t *vm);
void render_job(FILE *out, const json_t *job);
void render_result(FILE *out, const json_t *value);	/* what a finished job shows beside its message */
void render_quota(FILE *out, const json_t *rows);
void render_whoami(FILE *out, const json_t *who);
/* render_request.c: "create-vm web1 --memory 4G", as it would be typed.  Allocated; NULL without memory. */
char *render_request(const char *verb, const json_t *args, const char *note, int is_plan);
/* render_record.c: history, one line a record; a transcript as it would look on the console. */
void render_history(FILE *out, const json_t *records);
void render_transcript(FILE *out, const json_t *entries);

/* A member that is a string, else "". */
const char *render_string(const json_t *object, const char *key);
/* One JSON value as text, "" without memory; frees nothing of yours. */
void render_cell(FILE *out, const char *key, const json_t *value, const json_t *row);

#endif
