/* SPDX-License-Identifier: ISC */
/*
 * The partition verbs.  Each runs under the world's lock, prints, and returns the exit
 * status; the table in console_table.c says which of them change something.
 */
#ifndef PD_SIM_IVM_H
#define PD_SIM_IVM_H

#include "tests/simulator/attr.h"

int ivm_lssyscfg(struct sim_cmd *cmd);
int ivm_mksyscfg(struct sim_cmd *cmd);
int ivm_chsyscfg(struct sim_cmd *cmd);
int ivm_rmsyscfg(struct sim_cmd *cmd);
int ivm_chsysstate(struct sim_cmd *cmd);
int ivm_lshwres(struct sim_cmd *cmd);
int ivm_chhwres(struct sim_cmd *cmd);
int ivm_lsrefcode(struct sim_cmd *cmd);
int ivm_lsivm(struct sim_cmd *cmd);
int ivm_lslparutil(struct sim_cmd *cmd);
int ivm_chlparutil(struct sim_cmd *cmd);
int ivm_mkvt(struct sim_cmd *cmd);
int ivm_rmvt(struct sim_cmd *cmd);
int ivm_mkauthkeys(struct sim_cmd *cmd);
int ivm_lsled(struct sim_cmd *cmd);
int ivm_chled(struct sim_cmd *cmd);
int ivm_lssvcevents(struct sim_cmd *cmd);
int ivm_mksvcevent(struct sim_cmd *cmd);
int ivm_chsvcevent(struct sim_cmd *cmd);
int ivm_mkgencfg(struct sim_cmd *cmd);
int ivm_lslparmigr(struct sim_cmd *cmd);
int ivm_migrlpar(struct sim_cmd *cmd);

/* What the table knows about the verb that runs. */
const char *console_usage(const struct sim_cmd *cmd);

/* Message and usage on stderr; returns 1. */
int ivm_usage(struct sim_cmd *cmd, const char *why);

/* Parses; on failure prints the usage and returns 1. Also checks "-m". */
int ivm_opts(struct sim_cmd *cmd, struct opts *o, const struct optdef *def);

/* The records of -i or of the lines of -f (# begins a comment); the first failure ends it. */
int ivm_records(struct sim_cmd *cmd, const struct opts *o,
    int (*one)(struct sim_cmd *cmd, const char *data, void *arg), void *arg);

/* MM/DD/YYYY HH:MM:SS */
void ivm_add_time(struct text *out, int64_t ms);

/* What every listing of partitions takes: lpar_ids and lpar_names; rows are struct lpar. */
#define IVM_LPAR_FILTERS 2
extern const struct filter_def ivm_lpar_filters[IVM_LPAR_FILTERS];
extern const struct optdef ivm_list_opts[];
/* -r lpar with one listing, -r sys with the other; returns the exit status. */
int ivm_list_lpars_or_sys(struct sim_cmd *cmd, const struct listing *lpars, const struct listing *sys);

/* Virtual adapters of that subtype at that level; -1: there is no such listing. */
int ivm_list_adapters(struct sim_cmd *cmd, const struct opts *o, const char *subtype, const char *level);

/* The partition of -n/-p/--id; NULL after a message. */
struct lpar *ivm_target(struct sim_cmd *cmd, const struct opts *o);

#endif
