/* SPDX-License-Identifier: ISC */
/*
 * The list of utilities.  padmin has few of them: a restricted shell finds only what the VIOS
 * puts into its PATH (there is no sort, for one).  An HMC has those that its users' scripts need.
 */
#include <string.h>

#include "tests/simulator/util/util.h"

static const struct util utils[] = {
	{ "awk", util_awk, false, true },
	{ "basename", util_basename, true, true },
	{ "bootinfo", util_bootinfo, true, false },
	{ "cat", util_cat, false, true },
	{ "chmod", util_chmod, false, false },
	{ "clear", util_nothing, false, true },
	{ "cp", util_cp, false, false },
	{ "cut", util_cut, false, true },
	{ "date", util_date, false, true },
	{ "dd", util_dd, true, false },
	{ "df", util_df, false, false },
	{ "dirname", util_dirname, true, true },
	{ "echo", util_echo, false, true },
	{ "egrep", util_grep, false, true },
	{ "expr", util_expr, false, true },
	{ "fgrep", util_grep, false, true },
	{ "grep", util_grep, false, true },
	{ "gunzip", util_gzip, true, false },
	{ "gzip", util_gzip, true, false },
	{ "head", util_head, false, true },
	{ "hostname", util_hostname, false, true },
	{ "id", util_id, false, true },
	{ "ls", util_ls, false, true },
	{ "mkdir", util_mkdir, false, false },
	{ "mkisofs", util_mkisofs, true, false },
	{ "mv", util_mv, false, false },
	{ "print", util_print, false, false },
	{ "printf", util_printf, false, true },
	{ "ps", util_ps, false, true },
	{ "rm", util_rm, false, true },
	{ "rmdir", util_rmdir, true, false },
	{ "scp", util_scp, true, true },
	{ "sed", util_sed, false, true },
	{ "sleep", util_sleep, false, true },
	{ "sort", util_sort, true, true },
	{ "sync", util_nothing, true, false },
	{ "tail", util_tail, false, true },
	{ "tee", util_tee, false, true },
	{ "touch", util_touch, true, false },
	{ "tr", util_tr, false, true },
	{ "uname", util_uname, false, true },
	{ "uniq", util_uniq, true, true },
	{ "wc", util_wc, false, true },
	{ "which", util_which, true, true },
	{ "whoami", util_whoami, false, true },
};

const struct util *
util_find(const struct shell *sh, const char *name)
{
	for (size_t i = 0; i < sizeof(utils) / sizeof(utils[0]); i++) {
		if (strcmp(utils[i].name, name) == 0)
			return (sh->is_bash ? !utils[i].of_hmc : utils[i].root_only && !sh->is_root) ? NULL : &utils[i];
	}
	return NULL;
}
