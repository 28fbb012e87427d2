/* SPDX-License-Identifier: ISC */
/*
 * feature.h - what a system must be able to do for an option of create-vm and modify-vm, as data.
 *
 * templates/KIND/features.conf says it for each kind of console: which capability a feature needs, from which level of
 * the console on it is there, which values the system names itself, and what is refused because nobody has confirmed
 * how that console does it. powerdirector-sequence(5) has the grammar.  What a console has not told restricts nothing:
 * the sequence asks it once more.
 */
#ifndef PD_HANDLERS_VM_FEATURE_H
#define PD_HANDLERS_VM_FEATURE_H

#include <jansson.h>
#include <stddef.h>

#include "spool/err.h"

#define FEATURE_FILE_MAX (64 * 1024)

struct features;

/* PD_BADDATA "FILE:LINE: what".  A kind of console without the file has no features: PD_NOTFOUND. */
int  features_load(const char *path, struct features **f, struct pd_err *e);
int  features_parse(const char *file, const char *text, size_t len, struct features **f, struct pd_err *e);
void features_free(struct features *f);	/* NULL is fine */

/*
 * Can this be there?  args are the verb's; system is its name and level that of its console, both for messages and
 * level also compared; facts are the system's: "capabilities" and "compat_modes", each "a,b,c".  PD_USAGE: refused on
 * this kind of console whatever the system; PD_CAPACITY: this system cannot.
 */
int features_check(const struct features *f, const json_t *args, const char *system, const char *level,
    const json_t *facts, struct pd_err *e);

/* Is level, such as V8R8.2.0, at least what is needed, such as V8R8?  The numbers in them are compared one by one. */
int feature_level_reached(const char *level, const char *needed);
/* Is word one of those in list, "a,b,c"? */
int feature_list_has(const char *list, const char *word);

#endif
