/* SPDX-License-Identifier: ISC */
/*
 * The HMC's commands.  Each runs under the lock unless hmc_console.c says otherwise, prints,
 * and returns the exit status.
 */
#ifndef PD_SIM_HMC_VERBS_H
#define PD_SIM_HMC_VERBS_H

#include "model.h"
#include "tests/simulator/console.h"
#include "tests/simulator/opts.h"

int hmc_lssyscfg(struct sim_cmd *cmd);
int hmc_list_profiles(struct sim_cmd *cmd, const struct opts *o);
int hmc_mksyscfg(struct sim_cmd *cmd);
int hmc_chsyscfg(struct sim_cmd *cmd);
int hmc_rmsyscfg(struct sim_cmd *cmd);
int hmc_chsysstate(struct sim_cmd *cmd);
int hmc_lshwres(struct sim_cmd *cmd);
int hmc_chhwres(struct sim_cmd *cmd);
int hmc_viosvrcmd(struct sim_cmd *cmd);
int hmc_lsrefcode(struct sim_cmd *cmd);
int hmc_mkvterm(struct sim_cmd *cmd);
int hmc_rmvterm(struct sim_cmd *cmd);
int hmc_lsled(struct sim_cmd *cmd);
int hmc_chled(struct sim_cmd *cmd);
int hmc_lssvcevents(struct sim_cmd *cmd);
int hmc_mksvcevent(struct sim_cmd *cmd);
int hmc_chsvcevent(struct sim_cmd *cmd);
int hmc_migrlpar(struct sim_cmd *cmd);
int hmc_lslparmigr(struct sim_cmd *cmd);
int hmc_lslparutil(struct sim_cmd *cmd);
int hmc_chlparutil(struct sim_cmd *cmd);
int hmc_mkauthkeys(struct sim_cmd *cmd);
int hmc_lshmcusr(struct sim_cmd *cmd);
int hmc_mkhmcusr(struct sim_cmd *cmd);
int hmc_chhmcusr(struct sim_cmd *cmd);
int hmc_rmhmcusr(struct sim_cmd *cmd);
int hmc_lpar_netboot(struct sim_cmd *cmd);
int hmc_rsthwres(struct sim_cmd *cmd);
/* May this user change anything? */
bool hmc_may_change(const struct hmc *h, const char *user);
int hmc_no_authority(struct sim_cmd *cmd); /* HSCL350B; 1 */
int hmc_lssysconn(struct sim_cmd *cmd);
int hmc_lspartition(struct sim_cmd *cmd);
int hmc_lsnportlogin(struct sim_cmd *cmd);
int hmc_chnportlogin(struct sim_cmd *cmd);
int hmc_lshmc(struct sim_cmd *cmd);
int hmc_lshmcfs(struct sim_cmd *cmd);
int hmc_monhmc(struct sim_cmd *cmd);
int hmc_lslic(struct sim_cmd *cmd);
int hmc_lsmemopt(struct sim_cmd *cmd);
int hmc_lscod(struct sim_cmd *cmd);
int hmc_lsdump(struct sim_cmd *cmd);
int hmc_lsviosbk(struct sim_cmd *cmd);
int hmc_lscomgmt(struct sim_cmd *cmd);

#endif
