/* SPDX-License-Identifier: ISC */
/*
 * The simulated shell.  A VIOS has a Korn shell: rksh for padmin, an unrestricted ksh for root;
 * an HMC has a restricted bash.  A shell belongs to one thread; what it runs, it runs in that
 * thread, background jobs aside.
 */
#ifndef SIM_SHELL_H
#define SIM_SHELL_H

#include <stdbool.h>

#include "tests/simulator/console.h"
#include "tests/simulator/proc.h"
#include "tests/simulator/shell/shell_ast.h"
#include "tests/simulator/sim.h"
#include "tests/simulator/stream.h"
#include "tests/simulator/transcript.h"
#include "tests/simulator/vfs.h"

#define SHELL_LOOPS_MAX		1000000		/* rounds of one loop */
#define SHELL_JOBS_MAX		32		/* background jobs of one shell */
#define SHELL_FIELD_MAX		((size_t)1024 * 1024)	/* bytes that one word may expand to */

/* What the shell needs from whoever runs it.  hold and release keep write usable for a background job. */
enum shell_cut { CUT_NOW, CUT_AFTER_OUTPUT };
struct shell_io {
	void   *arg;
	int   (*write)(void *arg, int is_stderr, const char *data, size_t len);
	void  (*hold)(void *arg);
	void  (*release)(void *arg);
	void  (*cut)(void *arg, enum shell_cut how);	/* close the whole connection */
	int   (*gone)(void *arg);			/* has the client disconnected? */
	void  (*wait_gone)(void *arg);			/* until it has, or the simulator ends */
};

/* The outermost streams of an exec; they drain into io, or gather when there is none. */
struct shell_base {
	const struct shell_io *io;	/* NULL: no connection (tests) */
	struct record  *record;		/* of the command line that runs now; may be NULL */
	struct sim_out	out, err;
};

struct shell_job;

struct shell_var {
	char   *name;
	char   *value;
	bool	exported;
};

struct shell {
	const struct sim *sim;
	struct shell_base *base;
	struct cancel  *cancel;
	struct shell_job *job;		/* the background job that this shell runs, or NULL */
	struct shell_job *jobs[SHELL_JOBS_MAX];	/* started by this shell, for wait */
	int		n_jobs;
	unsigned long	session;
	char		user[64];
	bool		is_root;
	bool		is_bash;	/* of an HMC: see shell_flavour.c */
	bool		is_login;	/* bare VIOS verbs work */
	bool		prompts;	/* somebody types */
	bool		is_script;	/* a script of the client comes in: each command has a record */
	bool		has_tty;
	int		pid, ppid, last_bg;
	char		cwd[VFS_PATH_MAX];
	struct shell_var *vars;
	size_t		n_vars;
	char	      **args;		/* $1...; owned */
	int		n_args;
	struct stream  *in;		/* of the command that runs now */
	struct sim_out *out, *err;
	int		status;
	int		depth;		/* of shells, substitutions and trees: see SHELL_DEPTH_MAX */
	int		breaks, continues;	/* loops still to leave */
	bool		is_partial;	/* FAULT_PARTIAL for the command that runs now */
	bool		exiting;	/* exit was called */
	bool		aborted;	/* the whole exec ends: connection cut, killed */
};

void	shell_base_init(struct shell_base *b, const struct shell_io *io);
void	shell_base_fini(struct shell_base *b);
/* Starts with the environment of a login; base, cancel and in stay the caller's. */
int	shell_init(struct shell *sh, const struct sim *sim, struct shell_base *base, struct cancel *cancel,
	    struct stream *in, const char *user, bool is_root);
void	shell_fini(struct shell *sh);
/* A copy for a subshell: own variables, same streams. */
int	shell_copy(struct shell *to, const struct shell *from);

/* Runs a whole script; returns its exit status. */
int	shell_run_text(struct shell *sh, const char *text, size_t len);
/* Reads commands from sh->in until its end or exit. */
int	shell_run_input(struct shell *sh);
/* Runs a parsed command; prog owns it. */
int	shell_run_node(struct shell *sh, const struct node *n, struct prog *prog);
bool	shell_stopped(struct shell *sh);	/* interrupted, exiting or aborted */
struct vfs_at shell_at(const struct shell *sh);
/* Sends out what was written to the connection; the shell aborts when nobody listens any more. */
void	shell_flush(struct shell *sh);

/*
 * shell_flavour.c: what the two shells say, and what a login finds.  The numbers of ksh's messages
 * ("0403-016 ") are left out by bash.
 */
void	shell_error(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int	shell_not_found(struct shell *sh, const char *name);	/* a command: 127 */
int	shell_no_file(struct shell *sh, const char *path);	/* -1 */
/* What a restricted shell refuses: 1. */
enum shell_refusal { REFUSE_COMMAND, REFUSE_SLASH, REFUSE_OUTPUT, REFUSE_VARIABLE };
int	shell_restricted(struct shell *sh, enum shell_refusal what, const char *name);
bool	shell_is_locked(const struct shell *sh, const char *variable);
int	shell_syntax_error(struct shell *sh, const struct parse_error *e);	/* 2 */
int	shell_login_variables(struct shell *sh);
void	shell_prompt(const struct shell *sh, char *to, size_t size);
const char *shell_name(const struct shell *sh);

/* shell_proc.c: /proc of an HMC, made when somebody looks there. */
void	shell_proc_look(struct shell *sh, const char *path);

/* shell_redir.c: redirections of one command; undone by shell_redir_end(). */
struct shell_redir {
	struct stream  *old_in, *new_in;
	struct sim_out *old_out, *old_err;
	struct shell_file *files;	/* newest first */
};
int	shell_redir_begin(struct shell *sh, const struct redir *list, struct shell_redir *r);
void	shell_redir_end(struct shell *sh, struct shell_redir *r);

/* shell_job.c: background jobs. */
int	shell_job_start(struct shell *sh, const struct node *n, struct prog *prog);
void	shell_job_running(struct shell *sh, int pid);	/* the first command of the job has a pid */
void	shell_jobs_wait(struct shell *sh);
void	shell_jobs_forget(struct shell *sh);

/* shell_vars.c */
const char *shell_get(const struct shell *sh, const char *name);
int	shell_set(struct shell *sh, const char *name, const char *value, bool exported);
void	shell_unset(struct shell *sh, const char *name);
bool	shell_is_name(const char *s, size_t len);

/* shell_arith.c: 0 or -1 after an error message. */
int	shell_arith(struct shell *sh, const char *expr, long long *value);

/* shell_expand.c */
struct fields {
	char  **v;		/* v[n] is NULL */
	size_t	n, size;
};
/* All expansions, splitting and globbing; appends.  0 or -1 after an error message. */
int	shell_expand(struct shell *sh, const char *word, struct fields *to);
/* One field, no splitting or globbing; allocated or NULL after a message. */
char   *shell_expand_one(struct shell *sh, const char *word);
/* The same for a pattern: quoted characters come with a backslash in front. */
char   *shell_expand_pattern(struct shell *sh, const char *word);
/* $ and ` only, as in a here-document. */
char   *shell_expand_heredoc(struct shell *sh, const char *text);
int	fields_add(struct fields *f, char *owned);
void	fields_free(struct fields *f);
/* shell_glob.c: does the whole string match?  And: appends the file names that match, or nothing. */
int	shell_match(const char *pattern, const char *s);
int	shell_glob(struct shell *sh, const char *pattern, struct fields *to);

/* shell_test.c: test and [: 0, 1, or 2 after an error message. */
int	shell_test(struct shell *sh, int argc, char **argv, bool is_double);

/* shell_bash.c: ${name/pattern/text} and ${name:offset:length} of bash; allocated, NULL: not valid. */
char   *shell_replace(struct shell *sh, const char *value, const char *pattern, const char *with, bool all);
char   *shell_slice(struct shell *sh, const char *value, const char *bounds);

/* shell_builtin.c */
struct builtin {
	const char *name;
	int	  (*run)(struct shell *sh, int argc, char **argv);
};
const struct builtin *shell_builtin(const struct shell *sh, const char *name);

/* shell_command.c: a simple command after expansion; applies faults, keeps the record. */
int	shell_run_command(struct shell *sh, int argc, char **argv);
char   *shell_join(int argc, char **argv);
/* Is there a program of that name (not a command of the shell itself)? */
bool	shell_is_command(struct shell *sh, const char *name);

#endif
