/* SPDX-License-Identifier: ISC */
/*
 * help.h - what the table of verbs says to people and to programs.
 */
#ifndef PD_GATEWAY_HELP_H
#define PD_GATEWAY_HELP_H

#include <jansson.h>
#include <stdio.h>

#include "gateway/verbs.h"
#include "policy/conf.h"

/* May the role run the verb?  help and version are everybody's. */
int help_allows(const struct pd_role *role, const struct verb *v);

/* All verbs of the role, in groups, with lines to copy. */
void help_overview(FILE *out, const struct pd_role *role);
/* One verb: synopsis, arguments, options, example. */
void help_verb(FILE *out, const struct verb *v);
/* The same for programs: an array of verbs with their arguments. */
json_t *help_json(const struct pd_role *role);

#endif
