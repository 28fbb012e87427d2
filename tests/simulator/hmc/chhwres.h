/* SPDX-License-Identifier: ISC */
/* The parts of chhwres.  Each returns the exit status; the lock is held. */
#ifndef PD_SIM_HMC_CHHWRES_H
#define PD_SIM_HMC_CHHWRES_H

#include "config.h"

/* 0, or 1 after the message: no current configuration, Open Firmware, no RMC (unless --force). */
int dlpar_allowed(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, const struct part *p);
void dlpar_done(struct part *p);

int change_resource(struct sim_cmd *cmd, const struct opts *o, struct cec *c); /* by -r and --rsubtype */
int change_memory(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, struct part *to);
int change_processors(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, struct part *to);
int change_slots(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, struct part *to);
int change_virtual(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p);
int change_vnic(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p);
int change_system_memory(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int change_vswitch(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int change_procpool(struct sim_cmd *cmd, const struct opts *o, struct cec *c);
int change_mempool(struct sim_cmd *cmd, const struct opts *o, struct cec *c);

#endif
