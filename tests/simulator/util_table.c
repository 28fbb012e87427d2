/* SPDX-License-Identifier: ISC */
/*
 * The list of utilities.  padmin has few of them: a restricted shell finds only what the VIOS
 * puts into its PATH (there is no sort, for one).
 */
#include <string.h>

#include "tests/simulator/util.h"

static const struct util utils[] = {
	{ "awk", util_awk, false },
	{ "basename", util_basename, true },
	{ "bootinfo", util_bootinfo, true },
	{ "cat", util_cat, false },
	{ "chmod", util_chmod, false },
	{ "clear", util_nothing, false },
	{ "cp", util_cp, false },
	{ "cut", util_cut, false },
	{ "date", util_date, false },
	{ "dd", util_dd, true },
	{ "df", util_df, false },
	{ "dirname", util_dirname, true },
	{ "echo", util_echo, false },
	{ "egrep", util_grep, false },
	{ "expr", util_expr, false },
	{ "fgrep", util_grep, false },
	{ "grep", util_grep, false },
	{ "gunzip", util_gzip, true },
	{ "gzip", util_gzip, true },
	{ "head", util_head, false },
	{ "hostname", util_hostname, false },
	{ "id", util_id, false },
	{ "ls", util_ls, false },
	{ "mkdir", util_mkdir, false },
	{ "mkisofs", util_mkisofs, true },
	{ "mv", util_mv, false },
	{ "print", util_print, false },
	{ "printf", util_printf, false },
	{ "ps", util_ps, false },
	{ "rm", util_rm, false },
	{ "rmdir", util_rmdir, true },
	{ "sed", util_sed, false },
	{ "sleep", util_sleep, false },
	{ "sort", util_sort, true },
	{ "sync", util_nothing, true },
	{ "tail", util_tail, false },
	{ "tee", util_tee, false },
	{ "touch", util_touch, true },
	{ "tr", util_tr, false },
	{ "uname", util_uname, false },
	{ "uniq", util_uniq, true },
	{ "wc", util_wc, false },
	{ "whoami", util_whoami, false },
};

const struct util *
util_find(const char *name, bool is_root)
{
	for (size_t i = 0; i < sizeof(utils) / sizeof(utils[0]); i++) {
		if (strcmp(utils[i].name, name) == 0)
			return utils[i].root_only && !is_root ? NULL : &utils[i];
	}
	return NULL;
}
