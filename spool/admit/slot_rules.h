/* SPDX-License-Identifier: ISC */
/*
 * slot_rules.h - partition ids and virtual slots by the platform's rules (powerdirector.conf, platform), given away in
 * the transaction that admits.
 */
#ifndef PD_SPOOL_ADMIT_SLOT_RULES_H
#define PD_SPOOL_ADMIT_SLOT_RULES_H

#include <jansson.h>

#include "policy/conf.h"
#include "spool/err.h"
#include "spool/store/store.h"

/* Those of a platform; NULL = the console chooses. */
const struct pd_platform_rules *slot_rules_of(const struct pd_conf *conf, const char *platform);

/*
 * Adds to a spec with paths (handlers/vm/vm_paths.h) what the rules say: new_id, client_slot and wanted_slot of each
 * path, and wanted_slot of each Fibre Channel adapter (handlers/vm/vm_fc.h), whose client_slot makes room for those of
 * the paths.  Free is what neither the last inventory (facts.lpar_ids, facts.vioses[].slots) nor any VM of the system
 * has, or is to have.  PD_CAPACITY when nothing is.
 */
int slot_rules_apply(const struct pd_platform_rules *r, struct store *st, const json_t *system, json_t *spec, struct pd_err *e);
/* The same for Fibre Channel adapters that a VM of the system gets later (handlers/vm/vm_fc.h): wanted_slot of each. */
int slot_rules_fc(const struct pd_platform_rules *r, struct store *st, const json_t *system, json_t *fc, struct pd_err *e);

#endif
