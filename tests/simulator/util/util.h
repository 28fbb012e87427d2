/* SPDX-License-Identifier: ISC */
/* The AIX utilities of the simulated VIOS: functions instead of programs. */
#ifndef SIM_UTIL_H
#define SIM_UTIL_H

#include "tests/simulator/shell/shell.h"

/* Returns the exit status.  Reads sh->in, writes sh->out and sh->err; paths go through shell_at(). */
typedef int (*util_run)(struct shell *sh, int argc, char **argv);

struct util {
	const char *name;
	util_run    run;
	bool	    root_only;	/* not found by padmin */
	bool	    of_hmc;	/* an HMC has it */
};
/* NULL when there is none for this user of this console. */
const struct util *util_find(const struct shell *sh, const char *name);

/* Helpers of the utilities. */
#define UTIL_FILE_MAX	((size_t)256 * 1024 * 1024)
/* An input line by line or whole: the operands, or standard input when there are none. */
int	util_read_input(struct shell *sh, const char *name, int argc, char **argv, char **data, size_t *len);
/* The contents of a file; allocated and NUL-terminated.  0 or -1 with errno. */
int	util_read_file(struct shell *sh, const char *path, char **data, size_t *len);
/* Copies between regular files; holes stay holes.  0, or -1 with errno; *done tells how far it came. */
int	util_copy_range(struct shell *sh, int from, off_t from_off, int to, off_t to_off, off_t size, off_t *done);
/* n zero bytes: as a hole, or written where the file system knows none.  0, or -1 with errno. */
int	util_put_zeros(int to, off_t off, off_t n);
/* "Cannot open PATH", as AIX says it with the message number of that program; an HMC in the words of its Linux. */
void	util_no_file(struct shell *sh, const char *name, const char *number, const char *path);
/* Runs a program of this machine without a shell and without environment; output goes to sh->out and sh->err. */
struct util_host {
	const char  *name;
	char *const *argv;
	const char  *in;	/* standard input */
	size_t	     in_len;
	int	     in_fd;	/* instead of it, unless -1 */
};
int	util_host_run(struct shell *sh, const struct util_host *h);

int	util_ls(struct shell *sh, int argc, char **argv);
int	util_cat(struct shell *sh, int argc, char **argv);
int	util_rm(struct shell *sh, int argc, char **argv);
int	util_mkdir(struct shell *sh, int argc, char **argv);
int	util_rmdir(struct shell *sh, int argc, char **argv);
int	util_chmod(struct shell *sh, int argc, char **argv);
int	util_cp(struct shell *sh, int argc, char **argv);
int	util_mv(struct shell *sh, int argc, char **argv);
int	util_touch(struct shell *sh, int argc, char **argv);
int	util_tee(struct shell *sh, int argc, char **argv);
int	util_echo(struct shell *sh, int argc, char **argv);
int	util_print(struct shell *sh, int argc, char **argv);
int	util_printf(struct shell *sh, int argc, char **argv);
int	util_expr(struct shell *sh, int argc, char **argv);
int	util_date(struct shell *sh, int argc, char **argv);
int	util_ps(struct shell *sh, int argc, char **argv);
int	util_df(struct shell *sh, int argc, char **argv);
int	util_sleep(struct shell *sh, int argc, char **argv);
int	util_hostname(struct shell *sh, int argc, char **argv);
int	util_whoami(struct shell *sh, int argc, char **argv);
int	util_id(struct shell *sh, int argc, char **argv);
int	util_uname(struct shell *sh, int argc, char **argv);
int	util_bootinfo(struct shell *sh, int argc, char **argv);
int	util_which(struct shell *sh, int argc, char **argv);
int	util_nothing(struct shell *sh, int argc, char **argv);
int	util_dirname(struct shell *sh, int argc, char **argv);
int	util_basename(struct shell *sh, int argc, char **argv);
int	util_grep(struct shell *sh, int argc, char **argv);
int	util_cut(struct shell *sh, int argc, char **argv);
int	util_head(struct shell *sh, int argc, char **argv);
int	util_tail(struct shell *sh, int argc, char **argv);
int	util_tr(struct shell *sh, int argc, char **argv);
int	util_wc(struct shell *sh, int argc, char **argv);
int	util_sort(struct shell *sh, int argc, char **argv);
int	util_uniq(struct shell *sh, int argc, char **argv);
int	util_awk(struct shell *sh, int argc, char **argv);
int	util_sed(struct shell *sh, int argc, char **argv);
int	util_scp(struct shell *sh, int argc, char **argv);
int	util_gzip(struct shell *sh, int argc, char **argv);
int	util_dd(struct shell *sh, int argc, char **argv);
int	util_mkisofs(struct shell *sh, int argc, char **argv);

#endif
