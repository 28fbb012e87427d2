/* SPDX-License-Identifier: ISC */
/*
 * value.h - inside of value_parse() and value_check() (gateway/request/args.h): one function per family of types.
 *
 * Each takes the word as text and makes the JSON value, or fails with PD_BADDATA and a text
 * that names the option, the word (escaped), what is wrong with it and what to write instead.
 */
#ifndef PD_GATEWAY_REQUEST_VALUE_H
#define PD_GATEWAY_REQUEST_VALUE_H

#include <jansson.h>

#include "gateway/verbs.h"
#include "spool/err.h"

#define VALUE_TEXT_MAX	2048	/* the longest text of any one value: a list of 64 pools of 15 characters */
#define VALUE_SHOWN_MAX 100	/* of a wrong word in a message */

/* Fails with "--memory: 4X <why>". */
int value_bad(const struct verb_arg *a, const char *text, struct pd_err *e, const char *why, ...)
    __attribute__((format(printf, 4, 5)));
#ifdef __clang_analyzer__	/* as in err.h */
#define value_bad(...) (value_bad(__VA_ARGS__), -1)
#endif

/* A word as messages show it: escaped, in quotes unless it is plain.  Returns buf. */
char *value_shown(char buf[VALUE_SHOWN_MAX], const char *text);
/* How messages name an argument: "--memory", or "NAME" for a positional one.  Returns buf. */
char *value_label(char *buf, size_t size, const struct verb_arg *a);

/* value_name.c: names, hosts, paths, jobs, keys, words, texts.  The JSON value is a string. */
int value_parse_string(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);

/* value_integer.c: counts, durations, sizes, and MIN:DESIRED:MAX of them. */
int value_parse_number(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
int value_parse_range(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
int value_integer(const struct verb_arg *a, const char *text, int64_t *n, struct pd_err *e);
int value_integer_word(enum arg_type type, int64_t n, char *buf, size_t size);

/* value_list.c: disks, Fibre Channel adapters, lists; value_network.c: networks. */
int value_parse_disk(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
int value_parse_fc(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
int value_parse_list(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
int value_parse_network(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);

/* value_vios.c: how a VIOS is reached, and the word that it is made from (-1: another shape). */
int value_parse_vios(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e);
int value_vios_word(const json_t *v, char *buf, size_t size);

/*
 * Splits "key=value,key=value" in place.  keys ends with NULL; found[i] becomes the value of keys[i], NULL when absent.
 */
int value_split(const struct verb_arg *a, char *text, const char *const *keys, char **found, struct pd_err *e);

/* value_word.c: the word that value_parse() makes this value from; -1 when it has another shape. */
int value_to_word(const struct verb_arg *a, const json_t *value, char *buf, size_t size);

#endif
