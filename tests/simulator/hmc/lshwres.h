/* SPDX-License-Identifier: ISC */
/* The parts of lshwres.  Each returns the exit status; the lock is held. */
#ifndef PD_SIM_HMC_LSHWRES_H
#define PD_SIM_HMC_LSHWRES_H

#include "rows.h"

int list_memory(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_processors(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_procpools(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_mempool(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_ioslots(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_io_units(struct sim_cmd *cmd, const struct opts *o, struct cec *c, bool buses);
int list_io_children(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_vnics(struct sim_cmd *cmd, const struct opts *o, struct cec *c, bool backings);
int list_sriov(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_adapters(struct sim_cmd *cmd, const struct opts *o, struct cec *c, enum adapter_kind kind);
int list_virtual_slots(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_vswitches(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int list_vnetworks(struct sim_cmd *cmd, const struct opts *o, struct cec *c);

#endif
