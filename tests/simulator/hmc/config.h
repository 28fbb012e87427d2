/* SPDX-License-Identifier: ISC */
/* Configuration data applied to partitions and profiles: attribute by attribute, then checked as a whole. */
#ifndef PD_SIM_HMC_CONFIG_H
#define PD_SIM_HMC_CONFIG_H

#include "rows.h"

/* What a record may set; names that only say which partition is meant belong to all of them. */
enum config_scope { SET_NEW_LPAR = 1, SET_LPAR = 2, SET_NEW_PROF = 4, SET_PROF = 8 };

/*
 * Sets what the record names in the profile's configuration (NULL: none) and in the partition.
 * 0, or 1 after the message; then cf and p may be half changed: callers work on copies.
 */
int config_apply_pairs(struct sim_cmd *cmd, struct cec *c, struct part *p, struct config *cf, const struct pairs *ps,
    enum config_scope scope);
/* The rules that a configuration as a whole obeys: 0, or 1 after the message. */
int config_check_all(struct sim_cmd *cmd, const struct cec *c, const struct config *cf);
/* Adapters of one kind: op '=', '+', '-' with a list value.  0, or 1 after the message. */
int config_adapters(struct sim_cmd *cmd, const struct cec *c, struct config *cf, enum adapter_kind kind, char op,
    const char *name, const char *value);
bool hmc_name_ok(const char *s);
bool hmc_units_parse(const char *s, int *out); /* hundredths */

#endif
