/* SPDX-License-Identifier: ISC */
/*
 * One command as a console's program sees it: the only interface between the front of
 * the simulator (SSH server, restricted shell, utilities) and its back (the world, the
 * partition verbs, the `ioscli` verbs).
 *
 * The front calls console_run() from many threads at once; the back takes the world's
 * lock itself and must not hold it across sim_flush(), sim_read_line() or sim_wait_ms().
 */
#ifndef SIM_CONSOLE_H
#define SIM_CONSOLE_H

#include <stddef.h>

struct world;
struct hmc;
struct shell;

/*
 * A growable byte buffer.  With a drain it is a stream: what is written leaves through it,
 * at the latest when SIM_OUT_CHUNK bytes have gathered and at sim_out_flush().
 * All zero bytes are a valid, empty buffer without a drain.
 */
#define SIM_OUT_CHUNK	(64 * 1024)
#define SIM_OUT_MAX	((size_t)256 * 1024 * 1024)	/* a buffer never grows beyond this */

struct sim_out {
	char   *data;		/* NUL-terminated whenever it is not NULL */
	size_t	len;
	size_t	size;
	int   (*drain)(void *arg, const char *data, size_t len);	/* 0, or -1: nobody reads any more */
	void   *arg;
	int	failed;		/* the drain failed or the limit was reached; further writes are dropped */
};

int	sim_out_write(struct sim_out *out, const void *data, size_t len);
int	sim_out_puts(struct sim_out *out, const char *s);
int	sim_out_printf(struct sim_out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int	sim_out_flush(struct sim_out *out);
void	sim_out_free(struct sim_out *out);

struct sim_cmd;

/* A command's output gathered while the world is locked: the caller's own may be streams that block. */
struct sim_gathered {
	struct sim_out out, err, *to_out, *to_err;
};
void	sim_gather(struct sim_gathered *g, struct sim_cmd *cmd);
void	sim_hand_over(struct sim_gathered *g, struct sim_cmd *cmd);

struct sim_cmd {
	struct world   *world;
	struct hmc     *hmc;		/* an HMC's command: then there is no world */
	const char     *user;		/* "padmin", or "root" inside oem_setup_env */
	int		interactive;	/* login shell: VIOS verbs work without the word "ioscli" */
	int		argc;
	char	      **argv;		/* "lssyscfg", or "ioscli" + verb, or the bare verb; argv[argc] is NULL */
	const char     *in;		/* stdin, whole, when it is a pipe, a file or a here-document; else empty */
	size_t		in_len;
	struct sim_out *out;		/* may be the same buffer as err (2>&1) */
	struct sim_out *err;
	int		is_partial;	/* FAULT_PARTIAL */
	struct shell   *shell;		/* the front's own; NULL in unit tests of the back */
};

/* Back half.  Returns the exit status, or -1 when argv[0] is not a console command. */
int	console_run(struct sim_cmd *cmd);

/*
 * Front half, for commands that ask questions or take time.  They work with shell == NULL, too:
 * lines then come from in, waiting is skipped.
 * sim_read_line() sends out what was written, then waits for a line (its newline is removed);
 * it returns the length, or -1 at the end of input or when the user has gone.
 * sim_wait_ms() returns -1 when the command was interrupted (^C, kill, end of the simulator).
 */
int	sim_read_line(struct sim_cmd *cmd, char *buf, size_t size);
int	sim_wait_ms(struct sim_cmd *cmd, unsigned ms);

#endif
