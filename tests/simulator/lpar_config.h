/* SPDX-License-Identifier: ISC */
/* Configuration data applied to a partition: attribute by attribute, then checked as a whole. */
#ifndef PD_SIM_LPAR_CONFIG_H
#define PD_SIM_LPAR_CONFIG_H

#include "attr.h"

enum config_scope { SET_MK = 1, SET_LPAR = 2, SET_PROF = 4 };

/* A deep copy to work on; the lists are the copy's own. */
void lpar_copy(struct lpar *to, const struct lpar *from);
void lpar_copy_free(struct lpar *l);

bool lpar_name_ok(const char *s);
void lpar_defaults(struct lpar *l);

/* Both print what is wrong and return 1, or return 0. */
int config_apply(struct sim_cmd *cmd, struct lpar *l, const struct pairs *ps, enum config_scope scope);
int config_check(struct sim_cmd *cmd, const struct lpar *l);

/* One ethernet element slot/ieee/pvid/vlans/trunk/required; 0 or -1. */
int veth_parse(const char *text, struct veth *e);
int veth_check(struct sim_cmd *cmd, const struct lpar *l, const struct veth *e);
bool vlans_parse(const char *text, char *out, size_t size);

/* Gives a partition a virtual fibre channel adapter and its server; NULL: no slot left. */
struct vfc *vfc_add(struct world *w, struct lpar *l, int slot);

/* Brings the current values of an active partition to the pending ones as far as they go. */
void lpar_sync(struct world *w, struct lpar *l);

#endif
