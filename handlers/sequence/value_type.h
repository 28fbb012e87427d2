/* SPDX-License-Identifier: ISC */
/*
 * value_type.h - the types of values that go into commands and come out of answers.
 *
 * A value that is not of its type is refused, never escaped: that, and the check at load
 * time that a type's characters mean nothing where its reference stands, is promise P10.
 * Promise P9 (never a VIOS itself) is in the types lpar-id and vios-id, whose rules are in guard.h.
 */
#ifndef PD_HANDLERS_SEQUENCE_VALUE_TYPE_H
#define PD_HANDLERS_SEQUENCE_VALUE_TYPE_H

#include <jansson.h>
#include <stddef.h>

#include "spool/err.h"

#define VALUE_MAX 4096		/* bytes of one value as text */

struct value_type {
	const char *name;
	const char *chars;	/* every character that a value may have; NULL = any printable one */
	size_t	    min, max;	/* length */
	json_int_t  low, high;	/* when is_number */
	int	    is_number;	/* a JSON integer in vars */
	int	    display;	/* only for people and conditions: never in a command */
	/* Further rule; text has passed the above.  NULL = none. */
	int	  (*check)(const char *text);
	/* As it is written in a command; NULL = as it is.  buf has VALUE_MAX bytes. */
	void	  (*print)(char *buf, const char *text);
	/* From a console's text to the value, before all checks; NULL = as it is. */
	int	  (*read)(char *buf, const char *text);
};

const struct value_type *value_type_find(const char *name);
extern const struct value_type value_text;	/* "text": what a capture without a type has */

/* Is text a value of this type?  -1 PD_BADDATA: "'%s' (what) is not a TYPE". */
int value_type_check(const struct value_type *t, const char *what, const char *text, struct pd_err *e);

/* From a console's text to a JSON value of the type; what names the capture. */
int value_type_read(const struct value_type *t, const char *what, const char *text, json_t **value, struct pd_err *e);

/* A JSON scalar as text; "" for null, objects and arrays.  Returns buf (VALUE_MAX bytes). */
char *value_as_text(char *buf, const json_t *value);

/* Fixed-point reading of "12", "0.50", "-1": thousandths.  0 = not a number. */
int value_number(const char *text, json_int_t *thousandths);

#endif
