/* SPDX-License-Identifier: ISC */
/*
 * The `ioscli` verbs and what they share: error texts, options, and tables with -field
 * and -fmt.  argv[0] is the verb; the world's lock is held.
 */
#ifndef PD_SIM_VIOS_H
#define PD_SIM_VIOS_H

#include "tests/simulator/console.h"
#include "tests/simulator/model.h"
#include "tests/simulator/opts.h"

/* The banner that stands before every AIX message, then the message; returns 1. */
int vios_fail(struct sim_cmd *cmd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The message alone, with that exit status. */
int vios_fail_plain(struct sim_cmd *cmd, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int vios_usage(struct sim_cmd *cmd, const char *why);
int vios_opts(struct sim_cmd *cmd, struct opts *o, const struct optdef *def);
#define VIOS_LISTING { "-field", OPT_MANY }, { "-fmt", OPT_ONE }

struct column {
	const char *field, *title;
	int width; /* of the column with its gap; 0: the last one */
	bool right;
	void (*get)(const struct world *w, const void *row, struct text *out);
	const char *alias;
};
/* Prints the rows (and a header unless -fmt); 1 after a message when a -field is unknown. */
int table_print(struct sim_cmd *cmd, const struct opts *o, const struct column *col, size_t ncol,
    const struct list *rows);
#define NCOLS(c) (sizeof(c) / sizeof((c)[0]))

int vios_lsmap(struct sim_cmd *cmd);
int vios_mkvdev(struct sim_cmd *cmd);
int vios_rmvdev(struct sim_cmd *cmd);
int vios_rmdev(struct sim_cmd *cmd);
int vios_chdev(struct sim_cmd *cmd);
int vios_cfgdev(struct sim_cmd *cmd);
int vios_lsdev(struct sim_cmd *cmd);
int vios_lspath(struct sim_cmd *cmd);
int vios_chkdev(struct sim_cmd *cmd);
int vios_lspv(struct sim_cmd *cmd);
int vios_lsvg(struct sim_cmd *cmd);
int vios_lslv(struct sim_cmd *cmd);
int vios_mklv(struct sim_cmd *cmd);
int vios_extendlv(struct sim_cmd *cmd);
int vios_rmlv(struct sim_cmd *cmd);
int vios_chlv(struct sim_cmd *cmd);
int vios_mkvg(struct sim_cmd *cmd);
int vios_extendvg(struct sim_cmd *cmd);
int vios_reducevg(struct sim_cmd *cmd);
int vios_activatevg(struct sim_cmd *cmd);
int vios_mksp(struct sim_cmd *cmd);
int vios_chsp(struct sim_cmd *cmd);
int vios_rmsp(struct sim_cmd *cmd);
int vios_lssp(struct sim_cmd *cmd);
int vios_mkbdsp(struct sim_cmd *cmd);
int vios_rmbdsp(struct sim_cmd *cmd);
int vios_chbdsp(struct sim_cmd *cmd);
int vios_mkrep(struct sim_cmd *cmd);
int vios_chrep(struct sim_cmd *cmd);
int vios_lsrep(struct sim_cmd *cmd);
int vios_rmrep(struct sim_cmd *cmd);
int vios_mkvopt(struct sim_cmd *cmd);
int vios_chvopt(struct sim_cmd *cmd);
int vios_rmvopt(struct sim_cmd *cmd);
int vios_loadopt(struct sim_cmd *cmd);
int vios_unloadopt(struct sim_cmd *cmd);
int vios_lsvopt(struct sim_cmd *cmd);
int vios_lsnports(struct sim_cmd *cmd);
int vios_vfcmap(struct sim_cmd *cmd);
int vios_ioslevel(struct sim_cmd *cmd);
int vios_hostname(struct sim_cmd *cmd);
int vios_lslparinfo(struct sim_cmd *cmd);
int vios_license(struct sim_cmd *cmd);
int vios_lstcpip(struct sim_cmd *cmd);
int vios_mktcpip(struct sim_cmd *cmd);
int vios_chtcpip(struct sim_cmd *cmd);
int vios_rmtcpip(struct sim_cmd *cmd);
int vios_chdate(struct sim_cmd *cmd);
int vios_lsnetsvc(struct sim_cmd *cmd);
int vios_startnetsvc(struct sim_cmd *cmd);
int vios_stopnetsvc(struct sim_cmd *cmd);
int vios_lsuser(struct sim_cmd *cmd);
int vios_mkuser(struct sim_cmd *cmd);
int vios_rmuser(struct sim_cmd *cmd);
int vios_sysstat(struct sim_cmd *cmd);
int vios_errlog(struct sim_cmd *cmd);
int vios_lsfware(struct sim_cmd *cmd);
int vios_shutdown(struct sim_cmd *cmd);
int vios_help(struct sim_cmd *cmd);
int root_mkvg(struct sim_cmd *cmd);
int root_bootinfo(struct sim_cmd *cmd);
int root_prtconf(struct sim_cmd *cmd);
int root_lsattr(struct sim_cmd *cmd);

/* Shared between files. */
int group_make(struct sim_cmd *cmd, const char *name, int pp_mb, const char *const *pvs, int n);
int group_join(struct sim_cmd *cmd, const char *vg, const char *const *pvs, int n);
int group_leave(struct sim_cmd *cmd, bool rmlv, struct vg *g, struct pv *p);
#define TEXT_BUSY "0514-062 Cannot perform the requested function because the\n\tspecified device is busy."
#define TEXT_NO_SPACE \
	"0516-404 allocp: This system cannot fulfill the allocation request.\n" \
	"\tThere are not enough free partitions or not enough physical volumes\n" \
	"\tto keep strictness and satisfy allocation requests.  The command\n" \
	"\tshould be retried with different allocation characteristics."
int no_such_vg(struct sim_cmd *cmd, const char *name);
int no_such_device(struct sim_cmd *cmd, const char *name);
struct vhost *vhost_wanted(struct sim_cmd *cmd, const struct opts *o); /* -vadapter or -aplc */
int map_device(struct sim_cmd *cmd, struct vhost *h, const char *backing, const char *pool,
    const char *kind, const char *name); /* makes the VTD and prints "X Available" */

#endif
