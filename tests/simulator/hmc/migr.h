/* SPDX-License-Identifier: ISC */
/* Which way a partition reaches its disks on the system that it moves to. */
#ifndef PD_SIM_HMC_MIGR_H
#define PD_SIM_HMC_MIGR_H

#include "rows.h"

/*
 * Finds, for each virtual SCSI and fibre channel adapter of the partition, the VIOS of the
 * target that can serve it, and a free slot there: struct path items in *paths, which the
 * caller frees.  "virtual_scsi_mappings=slot/vios_name/vios_id" of ps is followed.  0, or 1
 * after the message.
 */
int migr_plan(struct sim_cmd *cmd, struct cec *c, struct cec *t, struct part *p, const struct pairs *ps,
    struct list *paths);
/* Makes server adapters, devices and mappings on the target, and removes those of the source. */
void migr_connect(struct hmc *h, struct cec *c, struct cec *t, struct part *p, struct part *q, const struct list *paths);

#endif
