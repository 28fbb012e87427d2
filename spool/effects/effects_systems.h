/* SPDX-License-Identifier: ISC */
/*
 * effects_systems.h - the managed systems that a console of several told about, as rows of the store.
 */
#ifndef PD_SPOOL_EFFECTS_EFFECTS_SYSTEMS_H
#define PD_SPOOL_EFFECTS_EFFECTS_SYSTEMS_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/store/store.h"

/*
 * What templates/hmc/register-platform.seq found: [{name type_model serial state max_lpars ident facts{...}}].  A system is known by its
 * ident, whatever it is called.
 *
 * 0 = they can be put; 1 and PD_CONFLICT in *why: one is managed through another platform already, or one that has VMs here is not among
 * them; -1 as the store.
 */
int effects_systems_check(struct store *st, const char *platform, const json_t *found, struct pd_err *why, struct pd_err *e);
/*
 * Puts them, seen now; the platform's row is there.  One that is off keeps what it told before.  Its facts get pools[],
 * over its VIOSes, state, and "capabilities" and "compat_modes", each "a,b,c".  level is that of the console, "" when
 * it did not tell.
 */
int effects_systems_put(struct store *st, const char *platform, const char *level, const json_t *found, struct pd_err *e);
/* Does each element of --vios-access name one VIOS of them?  0, or 1 and *why. */
int effects_systems_access(const json_t *found, const json_t *access, struct pd_err *why);
/* All pools of the console by name, [{name size free kind}]; the caller's. */
json_t *effects_systems_pools(const json_t *found);

#endif
