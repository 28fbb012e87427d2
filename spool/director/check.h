/* SPDX-License-Identifier: ISC */
/*
 * check.h - powerdirectord --check and --init: is everything there and right, without starting anything?
 */
#ifndef PD_SPOOL_DIRECTOR_CHECK_H
#define PD_SPOOL_DIRECTOR_CHECK_H

#include <stddef.h>

#include "spool/err.h"

/* Told once per problem; text names file and line where there is one. */
typedef void check_report(void *arg, const char *text);

/* Configuration, policy, all sequences, directories, worker, key directory.  Returns the number of problems. */
size_t check_all(const char *conf_path, check_report *report, void *arg);

/* Makes spool and state directories with their modes.  An existing one is only checked. */
int check_init(const char *conf_path, struct pd_err *e);

#endif
